//! Functions without a name.

use super::assemble::Signature;
use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{EffectRow, ExprKind};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// `fn(@A -> @B) effects(row) { … }`
    pub(super) fn anonymous_fn(&mut self) -> PResult<ExprKind> {
        let around = self.bound.len();
        if self.kind_at(1).is_lower_name() && self.kind_at(2) == TokenKind::LParen {
            self.name_of_anonymous();
        }
        if self.kind_at(1) != TokenKind::LParen {
            self.bump();
            return Err(self.unexpected("`(` after `fn`"));
        }
        let Ok(head) = self.anonymous_head() else {
            let value = self.headless_fn();
            self.unbind(around);
            return value;
        };
        if !self.at(TokenKind::LBrace) && (self.is_fat_arrow(0) || self.kind().starts_expr()) {
            let value = self.body_without_braces();
            self.unbind(around);
            return value;
        }
        if !self.at(TokenKind::LBrace) {
            return Err(self.unexpected("`{` and the function's body"));
        }
        let body = self.body_of(head.0.result.ty.span);
        self.unbind(around);
        Ok(assemble::anonymous_fn(head, body?))
    }

    /// The body of an anonymous function that is an expression without braces.
    fn body_without_braces(&mut self) -> PResult<ExprKind> {
        let start = self.span();
        if self.is_fat_arrow(0) {
            self.bump();
            self.bump();
        }
        let body = self.expr()?;
        let text = self.short(self.slice(body.span).to_owned(), "...");
        self.report(
            Diagnostic::new(Code::E005, start, "The body of a function is a block.")
                .because("Its value is the last expression in the braces.")
                .fix(format!("Write `{{ {text} }}`."))
                .edit(Span { end: body.span.start, ..start }, "{ ")
                .edit(body.span.end_point(), " }")
                .spec(Section::S5_7),
        );
        self.decl_errors = true;
        Ok(ExprKind::Invalid)
    }

    /// The rest of an anonymous function whose head has an error: what it binds is not known, so nothing is made of its
    /// body.
    fn headless_fn(&mut self) -> PResult<ExprKind> {
        use TokenKind::{Effects, LBrace, RBrace, RParen, Semi};
        let stops = |kind| matches!(kind, RParen | Effects | LBrace | RBrace | Semi);
        self.skip_to(stops);
        if self.at(RParen) && matches!(self.kind_at(1), Effects | LBrace) {
            self.bump();
        }
        if self.at(Effects) {
            self.bump();
            self.skip_to(stops);
        }
        if !self.at(LBrace) {
            return Err(Reported);
        }
        self.block().map(|_| ExprKind::Invalid)
    }

    fn anonymous_head(&mut self) -> PResult<Box<(Signature, EffectRow)>> {
        let start = self.bump();
        let open = self.expect(TokenKind::LParen, "after `fn`")?;
        self.uncertain_params = false;
        let signature = self.signature(open)?;
        if self.uncertain_params {
            return Err(Reported);
        }
        let head = self.since(start);
        self.contract_of_anonymous(Code::E002)?;
        let effects = self.effect_clause(head)?;
        self.contract_of_anonymous(Code::E005)?;
        Ok(Box::new((signature, effects)))
    }

    /// Reports the name of a function within an expression, behind the next token, and takes it out.
    fn name_of_anonymous(&mut self) {
        let name = self.span_of(self.tokens[self.pos + 1]);
        let text = self.slice(name);
        self.report(
            Diagnostic::new(Code::E005, name, format!("A function within an expression has no name: found `{text}`."))
                .because("It is called by the slot it is bound to; a function with a name is declared at top level or in `where`.")
                .fix(format!("Remove `{text}`."))
                .edit(Span { start: self.span().end, ..name }, "")
                .spec(Section::S5_7),
        );
        self.decl_errors = true;
        let keyword = self.tokens[self.pos];
        self.bump();
        self.tokens[self.pos] = keyword;
    }

    /// Reports the contract of an anonymous function, and reads over it.
    fn contract_of_anonymous(&mut self, code: Code) -> PResult<()> {
        if !self.at_contract() {
            return Ok(());
        }
        let start = self.span();
        let (word, errors) = (self.slice(start), self.errors);
        self.contracts(&mut Vec::new())?;
        if self.errors == errors {
            self.report(
                Diagnostic::new(
                    code,
                    self.since(start),
                    format!("An anonymous function has no `{word}` clause."),
                )
                .because(
                    "A contract belongs to a function with a name; what takes a function value knows its type only.",
                )
                .fix("Remove the clause, or declare the function with a name and call it here.")
                .edit(Span { end: self.span().start, ..start }, "")
                .spec(Section::S5_7),
            );
            self.decl_errors = true;
        }
        Ok(())
    }
}
