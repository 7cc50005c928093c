//! Obligations as JSON for tools. The fields are stable: none is renamed or left out.

use super::refuted::{code_of, why};
use super::runtime::{because, example, warned};
use super::{Needs, Status, summary};
use crate::diagnostics::Code;
use crate::source::SourceMap;
use crate::tir::Program;
use crate::verify::obligation::{Outcome, Proof, Verified};
use serde::Serialize;

/// The counts of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonCounts {
    /// Proved.
    pub tier1_verified: usize,
    /// Left to run time.
    pub tier3_runtime: usize,
    /// The sum of both. Refuted and vacuous obligations are not included.
    pub total: usize,
    /// How many `assume`s there are.
    pub assumptions: usize,
    /// The time limit of a solver for one query, in milliseconds.
    pub timeout_ms: u64,
}

impl JsonCounts {
    /// The counts of the listed obligations.
    pub fn new(verified: &[Verified], assumptions: usize, timeout_ms: u64) -> Self {
        let summary = summary(verified);
        JsonCounts {
            tier1_verified: summary.verified,
            tier3_runtime: summary.runtime,
            total: summary.verified + summary.runtime,
            assumptions,
            timeout_ms,
        }
    }
}

/// An obligation for tools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonObligation {
    /// Its kind, such as `ensures`.
    pub kind: &'static str,
    /// `verified`, `tier3`, `tier3_unguarded` or `violated`.
    pub status: &'static str,
    /// The clause or expression.
    pub description: String,
    /// Where it starts.
    pub location: JsonPlace,
    /// The code of its diagnostic; empty when it is proved.
    pub error_code: &'static str,
    /// Why it is not proved; empty when it is.
    pub reason: String,
    /// What a proof would need; empty if nothing is known.
    pub needed: String,
    /// Slots and values of the counterexample.
    pub counterexample: Vec<JsonValue>,
    /// Functions whose bodies the proof uses.
    pub unfolded: Vec<String>,
    /// The solver that the proof needs; empty without one.
    pub solver: String,
}

/// A place; line and column count from 1, the column counts characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonPlace {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// The name of the file.
    pub file: String,
}

/// A slot and its value, in Vera syntax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonValue {
    /// The slot, such as `@Int.0`.
    pub slot: String,
    /// Its value.
    pub value: String,
}

/// The listed obligations, in order.
pub fn obligations_json(program: &Program, verified: &[Verified]) -> Vec<JsonObligation> {
    let mut needs = Needs::new(program);
    let listed = verified.iter().filter(|each| each.is_listed());
    listed.map(|each| JsonObligation::new(program, each, &mut needs)).collect()
}

impl JsonObligation {
    fn new<'p>(program: &'p Program, each: &Verified, needs: &mut Needs<'p>) -> Self {
        let Verified { obligation, outcome, .. } = each;
        let status = each.status();
        let code = match (status, outcome) {
            (Status::Verified, _) => None,
            (Status::Violated, _) => Some(code_of(obligation).0),
            (Status::Vacuous, _) => Some(Code::E538),
            _ => Some(warned(obligation, outcome).0),
        };
        let example = example(outcome).map(|example| example.values.clone()).unwrap_or_default();
        let proof = match outcome {
            Outcome::Proved(proof) => proof.clone(),
            _ => Proof::default(),
        };
        let reason = match status {
            Status::Verified => String::new(),
            Status::Violated => why(obligation.kind).to_owned(),
            Status::Runtime | Status::Vacuous => because(outcome),
        };
        JsonObligation {
            kind: obligation.kind.name(),
            status: status.name(),
            description: obligation.text.clone(),
            location: JsonPlace::new(obligation.span, &program.sources),
            error_code: code.map_or("", Code::as_str),
            reason,
            needed: needs.of(each).unwrap_or_default(),
            counterexample: example.into_iter().map(|(slot, value)| JsonValue { slot, value }).collect(),
            unfolded: proof.unfolded,
            solver: proof.solver.unwrap_or_default(),
        }
    }
}

impl JsonPlace {
    fn new(span: crate::source::Span, sources: &SourceMap) -> Self {
        let start = sources.start(span);
        JsonPlace { line: start.line, column: start.column, file: sources.file(span.file).name().to_owned() }
    }
}
