//! Makes numbers that are equal in a model different, where no assertion requires them to be equal.
//!
//! The solver's model has zero for most values that are only compared for equality, such as values of data types, which
//! are numbers to it. Then all functions get the same arguments, and a lemma would have to separate each pair.
//! Comparisons of such values only with each other, as `x <= y` or `x < y`, stay true when the values are stretched:
//! different numbers stay in order, and equal ones that are not compared get different values.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::{One, Zero};

use super::term::{Id, Linear};

/// The factor by which numbers are stretched: greater than the number of integers.
const STRETCH: u32 = 1 << 20;

/// New values for some integers, by the comparisons that the solver knows. `fixed` are those that must stay.
pub(super) fn spread(
    comparisons: &[Rc<Linear>],
    fixed: impl Fn(Id) -> bool,
    value: impl Fn(Id) -> Option<BigInt>,
) -> BTreeMap<Id, BigInt> {
    // Those that are compared with each other, and whether they are so in this model.
    let (mut near, mut equal) = (Sets::default(), Sets::default());
    let mut stay = HashSet::new();
    for sum in comparisons {
        match is_order(sum) {
            Some((a, b)) => near.join(a, b),
            None => stay.extend(sum.terms.iter().map(|(term, _)| *term)),
        }
    }
    let members: Vec<Id> = near.parents.keys().copied().collect();
    let stay: HashSet<Id> = members.iter().copied().filter(|id| stay.contains(id) || fixed(*id)).collect();
    let stay: HashSet<Id> = stay.into_iter().map(|id| near.root(id)).collect();
    for (a, b) in comparisons.iter().filter_map(|sum| is_order(sum)) {
        if value(a) == value(b) {
            equal.join(a, b);
        }
    }
    let mut spread = BTreeMap::new();
    let mut numbers: BTreeMap<Id, usize> = BTreeMap::new();
    for id in members {
        if stay.contains(&near.root(id)) {
            continue;
        }
        let count = numbers.len();
        let number = *numbers.entry(equal.root(id)).or_insert(count);
        if let Some(value) = value(id) {
            spread.insert(id, value * STRETCH + number);
        }
    }
    spread
}

/// The two integers of `a <= b` or `a < b`.
fn is_order(sum: &Linear) -> Option<(Id, Id)> {
    let [(a, plus), (b, minus)] = &sum.terms[..] else { return None };
    let order = plus.is_one() && *minus == -BigInt::one() && (sum.constant.is_zero() || sum.constant.is_one());
    order.then_some((*a, *b))
}

/// Disjoint sets.
#[derive(Default)]
struct Sets {
    parents: BTreeMap<Id, Id>,
}

impl Sets {
    /// The representative of its set.
    fn root(&mut self, id: Id) -> Id {
        let mut root = id;
        while let Some(parent) = self.parents.get(&root)
            && *parent != root
        {
            root = *parent;
        }
        // The way is shorter next time.
        let mut id = id;
        while let Some(parent) = self.parents.insert(id, root)
            && parent != root
            && parent != id
        {
            id = parent;
        }
        root
    }

    fn join(&mut self, a: Id, b: Id) {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller one, so that the order of joining does not matter.
        self.parents.insert(a.max(b), a.min(b));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_come_apart_unless_they_are_compared() {
        let id = Id::at;
        let sum = |parts: &[(usize, i32)], constant: i32| {
            let terms = parts.iter().map(|(at, coefficient)| (id(*at), BigInt::from(*coefficient))).collect();
            Rc::new(Linear { constant: constant.into(), terms })
        };
        let comparisons = [
            // 1 and 2 are equal, 3 is more than 4, 5 is compared with 6 and 6 with a number.
            sum(&[(1, 1), (2, -1)], 0),
            sum(&[(3, 1), (4, -1)], 1),
            sum(&[(5, 1), (6, -1)], 0),
            sum(&[(6, 1)], -7),
            // 8 is fixed, and 9 with it.
            sum(&[(8, 1), (9, -1)], 0),
            sum(&[(10, 1), (11, -1)], -5),
        ];
        let spread = spread(&comparisons, |at| at == id(8), |at| Some(BigInt::from(u8::from(at == id(3)))));
        assert_eq!(spread.keys().map(|id| id.index()).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(spread[&id(1)], spread[&id(2)]);
        assert!(spread[&id(3)] > spread[&id(4)] && spread[&id(4)] != spread[&id(1)]);
    }
}
