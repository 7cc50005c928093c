//! The path of a run, and the merging of paths.

use super::Executor;
use crate::verify::term::{Node, Term, Terms};
use rustc_hash::FxHashMap;

/// The conditions of the path, from the first branch on.
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    conditions: Vec<Term>,
    /// All conditions up to each.
    terms: Vec<Term>,
    /// How often each condition is among them.
    decided: FxHashMap<Term, u32>,
    /// How often control left other than by a check or a value.
    pub(super) escapes: u32,
}

/// Where a path was, to come back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(usize);

impl Mark {
    /// Before the first branch.
    pub(super) const START: Mark = Mark(0);

    /// How many conditions lead there.
    pub(super) fn length(self) -> usize {
        self.0
    }
}

/// How a block ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// With a value.
    Value(Term),
    /// Never here: a check has failed, or control went elsewhere.
    Gone,
}

impl Flow {
    /// The flow of merged paths, which carry one value, if one of them came.
    pub(super) fn of(merged: Option<Vec<Term>>) -> Self {
        merged.and_then(|values| values.first().copied()).map_or(Flow::Gone, Flow::Value)
    }
}

/// A value that comes from a branch.
#[derive(Clone, Debug)]
pub(super) struct Jump {
    /// What holds on that branch beyond what holds where branches come together.
    pub(super) conditions: Vec<Term>,
    /// The values.
    pub(super) values: Vec<Term>,
    /// What the cells held.
    pub(super) cells: Vec<Term>,
}

impl Path {
    /// The path as one condition.
    pub(super) fn term(&mut self, terms: &mut Terms) -> Term {
        while self.terms.len() < self.conditions.len() {
            let before = self.terms.last().copied().unwrap_or(Term::TRUE);
            let all = terms.and(before, self.conditions[self.terms.len()]);
            self.terms.push(all);
        }
        self.terms.last().copied().unwrap_or(Term::TRUE)
    }

    /// The path without its last condition.
    pub(super) fn before_last(&mut self, terms: &mut Terms) -> Term {
        self.term(terms);
        let before = self.terms.len().checked_sub(2).and_then(|index| self.terms.get(index));
        before.copied().unwrap_or(Term::TRUE)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.conditions.len())
    }

    pub(super) fn assume(&mut self, condition: Term) {
        self.conditions.push(condition);
        *self.decided.entry(condition).or_insert(0) += 1;
    }

    pub(super) fn back_to(&mut self, mark: Mark) {
        for condition in self.conditions.drain(mark.0..) {
            if let Some(count) = self.decided.get_mut(&condition) {
                *count -= 1;
            }
        }
        self.terms.truncate(mark.0);
    }

    pub(super) fn since(&self, mark: Mark) -> Vec<Term> {
        self.conditions[mark.0..].to_vec()
    }

    fn holds(&self, condition: Term) -> bool {
        self.decided.get(&condition).is_some_and(|count| *count > 0)
    }
}

impl Executor<'_> {
    /// A condition as the path decides it.
    pub(super) fn decided(&mut self, condition: Term) -> Term {
        if self.path.holds(condition) {
            return Term::TRUE;
        }
        let not = self.terms.not(condition);
        if self.path.holds(not) { Term::FALSE } else { condition }
    }

    /// Paths that had left have come to where they went.
    pub(super) fn arrive(&mut self, count: usize) {
        match self.path.escapes.checked_sub(count as u32) {
            Some(left) => self.path.escapes = left,
            // What is not counted right is not relied on.
            None => self.exhausted = true,
        }
    }

    /// Keeps a value of the present path, to be merged where paths come together at `mark`.
    pub(super) fn leave(&mut self, mark: Mark, values: Vec<Term>) -> Jump {
        Jump { conditions: self.path.since(mark), values, cells: self.cell_values() }
    }

    /// Goes on from where several paths come together: at `mark`, with their values. `complete`: whoever came as far as
    /// the mark came here, or failed a check.
    pub(super) fn merge(&mut self, mark: Mark, jumps: Vec<Jump>, complete: bool) -> Option<Vec<Term>> {
        self.path.back_to(mark);
        let mut jumps: Vec<(Term, Jump)> = jumps
            .into_iter()
            .map(|jump| {
                let condition = self.terms.all(jump.conditions.iter().copied());
                (condition, jump)
            })
            .collect();
        let (condition, last) = jumps.pop()?;
        let (mut values, mut cells, mut any) = (last.values, last.cells, condition);
        for (condition, jump) in jumps.into_iter().rev() {
            for (value, other) in values.iter_mut().zip(jump.values) {
                *value = self.merged(condition, other, *value);
            }
            for (cell, other) in cells.iter_mut().zip(jump.cells) {
                *cell = self.merged(condition, other, *cell);
            }
            any = self.terms.or(condition, any);
        }
        self.set_cell_values(&cells);
        if !complete {
            self.path.assume(any);
        }
        Some(values)
    }

    fn merged(&mut self, condition: Term, then: Term, otherwise: Term) -> Term {
        let merged = self.terms.choose(condition, then, otherwise);
        if let Some(ty) = self.common_type(then, otherwise) {
            self.type_of.entry(merged).or_insert(ty);
        }
        merged
    }

    /// The type of both terms. Where one says more than the other, neither is that of both.
    fn common_type(&self, a: Term, b: Term) -> Option<crate::types::Ty> {
        let plain = |term| matches!(self.terms.node(term), Node::Static(_));
        match (self.type_of.get(&a), self.type_of.get(&b)) {
            (Some(&ty), Some(&other)) if ty == other => Some(ty),
            (Some(&ty), None) if plain(b) => Some(ty),
            (None, Some(&ty)) if plain(a) => Some(ty),
            _ => None,
        }
    }
}
