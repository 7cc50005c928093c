//! Operations of the built-in abilities: `eq`, `compare`, `hash`, `show`.

use super::deferred::{AbilityUse, Deferred};
use super::{Checker, Expected};
use crate::abilities;
use crate::check::resolve_type::counted;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{Ability, CoercionSite, Expr, ExprKind};
use crate::types::{Ty, TyKind};

impl Checker<'_> {
    /// `eq(a, b)` and the others. Whether the type has the ability is checked once it is known.
    pub(super) fn ability_operation(
        &mut self,
        ability: Ability,
        name: &ast::Name,
        args: &[&ast::Expr],
        span: Span,
    ) -> Expr {
        let result = self.ability_result(ability);
        let count = match ability {
            Ability::Eq | Ability::Ord => 2,
            Ability::Hash | Ability::Show => 1,
        };
        if args.len() != count {
            let expected = counted(count, "argument");
            let wrong = (!self.count_unknown(args, &[])).then(|| {
                Diagnostic::new(
                    Code::E240,
                    span,
                    format!("`{name}` takes {expected}, and this call gives {}.", args.len()),
                )
                .because(format!("Its type is `{}`.", abilities::row(ability).signature))
                .fix(format!("Write `{name}({})`.", ["a", "b"][..count].join(", ")))
                .spec(Section::S9_8_1)
            });
            wrong.into_iter().for_each(|diagnostic| self.report(diagnostic));
            self.check_anyway(args);
            return Expr { kind: ExprKind::Invalid, ty: result, span };
        }
        let first = self.expr(args[0], Expected::Nothing);
        let mut at = first.ty;
        let mut operands = vec![first];
        if let Some(second) = args.get(1) {
            let second = self.expr(second, Expected::Hint(at));
            match self.join(at, second.ty) {
                Some(common) => at = common,
                None => {
                    let subject = format!("Argument 2 of `{name}`");
                    let diagnostic = self.mismatch_of(Code::E241, &second, &subject, at);
                    self.report(diagnostic.spec(Section::S9_8_1));
                    return Expr { kind: ExprKind::Invalid, ty: result, span };
                }
            }
            operands.push(second);
        }
        let at = self.shape(at);
        if at == Ty::INVALID {
            return Expr { kind: ExprKind::Invalid, ty: result, span };
        }
        let user = AbilityUse::Operation(name.text.to_string());
        self.deferred.push(Deferred::Ability { ability, ty: at, user, span: args[0].span });
        let args = operands.into_iter().map(|operand| self.convert(operand, at, CoercionSite::Other)).collect();
        Expr { kind: ExprKind::Ability { ability, at, args }, ty: result, span }
    }

    fn ability_result(&mut self, ability: Ability) -> Ty {
        match ability {
            Ability::Eq => Ty::BOOL,
            Ability::Hash => Ty::INT,
            Ability::Show => Ty::STRING,
            Ability::Ord => match self.env.library_data("Ordering") {
                Some(id) => self.env.program.types.intern(TyKind::Data(id, Vec::new())),
                None => Ty::INVALID,
            },
        }
    }
}
