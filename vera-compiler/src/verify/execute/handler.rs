//! Operations and handlers.
//!
//! States are cells whose contents are known terms. A clause that never resumes ends the paths that perform its
//! operation. A clause that resumes at the end of every path is run where its operation is performed. Any other clause
//! makes the value of its handler unknown. Every clause is proved once, where it is written, for every argument.

use super::path::{Flow, Jump, Mark};
use super::{Activation, Context, Executor, MAX_DEPTH};
use crate::core::{Block, Clause, EffectId, EffectKind, End, FnId, Handle, Op, Outside, Perform, Resume};
use crate::lower::FunctionKind;
use crate::types::{Row, Ty};
use crate::verify::term::{Sort, Term};
use vera_abi::layout::Rep;

/// A state.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// The effect whose operations read and write it; none for the state of a handler.
    effect: Option<EffectId>,
    value: Term,
    ty: Option<Ty>,
    rep: Rep,
    /// Whether it was there when the function was called.
    ambient: bool,
    /// Whether the present place is outside of it, as [`Outside`] has it.
    hidden: bool,
}

impl Cell {
    /// Whether operations of the effect at the present place may be this cell's.
    fn answers(&self, effect: EffectId) -> bool {
        self.effect == Some(effect) && !self.hidden
    }
}

/// A handler around the present place.
#[derive(Debug)]
pub(super) struct Handler<'p> {
    effect: EffectId,
    handle: &'p Handle,
    /// The function that it is written in, and what it has set so far.
    function: FnId,
    locals: Vec<Option<Term>>,
    /// Where the path was.
    mark: Mark,
    /// How many cells its clauses see.
    cells: usize,
    /// The cell that resumptions with a state replace: that of its own state, or the one around it.
    state: Option<usize>,
    /// What each operation does.
    clauses: Vec<ClauseKind>,
    /// Paths that come to clauses which do not resume, by operation.
    thrown: Vec<(u32, Jump)>,
    /// Whether an operation was performed whose clause resumes in ways that are not followed.
    unknown: bool,
    /// Whether the present place is outside of it, as [`Outside`] has it.
    hidden: bool,
}

impl Handler<'_> {
    /// Whether operations of the effect at the present place may be this handler's.
    fn answers(&self, effect: EffectId) -> bool {
        self.effect == effect && !self.hidden
    }
}

/// A name that a clause has for the handler of an effect around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    name: EffectId,
    /// How many handlers and cells are around the clause.
    handlers: usize,
    cells: usize,
}

/// A clause that is being run where its operation is performed.
#[derive(Debug)]
pub(super) struct Resumption {
    /// Where the path was.
    mark: Mark,
    /// The cell of the handler's state.
    state: Option<usize>,
    /// What it resumes with.
    with: Vec<Jump>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClauseKind {
    /// Not there.
    Missing,
    /// Never resumes.
    Aborts,
    /// Every path ends by resuming.
    Resumes,
    /// Anything else.
    General,
}

impl<'p> Executor<'p> {
    /// The states that a function is called with.
    pub(super) fn ambient_cells(&mut self, id: FnId) {
        let FunctionKind::Instance(decl, type_args) = self.kind(id) else { return };
        let row = self.types.instantiate_row(&self.tir.function(*decl).row, type_args, &[]);
        for used in row.effects() {
            if let Some((id, rep)) = self.cell_effect(used) {
                // States of types that differ in refinements alone are one cell.
                let ty = used.args.first().map(|&ty| self.record_type(ty));
                let value = self.unknown_of(ty, rep);
                self.cells.push(Cell { effect: Some(id), value, ty, rep, ambient: true, hidden: false });
            }
        }
    }

    fn cell_effect(&mut self, used: &crate::types::EffectUse) -> Option<(EffectId, Rep)> {
        let id = self.effect_of(used)?;
        match &self.provable.program.effects[id.index()].kind {
            EffectKind::Cell(rep, _) => Some((id, *rep)),
            EffectKind::Operations(_) => None,
        }
    }

