//! Goals that bounds of integers decide without a solver.
//!
//! Bounds come from facts and the conditions of the goal, and are propagated to the terms that contain the bounded
//! ones. A solver would find the same, but most checks of arithmetic are decided here.

use super::term::{Fun, Node, Sort, Term, Terms};
use rustc_hash::FxHashMap;

/// An interval, its ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interval {
    low: i128,
    high: i128,
}

/// Wider than any sum or product of a few values of 64 bits: beyond it bounds are not followed.
const FAR: i128 = 1 << 100;

const ALL: Interval = Interval { low: -FAR, high: FAR };

impl Interval {
    fn union(self, other: Interval) -> Interval {
        Interval { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    fn meet(self, other: Interval) -> Interval {
        Interval { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    fn of(values: impl IntoIterator<Item = Option<i128>>) -> Interval {
        let mut found: Option<Interval> = None;
        for value in values {
            let Some(value) = value.filter(|value| value.abs() <= FAR) else { return ALL };
            let one = Interval { low: value, high: value };
            found = Some(found.map_or(one, |found| found.union(one)));
        }
        found.unwrap_or(ALL)
    }
}

/// Whether bounds alone show that a condition cannot hold, given the facts.
pub(super) fn cannot_hold(terms: &Terms, facts: &[Term], condition: Term) -> bool {
    let mut bounds =
        Bounds { terms, stated: FxHashMap::default(), known: FxHashMap::default(), decided: FxHashMap::default() };
    let mut conditions = Vec::new();
    conjuncts(terms, condition, &mut conditions);
    for &fact in facts {
        let mut parts = Vec::new();
        conjuncts(terms, fact, &mut parts);
        parts.into_iter().for_each(|part| bounds.state(part));
    }
    conditions.iter().for_each(|&part| bounds.state(part));
    conditions.iter().any(|&part| bounds.truth(part) == Some(false))
}

pub(super) fn conjuncts(terms: &Terms, condition: Term, found: &mut Vec<Term>) {
    let mut rest = vec![condition];
    while let Some(term) = rest.pop() {
        match *terms.node(term) {
            Node::And(a, b) => rest.extend([b, a]),
            _ => found.push(term),
        }
    }
}

struct Bounds<'t> {
    terms: &'t Terms,
    /// What facts say.
    stated: FxHashMap<Term, Interval>,
    /// What has been worked out.
    known: FxHashMap<Term, Interval>,
    decided: FxHashMap<Term, Option<bool>>,
}

impl Bounds<'_> {
    fn state(&mut self, fact: Term) {
        match *self.terms.node(fact) {
            Node::AtMost(a, b) => self.at_most(a, b, 0),
            Node::Equal(a, b) if self.terms.sort(a) == Sort::Int => {
                self.at_most(a, b, 0);
                self.at_most(b, a, 0);
            }
            // Not at most is more.
            Node::Not(inner) => {
                if let Node::AtMost(a, b) = *self.terms.node(inner) {
                    self.at_most(b, a, 1);
                }
            }
            _ => {}
        }
    }

    /// `a + more` is at most `b`.
    fn at_most(&mut self, a: Term, b: Term, more: i128) {
        if let Some(low) = self.terms.as_int(a) {
            self.narrow(b, Interval { low: low.saturating_add(more), ..ALL });
        }
        if let Some(high) = self.terms.as_int(b) {
            self.narrow(a, Interval { high: high.saturating_sub(more), ..ALL });
        }
    }

    fn narrow(&mut self, term: Term, to: Interval) {
        let stated = self.stated.entry(term).or_insert(ALL);
        *stated = stated.meet(to);
    }

    /// The bounds of an integer. Parts come first, without recursion.
    fn of(&mut self, root: Term) -> Interval {
        let mut rest = vec![(root, false)];
        while let Some((term, ready)) = rest.pop() {
            if self.known.contains_key(&term) {
                continue;
            }
            if ready {
                let found = self.made_of_parts(term);
                self.known.insert(term, found);
                continue;
            }
            rest.push((term, true));
            let parts: Vec<Term> = match *self.terms.node(term) {
                Node::Add(a, b) | Node::Mul(a, b) | Node::Div(a, b) | Node::Rem(a, b) | Node::If(_, a, b) => vec![a, b],
                _ => Vec::new(),
            };
            rest.extend(parts.into_iter().map(|part| (part, false)));
        }
        self.known[&root]
    }

    fn part(&self, term: Term) -> Interval {
        self.known.get(&term).copied().unwrap_or(ALL)
    }

    fn made_of_parts(&self, term: Term) -> Interval {
        let made = match *self.terms.node(term) {
            Node::Int(value) => Interval { low: value, high: value },
            Node::Add(a, b) => {
                let (a, b) = (self.part(a), self.part(b));
                Interval { low: a.low.saturating_add(b.low), high: a.high.saturating_add(b.high) }
            }
            Node::Mul(a, b) => {
                let (a, b) = (self.part(a), self.part(b));
                let pairs = [(a.low, b.low), (a.low, b.high), (a.high, b.low), (a.high, b.high)];
                Interval::of(pairs.map(|(a, b)| a.checked_mul(b)))
            }
            // Towards zero: a quotient by at least one is between the dividend and zero.
            Node::Div(a, b) => {
                let (a, b) = (self.part(a), self.part(b));
                if b.low >= 1 { Interval { low: a.low.min(0), high: a.high.max(0) } } else { ALL }
            }
            Node::Rem(a, b) => {
                let (a, b) = (self.part(a), self.part(b));
                if b.low >= 1 {
                    let most = b.high.saturating_sub(1);
                    Interval { low: if a.low >= 0 { 0 } else { -most }, high: if a.high <= 0 { 0 } else { most } }
                } else {
                    ALL
                }
            }
            Node::If(_, a, b) => self.part(a).union(self.part(b)),
            Node::Apply(Fun::Length | Fun::Tag | Fun::Size(_), ..) => Interval { low: 0, ..ALL },
            _ => ALL,
        };
        let natural = if self.terms.is_natural(term) { Interval { low: 0, ..ALL } } else { ALL };
        let stated = self.stated.get(&term).copied().unwrap_or(ALL);
        let all = made.meet(natural).meet(stated);
        Interval { low: all.low.clamp(-FAR, FAR), high: all.high.clamp(-FAR, FAR) }
    }

    /// Whether a condition holds, as far as bounds show.
    fn truth(&mut self, condition: Term) -> Option<bool> {
        if let Some(&decided) = self.decided.get(&condition) {
            return decided;
        }
        let found = self.find_truth(condition);
        self.decided.insert(condition, found);
        found
    }

    fn find_truth(&mut self, condition: Term) -> Option<bool> {
        match *self.terms.node(condition) {
            Node::Bool(value) => Some(value),
            Node::Not(inner) => self.truth(inner).map(|holds| !holds),
            Node::And(a, b) => match (self.truth(a), self.truth(b)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Node::Or(a, b) => match (self.truth(a), self.truth(b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Node::AtMost(a, b) => {
                let (a, b) = (self.of(a), self.of(b));
                // What is as far as bounds are followed may be further.
                if a.high <= b.low && a.high < FAR && b.low > -FAR {
                    Some(true)
                } else if a.low > b.high {
                    Some(false)
                } else {
                    None
                }
            }
            Node::Equal(a, b) if self.terms.sort(a) == Sort::Int => {
                let (a, b) = (self.of(a), self.of(b));
                (a.high < b.low || b.high < a.low).then_some(false)
            }
            _ => None,
        }
    }
}
