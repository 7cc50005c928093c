//! Walking operands and nested blocks, for the passes that treat all operations alike.

use super::{Answered, Atom, Block, End, FnId, LocalId, Op, Program, Resume, SwitchOn};

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
            SwitchOn::Tag(atom) | SwitchOn::Shape(atom) | SwitchOn::I64(atom) | SwitchOn::Byte(atom) => atom,
        }
    }
}

impl Op {
    /// Calls `visit` with every operand of the operation itself, in order; those of nested blocks are not included.
    pub fn for_each_atom<'a>(&'a self, mut visit: impl FnMut(&'a Atom)) {
        match self {
            Op::Use(atom)
            | Op::Field(_, atom, _)
            | Op::Capture(_, atom, _)
            | Op::Cell(_, atom)
            | Op::CellGet(_, atom)
            | Op::Set(_, atom)
            | Op::If(atom, ..) => visit(atom),
            Op::CellSet(_, cell, value) => {
                visit(cell);
                visit(value);
            }
            Op::Get(_) => {}
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
            Op::Perform(perform) => perform.args.iter().for_each(visit),
            Op::Handle(handle) => handle.state.iter().for_each(|(_, first)| visit(first)),
            Op::Resume(resume) => resume.for_each_atom(visit),
            Op::Switch { on, .. } => visit(on.atom()),
            Op::Answered(_) | Op::Outside(_) | Op::Join { .. } => {}
            Op::Loop { params, .. } => params.iter().for_each(|(_, first)| visit(first)),
        }
    }

    /// Calls `visit` with every operand of the operation itself, in order; those of nested blocks are not included.
    pub fn for_each_atom_mut(&mut self, mut visit: impl FnMut(&mut Atom)) {
        match self {
            Op::Use(atom)
            | Op::Field(_, atom, _)
            | Op::Capture(_, atom, _)
            | Op::Cell(_, atom)
            | Op::CellGet(_, atom)
            | Op::Set(_, atom)
            | Op::If(atom, ..) => visit(atom),
            Op::CellSet(_, cell, value) => {
                visit(cell);
                visit(value);
            }
            Op::Get(_) => {}
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
            Op::Perform(perform) => perform.args.iter_mut().for_each(visit),
            Op::Handle(handle) => handle.state.iter_mut().for_each(|(_, first)| visit(first)),
            Op::Resume(resume) => resume.for_each_atom_mut(visit),
            Op::Switch { on, .. } => visit(on.atom_mut()),
            Op::Answered(_) | Op::Outside(_) | Op::Join { .. } => {}
            Op::Loop { params, .. } => params.iter_mut().for_each(|(_, first)| visit(first)),
        }
    }

    /// Calls `visit` with the blocks directly inside the operation, in order of appearance.
    pub fn for_each_inner<'a>(&'a self, mut visit: impl FnMut(&'a Block)) {
        match self {
            Op::If(_, then, otherwise) => [then, otherwise].into_iter().for_each(|block| visit(block)),
            Op::Switch { cases, default, .. } => {
                cases.iter().map(|(_, block)| block).chain(default.as_deref()).for_each(visit);
            }
            Op::Join { body, target, .. } => [body, target].into_iter().for_each(|block| visit(block)),
            Op::Loop { body, .. } => visit(body),
            Op::Answered(answered) => {
                let Answered { by_host, by_handler, .. } = &**answered;
                [by_host, by_handler].into_iter().for_each(visit);
            }
            Op::Outside(outside) => visit(&outside.body),
            Op::Handle(handle) => {
                visit(&handle.body);
                handle.clauses.iter().for_each(|clause| visit(&clause.body));
            }
            _ => {}
        }
    }

