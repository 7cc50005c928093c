//! Blocks and their statements.

use super::rows::FrameKind;
use super::{Checker, Expected, invalid};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{self, StmtKind};
use crate::tir::{BinderKind, CoercionSite, Expr, ExprKind, Stmt};
use crate::types::Ty;

impl Checker<'_> {
    /// `{ statements result }`
    pub(super) fn block(&mut self, block: &ast::Block, expected: Expected) -> Expr {
        let mark = self.slots.mark();
        let mut stmts = Vec::with_capacity(block.stmts.len());
        for stmt in &block.stmts {
            self.statement(stmt, &mut stmts);
        }
        let mut result = self.expr(&block.result, expected);
        if let Expected::Target(ty, site) = expected
            && self.relate(result.ty, ty, true)
        {
            result = self.convert(result, ty, site);
        }
        self.slots.reset(mark);
        if stmts.is_empty() {
            return result;
        }
        // Located at its value: that is what a mismatch is about.
        let (ty, span) = (result.ty, result.span);
        Expr { kind: ExprKind::Block(stmts, Box::new(result)), ty, span }
    }

    fn statement(&mut self, stmt: &ast::Stmt, out: &mut Vec<Stmt>) {
        match &stmt.kind {
            StmtKind::Let { ty, value } => self.let_statement(ty, value, stmt.span, out),
            StmtKind::Destructure { constructor, types, value } => {
                self.destructure(constructor, types, value, stmt.span, out);
            }
            StmtKind::Expr(expr) => {
                let expr = self.expr(expr, Expected::Nothing);
                out.push(Stmt::Expr(expr));
            }
            StmtKind::Invalid => {
                // It may have bound something.
                self.bind(Ty::INVALID, stmt.span);
            }
        }
    }

    /// `let @T = value;`
    fn let_statement(&mut self, written: &ast::TypeExpr, value: &ast::Expr, span: Span, out: &mut Vec<Stmt>) {
        let ty = self.resolve(written);
        let value_span = value.span;
        let mut meant = None;
        let value = self.expr_as(value, ty, CoercionSite::Let, |this, wrong| {
            this.report_let_mismatch(written, wrong, ty);
            meant = Some(wrong.ty);
        });
        if self.env.is_zero_size(ty) {
            self.report_zero_size_let(written, value_span, span);
        }
        let text = self.known_text(&value);
        let length = self.known_length(&value);
        self.slots.bind_by(BinderKind::Let, span);
        let local = self.bind(ty, written.span);
        if let Some(meant) = meant {
            self.slots.doubt(meant);
        }
        if let Some(text) = text {
            self.known_texts.insert(local, text);
        }
        if let Some(length) = length {
            self.known_lengths.insert(local, length);
        }
        out.push(Stmt::Let(local, value));
    }

    #[inline(never)]
    fn report_let_mismatch(&mut self, written: &ast::TypeExpr, wrong: &Expr, ty: Ty) {
        let mut diagnostic = self.mismatch_of(Code::E170, wrong, "The value", ty);
        let found = self.text(wrong.ty);
        if !found.contains('_') && self.shape(wrong.ty) != Ty::UNIT {
            let fix = diagnostic.fix.trim_end_matches('.');
            diagnostic.fix = format!("{fix}, or declare its own type: `let @{found} = ...;`");
        }
        self.report(diagnostic.spec(Section::S4_7).label(written.span, "the declared type"));
    }

    fn report_zero_size_let(&mut self, written: &ast::TypeExpr, value: Span, stmt: Span) {
        let ty = self.env.source_text(written.span);
        let source = self.quoted(value, "value");
        self.report(
            Diagnostic::new(
                Code::E183,
                written.span,
                format!("`let @{ty}` binds nothing: a value of type `{ty}` takes no space and cannot be read back."),
            )
            .because("A binding is for reading its value later.")
            .fix(format!("Evaluate it as a statement: `{source};`"))
            .edit(Span { end: value.start, ..stmt }, "")
            .spec(Section::S4_7),
        );
    }

    /// `assert(condition)` and `assume(condition)`
    pub(super) fn assertion(&mut self, condition: &ast::Expr, assert: bool, span: Span) -> Expr {
        let (code, form, spec) = match assert {
            true => (Code::E172, "assert", Section::S6_2_5),
            false => (Code::E173, "assume", Section::S6_2_6),
        };
        self.enter_pure(FrameKind::Assertion(form), condition.span);
        let condition = self.expr_as(condition, Ty::BOOL, CoercionSite::Other, |this, wrong| {
            let subject = format!("The condition of `{form}`");
            let diagnostic = this.mismatch(code, wrong.span, &subject, wrong.ty, Ty::BOOL);
            this.report(diagnostic.spec(spec));
        });
        self.leave_frame();
        if !assert && !matches!(condition.kind, ExprKind::Invalid) {
            let source = self.quoted(condition.span, "condition");
            self.report(
                Diagnostic::new(Code::W003, span, "This assumption is taken to be true without a proof or a check.")
                    .because("If it is false, conclusions from it may be false.")
                    .fix(format!("Have it checked, `assert({source})`, or require it of the caller: `requires(...)`."))
                    .spec(spec),
            );
        }
        let condition = Box::new(condition);
        let kind = if assert { ExprKind::Assert(condition) } else { ExprKind::Assume(condition) };
        Expr { kind, ty: Ty::UNIT, span }
    }

    /// `let C<@A, @B> = value;`
    fn destructure(
        &mut self,
        constructor: &ast::Name,
        types: &[ast::TypeExpr],
        value: &ast::Expr,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let value = self.expr(value, Expected::Nothing);
        let mut conversions = Vec::new();
        self.slots.bind_by(BinderKind::Destructure, span);
        let pattern = self.destructuring(constructor, types, value.ty, span, &mut conversions);
        match pattern {
            Some(pattern) => {
                out.push(Stmt::Destructure(pattern, value));
                out.append(&mut conversions);
            }
            None => out.push(Stmt::Expr(invalid(value.span))),
        }
    }
}
