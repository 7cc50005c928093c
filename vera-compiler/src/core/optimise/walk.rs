//! Visiting the parts of blocks.

use crate::core::{Atom, Block, End, FnId, Op, Program};

/// The functions a block refers to: calls, and bodies of the closures it makes.
pub(super) fn callees(program: &Program, block: &Block, visit: &mut dyn FnMut(FnId)) {
    all(block, &mut |part| match part {
        Part::Op(Op::Call(callee, _)) | Part::End(End::TailCall(callee, _)) => visit(*callee),
        Part::Op(Op::Closure(shape, _)) => visit(program.closures[shape.index()].function),
        _ => {}
    });
}

/// The operands of an operation itself, not those inside its blocks.
pub(super) fn atoms<'a>(op: &'a Op, visit: &mut dyn FnMut(&'a Atom)) {
    match op {
        Op::Use(atom) | Op::Field(_, atom, _) | Op::Capture(_, atom, _) | Op::If(atom, _, _) => visit(atom),
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

/// The operands of an end.
pub(super) fn end_atoms<'a>(end: &'a End, visit: &mut dyn FnMut(&'a Atom)) {
    match end {
        End::Yield(atom) => visit(atom),
        End::Jump(_, args) | End::TailCall(_, args) | End::Trap(_, args) => args.iter().for_each(visit),
        End::TailCallClosure { closure, args, .. } => {
            visit(closure);
            args.iter().for_each(visit);
        }
        End::Unreachable => {}
    }
}

/// The operands of an operation itself, to be changed.
pub(super) fn atoms_mut(op: &mut Op, visit: &mut dyn FnMut(&mut Atom)) {
    match op {
        Op::Use(atom) | Op::Field(_, atom, _) | Op::Capture(_, atom, _) | Op::If(atom, _, _) => visit(atom),
        Op::Prim(_, args)
        | Op::Call(_, args)
        | Op::Extern(_, args)
        | Op::Record(_, args)
        | Op::Closure(_, args)
        | Op::Array(_, args) => args.iter_mut().for_each(visit),
        Op::CallClosure { closure, args, .. } => {
            visit(closure);
            args.iter_mut().for_each(visit);
        }
        Op::Switch { on, .. } => visit(on.atom_mut()),
        Op::Join { .. } => {}
        Op::Loop { params, .. } => params.iter_mut().for_each(|(_, first)| visit(first)),
    }
}

/// The operands of an end, to be changed.
pub(super) fn end_atoms_mut(end: &mut End, visit: &mut dyn FnMut(&mut Atom)) {
    match end {
        End::Yield(atom) => visit(atom),
        End::Jump(_, args) | End::TailCall(_, args) | End::Trap(_, args) => args.iter_mut().for_each(visit),
        End::TailCallClosure { closure, args, .. } => {
            visit(closure);
            args.iter_mut().for_each(visit);
        }
        End::Unreachable => {}
    }
}

/// The blocks directly inside an operation.
pub(super) fn blocks<'a>(op: &'a Op, visit: &mut dyn FnMut(&'a Block)) {
    match op {
        Op::If(_, then, otherwise) => {
            visit(then);
            visit(otherwise);
        }
        Op::Switch { cases, default, .. } => {
            cases.iter().for_each(|(_, block)| visit(block));
            default.iter().for_each(|block| visit(block));
        }
        Op::Join { body, target, .. } => {
            visit(body);
            visit(target);
        }
        Op::Loop { body, .. } => visit(body),
        _ => {}
    }
}

/// The blocks directly inside an operation, to be changed.
pub(super) fn blocks_mut(op: &mut Op, visit: &mut dyn FnMut(&mut Block)) {
    match op {
        Op::If(_, then, otherwise) => {
            visit(then);
            visit(otherwise);
        }
        Op::Switch { cases, default, .. } => {
            cases.iter_mut().for_each(|(_, block)| visit(block));
            default.iter_mut().for_each(|block| visit(block));
        }
        Op::Join { body, target, .. } => {
            visit(body);
            visit(target);
        }
        Op::Loop { body, .. } => visit(body),
        _ => {}
    }
}

/// A part of a block.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Op(&'a Op),
    End(&'a End),
}

/// Every operation and every end in a block, nested ones included.
pub(super) fn all<'a>(block: &'a Block, visit: &mut dyn FnMut(Part<'a>)) {
    for stmt in &block.stmts {
        visit(Part::Op(&stmt.op));
        blocks(&stmt.op, &mut |inner| all(inner, visit));
    }
    visit(Part::End(&block.end));
}

/// How many operations a block holds, nested ones included.
pub(super) fn size(block: &Block) -> usize {
    let mut count = 0;
    all(block, &mut |part| count += usize::from(matches!(part, Part::Op(_))));
    count
}

/// One more than the largest label in a block.
pub(super) fn next_label(block: &Block) -> u32 {
    let mut next = 0;
    all(block, &mut |part| {
        if let Part::Op(Op::Join { label, .. } | Op::Loop { label, .. }) = part {
            next = next.max(label.0 + 1);
        }
    });
    next
}
