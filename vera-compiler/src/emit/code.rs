//! The instructions of one function while it is written: locals, nesting depth, branch hints.
//!
//! Instructions are kept as values until the end, so that a constant that is known only then (the size of the root
//! frame) can be filled in.

use crate::core::PlaceId;
use wasm_encoder::{BlockType, BranchHint, Function, Instruction, ValType};

/// A construct that can be branched to: the nesting depth inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Depth(u32);

/// A constant to be filled in later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hole(usize);

/// A function body under construction.
#[derive(Debug)]
pub(crate) struct Code {
    instructions: Vec<Instruction<'static>>,
    /// Instruction positions of conditional branches that are usually not taken.
    unlikely: Vec<usize>,
    params: u32,
    locals: Vec<ValType>,
    free: Vec<(ValType, u32)>,
    depth: u32,
    /// The origin of what is written.
    place: Option<PlaceId>,
    /// From which instruction on the code has which origin, as far as backtraces can meet it.
    places: Vec<(usize, Option<PlaceId>)>,
}

/// A body, and facts about its instructions by their offsets.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) body: Function,
    pub(crate) hints: Vec<BranchHint>,
    /// From which offset on the code has which origin.
    pub(crate) places: Vec<(u32, Option<PlaceId>)>,
    /// The offsets of direct calls and tail calls, and the functions that are called, as indices in the module.
    pub(crate) calls: Vec<(u32, u32)>,
}

impl Code {
    /// An empty body of a function with that many parameters.
    pub(crate) fn new(params: u32) -> Self {
        Self {
            instructions: Vec::new(),
            unlikely: Vec::new(),
            params,
            locals: Vec::new(),
            free: Vec::new(),
            depth: 0,
            place: None,
            places: Vec::new(),
        }
    }

    /// Sets the origin of what follows, and gives the one before.
    pub(crate) fn set_place(&mut self, place: Option<PlaceId>) -> Option<PlaceId> {
        std::mem::replace(&mut self.place, place)
    }

    /// The origin of what is written now.
    pub(crate) fn place(&self) -> Option<PlaceId> {
        self.place
    }

    /// Appends an instruction.
    pub(crate) fn push(&mut self, instruction: Instruction<'static>) {
        match &instruction {
            Instruction::Block(_) | Instruction::Loop(_) | Instruction::If(_) => self.depth += 1,
            Instruction::End => self.depth -= 1,
            Instruction::LocalGet(local) => {
                if let Some(last) = self.instructions.last_mut()
                    && matches!(last, Instruction::LocalSet(set) if set == local)
                {
                    *last = Instruction::LocalTee(*local);
                    return;
                }
            }
            _ => {}
        }
        if in_backtraces(&instruction) && self.places.last().is_none_or(|(_, place)| *place != self.place) {
            self.places.push((self.instructions.len(), self.place));
        }
        self.instructions.push(instruction);
    }

    /// Appends instructions.
    pub(crate) fn extend(&mut self, instructions: impl IntoIterator<Item = Instruction<'static>>) {
        instructions.into_iter().for_each(|instruction| self.push(instruction));
    }

    /// Opens a block without results.
    pub(crate) fn block(&mut self) -> Depth {
        self.push(Instruction::Block(BlockType::Empty));
        self.depth()
    }

    /// Opens a loop without results.
    pub(crate) fn open_loop(&mut self) -> Depth {
        self.push(Instruction::Loop(BlockType::Empty));
        self.depth()
    }

    /// Opens an `if` without results on the condition on the stack.
    pub(crate) fn open_if(&mut self) -> Depth {
        self.push(Instruction::If(BlockType::Empty));
        self.depth()
    }

    /// The same, for a condition that is usually false.
    pub(crate) fn open_unlikely_if(&mut self) -> Depth {
        self.unlikely.push(self.instructions.len());
        self.open_if()
    }

    /// Continues with the other side of an `if`.
    pub(crate) fn open_else(&mut self) {
        self.push(Instruction::Else);
    }

