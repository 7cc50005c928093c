//! Walking operands and nested blocks, for the passes that treat all operations alike.

use super::{Atom, Block, End, LocalId, Op, SwitchOn};

impl Atom {
    /// The local it reads, if any.
    pub fn local(&self) -> Option<LocalId> {
        match self {
            Atom::Local(local) => Some(*local),
            _ => None,
        }
    }
}

impl SwitchOn {
    /// The operand that is looked at.
    pub fn atom(&self) -> &Atom {
        match self {
            SwitchOn::Tag(atom) | SwitchOn::I64(atom) | SwitchOn::Byte(atom) => atom,
        }
    }
}

impl Op {
    /// Calls `visit` with every operand of the operation itself, in order; those of nested blocks are not included.
    pub fn for_each_atom<'a>(&'a self, mut visit: impl FnMut(&'a Atom)) {
        match self {
            Op::Use(atom) | Op::Field(_, atom, _) | Op::Capture(_, atom, _) | Op::If(atom, ..) => visit(atom),
            Op::Prim(_, args)
            | Op::Call(_, args)
            | Op::Extern(_, args)
            | Op::Record(_, args)
            | Op::Closure(_, args)
            | Op::Array(_, args) => args.iter().for_each(visit),
            Op::CallClosure { closure, args, .. } => {
                visit(closure);
                args.iter().for_each(visit);
            }
            Op::Switch { on, .. } => visit(on.atom()),
            Op::Join { .. } => {}
            Op::Loop { params, .. } => params.iter().for_each(|(_, first)| visit(first)),
        }
    }

    /// The nested blocks, in order of appearance.
    pub fn blocks(&self) -> Vec<&Block> {
        match self {
            Op::If(_, then, otherwise) => vec![then, otherwise],
            Op::Switch { cases, default, .. } => {
                cases.iter().map(|(_, block)| block).chain(default.as_deref()).collect()
            }
            Op::Join { body, target, .. } => vec![body, target],
            Op::Loop { body, .. } => vec![body],
            _ => Vec::new(),
        }
    }

    /// The nested blocks, in order of appearance.
    pub fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match self {
            Op::If(_, then, otherwise) => vec![then, otherwise],
            Op::Switch { cases, default, .. } => {
                cases.iter_mut().map(|(_, block)| block).chain(default.as_deref_mut()).collect()
            }
            Op::Join { body, target, .. } => vec![body, target],
            Op::Loop { body, .. } => vec![body],
            _ => Vec::new(),
        }
    }

    /// The locals the operation itself assigns on the way to its result: parameters of a join or loop.
    pub fn bound_locals(&self) -> Vec<LocalId> {
        match self {
            Op::Join { params, .. } => params.clone(),
            Op::Loop { params, .. } => params.iter().map(|(param, _)| *param).collect(),
            _ => Vec::new(),
        }
    }
}

impl End {
    /// Calls `visit` with every operand, in order.
    pub fn for_each_atom<'a>(&'a self, mut visit: impl FnMut(&'a Atom)) {
        match self {
            End::Yield(atom) => visit(atom),
            End::Jump(_, args) | End::TailCall(_, args) | End::Trap(_, args) => args.iter().for_each(visit),
            End::TailCallClosure { closure, args, .. } => {
                visit(closure);
                args.iter().for_each(visit);
            }
            End::Unreachable => {}
        }
    }
}

impl Block {
    /// Calls `visit` with this block and every block nested in it, outer before inner.
    pub fn for_each_block<'a>(&'a self, mut visit: impl FnMut(&'a Block)) {
        let mut rest = vec![self];
        while let Some(block) = rest.pop() {
            visit(block);
            for stmt in block.stmts.iter().rev() {
                rest.extend(stmt.op.blocks().into_iter().rev());
            }
        }
    }

    /// Calls `visit` with this block and every block nested in it, outer before inner. Blocks that `visit` adds are
    /// visited too.
    pub fn for_each_block_mut(&mut self, mut visit: impl FnMut(&mut Block)) {
        let mut rest = vec![self];
        while let Some(block) = rest.pop() {
            visit(block);
            for stmt in block.stmts.iter_mut().rev() {
                rest.extend(stmt.op.blocks_mut().into_iter().rev());
            }
        }
    }
}

/// Runs a step of a recursion over nested blocks with enough stack, however deep the nesting.
pub(crate) fn with_stack<T>(step: impl FnOnce() -> T) -> T {
    const RED_ZONE: usize = 128 * 1024;
    const GROWTH: usize = 2 * 1024 * 1024;
    stacker::maybe_grow(RED_ZONE, GROWTH, step)
}
