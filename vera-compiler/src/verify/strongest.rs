//! The facts of a query without those that others of them imply.
//!
//! Each check of a sum leaves bounds behind. After `n` checks of one variable every later query would have `n` bounds of it, of
//! which two say all.
//!
//! Invariant: the facts that are kept hold exactly where all of them hold. They keep their order.

use super::interval::conjuncts;
use super::term::{Node, Term, Terms};
use rustc_hash::{FxHashMap, FxHashSet};

/// A side of a term that is bounded by a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Side {
    Low,
    High,
}

/// The facts, as conjuncts, each once. Of bounds by constants those that are closest to their term.
pub(super) fn strongest(terms: &Terms, facts: &[Term]) -> Vec<Term> {
    let mut all = Vec::new();
    facts.iter().for_each(|&fact| conjuncts(terms, fact, &mut all));
    let mut closest: FxHashMap<(Term, Side), i128> = FxHashMap::default();
    for (term, side, bound) in all.iter().filter_map(|&fact| bound(terms, fact)) {
        let known = closest.entry((term, side)).or_insert(bound);
        *known = match side {
            Side::Low => bound.max(*known),
            Side::High => bound.min(*known),
        };
    }
    let mut seen = FxHashSet::default();
    all.retain(|&fact| {
        let kept = bound(terms, fact).is_none_or(|(term, side, bound)| closest.get(&(term, side)) == Some(&bound));
        kept && seen.insert(fact)
    });
    all
}

/// The bound that a fact is. Terms are normal: a constant that is added to a term is on the side of the bound.
fn bound(terms: &Terms, fact: Term) -> Option<(Term, Side, i128)> {
    let (fact, negated) = match *terms.node(fact) {
        Node::Not(inner) => (inner, true),
        _ => (fact, false),
    };
    let Node::AtMost(a, b) = *terms.node(fact) else { return None };
    match (terms.as_int(a), terms.as_int(b), negated) {
        (Some(low), None, false) => Some((b, Side::Low, low)),
        (None, Some(high), false) => Some((a, Side::High, high)),
        // More than the low side's constant fails, and the other way round.
        (Some(low), None, true) => Some((b, Side::High, low.checked_sub(1)?)),
        (None, Some(high), true) => Some((a, Side::Low, high.checked_add(1)?)),
        _ => None,
    }
}
