//! Handlers: their cells, prompts and closures, and the blocks under them.

use super::rewrite::{After, Cont, Env, InClause, Mode, Rest, Resumption, Rewriter, inlined};
use super::uses::{Ending, Protocol};
use crate::core::{
    Atom, Block, Clause, EffectId, EffectKind, End, Handle, Label, LocalId, Op, Prim, RecordId, Register, Stmt,
};
use std::rc::Rc;
use vera_abi::layout::Rep;

/// What a handler's clauses share.
struct Installed {
    effect: EffectId,
    /// Representation of the handler's value.
    result: Rep,
    /// The cell of its state.
    state: Option<(Atom, Rep)>,
    /// The cell further out that stands for its state.
    cell: Option<(Atom, Rep)>,
    prompt: Option<Atom>,
    /// The chain of cells where the handler is.
    base: Option<Atom>,
    /// Whether the handled block, or a clause, may unwind to a handler further out.
    raises: bool,
    /// Where clauses go on after they resume: the cells of the handler's continuation and of the chain of cells there.
    after: Option<(Atom, Option<Atom>)>,
}

impl Rewriter<'_, '_> {
    /// A handler that nobody further out captures through. The result is how the block ends, where it does.
    pub(super) fn handle(&mut self, dest: LocalId, handle: Handle, env: &Env, out: &mut Vec<Stmt>) -> Option<End> {
        let effect = handle.effect;
        if let EffectKind::Cell(..) = self.pass.program.effects[effect.index()].kind {
            let Some((rep, first)) = handle.state else { return Some(End::Unreachable) };
            let shape = self.pass.cell(rep);
            let cell = self.emit(out, Rep::Ptr, Op::Cell(shape, first));
            let body = self.block(handle.body, &env.under(effect, cell), &Cont::Yield);
            return inlined(dest, body, out);
        }
        let facts = self.pass.uses.handle(&handle);
        let captures = self.pass.uses.block(&handle.body).controls.contains(effect);
        let mut installed = self.installed(&handle, self.locals[dest.index()], !facts.raises.is_empty(), env, out);
        installed.base = self.pass.uses.chained.then_some(Atom::NONE);
        let caught = self.unwound_clauses(effect, &handle.clauses);
        let body = handle.body;
        let (evidence, clauses) =
            self.evidence_record(&installed, handle.clauses, caught, Mode::Direct, env, &Cont::Answer, out);

        let mut inside = env.under(effect, evidence);
        let labels: Vec<Label> = clauses.iter().map(|_| self.label()).collect();
        for (clause, &label) in clauses.iter().zip(&labels) {
            inside.clauses.insert((effect, clause.operation), label);
        }
        if installed.prompt.is_some() {
            inside.unwind = self.label();
        }
        let body = if captures {
            if self.pass.uses.chained {
                inside.evidence.insert(self.pass.chain(), Atom::NONE);
            }
            self.entered(body, &inside, installed.result, !facts.raises.is_empty())
        } else {
            self.block(body, &inside, &Cont::Yield)
        };
        let Some(prompt) = installed.prompt.clone() else { return inlined(dest, body, out) };

        let target = self.caught(&prompt, &installed, &clauses, &labels, env);
        let join =
            Op::Join { label: inside.unwind, params: Vec::new(), body: Box::new(body), target: Box::new(target) };
        let mut op = join;
        for (clause, &label) in clauses.into_iter().zip(&labels) {
            let value = self.local(installed.result);
            let body = Block { stmts: vec![Stmt { dest: value, op }], end: End::Yield(Atom::Local(value)) };
            let params = clause.params.clone();
            let target = self.clause_after_unwinding(clause, &installed, env, &Cont::Yield);
            op = Op::Join { label, params, body: Box::new(body), target: Box::new(target) };
        }
        out.push(Stmt { dest, op });
        None
    }

