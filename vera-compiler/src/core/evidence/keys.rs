//! Sets of effects.

use crate::core::EffectId;

/// A set of effects: a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys(Vec<u64>);

impl Keys {
    /// Adds an effect.
    pub(super) fn insert(&mut self, effect: EffectId) {
        let word = effect.index() / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (effect.index() % 64);
    }

    /// Removes an effect.
    pub(super) fn remove(&mut self, effect: EffectId) {
        if let Some(word) = self.0.get_mut(effect.index() / 64) {
            *word &= !(1 << (effect.index() % 64));
        }
    }

    /// Replaces each effect that has a new name.
    pub(super) fn rename(&mut self, names: impl Iterator<Item = (EffectId, EffectId)> + Clone) {
        let renamed: Vec<EffectId> = names.clone().filter(|(old, _)| self.contains(*old)).map(|(_, new)| new).collect();
        names.for_each(|(old, _)| self.remove(old));
        renamed.into_iter().for_each(|new| self.insert(new));
    }

    /// Adds all of another set.
    pub(super) fn extend(&mut self, other: &Keys) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    /// Whether all of another set is in this one.
    pub(super) fn includes(&self, other: &Keys) -> bool {
        let word = |index: usize| self.0.get(index).copied().unwrap_or(0);
        other.0.iter().enumerate().all(|(index, other)| other & !word(index) == 0)
    }

    /// Whether an effect is in the set.
    pub(super) fn contains(&self, effect: EffectId) -> bool {
        self.0.get(effect.index() / 64).is_some_and(|word| word >> (effect.index() % 64) & 1 == 1)
    }

    /// Whether nothing is in the set.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The effects, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = EffectId> {
        let bits = |(index, &word): (usize, &u64)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| EffectId((index * 64 + bit) as u32))
        };
        self.0.iter().enumerate().flat_map(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_more_than_a_word() {
        let mut keys = Keys::default();
        assert!(keys.is_empty());
        [3, 64, 130].into_iter().for_each(|index| keys.insert(EffectId(index)));
        assert_eq!(keys.iter().map(|effect| effect.0).collect::<Vec<_>>(), [3, 64, 130]);
        let mut fewer = keys.clone();
        fewer.remove(EffectId(130));
        assert!(keys.includes(&fewer) && !fewer.includes(&keys));
        let mut renamed = fewer.clone();
        renamed.rename([(3, 64), (64, 3), (70, 71)].into_iter().map(|(old, new)| (EffectId(old), EffectId(new))));
        assert_eq!(renamed, fewer);
        renamed.rename([(EffectId(3), EffectId(5))].into_iter());
        assert_eq!(renamed.iter().map(|effect| effect.0).collect::<Vec<_>>(), [5, 64]);
        assert!(keys.contains(EffectId(64)) && !keys.contains(EffectId(65)));
        fewer.extend(&keys);
        assert!(fewer.includes(&keys));
    }
}
