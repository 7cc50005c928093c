//! Decides one query in a fresh solver.
//!
//! The solver is asked repeatedly. Applications are names to it. When its model gives one function two results for the
//! same operands, it gets the clause that excludes this. A refutation holds regardless of the clauses added so far. A
//! model counts only if the query holds in it, as evaluated here.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use num_traits::ToPrimitive;
use rz3::SolverResult;
use rz3::ast::ModelValue;
use vera_compiler::verify;

use super::encode::{Encoder, name};
use super::evaluate::{Value, Values};
use super::read::{Problem, Sort};
use super::spread::spread;
use super::term::{Application, Formula, Id, Operand, Terms};
use crate::engine::{Verdict, Why};

/// Maximum number of pairs of applications that are related at once.
const CLASHES: usize = 200;

/// The outcome of a search.
pub(super) struct Search {
    pub(super) verdict: Result<Verdict, Why>,
    /// The factors of products in the solver.
    pub(super) factors: Vec<Id>,
}

/// Decides a query until a deadline.
pub(super) fn search(mut problem: Problem<'_>, names: &[String], deadline: Instant) -> Search {
    let mut encoder = Encoder::new();
    let verdict = run(&mut problem, names, &mut encoder, deadline);
    Search { verdict, factors: encoder.factors() }
}

fn run(problem: &mut Problem<'_>, names: &[String], encoder: &mut Encoder, deadline: Instant) -> Result<Verdict, Why> {
    for name in names {
        if let Some(operand) = problem.constant(name)? {
            encoder.define(operand);
        }
    }
    for (application, result) in std::mem::take(&mut problem.known) {
        encoder.relate_application(application, result);
    }
    let assertions = std::mem::take(&mut problem.assertions);
    for formula in &assertions {
        encoder.assert(*formula);
    }
    let mut lemmas = HashSet::new();
    loop {
        work(encoder, &mut problem.terms, deadline)?;
        if encoder.contradicts() {
            return Ok(Verdict::Unsat);
        }
        encoder.solver.set_time_limit(deadline.saturating_duration_since(Instant::now()));
        match encoder.solver.check() {
            SolverResult::Unsat => return Ok(Verdict::Unsat),
            SolverResult::Unknown => {
                return Err(match encoder.solver.stats().unknown_reason {
                    Some("time limit") => Why::Time(Duration::ZERO),
                    reason => Why::Incomplete(reason.unwrap_or("no reason given").to_owned()),
                });
            }
            SolverResult::Sat => {}
        }
        let model = encoder.solver.get_model();
        let known = |id| match model.get(&name(id))? {
            ModelValue::Int(value) if encoder.is_compared(id) => Some(Value::Int(value.clone())),
            ModelValue::Bool(value) => Some(Value::Bool(*value)),
            _ => None,
        };
        let values = values(&problem.terms, encoder, &assertions, known);
        let clashes = values.clashes(&encoder.applications);
        if clashes.is_empty() {
            return if assertions.iter().all(|formula| values.formula(*formula)) {
                Ok(Verdict::Sat(wanted(problem, &values, names)))
            } else {
                Err(Why::Failed("the query does not hold in its model".to_owned()))
            };
        }
        let mut told = 0;
        for clash in clashes.iter().take(CLASHES) {
            let [first, second] = [clash.first, clash.second].map(|place| encoder.applications[place].clone());
            let lemma = congruence(&mut problem.terms, &first, &second);
            if lemmas.insert(lemma) {
                encoder.assert(lemma);
                told += 1;
            }
        }
        // It would not terminate: its model breaks the clauses that it got.
        if told == 0 {
            return Err(Why::Failed("a model breaks what the solver was told".to_owned()));
        }
    }
}

/// Assertions are preprocessed at once, without a look at the clock, so the clock is read here.
fn work(encoder: &mut Encoder, terms: &mut Terms, deadline: Instant) -> Result<(), Why> {
    let done = encoder.work(terms, &|| Instant::now() < deadline);
    if terms.exhausted() {
        return Err(Why::TooLarge("its terms take too many steps".to_owned()));
    }
    if encoder.is_too_large() {
        return Err(Why::TooLarge("it has too many terms".to_owned()));
    }
    if done { Ok(()) } else { Err(Why::Time(Duration::ZERO)) }
}

/// The values of a model, with as few equal numbers as possible.
fn values(terms: &Terms, encoder: &Encoder, assertions: &[Formula], known: impl Fn(Id) -> Option<Value>) -> Values {
    let integer = |id| match known(id)? {
        Value::Int(value) => Some(value),
        Value::Bool(_) => None,
    };
    let spread = spread(&encoder.comparisons, |id| encoder.is_fixed(id), integer);
    let values = Values::new(terms, |id| spread.get(&id).cloned().map(Value::Int).or_else(|| known(id)));
    if assertions.iter().all(|formula| values.formula(*formula)) { values } else { Values::new(terms, known) }
}

/// Equal operands, equal results.
fn congruence(terms: &mut Terms, first: &(Application, Operand), second: &(Application, Operand)) -> Formula {
    let pairs = first.0.operands.iter().zip(&second.0.operands);
    let mut clause: Vec<_> = pairs.map(|(first, second)| !terms.same(first, second)).collect();
    clause.push(terms.same(&first.1, &second.1));
    terms.any(clause)
}

fn wanted(problem: &Problem<'_>, values: &Values, names: &[String]) -> Vec<Option<verify::Value>> {
    let value = |name: &String| {
        let value = match problem.constant(name).ok()? {
            Some(operand) => values.operand(operand),
            // Any value will do.
            None if problem.sort(name) == Some(Sort::Bool) => Value::Bool(false),
            None => Value::Int(0.into()),
        };
        match (value, problem.sort(name)?) {
            (Value::Int(value), Sort::Int) => value.to_i128().map(verify::Value::Int),
            (Value::Bool(value), Sort::Bool) => Some(verify::Value::Bool(value)),
            _ => None,
        }
    };
    names.iter().map(value).collect()
}
