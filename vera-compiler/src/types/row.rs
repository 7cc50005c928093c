//! Effect rows: which effects a function may perform.

use super::{EffectId, Ty};

/// An effect with its type arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EffectUse {
    /// The effect.
    pub effect: EffectId,
    /// Its type arguments, aliases resolved.
    pub args: Vec<Ty>,
}

/// A set of effects and row variables. Order and repetition in the source do not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Row {
    effects: Vec<EffectUse>,
    variables: Vec<u32>,
}

impl Row {
    /// `pure`
    pub fn pure() -> Self {
        Self::default()
    }

    /// The row of these effects and row variables (by position among the declaration's row variables).
    pub fn new(mut effects: Vec<EffectUse>, mut variables: Vec<u32>) -> Self {
        effects.sort();
        effects.dedup();
        variables.sort_unstable();
        variables.dedup();
        Self { effects, variables }
    }

    /// The effects, sorted.
    pub fn effects(&self) -> &[EffectUse] {
        &self.effects
    }

    /// The row variables, sorted.
    pub fn variables(&self) -> &[u32] {
        &self.variables
    }

    /// Whether nothing is performed.
    pub fn is_pure(&self) -> bool {
        self.effects.is_empty() && self.variables.is_empty()
    }

    /// Whether everything here is in `other` too: a function of this row may be called where `other` is allowed.
    pub fn is_subset(&self, other: &Row) -> bool {
        self.effects.iter().all(|effect| other.effects.binary_search(effect).is_ok())
            && self.variables.iter().all(|variable| other.variables.binary_search(variable).is_ok())
    }

    /// Both together.
    pub fn union(&self, other: &Row) -> Row {
        Row::new(
            self.effects.iter().chain(&other.effects).cloned().collect(),
            self.variables.iter().chain(&other.variables).copied().collect(),
        )
    }
}
