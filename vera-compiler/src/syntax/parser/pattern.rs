//! Patterns of `match` arms.

use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{Pattern, PatternKind};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// A pattern.
    pub(super) fn pattern(&mut self) -> PResult<Pattern> {
        self.enter()?;
        let start = self.span();
        let kind = self.pattern_kind();
        self.leave();
        Ok(Pattern { kind: kind?, span: self.since(start) })
    }

    fn pattern_kind(&mut self) -> PResult<PatternKind> {
        match self.kind() {
            TokenKind::UpperIdent => {
                if matches!(self.kind_at(1), TokenKind::Dot | TokenKind::PathSep)
                    && self.kind_at(2) == TokenKind::UpperIdent
                {
                    self.type_before_name();
                }
                self.constructor_pattern()
            }
            TokenKind::At if self.kind_at(1) == TokenKind::Underscore => {
                let at = self.bump();
                self.bump();
                self.report(
                    Diagnostic::new(Code::E005, self.since(at), "`@` binds a slot of a type; `_` is none.")
                        .because("The pattern `_` matches anything and binds nothing.")
                        .fix("Write `_`.")
                        .edit(at, "")
                        .spec(Section::S4_9_1),
                );
                Ok(PatternKind::Wildcard)
            }
            TokenKind::At => {
                self.bump();
                let ty = self.type_expr()?;
                self.no_index("A pattern", ty.span);
                Ok(PatternKind::Bind(ty))
            }
            TokenKind::LowerIdent if self.is_pattern_name() => {
                let name = self.bump();
                self.pattern_names.push(name);
                Ok(PatternKind::Invalid)
            }
            TokenKind::LParen if !matches!(self.kind_at(1), TokenKind::RParen) => self.tuple_pattern(),
            TokenKind::Underscore => {
                let mark = self.bump();
                if self.at(TokenKind::LowerIdent) && self.prev.end == self.span().start {
                    let name = self.bump();
                    self.report(
                        Diagnostic::new(Code::E005, mark.to(name), "A pattern has no names.")
                            .because("The pattern `_` matches anything and binds nothing.")
                            .fix("Write `_`.")
                            .edit(name, "")
                            .spec(Section::S4_9_1),
                    );
                }
                Ok(PatternKind::Wildcard)
            }
            TokenKind::True | TokenKind::False => {
                let value = self.at(TokenKind::True);
                self.bump();
                Ok(PatternKind::Bool(value))
            }
            TokenKind::Int => {
                let span = self.bump();
                Ok(PatternKind::Int(self.int_value(span)))
            }
            TokenKind::Str => {
                let span = self.bump();
                Ok(PatternKind::String(self.text_of(span, 1, 1)))
            }
            _ => Err(self.no_pattern()),
        }
    }

    /// `Name` or `Name(p, q)`
    fn constructor_pattern(&mut self) -> PResult<PatternKind> {
        let name = self.bump_name();
        if !self.at(TokenKind::LParen) {
            return Ok(PatternKind::Nullary(name));
        }
        let open = self.bump();
        if self.at(TokenKind::RParen) {
            self.report(
                Diagnostic::new(
                    Code::E005,
                    self.since(name.span),
                    format!("The pattern `{name}` has empty parentheses."),
                )
                .because("A constructor without fields is matched without parentheses.")
                .fix(format!("Write `{name}`, or a pattern for each of its fields."))
                .edit(open.to(self.span()), "")
                .spec(Section::S4_9_1),
            );
            self.bump();
            // Something may be missing in them.
            return Ok(PatternKind::Constructor { name, fields: vec![invalid_pattern(open)] });
        }
        let fields = self.list(open, TokenKind::RParen, Self::pattern, invalid_pattern)?;
        Ok(PatternKind::Constructor { name, fields })
    }

    /// Whether the next token is a name where other languages have one in a pattern.
    fn is_pattern_name(&self) -> bool {
        use TokenKind::{Arrow, Assign, Bar, Colon, Comma, If, RParen};
        matches!(self.kind_at(1), Arrow | Assign | Bar | Colon | Comma | If | RParen)
    }

    /// `(p, q)`
    fn tuple_pattern(&mut self) -> PResult<PatternKind> {
        let open = self.bump();
        let fields = self.list(open, TokenKind::RParen, Self::pattern, invalid_pattern)?;
        self.report(
            Diagnostic::new(Code::E005, self.since(open), "Patterns in parentheses make no tuple.")
                .because("A tuple is matched by its constructor.")
                .fix("Write `Tuple` before the parentheses.")
                .edit(open.start_point(), "Tuple")
                .spec(Section::S4_9_1),
        );
        let name = crate::syntax::ast::Name { text: "Tuple".into(), span: open.start_point() };
        Ok(PatternKind::Constructor { name, fields })
    }

    fn no_pattern(&mut self) -> super::Reported {
        let (rationale, fix) = match self.kind() {
            TokenKind::Minus | TokenKind::Float => (
                "Only integers from 0 up, strings and booleans are literal patterns.",
                "Bind the value with `@Int`, and compare it in the arm: `if @Int.0 == ... then { ... } else { ... }`.",
            ),
            TokenKind::StrStart => {
                ("A string pattern is a constant.", "Bind the value with `@String`, and compare it in the arm.")
            }
            TokenKind::LParen => (
                "The unit value and tuples are matched by type or constructor.",
                "Write `_` for the unit value, `Tuple(...)` for a tuple.",
            ),
            TokenKind::LBracket => ("Arrays have no patterns.", "Match on array_length, and index the array."),
            TokenKind::LowerIdent => {
                ("Vera has no variable names: a pattern binds with `@` and a type.", "Write `@` and the type.")
            }
            _ => return self.unexpected("a pattern"),
        };
        let diagnostic = self.expected("a pattern").because(rationale).fix(fix).spec(Section::S4_9_1);
        self.slip(diagnostic);
        super::Reported
    }
}

/// The node for a pattern that could not be read.
pub(super) fn invalid_pattern(span: Span) -> Pattern {
    Pattern { kind: PatternKind::Invalid, span }
}
