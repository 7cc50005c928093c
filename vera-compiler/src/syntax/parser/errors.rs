//! Messages that more than one part of the parser uses.

use super::hints::NUMBERS;
use super::{Parser, Reported};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// Adds a diagnostic unless the line is not trusted any more: for mistakes that are understood and read over.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.errors += 1;
        if !self.distrusted.contains(&diagnostic.span.start) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Adds a diagnostic for the next token, unless it is likely to follow from the last.
    pub(super) fn error(&mut self, diagnostic: Diagnostic) -> Reported {
        if !self.follows_from_last() {
            self.report(diagnostic);
            self.reported_at = Some(self.pos);
            self.distrust_line();
        }
        Reported
    }

    /// Adds a diagnostic as [`Self::error`] does, for a mistake that is understood: what follows is read as if it had not
    /// been made.
    pub(super) fn slip(&mut self, diagnostic: Diagnostic) {
        if !self.follows_from_last() {
            self.report(diagnostic);
            self.reported_at = Some(self.pos);
            self.decl_errors = true;
        }
    }

    /// Adds a diagnostic about how constructs nest, unless an error of the same declaration may be why they do not.
    pub(super) fn structure_error(&mut self, diagnostic: Diagnostic) -> Reported {
        if self.decl_errors { Reported } else { self.error(diagnostic) }
    }

    /// What else is unexpected up to the end of this line is put down to the error at the next token.
    pub(super) fn distrust_line(&mut self) {
        let here = self.span().start as usize;
        let length = self.text[here..].find('\n').unwrap_or(self.text.len() - here);
        self.distrusted = self.prev.end.min(here as u32)..(here + length) as u32 + 1;
        self.decl_errors = true;
    }

    /// Whether the next token is on the line of the last error, behind it.
    pub(super) fn on_distrusted_line(&self) -> bool {
        self.distrusted.contains(&self.span().start)
    }

    /// Whether the next token is the first of its line.
    pub(super) fn starts_line(&self) -> bool {
        let between = Span { start: self.prev.end, end: self.span().start, ..self.prev };
        self.slice(between).contains('\n')
    }

    /// Whether the next token is that of the last error or where recovery stopped, or comes right behind, or is on the
    /// line of the last error. Behind a separator the text of another line is trusted at once.
    fn follows_from_last(&self) -> bool {
        if self.on_distrusted_line() {
            return true;
        }
        let Some(at) = self.reported_at else { return false };
        let separated = || matches!(self.tokens[at].kind, TokenKind::Comma | TokenKind::Semi | TokenKind::StrMid);
        self.pos == at || self.pos == at + 1 && !separated()
    }

    /// Reports that the next token is not `expected`, which completes "Expected …".
    pub(super) fn unexpected(&mut self, expected: impl AsRef<str>) -> Reported {
        let diagnostic = match self.malformed_token() {
            Some(diagnostic) => diagnostic,
            None if self.at(TokenKind::Reported) => {
                self.reported_at = Some(self.pos);
                return Reported;
            }
            None => with_help(self.expected(expected.as_ref()), expected.as_ref()),
        };
        let diagnostic = match expected.as_ref().contains("operator") {
            true => self.with_operator_hint(diagnostic),
            false => diagnostic,
        };
        self.error(diagnostic)
    }

    /// Like [`Self::unexpected`], inside the bracket at `open`.
    pub(super) fn unexpected_in(&mut self, open: Span, expected: impl AsRef<str>) -> Reported {
        if self.at(TokenKind::Reported) || self.malformed_token().is_some() {
            return self.unexpected(expected);
        }
        let opened = format!("inside this `{}`", self.slice(open));
        let diagnostic = with_help(self.expected(expected.as_ref()), expected.as_ref()).label(open, opened);
        let diagnostic = self.with_operator_hint(diagnostic);
        // Only brackets around expressions and blocks are closed by what belongs further out.
        let structure = self.slice(open) != "<" && self.closes_something();
        if structure { self.structure_error(diagnostic) } else { self.error(diagnostic) }
    }

    /// Whether the next token ends something, so that where it is unexpected it belongs to something further out.
    pub(super) fn closes_something(&self) -> bool {
        use TokenKind::*;
        matches!(self.kind(), RParen | RBracket | RBrace | Comma | Arrow | Eof)
    }

    /// "Expected …, found …" at the next token; at the end of the file, behind the last.
    pub(super) fn expected(&self, expected: &str) -> Diagnostic {
        let span = if self.at(TokenKind::Eof) { self.prev.end_point() } else { self.span() };
        let found = self.found();
        Diagnostic::new(Code::E005, span, format!("Expected {expected}, found {found}.")).spec(Section::S10_3)
    }

    /// The next token as shown in a description.
    pub(super) fn found(&self) -> String {
        match self.kind() {
            TokenKind::LowerIdent | TokenKind::UpperIdent | TokenKind::Int | TokenKind::Float => {
                format!("`{}`", self.slice(self.span()))
            }
            kind => kind.describe().to_owned(),
        }
    }

    /// What is wrong with the next token itself.
    pub(super) fn malformed_token(&self) -> Option<Diagnostic> {
        let span = self.span();
        let text = self.slice(span);
        let opening = Span { end: span.start + 1, ..span };
        Some(match self.kind() {
            TokenKind::BadNumber => bad_number(span, text),
            TokenKind::Unknown if text == "'" && self.prev.end == span.start && self.prev_is_name() => {
                let name = self.slice(self.prev);
                unknown_character(span, text)
                    .because("Names are made of ASCII letters, digits and underscores.")
                    .fix(format!("Give it a name of its own, such as `{name}2`."))
                    .spec(Section::S1_7)
            }
            TokenKind::Unknown => unknown_character(span, text),
            TokenKind::StrUnclosed => Diagnostic::new(Code::E006, opening, "This string is never closed.")
                .because("A string ends at the next `\"` that has no backslash before it.")
                .fix("Close the string with `\"` on its line. A line break in a string is written `\\n`.")
                .spec(Section::S1_6),
            TokenKind::StrHoleUnclosed => {
                Diagnostic::new(Code::E009, span, "A `\\(` in this string has no closing `)`.")
                    .because("`\\(` starts an expression inside the string; it ends at the `)` that matches.")
                    .fix("Close the expression with `)`. A parenthesis that is text needs no backslash.")
                    .spec(Section::S4_13_1)
            }
            TokenKind::StrNested => self.string_in_string(),
            _ => return None,
        })
    }

    /// Whether the token before the next is a name.
    fn prev_is_name(&self) -> bool {
        let before = self.pos.checked_sub(1).map(|before| self.tokens[before].kind);
        before.is_some_and(|kind| kind == TokenKind::UpperIdent || kind.is_lower_name())
    }

    /// A name that starts with the wrong kind of letter.
    pub(super) fn wrong_case(&mut self, what: &str, letter: &str) -> Reported {
        let text = self.slice(self.span());
        let diagnostic = Diagnostic::new(Code::E005, self.span(), format!("Expected {what}, found `{text}`."))
            .because("Functions and modules start with a lower-case letter; types, constructors and effects with an upper-case one.")
            .fix(format!("Write `{}`, here and where it is used: {letter} letter comes first.", recased(text)))
            .spec(Section::S1_7);
        self.error(diagnostic)
    }

    /// Reports at the `)` of a signature that it has no result type.
    pub(super) fn missing_result(&mut self, open: Span) -> Reported {
        // Where no parameter could be read, the `)` itself is given.
        let end = self.span().start;
        let params = self.slice(Span { start: open.end.min(end), end, ..open }).trim();
        let outside = (self.kind_at(1) == TokenKind::Arrow).then(|| {
            let behind = &self.text[self.span_of(self.tokens[self.pos + 1]).end as usize..];
            behind[..behind.find(['{', '\n']).unwrap_or(behind.len())].trim().trim_start_matches('@')
        });
        let outside = outside.map(|ty| ty.trim_end_matches(':'));
        let result = outside.unwrap_or("Unit");
        let result =
            foreign::ty(result).filter(|_| result.starts_with(|c: char| c.is_ascii_lowercase())).unwrap_or(result);
        let written = if params.is_empty() { format!("(-> @{result})") } else { format!("({params} -> @{result})") };
        let mut diagnostic = self
            .expected("`->` and the result type")
            .because("The result type is written between the parentheses, after the parameters.")
            .fix(format!("Write `{}`.", self.short(written, &format!("(... -> @{result})"))))
            .spec(Section::S5_2);
        let arrow = if params.is_empty() { "->" } else { " ->" };
        let close = self.span().start_point();
        diagnostic = diagnostic.edit(close, format!("{arrow} @{result}"));
        if let Some(outside) = outside {
            // From the arrow to the end of the type.
            let from = self.span().end;
            let at = self.text[from as usize..].find(outside).map_or(from, |at| from + at as u32);
            let end = at + outside.len() as u32;
            let colon = u32::from(self.text[end as usize..].starts_with(':'));
            diagnostic = diagnostic.edit(Span { start: from, end: end + colon, ..close }, "");
        }
        if self.slice(open) == "(" {
            diagnostic = diagnostic.label(open, "inside this `(`");
        }
        self.error(diagnostic)
    }

    /// Reports the comma before a closing bracket.
    pub(super) fn trailing_comma(&mut self, comma: Span) {
        let close = self.found();
        self.report(
            Diagnostic::new(Code::E005, comma, format!("Nothing follows this comma before {close}."))
                .because("Commas separate; there is none after the last item.")
                .fix("Remove the comma.")
                .edit(comma, "")
                .spec(Section::S10_3),
        );
        if !self.at(TokenKind::RBrace) {
            self.distrust_line();
        }
    }

    /// Reports that the brace at `open` is not closed before the next token.
    pub(super) fn missing_brace(&mut self, open: Span) -> Reported {
        let found = self.found();
        let diagnostic =
            Diagnostic::new(Code::E004, self.prev.end_point(), format!("A `}}` is missing before {found}."))
                .because("Every `{` is closed by its own `}`; declarations cannot stand inside a block.")
                .fix("Add the `}` that closes the block.")
                .spec(Section::S4_10)
                .label(open, "this `{` is not closed");
        self.unbalanced = true;
        // What would follow is not there.
        self.lost.function |= self.at(TokenKind::Eof);
        self.structure_error(diagnostic)
    }
}

