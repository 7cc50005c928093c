//! Slots: which bindings a reference sees.
//!
//! A slot is counted by its [`SlotKey`]. Scopes nest by truncation: whoever pushes remembers [`Slots::mark`] and goes
//! back to it. What was pushed stays written down in [`Scopes`].
//!
//! A closure shares the bindings of what encloses it. Each use of an outer binding makes it a capture of every closure
//! in between, in order of first use.

use rustc_hash::FxHashMap;

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
}

/// A closure around the present place.
#[derive(Debug)]
struct Closure {
    /// The bindings below this position are outside of it.
    base: usize,
    captures: Vec<LocalId>,
}

/// See the module documentation.
#[derive(Debug, Default)]
pub(super) struct Slots {
    bindings: Vec<Binding>,
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
        self.bindings.push(Binding { key, local, meant: None, recorded });
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
        self.bindings.truncate(mark);
    }

    /// The binding with `index` nearer ones of its key, captured where a closure is in between; otherwise how many
    /// there are.
    ///
    /// # Errors
    /// The number of bindings of that key, when it is not above `index`.
    pub(super) fn find(&mut self, key: SlotKey, index: u32) -> Result<LocalId, u32> {
        let mut seen = 0;
        for position in (0..self.bindings.len()).rev() {
            let binding = self.bindings[position];
            if binding.key != key {
                continue;
            }
            if seen == index {
                self.capture(position, binding.local);
                return Ok(binding.local);
            }
            seen += 1;
        }
        Err(seen)
    }

    /// Uses a binding that is outside of every closure and no slot: the result.
    pub(super) fn capture_outermost(&mut self, local: LocalId) {
        for closure in &mut self.closures {
            add(&mut closure.captures, local);
        }
    }

    fn capture(&mut self, position: usize, local: LocalId) {
        for closure in &mut self.closures {
            if position < closure.base {
                add(&mut closure.captures, local);
            }
        }
    }

    /// Whether a closure is around the present place.
    pub(super) fn in_closure(&self) -> bool {
        !self.closures.is_empty()
    }

    /// Starts the scope of a closure, before its parameters are pushed.
    pub(super) fn enter_closure(&mut self) {
        self.closures.push(Closure { base: self.bindings.len(), captures: Vec::new() });
    }

    /// Ends the innermost closure: its parameters go out of scope, its captures are returned.
    ///
    /// # Panics
    /// Outside of every closure.
    pub(super) fn leave_closure(&mut self) -> Vec<LocalId> {
        let closure = self.closures.pop().expect("inside a closure");
        self.bindings.truncate(closure.base);
        closure.captures
    }

    /// Every binding in scope with its index among those of its key, nearest first.
    pub(super) fn listed(&self) -> Vec<(Binding, u32)> {
        let mut nearer: FxHashMap<SlotKey, u32> = FxHashMap::default();
        let index = |binding: &Binding| {
            let count = nearer.entry(binding.key).or_default();
            *count += 1;
            (*binding, *count - 1)
        };
        self.bindings.iter().rev().map(index).collect()
    }
}

fn add(captures: &mut Vec<LocalId>, local: LocalId) {
    if !captures.contains(&local) {
        captures.push(local);
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