    /// The core effect of an effect as types have it.
    fn effect_of(&mut self, used: &crate::types::EffectUse) -> Option<EffectId> {
        if let Some(&id) = self.provable.effects.get(used) {
            return Some(id);
        }
        let args = used.args.iter().map(|&ty| self.record_type(ty)).collect();
        self.provable.effects.get(&crate::types::EffectUse { effect: used.effect, args }).copied()
    }

    pub(super) fn cell_values(&self) -> Vec<Term> {
        self.cells.iter().map(|cell| cell.value).collect()
    }

    pub(super) fn set_cell_values(&mut self, values: &[Term]) {
        for (cell, &value) in self.cells.iter_mut().zip(values) {
            cell.value = value;
        }
    }

    /// Nothing is known of any state any more.
    pub(super) fn forget_cells(&mut self) {
        for index in 0..self.cells.len() {
            self.forget_cell(index);
        }
    }

    fn forget_cell(&mut self, index: usize) {
        let (ty, rep) = (self.cells[index].ty, self.cells[index].rep);
        self.cells[index].value = self.unknown_of(ty, rep);
    }

    /// The innermost cell of an effect that the present place is inside of.
    fn cell_of(&self, effect: EffectId) -> Option<usize> {
        self.cells.iter().rposition(|cell| cell.answers(effect))
    }

    /// The innermost handler of an effect that the present place is inside of.
    fn handler_of(&self, effect: EffectId) -> Option<usize> {
        self.handlers.iter().rposition(|handler| handler.answers(effect))
    }

    /// Runs the block of a clause.
    fn in_clause(&mut self, act: &mut Activation<'p>, clause: &'p Clause) -> Flow {
        let before = self.around.len();
        let (handlers, cells) = (self.handlers.len(), self.cells.len());
        self.around.extend(clause.around.iter().map(|&(name, _)| Around { name, handlers, cells }));
        let flow = self.run_block(act, &clause.body);
        self.around.truncate(before);
        flow
    }

    /// Runs a block that handlers in the clause do not answer.
    pub(super) fn outside(&mut self, act: &mut Activation<'p>, outside: &'p Outside) -> Flow {
        let (mut handlers, mut cells) = (Vec::new(), Vec::new());
        for &(effect, name) in &outside.effects {
            let Some(&around) = self.around.iter().rfind(|around| around.name == name) else { continue };
            let inner = around.handlers..self.handlers.len();
            handlers.extend(inner.filter(|&at| self.handlers[at].answers(effect)));
            let inner = around.cells..self.cells.len();
            cells.extend(inner.filter(|&at| self.cells[at].answers(effect)));
        }
        handlers.iter().for_each(|&at| self.handlers[at].hidden = true);
        cells.iter().for_each(|&at| self.cells[at].hidden = true);
        let flow = self.run_block(act, &outside.body);
        handlers.iter().for_each(|&at| self.handlers[at].hidden = false);
        cells.iter().for_each(|&at| self.cells[at].hidden = false);
        flow
    }

    /// What a call with a row may do to what is around it.
    pub(super) fn row_happens(&mut self, row: &Row) {
        if !row.variables().is_empty() {
            return self.anything_happens();
        }
        for used in row.effects() {
            let Some(id) = self.effect_of(used) else { continue };
            if matches!(self.provable.program.effects[id.index()].kind, EffectKind::Cell(..)) {
                if let Some(index) = self.cell_of(id) {
                    self.forget_cell(index);
                }
                continue;
            }
            match self.handler_of(id) {
                Some(index) => self.handler_answers(index),
                None if used.effect != crate::effects::EXN => self.forget_ambient(),
                None => {}
            }
        }
    }

    /// What a call of which nothing is known may do.
    pub(super) fn anything_happens(&mut self) {
        self.forget_cells();
        for index in 0..self.handlers.len() {
            self.handler_answers(index);
        }
    }

    fn forget_ambient(&mut self) {
        for index in 0..self.cells.len() {
            if self.cells[index].ambient {
                self.forget_cell(index);
            }
        }
    }

