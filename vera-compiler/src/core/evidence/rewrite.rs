//! The walk over a function: it passes evidence on, adds a test after calls that may unwind, and ends each block in the
//! way that its value is used.

use super::Pass;
use super::uses::Facts;
use crate::core::visit::with_stack;
use crate::core::{
    Atom, Block, Clause, EffectId, End, FnId, FrameId, Function, Label, LocalId, Op, Prim, Register, Stmt,
};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use vera_abi::layout::Rep;

/// How the current function returns its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// It returns it.
    Direct,
    /// It hands it to a continuation and returns nothing.
    Captured,
}

/// The current function.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) mode: Mode,
    /// What it returns.
    pub(super) result: Rep,
    /// Where unwinding leaves it.
    pub(super) unwind: Label,
    /// Whether anything goes there.
    pub(super) unwinds: bool,
}

/// What becomes of a block's value.
#[derive(Clone, Debug)]
pub(super) enum Cont {
    /// It is the value of the construct around the block, or what the function returns.
    Yield,
    /// A closure is called with it.
    Closure(Atom),
    /// A function is called with these operands and the value.
    Call(FnId, Vec<Atom>),
    /// It is left in a register, and the function returns.
    Answer,
    /// Control unwinds with it to a handler, whose value it is. The position is that behind the effect's operations.
    Abort(Atom, i64),
}

/// The clause of a handler that code belongs to.
#[derive(Debug)]
pub(super) struct InClause {
    /// The cell that a resumption's state replaces, and what it holds.
    pub(super) cell: Option<(Atom, Rep)>,
    /// What the handler's own state was when the operation was performed.
    pub(super) found: Option<Atom>,
    pub(super) resumption: Resumption,
}

/// How a clause goes on with the handled block.
#[derive(Debug)]
pub(super) enum Resumption {
    /// By returning the operation's value.
    Return,
    /// By a call of the continuation.
    Call {
        continuation: Atom,
        /// What the cells within the continuation held.
        cells: Option<Atom>,
        /// The result of the handler.
        result: Rep,
        /// Whether the handled block may unwind.
        raises: bool,
    },
    /// With the rest of the clause as the continuation of the handler.
    Captured {
        continuation: Atom,
        cells: Option<Atom>,
        /// Cells of the handler for what depends on where it was resumed last, and what they held when the operation was
        /// performed: its continuation, and the chain of cells there.
        after: Option<After>,
    },
}

/// See [`Resumption::Captured`].
#[derive(Debug)]
pub(super) struct After {
    pub(super) continuation: (Atom, Atom),
    pub(super) chain: Option<(Atom, Atom)>,
}

/// What is known at a place.
#[derive(Clone, Debug)]
pub(super) struct Env {
    /// The innermost handler of each effect.
    pub(super) evidence: BTreeMap<EffectId, Atom>,
    /// Effects whose handler is in the program, so that no host need be asked.
    pub(super) handled: Vec<EffectId>,
    /// Where unwinding goes.
    pub(super) unwind: Label,
    /// Operations that are jumps to their clause, which is in the same function.
    pub(super) clauses: HashMap<(EffectId, u32), Label>,
    /// Labels whose target has become a function.
    pub(super) targets: BTreeMap<Label, (FnId, Vec<Atom>)>,
    /// The clause around.
    pub(super) clause: Option<Rc<InClause>>,
}

impl Env {
    /// The same in a function lifted from here.
    pub(super) fn lifted(&self, frame: &Frame) -> Self {
        Env { unwind: frame.unwind, clauses: HashMap::new(), ..self.clone() }
    }

    /// The same under a handler.
    pub(super) fn under(&self, effect: EffectId, evidence: Atom) -> Self {
        let mut env = self.clone();
        env.evidence.insert(effect, evidence);
        env.handled.push(effect);
        env.clauses.retain(|(other, _), _| *other != effect);
        env
    }

    /// The same at the start of a clause, which names the handlers around it.
    pub(super) fn in_clause(mut self, clause: &Clause) -> Self {
        for &(name, effect) in &clause.around {
            self.answer_as(name, effect);
        }
        self
    }

    /// The same in a block that handlers inside of the clause do not answer.
    pub(super) fn outside(&self, effects: &[(EffectId, EffectId)]) -> Self {
        let mut env = self.clone();
        for &(effect, name) in effects {
            env.answer_as(effect, name);
            // The clauses around are in a function of their own.
            env.clauses.retain(|(other, _), _| *other != effect);
        }
        env
    }

