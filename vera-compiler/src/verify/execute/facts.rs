//! Facts, in order: a goal may use the facts that were found before it on its path.
//!
//! Facts that are dropped stay available for goals that were met while the facts were known.

use crate::verify::term::Term;

/// Everything that was ever learnt, as a tree.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// A fact, and what was known before it.
    list: Vec<(Term, FactsAt)>,
    here: FactsAt,
}

/// What is known at some place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct FactsAt(u32);

impl Facts {
    /// Learns a fact.
    pub(super) fn add(&mut self, fact: Term) {
        self.list.push((fact, self.here));
        self.here = FactsAt(self.list.len() as u32);
    }

    /// What is known here.
    pub(super) fn here(&self) -> FactsAt {
        self.here
    }

    /// Forgets what was learnt since.
    pub(super) fn back_to(&mut self, at: FactsAt) {
        self.here = at;
    }

    /// The facts that are known at a place, the first first, each once.
    pub(crate) fn at(&self, place: FactsAt) -> Vec<Term> {
        let (mut facts, mut at) = (Vec::new(), place);
        while let Some((fact, before)) = (at.0 as usize).checked_sub(1).and_then(|index| self.list.get(index)) {
            facts.push(*fact);
            at = *before;
        }
        facts.reverse();
        let mut seen = rustc_hash::FxHashSet::default();
        facts.retain(|fact| seen.insert(*fact));
        facts
    }
}
