//! Blocks and statements.

use super::assemble::invalid_expr;
use super::types::invalid_type;
use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{Block, Expr, Stmt, StmtKind, TypeExpr};
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
        // A fix gives the value that is wanted, where that is known: of the body of a function it is.
        let wanted = self.body_type.filter(|(start, _)| *start == open.start).map(|(_, ty)| ty);
        let valued = wanted.filter(|ty| *ty != "Unit");
        let semi = Span { start: self.prev.end.saturating_sub(1), ..self.prev };
        let other = valued.map_or_else(|| "a value, such as `()`".to_owned(), |ty| format!("a value of type `{ty}`"));
        let diagnostic = match stmts.last().map(|stmt| &stmt.kind) {
            None if valued.is_none() => {
                diagnostic.fix("Write `()` in it when there is no value to give.").edit(open.end_point(), " () ")
            }
            Some(StmtKind::Expr(_)) if self.slice(semi) == ";" => diagnostic
                .fix(format!("Remove the last `;` when this is the value of the block, or end the block with {other}."))
                .edit(semi, ""),
            Some(StmtKind::Let { ty, .. }) if !wanted.is_some_and(|wanted| differ(wanted, self.slice(ty.span))) => {
                let slot = format!("@{}.0", self.slice(ty.span));
                diagnostic
                    .fix(format!("End the block with a value, such as what was bound last: `{slot}`"))
                    .edit(self.prev.end_point(), format!(" {slot}"))
            }
            _ => diagnostic.fix(format!("End the block with {other}.")),
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
                .fix("Put `;` after the previous statement.")
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
            TokenKind::LParen => self.destructure_in_parentheses(None),
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

    /// Reports the missing `;` of a binding. Succeeds where the next statement goes on.
    pub(super) fn unfinished_let(&mut self) -> PResult<()> {
        if self.malformed_token().is_some() || self.at(TokenKind::Reported) {
            return Err(self.unexpected("`;`"));
        }
        let diagnostic = self
            .expected("`;` or an operator after the binding")
            .because("A binding is a statement and ends with `;`.")
            .fix("Put `;` after the binding.")
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
}

/// Whether a statement that cannot be read ends here at the latest.
fn ends_stmt(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Semi | TokenKind::RBrace | TokenKind::Let)
}

/// Whether a value of one written type is certainly none of the other: both are primitive, and not `Int` and `Nat`.
fn differ(one: &str, other: &str) -> bool {
    let primitive = |ty| matches!(ty, "Int" | "Nat" | "Byte" | "Bool" | "Float64" | "String" | "Unit");
    let integer = |ty| matches!(ty, "Int" | "Nat");
    one != other && primitive(one) && primitive(other) && !(integer(one) && integer(other))
}