    /// Makes the handler of one effect that of another.
    fn answer_as(&mut self, effect: EffectId, other: EffectId) {
        match self.evidence.get(&other).cloned() {
            Some(evidence) => self.evidence.insert(effect, evidence),
            None => self.evidence.remove(&effect),
        };
        self.handled.retain(|&handled| handled != effect);
        if self.handled.contains(&other) {
            self.handled.push(effect);
        }
    }
}

/// What is left of a block that is being rewritten.
pub(super) struct Rest {
    stmts: std::vec::IntoIter<Stmt>,
    end: End,
}

impl Rest {
    /// All of a block.
    pub(super) fn of(block: Block) -> Self {
        Self { stmts: block.stmts.into_iter(), end: block.end }
    }
}

/// A function while it is rewritten, with everything that is lifted from it.
pub(super) struct Rewriter<'a, 'p> {
    pub(super) pass: &'a mut Pass<'p>,
    pub(super) locals: Vec<Rep>,
    /// The line of each local's statement, or 0.
    pub(super) lines: Vec<u32>,
    /// The line of the statement that is rewritten.
    line: u32,
    pub(super) symbol: String,
    /// What backtraces show.
    pub(super) described: Option<FrameId>,
    pub(super) frame: Frame,
    labels: u32,
}

impl<'a, 'p> Rewriter<'a, 'p> {
    /// Rewrites a function in its place.
    pub(super) fn rewrite(pass: &'a mut Pass<'p>, id: FnId) {
        let empty = Block { stmts: Vec::new(), end: End::Unreachable };
        let function = &mut pass.program.functions[id.index()];
        let body = std::mem::replace(&mut function.body, empty);
        let function = function.clone();
        let facts = pass.uses.function(id).clone();
        let captured = !facts.controls.is_empty();
        let labels = body.next_label();
        let mut rewriter = Rewriter {
            pass,
            lines: (0..function.locals.len() as u32).map(|local| function.origins.line(LocalId(local))).collect(),
            line: 0,
            locals: function.locals,
            symbol: function.symbol,
            described: function.frame,
            frame: Frame { mode: Mode::Direct, result: function.result, unwind: Label(labels), unwinds: false },
            labels: labels + 1,
        };
        let mut params = function.params;
        let mut env = Env {
            evidence: BTreeMap::new(),
            handled: Vec::new(),
            unwind: Label(labels),
            clauses: HashMap::new(),
            targets: BTreeMap::new(),
            clause: None,
        };
        let chain = rewriter.pass.chain();
        let chained = captured && rewriter.pass.uses.chained;
        for effect in facts.needs.iter().chain(chained.then_some(chain)) {
            let param = rewriter.local(Rep::Ptr);
            params.push(param);
            env.evidence.insert(effect, Atom::Local(param));
        }
        let mut cont = Cont::Yield;
        if captured {
            let param = rewriter.local(Rep::Ptr);
            params.push(param);
            cont = Cont::Closure(Atom::Local(param));
            rewriter.frame.mode = Mode::Captured;
            rewriter.frame.result = Rep::Unit;
        }
        let body = rewriter.block(body, &env, &cont);
        let frame = Frame { unwinds: rewriter.frame.unwinds, ..rewriter.frame };
        rewriter.frame = Frame { mode: Mode::Direct, result: Rep::Unit, unwind: frame.unwind, unwinds: false };
        let result = frame.result;
        let body = rewriter.with_unwinding(body, frame);
        let (locals, lines) = (std::mem::take(&mut rewriter.locals), std::mem::take(&mut rewriter.lines));
        let function = &mut rewriter.pass.program.functions[id.index()];
        *function = Function { params, result, locals: Vec::new(), body, ..function.clone() };
        super::free::compact(function, &locals, &lines);
    }

    /// Adds a local.
    pub(super) fn local(&mut self, rep: Rep) -> LocalId {
        self.locals.push(rep);
        self.lines.push(self.line);
        LocalId(self.locals.len() as u32 - 1)
    }

    /// A label that is unique in the function.
    pub(super) fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// Adds an operation and gives its result.
    pub(super) fn emit(&mut self, out: &mut Vec<Stmt>, rep: Rep, op: Op) -> Atom {
        let dest = self.local(rep);
        out.push(Stmt { dest, op });
        Atom::Local(dest)
    }

    /// The representation of an operand.
    pub(super) fn rep(&self, atom: &Atom) -> Rep {
        atom.rep(&self.locals)
    }

    /// Rewrites a block whose value goes to `cont`.
    pub(super) fn block(&mut self, block: Block, env: &Env, cont: &Cont) -> Block {
        with_stack(|| {
            let mut out = Vec::with_capacity(block.stmts.len());
            let end = self.continued(Rest::of(block), env, cont, &mut out);
            Block { stmts: out, end }
        })
    }

