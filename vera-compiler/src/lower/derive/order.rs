//! `compare`, on the types that have an order.

use crate::core::{Atom, Op, Prim, SwitchOn};
use crate::lower::body::Body;
use crate::source::Span;
use crate::tir::CompareOp;
use crate::types::{Ty, TyKind};
use vera_abi::layout::Rep;
use vera_abi::prelude::ordering::{EQUAL, GREATER, LESS};

impl Body<'_, '_> {
    /// An `Ordering`. A float that is not a number is neither less than nor equal to any, so it is `Greater`.
    pub(super) fn ordering(&mut self, ty: Ty, left: Atom, right: Atom, span: Span) -> Atom {
        match self.lo.types.kind(ty) {
            TyKind::Int | TyKind::Nat | TyKind::Byte | TyKind::Float64 => {
                let less = self.less(CompareOp::Lt, ty, left.clone(), right.clone());
                self.branch(
                    less,
                    Rep::Ptr,
                    |_| Atom::Static(LESS),
                    |body| {
                        let equal = body.equal(false, ty, left, right, span);
                        body.branch(equal, Rep::Ptr, |_| Atom::Static(EQUAL), |_| Atom::Static(GREATER))
                    },
                )
            }
            TyKind::String => {
                let order = self.b.prim(Prim::StrCompare, vec![left, right]);
                let cases = [(-1, LESS), (0, EQUAL)];
                let mut block = |tag| self.block(|_| Atom::Static(tag));
                let cases = cases.into_iter().map(|(value, tag)| (value, block(tag))).collect();
                let default = Some(Box::new(block(GREATER)));
                self.b.emit(Rep::Ptr, Op::Switch { on: SwitchOn::I64(order), cases, default })
            }
            _ => {
                self.no_ability("Ord", ty, span);
                Atom::Static(EQUAL)
            }
        }
    }
}