/// What can be said when nothing is known but what was expected.
fn with_help(diagnostic: Diagnostic, expected: &str) -> Diagnostic {
    let starts = |prefix: &str| expected.starts_with(prefix);
    let rationale = if starts("an expression") {
        "A value is missing here: a literal, a slot reference, a call, a block, `if`, `match` or `handle`."
    } else if starts("`,` or") {
        "Commas separate the items of a list."
    } else if starts("`;`") {
        "Statements, imports, aliases and operations end with `;`."
    } else if starts("a type") {
        "A type is a name with its arguments, a function type or a refinement."
    } else {
        "The grammar allows nothing else at this place."
    };
    let fix = if starts("an expression") {
        "Write a value, such as `1`, `@Int.0` or `f(@Int.0)`.".to_owned()
    } else if starts("a type") {
        "Write a type, such as `Int` or `Array<Int>`.".to_owned()
    } else {
        format!("Write {expected}.")
    };
    diagnostic.because(rationale).fix(fix)
}

fn bad_number(span: Span, text: &str) -> Diagnostic {
    let zero =
        text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let description = if zero {
        format!("The number `{text}` starts with a needless 0.")
    } else {
        format!("`{text}` is not a number.")
    };
    let diagnostic = Diagnostic::new(Code::E005, span, description).because(NUMBERS).spec(Section::S1_6);
    match plain_number(text) {
        Some(number) => diagnostic.write(span, number),
        None => diagnostic.fix("Write it in decimal digits, with a point and digits after it for a Float64."),
    }
}

