//! Sets of locals of one function, one bit each. They are copied at every branch and call, so copies must be fast.

use crate::core::LocalId;

/// A set of locals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Locals(Vec<u64>);

impl Locals {
    /// Adds a local.
    pub(crate) fn insert(&mut self, local: LocalId) {
        let word = local.index() / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (local.index() % 64);
    }

    /// Takes a local out; whether it was in.
    pub(crate) fn remove(&mut self, local: LocalId) -> bool {
        let found = self.contains(local);
        if found {
            self.0[local.index() / 64] &= !(1 << (local.index() % 64));
        }
        found
    }

    /// Whether a local is in.
    pub(crate) fn contains(&self, local: LocalId) -> bool {
        self.0.get(local.index() / 64).is_some_and(|word| word >> (local.index() % 64) & 1 == 1)
    }

    /// Whether no local is in.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The locals, in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = LocalId> + '_ {
        (0_u32..).zip(&self.0).flat_map(|(index, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(LocalId(index * 64 + bit))
            })
        })
    }
}

impl FromIterator<LocalId> for Locals {
    fn from_iter<I: IntoIterator<Item = LocalId>>(locals: I) -> Self {
        let mut set = Self::default();
        locals.into_iter().for_each(|local| set.insert(local));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut set: Locals = [3, 200, 64, 63].into_iter().map(LocalId).collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [3, 63, 64, 200].map(LocalId));
        assert!(set.remove(LocalId(64)) && !set.remove(LocalId(64)) && !set.remove(LocalId(10_000)));
        assert!(set.contains(LocalId(63)) && !set.contains(LocalId(64)) && !set.contains(LocalId(10_000)));
        [3, 63, 200].map(LocalId).into_iter().for_each(|local| assert!(set.remove(local)));
        assert!(set.is_empty());
    }
}
