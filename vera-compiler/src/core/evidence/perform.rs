//! Operations, and `resume` where it is not captured.

use super::rewrite::{Cont, Env, Resumption, Rewriter};
use super::uses::Protocol;
use crate::core::{
    Answered, Atom, Block, EffectId, EffectKind, End, LocalId, Op, Perform, Register, Resume, Stmt, Unhandled,
};
use vera_abi::layout::Rep;

impl Rewriter<'_, '_> {
    /// An operation that does not capture. The result is how the block ends, where it does.
    pub(super) fn perform(&mut self, dest: LocalId, perform: Perform, env: &Env, out: &mut Vec<Stmt>) -> Option<End> {
        let Perform { effect, operation, args, unhandled } = perform;
        if !self.pass.uses.is_handled(effect) {
            return self.unhandled(dest, unhandled, args, out);
        }
        if let EffectKind::Cell(rep, _) = &self.pass.program.effects[effect.index()].kind {
            let shape = self.pass.cell(*rep);
            let cell = self.evidence_of(effect, env);
            let op = match (operation, args.into_iter().next()) {
                (1, Some(value)) => Op::CellSet(shape, cell, value),
                _ => Op::CellGet(shape, cell),
            };
            out.push(Stmt { dest, op });
            return None;
        }
        if let Some(&label) = env.clauses.get(&(effect, operation)) {
            return Some(End::Jump(label, args));
        }
        let Some(none) = self.asks_host(effect, env, out) else {
            return self.answered(dest, (effect, operation), args, env, out);
        };
        let result = self.locals[dest.index()];
        let by_host = self.inner(result, |this, dest, out| this.unhandled(dest, unhandled, args.clone(), out));
        let handled = self.inner(result, |this, dest, out| this.answered(dest, (effect, operation), args, env, out));
        out.push(Stmt { dest, op: Op::If(none, Box::new(by_host), Box::new(handled)) });
        None
    }

    /// A block with the value of what `build` adds to it.
    fn inner(&mut self, result: Rep, build: impl FnOnce(&mut Self, LocalId, &mut Vec<Stmt>) -> Option<End>) -> Block {
        let dest = self.local(result);
        let mut stmts = Vec::new();
        let end = build(self, dest, &mut stmts);
        Block { stmts, end: end.unwrap_or(End::Yield(Atom::Local(dest))) }
    }

    /// Where a host may have to carry out an operation: whether it has to.
    pub(super) fn asks_host(&mut self, effect: EffectId, env: &Env, out: &mut Vec<Stmt>) -> Option<Atom> {
        if env.handled.contains(&effect) || !self.pass.uses.hosted.contains(effect) {
            return None;
        }
        let evidence = self.evidence_of(effect, env);
        Some(self.is_none(evidence, out))
    }

    /// A choice by who answers. What is never done is left out, so that nothing looks for a host in vain.
    pub(super) fn answered_by(&mut self, answered: Answered, env: &Env, out: &mut Vec<Stmt>) -> Op {
        let Answered { effect, by_host, by_handler } = answered;
        let never = Block { stmts: Vec::new(), end: End::Unreachable };
        if !self.pass.uses.is_handled(effect) {
            return Op::If(Atom::Byte(1), Box::new(by_host), Box::new(never));
        }
        match self.asks_host(effect, env, out) {
            Some(none) => Op::If(none, Box::new(by_host), Box::new(by_handler)),
            None => Op::If(Atom::Byte(0), Box::new(never), Box::new(by_handler)),
        }
    }

    /// An operation that no handler answers.
    pub(super) fn unhandled(
        &mut self,
        dest: LocalId,
        unhandled: Unhandled,
        args: Vec<Atom>,
        out: &mut Vec<Stmt>,
    ) -> Option<End> {
        match unhandled {
            Unhandled::Host(import) => {
                out.push(Stmt { dest, op: Op::Extern(import, args) });
                None
            }
            Unhandled::Trap(site) => Some(End::Trap(site, args)),
            Unhandled::Never => Some(End::Unreachable),
        }
    }

    /// An operation that a handler answers.
    fn answered(
        &mut self,
        dest: LocalId,
        (effect, operation): (EffectId, u32),
        args: Vec<Atom>,
        env: &Env,
        out: &mut Vec<Stmt>,
    ) -> Option<End> {
        let evidence = self.evidence_of(effect, env);
        if self.pass.uses.protocol(effect, operation) == Protocol::Raise {
            let prompt = self.prompt_of(effect, evidence, out);
            self.carry(args, out);
            self.raise(prompt, i64::from(operation), out);
            return Some(self.unwind(env));
        }
        let closure = self.clause_of(effect, operation, evidence, out);
        let params = args.iter().map(|arg| self.rep(arg)).collect();
        let result = self.locals[dest.index()];
        out.push(Stmt { dest, op: Op::CallClosure { closure, args, params, result } });
        let facts = self.pass.uses.operation(effect, operation);
        self.test(&facts, env, out);
        None
    }

