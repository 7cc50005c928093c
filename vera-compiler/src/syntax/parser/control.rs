//! Blocks and statements, `if`, `match` and `handle`.

use super::clauses::invalid_expr;
use super::pattern::invalid_pattern;
use super::types::invalid_type;
use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
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
        let bound = self.bound.len();
        self.returned = None;
        while result.is_none() {
            self.stmt(open, &mut stmts, &mut result);
        }
        self.unbind(bound);
        if self.at(TokenKind::Where) && self.lost_where.is_none() {
            self.where_in_body();
        }
        if !self.eat(TokenKind::RBrace) {
            self.missing_brace(open);
        }
        let span = self.since(open);
        Ok(assemble::block(stmts, result, span))
    }

    /// Adds the next statement of the block at `open`, or sets its result.
    pub(super) fn stmt(&mut self, open: Span, stmts: &mut Vec<Stmt>, result: &mut Option<Box<Expr>>) {
        let start = self.span();
        self.stmt_start = self.pos;
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
            _ => match self.foreign_stmt(stmts, result) {
                Ok(true) => Ok(()),
                Ok(false) if self.at(TokenKind::Let) => self.let_stmt(stmts),
                Ok(false) => self.expr_stmt(open, stmts, result),
                Err(reported) => Err(reported),
            },
        };
        if read.is_err() {
            self.skip_stmt(start, stmts);
        }
    }

    /// An expression: with `;` a statement, otherwise the result.
    fn expr_stmt(&mut self, open: Span, stmts: &mut Vec<Stmt>, result: &mut Option<Box<Expr>>) -> PResult<()> {
        let start = self.span();
        let expr = self.expr()?;
        let is_last = self.at(TokenKind::RBrace) || self.at(TokenKind::Where);
        let ended = if is_last { Err(Reported) } else { self.end_of_stmt(open) };
        match ended {
            Ok(()) => stmts.push(Stmt { kind: StmtKind::Expr(*expr), span: self.since(start) }),
            Err(_) if is_last || self.at(TokenKind::RBrace) || self.closes_early() => *result = Some(expr),
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
            .spec(Section::S4_10)
            .label(open, "the block");
        let semi = Span { start: self.prev.end.saturating_sub(1), ..self.prev };
        let diagnostic = match stmts.last().map(|stmt| &stmt.kind) {
            None => diagnostic.fix("Write `()` in it when there is no value to give.").edit(open.end_point(), " () "),
            Some(StmtKind::Expr(_)) if self.slice(semi) == ";" => diagnostic
                .fix("Remove the last `;` when this is the value of the block, or end the block with a value, such as `()`.")
                .edit(semi, ""),
            Some(StmtKind::Let { ty, .. }) => {
                let slot = format!("@{}.0", self.slice(ty.span));
                diagnostic
                    .fix(format!("End the block with a value, such as what was bound last: `{slot}`"))
                    .edit(self.prev.end_point(), format!(" {slot}"))
            }
            Some(_) => diagnostic.fix("End the block with a value, such as `()`."),
        };
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
                .edit(self.prev.end_point(), ";")
                .spec(Section::S4_10);
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
            TokenKind::At if self.kind_at(1) == TokenKind::Underscore => self.let_nothing(start),
            TokenKind::At => self.let_slot(),
            TokenKind::UpperIdent => self.destructure(),
            kind if kind.is_lower_name() => self.let_name(start),
            TokenKind::Underscore => self.let_nothing(start),
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
        match name {
            Some(name) => {
                let place = Span { end: name.end, ..ty.span };
                self.named_binding(name, Span { start: place.start - 1, ..place }, "", Some(&ty), &value);
            }
            None => self.bind(ty.span),
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
                .fix(format!("Write `let @{name} = ...;`."))
                .edit(name.span.start_point(), "@")
                .spec(Section::S4_7);
            return Err(self.error(diagnostic));
        }
        let open = self.expect(TokenKind::Lt, "and the types of the fields")?;
        let types = self.list(open, TokenKind::Gt, Self::bound_type, invalid_type)?;
        let value = self.let_value()?;
        types.iter().for_each(|ty| self.bind(ty.span));
        Ok(StmtKind::Destructure { constructor, types, value: *value })
    }

    /// Reports the missing `;` of a binding. Succeeds where the next statement goes on.
    pub(super) fn unfinished_let(&mut self) -> PResult<()> {
        if self.malformed_token().is_some() || self.at(TokenKind::Reported) {
            return Err(self.unexpected("`;`"));
        }
        let diagnostic = self
            .expected("`;` or an operator after the binding")
            .because("A binding is a statement and ends with `;`.")
            .fix("Put `;` behind the binding.")
            .spec(Section::S4_7);
        let diagnostic = self.with_operator_hint(diagnostic);
        let starts_stmt = self.at(TokenKind::Let) || self.kind().starts_expr() || self.at(TokenKind::Match);
        if self.at(TokenKind::RBrace) || starts_stmt && self.starts_line() {
            self.slip(diagnostic.edit(self.prev.end_point(), ";"));
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
                .edit(span, "")
                .spec(Section::S3_3),
        );
    }

    /// `let @_ = e;` and `let _ = e;`
    fn let_nothing(&mut self, start: Span) -> PResult<StmtKind> {
        self.eat(TokenKind::At);
        let place = start.to(self.bump());
        let value = self.let_value()?;
        self.report(
            Diagnostic::new(Code::E005, place, "A `let` binds a slot of a type; `_` is none.")
                .because("What is not needed is a statement: its value is dropped.")
                .fix(format!("Write `{};`.", self.short(self.slice(value.span).to_owned(), "...")))
                .edit(Span { end: value.span.start, ..place }, "")
                .spec(Section::S4_7),
        );
        self.decl_errors = true;
        Ok(StmtKind::Expr(*value))
    }

    /// `if condition then { … } else { … }`
    pub(super) fn if_expr(&mut self) -> PResult<ExprKind> {
        let is_stmt = self.stmt_start == self.pos;
        let start = self.bump();
        let condition = self.expr()?;
        let then_block = self.then_block()?;
        let returned = self.returned.take();
        let else_block = if self.eat(TokenKind::Else) {
            self.branch(start)?
        } else if self.at(TokenKind::LowerIdent) && foreign::is_else_if(self.slice(self.span())) {
            self.else_if_in_a_word()?
        } else {
            self.no_else(start, &then_block, returned.filter(|_| is_stmt))?
        };
        Ok(ExprKind::If { condition, then_block, else_block })
    }

    /// `then { … }`
    fn then_block(&mut self) -> PResult<Box<Block>> {
        if self.eat(TokenKind::Then) {
            let keyword = self.prev;
            return self.branch(keyword);
        }
        if self.at(TokenKind::Colon) {
            let colon = self.span();
            return self.branch(colon);
        }
        if !self.at(TokenKind::LBrace) {
            return Err(self.unexpected("an operator or `then` after the condition"));
        }
        let diagnostic = self
            .expected("`then`")
            .because("`then` stands between the condition and its block.")
            .fix("Write `then` in front of the `{`.")
            .edit(self.prev.end_point(), " then")
            .spec(Section::S4_8);
        self.slip(diagnostic);
        self.block()
    }

    /// What is read where an `else` is missing.
    fn no_else(&mut self, start: Span, then_block: &Block, returned: Option<usize>) -> PResult<Box<Block>> {
        let then_end = then_block.span;
        if self.malformed_token().is_some() || self.decl_errors && returned.is_none() {
            return Err(Reported);
        }
        if let Some(returned) = returned.filter(|_| !self.closes_something()) {
            return Ok(self.rest_as_else(start, then_end, returned));
        }
        let unit = self.guess(&then_block.result).is_none_or(|ty| ty == "Unit");
        self.missing_else(start, then_end, unit);
        let span = then_end.end_point();
        Ok(Box::new(assemble::invalid_block(span)))
    }

    /// A block of an `if` behind the word at `word`; an expression without braces is reported and taken as one.
    fn branch(&mut self, word: Span) -> PResult<Box<Block>> {
        let colon = self.at(TokenKind::Colon).then(|| self.bump());
        if self.at(TokenKind::LBrace) && colon.is_none() {
            return self.block();
        }
        if !self.kind().starts_expr() && !matches!(self.kind(), TokenKind::If | TokenKind::Match)
            || self.malformed_token().is_some()
        {
            return Err(self.unexpected("`{` and a block"));
        }
        let start = self.span();
        let result = self.expr()?;
        self.branch_without_braces(word, colon, start, &result);
        let span = result.span;
        Ok(assemble::block(Vec::new(), Some(result), span))
    }

    fn branch_without_braces(&mut self, word: Span, colon: Option<Span>, start: Span, result: &Expr) {
        let text = self.short(self.slice(result.span).to_owned(), "...");
        let found = self.slice(start);
        let open = match colon {
            Some(colon) if self.slice(word) == ":" => (Span { end: start.start, ..colon }, " then { "),
            Some(colon) => (Span { end: start.start, ..colon }, " { "),
            None => (start.start_point(), "{ "),
        };
        self.report(
            Diagnostic::new(Code::E005, start, format!("Expected `{{` and a block, found `{found}`."))
                .because("The cases of an `if` are blocks, also when there is only one expression.")
                .fix(match text.as_str() {
                    "..." => format!("Put braces around this `{found}`."),
                    text => format!("Write `{{ {text} }}`."),
                })
                .edit(open.0, open.1)
                .edit(result.span.end_point(), " }")
                .spec(Section::S4_8),
        );
        self.decl_errors = true;
    }

    /// `elif condition …`
    fn else_if_in_a_word(&mut self) -> PResult<Box<Block>> {
        let word = self.span();
        self.enter()?;
        let inner = self.if_expr();
        self.leave();
        let inner = inner?;
        let span = self.since(word);
        self.report(
            Diagnostic::new(Code::E005, word, format!("There is no `{}`.", self.slice(word)))
                .because("The cases of an `if` are blocks; a further condition is an `if` within the `else`.")
                .fix("Write `else { if ... }`.")
                .edit(word, "else { if")
                .edit(span.end_point(), " }")
                .spec(Section::S4_8),
        );
        self.decl_errors = true;
        Ok(assemble::block(Vec::new(), Some(Box::new(Expr { kind: inner, span })), span))
    }

    /// `match scrutinee { arms }`
    pub(super) fn match_expr(&mut self) -> PResult<ExprKind> {
        self.bump();
        let scrutinee = self.expr()?;
        let open = self.open_cases("an operator or `{` and the arms of the `match`", "_ -> 0")?;
        let invalid = |span| Box::new(MatchArm { pattern: invalid_pattern(span), body: invalid_expr(span), span });
        let arms = self.cases(open, |p| p.match_arm(&scrutinee), invalid).into_iter().map(|arm| *arm).collect();
        Ok(ExprKind::Match { scrutinee, arms })
    }

    fn match_arm(&mut self, scrutinee: &Expr) -> PResult<Box<MatchArm>> {
        let bound = self.bound.len();
        let arm = self.arm_inside(scrutinee);
        self.unbind(bound);
        arm
    }

    fn arm_inside(&mut self, scrutinee: &Expr) -> PResult<Box<MatchArm>> {
        self.needless_before_pattern();
        self.pattern_names.clear();
        let pattern = self.pattern().map(Box::new)?;
        let more = self.more_patterns()?;
        self.bind_pattern(&pattern, scrutinee);
        self.arm_arrow()?;
        let body = self.expr()?;
        if !more.is_empty() {
            self.alternatives(&more, &body);
        }
        let span = pattern.span.to(body.span);
        Ok(Box::new(MatchArm { pattern: *pattern, body: *body, span }))
    }

    /// Reports what other languages have in front of a pattern, and reads over it.
    fn needless_before_pattern(&mut self) {
        let word = self.span();
        let case = self.at(TokenKind::LowerIdent)
            && self.slice(word) == "case"
            && !matches!(self.kind_at(1), TokenKind::Arrow | TokenKind::Assign);
        if !case && !self.at(TokenKind::Bar) {
            return;
        }
        self.bump();
        self.report(
            Diagnostic::new(Code::E005, word, format!("`{}` stands before a pattern.", self.slice(word)))
                .because("An arm is a pattern, `->` and a value; commas separate the arms.")
                .fix(format!("Remove `{}`.", self.slice(word)))
                .edit(Span { end: self.span().start, ..word }, "")
                .spec(Section::S4_9),
        );
        self.decl_errors = true;
    }

    /// Further patterns of an arm, each with what stands in front of it.
    fn more_patterns(&mut self) -> PResult<Vec<(Span, Span)>> {
        let mut more = Vec::new();
        while matches!(self.kind(), TokenKind::Bar) {
            let bar = self.bump();
            more.push((bar, self.pattern()?.span));
        }
        Ok(more)
    }

    /// Reports an arm with several patterns.
    fn alternatives(&mut self, more: &[(Span, Span)], body: &Expr) {
        let value = self.slice(body.span);
        let mut diagnostic = Diagnostic::new(Code::E005, more[0].0, "An arm has one pattern.")
            .because("Each pattern has an arm of its own.")
            .fix(format!("Repeat the value: `... -> {}` for each pattern.", self.short(value.to_owned(), "...")))
            .spec(Section::S4_9_1);
        if value.len() <= super::hints::QUOTED && !value.contains('\n') {
            let mut start = self.prev_of(more[0].0);
            for (bar, pattern) in more {
                diagnostic = diagnostic.edit(Span { start, end: pattern.start, ..*bar }, format!(" -> {value},\n    "));
                start = pattern.end;
            }
        }
        self.report(diagnostic);
        self.decl_errors = true;
    }

    /// Where what stands in front of a place ends.
    fn prev_of(&self, place: Span) -> u32 {
        self.text[..place.start as usize].trim_end().len() as u32
    }

    fn arm_arrow(&mut self) -> PResult<()> {
        if self.is_fat_arrow(0) || self.at(TokenKind::Colon) {
            let first = self.bump();
            if self.slice(first) == "=" {
                self.bump();
            }
            let arrow = self.since(first);
            self.report(
                Diagnostic::new(Code::E005, arrow, format!("Expected `->`, found `{}`.", self.slice(arrow)))
                    .because("`->` stands between a pattern and its value.")
                    .fix("Write `->`.")
                    .edit(arrow, if self.slice(arrow) == ":" { " ->" } else { "->" })
                    .spec(Section::S4_9),
            );
            self.decl_errors = true;
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
                .fix(format!("Put the cases into braces, such as `{{ {example} }}`."))
                .spec(Section::S4_9);
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
                .fix(format!("Write one, such as `{example}`."))
                .spec(Section::S4_9);
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

/// Whether a statement that cannot be read ends here at the latest.
fn ends_stmt(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Semi | TokenKind::RBrace | TokenKind::Let)
}