    /// Calls `visit` with the blocks directly inside the operation, in order of appearance.
    pub fn for_each_inner_mut<'a>(&'a mut self, mut visit: impl FnMut(&'a mut Block)) {
        match self {
            Op::If(_, then, otherwise) => [then, otherwise].into_iter().for_each(|block| visit(block)),
            Op::Switch { cases, default, .. } => {
                cases.iter_mut().map(|(_, block)| block).chain(default.as_deref_mut()).for_each(visit);
            }
            Op::Join { body, target, .. } => [body, target].into_iter().for_each(|block| visit(block)),
            Op::Loop { body, .. } => visit(body),
            Op::Answered(answered) => {
                let Answered { by_host, by_handler, .. } = &mut **answered;
                [by_host, by_handler].into_iter().for_each(visit);
            }
            Op::Outside(outside) => visit(&mut outside.body),
            Op::Handle(handle) => {
                visit(&mut handle.body);
                handle.clauses.iter_mut().for_each(|clause| visit(&mut clause.body));
            }
            _ => {}
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

    /// Calls `visit` with the locals that the operation itself assigns on the way to its result.
    pub fn for_each_bound_mut(&mut self, visit: impl FnMut(&mut LocalId)) {
        match self {
            Op::Join { params, .. } => params.iter_mut().for_each(visit),
            Op::Loop { params, .. } => params.iter_mut().map(|(param, _)| param).for_each(visit),
            _ => {}
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
            End::Resume(resume) => resume.for_each_atom(visit),
            End::Unreachable => {}
        }
    }

    /// Calls `visit` with every operand, in order.
    pub fn for_each_atom_mut(&mut self, mut visit: impl FnMut(&mut Atom)) {
        match self {
            End::Yield(atom) => visit(atom),
            End::Jump(_, args) | End::TailCall(_, args) | End::Trap(_, args) => args.iter_mut().for_each(visit),
            End::TailCallClosure { closure, args, .. } => {
                visit(closure);
                args.iter_mut().for_each(visit);
            }
            End::Resume(resume) => resume.for_each_atom_mut(visit),
            End::Unreachable => {}
        }
    }
}

impl Resume {
    fn for_each_atom<'a>(&'a self, mut visit: impl FnMut(&'a Atom)) {
        visit(&self.value);
        self.state.iter().for_each(visit);
    }

    fn for_each_atom_mut(&mut self, mut visit: impl FnMut(&mut Atom)) {
        visit(&mut self.value);
        self.state.iter_mut().for_each(visit);
    }
}

impl Block {
    /// Calls `visit` with this block and every block nested in it, outer before inner.
    pub fn for_each_block<'a>(&'a self, mut visit: impl FnMut(&'a Block)) {
        let mut rest = vec![self];
        while let Some(block) = rest.pop() {
            visit(block);
            let from = rest.len();
            block.stmts.iter().for_each(|stmt| stmt.op.for_each_inner(|inner| rest.push(inner)));
            rest[from..].reverse();
        }
    }

    /// Calls `visit` with this block and every block nested in it, outer before inner. Blocks that `visit` adds are
    /// visited too.
    pub fn for_each_block_mut(&mut self, mut visit: impl FnMut(&mut Block)) {
        let mut rest = vec![self];
        while let Some(block) = rest.pop() {
            visit(block);
            let from = rest.len();
            block.stmts.iter_mut().for_each(|stmt| stmt.op.for_each_inner_mut(|inner| rest.push(inner)));
            rest[from..].reverse();
        }
    }

    /// How many operations the block holds, nested ones included.
    pub fn op_count(&self) -> usize {
        let mut count = 0;
        self.for_each_block(|block| count += block.stmts.len());
        count
    }

    /// One more than the largest label in the block.
    pub fn next_label(&self) -> u32 {
        let mut next = 0;
        self.for_each_block(|block| {
            for stmt in &block.stmts {
                if let Op::Join { label, .. } | Op::Loop { label, .. } = &stmt.op {
                    next = next.max(label.0 + 1);
                }
            }
        });
        next
    }
}

impl Program {
    /// Calls `visit` with the functions a block refers to: those it calls, and the bodies of the closures it makes.
    pub fn for_each_callee(&self, block: &Block, mut visit: impl FnMut(FnId)) {
        block.for_each_block(|block| {
            for stmt in &block.stmts {
                match &stmt.op {
                    Op::Call(callee, _) => visit(*callee),
                    Op::Closure(shape, _) => visit(self.closures[shape.index()].function),
                    _ => {}
                }
            }
            if let End::TailCall(callee, _) = &block.end {
                visit(*callee);
            }
        });
    }
}

/// Runs a step of a recursion over nested blocks with enough stack, however deep the nesting.
pub(crate) fn with_stack<T>(step: impl FnOnce() -> T) -> T {
    const RED_ZONE: usize = 128 * 1024;
    const GROWTH: usize = 2 * 1024 * 1024;
    stacker::maybe_grow(RED_ZONE, GROWTH, step)
}
