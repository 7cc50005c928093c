//! Code whose continuation may be captured: the code after an operation becomes a function of the locals that it reads.
//!
//! Statements that do not capture stay unchanged. At a statement that may capture, the rest of the block is lifted, and
//! the statement becomes the block's end: a tail call that gets the rest as a closure. Constructs end in each of their
//! blocks. Targets of jumps, and loops, become functions where a captured rest may jump to them.

use super::rewrite::{Cont, Env, Mode, Rest, Resumption, Rewriter};
use crate::core::visit::with_stack;
use crate::core::{Atom, Block, End, FnId, Label, LocalId, Op, Perform, Register, Resume, Stmt};
use vera_abi::layout::Rep;

impl Rewriter<'_, '_> {
    /// Whether the continuation of an operation may be captured.
    pub(super) fn is_captured(&self, op: &Op, env: &Env) -> bool {
        !self.pass.uses.op(op).controls.is_empty() || in_captured_clause(env) && resumes(op)
    }

    /// What follows a statement, as a continuation of its value.
    pub(super) fn rest(&mut self, dest: LocalId, rest: Rest, env: &Env, cont: &Cont) -> Cont {
        let (function, captures) = self.lift_function("rest", (Mode::Captured, Rep::Unit), &[dest], |this| {
            let env = env.lifted(&this.frame);
            with_stack(|| {
                let mut stmts = Vec::new();
                let end = this.continued(rest, &env, cont, &mut stmts);
                Block { stmts, end }
            })
        });
        Cont::Call(function, captures)
    }

    /// An operation that may capture; its value goes to `cont`.
    pub(super) fn captured(&mut self, dest: LocalId, op: Op, env: &Env, cont: &Cont, out: &mut Vec<Stmt>) -> End {
        let result = self.locals[dest.index()];
        match op {
            Op::Call(callee, mut args) => {
                let facts = self.pass.uses.function(callee).clone();
                args.extend(self.evidence(&facts, env));
                args.push(self.closure_of(cont, result, out));
                End::TailCall(callee, args)
            }
            Op::CallClosure { closure, mut args, mut params, result } => {
                let facts = self.pass.uses.closure(&params, result);
                self.add_evidence(&facts, env, &mut args, &mut params);
                args.push(self.closure_of(cont, result, out));
                params.push(Rep::Ptr);
                End::TailCallClosure { closure, args, params, result: Rep::Unit }
            }
            Op::Perform(perform) => self.perform_captured(result, *perform, env, cont, out),
            Op::Handle(handle) => self.handle_captured(*handle, result, env, cont, out),
            Op::Resume(resume) => self.resume_captured(result, resume, env, cont, out),
            Op::Outside(outside) => self.continued(Rest::of(outside.body), &env.outside(&outside.effects), cont, out),
            Op::Join { label, params, body, target } => {
                let (function, captures) = self.lift_function("join", (Mode::Captured, Rep::Unit), &params, |this| {
                    let env = env.lifted(&this.frame);
                    this.block(*target, &env, cont)
                });
                let mut env = env.clone();
                env.targets.insert(label, (function, captures));
                self.continued(Rest::of(*body), &env, cont, out)
            }
            Op::Loop { label, params, body } => self.loop_captured(label, params, *body, env, cont),
            op => self.last(op, env, cont, out),
        }
    }

    /// A loop becomes a function of its parameters and of everything that is known where it starts.
    fn loop_captured(
        &mut self,
        label: Label,
        params: Vec<(LocalId, Atom)>,
        body: Block,
        env: &Env,
        cont: &Cont,
    ) -> End {
        let (params, firsts): (Vec<LocalId>, Vec<Atom>) = params.into_iter().unzip();
        // The jumps back are operands of the body, so what it captures is settled first.
        let mut captures: Vec<LocalId> = super::free::free_locals(&body, &params);
        let known = env.evidence.values().chain(env.targets.values().flat_map(|(_, captures)| captures));
        captures.extend(known.filter_map(Atom::local));
        captures.extend(cont.operands().iter().filter_map(Atom::local));
        captures.extend(env.clause.iter().flat_map(|clause| clause.operands()).filter_map(|atom| atom.local()));
        captures.sort_unstable();
        captures.dedup();
        let id = self.reserve_lifted("loop");
        let again: Vec<Atom> = captures.iter().map(|&local| Atom::Local(local)).collect();
        let body = self.lifted_body(Mode::Captured, Rep::Unit, |this| {
            let mut env = env.lifted(&this.frame);
            env.targets.insert(label, (id, again.clone()));
            this.block(body, &env, cont)
        });
        let all = captures.into_iter().chain(params).collect();
        self.finish_lifted(id, Rep::Unit, all, body);
        End::TailCall(id, again.into_iter().chain(firsts).collect())
    }

