//! Liveness of pointers: a backward walk over the block tree.
//!
//! Only locals that hold a pointer are tracked. The result is a tree with the shape of the blocks. It says which locals
//! die at each statement and on entry to each block, so that the emitter, walking forwards, always knows the live set.
//! Locals are lexically scoped: a block reads only its own locals and those of enclosing blocks. So a local that a loop
//! body reads from outside is live in the whole loop.

use crate::core::visit::with_stack;
use crate::core::{Atom, Block, End, Function, Label, LocalId, Op, Stmt};
use crate::emit::site::{Site, operands_kept};
use std::collections::BTreeMap;

/// Most pointers a rare path saves by itself; with more, they are saved on the usual path instead, once.
pub(crate) const MAX_COLD_SPILLS: usize = 8;

/// Liveness in a block.
#[derive(Debug, Default)]
pub(crate) struct BlockLive {
    /// Locals live just before the construct the block belongs to, or bound by it, that the block does not need.
    pub(crate) dead_on_entry: Vec<LocalId>,
    /// One per statement.
    pub(crate) stmts: Vec<StmtLive>,
    /// Whether a statement needs the root frame.
    pub(crate) needs_frame: bool,
}

/// Liveness at a statement.
#[derive(Debug, Default)]
pub(crate) struct StmtLive {
    /// Locals live before and not after; the destination when nothing reads it.
    pub(crate) dead: Vec<LocalId>,
    /// One per nested block.
    pub(crate) blocks: Vec<BlockLive>,
    /// Whether it, or a statement in it, saves pointers on its usual path.
    pub(crate) needs_frame: bool,
}

impl BlockLive {
    /// Analyses a function. `site` says how an operation can reach the collector.
    pub(crate) fn of(function: &Function, site: impl Fn(&Op) -> Site) -> Self {
        let pointers = Pointers::of(function);
        let none = pointers.empty();
        let mut walk = Walk { pointers: &pointers, site, labels: BTreeMap::new() };
        let (live, mut body) = walk.block(&function.body, &none);
        let mut at_entry = none;
        pointers.add_all(&mut at_entry, &function.params);
        body.dead_on_entry = pointers.difference(&at_entry, &live);
        body
    }
}

/// A set of locals that hold pointers: a bit each, numbered by [`Pointers`].
#[derive(Clone)]
struct Set(Vec<u64>);

impl Set {
    fn union(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// The locals that hold pointers.
struct Pointers {
    locals: Vec<LocalId>,
    /// By local: its position in `locals`.
    index: Vec<Option<usize>>,
}

impl Pointers {
    fn of(function: &Function) -> Self {
        let mut locals = Vec::new();
        let mut index = Vec::with_capacity(function.locals.len());
        for (id, rep) in (0..).zip(&function.locals) {
            index.push(rep.has_pointer().then_some(locals.len()));
            if rep.has_pointer() {
                locals.push(LocalId(id));
            }
        }
        Self { locals, index }
    }

    fn empty(&self) -> Set {
        Set(vec![0; self.locals.len().div_ceil(64)])
    }

    fn contains(&self, set: &Set, local: LocalId) -> bool {
        self.index[local.index()].is_some_and(|index| set.0[index / 64] >> (index % 64) & 1 == 1)
    }

    fn add(&self, set: &mut Set, local: LocalId) {
        if let Some(index) = self.index[local.index()] {
            set.0[index / 64] |= 1 << (index % 64);
        }
    }

    fn add_all(&self, set: &mut Set, locals: &[LocalId]) {
        locals.iter().for_each(|&local| self.add(set, local));
    }

    fn add_atom(&self, set: &mut Set, atom: &Atom) {
        if let Atom::Local(local) = atom {
            self.add(set, *local);
        }
    }

    fn remove_all(&self, set: &mut Set, locals: &[LocalId]) {
        for local in locals {
            if let Some(index) = self.index[local.index()] {
                set.0[index / 64] &= !(1 << (index % 64));
            }
        }
    }

    /// The members of `set` that are not in `other`.
    fn difference(&self, set: &Set, other: &Set) -> Vec<LocalId> {
        let mut locals = Vec::new();
        for (word_index, (word, other)) in set.0.iter().zip(&other.0).enumerate() {
            let mut rest = word & !other;
            while rest != 0 {
                locals.push(self.locals[word_index * 64 + rest.trailing_zeros() as usize]);
                rest &= rest - 1;
            }
        }
        locals
    }
}

struct Walk<'a, F> {
    pointers: &'a Pointers,
    site: F,
    /// What is live where a jump to the label arrives, without the label's parameters.
    labels: BTreeMap<Label, Set>,
}

impl<F: Fn(&Op) -> Site> Walk<'_, F> {
    /// `after` is what is live after the construct the block yields to, without the yielded value.
    fn block(&mut self, block: &Block, after: &Set) -> (Set, BlockLive) {
        with_stack(|| {
            let pointers = self.pointers;
            let mut live = match &block.end {
                End::Yield(_) => after.clone(),
                End::Jump(label, _) => self.labels[label].clone(),
                End::TailCall(..) | End::TailCallClosure { .. } | End::Trap(..) | End::Resume(_) | End::Unreachable => {
                    pointers.empty()
                }
            };
            block.end.for_each_atom(|atom| pointers.add_atom(&mut live, atom));
            let mut stmts: Vec<StmtLive> = block.stmts.iter().rev().map(|stmt| self.stmt(stmt, &mut live)).collect();
            stmts.reverse();
            let needs_frame = stmts.iter().any(|stmt| stmt.needs_frame);
            (live, BlockLive { dead_on_entry: Vec::new(), stmts, needs_frame })
        })
    }

