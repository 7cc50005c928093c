//! What was found about the obligations of each function, put together to their outcomes.
//!
//! Instances of a generic function share its obligations. Findings are added in the order of the functions, whatever the
//! order in which they were made.

use super::obligation::{Counterexample, ObligationId, Outcome, Owner, Premises, Proof, Reason};
use super::obligations::Obligations;
use crate::source::Span;
use rustc_hash::FxHashMap;
use vera_abi::trap::TrapKind;

/// Where a goal is met.
pub(super) type Place = (TrapKind, Span, Option<Span>);

/// Something that was found about a function.
#[derive(Clone, Debug)]
pub(super) enum Finding {
    /// The goals at a place hold, by the bodies of these functions.
    Proved(Place, Vec<String>),
    /// A goal at a place is not proved.
    Open(Place, Reason),
    /// An obligation is refuted.
    Refuted(ObligationId, Counterexample),
    /// Its premises contradict each other.
    Vacuous(Premises),
    /// It was not run to its end: nothing is proved of it.
    GaveUp,
}

/// The outcomes of obligations.
pub(super) struct Findings<'o> {
    obligations: &'o Obligations,
    solver: &'o str,
    /// The outcomes of obligations that have goals; the others hold.
    outcomes: FxHashMap<ObligationId, Outcome>,
    vacuous: FxHashMap<Owner, Premises>,
}

impl<'o> Findings<'o> {
    /// No findings yet.
    pub(super) fn new(obligations: &'o Obligations, solver: &'o str) -> Self {
        Self { obligations, solver, outcomes: FxHashMap::default(), vacuous: FxHashMap::default() }
    }

    /// Adds a finding about a function.
    pub(super) fn add(&mut self, owner: Owner, finding: Finding) {
        match finding {
            Finding::Proved(place, unfolded) => self.proved(place, unfolded),
            Finding::Open(place, reason) => self.left_open(place, reason),
            Finding::Refuted(id, broken) => _ = self.outcomes.insert(id, Outcome::Refuted(broken)),
            Finding::Vacuous(premises) => _ = self.vacuous.insert(owner, premises),
            Finding::GaveUp => self.give_up(owner),
        }
    }

    /// The outcome of an obligation.
    pub(super) fn outcome(&mut self, id: ObligationId) -> Outcome {
        self.outcomes.remove(&id).unwrap_or_else(|| Outcome::Proved(Proof::default()))
    }

    /// Whether the premises of an owner contradict each other.
    pub(super) fn vacuous(&self, owner: Owner) -> Option<Premises> {
        self.vacuous.get(&owner).copied()
    }

    fn obligation(&self, (kind, span, call): Place) -> Option<ObligationId> {
        self.obligations.of_check(kind, span, call)
    }

    fn proved(&mut self, place: Place, unfolded: Vec<String>) {
        let Some(id) = self.obligation(place) else { return };
        let solver = Some(self.solver.to_owned());
        let outcome = self.outcomes.entry(id).or_insert_with(|| Outcome::Proved(Proof { solver, ..Proof::default() }));
        if let Outcome::Proved(proof) = outcome {
            for name in unfolded {
                if !proof.unfolded.contains(&name) {
                    proof.unfolded.push(name);
                }
            }
        }
    }

    /// A counterexample is worth more than any other reason.
    fn left_open(&mut self, place: Place, reason: Reason) {
        let Some(id) = self.obligation(place) else { return };
        match self.outcomes.get(&id) {
            Some(Outcome::Refuted(_) | Outcome::Unproved(Reason::Unknown(Some(_)))) => {}
            _ => _ = self.outcomes.insert(id, Outcome::Unproved(reason)),
        }
    }

    /// Leaves all obligations of a function to run time.
    fn give_up(&mut self, owner: Owner) {
        for (id, obligation) in self.obligations.iter() {
            if obligation.owner == owner && !obligation.checks.is_empty() {
                self.outcomes.insert(id, Outcome::Unproved(Reason::Budget));
            }
        }
    }
}
