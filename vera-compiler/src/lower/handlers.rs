//! Handlers, `resume`, `old` and `new`.
//!
//! The clauses of a `State` handler do not replace its operations (specification, section 7.5.2): the cell is read and
//! written first, and the clause decides what the handled block sees. Clauses apply only to operations that are written
//! in that block. So a `State` handler is a cell. Clauses that do more than pass the value through are those of a
//! separate effect around the same block, which the operations in the block perform.
//!
//! The update of a clause, `with @T = ...`, is computed where the clause resumes, but its operations are those of the
//! clause itself: handlers that the clause has around `resume` do not answer them.

use super::body::{Body, ClauseScope, LexicalState, Value};
use super::context::Lowering;
use super::sites::Check;
use crate::core::{self, Atom, Clause, EffectId, EffectKind, End, Op, Perform, Resume, SiteId, Unhandled};
use crate::diagnostics::Diagnostic;
use crate::effects;
use crate::source::Span;
use crate::tir::{self, Coercion, Expr, ExprKind, Handle, HandlerClause, LocalId};
use crate::types::{self, DataId, EffectUse, Ty, TyKind};
use vera_abi::layout::Rep;
use vera_abi::trap::TrapKind;

/// Position of `get` in `State`.
const GET: u32 = 0;
/// Position of `put` in `State`.
const PUT: u32 = 1;

impl Lowering<'_> {
    /// The core effect of an effect at concrete type arguments.
    /// It is met at `span` for the first time.
    pub(super) fn effect_id(&mut self, effect: &EffectUse, span: Span) -> EffectId {
        if let Some(&known) = self.effect_ids.get(effect) {
            return known;
        }
        let decl = self.program.effect(effect.effect);
        let name = format!("{}{}", decl.name, self.program.arguments_symbol(&self.types, &effect.args));
        let kind = if effect.effect == effects::STATE {
            let ty = effect.args.first().copied().unwrap_or(Ty::UNIT);
            let initial = self.initial(ty).ok_or_else(|| self.no_initial_value(&name, span));
            EffectKind::Cell(self.rep(ty), initial)
        } else {
            EffectKind::Operations(self.core_operations(effect))
        };
        let id = self.add_effect(core::Effect { name, kind });
        self.effect_ids.insert(effect.clone(), id);
        id
    }

    fn add_effect(&mut self, effect: core::Effect) -> EffectId {
        self.core_effects.push(effect);
        EffectId(self.core_effects.len() as u32 - 1)
    }

    fn core_operations(&mut self, effect: &EffectUse) -> Vec<core::Operation> {
        let decl = self.program.effect(effect.effect);
        let operations = decl.operations.iter().map(|operation| {
            let mut rep = |ty| {
                let ty = super::concrete::concrete(&mut self.types, ty, &effect.args);
                self.rep(ty)
            };
            let params = operation.params.iter().map(|&ty| rep(ty)).collect();
            core::Operation { name: operation.name.clone(), params, result: rep(operation.result) }
        });
        operations.collect()
    }

    /// The value of a state where a host calls and no handler gives one: zero, false, empty, or the first constructor
    /// without fields.
    fn initial(&self, ty: Ty) -> Option<Atom> {
        match self.types.kind(ty) {
            TyKind::Int | TyKind::Nat => Some(Atom::I64(0)),
            TyKind::Bool | TyKind::Byte => Some(Atom::Byte(0)),
            TyKind::Float64 => Some(Atom::F64(0.0)),
            TyKind::String | TyKind::Array(_) => Some(Atom::EmptyArray),
            TyKind::Unit => Some(Atom::Unit),
            &TyKind::Data(data, _) => self.first_plain(data),
            _ => None,
        }
    }

    /// The site of a call by a host of a function whose state has no first value.
    fn no_initial_value(&mut self, name: &str, span: Span) -> SiteId {
        let owner = self.made(name, span);
        let text = format!("{name} has no value before it is handled");
        let check = Check { kind: TrapKind::Unreachable, text, span };
        self.sites.site(&self.program.sources, owner.frame, check, Vec::new())
    }

    fn first_plain(&self, data: DataId) -> Option<Atom> {
        let decl = self.program.data(data);
        let tag = decl.constructors.iter().position(|constructor| constructor.fields.is_empty())?;
        decl.invariant.is_none().then_some(Atom::Static(tag as u32))
    }
}

