//! Type expressions and effect references.

use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{EffectRef, FnType, Name, TypeExpr, TypeKind};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// A type.
    pub(super) fn type_expr(&mut self) -> PResult<TypeExpr> {
        self.enter()?;
        let ty = self.type_inner();
        self.leave();
        match ty {
            Ok(ty) if self.at(TokenKind::Question) => Ok(self.optional_type(ty)),
            ty => ty,
        }
    }

    fn type_inner(&mut self) -> PResult<TypeExpr> {
        if self.at(TokenKind::At) {
            self.needless_at();
            self.bump();
        }
        self.capital_fn();
        match self.kind() {
            TokenKind::UpperIdent => self.named_type(),
            TokenKind::Fn => self.fn_type(),
            TokenKind::LBrace => self.refinement_type(),
            TokenKind::LParen | TokenKind::LBracket => self.type_in_brackets(),
            TokenKind::LowerIdent => match self.foreign_type() {
                Some(ty) => ty,
                None => Err(self.wrong_case("a type", "an upper-case")),
            },
            _ => Err(self.unexpected("a type")),
        }
    }

    fn needless_at(&mut self) {
        self.report(
            Diagnostic::new(Code::E005, self.span(), "A type takes no `@` here.")
                .because("`@` marks a binding or a slot reference; this type binds nothing.")
                .fix("Remove the `@`.")
                .edit(self.span(), "")
                .spec(Section::S3_3),
        );
    }

    /// `Name<A, B>`
    pub(super) fn named_type(&mut self) -> PResult<TypeExpr> {
        let name = self.bump_name();
        let start = name.span;
        if self.at(TokenKind::Lt) && self.kind_at(1) == TokenKind::Gt {
            self.no_type_args(&name);
            return Ok(invalid_type(self.since(start)));
        }
        let args = if self.at_type_args_in_brackets() { self.type_args_in_brackets()? } else { self.type_args()? };
        Ok(TypeExpr { kind: TypeKind::Named { name, args }, span: self.since(start) })
    }

    /// `<A, B>`, or nothing.
    pub(super) fn type_args(&mut self) -> PResult<Vec<TypeExpr>> {
        if !self.at(TokenKind::Lt) {
            return Ok(Vec::new());
        }
        let open = self.bump();
        self.list(open, TokenKind::Gt, Self::type_expr, invalid_type)
    }

    /// Whether `[T]` touches the name of a type.
    fn at_type_args_in_brackets(&self) -> bool {
        self.at(TokenKind::LBracket) && self.prev.end == self.span().start && self.kind_at(1) == TokenKind::UpperIdent
    }

    /// `[A, B]`, the arguments of other languages.
    fn type_args_in_brackets(&mut self) -> PResult<Vec<TypeExpr>> {
        let open = self.bump();
        let args = self.list(open, TokenKind::RBracket, Self::type_expr, invalid_type)?;
        let close = self.prev;
        let description = "The arguments of a type stand between `<` and `>`.";
        self.report(
            Diagnostic::new(Code::E005, open.to(close), description)
                .because("Brackets are for arrays and their elements.")
                .fix("Write `<` and `>` in place of the brackets.")
                .edit(open, "<")
                .edit(close, ">")
                .spec(Section::S2_3),
        );
        Ok(args)
    }

    /// Reports `<>` behind a name, and reads over it.
    fn no_type_args(&mut self, name: &Name) {
        let open = self.bump();
        let close = self.bump();
        let (why, fix) = match name.as_str() {
            "Tuple" => (
                "A tuple has at least one component; the type of no value at all is `Unit`.",
                "Write `Unit`.".to_owned(),
            ),
            _ => (
                "Without type arguments a type is its name alone.",
                format!("Write `{name}`, or its arguments: `{name}<Int>`."),
            ),
        };
        self.report(
            Diagnostic::new(Code::E005, open.to(close), format!("Expected a type between `{name}<` and `>`."))
                .because(why)
                .fix(fix)
                .edit(name.span.to(close), if name.as_str() == "Tuple" { "Unit" } else { name.as_str() })
                .spec(Section::S2_3),
        );
        self.decl_errors = true;
    }

    /// `fn(A, B -> C) effects(row)`
    fn fn_type(&mut self) -> PResult<TypeExpr> {
        let start = self.bump();
        let open = self.expect(TokenKind::LParen, "after `fn` of a function type")?;
        let params = self.list_before_arrow(open, Self::type_expr, invalid_type)?;
        let result = self.type_expr()?;
        self.expect(TokenKind::RParen, "after the result type")?;
        let signature = self.since(start);
        let effects = self.effect_clause(signature)?;
        Ok(TypeExpr { kind: TypeKind::Fn(Box::new(FnType { params, result, effects })), span: self.since(start) })
    }

    /// `{ @Base | predicate }`
    fn refinement_type(&mut self) -> PResult<TypeExpr> {
        let start = self.bump();
        if self.at(TokenKind::UpperIdent) {
            self.missing_at();
        } else {
            self.expect(TokenKind::At, "and the refined type after `{`")?;
        }
        let base = self.type_expr().map(Box::new)?;
        self.expect(TokenKind::Bar, "and a predicate after the refined type")?;
        let bound = self.bound.len();
        self.bind(base.span);
        let predicate = self.expr();
        self.unbind(bound);
        let predicate = predicate?;
        if !self.at(TokenKind::RBrace) {
            return Err(self.unexpected_in(start, "`}` after the predicate"));
        }
        self.bump();
        Ok(TypeExpr { kind: TypeKind::Refinement { base, predicate }, span: self.since(start) })
    }

    fn missing_at(&mut self) {
        let base = self.slice(self.span());
        self.report(
            Diagnostic::new(Code::E005, self.span(), format!("Expected `@` before `{base}`."))
                .because("A refinement type binds its value as a slot for the predicate.")
                .fix(format!("Write `@{base}`."))
                .edit(self.span().start_point(), "@")
                .spec(Section::S2_6),
        );
        self.distrust_line();
    }

    /// Items between commas, then `->`. There may be none. Where there is no arrow the next token is a `)`, and that is
    /// reported.
    pub(super) fn list_before_arrow<T>(
        &mut self,
        open: Span,
        item: impl FnMut(&mut Self) -> PResult<T>,
        invalid: impl Fn(Span) -> T,
    ) -> PResult<Vec<T>> {
        if self.eat(TokenKind::Arrow) {
            return Ok(Vec::new());
        }
        if self.at(TokenKind::RParen) {
            self.missing_result(open);
            return Ok(Vec::new());
        }
        self.list(open, TokenKind::Arrow, item, invalid)
    }

    /// `<A, B>` of a declaration, or nothing.
    pub(super) fn type_params(&mut self) -> PResult<Vec<Name>> {
        if !self.at(TokenKind::Lt) {
            return Ok(Vec::new());
        }
        let open = self.bump();
        let params = self.list(open, TokenKind::Gt, |p| p.upper_name("a type variable").map(Some), |_| None)?;
        Ok(params.into_iter().flatten().collect())
    }

    /// `Name<A>` or `Qualifier.Name<A>` where an effect is named.
    pub(super) fn effect_ref(&mut self) -> PResult<EffectRef> {
        let mut name = self.upper_name("an effect")?;
        let start = name.span;
        let mut qualifier = None;
        if self.eat(TokenKind::Dot) {
            qualifier = Some(name);
            name = self.upper_name("an effect")?;
        }
        let args = self.type_args()?;
        Ok(EffectRef { qualifier, name, args, span: self.since(start) })
    }
}

/// The node for a type that could not be read.
pub(super) fn invalid_type(span: Span) -> TypeExpr {
    TypeExpr { kind: TypeKind::Invalid, span }
}
