//! The root frame of a function, as far as it is known while code is written.
//!
//! The frame is the part of the shadow stack from the function's `fp` (the value of `gc_sp` on entry) to the current
//! `gc_sp`. [`Frame`] tracks the contents of the slots and `gc_sp` along every path. Its invariant: every slot in
//! `slots` holds zero, a static address, or an object that every collection since the write has reached. So before
//! `gc_sp` is raised over slots, those past `slots` are written.

use crate::core::LocalId;
use crate::emit::locals::Locals;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The pointer of a local.
    Local(LocalId),
    /// Zero.
    Zero,
    /// Zero or some pointer; which one depends on the path.
    Stale,
}

/// What is known of the frame at a point of the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The slots with valid contents, from `fp`.
    pub(crate) slots: Vec<Slot>,
    /// How many slots `gc_sp` is above `fp`; `None` when it depends on the path. Then it is set before anything that
    /// may collect.
    pub(crate) top: Option<u32>,
    /// Whether the function's whole frame is known to fit the shadow stack.
    pub(crate) checked: bool,
}

impl Default for Frame {
    /// The frame on entry: empty.
    fn default() -> Self {
        Self { slots: Vec::new(), top: Some(0), checked: false }
    }
}

/// What must be written so that exactly the needed pointers are rooted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Slots and the locals whose pointers go there.
    pub(crate) stores: Vec<(u32, LocalId)>,
    /// Slots that get zero, because what they hold is not needed any more.
    pub(crate) zeros: Vec<u32>,
    /// Number of slots then in use.
    pub(crate) top: u32,
}

impl Frame {
    /// Plans the rooting of `needed`. Pointers that have a slot keep it; others take the lowest slots that hold
    /// nothing needed.
    pub(crate) fn plan(&self, needed: &Locals) -> Plan {
        let mut missing = needed.clone();
        let kept: Vec<bool> =
            self.slots.iter().map(|held| matches!(held, Slot::Local(local) if missing.remove(*local))).collect();
        let is_kept = |slot: u32| kept.get(slot as usize).copied().unwrap_or(false);
        let free = (0..).filter(|slot| !is_kept(*slot));
        let stores: Vec<(u32, LocalId)> = free.zip(missing.iter()).collect();
        let last_kept = kept.iter().rposition(|kept| *kept).map(|slot| slot as u32);
        let last = last_kept.max(stores.last().map(|(slot, _)| *slot));
        let top = last.map_or(0, |slot| slot + 1);
        // Stores take the lowest free slots, so every free slot past the last store is left.
        let first_left = stores.last().map_or(0, |(slot, _)| slot + 1);
        let zeros = (first_left..top)
            .filter(|slot| !is_kept(*slot) && self.slots.get(*slot as usize) != Some(&Slot::Zero))
            .collect();
        Plan { stores, zeros, top }
    }

    /// The frame after the plan was carried out on every path. Where `gc_sp` is stays as it was.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        self.slots.resize(plan.top as usize, Slot::Stale);
        for &(slot, local) in &plan.stores {
            self.slots[slot as usize] = Slot::Local(local);
        }
        for &slot in &plan.zeros {
            self.slots[slot as usize] = Slot::Zero;
        }
    }

    /// The frame after the plan was carried out on a rare path only, which has put `gc_sp` back.
    pub(crate) fn apply_rarely(&mut self, plan: &Plan) {
        self.slots.truncate(plan.top as usize);
        for slot in plan.stores.iter().map(|(slot, _)| slot).chain(&plan.zeros) {
            if let Some(held) = self.slots.get_mut(*slot as usize) {
                *held = Slot::Stale;
            }
        }
    }

    /// The frame where two paths meet.
    pub(crate) fn merge(&mut self, other: &Frame) {
        self.slots.truncate(other.slots.len());
        for (slot, other) in self.slots.iter_mut().zip(&other.slots) {
            if slot != other {
                *slot = Slot::Stale;
            }
        }
        if self.top != other.top {
            self.top = None;
        }
        self.checked &= other.checked;
    }

    /// The frame at the head of a loop: only what holds in every iteration, which is the pointers of `lasting`
    /// locals, live throughout the loop. `calls` is whether the loop may move `gc_sp`.
    pub(crate) fn enter_loop(&mut self, lasting: &Locals, calls: bool) {
        let lasts = |slot: &Slot| matches!(slot, Slot::Local(local) if lasting.contains(*local));
        self.slots.truncate(self.slots.iter().rposition(lasts).map_or(0, |slot| slot + 1));
        for slot in &mut self.slots {
            if !lasts(slot) {
                *slot = Slot::Stale;
            }
        }
        if calls {
            self.top = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(locals: &[u32]) -> Locals {
        locals.iter().map(|&local| LocalId(local)).collect()
    }

    /// Plans and applies, as at a call.
    fn root(frame: &mut Frame, locals: &[u32]) -> Plan {
        let plan = frame.plan(&needed(locals));
        frame.apply(&plan);
        frame.top = Some(plan.top);
        plan
    }

    #[test]
    fn pointers_are_saved_once_and_forgotten_when_not_needed() {
        let mut frame = Frame::default();
        let first = root(&mut frame, &[1, 2, 3]);
        assert_eq!(first.stores, [(0, LocalId(1)), (1, LocalId(2)), (2, LocalId(3))]);
        assert_eq!(root(&mut frame, &[1, 2, 3]), Plan { top: 3, ..Plan::default() });
        // 1 and 2 are gone: 4 takes the lowest slot, the other is cleared so that it retains nothing.
        assert_eq!(root(&mut frame, &[3, 4]), Plan { stores: vec![(0, LocalId(4))], zeros: vec![1], top: 3 });
        assert_eq!(root(&mut frame, &[3, 4]), Plan { top: 3, ..Plan::default() });
        // Without 3, the frame shrinks.
        assert_eq!(root(&mut frame, &[4]), Plan { top: 1, ..Plan::default() });
        assert_eq!(root(&mut frame, &[4, 5]), Plan { stores: vec![(1, LocalId(5))], zeros: vec![], top: 2 });
    }

    #[test]
    fn a_rare_path_leaves_no_claims_behind() {
        let mut frame = Frame::default();
        root(&mut frame, &[1, 2]);
        let plan = frame.plan(&needed(&[2, 3, 4]));
        assert_eq!(plan.stores, [(0, LocalId(3)), (2, LocalId(4))]);
        frame.apply_rarely(&plan);
        assert_eq!(frame.slots, [Slot::Stale, Slot::Local(LocalId(2))]);
        assert_eq!(frame.top, Some(2));
        // What was above the rare path's frame was out of the collector's sight.
        let plan = frame.plan(&needed(&[]));
        frame.apply_rarely(&plan);
        assert_eq!(frame.slots, []);
    }

    #[test]
    fn what_paths_do_not_share_is_not_claimed() {
        let (mut one, mut other) = (Frame::default(), Frame::default());
        root(&mut one, &[1, 2, 3]);
        root(&mut other, &[1]);
        root(&mut other, &[1, 4]);
        other.checked = true;
        one.merge(&other);
        assert_eq!(one.slots, [Slot::Local(LocalId(1)), Slot::Stale]);
        assert_eq!((one.top, one.checked), (None, false));

        let mut head = Frame::default();
        root(&mut head, &[1, 2, 3]);
        head.enter_loop(&needed(&[2]), true);
        assert_eq!(head.slots, [Slot::Stale, Slot::Local(LocalId(2))]);
        assert_eq!(head.top, None);
    }
}