    fn perform_captured(&mut self, result: Rep, perform: Perform, env: &Env, cont: &Cont, out: &mut Vec<Stmt>) -> End {
        let Perform { effect, operation, args, unhandled } = perform;
        let by_host = self.asks_host(effect, env, out).map(|none| {
            let dest = self.local(result);
            let mut stmts = Vec::new();
            let end = self.unhandled(dest, unhandled, args.clone(), &mut stmts);
            let end = end.unwrap_or_else(|| self.finish(Atom::Local(dest), cont, &mut stmts));
            (none, Block { stmts, end })
        });
        let mut stmts = Vec::new();
        let evidence = self.evidence_of(effect, env);
        let closure = self.clause_of(effect, operation, evidence, &mut stmts);
        let mut params: Vec<Rep> = args.iter().map(|arg| self.rep(arg)).collect();
        let mut args = args;
        args.push(self.closure_of(cont, result, &mut stmts));
        if self.pass.uses.chained {
            args.push(self.evidence_of(self.pass.chain(), env));
        }
        params.resize(args.len(), Rep::Ptr);
        let end = End::TailCallClosure { closure, args, params, result: Rep::Unit };
        match by_host {
            None => {
                out.extend(stmts);
                end
            }
            Some((none, by_host)) => {
                let handled = Block { stmts, end };
                let dest = self.emit(out, Rep::Unit, Op::If(none, Box::new(by_host), Box::new(handled)));
                End::Yield(dest)
            }
        }
    }

    /// `resume` where the clause goes on with its value: the rest of the clause is what the handler continues with.
    fn resume_captured(&mut self, result: Rep, resume: Resume, env: &Env, cont: &Cont, out: &mut Vec<Stmt>) -> End {
        let Some(clause) = env.clause.clone() else { return End::Unreachable };
        let Resumption::Captured { continuation, cells, after: Some(kept) } = &clause.resumption else {
            debug_assert!(false, "a clause that goes on after it resumes has a handler that can continue with it");
            return End::Unreachable;
        };
        self.update(&clause, &resume, out);
        self.put_back(cells.as_ref(), out);
        let after = self.closure_of(cont, result, out);
        let shape = self.pass.cell(Rep::Ptr);
        self.emit(out, Rep::Unit, Op::CellSet(shape, kept.continuation.0.clone(), after));
        if let Some((cell, _)) = &kept.chain {
            let chain = self.evidence_of(self.pass.chain(), env);
            self.emit(out, Rep::Unit, Op::CellSet(shape, cell.clone(), chain));
        }
        self.finish(resume.value, &Cont::Closure(continuation.clone()), out)
    }

    /// A continuation of values of a representation as a closure.
    pub(super) fn closure_of(&mut self, cont: &Cont, rep: Rep, out: &mut Vec<Stmt>) -> Atom {
        match cont {
            Cont::Closure(closure) => closure.clone(),
            Cont::Call(function, captures) => {
                let reps = captures.iter().map(|atom| self.rep(atom)).collect();
                let shape = self.pass.continuation(*function, reps, rep);
                self.emit(out, Rep::Ptr, Op::Closure(shape, captures.clone()))
            }
            Cont::Answer => {
                let shape = self.pass.answer(rep);
                self.emit(out, Rep::Ptr, Op::Closure(shape, Vec::new()))
            }
            Cont::Yield | Cont::Abort(..) => {
                debug_assert!(false, "what returns its value is not captured");
                Atom::NONE
            }
        }
    }

    /// How a function whose continuation may be captured goes on unwinding: with the closure that the prompt holds, or,
    /// where the handler is further out on the stack, by returning.
    pub(super) fn unwound(&mut self) -> Block {
        let mut out = Vec::new();
        let raised = self.emit(&mut out, Rep::Ptr, Op::Get(Register::Raised));
        let shape = self.pass.cell(Rep::Ptr);
        let closure = self.emit(&mut out, Rep::Ptr, Op::CellGet(shape, raised));
        let none = self.is_none(closure.clone(), &mut out);
        let returns = Block { stmts: Vec::new(), end: End::Yield(Atom::Unit) };
        let mut stmts = Vec::new();
        self.emit(&mut stmts, Rep::Unit, Op::Set(Register::Raised, Atom::NONE));
        let end = End::TailCallClosure { closure, args: Vec::new(), params: Vec::new(), result: Rep::Unit };
        let dest = self.emit(&mut out, Rep::Unit, Op::If(none, Box::new(returns), Box::new(Block { stmts, end })));
        Block { stmts: out, end: End::Yield(dest) }
    }

