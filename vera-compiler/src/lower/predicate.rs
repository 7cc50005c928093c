//! Predicates of refinement types and of data invariants: one function per predicate and type arguments.

use super::body::{Body, Scope, Value};
use super::context::Lowering;
use super::sites::Check;
use super::work::{Job, PredicateKey, TypeArgs};
use crate::core::{Atom, FnId, Function, Op};
use crate::source::Span;
use crate::tir::ExprKind;
use crate::types::{DataId, Ty, TyKind};
use vera_abi::layout::Rep;
use vera_abi::trap::TrapKind;

impl Body<'_, '_> {
    /// Whether `value` satisfies a predicate.
    pub(super) fn call_predicate(&mut self, key: PredicateKey, args: TypeArgs, value: Atom) -> Atom {
        if key.find(self.lo.program).is_none_or(|predicate| matches!(predicate.expr.kind, ExprKind::Bool(true))) {
            return Atom::Byte(1);
        }
        let function = self.lo.predicate(key, args);
        self.b.emit(Rep::Byte, Op::Call(function, vec![value]))
    }

    /// Stops the program when a value just made breaks the invariant of its type.
    pub(super) fn check_invariant(&mut self, data: DataId, ty: Ty, value: Atom, span: Span) {
        let args: TypeArgs = match self.lo.types.kind(ty) {
            TyKind::Data(_, args) => args.as_slice().into(),
            _ => return,
        };
        self.invariant_holds(data, args, value, ty, span);
    }

    /// The same at known type arguments.
    pub(super) fn invariant_holds(&mut self, data: DataId, args: TypeArgs, value: Atom, ty: Ty, span: Span) {
        let decl = self.lo.program.data(data);
        let Some(invariant) = &decl.invariant else { return };
        let holds = self.call_predicate(PredicateKey::Invariant(data), args, value.clone());
        let seen = self.seen(format!("@{}.0", decl.name), value, ty).into_iter().collect();
        let text = format!("invariant({})", invariant.text);
        self.check(holds, Check { kind: TrapKind::Invariant, text, span }, seen);
    }
}

impl Lowering<'_> {
    pub(super) fn predicate(&mut self, key: PredicateKey, args: TypeArgs) -> FnId {
        if let Some(&known) = self.predicates.get(&(key, args.clone())) {
            return known;
        }
        let id = self.reserve(Job::Predicate(key, args.clone()));
        self.predicates.insert((key, args), id);
        id
    }

    /// Builds the function of a predicate.
    pub(super) fn build_predicate(&mut self, key: PredicateKey, args: TypeArgs) -> Option<Function> {
        let predicate = key.find(self.program)?;
        let name = match key {
            PredicateKey::Refinement(id) => format!("refinement{}", id.0),
            PredicateKey::Invariant(id) => format!("invariant {}", self.program.data(id).name),
        };
        let symbol = format!("{name}{}", self.program.arguments_symbol(&self.types, &args));
        let owner = self.made(&name, predicate.span);
        let mut body = Body::new(self, Scope::new(None, &predicate.locals, args, owner, predicate.span), Rep::Byte);
        let rep = body.rep(body.local_ty(predicate.binder));
        let value = body.b.param(rep);
        body.bind(predicate.binder, Value::Atom(value));
        let holds = body.tail(&predicate.expr);
        let mut function = body.finish(holds, symbol, None);
        function.inline = true;
        Some(function)
    }
}