/// A number as other languages write it, in decimal digits; `None` when it is none, or has very many of them.
fn plain_number(text: &str) -> Option<String> {
    let text = text.replace('_', "").to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u64::from_str_radix(digits, radix).ok().map(|value| value.to_string());
        }
    }
    // The type of other languages behind the digits.
    let types =
        ["usize", "isize", "i8", "u8", "i16", "u16", "i32", "u32", "f32", "i64", "u64", "f64", "ul", "l", "n", "f"];
    let text = types.iter().find_map(|suffix| text.strip_suffix(suffix)).unwrap_or(&text);
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = text.trim_start_matches('0');
        return Some(if digits.is_empty() { "0".to_owned() } else { digits.to_owned() });
    }
    // Shown with a point and without an exponent where that takes few digits.
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some(format!("{value:?}")).filter(|shown| !shown.contains('e'))
}

fn unknown_character(span: Span, text: &str) -> Diagnostic {
    let first = text.chars().next().unwrap_or_default();
    let shown =
        if first.is_control() || first == '\u{feff}' { format!("U+{:04X}", u32::from(first)) } else { text.to_owned() };
    let (rationale, fix) = match first {
        '\'' => ("Vera has no character literals.", "Write a string, with double quotes."),
        '&' => ("Vera has no operators on bits.", "Join conditions with `&&`."),
        '`' | '“' | '”' | '‘' | '’' => {
            ("Strings are written with straight double quotes.", "Write the text between `\"` and `\"`.")
        }
        '^' => ("Vera has no such operator.", "Write `pow(base, exponent)` of a `Float64`; multiply an `Int`."),
        '\\' => (
            "A backslash has a meaning only in strings; functions are written with `fn`.",
            "Write `fn`, the types of the parameters and the result, the effects and a block.",
        ),
        _ if first.is_alphabetic() => {
            ("Names are made of ASCII letters, digits and underscores.", "Spell the name with the letters a to z.")
        }
        _ => {
            ("Outside of strings and comments, programs are made of ASCII letters, digits and operators.", "Remove it.")
        }
    };
    let diagnostic = Diagnostic::new(Code::E006, span, format!("`{shown}` has no meaning here."))
        .because(rationale)
        .spec(Section::S1_5);
    let inside = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let Some(inside) = inside.filter(|inside| !inside.contains(['"', '\\'])) else { return diagnostic.fix(fix) };
    let (string, mut chars) = (format!("\"{inside}\""), inside.chars());
    match (chars.next(), chars.next()) {
        (Some(char), None) => diagnostic
            .fix(format!(
                "Write `{string}` for a string. The code of the character is the number `{}`.",
                u32::from(char)
            ))
            .edit(span, string),
        _ => diagnostic.write(span, string),
    }
}

/// A function named like a word of the language.
pub(super) fn reserved_name(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::E153, span, format!("`{name}` is a word of the language and cannot name a function."))
        .because("A call could not be told from the construct of that name.")
        .fix(format!("Give it another name, such as `{name}_value`."))
        .spec(Section::S1_4)
}

/// The name with its first letter in the other case.
pub(super) fn recased(name: &str) -> String {
    let mut chars = name.chars();
    let first =
        chars.next().map(|c| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() });
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::plain_number;

    #[test]
    fn numbers_of_other_languages_are_written_out() {
        let shown = |text| plain_number(text).unwrap_or_default();
        let numbers =
            ["007", "00", "1_000_000", "0xff", "0b101", "0o17", "1e5", "6.02e2", "00.50", "1e-3", "10u64", "2.5f32"];
        let expected = ["7", "0", "1000000", "255", "5", "15", "100000.0", "602.0", "0.5", "0.001", "10", "2.5"];
        assert_eq!(numbers.map(shown), expected);
        assert_eq!(["12abc", "0x", "0xgg", "1e999", "6.02e23"].map(plain_number), [const { None }; 5]);
    }
}