    /// Operations of a handler may be performed out of sight.
    fn handler_answers(&mut self, index: usize) {
        let clauses = self.handlers[index].clauses.clone();
        for (operation, kind) in clauses.into_iter().enumerate() {
            match kind {
                ClauseKind::Missing => {}
                ClauseKind::Resumes | ClauseKind::General => {
                    self.forget_cells();
                    self.handlers[index].unknown |= kind == ClauseKind::General;
                }
                ClauseKind::Aborts => {
                    let args = self.unknown_arguments(self.handlers[index].effect, operation as u32);
                    let raised = self.terms.unknown(Sort::Bool);
                    let mark = self.path.mark();
                    self.path.assume(raised);
                    let at = self.handlers[index].mark;
                    let jump = self.leave(at, args);
                    self.handlers[index].thrown.push((operation as u32, jump));
                    self.path.back_to(mark);
                    let not = self.terms.not(raised);
                    self.path.assume(not);
                    self.path.escapes += 1;
                }
            }
        }
    }

    /// Arguments of an operation of which their types are known.
    fn unknown_arguments(&mut self, effect: EffectId, operation: u32) -> Vec<Term> {
        let EffectKind::Operations(operations) = &self.provable.program.effects[effect.index()].kind else {
            return Vec::new();
        };
        let Some(described) = operations.get(operation as usize) else { return Vec::new() };
        let types = self.operation_types(effect, operation);
        let reps = described.params.clone();
        let args = reps.into_iter().enumerate();
        args.map(|(at, rep)| self.unknown_of(types.as_ref().and_then(|(params, _)| params.get(at).copied()), rep))
            .collect()
    }

    fn operation_types(&mut self, effect: EffectId, operation: u32) -> Option<(Vec<Ty>, Ty)> {
        let used = self.effect_uses.get(&effect)?.clone();
        let described = self.tir.effect(used.effect).operations.get(operation as usize)?;
        let params = described.params.iter().map(|&ty| self.types.substitute(ty, &used.args)).collect();
        let result = self.types.substitute(described.result, &used.args);
        Some((params, result))
    }

    /// An operation.
    pub(super) fn perform(&mut self, act: &mut Activation<'p>, perform: &'p Perform, rep: Rep) -> Flow {
        let args = self.atoms(act, &perform.args);
        if let EffectKind::Cell(..) = self.provable.program.effects[perform.effect.index()].kind {
            let Some(index) = self.cell_of(perform.effect) else {
                return Flow::Value(self.unknown_of(None, rep));
            };
            if perform.operation == 0 {
                return Flow::Value(self.cells[index].value);
            }
            if let Some(&value) = args.first() {
                self.cells[index].value = value;
            }
            return Flow::Value(Term::UNIT);
        }
        let found = self.handler_of(perform.effect);
        let Some(index) = found else {
            let types = self.operation_types(perform.effect, perform.operation);
            let user =
                self.effect_uses.get(&perform.effect).is_some_and(|used| self.tir.effect(used.effect).module.is_some());
            if user {
                self.forget_ambient();
            }
            return Flow::Value(self.unknown_of(types.map(|(_, result)| result), rep));
        };
        match self.handlers[index].clauses.get(perform.operation as usize).copied() {
            Some(ClauseKind::Aborts) => {
                let at = self.handlers[index].mark;
                let jump = self.leave(at, args);
                self.handlers[index].thrown.push((perform.operation, jump));
                self.path.escapes += 1;
                Flow::Gone
            }
            Some(ClauseKind::Resumes) if self.depth < MAX_DEPTH => self.run_clause(index, perform.operation, args),
            _ => {
                self.forget_cells();
                self.handlers[index].unknown = true;
                let types = self.operation_types(perform.effect, perform.operation);
                Flow::Value(self.unknown_of(types.map(|(_, result)| result), rep))
            }
        }
    }

