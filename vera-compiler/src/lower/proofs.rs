//! The core program for proofs: the same lowering with other roots and nothing left out.
//!
//! Every function of the program is a root, called or not. Generic functions are instantiated at the types that the
//! program uses; an unused one is instantiated at types of which only the abilities are known. Lambdas are values,
//! calls are not tail calls, every recursive call checks its measure, and `assume` ends the path when it is false.
//!
//! Additional tables hold what `core` does not say: declared types with their refinements, the bounds of contracts, the
//! places of calls. Ids are those of the program before `core::evidence`.

use super::body::Body;
use super::context::Lowering;
use super::facts::{Contract, Exit, FunctionFacts, FunctionKind, Notes, Provable, Quantifier, RecordFacts};
use super::work::{Derivation, InstanceKey, Job, PredicateKey, TypeArgs};
use crate::core::{self, Atom, Extern, FnId as CoreFnId, Label, Op, RecordId};
use crate::diagnostics::Diagnostics;
use crate::source::Span;
use crate::tir::{self, Ability, Checked, Expr, FnDecl, FnId};
use crate::types::{DataId, PredicateId, Ty, TyKind};
use std::collections::HashMap;
use vera_abi::layout::Rep;
use vera_abi::names;

/// Makes the program.
///
/// # Errors
/// What has no end when it is made concrete, or is too large.
pub fn lower_for_proofs(checked: &Checked) -> Result<Provable, Diagnostics> {
    let program = checked.program();
    let mut lowering = Lowering::new(program);
    lowering.proofs = Some(Notes::default());
    lowering.static_params = super::specialise::StaticParams::none();
    lowering.prove_roots();
    if lowering.diagnostics.has_errors() {
        return Err(lowering.diagnostics.sorted());
    }
    let Lowering { functions: built, records, lambdas, externs, sites, types, core_effects, proofs, .. } = lowering;
    let Notes { functions: mut noted, records: record_facts, .. } = proofs.unwrap_or_default();
    let site_facts = sites.facts();
    let (sites, frames, sources) = sites.finish(&program.sources);
    let interface = vera_abi::interface::Interface { sites, frames, sources, ..Default::default() };
    let core_program = core::Program {
        functions: built.into_iter().flatten().collect(),
        records: records.into_iter().collect(),
        closures: lambdas.into_shapes(),
        externs: externs.into_iter().collect(),
        effects: core_effects,
        exports: Vec::new(),
        interface,
    };
    let count = core_program.functions.len() as u32;
    let nothing = || FunctionFacts {
        kind: FunctionKind::Derived,
        params: Vec::new(),
        result: None,
        contract: Contract::default(),
        calls: HashMap::new(),
        quantifiers: HashMap::new(),
    };
    let functions = (0..count).map(|id| noted.remove(&CoreFnId(id)).unwrap_or_else(nothing)).collect();
    let key = |(key, args): &(PredicateKey, TypeArgs)| (*key, args.to_vec());
    let mut refinements = HashMap::new();
    let mut invariants = HashMap::new();
    for (found, &function) in &lowering.predicates {
        match key(found) {
            (PredicateKey::Refinement(id), args) => _ = refinements.insert((id, args), function),
            (PredicateKey::Invariant(id), args) => _ = invariants.insert((id, args), function),
        }
    }
    Ok(Provable {
        program: core_program,
        types,
        functions,
        records: record_facts,
        sites: site_facts,
        refinements,
        invariants,
        effects: lowering.effect_ids,
    })
}

