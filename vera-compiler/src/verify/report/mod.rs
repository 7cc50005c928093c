//! The outcomes of obligations, for people and tools: status, counts, diagnostics, JSON.
//!
//! A refuted obligation is an error if the language's reference makes it one: a postcondition that is false, a
//! precondition that a call breaks, a negative `Nat`, a division by zero, a value that does not satisfy its type. Other
//! operations (indices, asserts, overflow, floats as integers) are errors if every input that reaches them fails.
//! Otherwise they are left to run time, and a note gives the counterexample.
//!
//! Nothing is decided here: this module reads outcomes and the program's text.

mod condition;
mod explain;
mod json;
mod refuted;
mod runtime;
#[cfg(test)]
mod tests;
mod vacuous;

pub use explain::Needs;
pub use json::{JsonCounts, JsonObligation, JsonPlace, JsonValue, obligations_json};

use super::obligation::{Counterexample, Kind, Listing, Obligation, Outcome, Verified};
use super::obligations::Assumption;
use crate::diagnostics::Diagnostics;
use crate::tir::Program;

/// The status of an obligation in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It holds for every input.
    Verified,
    /// It is checked at run time.
    Runtime,
    /// No input reaches it, because the premises contradict each other.
    Vacuous,
    /// It is refuted.
    Violated,
}

impl Status {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Status::Verified => "verified",
            Status::Runtime => "tier3",
            Status::Vacuous => "tier3_unguarded",
            Status::Violated => "violated",
        }
    }
}

impl Verified {
    /// The status of an obligation.
    pub fn status(&self) -> Status {
        match &self.outcome {
            Outcome::Proved(_) => Status::Verified,
            Outcome::Refuted(example) if is_error(self.obligation.kind, example) => Status::Violated,
            Outcome::Refuted(_) | Outcome::Unproved(_) => Status::Runtime,
            Outcome::Vacuous(_) => Status::Vacuous,
        }
    }

    /// Whether it is in the list and in the counts.
    pub fn is_listed(&self) -> bool {
        match self.obligation.listing {
            Listing::Always => true,
            Listing::UnlessProved => self.status() != Status::Verified,
            Listing::WhenRefuted => self.status() == Status::Violated,
        }
    }
}

/// Whether an input that breaks an obligation makes it an error.
fn is_error(kind: Kind, example: &Counterexample) -> bool {
    match kind {
        Kind::Ensures
        | Kind::CallPre
        | Kind::NatSub
        | Kind::NatBind
        | Kind::RefineBind
        | Kind::Invariant
        | Kind::DivZero => true,
        Kind::Assert | Kind::IndexBounds | Kind::IntOverflow | Kind::FloatToIntDomain => example.always,
        Kind::Requires | Kind::Decreases => false,
    }
}

/// The number of obligations per status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Proved.
    pub verified: usize,
    /// Left to run time.
    pub runtime: usize,
    /// Refuted.
    pub violated: usize,
}

/// Counts the listed obligations.
pub fn summary<'a>(verified: impl IntoIterator<Item = &'a Verified>) -> Summary {
    let mut summary = Summary::default();
    for each in verified.into_iter().filter(|each| each.is_listed()) {
        match each.status() {
            Status::Verified => summary.verified += 1,
            Status::Runtime => summary.runtime += 1,
            Status::Violated => summary.violated += 1,
            Status::Vacuous => {}
        }
    }
    summary
}

/// Errors: refuted obligations, and contradictory premises.
pub fn errors(program: &Program, verified: &[Verified]) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut expressions = condition::Expressions::default();
    for each in verified {
        if let (Outcome::Refuted(example), Status::Violated) = (&each.outcome, each.status()) {
            found.push(refuted::diagnostic(program, &mut expressions, &each.obligation, example));
        }
    }
    found.extend(vacuous::contradictions(program, verified));
    found.sorted()
}

/// Which obligations that are left to run time are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Clauses, measures, asserts, refinements and preconditions of callees, as the language's reference does.
    Contracts,
    /// All, and the inputs for which operations are known to fail.
    All,
}

/// Warnings: obligations that are left to run time, and proofs that depend on assumptions.
pub fn runtime(program: &Program, verified: &[Verified], assumptions: &[Assumption], told: Told) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut expressions = condition::Expressions::default();
    let mut needs = Needs::new(program);
    for each in verified.iter().filter(|each| each.status() == Status::Runtime) {
        let noted = each.is_listed() || runtime::example(&each.outcome).is_some();
        if noted && (told == Told::All || is_contract(&each.obligation)) {
            found.push(runtime::diagnostic(program, &mut expressions, &mut needs, each));
        }
    }
    found.extend(vacuous::assumed(program, verified, assumptions));
    found.sorted()
}

fn is_contract(obligation: &Obligation) -> bool {
    match obligation.kind {
        Kind::Requires
        | Kind::Ensures
        | Kind::Decreases
        | Kind::Assert
        | Kind::CallPre
        | Kind::RefineBind
        | Kind::Invariant => true,
        Kind::NatSub
        | Kind::NatBind
        | Kind::DivZero
        | Kind::IndexBounds
        | Kind::IntOverflow
        | Kind::FloatToIntDomain => false,
    }
}
