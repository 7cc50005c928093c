//! Numbers, strings, and names that are no expression.

use super::{PResult, Parser, Reported};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{ExprKind, StringPart};
use crate::syntax::escapes::{BadEscape, EscapeProblem, unescape};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn int(&mut self) -> PResult<ExprKind> {
        let span = self.bump();
        Ok(ExprKind::Int(self.int_value(span)))
    }

    /// The value of the digits at `span`.
    pub(super) fn int_value(&self, span: Span) -> u64 {
        // Only digits: what does not parse is too large.
        self.slice(span).parse().unwrap_or(u64::MAX)
    }

    pub(super) fn float(&mut self) -> PResult<ExprKind> {
        let span = self.bump();
        // Digits with a point always parse; too large a number becomes infinite.
        Ok(ExprKind::Float(self.slice(span).parse().unwrap_or(f64::INFINITY)))
    }

    pub(super) fn string(&mut self) -> PResult<ExprKind> {
        let span = self.bump();
        Ok(ExprKind::String(self.text_of(span, 1, 1)))
    }

    /// The text of the piece of a string at `span`, without its first `head` and last `tail` bytes.
    pub(super) fn text_of(&mut self, span: Span, head: u32, tail: u32) -> String {
        let inner = Span { start: span.start + head, end: span.end - tail, ..span };
        let mut bad = Vec::new();
        let text = unescape(self.slice(inner), |escape| bad.push(escape));
        for escape in bad {
            let diagnostic = self.bad_escape(inner, escape);
            self.report(diagnostic);
        }
        text
    }

    /// `"text \(expr) text"`
    pub(super) fn interpolated(&mut self) -> PResult<ExprKind> {
        let mut parts = Vec::new();
        let start = self.bump();
        let text = self.text_of(start, 1, 2);
        push_text(&mut parts, text);
        loop {
            let hole = self.span();
            self.interpolations += 1;
            let part = self.hole();
            self.interpolations -= 1;
            match part {
                Ok(part) => parts.push(part),
                Err(_) => {
                    self.skip_to(|_| false);
                    let span = self.since(hole);
                    parts.push(StringPart::Expr(super::clauses::invalid_expr(span)));
                }
            }
            let kind = self.kind();
            if !matches!(kind, TokenKind::StrMid | TokenKind::StrEnd) {
                return Err(Reported);
            }
            let piece = self.bump();
            if kind != TokenKind::StrMid {
                let text = self.text_of(piece, 1, 1);
                push_text(&mut parts, text);
                return Ok(ExprKind::Interpolated(parts));
            }
            let text = self.text_of(piece, 1, 2);
            push_text(&mut parts, text);
            // What is wrong in one expression says nothing of the next.
            self.distrusted = 0..0;
        }
    }

    /// The expression in `\(…)`.
    fn hole(&mut self) -> PResult<StringPart> {
        if matches!(self.kind(), TokenKind::StrMid | TokenKind::StrEnd) {
            return Err(self.empty_hole());
        }
        if self.at(TokenKind::Let) {
            return Err(self.statement_in_string());
        }
        let expr = self.expr()?;
        match self.kind() {
            TokenKind::StrMid | TokenKind::StrEnd => Ok(StringPart::Expr(*expr)),
            TokenKind::Semi => Err(self.statement_in_string()),
            _ => Err(self.unexpected("an operator or the `)` that ends the expression in the string")),
        }
    }

    fn empty_hole(&mut self) -> Reported {
        let span = Span { start: self.prev.end - 2, end: self.span().start + 1, ..self.span() };
        let diagnostic = Diagnostic::new(Code::E009, span, "There is no expression in `\\()`.")
            .because("`\\(` starts an expression inside the string.")
            .fix("\"total: \\(@Int.0)\"\nA parenthesis that is text needs no backslash.")
            .spec("Chapter 4, Section 4.13.1");
        self.error(diagnostic)
    }

    fn statement_in_string(&mut self) -> Reported {
        let diagnostic = Diagnostic::new(Code::E009, self.span(), "A statement stands inside a string.")
            .because("`\\(…)` takes one expression.")
            .fix("Bind the value first:\n  let @Int = f(1);\n  \"value: \\(@Int.0)\"")
            .spec("Chapter 4, Section 4.13.1");
        self.error(diagnostic)
    }

    fn bad_escape(&self, inner: Span, escape: BadEscape) -> Diagnostic {
        let (start, end) = (inner.start + escape.range.start as u32, inner.start + escape.range.end as u32);
        let span = Span { start, end, ..inner };
        let text = self.slice(span);
        let description = match escape.problem {
            EscapeProblem::Unknown(c) if c.is_control() => "A backslash stands before a control character.".to_owned(),
            EscapeProblem::Unknown(_) => format!("`{text}` is not an escape."),
            EscapeProblem::LineEnd => "A backslash stands at the end of the line.".to_owned(),
            EscapeProblem::NoBrace => "`\\u` is not followed by `{`.".to_owned(),
            EscapeProblem::Digits => format!("`{text}` does not hold one to six hexadecimal digits between braces."),
            EscapeProblem::NoCharacter => format!("`{text}` is no Unicode character."),
        };
        let fix = match escape.problem {
            EscapeProblem::NoBrace | EscapeProblem::Digits | EscapeProblem::NoCharacter => "\"\\u{1F600}\"",
            _ => "Write a backslash as `\\\\`.",
        };
        Diagnostic::new(Code::E009, span, description)
            .because("The escapes are \\\\ \\\" \\n \\t \\r \\0 \\u{…} and \\(…).")
            .fix(fix)
            .spec("Chapter 1, Section 1.6")
    }
}

fn push_text(parts: &mut Vec<StringPart>, text: String) {
    if !text.is_empty() {
        parts.push(StringPart::Text(text));
    }
}
