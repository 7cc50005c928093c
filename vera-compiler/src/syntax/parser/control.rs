//! Blocks and statements, `if`, `match` and `handle`.

use super::clauses::invalid_expr;
use super::pattern::invalid_pattern;
use super::types::invalid_type;
use super::{PResult, Parser, Reported};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{
    Block, Expr, ExprKind, Handle, HandlerClause, HandlerState, MatchArm, StateUpdate, Stmt, StmtKind, TypeExpr,
};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// `{ statements result }`; the next token is `{`.
    pub(super) fn block(&mut self) -> PResult<Block> {
        let open = self.expect(TokenKind::LBrace, "and a block")?;
        let mut stmts = Vec::new();
        let result = loop {
            let start = self.span();
            match self.kind() {
                TokenKind::RBrace => break self.no_result(open, &stmts),
                _ if self.at_end() => {
                    self.missing_brace(open);
                    break invalid_expr(start);
                }
                TokenKind::Let => match self.let_stmt() {
                    Ok(stmt) => stmts.push(stmt),
                    Err(_) => stmts.push(self.skip_stmt(start)),
                },
                _ => match self.expr() {
                    Ok(expr) if self.at(TokenKind::RBrace) => break expr,
                    Ok(expr) => match self.end_of_stmt(open) {
                        Ok(()) => stmts.push(Stmt { kind: StmtKind::Expr(expr), span: self.since(start) }),
                        Err(_) if self.at(TokenKind::RBrace) || self.at_end() => break expr,
                        Err(_) => stmts.push(self.skip_stmt(start)),
                    },
                    Err(_) => stmts.push(self.skip_stmt(start)),
                },
            }
        };
        if !self.eat(TokenKind::RBrace) {
            self.missing_brace(open);
        }
        Ok(Block { stmts, result, span: self.since(open) })
    }

    /// The result of a block that ends after a statement.
    fn no_result(&mut self, open: Span, stmts: &[Stmt]) -> Expr {
        let span = self.span();
        let diagnostic = Diagnostic::new(Code::E005, span, "The block ends without a value.")
            .because("The last part of a block is an expression, without `;`: the block's value.")
            .fix(if stmts.is_empty() {
                "{\n  ()\n}"
            } else {
                "Remove the last `;`, or end the block with a value:\n  ()"
            })
            .spec("Chapter 4, Section 4.10")
            .label(open, "the block");
        self.error(diagnostic);
        invalid_expr(Span { end: span.start, ..span })
    }

    /// The `;` behind an expression. Where it is missing before the next statement, that goes on.
    fn end_of_stmt(&mut self, open: Span) -> PResult<()> {
        if self.eat(TokenKind::Semi) {
            return Ok(());
        }
        if self.at_end() || matches!(self.kind(), TokenKind::Else | TokenKind::In) {
            return Err(self.missing_brace(open));
        }
        let starts_stmt = self.at(TokenKind::Let) || self.kind().starts_expr() && !self.at(TokenKind::LParen);
        if starts_stmt && self.malformed_token().is_none() {
            let diagnostic = self
                .expected("`;` or an operator")
                .because("Each statement of a block ends with `;`; only the block's value has none.")
                .fix("Put `;` behind the statement before.")
                .spec("Chapter 4, Section 4.10");
            self.error(diagnostic);
            return Ok(());
        }
        Err(self.unexpected_in(open, "`;`, `}` or an operator"))
    }

    /// Skips a statement in which an error was reported.
    fn skip_stmt(&mut self, start: Span) -> Stmt {
        self.skip_to(|kind| matches!(kind, TokenKind::Semi | TokenKind::RBrace | TokenKind::Let));
        self.eat(TokenKind::Semi);
        Stmt { kind: StmtKind::Invalid, span: self.since(start) }
    }

    /// `let @T = e;` or `let Name<@A, @B> = e;`
    fn let_stmt(&mut self) -> PResult<Stmt> {
        let start = self.bump();
        let kind = match self.kind() {
            TokenKind::At => {
                self.bump();
                let ty = self.type_expr()?;
                let value = self.let_value()?;
                StmtKind::Let { ty, value }
            }
            TokenKind::UpperIdent => {
                let constructor = self.bump_name();
                let open = self.expect(TokenKind::Lt, "and the types of the fields")?;
                let types = self.list(open, TokenKind::Gt, Self::bound_type, invalid_type)?;
                let value = self.let_value()?;
                StmtKind::Destructure { constructor, types, value }
            }
            _ => return Err(self.bad_let()),
        };
        if !self.eat(TokenKind::Semi) {
            let diagnostic =
                self.with_operator_hint(self.expected("`;` after the binding").spec("Chapter 4, Section 4.7"));
            let malformed = self.malformed_token().is_some() || self.at(TokenKind::Reported);
            let reported = if malformed { self.unexpected("`;`") } else { self.error(diagnostic) };
            let goes_on = self.at(TokenKind::RBrace) || self.at(TokenKind::Let) || self.kind().starts_expr();
            if !goes_on || malformed {
                return Err(reported);
            }
        }
        Ok(Stmt { kind, span: self.since(start) })
    }

    fn let_value(&mut self) -> PResult<Expr> {
        self.expect(TokenKind::Assign, "and the value of the binding")?;
        self.expr()
    }

    /// `@Type`
    fn bound_type(&mut self) -> PResult<TypeExpr> {
        self.expect(TokenKind::At, "and a type")?;
        self.type_expr()
    }

    fn bad_let(&mut self) -> Reported {
        if !self.kind().is_lower_name() {
            return self.unexpected("`@` and a type after `let`");
        }
        let name = self.slice(self.span());
        let diagnostic =
            Diagnostic::new(Code::E005, self.span(), format!("Expected `@` and a type after `let`, found `{name}`."))
                .because("Vera has no variable names: a binding is known by its type, and `@Int.0` is the nearest Int.")
                .fix("let @Int = 1;")
                .spec("Chapter 4, Section 4.7");
        self.error(diagnostic)
    }

    /// `if condition then { … } else { … }`
    pub(super) fn if_expr(&mut self) -> PResult<ExprKind> {
        let start = self.bump();
        let condition = Box::new(self.expr()?);
        if self.at(TokenKind::LBrace) {
            let diagnostic = self
                .expected("`then`")
                .because("`then` stands between the condition and its block.")
                .fix("if @Bool.0 then { 1 } else { 2 }")
                .spec("Chapter 4, Section 4.8");
            self.error(diagnostic);
        } else if !self.eat(TokenKind::Then) {
            return Err(self.unexpected("an operator or `then` after the condition"));
        }
        let then_block = Box::new(self.branch()?);
        if !self.at(TokenKind::Else) {
            let diagnostic = self
                .expected("`else`")
                .because("An `if` is an expression: it has a value in both cases.")
                .fix("if @Bool.0 then { f(1) } else { () }")
                .spec("Chapter 4, Section 4.8")
                .label(start, "this `if` has no `else`");
            return Err(self.error(diagnostic));
        }
        self.bump();
        let else_block = Box::new(self.branch()?);
        Ok(ExprKind::If { condition, then_block, else_block })
    }

    /// A block of an `if`; an expression without braces is reported and taken as one.
    fn branch(&mut self) -> PResult<Block> {
        if self.at(TokenKind::LBrace) {
            return self.block();
        }
        if !self.kind().starts_expr() || self.malformed_token().is_some() {
            return Err(self.unexpected("`{` and a block"));
        }
        let else_if = self.at(TokenKind::If);
        let mut diagnostic = self
            .expected("`{` and a block")
            .because("The cases of an `if` are blocks, also when there is only one expression.")
            .fix("if @Bool.0 then { 1 } else { 2 }")
            .spec("Chapter 4, Section 4.8");
        if else_if {
            diagnostic.fix =
                "Put the inner `if` in a block:\n  else {\n    if @Bool.0 then { 1 } else { 2 }\n  }".into();
        }
        self.error(diagnostic);
        let result = self.expr()?;
        Ok(Block { stmts: Vec::new(), span: result.span, result })
    }

    /// `match scrutinee { arms }`
    pub(super) fn match_expr(&mut self) -> PResult<ExprKind> {
        self.bump();
        let scrutinee = Box::new(self.expr()?);
        let open = self.open_cases("an operator or `{` and the arms of the `match`", "`_ -> 0`")?;
        let invalid = |span| MatchArm { pattern: invalid_pattern(span), body: invalid_expr(span), span };
        let arms = self.cases(open, Self::match_arm, invalid);
        Ok(ExprKind::Match { scrutinee, arms })
    }

    fn match_arm(&mut self) -> PResult<MatchArm> {
        let pattern = self.pattern()?;
        if self.at(TokenKind::Assign) && self.kind_at(1) == TokenKind::Gt {
            let diagnostic = self.expected("`->`").fix("Some(@Int) -> @Int.0").spec("Chapter 4, Section 4.9");
            self.error(diagnostic);
            self.bump();
            self.bump();
        } else {
            self.expect(TokenKind::Arrow, "after the pattern")?;
        }
        let body = self.expr()?;
        let span = pattern.span.to(body.span);
        Ok(MatchArm { pattern, body, span })
    }

    /// The `{` before arms or clauses; a `}` directly behind it is an error.
    fn open_cases(&mut self, expected: &str, example: &str) -> PResult<Span> {
        if !self.at(TokenKind::LBrace) {
            return Err(self.unexpected(expected));
        }
        let open = self.bump();
        if self.at(TokenKind::RBrace) {
            let diagnostic =
                self.expected(&format!("at least one case, such as {example}")).spec("Chapter 4, Section 4.9");
            self.error(diagnostic);
        }
        Ok(open)
    }

    /// Arms or clauses up to and with `}`. What is not closed is reported and closed here.
    fn cases<T>(
        &mut self,
        open: Span,
        case: impl FnMut(&mut Self) -> PResult<T>,
        invalid: impl Fn(Span) -> T,
    ) -> Vec<T> {
        if self.eat(TokenKind::RBrace) {
            return Vec::new();
        }
        let cases = self.list(open, TokenKind::RBrace, case, &invalid);
        cases.unwrap_or_else(|_| {
            self.skip_to(|kind| kind == TokenKind::RBrace);
            self.eat(TokenKind::RBrace);
            vec![invalid(self.since(open))]
        })
    }

    /// `handle[Effect](@S = init) { clauses } in { … }`
    pub(super) fn handle_expr(&mut self) -> PResult<ExprKind> {
        self.bump();
        self.expect(TokenKind::LBracket, "and the handled effect")?;
        let effect = self.effect_ref()?;
        self.expect(TokenKind::RBracket, "after the handled effect")?;
        let state = if self.at(TokenKind::LParen) { Some(self.handler_state()?) } else { None };
        let open = self.open_cases("`{` and the clauses of the handler", "`throw(@Int) -> { 0 }`")?;
        let clauses = self.cases(open, |p| p.handler_clause().map(Some), |_| None);
        let clauses = clauses.into_iter().flatten().collect();
        self.expect(TokenKind::In, "and the handled block")?;
        if !self.at(TokenKind::LBrace) {
            let diagnostic = self
                .expected("`{` and the handled block")
                .because("What is handled is a block, also when it is one expression.")
                .fix("in {\n  f(1)\n}")
                .spec("Chapter 7, Section 7.5.1");
            return Err(self.error(diagnostic));
        }
        let body = self.block()?;
        Ok(ExprKind::Handle(Box::new(Handle { effect, state, clauses, body })))
    }

    /// `(@Type = initial)`
    fn handler_state(&mut self) -> PResult<HandlerState> {
        let start = self.bump();
        self.expect(TokenKind::At, "and the type of the state")?;
        let ty = self.type_expr()?;
        self.expect(TokenKind::Assign, "and the initial state")?;
        let initial = self.expr()?;
        if !self.at(TokenKind::RParen) {
            return Err(self.unexpected_in(start, "an operator or `)`"));
        }
        self.bump();
        Ok(HandlerState { ty, initial, span: self.since(start) })
    }

    /// `op(@A, @B) -> body with @S = value`
    fn handler_clause(&mut self) -> PResult<HandlerClause> {
        let name = self.lower_name("an operation")?;
        let open = self.expect(TokenKind::LParen, "after the operation")?;
        let params = if self.eat(TokenKind::RParen) {
            Vec::new()
        } else {
            self.list(open, TokenKind::RParen, Self::bound_type, invalid_type)?
        };
        self.expect(TokenKind::Arrow, "after the operation's parameters")?;
        let body = self.expr()?;
        let update = if self.at(TokenKind::With) { Some(self.state_update()?) } else { None };
        let span = self.since(name.span);
        Ok(HandlerClause { name, params, body, update, span })
    }

    /// `with @Type = value`
    fn state_update(&mut self) -> PResult<StateUpdate> {
        let start = self.bump();
        self.expect(TokenKind::At, "and the type of the state after `with`")?;
        let ty = self.type_expr()?;
        self.expect(TokenKind::Assign, "and the new state")?;
        let value = self.expr()?;
        Ok(StateUpdate { ty, value, span: self.since(start) })
    }
}
