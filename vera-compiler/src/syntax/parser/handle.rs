//! Handlers.

use super::types::invalid_type;
use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::syntax::ast::{ExprKind, HandlerClause, HandlerState, StateUpdate};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// `handle[Effect](@S = init) { clauses } in { … }`
    pub(super) fn handle_expr(&mut self) -> PResult<ExprKind> {
        self.bump();
        self.expect(TokenKind::LBracket, "and the handled effect")?;
        let effect = self.effect_ref().map(Box::new)?;
        self.expect(TokenKind::RBracket, "after the handled effect")?;
        let state = if self.at(TokenKind::LParen) { Some(self.handler_state()?) } else { None };
        let open = self.open_cases("`{` and the clauses of the handler", "throw(@Int) -> { 0 }")?;
        let clauses = self.cases(open, |p| p.handler_clause().map(Some), |_| None);
        if self.at(TokenKind::With) {
            let with = self.span();
            self.report(
                Diagnostic::new(Code::E005, with, "Expected `in` and the handled block, found `with`.")
                    .because("`with` changes the state within a clause; what is handled stands behind `in`.")
                    .write(with, "in")
                    .spec(Section::S7_5_1),
            );
            self.tokens[self.pos].kind = TokenKind::In;
        }
        self.expect(TokenKind::In, "and the handled block")?;
        if !self.at(TokenKind::LBrace) {
            return Err(self.no_handled_block());
        }
        let body = self.block()?;
        Ok(assemble::handle(effect, state, clauses, body))
    }

    fn no_handled_block(&mut self) -> Reported {
        let diagnostic = self
            .expected("`{` and the handled block")
            .because("What is handled is a block, also when it is one expression.")
            .fix("Put the handled expression into braces: `in { ... }`.")
            .spec(Section::S7_5_1);
        self.error(diagnostic)
    }

    /// `(@Type = initial)`
    fn handler_state(&mut self) -> PResult<Box<HandlerState>> {
        let start = self.bump();
        let ty = self.bound_type().map(Box::new)?;
        self.expect(TokenKind::Assign, "and the initial state")?;
        let initial = self.expr()?;
        if !self.at(TokenKind::RParen) {
            return Err(self.unexpected_in(start, "an operator or `)`"));
        }
        self.bump();
        Ok(Box::new(HandlerState { ty: *ty, initial: *initial, span: self.since(start) }))
    }

    /// `op(@A, @B) -> body with @S = value`
    fn handler_clause(&mut self) -> PResult<Box<HandlerClause>> {
        let name = self.lower_name("an operation")?;
        let open = self.expect(TokenKind::LParen, "after the operation")?;
        let params = if self.eat(TokenKind::RParen) {
            Vec::new()
        } else {
            self.list(open, TokenKind::RParen, Self::bound_type, invalid_type)?
        };
        self.expect(TokenKind::Arrow, "after the operation's parameters")?;
        let bound = self.bound.len();
        params.iter().for_each(|ty| self.bind(ty.span));
        let body = self.expr()?;
        self.unbind(bound);
        let update = if self.at(TokenKind::With) { Some(self.state_update()?) } else { None };
        let span = self.since(name.span);
        Ok(assemble::handler_clause(name, params, body, update, span))
    }

    /// `with @Type = value`
    fn state_update(&mut self) -> PResult<Box<StateUpdate>> {
        let start = self.bump();
        let ty = self.bound_type().map(Box::new)?;
        self.expect(TokenKind::Assign, "and the new state")?;
        let value = self.expr()?;
        Ok(Box::new(StateUpdate { ty: *ty, value: *value, span: self.since(start) }))
    }
}
