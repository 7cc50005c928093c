//! Proposals for collections and the functions over them: an order for `array_sort_by`, strings for `string_join`, a map
//! where its entries are listed, fields of JSON.

use super::Checker;
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::tir::{ArithmeticOp, Closure, CompareOp, Expr, ExprKind};
use crate::types::{Ty, TyKind};

/// Longer code is not written out in a fix, in bytes.
const WRITTEN: usize = 300;

impl Checker<'_> {
    /// The diagnostic about a function for `array_sort_by` that does not give an `Ordering`, with one that does.
    pub(super) fn with_ordering(&mut self, diagnostic: Diagnostic, wrong: &Expr) -> Diagnostic {
        let TyKind::Fn(function) = self.shape_kind(wrong.ty).clone() else { return diagnostic };
        let [param, _] = function.params.as_slice() else { return diagnostic };
        if !matches!(self.shape(function.result), Ty::BOOL | Ty::INT | Ty::NAT) {
            return diagnostic;
        }
        let ty = self.text(*param);
        let head = format!("fn(@{ty}, @{ty} -> @Ordering) effects(pure)");
        let compared = match &wrong.kind {
            ExprKind::Closure(closure) => self.compared_values(closure),
            _ => None,
        };
        match compared.map(|(first, second)| format!("{head} {{ compare({first}, {second}) }}")) {
            Some(written) if written.len() <= WRITTEN => diagnostic.write(wrong.span, written),
            _ => diagnostic.fix(format!("Give an `Ordering`: `{head} {{ compare(@{ty}.1, @{ty}.0) }}`")),
        }
    }

    /// What a function compares to tell whether its first argument comes first, smaller first.
    fn compared_values(&self, closure: &Closure) -> Option<(String, String)> {
        let (left, right, ascending) = match &closure.body.kind {
            ExprKind::Compare(op, _, left, right) => (left, right, matches!(op, CompareOp::Lt | CompareOp::Le)),
            ExprKind::Arithmetic(ArithmeticOp::Sub, _, left, right) => (left, right, true),
            _ => return None,
        };
        let (left, right) = (self.env.source_text(left.span), self.env.source_text(right.span));
        Some(if ascending { (left, right) } else { (right, left) })
    }

    /// Whether a type is that of an array whose elements may be the entries of a map.
    pub(super) fn is_array_of_tuples(&self, ty: Ty) -> bool {
        let TyKind::Array(element) = *self.shape_kind(ty) else { return false };
        matches!(self.shape_kind(element), TyKind::Tuple(parts) if parts.len() == 2)
    }

    /// The diagnostic about an array of tuples where a map is expected, with code that makes one.
    pub(super) fn with_entries(&mut self, diagnostic: Diagnostic, wrong: &Expr, expected: Ty) -> Diagnostic {
        let TyKind::Data(id, _) = self.shape_kind(expected) else { return diagnostic };
        if self.env.library_data("Map") != Some(*id) {
            return diagnostic;
        }
        let ExprKind::Array(items) = &wrong.kind else {
            return diagnostic
                .fix("Insert the entries: `map_insert(map_insert(map_new(), \"a\", 1), \"b\", 2)` is a map of two.");
        };
        let mut written = "map_new()".to_owned();
        for item in items {
            let ExprKind::Tuple(parts) = &item.kind else { return diagnostic };
            let [key, value] = parts.as_slice() else { return diagnostic };
            let (key, value) = (self.env.source_text(key.span), self.env.source_text(value.span));
            written = format!("map_insert({written}, {key}, {value})");
            if written.len() > WRITTEN {
                return diagnostic.fix("Insert the entries one by one: `map_insert(map_insert(map_new(), ...), ...)`.");
            }
        }
        diagnostic.write(wrong.span, written)
    }

    /// The diagnostic about a JSON value that is indexed, whose parts are in `base`, `between` base and index, and `close`.
    pub(super) fn with_json_get(
        &mut self,
        diagnostic: Diagnostic,
        base: &Expr,
        index: &Expr,
        between: Span,
        close: Span,
    ) -> Diagnostic {
        let (function, what) = match self.shape(index.ty) {
            Ty::STRING => ("json_get", "field"),
            Ty::INT | Ty::NAT => ("json_array_get", "element"),
            _ => return diagnostic.fix("Write `json_get(value, \"field\")` or `json_array_get(value, index)`."),
        };
        let (source, at) = (self.quoted(base.span, "value"), self.quoted(index.span, what));
        diagnostic
            .fix(format!("Look it up: `{function}({source}, {at})` gives an `Option<Json>`."))
            .edit(base.span.start_point(), format!("{function}("))
            .edit(between, ", ")
            .edit(close, ")")
    }
}