    /// Takes the other side of an `if` back when nothing was written there.
    pub(crate) fn drop_empty_else(&mut self) {
        if let Some(Instruction::Else) = self.instructions.last() {
            self.instructions.pop();
        }
    }

    /// Ends the function's code: control does not arrive here.
    pub(crate) fn close_body(&mut self) {
        use Instruction::{Return, ReturnCall, ReturnCallIndirect, Unreachable};
        if !matches!(self.instructions.last(), Some(Return | Unreachable | ReturnCall(_) | ReturnCallIndirect { .. })) {
            self.instructions.push(Unreachable);
        }
    }

    /// Closes the innermost construct.
    pub(crate) fn end(&mut self) {
        self.push(Instruction::End);
    }

    /// The present depth: a target for code inside the innermost open construct.
    pub(crate) fn depth(&self) -> Depth {
        Depth(self.depth)
    }

    /// The operand of a branch to an open construct.
    pub(crate) fn relative(&self, target: Depth) -> u32 {
        self.depth - target.0
    }

    /// Branches to an open construct.
    pub(crate) fn br(&mut self, target: Depth) {
        self.push(Instruction::Br(self.relative(target)));
    }

    /// Branches to an open construct when the value on the stack is not zero.
    pub(crate) fn br_if(&mut self, target: Depth) {
        self.push(Instruction::BrIf(self.relative(target)));
    }

    /// A new local.
    pub(crate) fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        self.params + self.locals.len() as u32 - 1
    }

    /// A local for a temporary value; release it with [`Code::release`].
    pub(crate) fn temp(&mut self, ty: ValType) -> u32 {
        match self.free.iter().position(|(free, _)| *free == ty) {
            Some(position) => self.free.swap_remove(position).1,
            None => self.local(ty),
        }
    }

    /// Gives a temporary local back.
    pub(crate) fn release(&mut self, ty: ValType, local: u32) {
        self.free.push((ty, local));
    }

    /// An `i32` constant to be filled in later.
    pub(crate) fn i32_hole(&mut self) -> Hole {
        self.push(Instruction::I32Const(0));
        Hole(self.instructions.len() - 1)
    }

    /// Fills a constant in.
    pub(crate) fn fill(&mut self, hole: Hole, value: i32) {
        self.instructions[hole.0] = Instruction::I32Const(value);
    }

    /// Encodes the body with its final `end`.
    pub(crate) fn finish(mut self) -> Finished {
        debug_assert_eq!(self.depth, 0, "every construct is closed");
        self.instructions.push(Instruction::End);
        let mut function = Function::new_with_locals_types(self.locals);
        let mut hints = Vec::with_capacity(self.unlikely.len());
        let mut unlikely = self.unlikely.into_iter().peekable();
        let mut places = Vec::with_capacity(self.places.len());
        let mut marks = self.places.into_iter().peekable();
        let mut calls = Vec::new();
        for (position, instruction) in self.instructions.iter().enumerate() {
            if unlikely.next_if_eq(&position).is_some() {
                hints.push(BranchHint { branch_func_offset: function.byte_len() as u32, branch_hint_value: 0 });
            }
            if let Some((_, place)) = marks.next_if(|(at, _)| *at == position) {
                places.push((function.byte_len() as u32, place));
            }
            if let Instruction::Call(callee) | Instruction::ReturnCall(callee) = instruction {
                calls.push((function.byte_len() as u32, *callee));
            }
            function.instruction(instruction);
        }
        Finished { body: function, hints, places, calls }
    }
}

/// Whether a backtrace can meet the instruction: calls, what stops a program, and where fuel and time are counted.
fn in_backtraces(instruction: &Instruction<'_>) -> bool {
    use Instruction as I;
    matches!(
        instruction,
        I::Call(_)
            | I::CallIndirect { .. }
            | I::Unreachable
            | I::Loop(_)
            | I::I64DivS
            | I::I64RemS
            | I::I64DivU
            | I::I64RemU
            | I::I64TruncF64S
    )
}
