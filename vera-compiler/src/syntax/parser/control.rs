//! Blocks and statements, `if`, `match` and `handle`.

use super::clauses::invalid_expr;
use super::pattern::invalid_pattern;
use super::types::invalid_type;
use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{
    Block, Expr, ExprKind, HandlerClause, HandlerState, MatchArm, StateUpdate, Stmt, StmtKind, TypeExpr,
};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// `{ statements result }`
    pub(super) fn block(&mut self) -> PResult<Box<Block>> {
        let open = self.expect(TokenKind::LBrace, "and a block")?;
        let mut stmts = Vec::new();
        let mut result = None;
        while result.is_none() {
            self.stmt(open, &mut stmts, &mut result);
        }
        if !self.eat(TokenKind::RBrace) {
            self.missing_brace(open);
        }
        let span = self.since(open);
        Ok(assemble::block(stmts, result, span))
    }

    /// Adds the next statement of the block at `open`, or sets its result.
    fn stmt(&mut self, open: Span, stmts: &mut Vec<Stmt>, result: &mut Option<Box<Expr>>) {
        let start = self.span();
        let read = match self.kind() {
            TokenKind::RBrace => {
                *result = Some(self.no_result(open, stmts));
                Ok(())
            }
            _ if self.at_end() => {
                self.missing_brace(open);
                *result = Some(Box::new(invalid_expr(self.prev.end_point())));
                Ok(())
            }
            TokenKind::Let => self.let_stmt(stmts),
            _ => self.expr_stmt(open, stmts, result),
        };
        if read.is_err() {
            self.skip_stmt(start, stmts);
        }
    }

    /// An expression: with `;` a statement, otherwise the result.
    fn expr_stmt(&mut self, open: Span, stmts: &mut Vec<Stmt>, result: &mut Option<Box<Expr>>) -> PResult<()> {
        let start = self.span();
        let expr = self.expr()?;
        let ended = if self.at(TokenKind::RBrace) { Err(Reported) } else { self.end_of_stmt(open) };
        match ended {
            Ok(()) => stmts.push(Stmt { kind: StmtKind::Expr(*expr), span: self.since(start) }),
            Err(_) if self.at(TokenKind::RBrace) || self.closes_early() => *result = Some(expr),
            Err(reported) => return Err(reported),
        }
        Ok(())
    }

    /// The result of a block that ends after a statement.
    fn no_result(&mut self, open: Span, stmts: &[Stmt]) -> Box<Expr> {
        let span = self.span();
        let value = Box::new(invalid_expr(Span { end: span.start, ..span }));
        if stmts.last().is_some_and(|stmt| stmt.kind == StmtKind::Invalid) {
            // What was wrong with that one may have been meant as the value.
            return value;
        }
        let diagnostic = Diagnostic::new(Code::E005, span, "The block ends without a value.")
            .because("The last part of a block is an expression, without `;`: the block's value.")
            .fix(match stmts.last().map(|stmt| &stmt.kind) {
                None => "{\n  ()\n}",
                Some(StmtKind::Expr(_)) => "Remove the last `;`, or end the block with a value:\n  ()",
                Some(_) => "End the block with a value:\n  ()",
            })
            .spec("Chapter 4, Section 4.10")
            .label(open, "the block");
        self.structure_error(diagnostic);
        value
    }

    /// Whether the block being read must have ended before.
    fn closes_early(&self) -> bool {
        self.at_end() || matches!(self.kind(), TokenKind::Else | TokenKind::In)
    }

    /// The `;` behind an expression. Where it is missing before the next statement, that goes on.
    fn end_of_stmt(&mut self, open: Span) -> PResult<()> {
        if self.eat(TokenKind::Semi) {
            return Ok(());
        }
        if self.closes_early() {
            return Err(self.missing_brace(open));
        }
        if self.operator_hint().is_some() {
            return Err(self.unexpected_in(open, "`;`, `}` or an operator"));
        }
        let starts_stmt = self.at(TokenKind::Let) || self.kind().starts_expr() && !self.at(TokenKind::LParen);
        let what = "`;` or an operator";
        if starts_stmt && !self.starts_line() {
            return Err(self.unexpected_in(open, what));
        }
        if starts_stmt && self.malformed_token().is_none() {
            let diagnostic = self
                .expected(what)
                .because("Each statement of a block ends with `;`; only the block's value has none.")
                .fix("Put `;` behind the statement before.")
                .spec("Chapter 4, Section 4.10");
            self.slip(diagnostic);
            return Ok(());
        }
        Err(self.unexpected_in(open, "`;`, `}` or an operator"))
    }

    /// Skips a statement in which an error was reported.
    fn skip_stmt(&mut self, start: Span, stmts: &mut Vec<Stmt>) {
        self.skip_to(ends_stmt);
        self.eat(TokenKind::Semi);
        stmts.push(Stmt { kind: StmtKind::Invalid, span: self.since(start) });
    }

    /// `let @T = e;` or `let Name<@A, @B> = e;`
    fn let_stmt(&mut self, stmts: &mut Vec<Stmt>) -> PResult<()> {
        let start = self.bump();
        if self.at(TokenKind::LowerIdent) && self.slice(self.span()) == "mut" {
            self.needless_mut();
        }
        let kind = match self.kind() {
            TokenKind::At => self.let_slot(),
            TokenKind::UpperIdent => self.destructure(),
            kind if kind.is_lower_name() => self.let_name(),
            _ => Err(self.unexpected("`@` and a type after `let`")),
        };
        let kind = kind?;
        if !self.eat(TokenKind::Semi) {
            self.unfinished_let()?;
        }
        stmts.push(Stmt { kind, span: self.since(start) });
        Ok(())
    }

    fn let_slot(&mut self) -> PResult<StmtKind> {
        self.bump();
        let mut ty = self.type_expr().map(Box::new)?;
        self.no_index("A `let`", ty.span);
        let name = self.name_after_type();
        if !self.at(TokenKind::Assign) {
            // What stands there instead may belong to the type.
            *ty = invalid_type(ty.span);
        }
        let start = self.span();
        let value = match self.let_value() {
            Ok(value) => value,
            // What is bound is known all the same.
            Err(_) => {
                self.skip_to(ends_stmt);
                Box::new(invalid_expr(self.since(start)))
            }
        };
        if let Some(name) = name {
            self.named_binding(name, Some(&ty), &value);
        }
        Ok(StmtKind::Let { ty: *ty, value: *value })
    }

    fn destructure(&mut self) -> PResult<StmtKind> {
        let constructor = self.bump_name();
        if self.at(TokenKind::Assign) {
            let name = &constructor;
            let diagnostic = self
                .expected(&format!("`@` before `{name}`, or `<` behind it"))
                .because("`let @T` binds a slot; `let Name<@A>` takes a value of one constructor apart.")
                .fix(format!("let @{name} = ...;"))
                .spec("Chapter 4, Section 4.7");
            return Err(self.error(diagnostic));
        }
        let open = self.expect(TokenKind::Lt, "and the types of the fields")?;
        let types = self.list(open, TokenKind::Gt, Self::bound_type, invalid_type)?;
        let value = self.let_value()?;
        Ok(StmtKind::Destructure { constructor, types, value: *value })
    }

    /// Reports the missing `;` of a binding. Succeeds where the next statement goes on.
    fn unfinished_let(&mut self) -> PResult<()> {
        if self.malformed_token().is_some() || self.at(TokenKind::Reported) {
            return Err(self.unexpected("`;`"));
        }
        let diagnostic = self
            .expected("`;` or an operator after the binding")
            .because("A binding is a statement and ends with `;`.")
            .fix("let @Int = 1;")
            .spec("Chapter 4, Section 4.7");
        let diagnostic = self.with_operator_hint(diagnostic);
        let starts_stmt = self.at(TokenKind::Let) || self.kind().starts_expr();
        if self.at(TokenKind::RBrace) || starts_stmt && self.starts_line() {
            self.slip(diagnostic);
            return Ok(());
        }
        Err(if self.closes_something() { self.structure_error(diagnostic) } else { self.error(diagnostic) })
    }

    pub(super) fn let_value(&mut self) -> PResult<Box<Expr>> {
        self.expect(TokenKind::Assign, "and the value of the binding")?;
        self.expr()
    }

    /// `@Type`
    pub(super) fn bound_type(&mut self) -> PResult<TypeExpr> {
        self.expect(TokenKind::At, "and a type")?;
        let ty = self.type_expr()?;
        self.no_index("A binding", ty.span);
        Ok(ty)
    }

    /// Reports the index behind the type of a binding, as a reference to the slot has it, and reads over it.
    pub(super) fn no_index(&mut self, what: &str, ty: Span) {
        if !self.at(TokenKind::Dot) || self.kind_at(1) != TokenKind::Int {
            return;
        }
        let start = self.bump();
        let span = start.to(self.bump());
        let index = self.slice(span);
        let description = format!("{what} binds a new slot, which has no index: found `{index}`.");
        self.report(
            Diagnostic::new(Code::E005, span, description)
                .because(
                    "An index says which of the slots in scope is meant; a binding adds one, the nearest of its type.",
                )
                .fix(self.short(format!("Write `@{}`.", self.slice(ty)), "Remove the index."))
                .spec("Chapter 3, Section 3.3"),
        );
    }

    /// `if condition then { … } else { … }`
    pub(super) fn if_expr(&mut self) -> PResult<ExprKind> {
        let start = self.bump();
        let condition = self.expr()?;
        self.then()?;
        let then_block = self.branch()?;
        if !self.eat(TokenKind::Else) {
            return Err(self.no_else(start));
        }
        let else_block = self.branch()?;
        Ok(ExprKind::If { condition, then_block, else_block })
    }

    fn then(&mut self) -> PResult<()> {
        if self.eat(TokenKind::Then) {
            return Ok(());
        }
        if !self.at(TokenKind::LBrace) {
            return Err(self.unexpected("an operator or `then` after the condition"));
        }
        let diagnostic = self
            .expected("`then`")
            .because("`then` stands between the condition and its block.")
            .fix("if @Bool.0 then { 1 } else { 2 }")
            .spec("Chapter 4, Section 4.8");
        self.slip(diagnostic);
        Ok(())
    }

    fn no_else(&mut self, start: Span) -> Reported {
        let diagnostic = self
            .expected("`else`")
            .because("An `if` is an expression: it has a value in both cases.")
            .fix("if @Bool.0 then { f(1) } else { () }")
            .spec("Chapter 4, Section 4.8")
            .label(start, "this `if` has no `else`");
        self.structure_error(diagnostic)
    }

    /// A block of an `if`; an expression without braces is reported and taken as one.
    fn branch(&mut self) -> PResult<Box<Block>> {
        if self.at(TokenKind::LBrace) {
            return self.block();
        }
        if !self.kind().starts_expr() || self.malformed_token().is_some() {
            return Err(self.unexpected("`{` and a block"));
        }
        self.branch_without_braces();
        let result = self.expr()?;
        let span = result.span;
        Ok(assemble::block(Vec::new(), Some(result), span))
    }

    fn branch_without_braces(&mut self) {
        let mut diagnostic = self
            .expected("`{` and a block")
            .because("The cases of an `if` are blocks, also when there is only one expression.")
            .fix("if @Bool.0 then { 1 } else { 2 }")
            .spec("Chapter 4, Section 4.8");
        if self.at(TokenKind::If) {
            diagnostic.fix =
                "Put the inner `if` in a block:\n  else {\n    if @Bool.0 then { 1 } else { 2 }\n  }".into();
        }
        self.slip(diagnostic);
    }

    /// `match scrutinee { arms }`
    pub(super) fn match_expr(&mut self) -> PResult<ExprKind> {
        self.bump();
        let scrutinee = self.expr()?;
        let open = self.open_cases("an operator or `{` and the arms of the `match`", "_ -> 0")?;
        let invalid = |span| Box::new(MatchArm { pattern: invalid_pattern(span), body: invalid_expr(span), span });
        let arms = self.cases(open, Self::match_arm, invalid).into_iter().map(|arm| *arm).collect();
        Ok(ExprKind::Match { scrutinee, arms })
    }

    fn match_arm(&mut self) -> PResult<Box<MatchArm>> {
        let pattern = self.pattern().map(Box::new)?;
        self.arm_arrow()?;
        let body = self.expr()?;
        let span = pattern.span.to(body.span);
        Ok(Box::new(MatchArm { pattern: *pattern, body: *body, span }))
    }

    fn arm_arrow(&mut self) -> PResult<()> {
        if self.at(TokenKind::Assign) && self.kind_at(1) == TokenKind::Gt {
            let diagnostic = self
                .expected("`->`")
                .because("`->` stands between a pattern and its value.")
                .fix("Some(@Int) -> @Int.0")
                .spec("Chapter 4, Section 4.9");
            self.slip(diagnostic);
            self.bump();
            self.bump();
            return Ok(());
        }
        if self.eat(TokenKind::Arrow) {
            return Ok(());
        }
        Err(self.no_arrow())
    }

    /// The `{` before arms or clauses; a `}` directly behind it is an error.
    fn open_cases(&mut self, expected: &str, example: &str) -> PResult<Span> {
        if !self.at(TokenKind::LBrace) && self.starts_line() && self.malformed_token().is_none() {
            // Only the brace is missing.
            let diagnostic = self
                .expected(expected)
                .because("The cases stand in braces.")
                .fix(format!("{{\n  {example}\n}}"))
                .spec("Chapter 4, Section 4.9");
            self.slip(diagnostic);
            return Ok(self.prev.end_point());
        }
        if !self.at(TokenKind::LBrace) {
            return Err(self.unexpected(expected));
        }
        let open = self.bump();
        if self.at(TokenKind::RBrace) {
            let diagnostic = self
                .expected("at least one case")
                .because("Without a case there is no value.")
                .fix(example)
                .spec("Chapter 4, Section 4.9");
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
        let effect = self.effect_ref().map(Box::new)?;
        self.expect(TokenKind::RBracket, "after the handled effect")?;
        let state = if self.at(TokenKind::LParen) { Some(self.handler_state()?) } else { None };
        let open = self.open_cases("`{` and the clauses of the handler", "throw(@Int) -> { 0 }")?;
        let clauses = self.cases(open, |p| p.handler_clause().map(Some), |_| None);
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
            .fix("in {\n  f(1)\n}")
            .spec("Chapter 7, Section 7.5.1");
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
        let body = self.expr()?;
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

/// Whether a statement that cannot be read ends here at the latest.
fn ends_stmt(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Semi | TokenKind::RBrace | TokenKind::Let)
}
