//! Structural equality.

use super::Shape;
use crate::core::{Atom, End, Prim};
use crate::lower::body::Body;
use crate::lower::work::Derivation;
use crate::source::Span;
use crate::types::{Ty, TyKind};
use vera_abi::layout::Rep;

impl Body<'_, '_> {
    /// `==` (or `!=`) at a concrete type.
    pub(in crate::lower) fn equal(&mut self, negated: bool, ty: Ty, left: Atom, right: Atom, span: Span) -> Atom {
        let direct = match self.lo.types.kind(ty) {
            TyKind::Int | TyKind::Nat => Some(Prim::NeI64),
            TyKind::Float64 => Some(Prim::NeF64),
            _ => None,
        };
        if let (Some(prim), true) = (direct, negated) {
            return self.b.prim(prim, vec![left, right]);
        }
        let equal = self.equal_values(Derivation::Eq, ty, left, right, span);
        if negated { self.not(equal) } else { equal }
    }

    /// Equality of values of a concrete type.
    pub(in crate::lower) fn equal_values(
        &mut self,
        derivation: Derivation,
        ty: Ty,
        left: Atom,
        right: Atom,
        span: Span,
    ) -> Atom {
        let prim = match self.lo.types.kind(ty) {
            TyKind::Int | TyKind::Nat => Prim::EqI64,
            TyKind::Bool | TyKind::Byte => Prim::EqByte,
            TyKind::String => Prim::StrEq,
            TyKind::Unit | TyKind::Never => return Atom::Byte(1),
            TyKind::Float64 if derivation == Derivation::KeyEq => return self.same_float(left, right),
            TyKind::Float64 => Prim::EqF64,
            _ => return self.equal_composites(derivation, ty, left, right, span),
        };
        self.b.prim(prim, vec![left, right])
    }

    fn equal_composites(&mut self, derivation: Derivation, ty: Ty, left: Atom, right: Atom, span: Span) -> Atom {
        match self.lo.shape(ty) {
            Shape::Constructors(constructors) if constructors.iter().all(|(_, fields)| fields.is_empty()) => {
                let left = self.b.prim(Prim::TagOf, vec![left]);
                let right = self.b.prim(Prim::TagOf, vec![right]);
                self.b.prim(Prim::EqI64, vec![left, right])
            }
            Shape::Other => match self.lo.of_library(derivation, ty) {
                Some((function, args)) => self.call_known(function, &args, vec![left, right], Ty::BOOL, span),
                None => {
                    self.no_ability("Eq", ty, span);
                    Atom::Byte(0)
                }
            },
            Shape::Constructors(_) | Shape::Array(_) => self.call_derived(derivation, ty, vec![left, right], Rep::Byte),
        }
    }

    /// Equal, or both not a number.
    fn same_float(&mut self, left: Atom, right: Atom) -> Atom {
        let equal = self.b.prim(Prim::EqF64, vec![left.clone(), right.clone()]);
        self.branch(
            equal,
            Rep::Byte,
            |_| Atom::Byte(1),
            |body| {
                let left = body.b.prim(Prim::NeF64, vec![left.clone(), left]);
                body.branch(
                    left,
                    Rep::Byte,
                    |body| body.b.prim(Prim::NeF64, vec![right.clone(), right]),
                    |_| Atom::Byte(0),
                )
            },
        )
    }

    pub(super) fn derive_equal(&mut self, derivation: Derivation, ty: Ty) -> Atom {
        let rep = self.lo.rep(ty);
        let (left, right) = (self.b.param(rep), self.b.param(rep));
        match self.lo.shape(ty) {
            Shape::Array(element) => self.equal_arrays(derivation, element, left, right),
            Shape::Constructors(constructors) => self.equal_records(derivation, ty, &constructors, left, right),
            Shape::Other => Atom::Byte(0),
        }
    }