    /// A block whose continuation its own handler captures, called as a function.
    fn entered(&mut self, body: Block, env: &Env, result: Rep, raises: bool) -> Block {
        let param = self.local(Rep::Ptr);
        let (function, mut args) = self.lift_function("handled", (Mode::Captured, Rep::Unit), &[param], |this| {
            let env = env.lifted(&this.frame);
            this.block(body, &env, &Cont::Closure(Atom::Local(param)))
        });
        let mut stmts = Vec::new();
        args.push(self.closure_of(&Cont::Answer, result, &mut stmts));
        self.emit(&mut stmts, Rep::Unit, Op::Call(function, args));
        if raises {
            self.test_raised(env, &mut stmts);
        }
        let value = self.emit(&mut stmts, result, Op::Get(Register::Value(result)));
        Block { stmts, end: End::Yield(value) }
    }

    /// Where control arrives that unwinds out of the handled block: it is this handler's, or goes on.
    fn caught(
        &mut self,
        prompt: &Atom,
        installed: &Installed,
        clauses: &[Clause],
        labels: &[Label],
        env: &Env,
    ) -> Block {
        let mut out = Vec::new();
        let raised = self.emit(&mut out, Rep::Ptr, Op::Get(Register::Raised));
        let mine = self.emit(&mut out, Rep::Byte, Op::Prim(Prim::SameObject, vec![raised, prompt.clone()]));
        let mut stmts = Vec::new();
        self.emit(&mut stmts, Rep::Unit, Op::Set(Register::Raised, Atom::NONE));
        let end = self.dispatched(installed, clauses, &mut stmts, |this, position, stmts| {
            let reps: Vec<Rep> = clauses[position].params.iter().map(|param| this.locals[param.index()]).collect();
            End::Jump(labels[position], this.carried(&reps, stmts))
        });
        let here = Block { stmts, end };
        let further = Block { stmts: Vec::new(), end: self.unwind(env) };
        let value = self.emit(&mut out, installed.result, Op::If(mine, Box::new(here), Box::new(further)));
        Block { stmts: out, end: End::Yield(value) }
    }

    /// A choice between the clauses that run after unwinding, and the value of the handler that a clause gave.
    fn dispatched(
        &mut self,
        installed: &Installed,
        clauses: &[Clause],
        out: &mut Vec<Stmt>,
        mut go: impl FnMut(&mut Self, usize, &mut Vec<Stmt>) -> End,
    ) -> End {
        let operation = self.emit(out, Rep::I64, Op::Get(Register::Operation));
        let mut cases = Vec::with_capacity(clauses.len());
        for (position, clause) in clauses.iter().enumerate() {
            let mut stmts = Vec::new();
            let end = go(self, position, &mut stmts);
            cases.push((i64::from(clause.operation), Block { stmts, end }));
        }
        let mut stmts = Vec::new();
        let value = self.emit(&mut stmts, installed.result, Op::Get(Register::Value(installed.result)));
        let given = Block { stmts, end: End::Yield(value) };
        let on = crate::core::SwitchOn::I64(operation);
        let value = self.emit(out, installed.result, Op::Switch { on, cases, default: Some(Box::new(given)) });
        End::Yield(value)
    }

    /// The cells of a handler.
    fn installed(&mut self, handle: &Handle, result: Rep, raises: bool, env: &Env, out: &mut Vec<Stmt>) -> Installed {
        let effect = handle.effect;
        let state = handle.state.as_ref().map(|(rep, first)| {
            let shape = self.pass.cell(*rep);
            (self.emit(out, Rep::Ptr, Op::Cell(shape, first.clone())), *rep)
        });
        let count = self.pass.operations(effect).len();
        let prompt = self.pass.uses.has_prompt(effect, count).then(|| {
            let shape = self.pass.cell(Rep::Ptr);
            self.emit(out, Rep::Ptr, Op::Cell(shape, Atom::NONE))
        });
        let cell = handle.cell.and_then(|cell| match self.pass.program.effects[cell.index()].kind {
            EffectKind::Cell(rep, _) => Some((self.evidence_of(cell, env), rep)),
            EffectKind::Operations(_) => None,
        });
        Installed { effect, result, state, cell, prompt, base: None, raises, after: None }
    }

    /// Which clauses run after control has unwound to the handler, by position in `clauses`.
    fn unwound_clauses(&self, effect: EffectId, clauses: &[Clause]) -> Vec<bool> {
        let after = |clause: &Clause| match self.pass.uses.protocol(effect, clause.operation) {
            Protocol::Raise => true,
            Protocol::Direct => !Ending::of(clause).resumes,
            Protocol::Control => false,
        };
        clauses.iter().map(after).collect()
    }

