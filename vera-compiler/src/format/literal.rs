//! Literals: each value has one text.

use std::fmt::{Display, Write};

use super::lines::Writer;
use crate::source::Span;
use crate::syntax::ast::StringPart;
use crate::syntax::escapes::escape;

impl<'s> Writer<'s> {
    /// An integer whose digits are the first in `span`, behind parentheses.
    pub(super) fn int(&mut self, value: u64, span: Span) {
        if value == u64::MAX {
            // Larger than the tree can hold.
            let digits = self.number_at(span);
            return self.push(digits);
        }
        self.display(value);
    }

    /// The index of a slot reference whose type ends at `end`.
    pub(super) fn slot_index(&mut self, index: u32, end: u32, span: Span) {
        if index == u32::MAX {
            let start = self.behind_next(end);
            let digits = self.number_at(Span { start, ..span });
            return self.push(digits);
        }
        self.display(index);
    }

    fn display(&mut self, value: impl Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.out, "{value}");
    }

    /// A float written in `span`, behind parentheses.
    pub(super) fn float(&mut self, value: f64, span: Span) {
        if value.is_infinite() {
            let digits = self.number_at(span).trim_start_matches('0').trim_end_matches('0');
            self.push(digits);
            if digits.ends_with('.') {
                self.out.push('0');
            }
            return;
        }
        let start = self.out.len();
        self.display(value);
        if !self.out[start..].contains('.') {
            self.push(".0");
        }
    }

    /// The digits and points of the first token in `span` that is not `(`.
    fn number_at(&self, span: Span) -> &'s str {
        let mut start = self.next_token(span.start);
        while self.text[start as usize..].starts_with('(') {
            start = self.next_token(start + 1);
        }
        let rest = &self.text[start as usize..span.end as usize];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        &rest[..end]
    }

    pub(super) fn string(&mut self, text: &str) {
        self.out.push('"');
        escape(text, &mut self.out);
        self.out.push('"');
    }

    pub(super) fn interpolated(&mut self, parts: &[StringPart]) {
        self.out.push('"');
        for part in parts {
            match part {
                StringPart::Text(text) => escape(text, &mut self.out),
                StringPart::Expr(expr) => {
                    self.push("\\(");
                    self.expr(expr);
                    self.out.push(')');
                }
            }
        }
        self.out.push('"');
    }
}