    fn equal_records(
        &mut self,
        derivation: Derivation,
        ty: Ty,
        constructors: &[(String, Vec<Ty>)],
        left: Atom,
        right: Atom,
    ) -> Atom {
        let compare = |body: &mut Self, tag: usize| {
            let fields = &constructors[tag].1;
            body.equal_fields(derivation, ty, tag, fields, 0, &left, &right)
        };
        if constructors.len() == 1 {
            return compare(self, 0);
        }
        let (tag, other) =
            (self.b.prim(Prim::TagOf, vec![left.clone()]), self.b.prim(Prim::TagOf, vec![right.clone()]));
        let same = self.b.prim(Prim::EqI64, vec![tag, other]);
        self.branch(
            same,
            Rep::Byte,
            |body| body.by_constructor(&left, constructors.len(), Rep::Byte, compare),
            |_| Atom::Byte(0),
        )
    }

    #[allow(clippy::too_many_arguments, reason = "a recursion over fields: what it is about, and where it is")]
    fn equal_fields(
        &mut self,
        derivation: Derivation,
        ty: Ty,
        tag: usize,
        fields: &[Ty],
        index: usize,
        left: &Atom,
        right: &Atom,
    ) -> Atom {
        let Some(&field) = fields.get(index) else { return Atom::Byte(1) };
        let (a, b) = (self.part(ty, tag, left, index, field), self.part(ty, tag, right, index, field));
        if index + 1 == fields.len() {
            return self.equal_last(derivation, field, a, b);
        }
        let equal = self.equal_values(derivation, field, a, b, self.scope.origin);
        self.branch(
            equal,
            Rep::Byte,
            |body| body.equal_fields(derivation, ty, tag, fields, index + 1, left, right),
            |_| Atom::Byte(0),
        )
    }

    fn equal_last(&mut self, derivation: Derivation, field: Ty, left: Atom, right: Atom) -> Atom {
        match self.lo.shape(field) {
            Shape::Constructors(constructors) if constructors.iter().any(|(_, fields)| !fields.is_empty()) => {
                let function = self.lo.derived(derivation, field, self.scope.origin);
                self.b.end(End::TailCall(function, vec![left, right]));
                Atom::Byte(0)
            }
            _ => self.equal_values(derivation, field, left, right, self.scope.origin),
        }
    }

    fn equal_arrays(&mut self, derivation: Derivation, element: Ty, left: Atom, right: Atom) -> Atom {
        let rep = self.lo.rep(element);
        let length = self.b.prim(Prim::ArrayLen(rep), vec![left.clone()]);
        let other = self.b.prim(Prim::ArrayLen(rep), vec![right.clone()]);
        let same = self.b.prim(Prim::EqI64, vec![length.clone(), other]);
        self.branch(
            same,
            Rep::Byte,
            |body| body.equal_elements(derivation, element, length, left, right),
            |_| Atom::Byte(0),
        )
    }

    fn equal_elements(&mut self, derivation: Derivation, element: Ty, length: Atom, left: Atom, right: Atom) -> Atom {
        let rep = self.lo.rep(element);
        let (label, index) = (self.b.label(), self.b.local(Rep::I64));
        let at = Atom::Local(index);
        let body = self.block(|body| {
            let more = body.b.prim(Prim::LtI64, vec![at.clone(), length]);
            body.branch(
                more,
                Rep::Byte,
                |body| {
                    let a = body.b.prim(Prim::ArrayGetUnchecked(rep), vec![left, at.clone()]);
                    let b = body.b.prim(Prim::ArrayGetUnchecked(rep), vec![right, at.clone()]);
                    let equal = body.equal_values(derivation, element, a, b, body.scope.origin);
                    body.branch(
                        equal,
                        Rep::Byte,
                        |body| {
                            let next = body.b.prim(Prim::WrapAddI64, vec![at.clone(), Atom::I64(1)]);
                            body.b.end(End::Jump(label, vec![next]));
                            Atom::Byte(0)
                        },
                        |_| Atom::Byte(0),
                    )
                },
                |_| Atom::Byte(1),
            )
        });
        let params = vec![(index, Atom::I64(0))];
        self.b.emit(Rep::Byte, crate::core::Op::Loop { label, params, body: Box::new(body) })
    }
}
