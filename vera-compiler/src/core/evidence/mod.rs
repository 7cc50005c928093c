//! Compiles effects away: operations and handlers become calls, closures, cells and registers.
//!
//! **Evidence.** A function that may perform an operation takes one more parameter for the effect: the innermost
//! handler at its call, or [`Atom::NONE`] for the host. For `State` it is the cell itself. So handlers are dynamically
//! scoped without a global stack, and a continuation holds the handlers that were active when it was captured. An
//! analysis of the whole program finds which functions need which evidence ([`uses`]); closures of one signature are
//! treated alike.
//!
//! **Operations** reach their handler in one of three ways ([`uses::Protocol`]), decided for each operation over all its
//! clauses: as a call of a closure in the evidence, by unwinding, or with the continuation.
//!
//! **Unwinding.** A handler has a prompt. To unwind, [`Register::Raised`] is set to it and the function returns; the
//! register is tested after each call that may unwind. Within the function of the handler it is a jump. Nothing is
//! allocated, and no function is entered, between the raise and the handler that takes it.
//!
//! **Continuations.** A function whose continuation may be captured takes it as a closure, its last parameter, and
//! returns nothing: the code after a call becomes a function of the locals that it reads ([`capture`]). The function of
//! the handler calls it like any other function, with a continuation that stores its value in a register. In a clause
//! of such a handler `resume` is a call of the captured closure. A handler that may itself be captured by an outer one
//! is entered with its own continuation in a cell, and its prompt holds the closure that unwinding continues with.
//!
//! **Cells and continuations.** The cells of handlers within a captured continuation belong to it: resuming restores
//! their contents at the capture. So does the state of a handler itself. All resumptions share the cells of handlers
//! further out. A continuation keeps the handlers that were active when it was captured, regardless of those around the
//! `resume`.
//!
//! Invariant: the result contains no [`Op::Perform`], [`Op::Handle`], [`Op::Resume`]. Programs that perform no effects
//! of their own are not changed.

mod capture;
mod free;
mod handler;
mod helpers;
mod keys;
mod lift;
mod perform;
mod rewrite;
mod uses;

use super::{
    Atom, Block, EffectId, EffectKind, End, FnId, Function, Op, Origins, Program, RecordId, RecordShape, Register, Stmt,
};
use helpers::Helpers;
use rewrite::Rewriter;
use std::collections::HashMap;
use uses::Uses;
use vera_abi::layout::Rep;

/// Rewrites a program that was just lowered.
pub(crate) fn eliminate(program: &mut Program) {
    if program.effects.is_empty() {
        return;
    }
    let uses = Uses::of(program);
    let symbols = program.functions.iter().map(|function| (function.symbol.clone(), 0)).collect();
    let results: Vec<Rep> = program.functions.iter().map(|function| function.result).collect();
    let count = results.len();
    let mut pass = Pass { program, uses, symbols, results, helpers: Helpers::default(), cells: HashMap::new() };
    for index in 0..count {
        Rewriter::rewrite(&mut pass, FnId(index as u32));
    }
    pass.exports();
    program.effects.clear();
}

/// The program while it is rewritten.
struct Pass<'p> {
    program: &'p mut Program,
    uses: Uses,
    /// The symbols in use, and how many others were made of each.
    symbols: HashMap<String, u32>,
    /// What the functions of the program return before any is rewritten.
    results: Vec<Rep>,
    helpers: Helpers,
    /// Shapes of cells, by what they hold.
    cells: HashMap<Rep, RecordId>,
}

