//! Operations that run while the program goes on: `async(E.op(arguments))`.
//!
//! A future is a record of its value. Where the argument of `async` is an operation and the host answers it, the host makes
//! the future: one with the value, or a *started* one if the host can start the operation. A started future is a record
//! of another tag, with the number of the operation and a cell for the finished future ([`vera_abi::prelude::future`]).
//! Whatever reads the value of such a future calls a function of its type, the *reader*. It takes the value from the cell
//! or asks the host for it. There is one tag for each operation, and for each place that checks its result in words of
//! its own.
//!
//! Invariant: if a program starts operations for a type of future, only the reader reads values of that type, in `await`,
//! patterns, `==` and `show` alike. So a program cannot tell whether an operation was started, except by the order of
//! events outside of it. Programs that start nothing are compiled as without this module.
//!
//! These are evaluated before `async`: an operation that a handler of the program answers; an argument that is more than
//! an operation; effects whose operations must keep their order (all of the language except `Http` and `Inference`);
//! operations without a result, which nobody awaits. Proofs and the interpreter start nothing.
//!
//! Futures in what a host is given are awaited first ([`Derivation::Settle`]), so that a host need not wait while it reads a
//! value.

use super::body::{Body, Scope};
use super::context::Lowering;
use super::readers::{Awaiting, Readers, started};
use super::work::{Awaited, Derivation, Job};
use crate::core::{
    self, Answered, Atom, Block, End, ExternId, FnId as CoreFnId, Op, Prim, RecordId, Stmt, SwitchOn, Unhandled,
};
use crate::source::Span;
use crate::tir::{Expr, ExprKind};
use crate::types::{Ty, TyKind};
use indexmap::IndexMap;
use std::collections::HashSet;
use vera_abi::layout::Rep;
use vera_abi::names::Import;
use vera_abi::prelude::future;

impl<'p> Body<'_, 'p> {
    /// A call of `async` whose argument may be started; `None` for any other expression.
    pub(super) fn start(&mut self, call: &'p Expr) -> Option<Atom> {
        if self.lo.proofs.is_some() {
            return None;
        }
        let argument = started(self.lo.program, self.lo.lang_items.start, call)?;
        let ExprKind::Perform { effect, operation, args: written } = &argument.kind else { return None };
        if self.rep(argument.ty) == Rep::Unit {
            return None;
        }
        let args = self.exprs(written);
        self.settle_arguments(&args, written);
        let performed = self.host_operation(argument, effect, *operation);
        let future = self.ty(call.ty);
        let shape = self.lo.record(future, future::FUTURE);
        let (value, import) = (performed.import.result, performed.import.clone());
        let checked = self.lo.is_checked_inside(performed.promise.ty) || self.is_refined(performed.promise.ty);
        let by_host = core::Extern {
            name: Import::Start.name(&import.name),
            params: import.params.iter().copied().chain([Rep::I64]).collect(),
            result: Rep::Ptr,
            allocates: true,
            ..import.clone()
        };
        let by_host = self.lo.import(by_host);
        let awaits = core::Extern { name: Import::Await.name(&import.name), params: vec![Rep::I64], ..import };
        let awaits = self.lo.import(awaits);
        let awaiting = if checked {
            let promise = performed.promise.clone();
            self.lo.awaited(Awaited { import: awaits, promise, function: self.scope.function })
        } else {
            Awaiting::Host(awaits)
        };
        let tag = self.lo.started_tag((shape, value), awaiting, &performed.import.name, call.span);

        let host = self.block(|body| {
            let args = args.iter().cloned().chain([Atom::I64(i64::from(tag))]).collect();
            let given = body.b.emit(Rep::Ptr, Op::Extern(by_host, args));
            if checked {
                let tag = body.b.prim(Prim::TagOf, vec![given.clone()]);
                let done = body.b.prim(Prim::EqI64, vec![tag, Atom::I64(i64::from(future::FUTURE))]);
                let check = |body: &mut Self| {
                    let value = body.b.emit(value, Op::Field(shape, given.clone(), 0));
                    body.check_promise(&value, &performed.promise);
                    Atom::Unit
                };
                body.branch(done, Rep::Unit, check, |_| Atom::Unit);
            }
            given
        });
        let by_handler = self.block(|body| {
            let value = body.perform_by(&performed, args.clone(), Unhandled::Never);
            body.b.emit(Rep::Ptr, Op::Record(shape, vec![value]))
        });
        let answered = Answered { effect: performed.handled, by_host: host, by_handler };
        Some(self.b.emit(Rep::Ptr, Op::Answered(Box::new(answered))))
    }

    /// Awaits the futures in the arguments of an operation, because its host will read them.
    pub(super) fn settle_arguments(&mut self, atoms: &[Atom], args: &[Expr]) {
        for (atom, arg) in atoms.iter().zip(args) {
            let ty = self.ty(arg.ty);
            self.settle(atom, ty);
        }
    }

    /// Awaits the futures in a value of a concrete type.
    pub(super) fn settle(&mut self, value: &Atom, ty: Ty) {
        if self.lo.futures.starts && self.lo.proofs.is_none() && self.lo.has_future(ty) {
            self.call_derived(Derivation::Settle, ty, vec![value.clone()], Rep::Unit);
        }
    }
}