    /// Turns what is live after the statement into what is live before it.
    fn stmt(&mut self, stmt: &Stmt, live: &mut Set) -> StmtLive {
        let pointers = self.pointers;
        let dest_is_read = pointers.contains(live, stmt.dest);
        pointers.remove_all(live, &[stmt.dest]);
        let after = live.clone();
        let mut needs_frame = false;
        let bound = stmt.op.bound_locals();
        let nested: Vec<(Set, BlockLive)> = match &stmt.op {
            Op::If(..) | Op::Switch { .. } => {
                let mut nested = Vec::new();
                stmt.op.for_each_inner(|block| nested.push(self.block(block, &after)));
                nested
            }
            Op::Join { label, body, target, .. } => {
                let target = self.block(target, &after);
                let mut arriving = target.0.clone();
                pointers.remove_all(&mut arriving, &bound);
                self.labels.insert(*label, arriving);
                vec![self.block(body, &after), target]
            }
            Op::Loop { label, body, .. } => {
                let mut head = self.read_in_loop(body, &after);
                pointers.remove_all(&mut head, &bound);
                self.labels.insert(*label, head);
                vec![self.block(body, &after)]
            }
            op => {
                let site = (self.site)(op);
                if site != Site::None {
                    let mut kept = after.clone();
                    operands_kept(op).iter().for_each(|atom| pointers.add_atom(&mut kept, atom));
                    needs_frame = kept.len() > if site == Site::Hot { 0 } else { MAX_COLD_SPILLS };
                }
                Vec::new()
            }
        };

        if !nested.is_empty() {
            *live = pointers.empty();
            nested.iter().for_each(|(entry, _)| live.union(entry));
            pointers.remove_all(live, &bound);
        }
        stmt.op.for_each_atom(|atom| pointers.add_atom(live, atom));
        let mut at_entry = live.clone();
        pointers.add_all(&mut at_entry, &bound);
        let blocks: Vec<BlockLive> = nested
            .into_iter()
            .map(|(entry, block)| BlockLive { dead_on_entry: pointers.difference(&at_entry, &entry), ..block })
            .collect();
        needs_frame |= blocks.iter().any(|block| block.needs_frame);
        let mut dead = pointers.difference(live, &after);
        if !dest_is_read {
            dead.push(stmt.dest);
        }
        StmtLive { dead, blocks, needs_frame }
    }

    /// What a loop's body reads of locals that it does not assign, and what is live wherever it leaves to.
    fn read_in_loop(&self, body: &Block, after: &Set) -> Set {
        let pointers = self.pointers;
        let mut read = if matches!(body.end, End::Yield(_)) { after.clone() } else { pointers.empty() };
        let mut assigned = Vec::new();
        body.for_each_block(|block| {
            for stmt in &block.stmts {
                assigned.push(stmt.dest);
                assigned.extend(stmt.op.bound_locals());
                stmt.op.for_each_atom(|atom| pointers.add_atom(&mut read, atom));
            }
            block.end.for_each_atom(|atom| pointers.add_atom(&mut read, atom));
            if let End::Jump(label, _) = &block.end
                && let Some(live) = self.labels.get(label)
            {
                read.union(live);
            }
        });
        pointers.remove_all(&mut read, &assigned);
        read
    }
}
