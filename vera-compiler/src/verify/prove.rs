//! Decides the goals of functions.

use super::encode::{Model, encode};
use super::execute::{Executor, Facts, Goal, Outline};
use super::solver::{Answer, Solver};
use super::term::{Term, Terms};
use crate::core::{FnId, Program};
use crate::lower::{FunctionKind, Provable};
use crate::tir;

/// What came of a goal.
#[derive(Clone, Debug)]
pub enum Decision {
    /// It holds.
    Holds,
    /// There may be an input that breaks it.
    Broken(Model),
    /// Not decided.
    Unknown(String),
}

/// Decides a goal.
pub fn decide(terms: &mut Terms, facts: &Facts, goal: &Goal, solver: &mut dyn Solver) -> Decision {
    let known = facts.at(goal.facts);
    if goal.fails == Term::FALSE {
        return Decision::Holds;
    }
    let encoded = encode(terms, &known, goal.fails);
    match solver.solve(&encoded.query) {
        Answer::Unsat => Decision::Holds,
        Answer::Sat(values) => Decision::Broken(Model::new(&encoded.wanted, values)),
        Answer::Unknown(why) => Decision::Unknown(why),
    }
}

/// The functions of the program itself, each once for every list of type arguments.
pub fn subjects(provable: &Provable, program: &tir::Program) -> Vec<(FnId, tir::FnId)> {
    let all = provable.functions.iter().enumerate();
    let found = all.filter_map(|(index, facts)| match &facts.kind {
        FunctionKind::Instance(decl, _) if Some(program.function(*decl).module) == program.root => {
            Some((FnId(index as u32), *decl))
        }
        _ => None,
    });
    found.collect()
}

/// Runs a function.
pub fn outline<'p>(
    provable: &'p Provable,
    program: &'p tir::Program,
    ground: &'p Program,
    function: FnId,
    unfold: u32,
) -> (Outline, Terms) {
    let (outline, executor) = Executor::new(provable, program, ground, unfold).run(function);
    (outline, executor.terms)
}
