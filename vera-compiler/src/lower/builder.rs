//! Builds the body of one core function, block by block.
//!
//! Invariant: once a block has ended (a trap, a jump, a tail call), further statements are dropped, so callers need not
//! know whether control still reaches a point.

use crate::core::{Atom, Block, End, FrameId, Function, Label, LocalId, Op, Origins, Prim, Stmt};
use vera_abi::layout::Rep;

/// A function under construction.
#[derive(Debug)]
pub(super) struct Builder {
    params: Vec<LocalId>,
    locals: Vec<Rep>,
    /// The line of each local's statement, or 0.
    lines: Vec<u32>,
    /// The line of what is lowered, or 0.
    line: u32,
    open: Vec<OpenBlock>,
    labels: u32,
}

#[derive(Debug, Default)]
struct OpenBlock {
    stmts: Vec<Stmt>,
    end: Option<End>,
}

impl Builder {
    /// A function without parameters, its body open.
    pub(super) fn new() -> Self {
        Self {
            params: Vec::new(),
            locals: Vec::new(),
            lines: Vec::new(),
            line: 0,
            open: vec![OpenBlock::default()],
            labels: 0,
        }
    }

    /// Adds a local.
    pub(super) fn local(&mut self, rep: Rep) -> LocalId {
        self.locals.push(rep);
        self.lines.push(self.line);
        LocalId(self.locals.len() as u32 - 1)
    }

    /// Sets the line of what follows, and returns the line before.
    pub(super) fn set_line(&mut self, line: u32) -> u32 {
        std::mem::replace(&mut self.line, line)
    }

    /// Adds a parameter.
    pub(super) fn param(&mut self, rep: Rep) -> Atom {
        let local = self.local(rep);
        self.params.push(local);
        Atom::Local(local)
    }

    /// How many statements the body has so far, if it is the block being built.
    pub(super) fn at(&self) -> Option<usize> {
        match &self.open[..] {
            [body] => Some(body.stmts.len()),
            _ => None,
        }
    }

    /// A label that is unique in the function.
    pub(super) fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// The representation of an operand.
    pub(super) fn rep(&self, atom: &Atom) -> Rep {
        atom.rep(&self.locals)
    }

    /// Emits an operation and gives its result.
    pub(super) fn emit(&mut self, rep: Rep, op: Op) -> Atom {
        if self.ended() {
            return Atom::nothing(rep);
        }
        let dest = self.local(rep);
        self.block().stmts.push(Stmt { dest, op });
        Atom::Local(dest)
    }

    /// Emits a primitive.
    pub(super) fn prim(&mut self, prim: Prim, args: Vec<Atom>) -> Atom {
        self.emit(prim.signature().1, Op::Prim(prim, args))
    }

    /// Whether control cannot reach the present point.
    pub(super) fn ended(&self) -> bool {
        self.open.last().is_some_and(|block| block.end.is_some())
    }

    /// Ends the present block.
    pub(super) fn end(&mut self, end: End) {
        let block = self.block();
        block.end.get_or_insert(end);
    }

    /// Opens a block inside the present one.
    pub(super) fn open(&mut self) {
        self.open.push(OpenBlock::default());
    }

    /// Closes the block; it yields `value` unless it has ended otherwise.
    pub(super) fn close(&mut self, value: Atom) -> Block {
        let block = self.open.pop().unwrap_or_default();
        Block { stmts: block.stmts, end: block.end.unwrap_or(End::Yield(value)) }
    }

    /// Puts a block in the place of the present point, and gives its value.
    pub(super) fn splice(&mut self, inner: Block, rep: Rep) -> Atom {
        if self.ended() {
            return Atom::nothing(rep);
        }
        self.block().stmts.extend(inner.stmts);
        match inner.end {
            End::Yield(value) => value,
            end => {
                self.end(end);
                Atom::nothing(rep)
            }
        }
    }

    /// Finishes the function.
    pub(super) fn finish(mut self, value: Atom, result: Rep, symbol: String, frame: Option<FrameId>) -> Function {
        let body = self.close(value);
        let origins = Origins::of_lines(frame, &self.lines);
        Function { symbol, frame, params: self.params, result, locals: self.locals, origins, body, inline: false }
    }

    fn block(&mut self) -> &mut OpenBlock {
        if self.open.is_empty() {
            self.open.push(OpenBlock::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }
}

/// Whether control never leaves a block at its end.
pub(super) fn stops(block: &Block) -> bool {
    matches!(block.end, End::Trap(..) | End::Unreachable)
}
