//! Slots: the bindings that a reference can see.
//!
//! A slot is counted by its [`SlotKey`]. Scopes nest by truncation: code that adds bindings remembers [`Slots::mark`]
//! and returns to it. The bindings stay recorded in [`Scopes`].
//!
//! The bindings of each key are also kept separately, so finding one takes the same time in a body with many bindings.
//!
//! A closure shares the bindings of its context. Each use of an outer binding makes it a capture of every closure in
//! between, in order of first use.

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::source::Span;
use crate::tir::{self, Binder, BinderKind, LocalId, Scopes, SlotKey};
use crate::types::Ty;

/// A binding in scope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binding {
    /// What it is counted by.
    pub(super) key: SlotKey,
    /// What holds its value.
    pub(super) local: LocalId,
    /// The type it was perhaps meant to have, where it was reported to have the wrong one.
    pub(super) meant: Option<Ty>,
    /// Its position in the record.
    recorded: u32,
    /// How many bindings of its key are around it.
    farther: u32,
}

/// A closure around the present place.
#[derive(Debug)]
struct Closure {
    /// The bindings below this position are outside of it.
    base: usize,
    captures: IndexSet<LocalId, FxBuildHasher>,
}

/// See the module documentation.
#[derive(Debug, Default)]
pub(super) struct Slots {
    bindings: Vec<Binding>,
    /// The positions of the bindings of each key, nearest last.
    by_key: FxHashMap<SlotKey, Vec<u32>>,
    closures: Vec<Closure>,
    scopes: Scopes,
}

impl Slots {
    /// Says what binds the bindings that are pushed from now on.
    pub(super) fn bind_by(&mut self, kind: BinderKind, span: Span) {
        self.scopes.binders.push(Binder { kind, span });
    }

    /// Adds the nearest binding.
    pub(super) fn push(&mut self, key: SlotKey, local: LocalId) {
        let recorded = self.scopes.bindings.len() as u32;
        let binder = self.scopes.binders.len().saturating_sub(1) as u32;
        let below = self.bindings.last().map(|binding| binding.recorded);
        self.scopes.bindings.push(tir::Binding { local, binder, below });
        let positions = self.by_key.entry(key).or_default();
        let farther = positions.len() as u32;
        positions.push(self.bindings.len() as u32);
        self.bindings.push(Binding { key, local, meant: None, recorded, farther });
    }

    /// The binding pushed last is reported to have the wrong type, and may be meant to have this one.
    pub(super) fn doubt(&mut self, meant: Ty) {
        self.doubt_nearer(0, meant);
    }

    /// The same of the binding with `nearer` ones pushed after it.
    pub(super) fn doubt_nearer(&mut self, nearer: usize, meant: Ty) {
        if let Some(binding) = self.bindings.iter_mut().rev().nth(nearer) {
            binding.meant = Some(meant);
        }
    }

    /// Everything that was ever pushed.
    pub(super) fn into_scopes(self) -> Scopes {
        self.scopes
    }

    /// The present scope, for [`Slots::reset`].
    pub(super) fn mark(&self) -> usize {
        self.bindings.len()
    }

    /// Forgets what was pushed since the mark.
    pub(super) fn reset(&mut self, mark: usize) {
        for binding in self.bindings.drain(mark..) {
            self.by_key.get_mut(&binding.key).and_then(Vec::pop);
        }
    }

    /// The binding with `index` nearer ones of its key, captured where a closure is in between; otherwise how many
    /// there are.
    ///
    /// # Errors
    /// The number of bindings of that key, when it is not above `index`.
    pub(super) fn find(&mut self, key: SlotKey, index: u32) -> Result<LocalId, u32> {
        let positions = self.positions(key);
        let count = positions.len() as u32;
        if index >= count {
            return Err(count);
        }
        let position = positions[(count - 1 - index) as usize] as usize;
        let local = self.bindings[position].local;
        self.capture(position, local);
        Ok(local)
    }

    fn positions(&self, key: SlotKey) -> &[u32] {
        self.by_key.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Uses a binding that is outside of every closure and no slot: the result.
    pub(super) fn capture_outermost(&mut self, local: LocalId) {
        for closure in &mut self.closures {
            closure.captures.insert(local);
        }
    }

    fn capture(&mut self, position: usize, local: LocalId) {
        for closure in &mut self.closures {
            if position < closure.base {
                closure.captures.insert(local);
            }
        }
    }

    /// Whether a closure is around the present place.
    pub(super) fn in_closure(&self) -> bool {
        !self.closures.is_empty()
    }

    /// Starts the scope of a closure, before its parameters are pushed.
    pub(super) fn enter_closure(&mut self) {
        self.closures.push(Closure { base: self.bindings.len(), captures: IndexSet::default() });
    }

    /// Ends the innermost closure: its parameters go out of scope, its captures are returned.
    ///
    /// # Panics
    /// Outside of every closure.
    pub(super) fn leave_closure(&mut self) -> Vec<LocalId> {
        let closure = self.closures.pop().expect("inside a closure");
        self.reset(closure.base);
        closure.captures.into_iter().collect()
    }

    /// Every binding in scope with its index among those of its key, nearest first.
    pub(super) fn listed(&self) -> impl Iterator<Item = (Binding, u32)> + '_ {
        self.bindings.iter().rev().map(|binding| {
            let nearer = self.positions(binding.key).len() as u32 - 1 - binding.farther;
            (*binding, nearer)
        })
    }