impl<'p> Body<'_, 'p> {
    /// `handle[Effect](@S = init) { clauses } in { ... }`
    pub(super) fn handle(&mut self, expr: &'p Expr, handle: &'p Handle) -> Atom {
        let result = self.rep(expr.ty);
        let used = self.effect(&handle.effect);
        if used.effect == effects::STATE {
            return self.handle_state(handle, &used, result, expr.span);
        }
        let effect = self.lo.effect_id(&used, expr.span);
        let state = handle.state.as_ref().map(|(local, initial)| {
            let rep = self.rep(self.local_ty(*local));
            (rep, self.expr(initial))
        });
        let body = self.under(&[effect], &handle.body);
        let clauses = handle.clauses.iter().map(|clause| self.clause(clause, used.effect, true, |_, _| {}));
        let clauses = clauses.collect();
        let handle = core::Handle { effect, state, cell: None, clauses, body };
        self.b.emit(result, Op::Handle(Box::new(handle)))
    }

    fn handle_state(&mut self, handle: &'p Handle, used: &EffectUse, result: Rep, span: Span) -> Atom {
        let cell = self.lo.effect_id(used, span);
        let (rep, first) = match &self.lo.core_effects[cell.index()].kind {
            EffectKind::Cell(rep, first) => (*rep, first.clone()),
            EffectKind::Operations(_) => (Rep::Unit, Ok(Atom::Unit)),
        };
        let first = match (&handle.state, first) {
            (Some((_, initial)), _) => self.expr(initial),
            (None, Ok(first)) => first,
            (None, Err(site)) => {
                self.b.end(End::Trap(site, Vec::new()));
                return Atom::nothing(result);
            }
        };
        let plain = handle.clauses.iter().all(is_plain);
        let clauses = (!plain).then(|| {
            let name = self.lo.core_effects[cell.index()].name.clone();
            let kind = EffectKind::Operations(self.lo.core_operations(used));
            self.lo.add_effect(core::Effect { name, kind })
        });
        self.scope.states.push(LexicalState { cell, clauses });
        let effects: Vec<EffectId> = [cell].into_iter().chain(clauses).collect();
        let body = self.under(&effects, &handle.body);
        self.scope.states.pop();
        let body = match clauses {
            None => body,
            Some(effect) => self.block(|this| {
                // What a clause does with the state is done with the cell itself.
                this.scope.states.push(LexicalState { cell, clauses: None });
                let written = handle.clauses.iter();
                let mut clauses: Vec<Clause> = written.map(|clause| this.state_clause(clause, cell)).collect();
                for operation in [GET, PUT] {
                    if clauses.iter().all(|clause| clause.operation != operation) {
                        clauses.push(this.missing_state_clause(operation, cell, rep));
                    }
                }
                this.scope.states.pop();
                let inner = core::Handle { effect, state: None, cell: Some(cell), clauses, body };
                this.b.emit(result, Op::Handle(Box::new(inner)))
            }),
        };
        let handle = core::Handle { effect: cell, state: Some((rep, first)), cell: None, clauses: Vec::new(), body };
        self.b.emit(result, Op::Handle(Box::new(handle)))
    }

    /// A block that handlers of effects answer.
    fn under(&mut self, effects: &[EffectId], body: &'p Expr) -> core::Block {
        let around = self.scope.handled.len();
        self.scope.handled.extend(effects);
        let body = self.block(|this| this.expr(body));
        self.scope.handled.truncate(around);
        body
    }

    /// A clause of a `State` handler: the operation itself comes first.
    fn state_clause(&mut self, clause: &'p HandlerClause, cell: EffectId) -> Clause {
        self.clause(clause, effects::STATE, false, |this, params| {
            let held = this.cell_get(cell);
            if let Some(state) = clause.state {
                this.bind(state, Value::Atom(held));
            }
            if clause.operation == PUT {
                let value = params.first().map_or(Atom::Unit, |&param| Atom::Local(param));
                this.cell_set(cell, value);
            }
        })
    }

    /// What an operation without a clause does: what the cell does.
    fn missing_state_clause(&mut self, operation: u32, cell: EffectId, rep: Rep) -> Clause {
        let param = self.b.local(if operation == PUT { rep } else { Rep::Unit });
        let body = self.block(|this| {
            let value = match operation {
                PUT => this.cell_set(cell, Atom::Local(param)),
                _ => this.cell_get(cell),
            };
            this.b.end(End::Resume(Resume { value, state: None }));
            Atom::Unit
        });
        Clause { operation, params: vec![param], state: None, frame: None, around: Vec::new(), body }
    }

    fn clause(
        &mut self,
        clause: &'p HandlerClause,
        effect: types::EffectId,
        has_state: bool,
        first: impl FnOnce(&mut Self, &[core::LocalId]),
    ) -> Clause {
        let params: Vec<core::LocalId> = clause.params.iter().map(|&param| self.clause_local(param)).collect();
        let state = clause.state.filter(|_| has_state).map(|state| self.clause_local(state));
        let program = self.lo.program;
        let function = self.scope.function.map(|function| program.function(function));
        let frame = function.map(|decl| self.lo.clause_frame(decl, effect, clause.operation, clause.body.span));
        let around = self.scope.owner.frame;
        self.scope.owner.frame = frame.unwrap_or(around);
        let inside = ClauseScope {
            update: clause.update.as_ref(),
            states: self.scope.states.len(),
            handled: self.scope.handled.len(),
            around: Vec::new(),
        };
        let outer = self.scope.clause.replace(inside);
        let body = self.block(|this| {
            first(this, &params);
            this.tail(&clause.body)
        });
        let inside = std::mem::replace(&mut self.scope.clause, outer);
        self.scope.owner.frame = around;
        let around = inside.map(|inside| inside.around).unwrap_or_default();
        Clause { operation: clause.operation, params, state, frame, around, body }
    }

    fn clause_local(&mut self, local: LocalId) -> core::LocalId {
        let rep = self.rep(self.local_ty(local));
        let bound = self.b.local(rep);
        self.bind(local, Value::Atom(Atom::Local(bound)));
        bound
    }

    /// `resume(value)`. In tail position it is how the clause ends.
    pub(super) fn resume(&mut self, expr: &'p Expr, value: Option<&'p Expr>, tail: bool) -> Atom {
        let value = value.map_or(Atom::Unit, |value| self.expr(value));
        let Some(clause) = &self.scope.clause else { return self.refuse(expr) };
        let state = clause.update.map(|update| self.update(update));
        let rep = self.rep(expr.ty);
        let resume = Resume { value, state };
        if tail {
            self.b.end(End::Resume(resume));
            return Atom::nothing(rep);
        }
        self.b.emit(rep, Op::Resume(resume))
    }

    /// The state that a clause resumes with. Handlers that the clause has around `resume` do not answer its operations.
    fn update(&mut self, update: &'p Expr) -> Atom {
        let Some(clause) = &self.scope.clause else { return self.expr(update) };
        let (states, handled) = (clause.states, clause.handled);
        let mut inner = self.scope.handled.split_off(handled);
        let inner_states = self.scope.states.split_off(states);
        let rep = self.rep(update.ty);
        let body = self.block(|this| this.expr(update));
        self.scope.states.extend(inner_states);
        self.scope.handled.extend(&inner);
        if inner.is_empty() || !asks(&body) {
            return self.b.splice(body, rep);
        }
        inner.sort_unstable();
        inner.dedup();
        let effects = inner.into_iter().map(|effect| (effect, self.around_clause(effect))).collect();
        self.b.emit(rep, Op::Outside(Box::new(core::Outside { effects, body })))
    }

    /// The name that the clause around has for the handler of an effect around it.
    fn around_clause(&mut self, effect: EffectId) -> EffectId {
        let known = self.scope.clause.iter().flat_map(|clause| &clause.around);
        if let Some((name, _)) = known.into_iter().find(|(_, known)| *known == effect) {
            return *name;
        }
        let around = core::Effect {
            name: format!("{} around the clause", self.lo.core_effects[effect.index()].name),
            kind: EffectKind::Operations(Vec::new()),
        };
        let name = self.lo.add_effect(around);
        if let Some(clause) = &mut self.scope.clause {
            clause.around.push((name, effect));
        }
        name
    }

    /// Whether all that an expression of a clause gives is what `resume` gives, which is converted where the handled
    /// block is.
    pub(super) fn is_resumed(&self, expr: &Expr) -> bool {
        self.scope.clause.is_some() && gives_resumed(expr)
    }

    /// An operation of `State` as the place where it is written means it.
    pub(super) fn state_operation(&mut self, effect: &EffectUse, operation: u32, args: Vec<Atom>, span: Span) -> Atom {
        let cell = self.lo.effect_id(effect, span);
        let lexical = self.scope.states.iter().rev().find(|state| state.cell == cell);
        let Some(clauses) = lexical.and_then(|state| state.clauses) else {
            return match (operation, args.into_iter().next()) {
                (PUT, Some(value)) => self.cell_set(cell, value),
                _ => self.cell_get(cell),
            };
        };
        let rep = match (operation, &self.lo.core_effects[cell.index()].kind) {
            (GET, EffectKind::Cell(rep, _)) => *rep,
            _ => Rep::Unit,
        };
        let perform = Perform { effect: clauses, operation, args, unhandled: Unhandled::Never };
        self.b.emit(rep, Op::Perform(Box::new(perform)))
    }

    fn cell_get(&mut self, cell: EffectId) -> Atom {
        let EffectKind::Cell(rep, _) = self.lo.core_effects[cell.index()].kind else { return Atom::Unit };
        let args = vec![Atom::Unit];
        let perform = Perform { effect: cell, operation: GET, args, unhandled: Unhandled::Never };
        self.b.emit(rep, Op::Perform(Box::new(perform)))
    }

    fn cell_set(&mut self, cell: EffectId, value: Atom) -> Atom {
        let perform = Perform { effect: cell, operation: PUT, args: vec![value], unhandled: Unhandled::Never };
        self.b.emit(Rep::Unit, Op::Perform(Box::new(perform)))
    }

    /// Reads every state that the postconditions compare with, before the body runs.
    pub(super) fn keep_old_states(&mut self, ensures: &[&'p tir::Contract]) {
        for clause in ensures {
            clause.expr.walk(&mut |expr| {
                if let ExprKind::Old(effect) = &expr.kind {
                    let effect = self.effect(effect);
                    if self.scope.old.iter().all(|(known, _)| *known != effect) {
                        let cell = self.lo.effect_id(&effect, expr.span);
                        let value = self.cell_get(cell);
                        self.scope.old.push((effect, value));
                    }
                }
            });
        }
    }

    /// `old(State<T>)`
    pub(super) fn old_state(&mut self, expr: &'p Expr, effect: &EffectUse) -> Atom {
        let effect = self.effect(effect);
        match self.scope.old.iter().find(|(known, _)| *known == effect) {
            Some((_, value)) => value.clone(),
            None => {
                self.internal_error(expr.span, "The state before the function is not at hand.");
                let rep = self.rep(expr.ty);
                Atom::nothing(rep)
            }
        }
    }

    /// `new(State<T>)`
    pub(super) fn new_state(&mut self, expr: &'p Expr, effect: &EffectUse) -> Atom {
        let effect = self.effect(effect);
        let cell = self.lo.effect_id(&effect, expr.span);
        self.cell_get(cell)
    }

    /// Reports that `expr` cannot be compiled.
    pub(super) fn refuse(&mut self, expr: &'p Expr) -> Atom {
        self.lo.report(Diagnostic::internal(expr.span, "This expression cannot be compiled."));
        self.b.end(End::Unreachable);
        let rep = self.rep(expr.ty);
        Atom::nothing(rep)
    }
}

