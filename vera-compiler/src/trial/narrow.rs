//! Inputs of functions whose preconditions random inputs rarely satisfy, for tests that have only random inputs.

use super::{Generator, NoMachine, Options, Ran, Trier};
use crate::core::FnId;
use crate::core::interpret::Value;
use crate::tir;
use crate::types::TyKind;
use crate::verify::{Inputs, Solver, Subject, written_arguments};

/// Inputs of a function that satisfy its preconditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrow {
    /// The function.
    pub function: tir::FnId,
    /// Each with the arguments in order: `(1, "a", Some(2))`. Texts are written as in JSON.
    pub inputs: Vec<String>,
}

/// Inputs that are made to see whether chance meets a precondition.
const SAMPLE: usize = 40;
/// How many of them it meets at least where no solver is needed.
const MET: usize = 3;
/// Statements that a run of the sample may execute: enough for preconditions.
const FUEL: u64 = 3_000;
/// Most inputs that a solver is asked for.
const MAX_INPUTS: usize = 4;

/// Inputs of the public functions of a program with narrow preconditions, as far as the solver finds some.
pub fn narrow(subject: &Subject<'_>, solver: &mut dyn Solver) -> Vec<Narrow> {
    let options = Options::default();
    let program = subject.program;
    let functions = (0..).map(tir::FnId).zip(&program.functions);
    let public =
        functions.filter(|(_, decl)| Some(decl.module) == program.root && decl.public && decl.parent.is_none());
    let found = public.filter_map(|(id, decl)| {
        let mut trier = Trier { subject, options: &options, decl, id, machine: &mut NoMachine };
        let inputs = trier.runnable().ok().filter(|_| trier.has_premises()).map(|f| trier.narrow_inputs(f, solver))?;
        (!inputs.is_empty()).then_some(Narrow { function: id, inputs })
    });
    found.collect()
}

impl Trier<'_> {
    /// Whether a function has conditions on its arguments.
    fn has_premises(&self) -> bool {
        let is_true = |clause: &tir::Contract| matches!(clause.expr.kind, tir::ExprKind::Bool(true));
        let may_be_refined =
            |ty: &TyKind| !matches!(ty, TyKind::Int | TyKind::Nat | TyKind::Bool | TyKind::Float64 | TyKind::String);
        let types = self.decl.params.iter().map(|param| self.decl.locals[param.index()].ty);
        !self.decl.requires.iter().all(is_true)
            || types.into_iter().any(|ty| may_be_refined(self.subject.program.types.kind(ty)))
    }

    fn narrow_inputs(&mut self, function: FnId, solver: &mut dyn Solver) -> Vec<String> {
        let subject = self.subject;
        let types = subject.provable.functions[function.index()].params.clone();
        let mut generator = Generator::new(subject, self.options.seed);
        if types.iter().any(|&ty| generator.refuses(ty).is_some()) {
            return Vec::new();
        }
        let mut is_taken = |args: &[Value]| !matches!(self.run_once(function, args, FUEL), Ran::Rejected);
        let mut made = (0..SAMPLE).filter_map(|_| types.iter().map(|&ty| generator.value(ty, 0)).collect());
        if made.by_ref().filter(|args: &Vec<Value>| is_taken(args)).take(MET).count() == MET {
            return Vec::new();
        }
        let mut inputs = Inputs::new(subject, function);
        let solved = std::iter::from_fn(|| inputs.next(solver)).take(MAX_INPUTS).filter(|args| is_taken(args));
        let mut types_of_text = subject.provable.types.clone();
        solved.map(|args| written_arguments(subject.program, &mut types_of_text, &args, &types)).collect()
    }
}
