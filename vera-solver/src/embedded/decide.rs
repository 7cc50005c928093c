//! One query in a fresh solver.

use std::time::{Duration, Instant};

use num_traits::ToPrimitive;
use rz3::ast::ModelValue;
use rz3::parser::{Command, Parser};
use rz3::{Rz3Solver, SolverResult};
use vera_compiler::verify::{Query, Value};

use crate::engine::{Verdict, Why};

/// Decides a query whose outline was looked at.
pub(super) fn decide(query: &Query, deadline: Instant) -> Verdict {
    let mut parser = Parser::strict(&query.script);
    let mut solver = Rz3Solver::new();
    while let Some(command) = parser.parse_command() {
        match command {
            Command::DeclareFun(name, parameters, result) => {
                solver.declare_fun_signature(name, parameters, result);
            }
            Command::DeclareSort(_) => {}
            Command::Assert(term) => solver.assert(&term),
            other => return Verdict::Unknown(Why::Unsupported(format!("{other:?}"))),
        }
        // Assertions are preprocessed at once, without a look at the clock.
        if Instant::now() >= deadline {
            return Verdict::Unknown(Why::Time(Duration::ZERO));
        }
    }
    if let Some(error) = parser.error() {
        return Verdict::Unknown(Why::Unsupported(error.to_owned()));
    }
    solver.set_time_limit(deadline.saturating_duration_since(Instant::now()));
    match solver.check() {
        SolverResult::Unsat => Verdict::Unsat,
        SolverResult::Sat => Verdict::Sat(model(&solver, &query.wanted)),
        SolverResult::Unknown => match solver.stats().unknown_reason {
            Some("time limit") => Verdict::Unknown(Why::Time(Duration::ZERO)),
            reason => Verdict::Unknown(Why::Incomplete(reason.unwrap_or("no reason given").to_owned())),
        },
    }
}

fn model(solver: &Rz3Solver, wanted: &[String]) -> Vec<Option<Value>> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let model = solver.get_model();
    let value = |name: &String| match model.get(name)? {
        ModelValue::Int(value) => value.to_i128().map(Value::Int),
        ModelValue::Bool(value) => Some(Value::Bool(*value)),
        _ => None,
    };
    wanted.iter().map(value).collect()
}
