//! Patterns of `match` arms.

use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic};
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
            TokenKind::UpperIdent => self.constructor_pattern(),
            TokenKind::At => {
                self.bump();
                let ty = self.type_expr()?;
                self.no_index("A pattern", ty.span);
                Ok(PatternKind::Bind(ty))
            }
            TokenKind::Underscore => {
                self.bump();
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
                .fix(format!("{name} -> …"))
                .spec("Chapter 4, Section 4.9.1"),
            );
            self.bump();
            // Something may be missing in them.
            return Ok(PatternKind::Constructor { name, fields: vec![invalid_pattern(open)] });
        }
        let fields = self.list(open, TokenKind::RParen, Self::pattern, invalid_pattern)?;
        Ok(PatternKind::Constructor { name, fields })
    }

    fn no_pattern(&mut self) -> super::Reported {
        let (rationale, fix) = match self.kind() {
            TokenKind::Minus | TokenKind::Float => (
                "Only integers from 0 up, strings and booleans are literal patterns.",
                "Bind the value and compare:\n  @Int -> if @Int.0 == -1 then { 1 } else { 2 }",
            ),
            TokenKind::StrStart => {
                ("A string pattern is a constant.", "Bind the value and compare:\n  @String -> @String.0 == \"…\"")
            }
            TokenKind::LParen => {
                ("The unit value and tuples are matched by type or constructor.", "Tuple(@Int, _) -> @Int.0")
            }
            TokenKind::LBracket => ("Arrays have no patterns.", "Match on array_length, and index the array."),
            TokenKind::LowerIdent => {
                ("Vera has no variable names: a pattern binds with `@` and a type.", "Some(@Int) -> @Int.0")
            }
            _ => return self.unexpected("a pattern"),
        };
        let diagnostic = self.expected("a pattern").because(rationale).fix(fix).spec("Chapter 4, Section 4.9.1");
        self.slip(diagnostic);
        super::Reported
    }
}

/// The node for a pattern that could not be read.
pub(super) fn invalid_pattern(span: Span) -> Pattern {
    Pattern { kind: PatternKind::Invalid, span }
}
