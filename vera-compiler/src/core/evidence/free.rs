//! The locals that a block reads from outside, and the removal of unused locals.

use crate::core::{Atom, Block, Function, LocalId, Origins, visit::with_stack};
use std::collections::{BTreeSet, HashMap};
use vera_abi::layout::Rep;

/// The locals that a block reads and neither binds nor is given, in order.
pub(super) fn free_locals(block: &Block, given: &[LocalId]) -> Vec<LocalId> {
    let mut found = Locals::default();
    found.bound.extend(given);
    found.block(block);
    found.read.difference(&found.bound).copied().collect()
}

/// Each local is bound once, so what is read and bound somewhere in the block is not free in it.
#[derive(Default)]
struct Locals {
    read: BTreeSet<LocalId>,
    bound: BTreeSet<LocalId>,
}

impl Locals {
    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            self.bound.insert(stmt.dest);
            self.bound.extend(stmt.op.bound_locals());
            stmt.op.for_each_atom(|atom| self.read.extend(atom.local()));
            stmt.op.for_each_inner(|inner| with_stack(|| self.block(inner)));
        }
        block.end.for_each_atom(|atom| self.read.extend(atom.local()));
    }
}

/// Numbers the locals of a function anew, so that it has none that it does not bind. `reps` are their representations,
/// `lines` the lines of their statements.
pub(super) fn compact(function: &mut Function, reps: &[Rep], lines: &[u32]) {
    let mut renaming = Renaming { new: HashMap::new(), old: Vec::new() };
    let params: Vec<LocalId> = function.params.iter().map(|&param| renaming.bind(param)).collect();
    renaming.block(&mut function.body);
    function.params = params;
    function.locals = renaming.old.iter().map(|old| reps[old.index()]).collect();
    let lines: Vec<u32> = renaming.old.iter().map(|old| lines[old.index()]).collect();
    function.origins = Origins::of_lines(function.frame, &lines);
}

struct Renaming {
    new: HashMap<LocalId, LocalId>,
    old: Vec<LocalId>,
}

impl Renaming {
    fn bind(&mut self, local: LocalId) -> LocalId {
        let old = &mut self.old;
        *self.new.entry(local).or_insert_with(|| {
            old.push(local);
            LocalId(old.len() as u32 - 1)
        })
    }

    fn block(&mut self, block: &mut Block) {
        for stmt in &mut block.stmts {
            stmt.op.for_each_atom_mut(|atom| self.atom(atom));
            stmt.op.for_each_bound_mut(|local| *local = self.bind(*local));
            stmt.op.for_each_inner_mut(|inner| with_stack(|| self.block(inner)));
            stmt.dest = self.bind(stmt.dest);
        }
        block.end.for_each_atom_mut(|atom| self.atom(atom));
    }

    fn atom(&mut self, atom: &mut Atom) {
        if let Atom::Local(local) = atom {
            *local = self.bind(*local);
        }
    }
}
