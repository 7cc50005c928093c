//! Arguments that satisfy the preconditions of a function, found by a solver.

use super::encode::{Model, encode};
use super::execute::{Executor, Outline};
use super::replay::Replay;
use super::solver::{Answer, Solver, Value as Number};
use super::subject::Subject;
use super::term::{Term, Terms};
use crate::core::FnId;
use crate::core::interpret::Value;
use std::fmt::Write;

/// Most models that are asked for.
const MAX_MODELS: u32 = 40;

/// The arguments of a function.
pub(crate) struct Inputs<'i> {
    subject: &'i Subject<'i>,
    function: FnId,
    outline: Outline,
    terms: Terms,
    /// What keeps the next model from being one of those before.
    different: String,
    asked: u32,
}

impl<'i> Inputs<'i> {
    /// The function, of which nothing has been asked.
    pub(crate) fn new(subject: &'i Subject<'i>, function: FnId) -> Self {
        let (outline, terms) = Executor::new(subject, 0).run(function);
        Self { subject, function, outline, terms, different: String::new(), asked: 0 }
    }

    /// Arguments that were not given before, if the solver finds some.
    pub(crate) fn next(&mut self, solver: &mut dyn Solver) -> Option<Vec<Value>> {
        if self.asked >= MAX_MODELS {
            return None;
        }
        self.asked += 1;
        let facts = self.outline.facts.at(self.outline.premises);
        let mut encoded = encode(&mut self.terms, &facts, Term::TRUE);
        encoded.query.script += &self.different;
        let Answer::Sat(values) = solver.solve(&encoded.query) else {
            self.asked = MAX_MODELS;
            return None;
        };
        // Any of the numbers is another the next time; which one goes around.
        let numbers = encoded.query.wanted.iter().zip(&values);
        let numbers: Vec<(&String, i128)> = numbers
            .filter_map(|(name, value)| match value {
                Some(Number::Int(number)) => Some((name, *number)),
                _ => None,
            })
            .collect();
        if let Some((name, number)) = numbers.get(self.asked as usize % numbers.len().max(1)) {
            let number = if *number < 0 { format!("(- {})", number.unsigned_abs()) } else { number.to_string() };
            _ = writeln!(self.different, "(assert (not (= {name} {number})))");
        }
        let model = Model::new(&encoded.wanted, values);
        let mut replay = Replay::new(self.subject, &mut self.terms, &model);
        replay.arguments(self.function, &self.outline.params)
    }
}
