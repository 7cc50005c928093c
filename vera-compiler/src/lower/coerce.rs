//! Implicit conversions and their checks.
//!
//! For a conversion to a parameter's type, the caller checks `Nat` and `Byte`, because its argument may be known to be
//! in range. The callee checks refinements on entry. The exported function checks what a host passes.

use super::body::Body;
use super::checks::{Operation, Seen};
use super::sites::Check;
use super::work::PredicateKey;
use crate::core::{Atom, Prim};
use crate::source::Span;
use crate::tir::{Coercion, CoercionSite, Expr, ExprKind};
use crate::types::{PredicateId, Ty, TyKind};
use vera_abi::trap::TrapKind;

impl<'p> Body<'_, 'p> {
    /// A conversion node.
    pub(super) fn coerce(
        &mut self,
        expr: &'p Expr,
        coercion: &'p Coercion,
        site: CoercionSite,
        inner: &'p Expr,
        tail: bool,
    ) -> Atom {
        if tail && self.is_resumed(inner) {
            return self.lower(inner, true);
        }
        if let Coercion::Widen = coercion {
            let same = self.rep(inner.ty) == self.rep(expr.ty);
            let value = self.lower(inner, tail && same);
            return self.widen(value, expr.ty);
        }
        let value = self.expr(inner);
        if matches!((coercion, site), (Coercion::Refine(..), CoercionSite::Parameter)) {
            return value;
        }
        let place = self.place(site, expr, inner);
        self.convert(value, coercion, &place, expr.ty, inner.span)
    }

    /// `value` converted; `place` says where for messages about refinements, `to` is the type converted to.
    pub(super) fn convert(&mut self, value: Atom, coercion: &Coercion, place: &str, to: Ty, span: Span) -> Atom {
        match coercion {
            Coercion::Widen => self.widen(value, to),
            Coercion::ToNat => match value {
                Atom::I64(0..) => value,
                value => {
                    let site = self.site_of(Operation::ToNat, span);
                    self.b.prim(Prim::GuardNat(site), vec![value])
                }
            },
            Coercion::ToByte => {
                let site = self.site_of(Operation::ToByte, span);
                self.b.prim(Prim::GuardByte(site), vec![value])
            }
            Coercion::Refine(predicate, args) => {
                let seen = self.refined_value(value.clone(), to);
                self.check_refinement(value.clone(), *predicate, args, place, span, seen);
                value
            }
            Coercion::Parts => {
                // Refinements count here, so the type is instantiated but not made concrete.
                let args = self.scope.type_args.clone();
                let ty = self.lo.types.substitute(to, &args);
                self.check_parts(&value, ty, place, span);
                value
            }
        }
    }

    /// A value used at a type of the same representation; for `Never`, which has no values, anything.
    fn widen(&mut self, value: Atom, to: Ty) -> Atom {
        let rep = self.rep(to);
        if self.b.rep(&value) == rep { value } else { Atom::nothing(rep) }
    }

    /// Stops the program when `value` does not satisfy a refinement.
    pub(super) fn check_refinement(
        &mut self,
        value: Atom,
        predicate: PredicateId,
        args: &[Ty],
        place: &str,
        span: Span,
        seen: Vec<Seen>,
    ) {
        let args = self.tys(args);
        let holds = self.call_predicate(PredicateKey::Refinement(predicate), args, value);
        let text = format!("{place}: {}", self.lo.program.predicate(predicate).text);
        self.check(holds, Check { kind: TrapKind::Refinement, text, span }, seen);
    }

    /// A value that is refined, by the alias that refines it.
    pub(super) fn refined_value(&mut self, value: Atom, ty: Ty) -> Vec<Seen> {
        let name = match self.lo.types.kind(ty) {
            TyKind::Alias(..) => format!("@{}", self.lo.display(ty)),
            _ => "value".into(),
        };
        self.seen(name, value, ty).into_iter().collect()
    }

    /// Checks every refinement that the head of `ty` carries, the innermost first. A failed one shows `seen`.
    pub(super) fn check_refinements(&mut self, value: &Atom, ty: Ty, place: &str, span: Span, seen: &[Seen]) {
        match self.lo.types.kind(ty).clone() {
            TyKind::Alias(_, _, inner) => self.check_refinements(value, inner, place, span, seen),
            TyKind::Refined(base, predicate, args) => {
                self.check_refinements(value, base, place, span, seen);
                self.check_refinement(value.clone(), predicate, &args, place, span, seen.to_vec());
            }
            _ => {}
        }
    }

    /// Where a conversion happens, as messages about refinements begin.
    fn place(&self, site: CoercionSite, expr: &Expr, inner: &Expr) -> String {
        let slot = || format!("@{} binding", self.lo.program.type_symbol(&self.lo.types, expr.ty));
        match site {
            CoercionSite::Parameter => "parameter".into(),
            CoercionSite::Return => "return value".into(),
            CoercionSite::Let => format!("let binding: {}", slot()),
            CoercionSite::Element => format!("array element store: {}", slot()),
            CoercionSite::Field => format!("construction: {}", slot()),
            CoercionSite::Component => format!("Tuple(…) construction: {}", slot()),
            CoercionSite::Argument => format!("argument: {}", slot()),
            CoercionSite::Binding => format!("match binding: {}", slot()),
            CoercionSite::Other => match &inner.kind {
                ExprKind::Local(_) => slot(),
                _ => "value".into(),
            },
        }
    }
}