impl Pass<'_> {
    /// The key of the chain of cells (see [`helpers`]), which is passed like evidence.
    fn chain(&self) -> EffectId {
        EffectId(self.program.effects.len() as u32)
    }

    /// The operations of an effect.
    fn operations(&self, effect: EffectId) -> &[super::Operation] {
        match &self.program.effects[effect.index()].kind {
            EffectKind::Operations(operations) => operations,
            EffectKind::Cell(..) => &[],
        }
    }

    /// A symbol that no function has yet.
    fn symbol(&mut self, wanted: String) -> String {
        let mut others = self.symbols.get(&wanted).copied().unwrap_or(0);
        let mut symbol = wanted.clone();
        while self.symbols.contains_key(&symbol) {
            others += 1;
            symbol = format!("{wanted}#{}", others + 1);
        }
        self.symbols.insert(wanted, others);
        self.symbols.entry(symbol.clone()).or_default();
        symbol
    }

    /// Adds a function.
    fn add(&mut self, mut function: Function) -> FnId {
        function.symbol = self.symbol(function.symbol);
        self.program.functions.push(function);
        FnId(self.program.functions.len() as u32 - 1)
    }

    /// The shape of cells that hold a representation.
    fn cell(&mut self, rep: Rep) -> RecordId {
        if let Some(&known) = self.cells.get(&rep) {
            return known;
        }
        let id = self.shape("cell", vec![rep]);
        self.cells.insert(rep, id);
        id
    }

    /// A record shape of tag 0.
    fn shape(&mut self, name: &str, fields: Vec<Rep>) -> RecordId {
        self.tagged(name, 0, fields)
    }

    /// A record shape.
    fn tagged(&mut self, name: &str, tag: u32, fields: Vec<Rep>) -> RecordId {
        let shape = RecordShape { name: name.to_owned(), tag, fields };
        let records = &mut self.program.records;
        let index = records.iter().position(|known| *known == shape).unwrap_or_else(|| {
            records.push(shape);
            records.len() - 1
        });
        RecordId(index as u32)
    }

    /// Gives hosts functions without evidence: they answer what no handler does, and their cells are new at each call.
    fn exports(&mut self) {
        let mut wrapped: HashMap<FnId, FnId> = HashMap::new();
        for index in 0..self.program.exports.len() {
            let id = self.program.exports[index].1;
            let facts = self.uses.function(id).clone();
            if facts.needs.is_empty() && facts.controls.is_empty() {
                continue;
            }
            let wrapper = match wrapped.get(&id) {
                Some(&known) => known,
                None => {
                    let wrapper = self.export(id, &facts);
                    wrapped.insert(id, wrapper);
                    wrapper
                }
            };
            self.program.exports[index].1 = wrapper;
        }
    }

    fn export(&mut self, id: FnId, facts: &uses::Facts) -> FnId {
        let callee = self.program.function(id);
        let captured = !facts.controls.is_empty();
        let result = self.results[id.index()];
        let evidence = facts.needs.iter().count() + usize::from(captured && self.uses.chained);
        let own = callee.params.len() - evidence - usize::from(captured);
        let params: Vec<Rep> = callee.params[..own].iter().map(|&param| callee.rep(param)).collect();
        let mut wrapper = Function {
            symbol: format!("{}/host", callee.symbol),
            frame: None,
            params: Vec::new(),
            result,
            locals: Vec::new(),
            origins: Origins::default(),
            body: Block { stmts: Vec::new(), end: End::Unreachable },
            inline: false,
        };
        wrapper.params = params.into_iter().map(|rep| wrapper.new_local(rep)).collect();
        let mut args: Vec<Atom> = wrapper.params.iter().map(|&param| Atom::Local(param)).collect();
        let mut stmts = Vec::new();
        for effect in facts.needs.iter() {
            let EffectKind::Cell(rep, first) = self.program.effects[effect.index()].kind.clone() else {
                args.push(Atom::NONE);
                continue;
            };
            let first = match first {
                Ok(first) => first,
                Err(site) => {
                    wrapper.body = Block { stmts, end: End::Trap(site, Vec::new()) };
                    return self.add(wrapper);
                }
            };
            let dest = wrapper.new_local(Rep::Ptr);
            stmts.push(Stmt { dest, op: Op::Cell(self.cell(rep), first) });
            args.push(Atom::Local(dest));
        }
        let end = if captured {
            args.extend(self.uses.chained.then_some(Atom::NONE));
            let closure = wrapper.new_local(Rep::Ptr);
            stmts.push(Stmt { dest: closure, op: Op::Closure(self.answer(result), Vec::new()) });
            args.push(Atom::Local(closure));
            let done = wrapper.new_local(Rep::Unit);
            stmts.push(Stmt { dest: done, op: Op::Call(id, args) });
            let value = wrapper.new_local(result);
            stmts.push(Stmt { dest: value, op: Op::Get(Register::Value(result)) });
            End::Yield(Atom::Local(value))
        } else {
            End::TailCall(id, args)
        };
        wrapper.body = Block { stmts, end };
        self.add(wrapper)
    }
}
