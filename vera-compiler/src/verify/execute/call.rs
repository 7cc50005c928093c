//! Calls: by contract, by the body, or as a value that depends only on the arguments.

use super::decimals::is_on_decimals;
use super::path::Flow;
use super::{Activation, Context, Executor, MAX_DEPTH};
use crate::core::{Atom, End, ExternId, FnId, LocalId, Op, Prim};
use crate::lower::FunctionKind;
use crate::source::Span;
use crate::tir;
use crate::types::{Ty, TyKind};
use crate::verify::subject::{constructors, is_opaque};
use crate::verify::term::{Fun, Sort, Term};
use vera_abi::layout::Rep;

/// Most operations of a function of the prelude that is run where it is called.
const MAX_LIBRARY_SIZE: usize = 80;
/// How often a function may be run within itself.
const MAX_RECURSION: usize = 2;

impl<'p> Executor<'p> {
    /// A call of a function.
    pub(super) fn call(&mut self, act: &Activation<'p>, id: FnId, args: Vec<Term>, dest: Option<LocalId>) -> Flow {
        let function = self.provable.program.function(id);
        let rep = function.result;
        match self.kind(id) {
            FunctionKind::Equality(ty) => Flow::Value(self.equality(*ty, args[0], args[1])),
            FunctionKind::Size(ty) => {
                let size = self.size_of(*ty, args[0]);
                self.sizes_of(args[0]);
                Flow::Value(self.terms.add(args[1], size))
            }
            FunctionKind::Predicate(_) if self.may_run(id) => {
                self.in_context(Context::Foreign, |run| run.inline(id, args))
            }
            FunctionKind::Lambda(_) if self.may_run(id) => self.inline(id, args),
            FunctionKind::PartsCheck => {
                if self.may_run(id) && !self.running.contains(&id) {
                    return self.inline(id, args);
                }
                self.undecided_checks(id);
                Flow::Value(Term::UNIT)
            }
            FunctionKind::Lambda(row) => {
                self.exhausted |= self.context != Context::Foreign;
                self.row_happens(row);
                Flow::Value(self.unknown_of(None, rep))
            }
            FunctionKind::Derived | FunctionKind::Predicate(_) => Flow::Value(self.result_of(id, args, None, rep)),
            FunctionKind::Instance(decl, type_args) => {
                let span = dest.and_then(|dest| self.provable.functions[act.id.index()].calls.get(&dest).copied());
                self.call_instance(id, (*decl, type_args), args, span)
            }
        }
    }

    fn may_run(&self, id: FnId) -> bool {
        self.depth < MAX_DEPTH && self.running.iter().filter(|&&running| running == id).count() <= MAX_RECURSION
    }

    /// The checks of a function that is not run: none of them is known to hold.
    fn undecided_checks(&mut self, id: FnId) {
        let mut sites = Vec::new();
        self.provable.program.function(id).body.for_each_block(|block| {
            for stmt in &block.stmts {
                if let Op::Prim(Prim::GuardNat(site) | Prim::GuardByte(site), _) = &stmt.op {
                    sites.push(*site);
                }
            }
            if let End::Trap(site, _) = &block.end {
                sites.push(*site);
            }
        });
        for site in sites {
            let fails = self.terms.unknown(Sort::Bool);
            self.check(site, fails);
        }
    }

    /// The value of a pure function, which depends on its arguments alone.
    pub(super) fn result_of(&mut self, id: FnId, args: Vec<Term>, ty: Option<Ty>, rep: Rep) -> Term {
        if rep == Rep::Unit {
            return Term::UNIT;
        }
        let sort = self.sort_of(ty, rep);
        let value = self.terms.apply(Fun::Call(id), sort, args);
        self.set_type(value, ty, rep);
        value
    }

    fn call_instance(
        &mut self,
        id: FnId,
        (decl_id, type_args): (tir::FnId, &[Ty]),
        args: Vec<Term>,
        span: Option<Span>,
    ) -> Flow {
        let decl = self.tir.function(decl_id);
        if decl.row.is_pure()
            && let Some(value) = self.run_on_constants(id, &args)
        {
            return Flow::Value(value);
        }
        let prelude = self.tir.modules[decl.module.index()].prelude;
        if prelude {
            return self.call_library(id, decl, args, span);
        }
        let same_program = Some(decl.module) == self.tir.root;
        let unfold = same_program && self.unfold > 0 && self.may_run(id);
        let context = self.context_of_call(span);
        let function = self.provable.program.function(id);
        let contract = &self.provable.functions[id.index()].contract;
        let mut act = Activation::new(id, function);
        for (&param, &arg) in function.params.iter().zip(&args) {
            act.set(param, arg);
        }
        let stmts = &function.body.stmts;
        self.depth += 1;
        let entered = self.in_context(context, |run| run.stmts(&mut act, &stmts[..contract.entry]));
        let flow = if !entered {
            Flow::Gone
        } else if unfold {
            self.unfold -= 1;
            self.unfolded.insert(id);
            self.running.push(id);
            let flow =
                self.in_context(Context::Foreign, |run| run.rest_of_block(&mut act, &function.body, contract.entry));
            self.running.pop();
            self.unfold += 1;
            flow
        } else {
            self.by_contract(act, (decl, type_args), args)
        };
        self.depth -= 1;
        flow
    }

