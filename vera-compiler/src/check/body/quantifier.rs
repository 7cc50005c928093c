//! `forall(@T, bound, predicate)` and `exists(@T, bound, predicate)`.

use super::{Checker, Expected, invalid};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{self, QuantifierKind};
use crate::tir::{CoercionSite, Expr, ExprKind, Quantifier};
use crate::types::{FnTy, Ty, TyKind};

impl Checker<'_> {
    /// Whether a function of the index holds for all, or some, of the indices below a bound.
    pub(super) fn quantifier(&mut self, quantifier: &ast::Quantifier, span: Span) -> Expr {
        let form = match quantifier.kind {
            QuantifierKind::Forall => "forall",
            QuantifierKind::Exists => "exists",
        };
        let index = self.resolve(&quantifier.ty);
        let index_fits = matches!(self.shape(index), Ty::INT | Ty::NAT | Ty::INVALID);
        if !index_fits {
            self.report_index(form, index, quantifier.ty.span);
        }
        let bound = self.bound(form, &quantifier.bound);
        let predicate = self.expr(&quantifier.predicate, Expected::Nothing);
        let predicate = self.index_predicate(form, predicate, index_fits);
        let (Some(bound), Some(predicate)) = (bound, predicate) else {
            return Expr { kind: ExprKind::Invalid, ty: Ty::BOOL, span };
        };
        let exists = quantifier.kind == QuantifierKind::Exists;
        let kind = ExprKind::Quantifier(Box::new(Quantifier { exists, bound, predicate }));
        Expr { kind, ty: Ty::BOOL, span }
    }

    #[inline(never)]
    fn report_index(&mut self, form: &str, index: Ty, span: Span) {
        let found = self.text(index);
        self.report(
            Diagnostic::new(
                Code::E186,
                span,
                format!("`{form}` needs an index of type `Int` or `Nat`, not `{found}`."),
            )
            .because("The index runs from 0 up to the bound.")
            .fix("Write `@Nat`; in the predicate, index the array with it.")
            .spec(Section::S6_3_3),
        );
    }

    fn bound(&mut self, form: &str, bound: &ast::Expr) -> Option<Expr> {
        let bound = self.expr(bound, Expected::Nothing);
        if self.relate(bound.ty, Ty::INT, false) {
            let ty = if self.shape(bound.ty) == Ty::NAT { Ty::NAT } else { Ty::INT };
            return Some(self.convert(bound, ty, CoercionSite::Other));
        }
        let found = self.text(bound.ty);
        let source = self.quoted(bound.span, "value");
        let fix = match self.shape_kind(bound.ty) {
            TyKind::Array(_) => format!("Count its elements: `array_length({source})`"),
            TyKind::String => format!("Count its bytes: `string_length({source})`"),
            _ => "Give the number of indices to try.".to_owned(),
        };
        self.report(
            Diagnostic::new(
                Code::E128,
                bound.span,
                format!("The bound of `{form}` is a number, and this has type `{found}`."),
            )
            .because("The index runs from 0 up to the bound, which is not tried itself.")
            .fix(fix)
            .spec(Section::S6_3_3),
        );
        None
    }

    /// The predicate as a function of a `Nat` or an `Int`.
    fn index_predicate(&mut self, form: &str, predicate: Expr, index_fits: bool) -> Option<Expr> {
        let shape = self.shape(predicate.ty);
        let problem = match self.env.program.types.kind(shape).clone() {
            TyKind::Invalid => return None,
            TyKind::Fn(function) => match function.params.as_slice() {
                &[param] => {
                    let takes = matches!(self.shape(param), Ty::INT | Ty::NAT | Ty::INVALID);
                    if takes && self.relate(function.result, Ty::BOOL, false) {
                        return Some(self.quantified(predicate, &function, param));
                    }
                    if takes {
                        format!("it returns `{}`", self.text(function.result))
                    } else if index_fits {
                        format!("its parameter is `{}`", self.text(param))
                    } else {
                        return None;
                    }
                }
                params => format!("it takes {} parameters", params.len()),
            },
            _ => format!("this has type `{}`", self.text(predicate.ty)),
        };
        self.report(
            Diagnostic::new(
                Code::E179,
                predicate.span,
                format!("The predicate of `{form}` is a function of the index to `Bool`; {problem}."),
            )
            .because("It is asked for every index.")
            .fix(format!("Write `{form}(@Nat, bound, fn(@Nat -> @Bool) effects(pure) {{ ... }})`."))
            .spec(Section::S6_3_3),
        );
        None
    }

    fn quantified(&mut self, predicate: Expr, function: &FnTy, param: Ty) -> Expr {
        self.perform(&function.row, "The predicate of the quantifier", true, predicate.span);
        // Indices are not negative, so a predicate over `Int` or `Nat` is used as it is; a refined index is checked.
        let base = self.shape(param);
        let to = FnTy { params: vec![base], result: Ty::BOOL, row: function.row.clone() };
        let to = self.env.program.types.intern(TyKind::Fn(to));
        if base == Ty::INVALID {
            return invalid(predicate.span);
        }
        self.convert(predicate, to, CoercionSite::Argument)
    }
}