    /// Rewrites what is left of a block behind the statements of `out`.
    pub(super) fn continued(&mut self, mut rest: Rest, env: &Env, cont: &Cont, out: &mut Vec<Stmt>) -> End {
        while let Some(Stmt { dest, op }) = rest.stmts.next() {
            self.line = self.lines[dest.index()];
            let op = match op {
                Op::Answered(answered) => self.answered_by(*answered, env, out),
                op => op,
            };
            let given = match &rest.end {
                End::Yield(Atom::Local(local)) => *local == dest,
                // Each block of a construct ends by itself already.
                End::Unreachable => is_construct(&op),
                _ => false,
            };
            let is_last = given && rest.stmts.as_slice().is_empty();
            if self.frame.mode == Mode::Captured && self.is_captured(&op, env) {
                let cont = if is_last { cont.clone() } else { self.rest(dest, rest, env, cont) };
                return self.captured(dest, op, env, &cont, out);
            }
            if is_last && !matches!(cont, Cont::Yield) && is_construct(&op) {
                return self.last(op, env, cont, out);
            }
            if let Some(end) = self.stmt(dest, op, env, out) {
                return end;
            }
        }
        self.end(rest.end, env, cont, out)
    }

    /// A construct whose value is that of the block: each of its blocks ends by itself.
    pub(super) fn last(&mut self, mut op: Op, env: &Env, cont: &Cont, out: &mut Vec<Stmt>) -> End {
        op.for_each_inner_mut(|inner| {
            let taken = std::mem::replace(inner, Block { stmts: Vec::new(), end: End::Unreachable });
            *inner = self.block(taken, env, cont);
        });
        let dest = self.emit(out, self.frame.result, op);
        End::Yield(dest)
    }

    /// A statement that does not capture. The result is how the block ends, where it does.
    fn stmt(&mut self, dest: LocalId, op: Op, env: &Env, out: &mut Vec<Stmt>) -> Option<End> {
        match op {
            Op::Call(callee, mut args) => {
                let facts = self.pass.uses.function(callee).clone();
                args.extend(self.evidence(&facts, env));
                out.push(Stmt { dest, op: Op::Call(callee, args) });
                self.test(&facts, env, out);
            }
            Op::CallClosure { closure, mut args, mut params, result } => {
                let facts = self.pass.uses.closure(&params, result);
                self.add_evidence(&facts, env, &mut args, &mut params);
                out.push(Stmt { dest, op: Op::CallClosure { closure, args, params, result } });
                self.test(&facts, env, out);
            }
            Op::Perform(perform) => return self.perform(dest, *perform, env, out),
            Op::Handle(handle) => return self.handle(dest, *handle, env, out),
            Op::Outside(outside) => {
                let body = self.block(outside.body, &env.outside(&outside.effects), &Cont::Yield);
                return inlined(dest, body, out);
            }
            Op::Resume(resume) => self.resume(dest, resume, env, out),
            mut op => {
                op.for_each_inner_mut(|inner| {
                    let taken = std::mem::replace(inner, Block { stmts: Vec::new(), end: End::Unreachable });
                    *inner = self.block(taken, env, &Cont::Yield);
                });
                out.push(Stmt { dest, op });
            }
        }
        None
    }

    /// The end of a block whose value goes to `cont`.
    fn end(&mut self, end: End, env: &Env, cont: &Cont, out: &mut Vec<Stmt>) -> End {
        match end {
            End::Yield(value) => self.finish(value, cont, out),
            End::Jump(label, args) => match env.targets.get(&label) {
                Some((function, captures)) => End::TailCall(*function, captures.iter().cloned().chain(args).collect()),
                None => End::Jump(label, args),
            },
            End::TailCall(callee, mut args) => {
                let facts = self.pass.uses.function(callee).clone();
                args.extend(self.evidence(&facts, env));
                if !facts.controls.is_empty() {
                    let result = self.pass.results[callee.index()];
                    args.push(self.closure_of(cont, result, out));
                    return End::TailCall(callee, args);
                }
                if matches!(cont, Cont::Yield) && self.frame.mode == Mode::Direct {
                    return End::TailCall(callee, args);
                }
                let result = self.pass.results[callee.index()];
                let value = self.emit(out, result, Op::Call(callee, args));
                self.test(&facts, env, out);
                self.finish(value, cont, out)
            }
            End::TailCallClosure { closure, mut args, mut params, result } => {
                let facts = self.pass.uses.closure(&params, result);
                self.add_evidence(&facts, env, &mut args, &mut params);
                if !facts.controls.is_empty() {
                    args.push(self.closure_of(cont, result, out));
                    params.push(Rep::Ptr);
                    return End::TailCallClosure { closure, args, params, result: Rep::Unit };
                }
                if matches!(cont, Cont::Yield) && self.frame.mode == Mode::Direct {
                    return End::TailCallClosure { closure, args, params, result };
                }
                let value = self.emit(out, result, Op::CallClosure { closure, args, params, result });
                self.test(&facts, env, out);
                self.finish(value, cont, out)
            }
            End::Resume(resume) => self.resume_last(resume, env, out),
            end @ (End::Trap(..) | End::Unreachable) => end,
        }
    }