    /// The bindings of one key with their indices, nearest first.
    pub(super) fn listed_of(&self, key: SlotKey) -> impl Iterator<Item = (Binding, u32)> + '_ {
        let positions = self.positions(key).iter().rev();
        positions.zip(0..).map(|(&position, index)| (self.bindings[position as usize], index))
    }

    /// The nearest binding of each key, nearest first.
    pub(super) fn nearest_of_each_key(&self) -> Vec<Binding> {
        let mut nearest: Vec<u32> = self.by_key.values().filter_map(|positions| positions.last().copied()).collect();
        nearest.sort_unstable_by_key(|&position| std::cmp::Reverse(position));
        nearest.into_iter().map(|position| self.bindings[position as usize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Slots;
    use crate::source::{SourceMap, Span};
    use crate::tir::{BinderKind, LocalId, SlotKey};
    use crate::types::Ty;

    const INT: SlotKey = SlotKey::Type(Ty::INT);
    const STRING: SlotKey = SlotKey::Type(Ty::STRING);

    #[test]
    fn counts_by_key_from_the_nearest() {
        let mut slots = Slots::default();
        slots.push(INT, LocalId(0));
        slots.push(STRING, LocalId(1));
        slots.push(INT, LocalId(2));
        assert_eq!(slots.find(INT, 0), Ok(LocalId(2)));
        assert_eq!(slots.find(INT, 1), Ok(LocalId(0)));
        assert_eq!(slots.find(INT, 2), Err(2));
        assert_eq!(slots.find(SlotKey::Function, 0), Err(0));
    }

    #[test]
    fn bindings_are_listed_from_the_nearest() {
        let mut slots = Slots::default();
        let locals = [(INT, 0), (STRING, 1), (INT, 2), (INT, 3)];
        locals.into_iter().for_each(|(key, local)| slots.push(key, LocalId(local)));
        let mark = slots.mark();
        slots.push(STRING, LocalId(4));
        slots.push(SlotKey::Function, LocalId(5));
        slots.reset(mark);
        let plain = |listed: &mut dyn Iterator<Item = (super::Binding, u32)>| -> Vec<(u32, u32)> {
            listed.map(|(binding, index)| (binding.local.0, index)).collect()
        };
        assert_eq!(plain(&mut slots.listed()), [(3, 0), (2, 1), (1, 0), (0, 2)]);
        assert_eq!(plain(&mut slots.listed_of(INT)), [(3, 0), (2, 1), (0, 2)]);
        assert_eq!(plain(&mut slots.listed_of(SlotKey::Function)), []);
        let nearest: Vec<u32> = slots.nearest_of_each_key().iter().map(|binding| binding.local.0).collect();
        assert_eq!(nearest, [3, 1]);
    }

    #[test]
    fn captures_go_through_every_closure_in_between() {
        let mut slots = Slots::default();
        slots.push(INT, LocalId(0));
        slots.push(STRING, LocalId(1));
        slots.enter_closure();
        slots.push(INT, LocalId(2));
        slots.enter_closure();
        slots.push(INT, LocalId(3));
        assert_eq!(slots.find(INT, 2), Ok(LocalId(0)));
        assert_eq!(slots.find(INT, 1), Ok(LocalId(2)));
        assert_eq!(slots.find(INT, 0), Ok(LocalId(3)));
        assert_eq!(slots.find(INT, 2), Ok(LocalId(0)));
        assert_eq!(slots.leave_closure(), [LocalId(0), LocalId(2)]);
        assert_eq!(slots.find(STRING, 0), Ok(LocalId(1)));
        assert_eq!(slots.leave_closure(), [LocalId(0), LocalId(1)]);
        assert_eq!(slots.find(INT, 0), Ok(LocalId(0)));
    }

    #[test]
    fn what_was_in_scope_stays_known() {
        let file = SourceMap::new().add("p.vera", "");
        let span = Span::new(file, 0, 0);
        let mut slots = Slots::default();
        slots.bind_by(BinderKind::Parameters, span);
        slots.push(INT, LocalId(0));
        slots.push(STRING, LocalId(1));
        let mark = slots.mark();
        slots.bind_by(BinderKind::Pattern, span);
        slots.push(INT, LocalId(2));
        slots.reset(mark);
        slots.bind_by(BinderKind::Let, span);
        slots.push(INT, LocalId(3));
        let scopes = slots.into_scopes();
        let bindings: Vec<_> =
            scopes.bindings.iter().map(|binding| (binding.local.0, binding.binder, binding.below)).collect();
        assert_eq!(bindings, [(0, 0, None), (1, 0, Some(0)), (2, 1, Some(1)), (3, 2, Some(1))]);
    }
}