    /// Makes the evidence of a handler. Gives back the clauses that run after unwinding.
    #[expect(clippy::too_many_arguments, reason = "the parts of a handler, each used once")]
    fn evidence_record(
        &mut self,
        installed: &Installed,
        clauses: Vec<Clause>,
        after: Vec<bool>,
        mode: Mode,
        env: &Env,
        cont: &Cont,
        out: &mut Vec<Stmt>,
    ) -> (Atom, Vec<Clause>) {
        let effect = installed.effect;
        let mut fields: Vec<Atom> = installed.prompt.iter().cloned().collect();
        let mut caught = Vec::new();
        let mut closures = Vec::new();
        for (clause, after) in clauses.into_iter().zip(after) {
            let operation = clause.operation;
            let closure = match self.pass.uses.protocol(effect, operation) {
                Protocol::Raise => {
                    caught.push(clause);
                    continue;
                }
                Protocol::Direct if after => {
                    let closure = self.raising_closure(&clause, installed, out);
                    caught.push(clause);
                    closure
                }
                Protocol::Direct => self.direct_closure(clause, installed, env, out),
                Protocol::Control => self.capturing_closure(clause, installed, mode, env, cont, out),
            };
            closures.push((operation, closure));
        }
        closures.sort_by_key(|(operation, _)| *operation);
        fields.extend(closures.into_iter().map(|(_, closure)| closure));
        let evidence = match self.record_of(effect) {
            Some(shape) => self.emit(out, Rep::Ptr, Op::Record(shape, fields)),
            None => installed.prompt.clone().unwrap_or(Atom::NONE),
        };
        (evidence, caught)
    }

    /// The shape of an effect's evidence; `None` when that is the prompt alone.
    fn record_of(&mut self, effect: EffectId) -> Option<RecordId> {
        let count = self.pass.operations(effect).len();
        let uses = &self.pass.uses;
        let closures = (0..count as u32).filter(|&operation| uses.protocol(effect, operation) != Protocol::Raise);
        let closures = closures.count();
        let prompt = usize::from(uses.has_prompt(effect, count));
        (closures > 0).then(|| self.pass.shape("handler", vec![Rep::Ptr; prompt + closures]))
    }

    /// Where the closure of an operation is in its effect's evidence.
    pub(super) fn place_of(&mut self, effect: EffectId, operation: u32) -> (RecordId, u32) {
        let uses = &self.pass.uses;
        let before = (0..operation).filter(|&other| uses.protocol(effect, other) != Protocol::Raise).count();
        let prompt = usize::from(uses.has_prompt(effect, self.pass.operations(effect).len()));
        let shape = self.record_of(effect).unwrap_or(RecordId(0));
        (shape, (prompt + before) as u32)
    }

    /// The prompt of a handler.
    pub(super) fn prompt_of(&mut self, effect: EffectId, evidence: Atom, out: &mut Vec<Stmt>) -> Atom {
        match self.record_of(effect) {
            Some(shape) => self.emit(out, Rep::Ptr, Op::Field(shape, evidence, 0)),
            None => evidence,
        }
    }

    /// The closure of a clause that never resumes, for an effect other handlers of which do.
    fn raising_closure(&mut self, clause: &Clause, installed: &Installed, out: &mut Vec<Stmt>) -> Atom {
        let result = self.pass.operations(installed.effect)[clause.operation as usize].result;
        let params: Vec<LocalId> = clause.params.iter().map(|param| self.local(self.locals[param.index()])).collect();
        let args = params.iter().map(|&param| Atom::Local(param)).collect();
        let prompt = installed.prompt.clone().unwrap_or(Atom::NONE);
        let operation = i64::from(clause.operation);
        self.lift_closure("clause", (Mode::Direct, result), &params, out, |this| {
            let mut stmts = Vec::new();
            this.carry(args, &mut stmts);
            this.raise(prompt, operation, &mut stmts);
            Block { stmts, end: End::Yield(Atom::nothing(result)) }
        })
    }

