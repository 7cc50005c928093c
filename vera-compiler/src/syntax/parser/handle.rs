//! Handlers, and the forms that authors of other languages give them.

use super::types::invalid_type;
use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic, Edit, Section};
use crate::source::Span;
use crate::syntax::ast::{
    EffectRef, Expr, ExprKind, HandlerClause, HandlerState, StateUpdate, Stmt, StmtKind, TypeExpr,
};
use crate::syntax::token::TokenKind;

/// Tokens of the type of a state that are looked at.
const TYPE: usize = 32;

/// The clause of a handler with state whose body is being read.
pub(super) struct ClauseBody<'s> {
    /// The first token of the block.
    first: usize,
    /// The type of the state, as written.
    state: &'s str,
    /// What to report of a first statement that assigns to the state, and the new state as written.
    assigned: Option<(Diagnostic, &'s str)>,
}

impl<'s> Parser<'s> {
    /// `handle[Effect](@S = init) { clauses } in { … }`
    pub(super) fn handle_expr(&mut self) -> PResult<ExprKind> {
        let keyword = self.bump();
        let mut several = false;
        let (effect, state) = if self.at(TokenKind::UpperIdent) {
            self.head_without_brackets(keyword)?
        } else {
            self.expect(TokenKind::LBracket, "and the handled effect")?;
            let effect = self.effect_ref().map(Box::new)?;
            several = self.at(TokenKind::Comma);
            if several {
                self.further_effects(&effect)?;
            }
            self.expect(TokenKind::RBracket, "after the handled effect")?;
            let state = if self.at(TokenKind::LParen) { Some(self.handler_state(&effect)?) } else { None };
            (effect, state)
        };
        let state_type = state.as_ref().map(|state| self.slice(state.ty.span));
        let open = self.open_cases("`{` and the clauses of the handler", "throw(@Int) -> { 0 }")?;
        let clauses = self.cases(open, |p| p.handler_clause(state_type).map(Some), |_| None);
        if self.at(TokenKind::With) {
            let with = self.span();
            self.report(
                Diagnostic::new(Code::E005, with, "Expected `in` and the handled block, found `with`.")
                    .because("`with` changes the state within a clause; what is handled stands after `in`.")
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
        Ok(if several { ExprKind::Invalid } else { assemble::handle(effect, state, clauses, body) })
    }

    fn no_handled_block(&mut self) -> Reported {
        let diagnostic = self
            .expected("`{` and the handled block")
            .because("What is handled is a block, also when it is one expression.")
            .fix("Put the handled expression into braces: `in { ... }`.")
            .spec(Section::S7_5_1);
        self.error(diagnostic)
    }

    /// Reports the effects behind the first one, and reads over them.
    fn further_effects(&mut self, first: &EffectRef) -> PResult<()> {
        let start = self.span();
        let mut effects = vec![first.span];
        while self.eat(TokenKind::Comma) {
            effects.push(self.effect_ref()?.span);
        }
        let nested = effects.iter().rev().fold("...".to_owned(), |inner, effect| {
            format!("handle[{}] {{ ... }} in {{ {inner} }}", self.slice(*effect))
        });
        self.report(
            Diagnostic::new(Code::E005, self.since(start), "A handler takes one effect.")
                .because("Each effect has a handler of its own; the block of one holds the next.")
                .fix(format!("Nest them, each with its own clauses: `{nested}`"))
                .spec(Section::S7_5_1),
        );
        self.decl_errors = true;
        Ok(())
    }

    /// `State<Int>(0)` behind `handle`.
    fn head_without_brackets(&mut self, keyword: Span) -> PResult<(Box<EffectRef>, Option<Box<HandlerState>>)> {
        let effect = self.effect_ref().map(Box::new)?;
        let gap = Span { start: keyword.end, end: effect.span.start, ..keyword };
        let mut edits = vec![(gap, "[".to_owned()), (effect.span.end_point(), "]".to_owned())];
        let mut state = None;
        let mut shown = format!("handle[{}]", self.slice(effect.span));
        if self.at(TokenKind::LParen) {
            let (read, inserted) = self.state_in_parentheses(&effect)?;
            let value = self.short(self.slice(read.initial.span).to_owned(), "...");
            shown += &format!("(@{} = {value})", self.slice(read.ty.span));
            edits.extend(inserted.map(|edit| (edit.span, edit.text)));
            state = Some(read);
        }
        let mut diagnostic = Diagnostic::new(Code::E005, effect.span, "The handled effect stands in brackets.")
            .because("A handler names its effect in brackets, then its state, if it has one, in parentheses.")
            .fix(format!("Write `{shown} {{ ... }} in {{ ... }}`."))
            .spec(Section::S7_5_1);
        for (span, text) in edits {
            diagnostic = diagnostic.edit(span, text);
        }
        self.report(diagnostic);
        self.decl_errors = true;
        Ok((effect, state))
    }

    /// `(@Type = initial)`
    fn handler_state(&mut self, effect: &EffectRef) -> PResult<Box<HandlerState>> {
        let (state, inserted) = self.state_in_parentheses(effect)?;
        if let Some(Edit { span, text }) = inserted {
            let (ty, value) = (self.slice(state.ty.span), self.slice(state.initial.span));
            let written = self.short(format!("(@{ty} = {value})"), &format!("(@{ty} = ...)"));
            self.report(
                Diagnostic::new(Code::E005, state.initial.span, "The state of a handler has a type.")
                    .because("Clauses name the state by its type, as they do any slot.")
                    .fix(format!("Write `{written}`."))
                    .edit(span, text)
                    .spec(Section::S7_5_1),
            );
            self.decl_errors = true;
        }
        Ok(state)
    }

    /// The state of a handler, and what to insert where its type is missing: it is that of the effect then.
    fn state_in_parentheses(&mut self, effect: &EffectRef) -> PResult<(Box<HandlerState>, Option<Edit>)> {
        let start = self.bump();
        let (mut inserted, mut ty) = (None, None);
        if let Some(of_effect) = effect.args.first().filter(|_| self.kind().starts_expr() && !self.at_state_type()) {
            let text = format!("@{} = ", self.slice(of_effect.span));
            inserted = Some(Edit { span: self.span().start_point(), text });
            ty = Some(Box::new(of_effect.clone()));
        }
        let ty = match ty {
            Some(ty) => ty,
            None => {
                let ty = self.bound_type().map(Box::new)?;
                self.expect(TokenKind::Assign, "and the initial state")?;
                ty
            }
        };
        let initial = self.expr()?;
        if !self.at(TokenKind::RParen) {
            return Err(self.unexpected_in(start, "an operator or `)`"));
        }
        self.bump();
        Ok((Box::new(HandlerState { ty: *ty, initial: *initial, span: self.since(start) }), inserted))
    }

    /// Whether a type with `=` behind it is next, and no slot.
    fn at_state_type(&self) -> bool {
        self.at(TokenKind::At) && self.behind_type(1).is_none_or(|behind| self.kind_at(behind) != TokenKind::Dot)
    }

    /// How many tokens ahead what stands behind a type is, which starts `ahead`.
    fn behind_type(&self, ahead: usize) -> Option<usize> {
        use TokenKind::{Comma, Gt, Lt, UpperIdent};
        let is_part = |at: &usize| matches!(self.kind_at(*at), UpperIdent | Lt | Gt | Comma);
        (ahead..ahead + TYPE).find(|at| !is_part(at)).filter(|behind| *behind > ahead)
    }

    /// `op(@A, @B) -> body with @S = value`; `state` is the type of the handler's state.
    fn handler_clause(&mut self, state: Option<&'s str>) -> PResult<Box<HandlerClause>> {
        self.needless_before_clause();
        let name = self.lower_name("an operation")?;
        let open = self.expect(TokenKind::LParen, "after the operation")?;
        let params = if self.eat(TokenKind::RParen) {
            Vec::new()
        } else {
            self.list(open, TokenKind::RParen, Self::clause_param, invalid_type)?
        };
        self.expect(TokenKind::Arrow, "after the operation's parameters")?;
        let bound = self.bound.len();
        params.iter().for_each(|ty| self.bind(ty.span));
        let body = self.clause_body(state)?;
        self.unbind(bound);
        let update = if self.at(TokenKind::With) { Some(self.state_update()?) } else { None };
        let span = self.since(name.span);
        Ok(assemble::handler_clause(name, params, body, update, span))
    }

    /// The body of a clause, in which a first statement may give the state a new value.
    fn clause_body(&mut self, state: Option<&'s str>) -> PResult<Box<Expr>> {
        let inside = state.map(|state| ClauseBody { first: self.pos + 1, state, assigned: None });
        let inside = inside.filter(|_| self.at(TokenKind::LBrace));
        let around = std::mem::replace(&mut self.clause, inside);
        let body = self.expr();
        let inside = std::mem::replace(&mut self.clause, around);
        if let Some((mut diagnostic, value)) = inside.and_then(|inside| inside.assigned) {
            match &body {
                Ok(body) if !self.at(TokenKind::With) => {
                    let update = format!(" with @{} = {value}", state.unwrap_or_default());
                    diagnostic = diagnostic.edit(body.span.end_point(), update);
                }
                _ => diagnostic.edits.clear(),
            }
            self.report(diagnostic);
            self.decl_errors = true;
        }
        body
    }

    /// Reads `@S = value;` as the first statement of a clause, where `S` is the type of the handler's state. Whether it was
    /// that.
    pub(super) fn assigned_state(&mut self, stmts: &mut Vec<Stmt>) -> PResult<bool> {
        let Some(state) = self.clause.as_ref().filter(|clause| clause.first == self.pos).map(|clause| clause.state)
        else {
            return Ok(false);
        };
        let Some(behind) = self.behind_type(1) else { return Ok(false) };
        let indexed = self.kind_at(behind) == TokenKind::Dot && self.kind_at(behind + 1) == TokenKind::Int;
        let operator = if indexed { behind + 2 } else { behind };
        let (first, last) = (self.tokens[self.pos + 1], self.tokens[self.pos + behind - 1]);
        let written = self.slice(self.span_of(first).to(self.span_of(last)));
        let assigns = self.kind_at(operator) == TokenKind::Assign
            && !matches!(self.kind_at(operator + 1), TokenKind::Gt | TokenKind::Lt | TokenKind::Assign);
        if written != state || !assigns {
            return Ok(false);
        }
        let at = self.span();
        for _ in 0..operator {
            self.bump();
        }
        let equals = self.bump();
        let value = self.expr()?;
        if !self.eat(TokenKind::Semi) {
            return Err(self.unexpected("`;` after the statement"));
        }
        let text = self.slice(value.span);
        let shown = self.short(text.to_owned(), "...");
        let diagnostic = Diagnostic::new(Code::E005, equals, "The state is not assigned to.")
            .because("A clause gives the state its new value with `with`, after its body.")
            .fix(format!("Write `-> {{ ... }} with @{state} = {shown}`."))
            .edit(Span { end: self.span().start, ..at }, "")
            .spec(Section::S7_5_2);
        if let Some(clause) = &mut self.clause {
            clause.assigned = Some((diagnostic, text));
        }
        stmts.push(Stmt { kind: StmtKind::Invalid, span: self.since(at) });
        Ok(true)
    }

    /// Reports the name of the effect, or a keyword, in front of the operation of a clause, and reads over it.
    fn needless_before_clause(&mut self) {
        use TokenKind::{Dot, Fn, LParen, Op, PathSep, UpperIdent};
        let tokens = match (self.kind(), self.kind_at(1)) {
            (UpperIdent, Dot | PathSep) if self.kind_at(2).is_lower_name() => 2,
            (Op | Fn, next) if next.is_lower_name() && self.kind_at(2) == LParen => 1,
            _ => return,
        };
        let start = self.span();
        for _ in 0..tokens {
            self.bump();
        }
        let place = Span { end: self.span().start, ..start };
        let (needless, name) = (self.slice(self.since(start)), self.slice(self.span()));
        self.report(
            Diagnostic::new(
                Code::E005,
                self.since(start),
                format!("`{needless}` stands before the clause of `{name}`."),
            )
            .because("The handler names the effect; a clause starts with the operation alone.")
            .fix(format!("Write `{name}(...) -> {{ ... }}`."))
            .edit(place, "")
            .spec(Section::S7_5_1),
        );
        self.decl_errors = true;
    }

    /// `@Type` in a clause, or `()`, which is no binding.
    fn clause_param(&mut self) -> PResult<TypeExpr> {
        if !self.at(TokenKind::LParen) || self.kind_at(1) != TokenKind::RParen {
            return self.bound_type();
        }
        let place = self.bump().to(self.bump());
        self.report(
            Diagnostic::new(Code::E005, place, "A clause binds the arguments of its operation, also the unit value.")
                .because("It has a type for each of them, as a function has.")
                .write(place, "@Unit")
                .spec(Section::S7_5_1),
        );
        self.decl_errors = true;
        Ok(self.named_unit(place))
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
