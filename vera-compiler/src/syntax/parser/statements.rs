//! Statements of other languages: `return e;`, `var x = e;`, `x = e;`, `x += e;`, `x++;`.

use super::{PResult, Parser, assemble};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{Block, Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::token::TokenKind;

/// Tokens of the type of a slot that are looked at.
const TYPE: usize = 32;

/// Tokens of a statement that are looked at.
const STATEMENT: usize = 64;

impl Parser<'_> {
    /// Reads a statement of another language if there is one at the next token; whether there was.
    pub(super) fn foreign_stmt(&mut self, stmts: &mut Vec<Stmt>, result: &mut Option<Box<Expr>>) -> PResult<bool> {
        match self.kind() {
            TokenKind::LowerIdent => self.foreign_word(stmts, result),
            TokenKind::At if self.assigned_state(stmts)? => Ok(true),
            TokenKind::At => match self.assigned_slot() {
                Some(dot) => self.assignment(dot, stmts).map(|()| true),
                None => Ok(false),
            },
            _ => Ok(false),
        }
    }

    fn foreign_word(&mut self, stmts: &mut Vec<Stmt>, result: &mut Option<Box<Expr>>) -> PResult<bool> {
        let (start, next) = (self.span(), self.kind_at(1));
        let word = self.slice(start);
        if word == "return" && (next.starts_expr() || next == TokenKind::If || next == TokenKind::Match) {
            self.return_stmt(stmts, result)?;
            return Ok(true);
        }
        let named = |p: &Self, ahead: usize| {
            let assigned = p.kind_at(ahead) == TokenKind::Assign && p.kind_at(ahead + 1) != TokenKind::Gt;
            assigned || p.kind_at(ahead) == TokenKind::Colon
        };
        if foreign::is_binding(word) && next == TokenKind::LowerIdent && named(self, 2) {
            self.bump();
            self.foreign_let(start, stmts)?;
            return Ok(true);
        }
        if foreign::is_binding(word) && next == TokenKind::At {
            let diagnostic = Diagnostic::new(Code::E005, start, format!("There is no `{word}`."))
                .because("A binding is written with `let` and a type.")
                .write(start, "let")
                .spec(Section::S4_7);
            self.report(diagnostic);
            self.tokens[self.pos].kind = TokenKind::Let;
            return Ok(false);
        }
        if named(self, 1) {
            self.foreign_let(start.start_point(), stmts)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// `x = e;` behind the word at `keyword`.
    fn foreign_let(&mut self, keyword: Span, stmts: &mut Vec<Stmt>) -> PResult<()> {
        let kind = self.let_name(keyword)?;
        if !self.eat(TokenKind::Semi) {
            self.unfinished_let()?;
        }
        stmts.push(Stmt { kind, span: self.since(keyword) });
        Ok(())
    }

    /// `return e;`
    fn return_stmt(&mut self, stmts: &mut Vec<Stmt>, result: &mut Option<Box<Expr>>) -> PResult<()> {
        let word = self.bump();
        let value = self.expr()?;
        let semi = self.at(TokenKind::Semi).then(|| self.bump());
        let last = self.at(TokenKind::RBrace);
        let text = self.short(self.slice(value.span).to_owned(), "...");
        let mut diagnostic = Diagnostic::new(Code::E005, word, "There is no `return`.")
            .because(
                "The value of a block is its last expression. An `if` chooses between values, so what would follow an \
                 early return goes into its `else`.",
            )
            .fix(format!("Write the value itself as the last line of its block, without `;`: `{text}`"))
            .spec(Section::S4_10);
        if last {
            diagnostic = diagnostic.edit(Span { end: value.span.start, ..word }, "");
            if let Some(semi) = semi {
                diagnostic = diagnostic.edit(semi, "");
            }
        }
        self.report(diagnostic);
        self.decl_errors = true;
        // An `if` without `else` that ends in it takes these edits over.
        let reported = self.diagnostics.iter().last().is_some_and(|said| said.span == word);
        self.returned = (last && reported).then(|| self.diagnostics.len() - 1);
        if last {
            *result = Some(value);
        } else {
            stmts.push(Stmt { kind: StmtKind::Invalid, span: self.since(word) });
        }
        Ok(())
    }

    /// How many tokens ahead the dot of a slot is that is assigned to.
    fn assigned_slot(&self) -> Option<usize> {
        use TokenKind::*;
        if self.kind_at(1) != UpperIdent {
            return None;
        }
        let mut ahead = 2;
        if self.kind_at(ahead) == Lt {
            while matches!(self.kind_at(ahead), UpperIdent | Lt | Gt | Comma) && ahead < TYPE {
                ahead += 1;
            }
        }
        if (self.kind_at(ahead), self.kind_at(ahead + 1)) != (Dot, Int) {
            return None;
        }
        let pair = (self.kind_at(ahead + 2), self.kind_at(ahead + 3));
        let joined = self
            .tokens
            .get(self.pos + ahead + 3)
            .is_some_and(|next| next.start == self.tokens[self.pos + ahead + 2].end);
        let changes = match pair {
            // Elsewhere that is "not equal", where it is the value of a block.
            (Slash, Assign) => joined && self.ends_with_semi(ahead + 4),
            (Plus | Minus | Star | Percent, Assign) => joined,
            (Plus, Plus) => joined && !self.kind_at(ahead + 4).starts_expr(),
            (Assign, Gt | Lt) => false,
            // As the value of a function it is "equal", where the value of the slot would be of another type.
            (Assign, _) => {
                let is_bool = ahead == 2 && self.slice(self.span_of(self.tokens[self.pos + 1])) == "Bool";
                self.result_type != Some("Bool") || is_bool || self.ends_with_semi(ahead + 3)
            }
            _ => false,
        };
        changes.then_some(ahead)
    }

    /// Whether a `;` comes before the end of the block, from a token ahead on.
    fn ends_with_semi(&self, from: usize) -> bool {
        let kinds = (from..from + STATEMENT).map(|ahead| self.kind_at(ahead));
        let mut ends = kinds.filter(|kind| matches!(kind, TokenKind::Semi | TokenKind::RBrace | TokenKind::Eof));
        ends.next() == Some(TokenKind::Semi)
    }

    /// `@T.0 = e;`, `@T.0 += e;` or `@T.0++;`, the dot `dot` tokens ahead.
    fn assignment(&mut self, dot: usize, stmts: &mut Vec<Stmt>) -> PResult<()> {
        let at = self.span();
        for _ in 0..dot {
            self.bump();
        }
        let ty = self.since(at);
        let index = self.bump().to(self.bump());
        let slot = self.since(at);
        let operator = self.bump();
        let (kind, written) = (self.slice(operator), self.slice(ty));
        let mut diagnostic = Diagnostic::new(Code::E005, operator, "A slot cannot be given another value.")
            .because("Vera has no assignment: a value is bound again, and the new slot is the nearest one.")
            .spec(Section::S4_16);
        let nearest = self.slice(index) == ".0";
        if kind == "=" {
            let value = self.expr()?;
            let text = self.short(self.slice(value.span).to_owned(), "...");
            diagnostic = diagnostic.fix(format!("Bind it again: `let {written} = {text};`"));
            if nearest {
                diagnostic = diagnostic.edit(at.start_point(), "let ").edit(index, "");
            }
        } else {
            let second = self.bump();
            let both = operator.to(second);
            let value = if self.slice(second) == "=" { Some(self.expr()?) } else { None };
            let text = value.as_ref().map_or("1", |value| self.slice(value.span));
            let text = self.short(text.to_owned(), "...");
            diagnostic =
                diagnostic.fix(format!("Bind it again: `let {written} = {} {kind} {text};`", self.slice(slot)));
            if nearest {
                diagnostic = diagnostic.edit(at.start_point(), format!("let {written} = "));
                diagnostic = match value {
                    Some(value) if !matches!(value.kind, ExprKind::Binary { .. }) => {
                        diagnostic.edit(Span { end: value.span.start, ..both }, format!("{kind} "))
                    }
                    Some(value) => {
                        let open = Span { end: value.span.start, ..both };
                        diagnostic.edit(open, format!("{kind} (")).edit(value.span.end_point(), ")")
                    }
                    None => diagnostic.edit(both, format!(" {kind} 1")),
                };
            }
        }
        if self.at(TokenKind::RBrace) && nearest {
            // What is assigned last is the value that was meant.
            diagnostic = diagnostic.edit(self.prev.end_point(), format!("; {written}.0"));
        }
        let ended = self.eat(TokenKind::Semi) || self.at(TokenKind::RBrace);
        self.report(diagnostic);
        self.decl_errors = true;
        self.bind(Span { start: at.end, ..ty });
        stmts.push(Stmt { kind: StmtKind::Invalid, span: self.since(at) });
        if ended { Ok(()) } else { Err(self.unexpected("`;` after the statement")) }
    }

    /// The rest of the block around an `if` without `else` that starts at `start`, which is its `else` when the `if` ends in
    /// a `return`. `then_end` is where its block ends.
    pub(super) fn rest_as_else(&mut self, start: Span, then_end: Span, returned: usize) -> Box<Block> {
        let (mut stmts, mut result) = (Vec::new(), None);
        let first = self.span();
        while result.is_none() {
            self.stmt(start, &mut stmts, &mut result);
        }
        let mut diagnostic = self
            .wrong_if(start)
            .fix("Put what follows into the `else` of this `if`.")
            .edit(then_end.end_point(), " else {");
        if self.at(TokenKind::RBrace) {
            diagnostic = diagnostic.edit(self.span().start_point(), "}\n");
        }
        diagnostic.edits.extend(self.diagnostics.take_edits(returned));
        self.report(diagnostic);
        self.decl_errors = true;
        let span = self.since(first);
        assemble::block(stmts, result, span)
    }

    fn wrong_if(&self, start: Span) -> Diagnostic {
        Diagnostic::new(Code::E005, start, "This `if` has no `else`.")
            .because("An `if` is an expression: it has a value in both cases.")
            .spec(Section::S4_8)
    }

    /// An `if` without `else` whose block ends at `then_end`; `unit` when that can have the value `()`.
    pub(super) fn missing_else(&mut self, start: Span, then_end: Span, unit: bool) {
        let diagnostic = self.wrong_if(start);
        let diagnostic = match unit {
            true => diagnostic
                .fix("Write `else { () }` after it when there is nothing to do otherwise.")
                .edit(then_end.end_point(), " else { () }"),
            false => diagnostic.fix("Write `else { ... }` after it, with the value otherwise."),
        };
        self.report(diagnostic);
        self.decl_errors = true;
    }
}
