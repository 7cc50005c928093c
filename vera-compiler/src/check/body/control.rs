//! `if` and `match`.

use super::{Checker, Expected, invalid};
use crate::diagnostics::{Code, Section};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{BinderKind, CoercionSite, Expr, ExprKind, MatchArm};
use crate::types::Ty;

impl Checker<'_> {
    /// `if condition then { … } else { … }`
    pub(super) fn conditional(
        &mut self,
        condition: &ast::Expr,
        then_block: &ast::Block,
        else_block: &ast::Block,
        expected: Expected,
        span: Span,
    ) -> Expr {
        let condition = self.expr_as(condition, Ty::BOOL, CoercionSite::Other, |this, wrong| {
            let diagnostic = this.mismatch(Code::E300, wrong.span, "The condition of `if`", wrong.ty, Ty::BOOL);
            this.report(diagnostic.spec(Section::S4_8));
        });
        let then_expr = self.block(then_block, expected);
        let else_expr = self.block(else_block, self.after(expected, &then_expr));
        let Some(ty) = self.common_branch(&[&then_expr, &else_expr], expected) else {
            self.report_branches(&then_expr, &else_expr, expected);
            return invalid(span);
        };
        let then_expr = Box::new(self.convert_branch(then_expr, ty, expected));
        let else_expr = Box::new(self.convert_branch(else_expr, ty, expected));
        Expr { kind: ExprKind::If(Box::new(condition), then_expr, else_expr), ty, span }
    }

    /// What the next branch is checked with: without an expectation, the type of the branches before it.
    fn after(&self, expected: Expected, branch: &Expr) -> Expected {
        match expected {
            Expected::Nothing if !matches!(self.shape(branch.ty), Ty::NAT | Ty::INVALID | Ty::NEVER) => {
                Expected::Hint(branch.ty)
            }
            other => other,
        }
    }

    /// The type of branches: the expected one where all fit it, otherwise their join.
    pub(super) fn common_branch(&mut self, branches: &[&Expr], expected: Expected) -> Option<Ty> {
        if let Expected::Target(ty, _) = expected
            && branches.iter().all(|branch| self.relate(branch.ty, ty, true))
        {
            return Some(ty);
        }
        let mut common = Ty::NEVER;
        for branch in branches {
            common = self.join(common, branch.ty)?;
        }
        Some(common)
    }

    /// A branch as the common type.
    pub(super) fn convert_branch(&mut self, branch: Expr, ty: Ty, expected: Expected) -> Expr {
        let site = match expected {
            Expected::Target(target, site) if target == ty => site,
            _ => CoercionSite::Other,
        };
        self.convert(branch, ty, site)
    }

    #[inline(never)]
    fn report_branches(&mut self, then_expr: &Expr, else_expr: &Expr, expected: Expected) {
        let (then_ty, else_ty) = (self.text(then_expr.ty), self.text(else_expr.ty));
        // The branch that does not have the expected type is the wrong one, and without an expectation the second.
        let wanted = match expected {
            Expected::Target(ty, _) => Some(ty),
            _ => None,
        };
        let then_wrong = wanted.is_some_and(|ty| !self.relate(then_expr.ty, ty, true));
        let else_wrong = wanted.is_none_or(|ty| !self.relate(else_expr.ty, ty, true));
        let (wrong, other, other_ty, name) = match then_wrong && !else_wrong {
            true => (then_expr, else_expr, &else_ty, "The `then` branch"),
            false => (else_expr, then_expr, &then_ty, "The `else` branch"),
        };
        let target = wanted.filter(|_| then_wrong != else_wrong).unwrap_or(other.ty);
        let mut diagnostic = self.mismatch_of(Code::E301, wrong, name, target);
        diagnostic.description =
            format!("The branches of `if` differ: `then` has type `{then_ty}`, `else` has type `{else_ty}`.");
        self.report(
            diagnostic
                .because("An `if` is an expression; both branches give its value and have one type.")
                .spec(Section::S4_8)
                .label(other.span, format!("of type `{other_ty}`")),
        );
    }

    /// `match scrutinee { arms }`
    pub(super) fn match_expr(
        &mut self,
        scrutinee: &ast::Expr,
        arms: &[ast::MatchArm],
        expected: Expected,
        span: Span,
    ) -> Expr {
        let scrutinee = self.expr(scrutinee, Expected::Nothing);
        let mut checked: Vec<MatchArm> = Vec::with_capacity(arms.len());
        for arm in arms {
            let known = match checked.last() {
                Some(last) => self.after(expected, &last.body),
                None => expected,
            };
            checked.push(self.arm(arm, scrutinee.ty, known));
        }
        let bodies: Vec<&Expr> = checked.iter().map(|arm| &arm.body).collect();
        let Some(ty) = self.common_branch(&bodies, expected) else {
            self.report_arms(&bodies, expected);
            return invalid(span);
        };
        let arms = checked
            .into_iter()
            .map(|arm| MatchArm { pattern: arm.pattern, body: self.convert_branch(arm.body, ty, expected) })
            .collect();
        Expr { kind: ExprKind::Match(Box::new(scrutinee), arms), ty, span }
    }

    fn arm(&mut self, arm: &ast::MatchArm, scrutinee: Ty, expected: Expected) -> MatchArm {
        let mark = self.slots.mark();
        let mut conversions = Vec::new();
        self.slots.bind_by(BinderKind::Pattern, arm.pattern.span);
        let pattern = self.pattern(&arm.pattern, scrutinee, &mut conversions);
        let mut body = self.expr(&arm.body, expected);
        if let Expected::Target(ty, site) = expected
            && self.relate(body.ty, ty, true)
        {
            body = self.convert(body, ty, site);
        }
        self.slots.reset(mark);
        if !conversions.is_empty() {
            let (ty, span) = (body.ty, body.span);
            body = Expr { kind: ExprKind::Block(conversions, Box::new(body)), ty, span };
        }
        MatchArm { pattern, body }
    }

    /// E302 for each arm that does not fit what is expected, where another does, or else the arms before it.
    #[inline(never)]
    fn report_arms(&mut self, bodies: &[&Expr], expected: Expected) {
        let target = match expected {
            Expected::Target(ty, _) => {
                bodies.iter().find(|body| self.relate(body.ty, ty, true)).map(|body| (ty, body.span))
            }
            _ => None,
        };
        let mut common = target.map_or(Ty::NEVER, |(ty, _)| ty);
        let mut place = target.map(|(_, span)| span);
        for body in bodies {
            let fits = match target {
                Some((ty, _)) => self.relate(body.ty, ty, true),
                None => self.join(common, body.ty).map(|wider| common = wider).is_some(),
            };
            if fits {
                place.get_or_insert(body.span);
                continue;
            }
            let mut diagnostic = self.mismatch_of(Code::E302, body, "This arm", common);
            diagnostic.rationale = "A `match` is an expression; all arms give its value and have one type.".to_owned();
            if let Some(place) = place {
                let text = self.text(common);
                diagnostic = diagnostic.label(place, format!("this arm has type `{text}`"));
            }
            self.report(diagnostic.spec(Section::S4_9));
        }
    }
}
