//! Interpolated strings: an accumulator to which every part is appended.
//!
//! Appending never changes another value (a buffer is extended only past its fill mark), so the first part itself can
//! be the accumulator.

use super::body::Body;
use crate::core::{Atom, Prim};
use crate::tir::{Expr, StringPart};
use crate::types::{Ty, TyKind};
use vera_abi::layout::Rep;

impl<'p> Body<'_, 'p> {
    /// `"... \(e) ..."`
    pub(super) fn interpolated(&mut self, parts: &'p [StringPart]) -> Atom {
        let empty = Atom::Str("".into());
        parts.iter().fold(empty, |text, part| match part {
            StringPart::Text(part) => self.append(text, Atom::Str(part.as_str().into())),
            StringPart::Expr(expr) => {
                let value = self.expr(expr);
                let ty = self.ty(expr.ty);
                self.append_shown(text, value, ty, expr)
            }
        })
    }

    /// Concatenation.
    pub(super) fn append(&mut self, text: Atom, more: Atom) -> Atom {
        if is_empty(&text) {
            return more;
        }
        if is_empty(&more) {
            return text;
        }
        self.b.prim(Prim::StrConcat, vec![text, more])
    }

    fn append_shown(&mut self, text: Atom, value: Atom, ty: Ty, expr: &'p Expr) -> Atom {
        match self.append_primitive(text.clone(), value, ty, expr.span) {
            Some(appended) => appended,
            None => {
                self.internal_error(expr.span, "An interpolated value has no text.");
                text
            }
        }
    }

    /// `text` with a value of a primitive type appended as `show` has it; `None` for other types.
    pub(super) fn append_primitive(
        &mut self,
        text: Atom,
        value: Atom,
        ty: Ty,
        span: crate::source::Span,
    ) -> Option<Atom> {
        Some(match self.lo.types.kind(ty) {
            TyKind::String => self.append(text, value),
            TyKind::Int | TyKind::Nat if is_empty(&text) => self.b.prim(Prim::I64ToStr, vec![value]),
            TyKind::Int | TyKind::Nat => self.b.prim(Prim::StrPushI64, vec![text, value]),
            TyKind::Byte => self.b.prim(Prim::StrPush, vec![text, value]),
            TyKind::Bool => {
                let word = |text: &str| Atom::Str(text.into());
                let value = self.branch(value, Rep::Slice, |_| word("true"), |_| word("false"));
                self.append(text, value)
            }
            TyKind::Float64 => {
                let value = self.float_to_string(value, span);
                self.append(text, value)
            }
            TyKind::Unit => self.append(text, Atom::Str("unit".into())),
            _ => return None,
        })
    }

    fn float_to_string(&mut self, value: Atom, span: crate::source::Span) -> Atom {
        match self.lo.lang_items.float_to_string {
            Some(function) => self.call_known(function, &[], vec![value], Ty::STRING, span),
            None => {
                self.internal_error(span, "The prelude has no `float_to_string`.");
                Atom::Str("".into())
            }
        }
    }
}

fn is_empty(text: &Atom) -> bool {
    matches!(text, Atom::Str(text) if text.is_empty())
}
