//! Functions and shapes that rewritten code shares, each made at its first use.
//!
//! **The chain** is passed like evidence. It is a list of the cells of handlers within the part that may be captured,
//! innermost first. Each link holds a closure that saves its cell: it returns a closure that restores the contents of
//! the cell. If a handler resumes in several places of its clauses, the chain continues with that of the place, which a
//! cell of the handler holds.

use super::Pass;
use crate::core::{
    Atom, Block, ClosureId, ClosureShape, End, FnId, Function, Label, LocalId, Op, Origins, Prim, RecordId, Register,
    Stmt, SwitchOn,
};
use std::collections::HashMap;
use vera_abi::layout::Rep;

/// What has been made.
#[derive(Debug, Default)]
pub(super) struct Helpers {
    answers: HashMap<Rep, ClosureId>,
    continuations: HashMap<FnId, ClosureId>,
    returns: HashMap<Rep, FnId>,
    saves: HashMap<Rep, ClosureId>,
    snapshot: Option<FnId>,
    restore: Option<FnId>,
}

/// A function under construction.
struct Draft {
    function: Function,
}

impl Draft {
    fn new(symbol: &str, params: &[Rep], result: Rep) -> Self {
        let body = Block { stmts: Vec::new(), end: End::Unreachable };
        let (symbol, inline) = (symbol.to_owned(), false);
        let mut function = Function {
            symbol,
            frame: None,
            params: Vec::new(),
            result,
            locals: Vec::new(),
            origins: Origins::default(),
            body,
            inline,
        };
        function.params = params.iter().map(|&rep| function.new_local(rep)).collect();
        Self { function }
    }

    fn param(&self, index: usize) -> Atom {
        Atom::Local(self.function.params[index])
    }

    fn emit(&mut self, stmts: &mut Vec<Stmt>, rep: Rep, op: Op) -> Atom {
        let dest = self.function.new_local(rep);
        stmts.push(Stmt { dest, op });
        Atom::Local(dest)
    }

    fn done(mut self, stmts: Vec<Stmt>, end: End) -> Function {
        self.function.body = Block { stmts, end };
        self.function
    }
}

