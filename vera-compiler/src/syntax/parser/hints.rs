//! Hints for syntax of other languages: names for values, and operators and statements that Vera does not have. Nothing
//! here consumes tokens.

use super::{PResult, Parser, Reported};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, ExprKind, ModulePath, UnaryOp};
use crate::syntax::precedence::Infix;
use crate::syntax::token::TokenKind;

/// Longer source text is not repeated in a fix.
pub(super) const QUOTED: usize = 60;

pub(super) const NUMBERS: &str = "Numbers are written in decimal digits, without separators, prefixes, suffixes or exponents; a fraction has digits on both sides of the point.";

impl Parser<'_> {
    /// A name that stands where a value is expected.
    pub(super) fn bare_name(&mut self) -> PResult<ExprKind> {
        let span = self.span();
        let name = self.slice(span);
        if self.use_name(span).is_some() {
            self.bump();
            return Ok(ExprKind::Invalid);
        }
        let diagnostic = Diagnostic::new(Code::E005, span, format!("The name `{name}` is not an expression."));
        let behind = self.kind_at(1);
        if name == "not" && behind.starts_expr() {
            return self.word_not(diagnostic);
        }
        if name == "new" || name == "await" && behind.starts_expr() {
            return self.needless_word(diagnostic);
        }
        if self.slice(self.prev) == "|>" {
            return self.piped_name(diagnostic);
        }
        let is_string = matches!(behind, TokenKind::Str | TokenKind::StrStart) && self.touches_next();
        if is_string {
            return Err(self.prefixed_string(diagnostic));
        }
        let text = self.literal_of_word(name);
        if let Some(text) = text {
            let diagnostic = diagnostic.because(text.0).write(span, text.1).spec(Section::S4_2);
            self.report(diagnostic);
            self.decl_errors = true;
            self.bump();
            return Ok(ExprKind::Invalid);
        }
        if name == "result"
            && let Some(ty) = self.result_type
        {
            let diagnostic = diagnostic
                .because("The result of a function is called by its type, in an `ensures` clause.")
                .write(span, format!("@{ty}.result"))
                .spec(Section::S3_6);
            self.report(diagnostic);
            self.decl_errors = true;
            self.bump();
            return Ok(ExprKind::Invalid);
        }
        let diagnostic = match foreign::value(name) {
            Some(word) => diagnostic.because(word.why).fix(word.fix).spec(Section::S4_1),
            _ => self.unknown_name(diagnostic, span),
        };
        self.slip(diagnostic);
        Err(Reported)
    }

    /// `|> f`
    fn piped_name(&mut self, diagnostic: Diagnostic) -> PResult<ExprKind> {
        let name = self.bump_name();
        self.report(
            diagnostic
                .because("A pipe leads into a call: `x |> f(y)` is `f(x, y)`.")
                .fix(format!("Write `{name}()`."))
                .edit(name.span.end_point(), "()")
                .spec(Section::S4_11_2),
        );
        self.decl_errors = true;
        Ok(ExprKind::Call { name, args: Vec::new() })
    }

    /// The literal or constructor that a word of other languages stands for, and why.
    fn literal_of_word(&self, name: &str) -> Option<(&'static str, &'static str)> {
        match name {
            "null" | "nil" | "none" | "undefined" | "nothing" => {
                Some(("A value that may be missing is an `Option`: `Some(value)` or `None`.", "None"))
            }
            "unit" | "void" => Some(("The only value of `Unit` is `()`.", "()")),
            _ => None,
        }
    }

    /// Says what to write for a name that is perhaps a function's.
    fn unknown_name(&mut self, diagnostic: Diagnostic, span: Span) -> Diagnostic {
        let name = self.slice(span);
        let diagnostic = diagnostic
            .because(
                "Vera has no variable names: `@Int.0` is the nearest Int that is bound, `@Int.1` the one before it. \
                 A function is called with parentheses; as a value it is written as an anonymous function.",
            )
            .spec(Section::S3_1);
        match self.call_and_value(name) {
            // Where a function is passed, it is meant as a value; elsewhere either may be meant.
            Some((_, value)) if !self.callees.is_empty() => diagnostic.write(span, value),
            Some((call, value)) => {
                diagnostic.fix(format!("Write `{call}` for a call, `{value}` for a function value."))
            }
            None => diagnostic.fix(format!("Write the slot of the value, or call the function: `{name}(...)`.")),
        }
    }

    /// `not e`
    fn word_not(&mut self, diagnostic: Diagnostic) -> PResult<ExprKind> {
        let word = self.bump();
        self.enter()?;
        // Elsewhere it takes in comparisons, which `!` does not.
        let operand = self.expr_above(Infix::Binary(BinaryOp::And).binding().power);
        self.leave();
        let operand = operand?;
        let place = Span { end: operand.span.start, ..word };
        let compound = matches!(operand.kind, ExprKind::Binary { .. }) && !self.slice(operand.span).starts_with('(');
        let text = self.short(self.slice(operand.span).to_owned(), "...");
        let diagnostic = diagnostic.because("Negation is written `!`.").spec(Section::S4_6);
        let diagnostic = match compound {
            true => diagnostic.fix(format!("Write `!({text})`.")).edit(place, "!(").edit(operand.span.end_point(), ")"),
            false => diagnostic.fix(format!("Write `!{text}`.")).edit(place, "!"),
        };
        self.report(diagnostic);
        self.decl_errors = true;
        Ok(ExprKind::Unary { op: UnaryOp::Not, operand })
    }

    /// `new P(1)` and `await e`
    fn needless_word(&mut self, diagnostic: Diagnostic) -> PResult<ExprKind> {
        let word = self.bump();
        self.report(
            diagnostic
                .because("A value of a data type is written with its constructor alone.")
                .fix(format!("Remove `{}`.", self.slice(word)))
                .edit(Span { end: self.span().start, ..word }, "")
                .spec(Section::S4_11_1),
        );
        self.decl_errors = true;
        self.enter()?;
        let value = self.primary();
        self.leave();
        value.map(|value| value.kind)
    }

    /// `f"text {x}"`
    fn prefixed_string(&mut self, diagnostic: Diagnostic) -> Reported {
        let prefix = self.span();
        let string = self.span_of(self.tokens[self.pos + 1]);
        let text = self.slice(string);
        let mut diagnostic = diagnostic
            .because("A string has no prefix; values are put into it with `\\(...)`.")
            .fix("Remove the prefix, and write `\\(...)` around each value.")
            .edit(prefix, "")
            .spec(Section::S4_13_1);
        for (open, close) in super::literal::holes_in_braces(text) {
            let at = |offset: usize, length: u32| Span {
                start: string.start + offset as u32,
                end: string.start + offset as u32 + length,
                ..string
            };
            diagnostic = diagnostic.edit(at(open, 1), "\\(").edit(at(close, 1), ")");
        }
        self.error(diagnostic)
    }

    /// Reports that there is no expression at the next token.
    pub(super) fn no_expression(&mut self) -> Reported {
        if self.malformed_token().is_some() || self.at(TokenKind::Reported) {
            return self.unexpected("an expression");
        }
        if self.at(TokenKind::Dot) && self.kind_at(1) == TokenKind::Int {
            let digits = self.slice(self.span_of(self.tokens[self.pos + 1]));
            let place = self.span().to(self.span_of(self.tokens[self.pos + 1]));
            let diagnostic = self.expected("an expression").because(NUMBERS).spec(Section::S1_6);
            return self.error(diagnostic.write(place, format!("0.{digits}")));
        }
        self.unexpected("an expression")
    }

    /// Explains constructs of other languages that show up behind a complete expression.
    pub(super) fn with_operator_hint(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.operator_hint() {
            Some((why, fix, spec)) => diagnostic.because(why).fix(fix).spec(spec),
            None => diagnostic,
        }
    }

    /// What the next token, behind a complete expression, would mean elsewhere: why not here, and what to write.
    pub(super) fn operator_hint(&self) -> Option<(&'static str, String, Section)> {
        let hint = |why, fix: &str, spec| Some((why, fix.to_owned(), spec));
        match (self.kind(), self.kind_at(1)) {
            (TokenKind::Assign, _) => hint(
                "Vera has no assignment; `=` appears in `let`, `with` and handler states.",
                "Compare with `==`, or bind the value with `let`.",
                Section::S4_16,
            ),
            (TokenKind::Dot, TokenKind::Dot) => hint(
                "There are no ranges: functions take a start and an end, the end excepted.",
                "Write `array_slice(array, start, end)` for a part of an array, `array_range(start, end)` for numbers.",
                Section::S9_6,
            ),
            (TokenKind::Dot, TokenKind::Int) => hint(
                "Values have no fields to select with `.`: a tuple is taken apart.",
                "Take the tuple apart with `let Tuple<...> = ...;`, with the types of its parts.",
                Section::S4_7_1,
            ),
            (TokenKind::Dot, _) if self.is_number() => hint(NUMBERS, "Write a digit after the point.", Section::S1_6),
            (TokenKind::LParen, _) => hint(
                "Only a named function is called with parentheses.",
                "Call a function value with `apply_fn(function, argument)`.",
                Section::S4_11,
            ),
            (TokenKind::Bar, _) => hint(
                "`|` stands between the base and the predicate of a refinement type.",
                "The operator is `||`, or `|>` for a pipe.",
                Section::S1_5,
            ),
            (TokenKind::Colon, _) if self.slice(self.prev).starts_with('"') => hint(
                "There are no literals for maps.",
                "Build the map with `map_insert(map_new(), key, value)`, one call for each entry.",
                Section::S9_6,
            ),
            (TokenKind::Colon, _) => hint(
                "Types are part of the binding, and values have no names.",
                "Bind a value with `let`, `@` and its type.",
                Section::S4_7,
            ),
            (TokenKind::PathSep, _) => hint(
                "`::` stands between the path of a module and its function; lists are arrays.",
                "Write the path of the module before `::`; an element is put at the start of an array by \
                 `array_concat([element], array)`.",
                Section::S8_5_3,
            ),
            (TokenKind::Question, next) if next.starts_expr() => hint(
                "There is no `? :`; an `if` is an expression.",
                "Write `if ... then { ... } else { ... }`.",
                Section::S4_8,
            ),
            (TokenKind::Question, _) => hint(
                "`?` does not unwrap a value: alone, it is a hole that is still to be filled.",
                "Write `match`, with an arm that uses the value in `Ok` and one that gives back the `Err`.",
                Section::S4_9,
            ),
            (TokenKind::LBrace, _) if self.is_constructor(self.prev) => hint(
                "Fields have no names: a constructor takes its values in parentheses, in the order of the declaration.",
                "Write the values in parentheses, without names.",
                Section::S4_11_1,
            ),
            (TokenKind::LowerIdent, _) if self.slice(self.span()) == "as" => hint(
                "Types are converted by functions.",
                "Call the function that converts, such as `int_to_float(...)`.",
                Section::S4_14,
            ),
            _ => None,
        }
    }

    /// Whether the last token is a number by itself, and not the index of a slot.
    fn is_number(&self) -> bool {
        let of_slot = self.pos >= 2 && self.tokens[self.pos - 2].kind == TokenKind::Dot;
        !of_slot && self.slice(self.prev).bytes().all(|byte| byte.is_ascii_digit())
    }

    fn is_constructor(&self, span: Span) -> bool {
        self.slice(span).starts_with(|c: char| c.is_ascii_uppercase())
    }

    /// What is wrong with the next token of an import, if it would be right in another language.
    pub(super) fn import_hint(&self, path: Option<&ModulePath>) -> Option<Diagnostic> {
        let behind = path.is_some();
        let path = path.map_or_else(|| "a.b".to_owned(), |path| path.to_string());
        let word = self.slice(self.span());
        let (why, fix) = match self.kind() {
            TokenKind::Str => ("A module is named by its path, not by its file.", format!("import {path};")),
            TokenKind::Dot | TokenKind::Star => {
                ("An import without a list brings in everything public.", format!("import {path};"))
            }
            TokenKind::LowerIdent if behind && word == "as" => {
                let fix = format!("Write `import {path};`, and `{path}::` before the function's name.");
                ("Imports are not renamed; of two equal names one is called qualified.", fix)
            }
            TokenKind::LowerIdent if behind && matches!(word, "hiding" | "except" | "without") => (
                "An import lists what it brings in; nothing is left out of it otherwise.",
                format!("Write the names that it brings in: `import {path}(...);`"),
            ),
            TokenKind::LBrace => {
                ("The names to import stand in parentheses.", format!("Write `import {path}(...);` with the names."))
            }
            _ => return None,
        };
        let diagnostic = self.expected("`;` or the names to import").because(why).spec(Section::S8_3);
        let (here, next) = (self.span(), self.span_of(self.tokens[(self.pos + 1).min(self.tokens.len() - 1)]));
        Some(match self.kind() {
            TokenKind::Dot if behind && self.kind_at(1) == TokenKind::Star => {
                diagnostic.fix(format!("Write `{fix}`.")).edit(here.to(next), "")
            }
            TokenKind::Str => {
                let file = self.slice(here).trim_matches('"').trim_start_matches("./").trim_end_matches(".vera");
                let path = file.replace('/', ".");
                let plain = path.bytes().all(|byte| byte.is_ascii_lowercase() || b"._0123456789".contains(&byte));
                match plain && !path.is_empty() {
                    true => diagnostic.fix(format!("Write `import {path};`.")).edit(here, path),
                    false => diagnostic.fix(format!("Write `{fix}`, with the path of the module.")),
                }
            }
            _ => diagnostic.fix(fix),
        })
    }

    /// Reports that no `->` follows a pattern.
    pub(super) fn no_arrow(&mut self) -> Reported {
        let (why, fix) = match self.kind() {
            TokenKind::If => (
                "A pattern has no condition: the arm that takes the value tells the cases apart.",
                "Write the condition after the `->`: `if ... then { ... } else { ... }`, with what the next arm gives in \
                 the `else`.",
            ),
            TokenKind::OrOr | TokenKind::Comma => {
                ("Each pattern has an arm of its own.", "Repeat the value: one arm for each pattern.")
            }
            _ if self.closes_something() && self.decl_errors => return Reported,
            _ => return self.unexpected("`->` after the pattern"),
        };
        let diagnostic = self.expected("`->` after the pattern").because(why).fix(fix).spec(Section::S4_9_1);
        self.error(diagnostic)
    }
}