/// Whether handlers around a block may have to answer something in it.
fn asks(block: &core::Block) -> bool {
    let mut asks = false;
    block.for_each_block(|block| {
        let op = |op: &Op| matches!(op, Op::Perform(_) | Op::Answered(_) | Op::Call(..) | Op::CallClosure { .. });
        asks |= block.stmts.iter().any(|stmt| op(&stmt.op));
        asks |= matches!(block.end, End::TailCall(..) | End::TailCallClosure { .. });
    });
    asks
}

/// Whether a clause of a `State` handler leaves the operation as it is: `get` resumes with the state, `put` with a unit.
fn is_plain(clause: &HandlerClause) -> bool {
    if clause.update.is_some() {
        return false;
    }
    let mut body = &clause.body;
    while let ExprKind::Block(stmts, value) = &body.kind
        && stmts.is_empty()
    {
        body = value;
    }
    while let ExprKind::Coerce(_, _, inner) = &body.kind {
        body = inner;
    }
    let ExprKind::Resume(Some(value), None) = &body.kind else { return false };
    match &value.kind {
        ExprKind::Local(local) => clause.operation == GET && clause.state == Some(*local),
        ExprKind::Unit => clause.operation == PUT,
        _ => false,
    }
}

fn gives_resumed(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Resume(..) => true,
        ExprKind::Block(_, value) => gives_resumed(value),
        ExprKind::If(_, then, otherwise) => gives_resumed(then) && gives_resumed(otherwise),
        ExprKind::Match(_, arms) => arms.iter().all(|arm| gives_resumed(&arm.body)),
        ExprKind::Coerce(Coercion::Refine(..), ..) => false,
        ExprKind::Coerce(_, _, inner) => gives_resumed(inner),
        _ => false,
    }
}