impl Pass<'_> {
    fn closure_of(&mut self, captures: Vec<Rep>, build: impl FnOnce(&mut Self, ClosureId) -> Function) -> ClosureId {
        let shape = ClosureId(self.program.closures.len() as u32);
        self.program.closures.push(ClosureShape { function: FnId(0), captures });
        let function = build(self, shape);
        self.program.closures[shape.index()].function = self.add(function);
        shape
    }

    /// The continuation that leaves its value in a register and returns.
    pub(super) fn answer(&mut self, rep: Rep) -> ClosureId {
        if let Some(&known) = self.helpers.answers.get(&rep) {
            return known;
        }
        let shape = self.closure_of(Vec::new(), |_, _| {
            let mut draft = Draft::new("answer", &[Rep::Ptr, rep], Rep::Unit);
            let mut stmts = Vec::new();
            let op = Op::Set(Register::Value(rep), draft.param(1));
            draft.emit(&mut stmts, Rep::Unit, op);
            draft.done(stmts, End::Yield(Atom::Unit))
        });
        self.helpers.answers.insert(rep, shape);
        shape
    }

    /// Closures that call a function of `captures` and a value.
    pub(super) fn continuation(&mut self, function: FnId, captures: Vec<Rep>, value: Rep) -> ClosureId {
        if let Some(&known) = self.helpers.continuations.get(&function) {
            return known;
        }
        let (frame, symbol) = {
            let called = self.program.function(function);
            (called.frame, format!("{}/closure", called.symbol))
        };
        let shape = self.closure_of(captures.clone(), |_, shape| {
            let mut draft = Draft::new(&symbol, &[Rep::Ptr, value], Rep::Unit);
            draft.function.frame = frame;
            let mut stmts = Vec::new();
            let mut args = Vec::new();
            for (&rep, at) in captures.iter().zip(0..) {
                let op = Op::Capture(shape, draft.param(0), at);
                args.push(draft.emit(&mut stmts, rep, op));
            }
            args.push(draft.param(1));
            draft.done(stmts, End::TailCall(function, args))
        });
        self.helpers.continuations.insert(function, shape);
        shape
    }

    /// The function that gives a value to the continuation in a cell.
    pub(super) fn return_to(&mut self, rep: Rep) -> FnId {
        if let Some(&known) = self.helpers.returns.get(&rep) {
            return known;
        }
        let cell = self.cell(Rep::Ptr);
        let mut draft = Draft::new("return", &[Rep::Ptr, rep], Rep::Unit);
        let mut stmts = Vec::new();
        let op = Op::CellGet(cell, draft.param(0));
        let closure = draft.emit(&mut stmts, Rep::Ptr, op);
        let args = vec![draft.param(1)];
        let end = End::TailCallClosure { closure, args, params: vec![rep], result: Rep::Unit };
        let id = self.add(draft.done(stmts, end));
        self.helpers.returns.insert(rep, id);
        id
    }

    /// A link of the chain: the closure that saves a cell, and the rest of the chain.
    pub(super) fn link(&mut self) -> RecordId {
        self.shape("link", vec![Rep::Ptr, Rep::Ptr])
    }

    /// The end of a part of the chain: the cell that holds where it goes on.
    pub(super) fn turn(&mut self) -> RecordId {
        self.tagged("turn", 1, vec![Rep::Ptr])
    }

    /// Closures that save a cell.
    pub(super) fn save(&mut self, rep: Rep) -> ClosureId {
        if let Some(&known) = self.helpers.saves.get(&rep) {
            return known;
        }
        let cell = self.cell(rep);
        let restore = self.closure_of(vec![Rep::Ptr, rep], |_, shape| {
            let mut draft = Draft::new("restore cell", &[Rep::Ptr], Rep::Unit);
            let mut stmts = Vec::new();
            let this = draft.param(0);
            let target = draft.emit(&mut stmts, Rep::Ptr, Op::Capture(shape, this.clone(), 0));
            let value = draft.emit(&mut stmts, rep, Op::Capture(shape, this, 1));
            draft.emit(&mut stmts, Rep::Unit, Op::CellSet(cell, target, value));
            draft.done(stmts, End::Yield(Atom::Unit))
        });
        let save = self.closure_of(vec![Rep::Ptr], |_, shape| {
            let mut draft = Draft::new("save cell", &[Rep::Ptr], Rep::Ptr);
            let mut stmts = Vec::new();
            let this = draft.param(0);
            let source = draft.emit(&mut stmts, Rep::Ptr, Op::Capture(shape, this, 0));
            let value = draft.emit(&mut stmts, rep, Op::CellGet(cell, source.clone()));
            let saved = draft.emit(&mut stmts, Rep::Ptr, Op::Closure(restore, vec![source, value]));
            draft.done(stmts, End::Yield(saved))
        });
        self.helpers.saves.insert(rep, save);
        save
    }

    /// `(chain, base) -> list`: saves the cells of the chain down to `base`.
    pub(super) fn snapshot(&mut self) -> FnId {
        if let Some(known) = self.helpers.snapshot {
            return known;
        }
        let link = self.link();
        let mut draft = Draft::new("save cells", &[Rep::Ptr, Rep::Ptr], Rep::Ptr);
        let (chain, base) = (draft.param(0), draft.param(1));
        let at = draft.function.new_local(Rep::Ptr);
        let list = draft.function.new_local(Rep::Ptr);
        let label = Label(0);
        let mut stmts = Vec::new();
        let done = Prim::SameObject;
        let done = draft.emit(&mut stmts, Rep::Byte, Op::Prim(done, vec![Atom::Local(at), base]));
        let mut more = Vec::new();
        let save = draft.emit(&mut more, Rep::Ptr, Op::Field(link, Atom::Local(at), 0));
        let next = draft.emit(&mut more, Rep::Ptr, Op::Field(link, Atom::Local(at), 1));
        let call = Op::CallClosure { closure: save, args: Vec::new(), params: Vec::new(), result: Rep::Ptr };
        let saved = draft.emit(&mut more, Rep::Ptr, call);
        let longer = draft.emit(&mut more, Rep::Ptr, Op::Record(link, vec![saved, Atom::Local(list)]));
        let again = Block { stmts: more, end: End::Jump(label, vec![next, longer]) };
        let (turn, cell) = (self.turn(), self.cell(Rep::Ptr));
        let mut turned = Vec::new();
        let holder = draft.emit(&mut turned, Rep::Ptr, Op::Field(turn, Atom::Local(at), 0));
        let next = draft.emit(&mut turned, Rep::Ptr, Op::CellGet(cell, holder));
        let turned = Block { stmts: turned, end: End::Jump(label, vec![next, Atom::Local(list)]) };
        let mut further = Vec::new();
        let (on, cases) = (SwitchOn::Tag(Atom::Local(at)), vec![(1, turned)]);
        let op = Op::Switch { on, cases, default: Some(Box::new(again)) };
        let value = draft.emit(&mut further, Rep::Ptr, op);
        let further = Block { stmts: further, end: End::Yield(value) };
        let finished = Block { stmts: Vec::new(), end: End::Yield(Atom::Local(list)) };
        let value = draft.emit(&mut stmts, Rep::Ptr, Op::If(done, Box::new(finished), Box::new(further)));
        let body = Block { stmts, end: End::Yield(value) };
        let id = self.looped(draft, label, vec![(at, chain), (list, Atom::NONE)], body);
        self.helpers.snapshot = Some(id);
        id
    }

    /// `(list) -> ()`: restores the contents of cells.
    pub(super) fn restore(&mut self) -> FnId {
        if let Some(known) = self.helpers.restore {
            return known;
        }
        let link = self.link();
        let mut draft = Draft::new("restore cells", &[Rep::Ptr], Rep::Unit);
        let first = draft.param(0);
        let at = draft.function.new_local(Rep::Ptr);
        let label = Label(0);
        let mut stmts = Vec::new();
        let done = Op::Prim(Prim::SameObject, vec![Atom::Local(at), Atom::NONE]);
        let done = draft.emit(&mut stmts, Rep::Byte, done);
        let mut more = Vec::new();
        let restore = draft.emit(&mut more, Rep::Ptr, Op::Field(link, Atom::Local(at), 0));
        let next = draft.emit(&mut more, Rep::Ptr, Op::Field(link, Atom::Local(at), 1));
        let call = Op::CallClosure { closure: restore, args: Vec::new(), params: Vec::new(), result: Rep::Unit };
        draft.emit(&mut more, Rep::Unit, call);
        let again = Block { stmts: more, end: End::Jump(label, vec![next]) };
        let finished = Block { stmts: Vec::new(), end: End::Yield(Atom::Unit) };
        let value = draft.emit(&mut stmts, Rep::Unit, Op::If(done, Box::new(finished), Box::new(again)));
        let body = Block { stmts, end: End::Yield(value) };
        let id = self.looped(draft, label, vec![(at, first)], body);
        self.helpers.restore = Some(id);
        id
    }

    /// Finishes a function that is a loop.
    fn looped(&mut self, mut draft: Draft, label: Label, params: Vec<(LocalId, Atom)>, body: Block) -> FnId {
        let mut stmts = Vec::new();
        let result = draft.function.result;
        let value = draft.emit(&mut stmts, result, Op::Loop { label, params, body: Box::new(body) });
        self.add(draft.done(stmts, End::Yield(value)))
    }
}
