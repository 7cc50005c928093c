//! Turns blocks into functions of the locals that they read.
//!
//! A lifted block keeps its locals' numbers until it is finished, so that the locals that it reads from outside are
//! known by their numbers.

use super::free::{compact, free_locals};
use super::rewrite::{Frame, Mode, Rewriter};
use crate::core::{Atom, Block, ClosureId, ClosureShape, End, FnId, FrameId, Function, LocalId, Op, Origins, Stmt};
use vera_abi::layout::Rep;

impl Rewriter<'_, '_> {
    /// Makes a function: captured locals, then `params`. Gives it with the captured locals.
    pub(super) fn lift_function(
        &mut self,
        name: &str,
        (mode, result): (Mode, Rep),
        params: &[LocalId],
        build: impl FnOnce(&mut Self) -> Block,
    ) -> (FnId, Vec<Atom>) {
        let body = self.lifted_body(mode, result, build);
        let captures = free_locals(&body, params);
        let id = self.add_lifted(name, result, captures.iter().chain(params).copied().collect(), body);
        (id, captures.into_iter().map(Atom::Local).collect())
    }

    /// Makes a function that is the body of a closure, and the closure.
    pub(super) fn lift_closure(
        &mut self,
        name: &str,
        (mode, result): (Mode, Rep),
        params: &[LocalId],
        out: &mut Vec<Stmt>,
        build: impl FnOnce(&mut Self) -> Block,
    ) -> Atom {
        self.lift_closure_of(self.described, name, (mode, result), params, out, build)
    }

    /// The same for code that backtraces show as `described`.
    pub(super) fn lift_closure_of(
        &mut self,
        described: Option<FrameId>,
        name: &str,
        (mode, result): (Mode, Rep),
        params: &[LocalId],
        out: &mut Vec<Stmt>,
        build: impl FnOnce(&mut Self) -> Block,
    ) -> Atom {
        let around = std::mem::replace(&mut self.described, described);
        let mut body = self.lifted_body(mode, result, build);
        let captures = free_locals(&body, params);
        let closure = self.local(Rep::Ptr);
        let shape = ClosureId(self.pass.program.closures.len() as u32);
        let read = captures.iter().zip(0..);
        let read = read.map(|(&dest, at)| Stmt { dest, op: Op::Capture(shape, Atom::Local(closure), at) });
        body.stmts.splice(0..0, read);
        let captured = captures.iter().map(|&local| self.locals[local.index()]).collect();
        // The shape comes first: the function that is added may not be the next one.
        self.pass.program.closures.push(ClosureShape { function: FnId(0), captures: captured });
        let params = std::iter::once(closure).chain(params.iter().copied()).collect();
        let function = self.add_lifted(name, result, params, body);
        self.described = around;
        self.pass.program.closures[shape.index()].function = function;
        self.emit(out, Rep::Ptr, Op::Closure(shape, captures.into_iter().map(Atom::Local).collect()))
    }

    /// Builds a body in a frame of its own.
    pub(super) fn lifted_body(&mut self, mode: Mode, result: Rep, build: impl FnOnce(&mut Self) -> Block) -> Block {
        let unwind = self.label();
        let outer = std::mem::replace(&mut self.frame, Frame { mode, result, unwind, unwinds: false });
        let body = build(self);
        let frame = std::mem::replace(&mut self.frame, outer);
        self.with_unwinding(body, frame)
    }

    /// A function's body, and behind it what unwinding does at its end.
    pub(super) fn with_unwinding(&mut self, body: Block, frame: Frame) -> Block {
        if !frame.unwinds {
            return body;
        }
        let target = match frame.mode {
            Mode::Direct => Block { stmts: Vec::new(), end: End::Yield(Atom::nothing(frame.result)) },
            Mode::Captured => self.unwound(),
        };
        let dest = self.local(frame.result);
        let op = Op::Join { label: frame.unwind, params: Vec::new(), body: Box::new(body), target: Box::new(target) };
        Block { stmts: vec![Stmt { dest, op }], end: End::Yield(Atom::Local(dest)) }
    }

    /// A function that is there before its body is.
    pub(super) fn reserve_lifted(&mut self, name: &str) -> FnId {
        self.pass.add(Function {
            symbol: format!("{}/{name}", self.symbol),
            frame: self.described,
            params: Vec::new(),
            result: Rep::Unit,
            locals: Vec::new(),
            origins: Origins::default(),
            body: Block { stmts: Vec::new(), end: End::Unreachable },
            inline: false,
        })
    }

    /// Gives a reserved function its body.
    pub(super) fn finish_lifted(&mut self, id: FnId, result: Rep, params: Vec<LocalId>, body: Block) {
        let function = &mut self.pass.program.functions[id.index()];
        (function.params, function.result, function.body) = (params, result, body);
        compact(function, &self.locals, &self.lines);
        function.origins.mark_continuation();
    }

    fn add_lifted(&mut self, name: &str, result: Rep, params: Vec<LocalId>, body: Block) -> FnId {
        let id = self.reserve_lifted(name);
        self.finish_lifted(id, result, params, body);
        id
    }
}
