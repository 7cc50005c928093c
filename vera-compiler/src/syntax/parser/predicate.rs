//! The expressions of contracts: quantifiers, `old` and `new`, and the assertions in bodies.

use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, QuantifierKind};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// `forall(@T, bound, fn(…) …)`
    pub(super) fn quantifier(&mut self, kind: QuantifierKind) -> PResult<ExprKind> {
        self.bump();
        let open = self.expect(TokenKind::LParen, "after the quantifier")?;
        match self.quantified(kind, open) {
            Err(_) => self.close_parentheses(open).map(|invalid| invalid.kind),
            quantifier => quantifier,
        }
    }

    fn quantified(&mut self, kind: QuantifierKind, open: Span) -> PResult<ExprKind> {
        let ty = self.bound_type().map(Box::new)?;
        if self.at(TokenKind::In) {
            return Err(self.no_bound(kind));
        }
        self.expect(TokenKind::Comma, "after the type of the index")?;
        let mut bound = self.expr()?;
        if !self.at(TokenKind::Comma) {
            return Err(self.unexpected_in(open, "an operator or `,`"));
        }
        self.bump();
        if !self.at(TokenKind::Fn) && self.kind().starts_expr() && !self.at_lambda() {
            bound = self.second_bound(&bound)?;
        }
        if !self.at(TokenKind::Fn) {
            return Err(self.no_predicate());
        }
        let predicate = self.primary()?;
        if !self.at(TokenKind::RParen) {
            return Err(self.unexpected_in(open, "`)`"));
        }
        self.bump();
        Ok(assemble::quantifier(kind, ty, bound, predicate))
    }

    /// Reads `n,` behind `0,`: a range with two ends.
    fn second_bound(&mut self, first: &Expr) -> PResult<Box<Expr>> {
        let errors = self.errors;
        let diagnostic = self.without_predicate();
        let second = self.expr()?;
        if !self.at(TokenKind::Comma) {
            return Err(if self.errors > errors { Reported } else { self.error(diagnostic) });
        }
        self.bump();
        let diagnostic = Diagnostic::new(Code::E005, first.span, "A quantifier has one bound.")
            .because("The index runs from 0 up to, not including, the bound.")
            .spec(Section::S6_3_3);
        let (first_text, second_text) = (self.slice(first.span), self.slice(second.span));
        self.report(match first.kind {
            ExprKind::Int(0) => {
                let text = self.short(second_text.to_owned(), "...");
                let place = Span { end: second.span.start, ..first.span };
                diagnostic.fix(format!("Write the bound `{text}` alone.")).edit(place, "")
            }
            _ => {
                let (from, to) =
                    (self.short(first_text.to_owned(), "start"), self.short(second_text.to_owned(), "end"));
                diagnostic
                    .fix(format!("Write the bound `{to} - {from}`, and add `{from}` to the index in the function."))
            }
        });
        self.decl_errors = true;
        Ok(second)
    }

    fn no_predicate(&mut self) -> Reported {
        let diagnostic = self.without_predicate();
        self.error(diagnostic)
    }

    fn no_bound(&mut self, kind: QuantifierKind) -> Reported {
        let word = match kind {
            QuantifierKind::Forall => "forall",
            QuantifierKind::Exists => "exists",
        };
        let diagnostic = self
            .expected("`,` and the number of indices")
            .because("A quantifier counts from 0 below a bound, and asks a function about each index.")
            .fix(format!(
                "Write `{word}(@Nat, bound, fn(@Nat -> @Bool) effects(pure) {{ ... }})`, with the condition in the braces."
            ))
            .spec(Section::S6_3_3);
        self.error(diagnostic)
    }

    fn without_predicate(&self) -> Diagnostic {
        self.expected("a function of the index")
            .because("A quantifier asks a function, written in place, about each index.")
            .fix("Write `fn(@Nat -> @Bool) effects(pure) { ... }`, with the type of the index.")
            .spec(Section::S6_3_3)
    }

    /// `old(Effect<T>)` or `new(Effect<T>)`
    pub(super) fn old_or_new(&mut self) -> PResult<ExprKind> {
        let (code, word) = if self.at(TokenKind::Old) { (Code::E030, "old") } else { (Code::E031, "new") };
        let errors = self.errors;
        let start = self.bump();
        self.bump();
        if self.at(TokenKind::UpperIdent) {
            let effect = Box::new(self.effect_ref()?);
            if self.eat(TokenKind::RParen) {
                return Ok(if word == "old" { ExprKind::Old(effect) } else { ExprKind::New(effect) });
            }
        }
        let (from, of_slot) = (self.span(), self.at(TokenKind::At));
        self.skip_to(|kind| matches!(kind, TokenKind::RParen | TokenKind::Semi | TokenKind::RBrace));
        let inside = self.slice(self.since(from));
        let closed = self.eat(TokenKind::RParen);
        if self.errors > errors {
            return if closed { Ok(ExprKind::Invalid) } else { Err(Reported) };
        }
        let result = self.result_type.map(|ty| format!("@{ty}.result"));
        let (fix, written) = match (of_slot, word) {
            (true, "old") => {
                let words = format!("A parameter is what it was before the call: write `{inside}`.");
                (words, closed.then(|| inside.to_owned()))
            }
            (true, _) => {
                let words = match &result {
                    Some(result) => format!("The value that the function returns is `{result}`."),
                    None => "The value that a function returns is named in its `ensures` clause only.".to_owned(),
                };
                (words, result.filter(|_| closed))
            }
            (false, _) => (format!("Write the effect, such as `{word}(State<Int>)`."), None),
        };
        let diagnostic = Diagnostic::new(code, self.since(start), format!("`{word}` takes the name of an effect."))
            .because(format!(
                "`{word}(State<Int>)` is the state of a stateful effect, for use in `ensures`; it is not a function."
            ))
            .fix(fix)
            .spec(Section::S7_9_2);
        self.report(match written {
            Some(written) => diagnostic.edit(self.since(start), written),
            None => diagnostic,
        });
        if closed { Ok(ExprKind::Invalid) } else { Err(Reported) }
    }

    /// `assert(condition)` or `assume(condition)`
    pub(super) fn assertion(&mut self) -> PResult<ExprKind> {
        let is_assert = self.at(TokenKind::Assert);
        self.bump();
        let open = self.expect(TokenKind::LParen, "and a condition")?;
        let condition = self.expr()?;
        if self.at(TokenKind::Comma) {
            let word = if is_assert { "assert" } else { "assume" };
            let written = format!("{word}({})", self.slice(condition.span));
            let comma = self.bump();
            let message = self.exprs(open, TokenKind::RParen);
            let end = Span { start: self.prev.start, ..self.prev };
            let diagnostic = Diagnostic::new(Code::E005, comma, format!("`{word}` takes the condition alone."))
                .because("What failed is shown as it is written.")
                .fix(format!("Write `{}`.", self.short(written, &format!("{word}(...)"))))
                .spec(Section::S6_2_5);
            self.report(match message {
                Ok(_) => diagnostic.edit(Span { end: end.start, ..comma }, ""),
                Err(_) => diagnostic,
            });
            self.decl_errors = true;
            return Ok(if is_assert { ExprKind::Assert(condition) } else { ExprKind::Assume(condition) });
        }
        if !self.at(TokenKind::RParen) {
            return Err(self.unexpected_in(open, "an operator or `)`"));
        }
        self.bump();
        Ok(if is_assert { ExprKind::Assert(condition) } else { ExprKind::Assume(condition) })
    }
}
