//! `show`: text appended to an accumulator.
//!
//! A function for a type with constructors also takes the number of parentheses to close after the value, so that the
//! last field of a constructor is a tail call at any depth.

use super::Shape;
use crate::core::{Atom, End, Prim};
use crate::lower::body::Body;
use crate::lower::work::Derivation;
use crate::source::Span;
use crate::types::Ty;
use vera_abi::layout::Rep;

impl Body<'_, '_> {
    /// `text` with a value of a concrete type appended, then `pending` closing parentheses.
    pub(in crate::lower) fn show_value(&mut self, text: Atom, ty: Ty, value: Atom, pending: Atom, span: Span) -> Atom {
        if let Some(text) = self.append_primitive(text.clone(), value.clone(), ty, span) {
            return self.close_parentheses(text, pending);
        }
        match self.lo.shape(ty) {
            Shape::Other => match self.lo.of_library(Derivation::Show, ty) {
                Some((function, args)) => {
                    let text = self.call_known(function, &args, vec![text, value], Ty::STRING, span);
                    self.close_parentheses(text, pending)
                }
                None => {
                    self.no_ability("Show", ty, span);
                    text
                }
            },
            _ => self.call_derived(Derivation::Show, ty, vec![text, value, pending], Rep::Slice),
        }
    }

    fn close_parentheses(&mut self, text: Atom, pending: Atom) -> Atom {
        match pending {
            Atom::I64(0) => text,
            Atom::I64(1) => self.append(text, Atom::Str(")".into())),
            pending => self.call_derived(Derivation::ShowClose, Ty::UNIT, vec![text, pending], Rep::Slice),
        }
    }

    pub(super) fn derive_show(&mut self, ty: Ty) -> Atom {
        let rep = self.lo.rep(ty);
        let (text, value, pending) = (self.b.param(Rep::Slice), self.b.param(rep), self.b.param(Rep::I64));
        match self.lo.shape(ty) {
            Shape::Other => text,
            Shape::Array(element) => {
                let text = self.show_elements(element, text, &value);
                self.close_parentheses(text, pending)
            }
            Shape::Constructors(constructors) => {
                self.by_constructor(&value, constructors.len(), Rep::Slice, |body, tag| {
                    let (name, fields) = &constructors[tag];
                    body.show_record(ty, tag, name, fields, text.clone(), &value, pending.clone())
                })
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one constructor and the state of showing it")]
    fn show_record(
        &mut self,
        ty: Ty,
        tag: usize,
        name: &str,
        fields: &[Ty],
        text: Atom,
        value: &Atom,
        pending: Atom,
    ) -> Atom {
        let Some((&last, others)) = fields.split_last() else {
            // The empty tuple has no name.
            let name = if name.is_empty() { "()" } else { name };
            let text = self.append(text, Atom::Str(name.into()));
            return self.close_parentheses(text, pending);
        };
        let mut text = self.append(text, Atom::Str(format!("{name}(").into()));
        for (index, &field) in others.iter().enumerate() {
            let part = self.part(ty, tag, value, index, field);
            text = self.show_value(text, field, part, Atom::I64(0), self.scope.origin);
            text = self.append(text, Atom::Str(", ".into()));
        }
        let part = self.part(ty, tag, value, others.len(), last);
        let pending = self.b.prim(Prim::WrapAddI64, vec![pending, Atom::I64(1)]);
        if self.lo.is_constructed(last) {
            let function = self.lo.derived(Derivation::Show, last, self.scope.origin);
            self.b.end(End::TailCall(function, vec![text, part, pending]));
            return Atom::nothing(Rep::Slice);
        }
        self.show_value(text, last, part, pending, self.scope.origin)
    }

    fn show_elements(&mut self, element: Ty, text: Atom, value: &Atom) -> Atom {
        let rep = self.lo.rep(element);
        let length = self.b.prim(Prim::ArrayLen(rep), vec![value.clone()]);
        let text = self.append(text, Atom::Str("[".into()));
        let text = self.each_element(length, text, |body, index, text| {
            let first = body.b.prim(Prim::EqI64, vec![index.clone(), Atom::I64(0)]);
            let text = body.branch(
                first,
                Rep::Slice,
                |_| text.clone(),
                |body| body.append(text.clone(), Atom::Str(", ".into())),
            );
            let part = body.b.prim(Prim::ArrayGetUnchecked(rep), vec![value.clone(), index]);
            body.show_value(text, element, part, Atom::I64(0), body.scope.origin)
        });
        self.append(text, Atom::Str("]".into()))
    }

    pub(super) fn derive_show_close(&mut self) -> Atom {
        let (text, count) = (self.b.param(Rep::Slice), self.b.param(Rep::I64));
        self.each_element(count, text, |body, _, text| body.b.prim(Prim::StrPush, vec![text, Atom::Byte(b')')]))
    }
}
