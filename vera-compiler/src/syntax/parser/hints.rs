//! What to say where authors write what other languages have: names for values, operators and statements that Vera does
//! without. Nothing here consumes tokens; it only explains them.

use super::{Parser, Reported};
use crate::diagnostics::{Code, Diagnostic, foreign};
use crate::source::Span;
use crate::syntax::ast::ModulePath;
use crate::syntax::token::TokenKind;

/// Longer source text is not repeated in a fix.
pub(super) const QUOTED: usize = 60;

pub(super) const NUMBERS: &str = "Numbers are written in decimal digits, without separators, prefixes, suffixes or exponents; a fraction has digits on both sides of the point.";

impl Parser<'_> {
    /// Reports a name that stands where a value is expected.
    pub(super) fn bare_name(&mut self) -> Reported {
        let span = self.span();
        let name = self.slice(span);
        let diagnostic = Diagnostic::new(Code::E005, span, format!("The name `{name}` is not an expression."));
        if let Some(param) = self.named.iter().rev().find(|param| param.name == name) {
            let diagnostic = diagnostic
                .because(
                    "Vera has no variable names: a parameter is known by its type, counted outward from where it is used; \
                     each `let` or pattern of that type in between adds one.",
                )
                .fix(param.slot.clone())
                .spec("Chapter 3, Section 3.1");
            self.slip(diagnostic);
            return Reported;
        }
        let diagnostic = match (name, foreign::value(name)) {
            ("return", _) => self.explain_return(diagnostic),
            (_, Some(word)) => diagnostic.because(word.why).fix(word.fix).spec("Chapter 4, Section 4.1"),
            _ if self.is_lambda(1) => diagnostic
                .because("An anonymous function says its parameter types, its result type and its effects.")
                .fix("fn(@Int -> @Int) effects(pure) { @Int.0 + 1 }")
                .spec("Chapter 5, Section 5.7"),
            _ if matches!(self.kind_at(1), TokenKind::Str | TokenKind::StrStart) && self.touches_next() => diagnostic
                .because("A string has no prefix; values are put into it with `\\(...)`.")
                .fix("\"Hello, \\(@String.0)\"")
                .spec("Chapter 4, Section 4.13.1"),
            _ => diagnostic
                .because(
                    "Vera has no variable names: `@Int.0` is the nearest Int that is bound, `@Int.1` the one before it. \
                     A function is called with parentheses; as a value it is written as an anonymous function.",
                )
                .fix(self.value_or_call(name))
                .spec("Chapter 3, Section 3.1"),
        };
        self.slip(diagnostic);
        Reported
    }

    /// What to write for a name that is perhaps a function's.
    fn value_or_call(&mut self, name: &str) -> String {
        match self.call_and_value(name) {
            Some((call, value)) => format!("{call} for a call,\n{value} for a function value"),
            None => format!(
                "@Int.0 for a value, {name}(@Int.0) for a call,\n\
                 fn(@Int -> @Int) effects(pure) {{ {name}(@Int.0) }} for a function value"
            ),
        }
    }

    fn explain_return(&self, diagnostic: Diagnostic) -> Diagnostic {
        let start = self.span().end as usize;
        let rest = &self.text[start..];
        let value = rest[..rest.find([';', '}', '\n']).unwrap_or(rest.len())].trim();
        let fix = match value.len() {
            0 | QUOTED.. => "{\n  let @Int = f(1);\n  @Int.0\n}".to_owned(),
            _ => format!("Write the value itself as the last line of its block, without `;`:\n  {value}"),
        };
        diagnostic
            .because(
                "The value of a block is its last expression; there is no `return`. An `if` chooses between values, so \
                 what would follow an early return goes into its `else`.",
            )
            .fix(fix)
            .spec("Chapter 4, Section 4.10")
    }

    /// Whether `=>` stands `ahead` tokens further on.
    fn is_lambda(&self, ahead: usize) -> bool {
        self.kind_at(ahead) == TokenKind::Assign && self.kind_at(ahead + 1) == TokenKind::Gt
    }

    /// Whether nothing separates the next token from the one behind it.
    fn touches_next(&self) -> bool {
        self.tokens.get(self.pos + 1).is_some_and(|next| next.start == self.span().end)
    }

    /// Reports that there is no expression at the next token.
    pub(super) fn no_expression(&mut self) -> Reported {
        if self.malformed_token().is_some() || self.at(TokenKind::Reported) {
            return self.unexpected("an expression");
        }
        let before = self.slice(self.prev);
        let here = self.slice(self.span());
        let adjacent = self.prev.end == self.span().start;
        let (why, fix, spec) = match (before, here) {
            (_, ".") if self.kind_at(1) == TokenKind::Int => (NUMBERS, "0.5", "Chapter 1, Section 1.6"),
            ("+" | "-" | "*" | "/" | "%", "=") if adjacent => {
                ("Vera has no assignment: a value is bound again.", "let @Int = @Int.0 + 1;", "Chapter 4, Section 4.16")
            }
            ("+", "+") if adjacent => {
                ("Vera has no assignment: write the sum.", "@Int.0 + 1", "Chapter 4, Section 4.16")
            }
            ("*", "*") if adjacent => {
                ("There is no such operator.", "@Int.0 * @Int.0, or pow(@Float64.0, 2)", "Chapter 4, Section 4.4")
            }
            ("/", "/") if adjacent => {
                ("`/` on integers drops the fraction already.", "@Int.0 / 2", "Chapter 4, Section 4.4")
            }
            ("==", "=") if adjacent => ("Equality is written `==`.", "@Int.0 == 1", "Chapter 4, Section 4.5"),
            (_, "/") if self.kind_at(1) == TokenKind::Slash => {
                ("A comment starts with `--`.", "-- the next one", "Chapter 1, Section 1.3")
            }
            (_, "|" | "||") => (
                "An anonymous function says its parameter types, its result type and its effects.",
                "fn(@Int -> @Int) effects(pure) { @Int.0 + 1 }",
                "Chapter 5, Section 5.7",
            ),
            (_, "new") => (
                "A value of a data type is written with its constructor alone.",
                "Point(1, 2)",
                "Chapter 4, Section 4.11.1",
            ),
            (_, "result") => (
                "The result of a function is called by its type, in an `ensures` clause.",
                "@Int.result, with the declared result type in place of `Int`",
                "Chapter 3, Section 3.6",
            ),
            _ => return self.unexpected("an expression"),
        };
        let diagnostic = self.expected("an expression").because(why).fix(fix).spec(spec);
        self.error(diagnostic)
    }

    /// Explains constructs of other languages that show up behind a complete expression.
    pub(super) fn with_operator_hint(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.operator_hint() {
            Some((why, fix, spec)) => diagnostic.because(why).fix(fix).spec(spec),
            None => diagnostic,
        }
    }

    /// What the next token, behind a complete expression, would mean elsewhere: why not here, and what to write.
    pub(super) fn operator_hint(&self) -> Option<(&'static str, String, &'static str)> {
        let hint = |why, fix: &str, spec| Some((why, fix.to_owned(), spec));
        match (self.kind(), self.kind_at(1)) {
            (TokenKind::Assign, TokenKind::Gt) => hint(
                "An anonymous function says its parameter types, its result type and its effects.",
                "fn(@Int -> @Int) effects(pure) { @Int.0 + 1 }",
                "Chapter 5, Section 5.7",
            ),
            (TokenKind::Assign, _) => hint(
                "Vera has no assignment; `=` appears in `let`, `with` and handler states.",
                "Compare with `==`, or bind the value:\n  let @Int = 1;",
                "Chapter 4, Section 4.16",
            ),
            (TokenKind::Dot, TokenKind::Dot) => hint(
                "There are no ranges: functions take a start and an end, the end excepted.",
                "array_slice(@Array<Int>.0, 0, 2) for a part of an array, array_range(0, 10) for numbers",
                "Chapter 9, Section 9.6",
            ),
            (TokenKind::Dot, TokenKind::Int) => hint(
                "Values have no fields to select with `.`: a tuple is taken apart.",
                "let Tuple<@Int, @Int> = @Tuple<Int, Int>.0;",
                "Chapter 4, Section 4.7.1",
            ),
            (TokenKind::Dot, kind) if kind.is_lower_name() => self.method_hint(),
            (TokenKind::Dot, _) if self.is_number() => hint(NUMBERS, "1.0", "Chapter 1, Section 1.6"),
            (TokenKind::LParen, _) => hint(
                "Only a named function is called with parentheses.",
                "Call a function value with apply_fn:\n  apply_fn(@F.0, 1)",
                "Chapter 4, Section 4.11",
            ),
            (TokenKind::Bar, _) => hint(
                "`|` stands between the base and the predicate of a refinement type.",
                "The operator is `||`, or `|>` for a pipe.",
                "Chapter 1, Section 1.5",
            ),
            (TokenKind::Colon, _) => hint(
                "Types are part of the binding, and values have no names.",
                "let @Int = 1;",
                "Chapter 4, Section 4.7",
            ),
            (TokenKind::PathSep, _) => hint(
                "`::` stands between the path of a module and its function.",
                "A module path is written before the function:\n  a.b::f(1)",
                "Chapter 8, Section 8.5.3",
            ),
            (TokenKind::Question, next) if next.starts_expr() => hint(
                "There is no `? :`; an `if` is an expression.",
                "if @Int.0 > 0 then {\n  1\n} else {\n  2\n}",
                "Chapter 4, Section 4.8",
            ),
            (TokenKind::Question, _) => hint(
                "`?` does not unwrap a value: alone, it is a hole that is still to be filled.",
                "match parse_int(@String.0) {\n  Ok(@Int) -> Ok(@Int.0 * 2),\n  Err(@String) -> Err(@String.0)\n}",
                "Chapter 4, Section 4.9",
            ),
            (TokenKind::LBrace, _) if self.is_constructor(self.prev) => hint(
                "Fields have no names: a constructor takes its values in parentheses, in the order of the declaration.",
                "Point(1, 2)",
                "Chapter 4, Section 4.11.1",
            ),
            (TokenKind::LowerIdent, _) => self.word_hint(),
            _ => None,
        }
    }

    /// `.name` behind a value.
    fn method_hint(&self) -> Option<(&'static str, String, &'static str)> {
        let name = self.tokens.get(self.pos + 1).map(|token| self.slice(self.span_of(*token))).unwrap_or_default();
        let fix = match foreign::function(name) {
            Some(fix) => fix.to_owned(),
            None => format!(
                "Pass the value to a function, `{name}(...)` or one of the standard library such as \
                 `string_length(...)`;\ntake data apart with `match` or `let Point<@Int, @Int> = ...;`."
            ),
        };
        Some(("Values have no fields or methods to select with `.`.", fix, "Chapter 4, Section 4.11"))
    }

    /// A word behind a value.
    fn word_hint(&self) -> Option<(&'static str, String, &'static str)> {
        let (why, fix) = match self.slice(self.span()) {
            "and" => ("The operator is `&&`.", "@Bool.0 && @Bool.1"),
            "or" => ("The operator is `||`.", "@Bool.0 || @Bool.1"),
            "xor" => ("There is no such operator.", "@Bool.0 != @Bool.1"),
            "mod" | "rem" => ("The operator is `%`.", "@Int.0 % 2"),
            "div" => ("The operator is `/`, which on integers drops the fraction.", "@Int.0 / 2"),
            "is" | "eq" | "equals" => ("The operator is `==`.", "@Int.0 == 1"),
            "as" => ("Types are converted by functions.", "int_to_float(@Int.0)"),
            _ => return None,
        };
        Some((why, fix.to_owned(), "Chapter 4, Section 4.14"))
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
                let fix = format!("import {path}(f);\n{path}::f(1)");
                ("Imports are not renamed; of two equal names one is called qualified.", fix)
            }
            TokenKind::LowerIdent if behind && matches!(word, "hiding" | "except" | "without") => (
                "An import lists what it brings in; nothing is left out of it otherwise.",
                format!("import {path}(f, g);"),
            ),
            TokenKind::LBrace => ("The names to import stand in parentheses.", format!("import {path}(f, g);")),
            _ => return None,
        };
        let diagnostic = self.expected("`;` or the names to import");
        Some(diagnostic.because(why).fix(fix).spec("Chapter 8, Section 8.3"))
    }

    /// Reports that no `->` follows a pattern.
    pub(super) fn no_arrow(&mut self) -> Reported {
        let (why, fix) = match self.kind() {
            TokenKind::If => (
                "A pattern has no condition: the arm that takes the value tells the cases apart.",
                "@Int -> if @Int.0 > 0 then { 1 } else { 0 }",
            ),
            TokenKind::Bar | TokenKind::OrOr | TokenKind::Comma => {
                ("Each pattern has an arm of its own.", "1 -> \"low\",\n2 -> \"low\"")
            }
            TokenKind::Colon => ("`->` stands between a pattern and its value.", "Some(@Int) -> @Int.0"),
            _ if self.closes_something() && self.decl_errors => return Reported,
            _ => return self.unexpected("`->` after the pattern"),
        };
        let diagnostic = self.expected("`->` after the pattern").because(why).fix(fix).spec("Chapter 4, Section 4.9.1");
        self.error(diagnostic)
    }
}