    /// The closure of a clause that resumes as the last thing it does.
    fn direct_closure(&mut self, clause: Clause, installed: &Installed, env: &Env, out: &mut Vec<Stmt>) -> Atom {
        let operation = &self.pass.operations(installed.effect)[clause.operation as usize];
        let (result, name) = (operation.result, format!("clause {}", operation.name));
        let position = self.pass.operations(installed.effect).len() as i64;
        let cont = Cont::Abort(installed.prompt.clone().unwrap_or(Atom::NONE), position);
        let params = clause.params.clone();
        let frame = clause.frame.or(self.described);
        self.lift_closure_of(frame, &name, (Mode::Direct, result), &params, out, |this| {
            let mut env = env.lifted(&this.frame).in_clause(&clause);
            let mut stmts = Vec::new();
            let found = this.bind_state(&clause, installed, &mut stmts);
            let cell = installed.state.clone().or(installed.cell.clone());
            env.clause = Some(Rc::new(InClause { cell, found, resumption: Resumption::Return }));
            let end = this.continued(Rest::of(clause.body), &env, &cont, &mut stmts);
            Block { stmts, end }
        })
    }

    /// The closure of a clause that is given the continuation.
    fn capturing_closure(
        &mut self,
        clause: Clause,
        installed: &Installed,
        mode: Mode,
        env: &Env,
        cont: &Cont,
        out: &mut Vec<Stmt>,
    ) -> Atom {
        let operation = &self.pass.operations(installed.effect)[clause.operation as usize];
        let name = format!("clause {}", operation.name);
        let mut params = clause.params.clone();
        let continuation = self.local(Rep::Ptr);
        params.push(continuation);
        let chain = self.pass.uses.chained.then(|| self.local(Rep::Ptr));
        params.extend(chain);
        // Others may run before it resumes, or it resumes again.
        let keeps = Ending::of(&clause).general || !self.pass.uses.clause(&clause).controls.is_empty();
        let result = installed.result;
        let frame = clause.frame.or(self.described);
        self.lift_closure_of(frame, &name, (mode, Rep::Unit), &params, out, |this| {
            let mut env = env.lifted(&this.frame).in_clause(&clause);
            let mut stmts = Vec::new();
            let found = this.bind_state(&clause, installed, &mut stmts);
            let continuation = Atom::Local(continuation);
            let cells = match (chain, &installed.base) {
                (Some(chain), Some(base)) if keeps => Some(this.snapshot(Atom::Local(chain), base.clone(), &mut stmts)),
                _ => None,
            };
            let mut cont = cont.clone();
            let resumption = match mode {
                Mode::Direct => Resumption::Call { continuation, cells, result, raises: installed.raises },
                Mode::Captured => {
                    let mut read = |this: &mut Self, cell: Atom| {
                        let shape = this.pass.cell(Rep::Ptr);
                        let found = this.emit(&mut stmts, Rep::Ptr, Op::CellGet(shape, cell.clone()));
                        (cell, found)
                    };
                    let after = installed.after.clone().map(|(continuation, chain)| {
                        let continuation = read(this, continuation);
                        let chain = chain.map(|cell| read(this, cell));
                        After { continuation, chain }
                    });
                    if let Some(after) = &after {
                        cont = Cont::Closure(after.continuation.1.clone());
                        let chain = after.chain.iter().map(|(_, found)| (this.pass.chain(), found.clone()));
                        env.evidence.extend(chain);
                    }
                    Resumption::Captured { continuation, cells, after }
                }
            };
            let cell = installed.state.clone().or(installed.cell.clone());
            env.clause = Some(Rc::new(InClause { cell, found, resumption }));
            let end = this.continued(Rest::of(clause.body), &env, &cont, &mut stmts);
            Block { stmts, end }
        })
    }

    /// Binds the state of the handler as a clause finds it.
    fn bind_state(&mut self, clause: &Clause, installed: &Installed, out: &mut Vec<Stmt>) -> Option<Atom> {
        let (cell, rep) = installed.state.clone()?;
        let shape = self.pass.cell(rep);
        let dest = clause.state.unwrap_or_else(|| self.local(rep));
        out.push(Stmt { dest, op: Op::CellGet(shape, cell) });
        Some(Atom::Local(dest))
    }

    /// A clause that runs after control has unwound to the handler.
    fn clause_after_unwinding(&mut self, clause: Clause, installed: &Installed, env: &Env, cont: &Cont) -> Block {
        let mut stmts = Vec::new();
        self.bind_state(&clause, installed, &mut stmts);
        let end = self.continued(Rest::of(clause.body), env, cont, &mut stmts);
        Block { stmts, end }
    }

