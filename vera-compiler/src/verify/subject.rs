//! The forms of a program for proofs and tests, made once.

use crate::core::interpret::{Limits, NoExterns, Value};
use crate::core::{self, Atom, End, FnId, Program};
use crate::diagnostics::Diagnostics;
use crate::lower::{self, Provable, SiteFacts};
use crate::source::Span;
use crate::tir::{self, Checked};
use crate::types::{DataId, PredicateId, Ty, TyKind, Types};
use rustc_hash::FxHashSet;

/// Statements that a predicate may execute.
const FUEL: u64 = 500_000;

/// A program for proofs and tests.
#[derive(Debug)]
pub struct Subject<'p> {
    /// What it means.
    pub(crate) program: &'p tir::Program,
    /// The core program that proofs are about.
    pub(crate) provable: Provable,
    /// The same program without effects and claims, which the interpreter runs. Functions have the same ids.
    pub(crate) ground: Program,
    /// Where parameters are declared, in all functions.
    pub(crate) parameters: FxHashSet<Span>,
}

impl<'p> Subject<'p> {
    /// Instantiates a checked program.
    ///
    /// # Errors
    /// Errors as in a compilation: polymorphic recursion, or limits.
    pub fn of(checked: &'p Checked) -> Result<Self, Diagnostics> {
        let provable = lower::lower_for_proofs(checked)?;
        let mut ground = provable.program.clone();
        drop_claims(&mut ground, &provable.sites);
        core::evidence::eliminate(&mut ground);
        let program = checked.program();
        let of_function = |decl: &'p tir::FnDecl| decl.params.iter().map(|param| decl.locals[param.index()].span);
        let parameters = program.functions.iter().flat_map(of_function).collect();
        Ok(Self { program, provable, ground, parameters })
    }

    /// The places of checks that the compiled program does not have.
    pub(crate) fn claims(&self) -> FxHashSet<Span> {
        let sites = self.provable.sites.iter();
        sites.filter(|site| !site.is_compiled).map(|site| site.span).collect()
    }

    /// Whether a run of the interpreter may go on where the compiled program stops: measures within cycles of functions are
    /// compared there in another way.
    pub(crate) fn may_not_end(&self) -> bool {
        self.provable.sites.iter().any(|site| !site.is_compiled)
    }

    /// Whether the interpreter can run a function as it is: it needs no handler around it.
    pub(crate) fn runs_alone(&self, function: FnId) -> bool {
        let (with, without) = (self.provable.program.function(function), self.ground.function(function));
        with.params.len() == without.params.len() && with.result == without.result
    }

    /// Whether a value satisfies the predicate of a refinement; true where the program has no such function.
    pub(crate) fn is_refined(&self, predicate: PredicateId, args: Vec<Ty>, value: &Value) -> bool {
        self.satisfies(self.provable.refinements.get(&(predicate, args)), value)
    }

    /// Whether a value satisfies the invariant of its type, if it has one.
    pub(crate) fn is_invariant(&self, data: DataId, args: Vec<Ty>, value: &Value) -> bool {
        self.satisfies(self.provable.invariants.get(&(data, args)), value)
    }

    fn satisfies(&self, predicate: Option<&FnId>, value: &Value) -> bool {
        let Some(&predicate) = predicate else { return true };
        let limits = Limits { fuel: FUEL, depth: 5_000 };
        let result = self.ground.interpret(predicate, vec![value.clone()], limits, &mut NoExterns);
        matches!(result, Ok(Value::Byte(1)))
    }
}

/// Lets a program go on where a claim fails, as the compiled program does.
fn drop_claims(program: &mut Program, sites: &[SiteFacts]) {
    for function in &mut program.functions {
        function.body.for_each_block_mut(|block| {
            if let End::Trap(site, _) = block.end
                && !sites[site.index()].is_compiled
            {
                block.end = End::Yield(Atom::Unit);
            }
        });
    }
}

/// The declared types of the fields of each constructor of a data type, or of the components of a tuple as the only one;
/// `None` for other types. Aliases and refinements around the type do not count, those of fields are kept.
pub(crate) fn constructors(program: &tir::Program, types: &mut Types, ty: Ty) -> Option<Vec<Vec<Ty>>> {
    match types.kind(types.structural(ty)).clone() {
        TyKind::Tuple(items) => Some(vec![items]),
        TyKind::Data(data, args) => {
            let constructors = program.data(data).constructors.iter();
            Some(constructors.map(|each| each.fields.iter().map(|&ty| types.substitute(ty, &args)).collect()).collect())
        }
        _ => None,
    }
}

/// Whether a data type hides how it represents its values, as maps do.
pub(crate) fn is_opaque(program: &tir::Program, data: DataId) -> bool {
    let decl = program.data(data);
    !decl.public && program.modules[decl.module.index()].prelude
}

/// The constructor with the fewest fields that are data themselves: of it values are finite.
pub(crate) fn simplest(types: &Types, constructors: &[Vec<Ty>]) -> Option<usize> {
    let heavy = |ty: &&Ty| matches!(types.kind(types.structural(**ty)), TyKind::Data(..));
    let weights = constructors.iter().map(|fields| fields.iter().filter(heavy).count());
    weights.enumerate().min_by_key(|(_, weight)| *weight).map(|(tag, _)| tag)
}
