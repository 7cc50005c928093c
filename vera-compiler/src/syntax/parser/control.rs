//! `if` and `match`.

use super::assemble::invalid_expr;
use super::pattern::invalid_pattern;
use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{Block, Expr, ExprKind, MatchArm};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// `if condition then { … } else { … }`
    pub(super) fn if_expr(&mut self) -> PResult<ExprKind> {
        let is_stmt = self.stmt_start == self.pos;
        if self.kind_at(1) == TokenKind::Let {
            return self.if_let();
        }
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
            .fix("Write `then` before the `{`.")
            .edit(self.prev.end_point(), " then")
            .spec(Section::S4_8);
        self.slip(diagnostic);
        self.block()
    }

    /// What is read where an `else` is missing.
    fn no_else(&mut self, start: Span, then_block: &Block, returned: Option<usize>) -> PResult<Box<Block>> {
        let then_end = then_block.span;
        if self.malformed_token().is_some() {
            return Err(self.unexpected("`else` and a block"));
        }
        if self.decl_errors && returned.is_none() {
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
        if self.at(TokenKind::With) {
            self.needless_with(&scrutinee);
        }
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
    pub(super) fn open_cases(&mut self, expected: &str, example: &str) -> PResult<Span> {
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
    pub(super) fn cases<T>(
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
}
