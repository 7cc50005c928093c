//! Anonymous functions and their application.

use super::{Checker, Expected, invalid};
use crate::check::resolve_type::counted;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{BinderKind, Closure, CoercionSite, Expr, ExprKind, LocalId};
use crate::types::{FnTy, Ty, TyKind};

impl Checker<'_> {
    /// `fn(@A -> @B) effects(row) { … }`
    pub(super) fn closure(&mut self, function: &ast::AnonymousFn, expected: Expected, span: Span) -> Expr {
        let taker = self.taker.take().or_else(|| self.taker_by_type(expected));
        self.slots.enter_closure();
        self.slots.bind_by(BinderKind::Closure, span);
        self.continuations.push(None);
        let mut params = Vec::with_capacity(function.params.len());
        let mut param_types = Vec::with_capacity(function.params.len());
        for param in &function.params {
            let ty = self.resolve(&param.ty);
            params.push(self.bind(ty, param.span));
            param_types.push(self.env.argument(ty));
        }
        self.doubt_params(&params, expected);
        let result = self.resolve(&function.result.ty);
        let reported = self.diags.len();
        let row = self.env.resolve_row(&function.effects, &self.scope, self.diags);
        let row_known = self.diags.len() == reported && self.env.is_whole_row(&function.effects, &row);
        self.enter_closure(row.clone(), row_known, function.effects.span, taker);
        let body = self.block(&function.body, Expected::Target(result, CoercionSite::Return));
        let body = match self.assign(body, result, CoercionSite::Return) {
            Ok(body) => body,
            Err(wrong) => {
                let diagnostic = self.mismatch_of(Code::E171, &wrong, "The body of this anonymous function", result);
                let declared = function.result.span;
                self.report(diagnostic.spec(Section::S5_7).label(declared, "the declared result"));
                invalid(wrong.span)
            }
        };
        self.leave_frame();
        self.continuations.pop();
        let captures = self.slots.leave_closure();
        let result = self.env.argument(result);
        let ty = match row_known {
            true => self.env.program.types.intern(TyKind::Fn(FnTy { params: param_types, result, row: row.clone() })),
            false => Ty::INVALID,
        };
        Expr { kind: ExprKind::Closure(Box::new(Closure { params, captures, row, body })), ty, span }
    }

    /// Parameters other than those of the function that is wanted were perhaps meant to be those.
    fn doubt_params(&mut self, params: &[LocalId], expected: Expected) {
        let Some(wanted) = expected.ty() else { return };
        let TyKind::Fn(wanted) = self.shape_kind(wanted).clone() else { return };
        if params.is_empty() {
            return;
        }
        if wanted.params.len() != params.len() {
            return self.slots.doubt(Ty::INVALID);
        }
        for (nearer, (&param, &wanted)) in params.iter().zip(&wanted.params).rev().enumerate() {
            if !self.fits_quietly(wanted, self.locals[param.index()].ty) {
                self.slots.doubt_nearer(nearer, wanted);
            }
        }
    }

    /// `apply_fn(function, args)`
    pub(super) fn apply_fn(&mut self, name: &ast::Name, args: &[&ast::Expr], span: Span) -> Expr {
        let Some((&function, args)) = args.split_first() else {
            self.report(
                Diagnostic::new(Code::E201, span, "`apply_fn` takes a function first, and this call gives nothing.")
                    .because("It calls a function value with the arguments after it.")
                    .fix("Write `apply_fn(function, arguments)`.")
                    .spec(Section::S11_10_5),
            );
            return invalid(span);
        };
        let function = self.expr(function, Expected::Nothing);
        let shape = self.shape(function.ty);
        let TyKind::Fn(signature) = self.env.program.types.kind(shape).clone() else {
            if !matches!(shape, Ty::INVALID | Ty::NEVER) {
                self.report_not_a_function(&function);
            }
            self.check_anyway(args);
            return invalid(span);
        };
        if args.len() != signature.params.len() {
            if !self.count_unknown(args, &signature.params) {
                self.report_applied_count(&function, &signature, args.len(), span);
            }
            self.check_anyway(args);
            return Expr { kind: ExprKind::Invalid, ty: signature.result, span };
        }
        let mut checked = Vec::with_capacity(args.len());
        for (position, (&arg, &ty)) in args.iter().zip(&signature.params).enumerate() {
            checked.push(self.expr_as(arg, ty, CoercionSite::Argument, |this, wrong| {
                let subject = format!("Argument {} of the applied function", position + 1);
                let diagnostic = this.mismatch_of(Code::E202, wrong, &subject, ty);
                this.report(diagnostic.spec(Section::S11_10_5));
            }));
        }
        self.perform(&signature.row, "The function that `apply_fn` calls", true, name.span.to(span));
        let function = self.convert(function, shape, CoercionSite::Other);
        Expr { kind: ExprKind::Apply(Box::new(function), checked), ty: signature.result, span }
    }

    #[inline(never)]
    fn report_not_a_function(&mut self, function: &Expr) {
        let found = self.text(function.ty);
        self.report(
            Diagnostic::new(
                Code::E202,
                function.span,
                format!("`apply_fn` calls a function value, and this has type `{found}`."),
            )
            .because("Its first argument has a type such as `fn(Int -> Int) effects(pure)`.")
            .fix("Call a declared function by its name, `f(...)`; give `apply_fn` an anonymous function or a slot that holds one.")
            .spec(Section::S11_10_5),
        );
    }

    #[inline(never)]
    fn report_applied_count(&mut self, function: &Expr, signature: &FnTy, given: usize, span: Span) {
        let ty = self.text(function.ty);
        let expected = counted(signature.params.len(), "argument");
        let source = self.quoted(function.span, "function");
        let fix = match signature.params.as_slice() {
            [] => format!("Write `apply_fn({source})`."),
            [Ty::UNIT] => format!("Write `apply_fn({source}, ())`."),
            _ => format!("Give {expected} after the function."),
        };
        self.report(
            Diagnostic::new(
                Code::E201,
                span,
                format!("The applied function takes {expected}, and this call gives {}.", counted(given, "argument")),
            )
            .because(format!("Its type is `{ty}`."))
            .fix(fix)
            .spec(Section::S11_10_5),
        );
    }
}