    /// What is met when a function is called: its preconditions are the caller's to prove.
    fn context_of_call(&self, span: Option<Span>) -> Context {
        match (self.context, span) {
            (Context::Own | Context::Premises, Some(span)) => Context::Call(span),
            _ => Context::Foreign,
        }
    }

    /// The result of a call, of which its postconditions are known.
    fn by_contract(
        &mut self,
        mut act: Activation<'p>,
        (decl, type_args): (&tir::FnDecl, &[Ty]),
        args: Vec<Term>,
    ) -> Flow {
        let id = act.id;
        let function = act.function;
        let facts = &self.provable.functions[id.index()];
        let stmts = &function.body.stmts;
        if let Some(exit) = &facts.contract.exit
            && !self.in_context(Context::Foreign, |run| run.stmts(&mut act, &stmts[exit.kept.clone()]))
        {
            return Flow::Gone;
        }
        let result = if decl.row.is_pure() {
            self.result_of(id, args, facts.result, function.result)
        } else {
            let row = self.types.instantiate_row(&decl.row, type_args, &[]);
            self.row_happens(&row);
            self.unknown_of(facts.result, function.result)
        };
        if facts.result.is_some_and(|ty| matches!(self.types.kind(self.types.structural(ty)), TyKind::Never)) {
            self.path.escapes += 1;
            return Flow::Gone;
        }
        if let Some(exit) = &facts.contract.exit
            && self.depth < MAX_DEPTH
        {
            if let Atom::Local(local) = &exit.result {
                act.set(*local, result);
            }
            if !self.in_context(Context::Foreign, |run| run.stmts(&mut act, &stmts[exit.from..])) {
                return Flow::Gone;
            }
        }
        Flow::Value(result)
    }

    /// A call of a function of the prelude that is written in Vera.
    fn call_library(&mut self, id: FnId, decl: &'p tir::FnDecl, args: Vec<Term>, span: Option<Span>) -> Flow {
        let function = self.provable.program.function(id);
        let result = self.provable.functions[id.index()].result;
        if let Some(value) = self.model(id, decl, &args) {
            return Flow::Value(value);
        }
        let context = match (self.context, span) {
            (Context::Own | Context::Premises, Some(span)) => Context::Prelude(span),
            (Context::Prelude(span), _) => Context::Prelude(span),
            _ => Context::Foreign,
        };
        if is_on_decimals(&decl.name) {
            return self.in_context(context, |run| run.call_decimal(id, decl, &args));
        }
        let small = function.body.op_count() <= MAX_LIBRARY_SIZE;
        if small && self.may_run(id) && !self.running.contains(&id) && self.depth < 8 {
            return self.in_context(context, |run| run.inline(id, args));
        }
        self.in_context(context, |run| run.leave_open(id, |_| true));
        if decl.row.is_pure() {
            let value = self.result_of(id, args, result, function.result);
            return Flow::Value(value);
        }
        self.row_happens(&decl.row);
        Flow::Value(self.unknown_of(result, function.result))
    }

    /// A call of a function of the host.
    pub(super) fn call_extern(&mut self, id: ExternId, args: Vec<Term>) -> Flow {
        let import = &self.provable.program.externs[id.index()];
        if import.diverges {
            self.path.escapes += 1;
            return Flow::Gone;
        }
        let named = self.tir.functions.iter().find(|decl| {
            decl.name == import.name && matches!(decl.body, tir::Body::Builtin(_)) && decl.type_params.is_empty()
        });
        let ty = named.map(|decl| decl.result);
        if !import.pure {
            return Flow::Value(self.unknown_of(ty, import.result));
        }
        if import.result == Rep::Unit {
            return Flow::Value(Term::UNIT);
        }
        let sort = self.sort_of(ty, import.result);
        let value = self.terms.apply(Fun::Extern(id), sort, args);
        self.set_type(value, ty, import.result);
        Flow::Value(value)
    }

    /// Equality at a type.
    fn equality(&mut self, ty: Ty, a: Term, b: Term) -> Term {
        if self.is_identity(ty, &mut Vec::new()) {
            self.terms.equal(a, b)
        } else {
            self.terms.unlike(Fun::Equality(ty), a, b)
        }
    }

    /// Whether equality of a type is that of terms: there is no float in it.
    pub(super) fn is_identity(&mut self, ty: Ty, seen: &mut Vec<Ty>) -> bool {
        let ty = self.types.structural(ty);
        if seen.contains(&ty) {
            return true;
        }
        seen.push(ty);
        match self.types.kind(ty).clone() {
            TyKind::Int | TyKind::Nat | TyKind::Bool | TyKind::Byte | TyKind::String | TyKind::Unit => true,
            TyKind::Array(element) => self.is_identity(element, seen),
            TyKind::Data(data, _) if is_opaque(self.tir, data) => false,
            TyKind::Tuple(_) | TyKind::Data(..) => {
                let fields = constructors(self.tir, &mut self.types, ty).unwrap_or_default();
                fields.into_iter().flatten().all(|field| self.is_identity(field, seen))
            }
            _ => false,
        }
    }
}