    /// What the cells between a handler and an operation hold: to be put back at each resumption.
    pub(super) fn snapshot(&mut self, chain: Atom, base: Atom, out: &mut Vec<Stmt>) -> Atom {
        let function = self.pass.snapshot();
        self.emit(out, Rep::Ptr, Op::Call(function, vec![chain, base]))
    }

    /// Puts back what cells held.
    pub(super) fn put_back(&mut self, cells: Option<&Atom>, out: &mut Vec<Stmt>) {
        if let Some(cells) = cells {
            let function = self.pass.restore();
            self.emit(out, Rep::Unit, Op::Call(function, vec![cells.clone()]));
        }
    }

    /// Makes the chain go on with what a cell holds; gives the cell.
    pub(super) fn turned(&mut self, env: &mut Env, out: &mut Vec<Stmt>) -> Option<Atom> {
        if !self.pass.uses.chained {
            return None;
        }
        let key = self.pass.chain();
        let (shape, turn) = (self.pass.cell(Rep::Ptr), self.pass.turn());
        let rest = self.evidence_of(key, env);
        let cell = self.emit(out, Rep::Ptr, Op::Cell(shape, rest));
        let chain = self.emit(out, Rep::Ptr, Op::Record(turn, vec![cell.clone()]));
        env.evidence.insert(key, chain);
        self.chained(env, cell.clone(), Rep::Ptr, out);
        Some(cell)
    }

    /// Adds a cell to the chain of those that belong to what is captured.
    pub(super) fn chained(&mut self, env: &mut Env, cell: Atom, rep: Rep, out: &mut Vec<Stmt>) {
        if !self.pass.uses.chained {
            return;
        }
        let key = self.pass.chain();
        let (save, link) = (self.pass.save(rep), self.pass.link());
        let save = self.emit(out, Rep::Ptr, Op::Closure(save, vec![cell]));
        let rest = self.evidence_of(key, env);
        let chain = self.emit(out, Rep::Ptr, Op::Record(link, vec![save, rest]));
        env.evidence.insert(key, chain);
    }
}

impl Cont {
    /// The operands it holds.
    fn operands(&self) -> Vec<Atom> {
        match self {
            Cont::Yield | Cont::Answer => Vec::new(),
            Cont::Closure(atom) | Cont::Abort(atom, _) => vec![atom.clone()],
            Cont::Call(FnId(_), captures) => captures.clone(),
        }
    }
}

impl super::rewrite::InClause {
    /// The operands it holds.
    fn operands(&self) -> Vec<Atom> {
        let mut operands = Vec::new();
        operands.extend(self.cell.iter().map(|(cell, _)| cell.clone()));
        operands.extend(self.found.clone());
        match &self.resumption {
            Resumption::Return => {}
            Resumption::Call { continuation, cells, .. } => {
                operands.push(continuation.clone());
                operands.extend(cells.clone());
            }
            Resumption::Captured { continuation, cells, after } => {
                operands.push(continuation.clone());
                operands.extend(cells.clone());
                let pairs = after.iter().flat_map(|after| after.chain.iter().chain([&after.continuation]));
                operands.extend(pairs.flat_map(|(cell, found)| [cell.clone(), found.clone()]));
            }
        }
        operands
    }
}

fn in_captured_clause(env: &Env) -> bool {
    env.clause.as_ref().is_some_and(|clause| matches!(clause.resumption, Resumption::Captured { .. }))
}

/// Whether an operation resumes, in a block of it or by itself. Clauses inside have handlers of their own.
fn resumes(op: &Op) -> bool {
    match op {
        Op::Resume(_) => true,
        Op::Handle(handle) => with_stack(|| block_resumes(&handle.body)),
        op => {
            let mut found = false;
            op.for_each_inner(|inner| found = found || with_stack(|| block_resumes(inner)));
            found
        }
    }
}

fn block_resumes(block: &Block) -> bool {
    matches!(block.end, End::Resume(_)) || block.stmts.iter().any(|stmt| resumes(&stmt.op))
}
