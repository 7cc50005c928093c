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
    pub(super) fn int_value(&self, span: Span) -> u128 {
        // Only digits: what does not parse is too large.
        self.slice(span).parse().unwrap_or(u128::MAX)
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
            match self.hole() {
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

    /// A lower-case name that is neither called nor part of a path.
    pub(super) fn bare_name(&mut self) -> Reported {
        let name = self.slice(self.span());
        let (rationale, fix) = match name {
            "return" => (
                "The value of a block is its last expression; there is no `return`.",
                "{\n  let @Int = f(1);\n  @Int.0\n}",
            ),
            "for" | "while" | "loop" => (
                "Vera has no loops: recursion and array functions repeat.",
                "array_map([1, 2, 3], fn(@Int -> @Int) effects(pure) { @Int.0 * 2 })",
            ),
            "var" | "const" | "mut" | "val" => ("A binding is written with `let` and a type.", "let @Int = 1;"),
            "def" | "func" | "function" | "lambda" => {
                ("Functions are written with `fn`.", "fn(@Int -> @Int) effects(pure) { @Int.0 }")
            }
            "not" => ("Negation is written `!`.", "!@Bool.0"),
            "and" => ("The operator is `&&`.", "@Bool.0 && @Bool.1"),
            "or" => ("The operator is `||`.", "@Bool.0 || @Bool.1"),
            _ => (
                "Vera has no variable names: `@Int.0` is the nearest Int that is bound, `@Int.1` the one before it. A function is called with parentheses.",
                "",
            ),
        };
        let fix = if fix.is_empty() {
            format!("{name}(…) to call the function, @Int.0 to refer to a value")
        } else {
            fix.to_owned()
        };
        let diagnostic = Diagnostic::new(Code::E005, self.span(), format!("The name `{name}` is not an expression."))
            .because(rationale)
            .fix(fix)
            .spec("Chapter 3, Section 3.1");
        self.error(diagnostic)
    }
}

fn push_text(parts: &mut Vec<StringPart>, text: String) {
    if !text.is_empty() {
        parts.push(StringPart::Text(text));
    }
}
