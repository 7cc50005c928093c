//! The state of lowering one function body: the current block, the values of bindings, and small helpers.

use super::builder::{Builder, stops};
use super::concrete::{self, Substitution};
use super::context::Lowering;
use super::guard::Guard;
use super::lambdas::LambdaValue;
use super::origin::Origins;
use super::sites::Owner;
use super::work::TypeArgs;
use crate::core::{Atom, Block, EffectId, End, FrameId, Function, Op};
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::tir::{Expr, FnId, Local, LocalId};
use crate::types::{EffectUse, Ty};
use std::collections::HashMap;
use vera_abi::layout::Rep;

/// What a binding stands for.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A value.
    Atom(Atom),
    /// A lambda that is known here; it becomes a closure value only where one is needed.
    Lambda(LambdaValue),
}

/// Bindings and types of the declaration a body belongs to.
#[derive(Debug)]
pub(super) struct Scope<'p> {
    /// The function the code is written in, where there is one.
    pub(super) function: Option<FnId>,
    /// Types of the bindings.
    pub(super) locals: &'p [Local],
    /// What the bindings stand for.
    pub(super) env: HashMap<LocalId, Value>,
    /// Bindings that hold parts of what other bindings hold.
    pub(super) origins: Origins,
    /// Concrete type arguments.
    pub(super) type_args: TypeArgs,
    /// What failed checks say about where they are.
    pub(super) owner: Owner,
    /// What recursive calls have to check or pass on.
    pub(super) guard: Guard,
    /// What the code is written at, or for.
    pub(super) origin: Span,
    /// The clause of a handler that the code belongs to.
    pub(super) clause: Option<ClauseScope<'p>>,
    /// The `State` handlers around the present place, innermost last.
    pub(super) states: Vec<LexicalState>,
    /// The effects of all handlers around the present place, innermost last.
    pub(super) handled: Vec<EffectId>,
    /// States as they were before the body ran.
    pub(super) old: Vec<(EffectUse, Atom)>,
    substitution: Substitution,
}

impl<'p> Scope<'p> {
    /// A scope without bindings.
    pub(super) fn new(
        function: Option<FnId>,
        locals: &'p [Local],
        type_args: TypeArgs,
        owner: Owner,
        origin: Span,
    ) -> Self {
        Self {
            function,
            locals,
            env: HashMap::new(),
            origins: Origins::default(),
            type_args,
            owner,
            guard: Guard::None,
            origin,
            clause: None,
            states: Vec::new(),
            handled: Vec::new(),
            old: Vec::new(),
            substitution: Substitution::default(),
        }
    }
}

/// A clause that is being lowered.
#[derive(Clone, Debug)]
pub(super) struct ClauseScope<'p> {
    /// `with @T = ...`
    pub(super) update: Option<&'p Expr>,
    /// How many `State` handlers are around the clause.
    pub(super) states: usize,
    /// How many handlers are around the clause.
    pub(super) handled: usize,
    /// Names of handlers around the clause, and their effects.
    pub(super) around: Vec<(EffectId, EffectId)>,
}

/// A `State` handler around the present place, in the same function or closure.
#[derive(Clone, Copy, Debug)]
pub(super) struct LexicalState {
    /// The cell.
    pub(super) cell: EffectId,
    /// The effect of its clauses; `None` where the operations are those of the cell.
    pub(super) clauses: Option<EffectId>,
}

/// A function body being lowered.
pub(super) struct Body<'a, 'p> {
    /// The program.
    pub(super) lo: &'a mut Lowering<'p>,
    /// The core function.
    pub(super) b: Builder,
    /// The declaration.
    pub(super) scope: Scope<'p>,
    /// Representation of the core function's result.
    pub(super) result: Rep,
}

impl<'a, 'p> Body<'a, 'p> {
    /// An empty body.
    pub(super) fn new(lo: &'a mut Lowering<'p>, scope: Scope<'p>, result: Rep) -> Self {
        Self { lo, b: Builder::new(), scope, result }
    }

    /// Finishes the core function.
    pub(super) fn finish(self, value: Atom, symbol: String, frame: Option<FrameId>) -> Function {
        let symbol = self.lo.symbol(symbol);
        self.b.finish(value, self.result, symbol, frame)
    }

    /// The concrete type of a type of the declaration.
    pub(super) fn ty(&mut self, ty: Ty) -> Ty {
        self.scope.substitution.concrete(&mut self.lo.types, ty, &self.scope.type_args)
    }

    /// Concrete types.
    pub(super) fn tys(&mut self, list: &[Ty]) -> TypeArgs {
        list.iter().map(|&ty| self.ty(ty)).collect()
    }

    /// An effect with concrete type arguments.
    pub(super) fn effect(&mut self, effect: &EffectUse) -> EffectUse {
        concrete::concrete_effect(&mut self.lo.types, effect, &self.scope.type_args)
    }

    /// The representation of a type of the declaration.
    pub(super) fn rep(&mut self, ty: Ty) -> Rep {
        let ty = self.ty(ty);
        self.lo.rep(ty)
    }

    /// Binds a local.
    pub(super) fn bind(&mut self, local: LocalId, value: Value) {
        self.scope.env.insert(local, value);
    }

    /// The type of a binding.
    pub(super) fn local_ty(&self, local: LocalId) -> Ty {
        self.scope.locals[local.index()].ty
    }

    /// What a binding stands for.
    pub(super) fn lookup(&mut self, local: LocalId, span: Span) -> Value {
        if let Some(value) = self.scope.env.get(&local) {
            return value.clone();
        }
        self.lo.report(Diagnostic::internal(span, "A binding is used where it has no value."));
        let rep = self.rep(self.local_ty(local));
        Value::Atom(Atom::nothing(rep))
    }

    /// Runs `build` in a block of its own, which yields what it returns.
    pub(super) fn block(&mut self, build: impl FnOnce(&mut Self) -> Atom) -> Block {
        self.b.open();
        let value = build(self);
        self.b.close(value)
    }

    /// The value of one of two blocks.
    pub(super) fn branch(
        &mut self,
        condition: Atom,
        rep: Rep,
        then: impl FnOnce(&mut Self) -> Atom,
        otherwise: impl FnOnce(&mut Self) -> Atom,
    ) -> Atom {
        match condition {
            Atom::Byte(0) => return otherwise(self),
            Atom::Byte(_) => return then(self),
            _ => {}
        }
        let then = self.block(then);
        let otherwise = self.block(otherwise);
        let stopped = stops(&then) && stops(&otherwise);
        let value = self.b.emit(rep, Op::If(condition, Box::new(then), Box::new(otherwise)));
        if stopped {
            self.b.end(End::Unreachable);
        }
        value
    }
}