    /// Hands a value to where it goes.
    pub(super) fn finish(&mut self, value: Atom, cont: &Cont, out: &mut Vec<Stmt>) -> End {
        let rep = self.rep(&value);
        match cont {
            Cont::Yield => End::Yield(value),
            Cont::Closure(closure) => End::TailCallClosure {
                closure: closure.clone(),
                args: vec![value],
                params: vec![rep],
                result: Rep::Unit,
            },
            Cont::Call(function, captures) => {
                End::TailCall(*function, captures.iter().cloned().chain([value]).collect())
            }
            Cont::Answer => {
                self.emit(out, Rep::Unit, Op::Set(Register::Value(rep), value));
                End::Yield(Atom::Unit)
            }
            Cont::Abort(prompt, position) => {
                self.emit(out, Rep::Unit, Op::Set(Register::Value(rep), value));
                self.raise(prompt.clone(), *position, out);
                End::Yield(Atom::nothing(self.frame.result))
            }
        }
    }

    /// Sets out to unwind to a prompt.
    pub(super) fn raise(&mut self, prompt: Atom, operation: i64, out: &mut Vec<Stmt>) {
        self.emit(out, Rep::Unit, Op::Set(Register::Operation, Atom::I64(operation)));
        self.emit(out, Rep::Unit, Op::Set(Register::Raised, prompt));
    }

    /// Goes on unwinding.
    pub(super) fn unwind(&mut self, env: &Env) -> End {
        self.frame.unwinds |= env.unwind == self.frame.unwind;
        End::Jump(env.unwind, Vec::new())
    }

    /// Unwinds when a call has.
    pub(super) fn test(&mut self, facts: &Facts, env: &Env, out: &mut Vec<Stmt>) {
        if !facts.raises.is_empty() {
            self.test_raised(env, out);
        }
    }

    pub(super) fn test_raised(&mut self, env: &Env, out: &mut Vec<Stmt>) {
        let raised = self.emit(out, Rep::Ptr, Op::Get(Register::Raised));
        let none = self.is_none(raised, out);
        let returned = Block { stmts: Vec::new(), end: End::Yield(Atom::Unit) };
        let unwinding = Block { stmts: Vec::new(), end: self.unwind(env) };
        self.emit(out, Rep::Unit, Op::If(none, Box::new(returned), Box::new(unwinding)));
    }

    /// Whether a pointer is [`Atom::NONE`].
    pub(super) fn is_none(&mut self, pointer: Atom, out: &mut Vec<Stmt>) -> Atom {
        self.emit(out, Rep::Byte, Op::Prim(Prim::SameObject, vec![pointer, Atom::NONE]))
    }

    /// The evidence that a call needs.
    pub(super) fn evidence(&self, facts: &Facts, env: &Env) -> Vec<Atom> {
        let chained = self.pass.uses.chained && !facts.controls.is_empty();
        let keys = facts.needs.iter().chain(chained.then_some(self.pass.chain()));
        keys.map(|effect| self.evidence_of(effect, env)).collect()
    }

    /// The evidence of an effect.
    pub(super) fn evidence_of(&self, effect: EffectId, env: &Env) -> Atom {
        let known = env.evidence.get(&effect);
        debug_assert!(known.is_some(), "{} lacks evidence of {effect:?}", self.symbol);
        known.cloned().unwrap_or(Atom::NONE)
    }

    pub(super) fn add_evidence(&self, facts: &Facts, env: &Env, args: &mut Vec<Atom>, params: &mut Vec<Rep>) {
        let evidence = self.evidence(facts, env);
        params.extend(evidence.iter().map(|_| Rep::Ptr));
        args.extend(evidence);
    }
}

/// Whether an operation is made of blocks.
fn is_construct(op: &Op) -> bool {
    matches!(op, Op::If(..) | Op::Switch { .. } | Op::Join { .. } | Op::Loop { .. })
}

/// Puts a block's statements in the place of an operation. The result is how the block ends, where it gives no value.
pub(super) fn inlined(dest: LocalId, block: Block, out: &mut Vec<Stmt>) -> Option<End> {
    out.extend(block.stmts);
    match block.end {
        End::Yield(value) => {
            out.push(Stmt { dest, op: Op::Use(value) });
            None
        }
        end => Some(end),
    }
}
