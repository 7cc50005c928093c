//! Forms of other languages that choose and repeat: comprehensions, `if let`, `match e with`, and calls with type
//! arguments.

use super::types::invalid_type;
use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, MatchArm, Pattern, PatternKind};
use crate::syntax::token::TokenKind;

/// Tokens of an array, or of type arguments, that are looked at.
const LOOKED_AT: usize = 64;

impl Parser<'_> {
    /// Whether `[e for x in xs]` is next.
    pub(super) fn at_comprehension(&self) -> bool {
        let mut depth = 0;
        for ahead in 1..LOOKED_AT {
            match self.kind_at(ahead) {
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => depth += 1,
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace if depth == 0 => return false,
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => depth -= 1,
                TokenKind::LowerIdent if depth == 0 => {
                    let word = self.slice(self.span_of(self.tokens[self.pos + ahead]));
                    if word == "for" && ahead > 1 && self.kind_at(ahead + 1) != TokenKind::LParen {
                        return true;
                    }
                }
                TokenKind::Semi | TokenKind::Eof => return false,
                _ => {}
            }
        }
        false
    }

    /// `[e for x in xs]`, which is read over.
    pub(super) fn comprehension(&mut self) -> PResult<ExprKind> {
        let open = self.bump();
        self.skip_to(|kind| matches!(kind, TokenKind::RBracket | TokenKind::Semi | TokenKind::RBrace));
        self.eat(TokenKind::RBracket);
        self.report(
            Diagnostic::new(Code::E005, self.since(open), "An array lists its elements.")
                .because("Functions go over the elements of another array.")
                .fix(
                    "Write `array_map(array, fn(@Int -> @Int) effects(pure) { ... })`, around `array_filter(array, fn(@Int -> \
                     @Bool) effects(pure) { ... })` where a condition chooses.",
                )
                .spec(Section::S9_6),
        );
        self.decl_errors = true;
        Ok(ExprKind::Invalid)
    }

    /// `if let p = e { … } else { … }`
    pub(super) fn if_let(&mut self) -> PResult<ExprKind> {
        let start = self.bump();
        self.bump();
        let bound = self.bound.len();
        self.pattern_names.clear();
        let pattern = self.pattern()?;
        self.expect(TokenKind::Assign, "and the value to take apart")?;
        let value = self.expr()?;
        self.bind_pattern(&pattern, &value);
        let then = self.eat(TokenKind::Then).then_some(self.prev);
        if !self.at(TokenKind::LBrace) {
            return Err(self.unexpected("`{` and a block"));
        }
        let body = self.block()?;
        self.unbind(bound);
        let otherwise = match self.eat(TokenKind::Else) {
            true if self.at(TokenKind::LBrace) => {
                let word = self.prev;
                Some((word, self.block()?))
            }
            true => return Err(self.unexpected("`{` and a block")),
            false => None,
        };
        let (pattern_text, value_text) = (self.slice(pattern.span), self.slice(value.span));
        let shown = format!("match {value_text} {{ {pattern_text} -> {{ ... }}, _ -> {{ ... }} }}");
        let mut diagnostic = Diagnostic::new(Code::E005, start, "An `if` has no pattern.")
            .because("`match` takes a value apart, and has an arm for the other cases.")
            .fix(format!("Write `{}`.", self.short(shown, "match ... { ... -> { ... }, _ -> { ... } }")))
            .spec(Section::S4_9);
        if let Some((word, block)) = &otherwise {
            let head = Span { end: then.map_or(value.span.end, |then| then.end), ..start };
            let gap = Span { start: body.span.end, end: word.end, ..start };
            diagnostic = diagnostic
                .edit(head, format!("match {value_text} {{ {pattern_text} ->"))
                .edit(gap, ", _ ->")
                .edit(block.span.end_point(), " }");
        }
        self.report(diagnostic);
        self.decl_errors = true;
        let Some((word, block)) = otherwise else { return Ok(ExprKind::Invalid) };
        let arm =
            |pattern: Pattern, body: ExprKind, span: Span| MatchArm { pattern, body: Expr { kind: body, span }, span };
        let (body_span, block_span) = (body.span, block.span);
        let rest = Pattern { kind: PatternKind::Wildcard, span: word };
        let arms = vec![arm(pattern, ExprKind::Block(body), body_span), arm(rest, ExprKind::Block(block), block_span)];
        Ok(ExprKind::Match { scrutinee: value, arms })
    }

    /// Reports the `with` behind the value of a `match`, and reads over it.
    pub(super) fn needless_with(&mut self, scrutinee: &Expr) {
        let with = self.bump();
        self.report(
            Diagnostic::new(Code::E005, with, "`with` stands before the arms.")
                .because("The arms follow the value of a `match` in braces.")
                .fix("Remove `with`.")
                .edit(Span { start: scrutinee.span.end, ..with }, "")
                .spec(Section::S4_9),
        );
        self.decl_errors = true;
    }

    /// Whether `<A, B>(` follows the next token, a name.
    pub(super) fn at_type_args_of_call(&self) -> bool {
        let mut depth = 0;
        for ahead in 1..LOOKED_AT {
            match self.kind_at(ahead) {
                TokenKind::Lt => depth += 1,
                TokenKind::Gt if depth == 1 => return self.kind_at(ahead + 1) == TokenKind::LParen,
                TokenKind::Gt => depth -= 1,
                TokenKind::UpperIdent | TokenKind::Comma => {}
                _ => return false,
            }
        }
        false
    }

    /// Reports the type arguments of a call, and reads over them.
    pub(super) fn type_args_of_call(&mut self) -> PResult<()> {
        let open = self.bump();
        self.list(open, TokenKind::Gt, Self::type_expr, invalid_type)?;
        let place = self.since(open);
        self.report(
            Diagnostic::new(Code::E005, place, "A call has no type arguments.")
                .because("They follow from the arguments and from the type that is wanted.")
                .fix("Leave them out; where nothing says what they are, bind the result: `let @Map<String, Int> = map_new();`")
                .edit(place, "")
                .spec(Section::S5_9),
        );
        self.decl_errors = true;
        Ok(())
    }
}
