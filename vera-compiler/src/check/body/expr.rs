//! Expressions: which rule checks which form.
//!
//! The recursive function is small, and each rule is a separate function, so that deep nesting takes little stack.

use super::deferred::Deferred;
use super::{Checker, Expected, invalid};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind as Ast};
use crate::tir::{CoercionSite, Expr, ExprKind};
use crate::types::Ty;

impl Checker<'_> {
    /// Checks an expression. Its type need not be the expected one; [`Checker::assign`] tells.
    pub(super) fn expr(&mut self, expr: &ast::Expr, expected: Expected) -> Expr {
        let span = expr.span;
        match &expr.kind {
            Ast::Unit => Expr { kind: ExprKind::Unit, ty: Ty::UNIT, span },
            Ast::Bool(value) => Expr { kind: ExprKind::Bool(*value), ty: Ty::BOOL, span },
            Ast::Int(value) => self.integer(*value, expected, span),
            Ast::Float(value) => Expr { kind: ExprKind::Float(*value), ty: Ty::FLOAT64, span },
            Ast::String(text) => Expr { kind: ExprKind::String(text.clone()), ty: Ty::STRING, span },
            Ast::Interpolated(parts) => self.interpolated(parts, span),
            Ast::Hole => self.hole(expected, span),
            Ast::Slot { ty, index } => self.slot(ty, *index, span),
            Ast::Result(ty) => self.result(ty, span),
            Ast::Call { name, args } => self.bare_call(name, &refs(args), expected, span),
            Ast::ModuleCall { module, name, args } => self.module_call(module, name, &refs(args), expected, span),
            Ast::QualifiedCall { qualifier, name, args } => {
                self.qualified_call(qualifier, name, &refs(args), expected, span)
            }
            Ast::Resume(args) => self.resume(args, span),
            Ast::Constructor { name, args } => self.construct(name, &refs(args), expected, span),
            Ast::NullaryConstructor(name) => self.nullary_constructor(name, expected, span),
            Ast::Array(items) => self.array(items, expected, span),
            Ast::Index { base, index } => self.index(base, index, span),
            Ast::Unary { op, operand } => self.unary(*op, operand, span),
            Ast::Binary { op, op_span, left, right } => self.binary(*op, *op_span, left, right, span),
            Ast::Pipe { left, call } => self.pipe(left, call, expected, span),
            Ast::AnonymousFn(function) => self.closure(function, expected, span),
            Ast::If { condition, then_block, else_block } => {
                self.conditional(condition, then_block, else_block, expected, span)
            }
            Ast::Match { scrutinee, arms } => self.match_expr(scrutinee, arms, expected, span),
            Ast::Block(block) => self.block(block, expected),
            Ast::Handle(handle) => self.handle(handle, expected, span),
            Ast::Old(effect) => self.old_or_new(effect, true, span),
            Ast::New(effect) => self.old_or_new(effect, false, span),
            Ast::Assert(condition) => self.assertion(condition, true, span),
            Ast::Assume(condition) => self.assertion(condition, false, span),
            Ast::Quantifier(quantifier) => self.quantifier(quantifier, span),
            Ast::Invalid => invalid(span),
        }
    }

    /// Checks an expression that has to be of a type; `report` says what is wrong when it is not.
    pub(super) fn expr_as(
        &mut self,
        expr: &ast::Expr,
        ty: Ty,
        site: CoercionSite,
        report: impl FnOnce(&mut Self, &Expr),
    ) -> Expr {
        let checked = self.expr(expr, Expected::Target(ty, site));
        match self.assign(checked, ty, site) {
            Ok(expr) => expr,
            Err(wrong) => {
                report(self, &wrong);
                invalid(wrong.span)
            }
        }
    }

    fn hole(&mut self, expected: Expected, span: Span) -> Expr {
        let ty = match expected.ty() {
            Some(ty) => ty,
            None => self.fresh(Ty::INT),
        };
        let bindings = self.bindings_text();
        self.deferred.push(Deferred::Hole { ty, span, bindings });
        Expr { kind: ExprKind::Hole, ty, span }
    }

    /// `left |> call`
    fn pipe(&mut self, left: &ast::Expr, call: &ast::Expr, expected: Expected, span: Span) -> Expr {
        let with_left = |args| -> Vec<&ast::Expr> { std::iter::once(left).chain(args).collect() };
        match &call.kind {
            Ast::Call { name, args } => self.bare_call(name, &with_left(args.iter()), expected, span),
            Ast::ModuleCall { module, name, args } => {
                self.module_call(module, name, &with_left(args.iter()), expected, span)
            }
            Ast::QualifiedCall { qualifier, name, args } => {
                self.qualified_call(qualifier, name, &with_left(args.iter()), expected, span)
            }
            Ast::Constructor { name, args } => self.construct(name, &with_left(args.iter()), expected, span),
            _ => {
                self.expr(left, Expected::Nothing);
                invalid(span)
            }
        }
    }
}

/// References to the elements.
pub(super) fn refs(args: &[ast::Expr]) -> Vec<&ast::Expr> {
    args.iter().collect()
}
