//! Instances of functions: parameters, entry checks, body, exit checks.

use super::body::{Body, Scope, Value};
use super::checks::Seen;
use super::context::Lowering;
use super::guard::Guard;
use super::sites::Check;
use super::work::InstanceKey;
use crate::core::{Atom, Function, Op};
use crate::source::Span;
use crate::tir::{self, Contract, ExprKind, FnDecl};
use crate::types::Ty;
use vera_abi::trap::TrapKind;

impl<'p> Lowering<'p> {
    /// The Vera name of a function, with its parent's and its module's where these are needed to tell it apart.
    pub(super) fn qualified(&self, decl: &FnDecl) -> String {
        let module = &self.program.modules[decl.module.index()];
        let name = match decl.parent {
            Some(parent) => format!("{}/{}", self.qualified(self.program.function(parent)), decl.name),
            None => decl.name.clone(),
        };
        let imported = !module.prelude && Some(decl.module) != self.program.root && decl.parent.is_none();
        if imported { format!("{}.{name}", module.path) } else { name }
    }

    fn instance_symbol(&self, key: &InstanceKey) -> String {
        let mut symbol = self.qualified(self.program.function(key.function));
        symbol += &self.program.arguments_symbol(&self.types, &key.type_args);
        if !key.lambdas.is_empty() {
            let names = key.lambdas.iter().map(|lambda| lambda.map_or("_".into(), |id| self.lambda_name(id)));
            symbol += &format!("{{{}}}", names.collect::<Vec<_>>().join(", "));
        }
        symbol
    }

    /// Builds an instance.
    pub(super) fn build_instance(&mut self, key: &InstanceKey) -> Option<Function> {
        let program = self.program;
        let decl = program.function(key.function);
        let tir::Body::Expr(expr) = &decl.body else { return None };
        let symbol = self.instance_symbol(key);
        let owner = self.owner(decl);
        let frame = owner.frame;
        let scope = Scope::new(Some(key.function), &decl.locals, key.type_args.clone(), owner, decl.span);
        let result = super::concrete::concrete(&mut self.types, decl.result, &key.type_args);
        let result = self.rep(result);
        let mut body = Body::new(self, scope, result);
        let record = body.parameters(decl, key);

        if !key.chained && body.lo.chain_of(key.function).is_some() {
            let value = body.enter_chain(key);
            return Some(body.finish(value, symbol, None));
        }
        body.worker_parameters(key);
        body.check_entry(decl, &record);
        body.lo.note_entry(body.b.at());
        body.measure_entry(decl, key.function);
        let ensures: Vec<&'p Contract> = decl.ensures.iter().filter(|clause| !is_true(clause)).collect();
        let value = if ensures.is_empty() { body.tail(expr) } else { body.checked_result(decl, expr, &ensures) };
        let symbol = if key.chained { format!("{symbol}/worker") } else { symbol };
        Some(body.finish(value, symbol, Some(frame)))
    }
}

impl<'p> Body<'_, 'p> {
    /// Declares and binds the parameters. Gives what the record of a failed check on entry holds.
    fn parameters(&mut self, decl: &'p FnDecl, key: &InstanceKey) -> Vec<(Atom, Ty)> {
        let mut record = Vec::new();
        for (index, &param) in decl.params.iter().enumerate() {
            let ty = self.ty(self.local_ty(param));
            let value = match key.lambdas.get(index) {
                Some(Some(lambda)) => {
                    record.push((Atom::Static(0), ty));
                    Value::Lambda(self.lambda_parameter(*lambda))
                }
                _ => {
                    let rep = self.lo.rep(ty);
                    let atom = self.b.param(rep);
                    record.push((atom.clone(), ty));
                    Value::Atom(atom)
                }
            };
            self.bind(param, value);
        }
        record
    }

    /// Checks refined parameters, then the `requires` clauses.
    fn check_entry(&mut self, decl: &'p FnDecl, record: &[(Atom, Ty)]) {
        let refined = decl.params.iter().any(|&param| self.is_refined(self.local_ty(param)));
        let requires: Vec<&'p Contract> = decl.requires.iter().filter(|clause| !is_true(clause)).collect();
        if !refined && requires.is_empty() {
            return;
        }
        let slots = self.scope.owner.slots.clone();
        let seen = record.iter().zip(slots.iter());
        let seen: Vec<Seen> =
            seen.filter_map(|((atom, ty), slot)| self.seen(slot.as_str(), atom.clone(), *ty)).collect();
        for (index, &param) in decl.params.iter().enumerate() {
            let local = &decl.locals[param.index()];
            let value = record[index].0.clone();
            self.check_refinements(&value, local.ty, "parameter", local.span, &seen);
        }
        for clause in requires {
            let holds = self.expr(&clause.expr);
            self.check(holds, Check::of_clause(TrapKind::Requires, "requires", clause), seen.clone());
        }
    }

    /// Whether a type itself is refined.
    pub(super) fn is_refined(&self, ty: Ty) -> bool {
        match self.lo.types.kind(ty) {
            crate::types::TyKind::Alias(_, _, inner) => self.is_refined(*inner),
            crate::types::TyKind::Refined(..) => true,
            _ => false,
        }
    }

    fn checked_result(&mut self, decl: &'p FnDecl, expr: &'p tir::Expr, ensures: &[&'p Contract]) -> Atom {
        let kept = self.b.at();
        self.keep_old_states(ensures);
        let body = self.b.at();
        let mut value = self.expr(expr);
        if !self.b.ended() {
            // A result of its own, which is not a parameter nor a constant: callers know it by its contract alone.
            if self.lo.proofs.is_some() {
                value = self.b.emit(self.result, Op::Use(value));
            }
            self.lo.note_exit(kept, body, &value, self.b.at());
        }
        self.bind(decl.result_local, Value::Atom(value.clone()));
        let guard = std::mem::replace(&mut self.scope.guard, Guard::None);
        for clause in ensures {
            let seen = self.slots_of(&clause.expr);
            let holds = self.expr(&clause.expr);
            self.check(holds, Check::of_clause(TrapKind::Ensures, "ensures", clause), seen);
        }
        self.scope.guard = guard;
        value
    }

    /// Reports a mistake of the compiler.
    pub(super) fn internal_error(&mut self, span: Span, description: &str) {
        self.lo.report(crate::diagnostics::Diagnostic::internal(span, description));
    }
}

/// Whether a clause holds by its text alone, and costs nothing.
pub(super) fn is_true(clause: &Contract) -> bool {
    matches!(clause.expr.kind, ExprKind::Bool(true))
}