    /// Runs a clause that resumes where its operation is performed. It does not see its own handler nor what is within.
    fn run_clause(&mut self, index: usize, operation: u32, args: Vec<Term>) -> Flow {
        let inner = self.handlers.split_off(index);
        let handler = &inner[0];
        let Some(clause) = handler.handle.clauses.iter().find(|clause| clause.operation == operation) else {
            self.handlers.extend(inner);
            return Flow::Gone;
        };
        let function = self.provable.program.function(handler.function);
        let mut act = Activation::new(handler.function, function);
        act.locals.clone_from(&handler.locals);
        for (&param, arg) in clause.params.iter().zip(args) {
            act.set(param, arg);
        }
        if let (Some(local), Some(cell)) = (clause.state, handler.state) {
            act.set(local, self.cells[cell].value);
        }
        let hidden = self.cells.split_off(handler.cells);
        let (mark, escapes) = (self.path.mark(), self.path.escapes);
        self.resumptions.push(Resumption { mark, state: handler.state, with: Vec::new() });
        self.depth += 1;
        self.in_context(Context::Foreign, |run| run.in_clause(&mut act, clause));
        self.depth -= 1;
        let with = self.resumptions.pop().map(|resumption| resumption.with).unwrap_or_default();
        self.arrive(with.len());
        let complete = self.path.escapes == escapes;
        let values = self.merge(mark, with, complete);
        self.cells.extend(hidden);
        self.handlers.extend(inner);
        Flow::of(values)
    }

    /// A handler.
    pub(super) fn handle(&mut self, act: &mut Activation<'p>, handle: &'p Handle, rep: Rep) -> Flow {
        let state = handle.state.as_ref().map(|(rep, atom)| (*rep, self.atom(act, atom)));
        let types = self.effect_uses.get(&handle.effect).and_then(|used| used.args.first().copied());
        if let EffectKind::Cell(rep, _) = self.provable.program.effects[handle.effect.index()].kind {
            let value = state.map_or(Term::UNIT, |(_, value)| value);
            self.cells.push(Cell { effect: Some(handle.effect), value, ty: types, rep, ambient: false, hidden: false });
            let flow = self.run_block(act, &handle.body);
            self.cells.pop();
            return flow;
        }
        let cells = self.cells.len();
        let cell = match state {
            Some((rep, value)) => {
                self.cells.push(Cell { effect: None, value, ty: None, rep, ambient: false, hidden: false });
                Some(cells)
            }
            None => handle.cell.and_then(|cell| self.cell_of(cell)),
        };
        let mut clauses = Vec::new();
        for clause in &handle.clauses {
            let operation = clause.operation as usize;
            clauses.resize(clauses.len().max(operation + 1), ClauseKind::Missing);
            clauses[operation] = kind_of(&clause.body);
        }
        let (mark, escapes) = (self.path.mark(), self.path.escapes);
        self.clauses_hold(act, handle, &clauses);
        self.handlers.push(Handler {
            effect: handle.effect,
            handle,
            function: act.id,
            locals: act.locals.clone(),
            mark,
            cells: self.cells.len(),
            state: cell,
            clauses,
            thrown: Vec::new(),
            unknown: false,
            hidden: false,
        });
        let flow = self.run_block(act, &handle.body);
        let mut flows = Vec::new();
        if let Flow::Value(value) = flow {
            flows.push(self.leave(mark, vec![value]));
        }
        self.path.back_to(mark);
        let Some(handler) = self.handlers.pop() else { return Flow::Gone };
        let (thrown, unknown) = (handler.thrown, handler.unknown);
        self.arrive(thrown.len());
        for clause in &handle.clauses {
            let jumps: Vec<Jump> = thrown
                .iter()
                .filter(|(operation, _)| *operation == clause.operation)
                .map(|(_, jump)| jump.clone())
                .collect();
            if jumps.is_empty() {
                continue;
            }
            if let Some(values) = self.merge(mark, jumps, false) {
                for (&param, value) in clause.params.iter().zip(values) {
                    act.set(param, value);
                }
                if let (Some(local), Some(cell)) = (clause.state, cell) {
                    act.set(local, self.cells[cell].value);
                }
                if let Flow::Value(value) = self.in_clause(act, clause) {
                    flows.push(self.leave(mark, vec![value]));
                }
            }
            self.path.back_to(mark);
        }
        let complete = self.path.escapes == escapes;
        let merged = self.merge(mark, flows, complete && !unknown);
        self.cells.truncate(cells);
        if unknown {
            self.path.back_to(mark);
            self.forget_cells();
            return Flow::Value(self.unknown_of(None, rep));
        }
        Flow::of(merged)
    }

