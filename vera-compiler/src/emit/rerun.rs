//! Appends that find no room: they leave their loop, and run the iteration again.
//!
//! A call that is rarely made costs a loop much where it is a part of it: the engine keeps values that are live across
//! the call in memory, also in the iterations that do not make it. So an append to an array that carries its room
//! ([`super::room`]) does not call the allocator where it stands. It branches out of the loop, to code that makes room in
//! the array as it was at the loop's head, and enters the loop again:
//!
//! ```text
//! loop            entered again
//!   block         one for each such array: left when it has no room
//!     loop        the body; its jumps go on here
//!     end
//!   end           make room
//!   br
//! end
//! ```
//!
//! Invariant: an iteration that was left has done nothing that can be seen, so running it again gives the same. That holds
//! for a body that only computes, reads, allocates and appends: it traps where it did before, which it did not, and what
//! it appended is written again in the same place. A body that writes, calls a function or contains a loop is emitted as it
//! stands.

use super::function::Emitter;
use super::live::BlockLive;
use super::locals::Locals;
use super::room;
use crate::core::visit::with_stack;
use crate::core::{Atom, Block, End, Label, LocalId, Op, PlaceId, Program};
use std::collections::BTreeMap;
use vera_abi::layout::Rep;

/// How appends to an array leave its loop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaving {
    /// The exit to the code that makes room.
    exit: usize,
    /// The origin of the first append, which that code has too.
    place: Option<PlaceId>,
}

/// A loop that appends leave to be entered again.
#[derive(Debug)]
pub(super) struct Rerun {
    /// The arrays, and the representation of their elements.
    arrays: Vec<(LocalId, Rep)>,
    /// The exit that enters the loop again.
    head: usize,
    /// The pointers live at the loop's head.
    live: Locals,
}

impl Emitter<'_, '_> {
    /// Opens what is around a loop whose parameters have their first values, if appends of its body leave it.
    pub(super) fn open_rerun(&mut self, params: &[(LocalId, Atom)], body: &Block, live: &BlockLive) -> Option<Rerun> {
        let carriers: Locals =
            params.iter().map(|(param, _)| *param).filter(|param| self.carries_room(*param)).collect();
        if carriers.is_empty() {
            return None;
        }
        let arrays = appended(self.context.program, &carriers, body);
        if arrays.is_empty() {
            return None;
        }
        let depth = self.code.open_loop();
        let head = self.new_loop(depth);
        let mut opened = Vec::with_capacity(arrays.len());
        for (array, rep) in arrays {
            let depth = self.code.block();
            let exit = self.new_exit(depth);
            self.without_room.insert(array, Leaving { exit, place: None });
            opened.push((array, rep));
        }
        let mut pointers = self.live.clone();
        live.dead_on_entry.iter().for_each(|&local| _ = pointers.remove(local));
        Some(Rerun { arrays: opened, head, live: pointers })
    }

    /// Closes what was opened around a loop: here the arrays get room.
    pub(super) fn close_rerun(&mut self, rerun: Rerun) {
        for (array, rep) in rerun.arrays.into_iter().rev() {
            self.code.end();
            let Some(Leaving { exit, place }) = self.without_room.remove(&array) else { continue };
            let Some(frame) = self.arriving_frame(exit) else { continue };
            let around = self.code.set_place(place);
            self.frame = frame;
            self.live = rerun.live.clone();
            let mut needed = rerun.live.clone();
            // The allocator keeps what it copies.
            needed.remove(array);
            self.make_room(rep, array, &needed);
            self.leave_to(rerun.head);
            self.code.set_place(around);
        }
        self.code.end();
    }

    /// The exit by which an append to an array leaves its loop, if it does.
    pub(super) fn leaving(&mut self, array: &Atom) -> Option<usize> {
        let place = self.code.place();
        let leaving = self.without_room.get_mut(&array.local()?)?;
        leaving.place = leaving.place.or(place);
        Some(leaving.exit)
    }
}

/// The arrays of a set that a loop's body appends to, with the representation of their elements, as far as the body can be
/// run again where it appends to them.
fn appended(program: &Program, arrays: &Locals, body: &Block) -> BTreeMap<LocalId, Rep> {
    let mut search =
        Search { program, arrays, appended: BTreeMap::new(), late: Locals::default(), jumps: BTreeMap::new() };
    search.block(body, false);
    let Search { mut appended, late, .. } = search;
    appended.retain(|array, _| !late.contains(*array));
    appended
}

/// Follows the ways through an iteration. `done` is whether something was done that cannot be done again.
struct Search<'a> {
    program: &'a Program,
    arrays: &'a Locals,
    appended: BTreeMap<LocalId, Rep>,
    /// They are appended to after something was done.
    late: Locals,
    /// By label: whether something was done on a way to it.
    jumps: BTreeMap<Label, bool>,
}

impl Search<'_> {
    /// Whether something was done at the block's end, if it has one.
    fn block(&mut self, block: &Block, mut done: bool) -> bool {
        for stmt in &block.stmts {
            done = self.op(&stmt.op, done);
        }
        if let End::Jump(label, _) = &block.end {
            *self.jumps.entry(*label).or_default() |= done;
            return false;
        }
        done
    }

    fn op(&mut self, op: &Op, done: bool) -> bool {
        match op {
            Op::If(..) | Op::Switch { .. } => {
                let mut after = false;
                op.for_each_inner(|inner| after |= with_stack(|| self.block(inner, done)));
                after
            }
            Op::Join { label, body, target, .. } => {
                let after = with_stack(|| self.block(body, done));
                let jumped = self.jumps.remove(label).unwrap_or_default();
                with_stack(|| self.block(target, jumped)) | after
            }
            Op::Loop { body, .. } => {
                with_stack(|| self.block(body, true));
                true
            }
            op => {
                if let Op::Prim(prim, args) = op
                    && let Some(rep) = room::appended(*prim)
                    && let Some(array) = args[0].local()
                    && self.arrays.contains(array)
                {
                    self.appended.insert(array, rep);
                    if done {
                        self.late.insert(array);
                    }
                }
                let effects = op.effects(self.program);
                done | effects.writes | effects.calls | matches!(op, Op::Extern(..))
            }
        }
    }
}
