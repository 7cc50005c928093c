//! One query in a fresh solver.
//!
//! The solver is asked again and again: applications are names to it, and when its model gives one function two results
//! for the same operands, it is told that this cannot be. What it refutes is refuted whatever it was told so far. A
//! model counts when the query holds in it, evaluated here.

use std::time::{Duration, Instant};

use num_traits::ToPrimitive;
use rz3::SolverResult;
use rz3::ast::ModelValue;
use vera_compiler::verify::{self, Query};

use super::encode::{Encoder, name};
use super::evaluate::{Clash, Value, Values};
use super::read::{Problem, Sort, read};
use super::term::{Formula, Linear, Node, Operand, Terms};
use crate::engine::{Verdict, Why};

/// Most pairs of applications that are related at once.
const CLASHES: usize = 200;

/// Decides a query.
pub(super) fn decide(query: &Query, deadline: Instant) -> Verdict {
    match solve(query, deadline) {
        Ok(verdict) => verdict,
        Err(why) => Verdict::Unknown(why),
    }
}

fn solve(query: &Query, deadline: Instant) -> Result<Verdict, Why> {
    let mut problem = read(&query.script)?;
    let mut encoder = Encoder::new();
    for name in &query.wanted {
        if let Some(operand) = problem.constant(name)? {
            encoder.define(operand);
        }
    }
    let assertions = std::mem::take(&mut problem.assertions);
    for formula in &assertions {
        encoder.assert(*formula);
    }
    loop {
        work(&mut encoder, &mut problem.terms, deadline)?;
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
        let values = Values::new(&problem.terms, |id| match model.get(&name(id))? {
            ModelValue::Int(value) => Some(Value::Int(value.clone())),
            ModelValue::Bool(value) => Some(Value::Bool(*value)),
            _ => None,
        });
        let clashes = values.clashes(&problem.terms, &encoder.applications);
        if clashes.is_empty() {
            return if assertions.iter().all(|formula| values.formula(*formula)) {
                Ok(Verdict::Sat(wanted(&problem, &values, &query.wanted)))
            } else {
                Err(Why::Failed("the query does not hold in its model".to_owned()))
            };
        }
        for clash in clashes.iter().take(CLASHES) {
            let lemma = congruence(&mut problem.terms, clash, &values);
            encoder.assert(lemma);
        }
    }
}

/// Assertions are preprocessed at once, without a look at the clock: it is looked at here.
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

/// Equal operands, equal results.
fn congruence(terms: &mut Terms, clash: &Clash, values: &Values) -> Formula {
    let operands = |terms: &Terms, id| match terms.get(id) {
        Node::Apply(_, operands) => operands.to_vec(),
        Node::QuotientBy(a, b) | Node::RemainderBy(a, b) => vec![Operand::Int(a.clone()), Operand::Int(b.clone())],
        _ => Vec::new(),
    };
    let pairs = operands(terms, clash.first).into_iter().zip(operands(terms, clash.second));
    let mut clause: Vec<_> = pairs.map(|(first, second)| !terms.same(&first, &second)).collect();
    let result = |id| match values.is_integer(id) {
        true => Operand::Int(Linear::term(id).into()),
        false => Operand::Bool(Formula { node: id, negated: false }),
    };
    clause.push(terms.same(&result(clash.first), &result(clash.second)));
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
