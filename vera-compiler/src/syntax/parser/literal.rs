//! Numbers, strings, and names that are not an expression.

use super::{PResult, Parser, Reported};
use crate::diagnostics::{Code, Diagnostic, Section, Severity};
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
        if self.at_three_quotes() {
            return self.three_quotes();
        }
        let span = self.bump();
        Ok(ExprKind::String(self.text_of(span, 1, 1)))
    }

    /// The text of the piece of a string at `span`, without its first `head` and last `tail` bytes.
    pub(super) fn text_of(&mut self, span: Span, head: u32, tail: u32) -> String {
        let inner = Span { start: span.start + head, end: span.end - tail, ..span };
        if self.slice(inner).contains("{@") {
            self.slots_in_braces(inner);
        }
        let mut bad = Vec::new();
        let text = unescape(self.slice(inner), |escape| bad.push(escape));
        for escape in bad {
            let diagnostic = self.bad_escape(inner, escape);
            self.report(diagnostic);
        }
        text
    }

    /// Whether `"""` is next.
    fn at_three_quotes(&self) -> bool {
        let quoted = matches!(self.kind_at(1), TokenKind::Str | TokenKind::StrStart | TokenKind::StrUnclosed);
        quoted && self.slice(self.span()) == "\"\"" && self.touches_next()
    }

    /// `"""text"""`
    fn three_quotes(&mut self) -> PResult<ExprKind> {
        let open = self.bump();
        let inner = self.span();
        let diagnostic =
            Diagnostic::new(Code::E005, Span { end: open.end + 1, ..open }, "A string starts with one quotation mark.")
                .because("A string stands between two quotation marks, also when it has several lines.")
                .spec(Section::S1_6);
        let whole = self.kind_at(1) == TokenKind::Str && self.touches_next();
        let close = self.span_of(self.tokens[(self.pos + 1).min(self.tokens.len() - 1)]);
        if self.at(TokenKind::Str) && whole && self.slice(close) == "\"\"" {
            self.report(
                diagnostic
                    .fix(format!("Write `{}`.", self.short(self.slice(inner).to_owned(), "\"...\"")))
                    .edit(open, "")
                    .edit(close, ""),
            );
            self.decl_errors = true;
            self.bump();
            self.bump();
            let text = self.text_of(inner, 1, 1);
            return Ok(ExprKind::String(text));
        }
        self.report(diagnostic.fix("Write the text between `\"` and `\"`, and `\\\"` for each quotation mark in it."));
        let end =
            self.text[inner.start as usize + 1..].find("\"\"\"").map_or(inner.end, |at| inner.start + 4 + at as u32);
        while self.span().start < end && !self.at(TokenKind::Eof) {
            self.bump();
        }
        self.reported_at = Some(self.pos);
        self.distrust_line();
        Ok(ExprKind::Invalid)
    }

    /// A warning for `{@Int.0}` in a string.
    fn slots_in_braces(&mut self, inner: Span) {
        let text = self.slice(inner);
        let is_slot = |&(open, close): &(usize, usize)| {
            let inside = text[open + 1..close].strip_prefix('@').and_then(|slot| slot.rsplit_once('.'));
            inside.is_some_and(|(ty, index)| {
                ty.starts_with(|c: char| c.is_ascii_uppercase())
                    && !index.is_empty()
                    && index.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        let holes: Vec<(usize, usize)> = holes_in_braces(text).into_iter().filter(is_slot).collect();
        let Some(&(first, last)) = holes.first() else { return };
        let at =
            |from: usize, to: usize| Span { start: inner.start + from as u32, end: inner.start + to as u32, ..inner };
        let slot = &text[first + 1..last];
        let diagnostic =
            Diagnostic::new(Code::E009, at(first, last + 1), format!("`{{{slot}}}` is text, and no value."))
                .because("A value is put into a string with `\\(...)`; braces mean nothing there.")
                .fix(format!("Write `\\({slot})`."))
                .spec(Section::S4_13_1)
                .severity(Severity::Warning);
        let diagnostic = holes.iter().fold(diagnostic, |diagnostic, &(open, close)| {
            // Elsewhere a `$` may stand in front.
            let start = if text[..open].ends_with('$') { open - 1 } else { open };
            diagnostic.edit(at(start, open + 1), "\\(").edit(at(close, close + 1), ")")
        });
        // A warning leaves nothing out of the program.
        self.diagnostics.push(diagnostic);
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
                    parts.push(StringPart::Expr(super::assemble::invalid_expr(span)));
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
            .fix("Write an expression between the parentheses. A parenthesis that is text needs no backslash: write `()`.")
            .edit(Span { end: span.start + 1, ..span }, "")
            .spec(Section::S4_13_1);
        self.error(diagnostic)
    }

    fn statement_in_string(&mut self) -> Reported {
        let diagnostic = Diagnostic::new(Code::E009, self.span(), "A statement stands inside a string.")
            .because("`\\(…)` takes one expression.")
            .fix("Bind the value with `let` before the string, and put its slot into the string.")
            .spec(Section::S4_13_1);
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
            EscapeProblem::NoBrace | EscapeProblem::Digits | EscapeProblem::NoCharacter => {
                "Write the number of the character in braces, in hexadecimal digits: `\\u{1F600}`."
            }
            _ => "Write a backslash as `\\\\`.",
        };
        let diagnostic = Diagnostic::new(Code::E009, span, description)
            .because("The escapes are \\\\ \\\" \\n \\t \\r \\0 \\u{…} and \\(…).")
            .spec(Section::S1_6);
        let digits = self.text.get(start as usize..end as usize + 2).unwrap_or_default();
        match (escape.problem, of_byte(digits)) {
            (_, Some(escape)) => diagnostic.write(Span { end: end + 2, ..span }, escape),
            (EscapeProblem::Unknown('\''), _) => diagnostic.write(span, "'"),
            (EscapeProblem::Unknown(_), _) => diagnostic.fix(fix).edit(span.start_point(), "\\"),
            _ => diagnostic.fix(fix),
        }
    }
}

/// Where the braces are around what other languages put into a string: `{` and `}` of each place.
pub(super) fn holes_in_braces(text: &str) -> Vec<(usize, usize)> {
    let mut holes = Vec::new();
    let mut open = None;
    for (at, byte) in text.bytes().enumerate() {
        match (byte, open) {
            (b'{', _) => open = Some(at),
            (b'}', Some(start)) if start + 1 < at => {
                holes.push((start, at));
                open = None;
            }
            (b'}' | b'"' | b'\\', _) => open = None,
            _ => {}
        }
    }
    holes
}

fn push_text(parts: &mut Vec<StringPart>, text: String) {
    if !text.is_empty() {
        parts.push(StringPart::Text(text));
    }
}

/// The escape for `\x41`, which other languages have.
fn of_byte(text: &str) -> Option<String> {
    let digits = text.strip_prefix("\\x")?;
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok()).flatten().map(|byte| format!("\\u{{{byte:X}}}"))
}
