//! Slots.

use super::{PResult, Parser, Reported};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{ExprKind, TypeExpr};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// `@Type.index` or `@Type.result`
    pub(super) fn slot(&mut self) -> PResult<ExprKind> {
        let at = self.bump();
        if !self.at(TokenKind::UpperIdent) {
            return Err(self.bad_slot(at, "a type name after `@`"));
        }
        let ty = self.slot_type()?;
        if !self.eat(TokenKind::Dot) {
            return Err(self.bad_slot(at, "`.` and the slot's index"));
        }
        let ty = Box::new(ty);
        match self.kind() {
            TokenKind::Int => {
                let span = self.bump();
                self.count_slot(&ty, span);
                Ok(ExprKind::Slot { ty, index: self.slice(span).parse().unwrap_or(u32::MAX) })
            }
            TokenKind::Result => self.word(ExprKind::Result(ty)),
            _ => Err(self.bad_slot(at, "an index or `result`")),
        }
    }

    fn slot_type(&mut self) -> PResult<TypeExpr> {
        self.enter()?;
        let ty = self.named_type();
        self.leave();
        ty
    }

    fn bad_slot(&mut self, at: Span, expected: &str) -> Reported {
        if matches!(self.kind(), TokenKind::Unknown | TokenKind::Reported) {
            return self.unexpected(expected);
        }
        if self.decl_errors && (self.closes_something() || self.at(TokenKind::Assign)) {
            // A binding, where one is read as a value.
            return Reported;
        }
        let found = self.found();
        let belongs = matches!(
            self.kind(),
            TokenKind::Int | TokenKind::Float | TokenKind::BadNumber | TokenKind::LowerIdent | TokenKind::Minus
        );
        let belongs = belongs && self.prev.end == self.span().start;
        let span = if belongs { at.to(self.span()) } else { self.since(at) };
        let description = format!("This slot reference is malformed: expected {expected}, found {found}.");
        let diagnostic = Diagnostic::new(Code::E003, span, description).spec(Section::S3_1);
        let diagnostic = self.with_slot_advice(diagnostic, at);
        self.error(diagnostic)
    }

    /// Says why the slot reference from `at` up to the next token is none, and what to write.
    fn with_slot_advice(&self, diagnostic: Diagnostic, at: Span) -> Diagnostic {
        const FORM: &str = "A slot reference is `@`, a type, `.` and an index: `@Int.0` is the nearest Int, `@Int.1` the one before it.";
        let place = self.since(at);
        let written = self.slice(place).trim_end_matches('.');
        let next = self.slice(self.span());
        let formed = diagnostic.clone().because(FORM);
        match self.kind() {
            TokenKind::LowerIdent if self.kind_at(1) == TokenKind::PathSep => {
                let ty = self.slice(self.span_of(self.tokens[self.pos + 2]));
                diagnostic
                    .because("Types are imported, and named without their module.")
                    .fix(format!("Write `import {next}({ty});` at the top of the file, and `@{ty}.0`."))
            }
            TokenKind::Fn | TokenKind::LBrace => diagnostic
                .because("The type of a slot reference is a name.")
                .fix("Give the type a name with `type`, and bind the slot with it."),
            TokenKind::Result => {
                let ty = self.result_type.unwrap_or("Int");
                diagnostic
                    .because("The result of a function is called by its type, in an `ensures` clause.")
                    .write(at.to(self.span()), format!("@{ty}.result"))
            }
            TokenKind::Float if written.starts_with("@Tuple") => diagnostic
                .because("A tuple has no numbered parts: it is taken apart, and each part becomes a slot.")
                .fix(format!("Take it apart: `let Tuple<...> = {written}.0;` with the types of its parts.")),
            TokenKind::LowerIdent if written == "@" => match foreign::ty(next) {
                Some(ty) => formed.write(at.to(self.span()), format!("@{ty}")),
                None => formed.fix("Write the type of the slot, and its index."),
            },
            TokenKind::Int if written.len() > 1 => formed
                .fix(format!("Write `{written}.{next}`."))
                .edit(Span { start: self.prev.end, end: self.span().start, ..at }, "."),
            _ if written.len() > 1 => formed.write(place, format!("{written}.0")),
            _ => formed.fix("Write the type of the slot, and its index."),
        }
    }

    pub(super) fn slot_without_at(&mut self) -> ExprKind {
        let name = self.slice(self.span());
        let span = self.span().to(self.span_of(self.tokens[self.pos + 2]));
        let reference = self.slice(span);
        let diagnostic = Diagnostic::new(Code::E003, span, format!("`{reference}` lacks the `@` of a slot reference."))
            .because(format!("`@{name}` refers to bound values; `{name}` alone is a constructor or an effect."))
            .fix(format!("Write `@{reference}`."))
            .edit(span.start_point(), "@")
            .spec(Section::S3_1);
        self.report(diagnostic);
        self.decl_errors = true;
        let index = self.pos + 3;
        while self.pos < index {
            self.bump();
        }
        ExprKind::Invalid
    }
}