impl Lowering<'_> {
    /// Whether values of a concrete type may contain futures.
    pub(super) fn has_future(&mut self, ty: Ty) -> bool {
        let mut seen = HashSet::new();
        let mut rest = vec![ty];
        while let Some(ty) = rest.pop() {
            if !seen.insert(ty) {
                continue;
            }
            match self.types.kind(ty).clone() {
                TyKind::Data(data, _) if Some(data) == self.lang_items.future => return true,
                TyKind::Data(data, args) => {
                    let count = self.program.data(data).constructors.len();
                    rest.extend((0..count).flat_map(|tag| self.field_types(data, &args, tag as u32)));
                }
                TyKind::Array(element) => rest.push(element),
                TyKind::Tuple(items) => rest.extend(items),
                _ => {}
            }
        }
        false
    }

    /// Whether an exported function has to await futures in its result.
    pub(super) fn is_settled(&mut self, result: Ty) -> bool {
        self.futures.starts && self.has_future(result)
    }

    fn awaited(&mut self, awaited: Awaited) -> Awaiting {
        if let Some(&known) = self.awaited.get(&awaited) {
            return Awaiting::Checked(known);
        }
        let id = self.reserve(Job::Awaited(awaited.clone()));
        self.awaited.insert(awaited, id);
        Awaiting::Checked(id)
    }

    /// The tag of a started future.
    fn started_tag(&mut self, (shape, value): (RecordId, Rep), awaiting: Awaiting, operation: &str, span: Span) -> u32 {
        if !self.futures.read.contains_key(&shape) {
            let function = CoreFnId(self.functions.len() as u32);
            self.functions.push(None);
            self.futures.read.insert(shape, Readers { function, value, span, started: IndexMap::new() });
        }
        let readers = &self.futures.read[&shape];
        let tag = readers.started.get_index_of(&awaiting).unwrap_or(readers.started.len()) as u32 + 1;
        self.check_record(tag, &future::STARTED);
        let name = format!("started {operation}");
        let record = core::RecordShape { name, tag, fields: future::STARTED.to_vec() };
        let record = RecordId(self.records.insert_full(record).0 as u32);
        self.futures.read[&shape].started.entry(awaiting).or_insert(record);
        tag
    }

    /// Builds the function that asks the host for a result and checks it.
    pub(super) fn build_awaited(&mut self, awaited: &Awaited) -> Option<core::Function> {
        let Awaited { import, promise, function } = awaited;
        let symbol = format!("await {}", promise.place);
        let owner = match function {
            Some(function) => self.owner(self.program.function(*function)),
            None => self.made(&symbol, promise.span),
        };
        let value = self.externs[import.0 as usize].result;
        let mut body = Body::new(self, Scope::new(*function, &[], [].into(), owner, promise.span), value);
        let number = body.b.param(Rep::I64);
        let value = body.b.emit(value, Op::Extern(*import, vec![number]));
        body.check_promise(&value, promise);
        Some(body.finish(value, symbol, None))
    }

    /// Replaces the reads of futures that may be started by calls of their readers, and builds the readers.
    pub(super) fn read_futures(&mut self) {
        let read = std::mem::take(&mut self.futures.read);
        for function in self.functions.iter_mut().flatten() {
            function.body.for_each_block_mut(|block| {
                for stmt in &mut block.stmts {
                    if let Op::Field(shape, future, _) = &stmt.op
                        && let Some(readers) = read.get(shape)
                    {
                        stmt.op = Op::Call(readers.function, vec![future.clone()]);
                    }
                }
            });
        }
        for (shape, readers) in &read {
            let function = self.build_reader(*shape, readers);
            self.functions[readers.function.index()] = Some(function);
        }
    }

    fn build_reader(&mut self, shape: RecordId, readers: &Readers) -> core::Function {
        let cell = core::RecordShape { name: "cell".into(), tag: 0, fields: future::CELL.to_vec() };
        let cell = RecordId(self.records.insert_full(cell).0 as u32);
        let symbol = format!("await {}", self.records[shape.index()].name);
        let owner = self.made(&symbol, readers.span);
        let mut body = Body::new(self, Scope::new(None, &[], [].into(), owner, readers.span), readers.value);
        let future = body.b.param(Rep::Ptr);
        let done = body.block(|body| body.b.emit(readers.value, Op::Field(shape, future.clone(), 0)));
        let mut cases = vec![(i64::from(future::FUTURE), done)];
        for (&awaiting, &started) in &readers.started {
            let tag = i64::from(body.lo.records[started.index()].tag);
            cases.push((tag, body.read_started(&future, (shape, readers.value), (started, cell), awaiting)));
        }
        let on = SwitchOn::Tag(future);
        let value = body.b.emit(readers.value, Op::Switch { on, cases, default: None });
        body.finish(value, symbol, None)
    }
}