    /// What handlers have met so far.
    pub(super) fn handler_marks(&self) -> Vec<(usize, bool)> {
        self.handlers.iter().map(|handler| (handler.thrown.len(), handler.unknown)).collect()
    }

    /// Forgets what handlers have met since.
    pub(super) fn handlers_back_to(&mut self, marks: &[(usize, bool)]) {
        for (handler, &(thrown, unknown)) in self.handlers.iter_mut().zip(marks) {
            handler.thrown.truncate(thrown);
            handler.unknown = unknown;
        }
    }

    /// Proves the clauses that resume, for every argument and state.
    fn clauses_hold(&mut self, act: &mut Activation<'p>, handle: &'p Handle, kinds: &[ClauseKind]) {
        if !matches!(self.context, Context::Own | Context::Premises) {
            return;
        }
        for clause in &handle.clauses {
            if kinds[clause.operation as usize] == ClauseKind::Aborts {
                continue;
            }
            self.aside(|run| run.clause_holds(act, handle.effect, clause));
        }
    }

    fn clause_holds(&mut self, act: &mut Activation<'p>, effect: EffectId, clause: &'p Clause) {
        self.forget_cells();
        let args = self.unknown_arguments(effect, clause.operation);
        for (&param, value) in clause.params.iter().zip(args) {
            act.set(param, value);
        }
        if let Some(local) = clause.state {
            let rep = act.function.rep(local);
            let value = self.unknown_of(None, rep);
            act.set(local, value);
        }
        let outer = std::mem::take(&mut self.resumptions);
        self.in_clause(act, clause);
        self.resumptions = outer;
    }

    /// A clause ends by going on with the block that is handled.
    pub(super) fn end_by_resume(&mut self, act: &mut Activation<'p>, resume: &'p Resume) -> Flow {
        self.path.escapes += 1;
        let value = self.atom(act, &resume.value);
        let state = resume.state.as_ref().map(|state| self.atom(act, state));
        let Some(Resumption { mark, state: cell, .. }) = self.resumptions.last() else { return Flow::Gone };
        let mark = *mark;
        if let (Some(state), Some(cell)) = (state, *cell) {
            self.cells[cell].value = state;
        }
        let jump = self.leave(mark, vec![value]);
        if let Some(resumption) = self.resumptions.last_mut() {
            resumption.with.push(jump);
        }
        Flow::Gone
    }
}

/// How a clause ends.
fn kind_of(body: &Block) -> ClauseKind {
    let (mut resumes, mut other) = (false, false);
    body.for_each_block(|block| {
        resumes |= block.stmts.iter().any(|stmt| matches!(stmt.op, Op::Resume(_)));
        resumes |= matches!(block.end, End::Resume(_));
        other |= block.stmts.iter().any(|stmt| matches!(stmt.op, Op::Resume(_)));
    });
    match (resumes, other || !always_resumes(body)) {
        (false, _) => ClauseKind::Aborts,
        (true, false) => ClauseKind::Resumes,
        (true, true) => ClauseKind::General,
    }
}

/// Whether every path through a block ends by resuming, or does not end.
fn always_resumes(block: &Block) -> bool {
    match &block.end {
        End::Resume(_) | End::Trap(..) | End::Unreachable => true,
        End::Yield(_) => block.stmts.last().is_some_and(|last| match &last.op {
            Op::If(_, then, otherwise) => always_resumes(then) && always_resumes(otherwise),
            Op::Switch { cases, default, .. } => {
                cases.iter().map(|(_, block)| block).chain(default.as_deref()).all(always_resumes)
            }
            _ => false,
        }),
        _ => false,
    }
}
