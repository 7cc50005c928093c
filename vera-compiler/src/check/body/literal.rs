//! Literals: integers, interpolated strings, arrays; and indexing.

use super::deferred::Deferred;
use super::{Checker, Expected, invalid};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{CoercionSite, Expr, ExprKind, StringPart};
use crate::types::{Ty, TyKind};

/// The magnitude of the smallest `Int`.
const MIN_MAGNITUDE: u64 = 1 << 63;

impl Checker<'_> {
    /// An integer literal: a `Byte` or a `Nat` where one is expected, otherwise an `Int`.
    pub(super) fn integer(&mut self, value: u64, expected: Expected, span: Span) -> Expr {
        let shape = expected.ty().map(|ty| self.shape(ty));
        let target = match shape {
            Some(Ty::BYTE) => Ty::BYTE,
            Some(Ty::NAT) => Ty::NAT,
            _ => Ty::INT,
        };
        let kind = if target == Ty::BYTE {
            u8::try_from(value).map(ExprKind::Byte).ok()
        } else {
            i64::try_from(value).map(ExprKind::Int).ok()
        };
        let Some(kind) = kind else {
            self.report(out_of_range(&self.env.source_text(span), target, span));
            return invalid(span);
        };
        Expr { kind, ty: target, span }
    }

    /// `-literal`, in one piece because the smallest `Int` has no positive counterpart.
    pub(super) fn negative_integer(&mut self, value: u64, span: Span) -> Expr {
        if value > MIN_MAGNITUDE {
            self.report(out_of_range(&self.env.source_text(span), Ty::INT, span));
            return invalid(span);
        }
        let value = (value as i64).wrapping_neg();
        Expr { kind: ExprKind::Int(value), ty: Ty::INT, span }
    }

    /// A string with expressions in it.
    pub(super) fn interpolated(&mut self, parts: &[ast::StringPart], span: Span) -> Expr {
        let mut checked = Vec::with_capacity(parts.len());
        for part in parts {
            checked.push(match part {
                ast::StringPart::Text(text) => StringPart::Text(text.clone()),
                ast::StringPart::Expr(expr) => StringPart::Expr(self.interpolated_part(expr)),
            });
        }
        Expr { kind: ExprKind::Interpolated(checked), ty: Ty::STRING, span }
    }

    fn interpolated_part(&mut self, expr: &ast::Expr) -> Expr {
        let part = self.expr(expr, Expected::Nothing);
        if self.is_unknown(part.ty) {
            self.relate(part.ty, Ty::INT, false);
        }
        let shape = self.shape(part.ty);
        match *self.env.program.types.kind(shape) {
            TyKind::String | TyKind::Int | TyKind::Nat | TyKind::Bool | TyKind::Byte | TyKind::Float64 => {
                self.convert(part, shape, CoercionSite::Other)
            }
            TyKind::Never | TyKind::Invalid => self.convert(part, Ty::STRING, CoercionSite::Other),
            _ => {
                let found = self.text(part.ty);
                let source = self.quoted(part.span, "value");
                self.report(
                    Diagnostic::new(
                        Code::E148,
                        part.span,
                        format!("A value of type `{found}` cannot be put into a string."),
                    )
                    .because("Interpolation takes `String`, `Int`, `Nat`, `Bool`, `Byte` and `Float64`.")
                    .fix(format!("Convert it: `\\(show({source}))`"))
                    .edit(part.span.start_point(), "show(")
                    .edit(part.span.end_point(), ")")
                    .spec(Section::S4_13_1),
                );
                invalid(part.span)
            }
        }
    }

    /// `[a, b]`
    pub(super) fn array(&mut self, items: &[ast::Expr], expected: Expected, span: Span) -> Expr {
        let wanted = expected.ty().and_then(|ty| match self.shape_kind(ty) {
            TyKind::Array(element) => Some(*element),
            _ => None,
        });
        let inner = match (wanted, expected) {
            (None, _) => Expected::Nothing,
            (Some(element), Expected::Target(..)) => Expected::Target(element, CoercionSite::Element),
            (Some(element), _) => Expected::Hint(element),
        };
        let mut checked: Vec<Expr> = Vec::with_capacity(items.len());
        for item in items {
            let expr = self.expr(item, inner);
            checked.push(expr);
        }
        let element = match inner {
            Expected::Target(element, _) if checked.iter().all(|item| self.relate(item.ty, element, true)) => element,
            _ => match self.common_element(&checked) {
                Some(element) => element,
                None => return invalid(span),
            },
        };
        let element = self.env.argument(element);
        let items = checked.into_iter().map(|item| self.convert(item, element, CoercionSite::Element)).collect();
        let ty = self.env.program.types.array(element);
        self.deferred.push(Deferred::Sized { ty, span });
        Expr { kind: ExprKind::Array(items), ty, span }
    }

    /// The type of all elements (E162 when there is none).
    fn common_element(&mut self, items: &[Expr]) -> Option<Ty> {
        let Some(first) = items.first() else { return Some(self.fresh(Ty::INT)) };
        let mut common = first.ty;
        for item in &items[1..] {
            let Some(wider) = self.join(common, item.ty) else {
                let (found, others) = (self.text(item.ty), self.text(common));
                self.report(
                    Diagnostic::new(
                        Code::E162,
                        item.span,
                        format!("This element has type `{found}`, the ones before it have type `{others}`."),
                    )
                    .because("All elements of an array have one type.")
                    .fix("Convert it, use a `Tuple`, or declare a `data` type with a variant for each kind of value.")
                    .spec(Section::S4_12_1)
                    .label(first.span, format!("the first element, of type `{others}`")),
                );
                return None;
            };
            common = wider;
        }
        // An element that never comes to be says nothing of the type.
        Some(if common == Ty::NEVER { self.fresh(Ty::INT) } else { common })
    }

    /// `base[index]`
    pub(super) fn index(&mut self, base: &ast::Expr, index: &ast::Expr, span: Span) -> Expr {
        let base = self.expr(base, Expected::Nothing);
        let index = self.expr(index, Expected::Nothing);
        if self.is_unknown(base.ty) {
            let element = self.fresh(Ty::INT);
            let array = self.env.program.types.array(element);
            self.relate(base.ty, array, false);
        }
        let shape = self.shape(base.ty);
        let element = match *self.env.program.types.kind(shape) {
            TyKind::Array(element) => Some(element),
            TyKind::Invalid => None,
            _ => {
                self.not_an_array(&base, &index);
                return invalid(span);
            }
        };
        if self.is_unknown(index.ty) {
            self.relate(index.ty, Ty::INT, false);
        }
        let index_shape = self.shape(index.ty);
        let integer = matches!(index_shape, Ty::INT | Ty::NAT);
        if !integer && !matches!(index_shape, Ty::INVALID | Ty::NEVER) {
            let diagnostic = self.mismatch(Code::E160, index.span, "An array index", index.ty, Ty::INT);
            self.report(diagnostic.spec(Section::S4_12_2));
        }
        let (Some(element), true) = (element, integer || index_shape == Ty::NEVER) else { return invalid(span) };
        let base = self.convert(base, shape, CoercionSite::Other);
        let index_ty = if integer { index_shape } else { Ty::INT };
        let index = self.convert(index, index_ty, CoercionSite::Other);
        Expr { kind: ExprKind::Index(Box::new(base), Box::new(index)), ty: element, span }
    }

    fn not_an_array(&mut self, base: &Expr, wanted: &Expr) {
        let index = wanted.span;
        let found = self.text(base.ty);
        let source = self.quoted(base.span, "value");
        let diagnostic =
            Diagnostic::new(Code::E161, base.span, format!("A value of type `{found}` cannot be indexed."))
                .because("Only arrays have elements at an index.")
                .spec(Section::S4_12_2);
        let whole = base.span.to(index);
        let close = Span { start: index.end, end: index.end + 1, ..index };
        let between = Span { start: base.span.end, end: index.start, ..index };
        let diagnostic = match self.shape_kind(base.ty) {
            TyKind::String => diagnostic.fix(format!(
                "Write `string_char_code({source}, {0})` for the code of the byte, or `string_slice({source}, {0}, {0} + 1)` \
                 for the text.",
                self.quoted(index, "index")
            )),
            TyKind::Data(id, _) if Some(*id) == self.env.library_data("Map") => {
                let key = self.quoted(index, "key");
                diagnostic
                    .fix(format!("Look the key up: `map_get({source}, {key})` gives an `Option`."))
                    .edit(whole.start_point(), "map_get(")
                    .edit(between, ", ")
                    .edit(close, ")")
            }
            TyKind::Data(id, _) if Some(*id) == self.env.library_data("Json") => {
                self.with_json_get(diagnostic, base, wanted, between, close)
            }
            TyKind::Data(id, _) if Some(*id) == self.env.library_data("Set") => {
                let index = self.quoted(index, "index");
                diagnostic
                    .fix(format!("Make an array of it: `set_to_array({source})[{index}]`."))
                    .edit(base.span.start_point(), "set_to_array(")
                    .edit(base.span.end_point(), ")")
            }
            TyKind::Tuple(_) => {
                diagnostic.fix("Take it apart: `let Tuple<@A, @B> = ...;` with its component types.")
            }
            _ => diagnostic.fix("Index an `Array<T>`."),
        };
        self.report(diagnostic);
    }
}

/// E149
pub(super) fn out_of_range(literal: &str, target: Ty, span: Span) -> Diagnostic {
    let (name, range) = match target {
        Ty::BYTE => ("Byte", "0 to 255"),
        Ty::NAT => ("Nat", "0 to 9223372036854775807"),
        _ => ("Int", "-9223372036854775808 to 9223372036854775807"),
    };
    let fix = match target {
        Ty::BYTE => "Use a number from 0 to 255, or the type `Int`.",
        _ => "Use a smaller number, a `Float64` such as `1.0`, or `decimal_from_string(\"...\")` for more digits.",
    };
    Diagnostic::new(Code::E149, span, format!("The literal `{literal}` is out of range for `{name}`."))
        .because(format!("`{name}` holds the integers {range}."))
        .fix(fix)
        .spec(Section::S4_2)
}