    /// Puts the arguments of an operation that unwinds into registers.
    pub(super) fn carry(&mut self, args: Vec<Atom>, out: &mut Vec<Stmt>) {
        let value = match <[Atom; 1]>::try_from(args) {
            Ok([value]) => value,
            Err(args) if args.is_empty() => return,
            Err(args) => {
                let reps = args.iter().map(|arg| self.rep(arg)).collect();
                let shape = self.pass.shape("arguments", reps);
                self.emit(out, Rep::Ptr, Op::Record(shape, args))
            }
        };
        let rep = self.rep(&value);
        self.emit(out, Rep::Unit, Op::Set(Register::Value(rep), value));
    }

    /// Takes the arguments that [`Rewriter::carry`] left.
    pub(super) fn carried(&mut self, reps: &[Rep], out: &mut Vec<Stmt>) -> Vec<Atom> {
        match *reps {
            [] => Vec::new(),
            [rep] => vec![self.emit(out, rep, Op::Get(Register::Value(rep)))],
            _ => {
                let shape = self.pass.shape("arguments", reps.to_vec());
                let record = self.emit(out, Rep::Ptr, Op::Get(Register::Value(Rep::Ptr)));
                let field = |(at, &rep)| self.emit(out, rep, Op::Field(shape, record.clone(), at));
                (0..).zip(reps).map(field).collect()
            }
        }
    }

    /// The closure in the evidence that carries out an operation.
    pub(super) fn clause_of(&mut self, effect: EffectId, operation: u32, evidence: Atom, out: &mut Vec<Stmt>) -> Atom {
        let (shape, at) = self.place_of(effect, operation);
        self.emit(out, Rep::Ptr, Op::Field(shape, evidence, at))
    }

    /// `resume` as an operation, where what it goes on with is called.
    pub(super) fn resume(&mut self, dest: LocalId, resume: Resume, env: &Env, out: &mut Vec<Stmt>) {
        let Some(clause) = env.clause.clone() else { return };
        let Resumption::Call { continuation, cells, result, raises } = &clause.resumption else {
            debug_assert!(false, "a clause that goes on after it resumes has a continuation");
            return;
        };
        self.update(&clause, &resume, out);
        self.put_back(cells.as_ref(), out);
        let rep = self.rep(&resume.value);
        let op = Op::CallClosure {
            closure: continuation.clone(),
            args: vec![resume.value],
            params: vec![rep],
            result: Rep::Unit,
        };
        self.emit(out, Rep::Unit, op);
        if *raises {
            self.test_raised(env, out);
        }
        out.push(Stmt { dest, op: Op::Get(Register::Value(*result)) });
    }

    /// `resume` at the end of a clause.
    pub(super) fn resume_last(&mut self, resume: Resume, env: &Env, out: &mut Vec<Stmt>) -> End {
        let Some(clause) = env.clause.clone() else { return End::Unreachable };
        self.update(&clause, &resume, out);
        let (continuation, cells) = match &clause.resumption {
            Resumption::Return => return End::Yield(resume.value),
            Resumption::Call { continuation, cells, .. } => (continuation, cells),
            Resumption::Captured { continuation, cells, after } => {
                let shape = self.pass.cell(Rep::Ptr);
                for (cell, found) in
                    after.iter().flat_map(|after| [Some(&after.continuation), after.chain.as_ref()]).flatten()
                {
                    self.emit(out, Rep::Unit, Op::CellSet(shape, cell.clone(), found.clone()));
                }
                (continuation, cells)
            }
        };
        self.put_back(cells.as_ref(), out);
        self.finish(resume.value, &Cont::Closure(continuation.clone()), out)
    }

    /// Gives the handler's state the value it has from the resumption on.
    pub(super) fn update(&mut self, clause: &super::rewrite::InClause, resume: &Resume, out: &mut Vec<Stmt>) {
        let Some((cell, rep)) = &clause.cell else { return };
        let next = match (&resume.state, &clause.resumption, &clause.found) {
            (Some(next), ..) => next.clone(),
            (None, Resumption::Return, _) | (None, _, None) => return,
            (None, _, Some(found)) => found.clone(),
        };
        let shape = self.pass.cell(*rep);
        self.emit(out, Rep::Unit, Op::CellSet(shape, cell.clone(), next));
    }
}