impl Body<'_, '_> {
    fn read_started(
        &mut self,
        future: &Atom,
        (shape, value): (RecordId, Rep),
        (started, cell): (RecordId, RecordId),
        awaiting: Awaiting,
    ) -> Block {
        self.block(|body| {
            let finished = body.b.emit(Rep::Ptr, Op::Field(started, future.clone(), future::FINISHED));
            let known = body.b.emit(Rep::Ptr, Op::CellGet(cell, finished.clone()));
            let none = body.b.prim(Prim::SameObject, vec![known.clone(), Atom::NONE]);
            let ask = |body: &mut Self| {
                let number = body.b.emit(Rep::I64, Op::Field(started, future.clone(), future::NUMBER));
                let op = match awaiting {
                    Awaiting::Host(import) => Op::Extern(import, vec![number]),
                    Awaiting::Checked(function) => Op::Call(function, vec![number]),
                };
                let value = body.b.emit(value, op);
                let done = body.b.emit(Rep::Ptr, Op::Record(shape, vec![value.clone()]));
                body.b.emit(Rep::Unit, Op::CellSet(cell, finished, done));
                value
            };
            let find = |body: &mut Self| body.b.emit(value, Op::Field(shape, known.clone(), 0));
            body.branch(none, value, ask, find)
        })
    }
}

/// Removes what would await operations that are never started, because handlers answer them. So a program does not ask for
/// a host that it has no use for.
pub(super) fn drop_unstarted(program: &mut core::Program) {
    let imports = &program.externs;
    let operation = |id: ExternId, wanted: Import| {
        let import = &imports[id.index()];
        let (operation, does) = Import::of_name(&import.name);
        (does == wanted).then_some((import.module.as_str(), operation))
    };
    let mut started = HashSet::new();
    for function in &program.functions {
        function.body.for_each_block(|block| {
            for stmt in &block.stmts {
                if let Op::Extern(id, _) = stmt.op {
                    started.extend(operation(id, Import::Start));
                }
            }
        });
    }
    let unstarted = |stmt: &Stmt| match stmt.op {
        Op::Extern(id, _) => operation(id, Import::Await).is_some_and(|awaited| !started.contains(&awaited)),
        _ => false,
    };
    for function in &mut program.functions {
        function.body.for_each_block_mut(|block| {
            if let Some(first) = block.stmts.iter().position(unstarted) {
                block.stmts.truncate(first);
                block.end = End::Unreachable;
            }
        });
    }
}