    /// A handler within what an outer one may capture: the block's value, and that of clauses, goes to `cont`.
    pub(super) fn handle_captured(
        &mut self,
        handle: Handle,
        result: Rep,
        env: &Env,
        cont: &Cont,
        out: &mut Vec<Stmt>,
    ) -> End {
        let effect = handle.effect;
        if let EffectKind::Cell(..) = self.pass.program.effects[effect.index()].kind {
            let Some((rep, first)) = handle.state else { return End::Unreachable };
            let shape = self.pass.cell(rep);
            let cell = self.emit(out, Rep::Ptr, Op::Cell(shape, first));
            let mut inside = env.under(effect, cell.clone());
            self.chained(&mut inside, cell, rep, out);
            return self.continued(Rest::of(handle.body), &inside, cont, out);
        }
        let facts = self.pass.uses.handle(&handle);
        let mut installed = self.installed(&handle, result, !facts.raises.is_empty(), env, out);
        let mut inside = env.clone();
        let mut cont = cont.clone();
        if handle.clauses.iter().any(|clause| Ending::of(clause).general) {
            let closure = self.closure_of(&cont, result, out);
            let shape = self.pass.cell(Rep::Ptr);
            let cell = self.emit(out, Rep::Ptr, Op::Cell(shape, closure));
            let chain = self.turned(&mut inside, out);
            self.chained(&mut inside, cell.clone(), Rep::Ptr, out);
            installed.after = Some((cell.clone(), chain));
            cont = Cont::Call(self.pass.return_to(result), vec![cell]);
        }
        if let Some((cell, rep)) = installed.state.clone() {
            self.chained(&mut inside, cell, rep, out);
        }
        let chain = self.pass.chain();
        installed.base = self.pass.uses.chained.then(|| self.evidence_of(chain, &inside));
        let caught = self.unwound_clauses(effect, &handle.clauses);
        let (evidence, clauses) =
            self.evidence_record(&installed, handle.clauses, caught, Mode::Captured, env, &cont, out);
        if let Some(prompt) = installed.prompt.clone() {
            let closure = self.unwinding_closure(clauses, &installed, env, &cont, out);
            let shape = self.pass.cell(Rep::Ptr);
            self.emit(out, Rep::Unit, Op::CellSet(shape, prompt, closure));
        }
        let inside = inside.under(effect, evidence);
        self.continued(Rest::of(handle.body), &inside, &cont, out)
    }

    /// What unwinding to a handler continues with.
    fn unwinding_closure(
        &mut self,
        clauses: Vec<Clause>,
        installed: &Installed,
        env: &Env,
        cont: &Cont,
        out: &mut Vec<Stmt>,
    ) -> Atom {
        self.lift_closure("caught", (Mode::Captured, Rep::Unit), &[], out, |this| {
            let env = env.lifted(&this.frame);
            let mut stmts = Vec::new();
            let operation = this.emit(&mut stmts, Rep::I64, Op::Get(Register::Operation));
            let mut cases = Vec::with_capacity(clauses.len());
            for clause in clauses {
                let reps: Vec<Rep> = clause.params.iter().map(|param| this.locals[param.index()]).collect();
                let mut inner = Vec::new();
                let args = this.carried(&reps, &mut inner);
                inner.extend(clause.params.iter().zip(args).map(|(&dest, arg)| Stmt { dest, op: Op::Use(arg) }));
                let operation = i64::from(clause.operation);
                let Block { stmts, end } = this.clause_after_unwinding(clause, installed, &env, cont);
                inner.extend(stmts);
                cases.push((operation, Block { stmts: inner, end }));
            }
            let mut given = Vec::new();
            let result = installed.result;
            let value = this.emit(&mut given, result, Op::Get(Register::Value(result)));
            let end = this.finish(value, cont, &mut given);
            let default = Some(Box::new(Block { stmts: given, end }));
            let on = crate::core::SwitchOn::I64(operation);
            let dest = this.emit(&mut stmts, Rep::Unit, Op::Switch { on, cases, default });
            Block { stmts, end: End::Yield(dest) }
        })
    }
}
