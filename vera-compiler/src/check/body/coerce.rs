//! Assignability, with a node for each conversion.
//!
//! A value narrows (`Int` to `Nat`, a base to its refinement) under a check and widens freely. So does a container: all
//! its parts are checked if some of them narrow. A function whose parameters or result need a check is wrapped in a
//! function that makes the check. If functions in a container need one, the container is refused (E602).

use super::{Checker, invalid};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::tir::{Closure, Coercion, CoercionSite, Expr, ExprKind, Stmt};
use crate::types::{FnTy, Ty, TyKind};

impl Checker<'_> {
    /// The expression as a `to`.
    ///
    /// # Errors
    /// The expression as it was, when its type does not fit.
    pub(super) fn assign(&mut self, expr: Expr, to: Ty, site: CoercionSite) -> Result<Expr, Expr> {
        if expr.ty == to || self.relate(expr.ty, to, true) { Ok(self.convert(expr, to, site)) } else { Err(expr) }
    }

    /// The expression as a `to` it is known to fit.
    pub(super) fn convert(&mut self, mut expr: Expr, to: Ty, site: CoercionSite) -> Expr {
        if expr.ty == to {
            return expr;
        }
        let from = self.full(expr.ty);
        let to = self.full(to);
        if from == to || from == Ty::INVALID || to == Ty::INVALID {
            return expr;
        }
        if from == Ty::NEVER {
            return coerced(expr, Coercion::Widen, to, site);
        }
        let (from_base, to_base) = (self.shape(from), self.shape(to));
        if let Some((source, target)) = self.functions(from_base, to_base)
            && self.function_needs_check(&source, &target)
        {
            return self.adapter(expr, &source, &target, to);
        }
        if to_base == Ty::NAT && matches!(expr.kind, ExprKind::Int(value) if value >= 0) {
            expr.ty = Ty::NAT;
        }
        let steps = self.steps(expr.ty, to);
        if steps.iter().any(|(coercion, _)| *coercion == Coercion::Parts) && self.functions_narrow(from_base, to_base) {
            self.report_functions_inside(expr.span, from, to);
            return invalid(expr.span);
        }
        for (coercion, ty) in steps {
            expr = coerced(expr, coercion, ty, site);
        }
        expr
    }

    /// The conversions from one type to another that fits, in order, each with the type after it.
    pub(super) fn steps(&mut self, from: Ty, to: Ty) -> Vec<(Coercion, Ty)> {
        let from_chain = self.refinements(from);
        let to_chain = self.refinements(to);
        let (from_base, to_base) = (self.shape(from), self.shape(to));
        let missing: Vec<Ty> = to_chain.into_iter().filter(|refined| !from_chain.contains(refined)).collect();
        let mut steps = Vec::new();
        if from_base == Ty::INT && to_base == Ty::NAT {
            steps.push((Coercion::ToNat, Ty::NAT));
        } else if from_base != to_base {
            let parts = self.parts_narrow(from_base, to_base);
            steps.push((if parts { Coercion::Parts } else { Coercion::Widen }, to_base));
        }
        for refined in missing {
            if let TyKind::Refined(_, predicate, args) = self.env.program.types.kind(refined) {
                steps.push((Coercion::Refine(*predicate, args.clone()), refined));
            }
        }
        if steps.is_empty() && !from_chain.is_empty() && self.env.argument(from) != self.env.argument(to) {
            steps.push((Coercion::Widen, to));
        }
        if let Some(last) = steps.last_mut() {
            last.1 = to;
        }
        steps
    }

    /// Whether some part of a container must satisfy more in the second type than it is known to in the first.
    fn parts_narrow(&mut self, from: Ty, to: Ty) -> bool {
        let types = &self.env.program.types;
        match (types.kind(from).clone(), types.kind(to).clone()) {
            (TyKind::Array(from), TyKind::Array(to)) => self.narrows(from, to),
            (TyKind::Tuple(from), TyKind::Tuple(to)) | (TyKind::Data(_, from), TyKind::Data(_, to)) => {
                from.iter().zip(&to).any(|(&from, &to)| self.narrows(from, to))
            }
            _ => false,
        }
    }

    fn narrows(&mut self, from: Ty, to: Ty) -> bool {
        if from == to || self.shape(from) == Ty::NEVER {
            return false;
        }
        let known = self.refinements(from);
        let (from_base, to_base) = (self.shape(from), self.shape(to));
        if let Some((source, target)) = self.functions(from_base, to_base) {
            return self.function_needs_check(&source, &target);
        }
        (from_base == Ty::INT && to_base == Ty::NAT)
            || self.refinements(to).iter().any(|refined| !known.contains(refined))
            || self.parts_narrow(from_base, to_base)
    }

    /// Whether some function in a container would need a check of its parameters or its result in the second type.
    fn functions_narrow(&mut self, from: Ty, to: Ty) -> bool {
        let (from, to) = (self.shape(from), self.shape(to));
        let types = &self.env.program.types;
        match (types.kind(from).clone(), types.kind(to).clone()) {
            (TyKind::Fn(source), TyKind::Fn(target)) => self.function_needs_check(&source, &target),
            (TyKind::Array(from), TyKind::Array(to)) => self.functions_narrow(from, to),
            (TyKind::Tuple(from), TyKind::Tuple(to)) | (TyKind::Data(_, from), TyKind::Data(_, to)) => {
                from.iter().zip(&to).any(|(&from, &to)| self.functions_narrow(from, to))
            }
            _ => false,
        }
    }

    #[inline(never)]
    fn report_functions_inside(&mut self, span: Span, from: Ty, to: Ty) {
        let (from, to) = (self.text(from), self.text(to));
        self.report(
            Diagnostic::new(Code::E602, span, format!("The functions in a value of type `{from}` cannot be used as those of `{to}`."))
                .because(
                    "Each of them would have to be wrapped in a function that checks its arguments or its result, and no \
                     code is generated that does so within another value.",
                )
                .fix(format!("Make the value with functions of `{to}` to begin with, or take each function out and pass it by itself."))
                .spec(Section::S2_6_4),
        );
    }

    /// The refined types a type is made of, innermost first.
    fn refinements(&mut self, ty: Ty) -> Vec<Ty> {
        let mut chain = Vec::new();
        let mut ty = self.full(ty);
        loop {
            match self.env.program.types.kind(ty) {
                TyKind::Alias(_, _, target) => ty = *target,
                TyKind::Refined(base, _, _) => {
                    chain.push(ty);
                    ty = *base;
                }
                _ => break,
            }
        }
        chain.reverse();
        chain
    }

    /// Whether using a value of one type as another takes a check.
    pub(super) fn needs_check(&mut self, from: Ty, to: Ty) -> bool {
        let (from, to) = (self.full(from), self.full(to));
        if from == to || from == Ty::NEVER {
            return false;
        }
        if let Some((source, target)) = self.functions(self.shape(from), self.shape(to)) {
            return self.function_needs_check(&source, &target);
        }
        self.steps(from, to).iter().any(|(coercion, _)| *coercion != Coercion::Widen)
    }

    /// Two function types, if both are.
    fn functions(&self, from: Ty, to: Ty) -> Option<(FnTy, FnTy)> {
        let types = &self.env.program.types;
        match (types.kind(from), types.kind(to)) {
            (TyKind::Fn(from), TyKind::Fn(to)) => Some((from.clone(), to.clone())),
            _ => None,
        }
    }

    fn function_needs_check(&mut self, from: &FnTy, to: &FnTy) -> bool {
        let params = from.params.len() == to.params.len();
        params
            && (from.params.iter().zip(&to.params).any(|(&inner, &outer)| self.needs_check(outer, inner))
                || self.needs_check(from.result, to.result))
    }

    /// `{ let f = expr; fn(params of target) { f(params) } }` with the checks that the types ask for.
    fn adapter(&mut self, expr: Expr, source: &FnTy, target: &FnTy, to: Ty) -> Expr {
        let span = expr.span;
        let function = self.local(expr.ty, span);
        let params: Vec<_> = target.params.iter().map(|&ty| self.local(ty, span)).collect();
        let mut args = Vec::with_capacity(params.len());
        for (position, &param) in params.iter().enumerate() {
            let outer = Expr { kind: ExprKind::Local(param), ty: target.params[position], span };
            args.push(self.convert(outer, source.params[position], CoercionSite::Argument));
        }
        let callee = Expr { kind: ExprKind::Local(function), ty: expr.ty, span };
        let applied = Expr { kind: ExprKind::Apply(Box::new(callee), args), ty: source.result, span };
        let body = self.convert(applied, target.result, CoercionSite::Return);
        let closure = Closure { params, captures: vec![function], row: target.row.clone(), body };
        let closure = Expr { kind: ExprKind::Closure(Box::new(closure)), ty: to, span };
        Expr { kind: ExprKind::Block(vec![Stmt::Let(function, expr)], Box::new(closure)), ty: to, span }
    }
}

fn coerced(expr: Expr, coercion: Coercion, ty: Ty, site: CoercionSite) -> Expr {
    let span: Span = expr.span;
    Expr { kind: ExprKind::Coerce(coercion, site, Box::new(expr)), ty, span }
}