impl Lowering<'_> {
    /// Builds every function of the program that was asked for.
    fn prove_roots(&mut self) {
        let program = self.program;
        let Some(root) = program.root else { return };
        let has_body = |decl: &FnDecl| matches!(decl.body, tir::Body::Expr(_));
        let roots = program.functions.iter().enumerate();
        let roots = roots.filter(|(_, decl)| decl.module == root && has_body(decl));
        let (generic, plain): (Vec<_>, Vec<_>) = roots.partition(|(_, decl)| !decl.type_params.is_empty());
        for (index, _) in plain {
            self.root(FnId(index as u32), [].into());
        }
        self.closed_predicates();
        self.run();
        for (index, decl) in generic {
            let id = FnId(index as u32);
            if self.instances.keys().all(|key| key.function != id) {
                let args: Vec<Ty> = decl.type_params.iter().map(opaque).collect();
                self.root(id, args.into());
                self.run();
            }
        }
    }

    fn root(&mut self, function: FnId, type_args: TypeArgs) {
        self.instance(InstanceKey { function, type_args, lambdas: Vec::new(), chained: false });
    }

    /// The predicates without type parameters: types alone may say that they hold.
    fn closed_predicates(&mut self) {
        let program = self.program;
        for (index, predicate) in program.predicates.iter().enumerate() {
            if predicate.locals.iter().all(|local| !program.types.is_generic(local.ty)) {
                self.predicate(PredicateKey::Refinement(PredicateId(index as u32)), [].into());
            }
        }
        for (index, data) in program.data.iter().enumerate() {
            if data.invariant.is_some() && data.type_params.is_empty() {
                self.predicate(PredicateKey::Invariant(DataId(index as u32)), [].into());
            }
        }
    }

    /// What is known of a function before it is built.
    pub(super) fn facts_of(&mut self, job: &Job) -> Option<FunctionFacts> {
        self.proofs.as_ref()?;
        let program = self.program;
        let (kind, params, result) = match job {
            Job::Instance(key) => {
                let decl = program.function(key.function);
                let mut ty = |ty: Ty| self.types.substitute(ty, &key.type_args);
                let params = decl.params.iter().map(|param| ty(decl.locals[param.index()].ty)).collect();
                let result = ty(decl.result);
                (FunctionKind::Instance(key.function, key.type_args.to_vec()), params, Some(result))
            }
            Job::LambdaDirect(id) | Job::LambdaBoxed(id) => {
                let lambda = self.lambdas.get(*id);
                let (closure, locals, args) = (lambda.closure, lambda.locals, lambda.type_args.clone());
                let before = match job {
                    Job::LambdaDirect(_) => lambda.captures.len(),
                    _ => 1,
                };
                let mut ty = |ty: Ty| self.types.substitute(ty, &args);
                let mut params = vec![Ty::INVALID; before];
                params.extend(closure.params.iter().map(|param| ty(locals[param.index()].ty)));
                let result = ty(closure.body.ty);
                (FunctionKind::Lambda(closure.row.clone()), params, Some(result))
            }
            Job::Predicate(key, args) => {
                let predicate = key.find(program)?;
                let ty = predicate.locals[predicate.binder.index()].ty;
                (FunctionKind::Predicate(*key), vec![self.types.substitute(ty, args)], Some(Ty::BOOL))
            }
            Job::Derived(Derivation::Eq, ty, _) => (FunctionKind::Equality(*ty), vec![*ty, *ty], Some(Ty::BOOL)),
            Job::Derived(Derivation::Size, ty, _) => (FunctionKind::Size(*ty), vec![*ty, Ty::INT], Some(Ty::INT)),
            Job::Derived(..) | Job::Export(_) | Job::Awaited(_) => (FunctionKind::Derived, Vec::new(), None),
            Job::Boundary(_) => (FunctionKind::PartsCheck, Vec::new(), Some(Ty::UNIT)),
        };
        let (calls, quantifiers) = (HashMap::new(), HashMap::new());
        Some(FunctionFacts { kind, params, result, contract: Contract::default(), calls, quantifiers })
    }

    /// Keeps what is known of a function that has been built.
    pub(super) fn note_function(&mut self, id: CoreFnId, facts: Option<FunctionFacts>) {
        if let (Some(notes), Some(facts)) = (&mut self.proofs, facts) {
            let contract = std::mem::take(&mut notes.contract);
            let calls = std::mem::take(&mut notes.calls);
            let quantifiers = std::mem::take(&mut notes.quantifiers);
            notes.functions.insert(id, FunctionFacts { contract, calls, quantifiers, ..facts });
        }
    }

    /// Keeps what a record is.
    pub(super) fn note_record(&mut self, id: RecordId, ty: Ty, tag: u32) {
        if self.proofs.is_none() {
            return;
        }
        let fields = match self.types.kind(ty).clone() {
            TyKind::Data(data, args) => {
                let fields = &self.program.data(data).constructors[tag as usize].fields;
                fields.iter().map(|&ty| self.types.substitute(ty, &args)).collect()
            }
            TyKind::Tuple(items) => items,
            _ => Vec::new(),
        };
        if let Some(notes) = &mut self.proofs {
            notes.records.insert(id, RecordFacts { ty, fields });
        }
    }

    /// Keeps where a call is written.
    pub(super) fn note_call(&mut self, result: &Atom, span: Span) {
        if let (Some(notes), Atom::Local(local)) = (&mut self.proofs, result) {
            notes.calls.insert(*local, span);
        }
    }

    /// Keeps which loop is a quantifier.
    pub(super) fn note_quantifier(&mut self, label: Label, exists: bool, bound: Atom) {
        if let Some(notes) = &mut self.proofs {
            notes.quantifiers.insert(label, Quantifier { exists, bound });
        }
    }

    /// Keeps where the checks on entry end.
    pub(super) fn note_entry(&mut self, at: Option<usize>) {
        if let (Some(notes), Some(at)) = (&mut self.proofs, at) {
            notes.contract.entry = at;
        }
    }

    /// Keeps where the checks of the result are.
    pub(super) fn note_exit(&mut self, kept: Option<usize>, body: Option<usize>, result: &Atom, from: Option<usize>) {
        if let (Some(notes), Some(kept), Some(body), Some(from)) = (&mut self.proofs, kept, body, from) {
            notes.contract.exit = Some(Exit { kept: kept..body, result: result.clone(), from });
        }
    }
}

impl<'p> Body<'_, 'p> {
    /// `assume(p)`: nothing at run time; where things are proved, no path goes on without it.
    pub(super) fn assume(&mut self, condition: &'p Expr) -> Atom {
        if self.lo.proofs.is_some() {
            let condition = self.expr(condition);
            self.branch(
                condition,
                Rep::Unit,
                |_| Atom::Unit,
                |body| {
                    body.b.end(core::End::Unreachable);
                    Atom::Unit
                },
            );
        }
        Atom::Unit
    }

    /// A value of which nothing is known.
    pub(super) fn unknown(&mut self, expr: &'p Expr) -> Atom {
        let result = self.rep(expr.ty);
        let import = self.lo.import(Extern {
            module: names::BUILTIN_IMPORTS.into(),
            name: "?".into(),
            params: Vec::new(),
            result,
            pure: false,
            allocates: true,
            diverges: false,
        });
        self.b.emit(result, Op::Extern(import, Vec::new()))
    }
}

/// A type of which no more is used than a type parameter allows: its equality is not known to be reflexive, nor its order
/// to be one, where the parameter has them.
fn opaque(param: &tir::TypeParam) -> Ty {
    let compared = param.abilities.iter().any(|ability| matches!(ability, Ability::Eq | Ability::Ord));
    if compared { Ty::FLOAT64 } else { Ty::STRING }
}
