//! Constructs of other languages with a clear meaning: declarations, types, tuples, clauses. They are reported with the
//! Vera form, and read as that form, so that the rest of the program can be checked too.
//!
//! Operators, statements, anonymous functions and methods have separate files; the words are those of [`foreign`].

use std::borrow::Cow;

use super::types::invalid_type;
use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{EffectRowKind, Expr, ExprKind, Name, Param, StmtKind, TypeExpr, TypeKind};
use crate::syntax::token::TokenKind;

impl<'s> Parser<'s> {
    /// `x:` before the type of a parameter.
    pub(super) fn name_before_type(&mut self) -> Option<Span> {
        let named = self.kind().is_lower_name() && self.kind_at(1) == TokenKind::Colon;
        named.then(|| {
            let name = self.bump();
            self.bump();
            self.eat(TokenKind::At);
            name
        })
    }

    /// `x` behind the type of a parameter or a binding.
    pub(super) fn name_after_type(&mut self) -> Option<Span> {
        use TokenKind::{Arrow, Assign, Comma, RParen};
        let named = self.at(TokenKind::LowerIdent) && matches!(self.kind_at(1), Assign | Comma | Arrow | RParen);
        named.then(|| self.bump())
    }

    /// Binds the parameters of a signature, some of which have names: their position, the name, and all that is written of
    /// them.
    pub(super) fn bind_params(&mut self, named: &[(usize, Span)], params: &[Param]) {
        for (position, param) in params.iter().enumerate() {
            match named.iter().find(|(at, _)| *at == position) {
                Some(&(_, name)) => self.bind_named_param(name, param),
                None => self.bind(param.ty.span),
            }
        }
    }

    fn bind_named_param(&mut self, span: Span, param: &Param) {
        let (name, ty) = (self.slice(span), self.slice(param.ty.span));
        let ty = foreign::ty(ty).filter(|_| ty.starts_with(|c: char| c.is_ascii_lowercase())).unwrap_or(ty);
        let place = Span { end: param.ty.span.end.max(span.end), ..param.span };
        let diagnostic = Diagnostic::new(Code::E005, span, format!("The parameter `{name}` has a name."))
            .because("Vera has no variable names: a parameter is `@` and its type, and slot references reach it.")
            .fix(format!("Write `@{ty}` here, and its slot where `{name}` is used."))
            .edit(place, format!("@{ty}"))
            .spec(Section::S3_3);
        let known = param.ty.kind != TypeKind::Invalid;
        self.bind_named(span, known.then_some(Cow::Borrowed(ty)), Some(diagnostic));
    }

    /// A lower-case name where a type is expected, when it is a type of other languages.
    pub(super) fn foreign_type(&mut self) -> Option<PResult<TypeExpr>> {
        let span = self.span();
        let name = self.slice(span);
        let known = foreign::ty(name)?;
        self.report(
            Diagnostic::new(Code::E005, span, format!("There is no type `{name}`."))
                .because(
                    "The names of types start with a capital: Int, Nat, Float64, Bool, Byte, String, Unit, Array<T>.",
                )
                .write(span, known)
                .spec(Section::S2_2),
        );
        self.bump();
        let name = Name { text: known.into(), span };
        let args = match self.type_args() {
            Ok(args) => args,
            Err(reported) => return Some(Err(reported)),
        };
        Some(Ok(TypeExpr { kind: TypeKind::Named { name, args }, span: self.since(span) }))
    }

    /// `?` behind a type.
    pub(super) fn optional_type(&mut self, inner: TypeExpr) -> TypeExpr {
        let start = inner.span;
        let text = self.slice(start);
        self.bump();
        let span = self.since(start);
        self.report(
            Diagnostic::new(Code::E005, span, format!("There is no type `{text}?`."))
                .because("A value that may be missing is an `Option`.")
                .write(span, format!("Option<{text}>"))
                .spec(Section::S2_3_3),
        );
        let name = Name { text: "Option".into(), span };
        TypeExpr { kind: TypeKind::Named { name, args: vec![inner] }, span }
    }

    /// `[T]` or `(A, B)` where a type is expected.
    pub(super) fn type_in_brackets(&mut self) -> PResult<TypeExpr> {
        let (open, close) = match self.kind() {
            TokenKind::LBracket => (self.bump(), TokenKind::RBracket),
            _ => (self.bump(), TokenKind::RParen),
        };
        let items = match self.eat(close) {
            true => Vec::new(),
            false => self.list(open, close, Self::type_expr, invalid_type)?,
        };
        let span = self.since(open);
        let texts: Vec<&str> = items.iter().map(|item| self.slice(item.span)).collect();
        let (known, why, spec) = match close {
            TokenKind::RBracket => ("Array", "Arrays are written by name.", Section::S2_3_2),
            _ if items.is_empty() => ("Unit", "The type of `()` has a name.", Section::S2_2),
            _ => ("Tuple", "Tuples are written by name.", Section::S2_3_1),
        };
        let fix = if items.is_empty() { known.to_owned() } else { format!("{known}<{}>", texts.join(", ")) };
        self.report(
            Diagnostic::new(Code::E005, span, format!("There is no type `{}`.", self.slice(span)))
                .because(why)
                .write(span, fix)
                .spec(spec),
        );
        Ok(TypeExpr { kind: TypeKind::Named { name: Name { text: known.into(), span }, args: items }, span })
    }

    /// `, b)` behind the first component of a tuple in parentheses.
    pub(super) fn tuple_in_parentheses(&mut self, open: Span, first: Expr) -> PResult<Box<Expr>> {
        self.bump();
        let mut items = vec![first];
        items.extend(self.exprs(open, TokenKind::RParen)?);
        let span = self.since(open);
        let texts: Vec<&str> = items.iter().map(|item| self.slice(item.span)).collect();
        self.report(
            Diagnostic::new(Code::E005, span, "Values in parentheses make no tuple.")
                .because("A tuple is built with its constructor.")
                .fix(format!("Write `{}`.", self.short(format!("Tuple({})", texts.join(", ")), "Tuple(...)")))
                .edit(open.start_point(), "Tuple")
                .spec(Section::S2_3_1),
        );
        // A function in front of the parentheses may be missing just as well.
        Ok(Box::new(Expr { kind: ExprKind::Invalid, span }))
    }

    /// `Type.Name` or `Type::Name`: the type before a constructor.
    pub(super) fn type_before_constructor(&mut self) -> PResult<ExprKind> {
        if self.kind_at(1) == TokenKind::Dot
            && self.kind_at(3) == TokenKind::LParen
            && crate::effects::lookup(self.slice(self.span())).is_some()
        {
            let qualifier = self.bump_name();
            self.bump();
            self.wrong_case("an operation", "a lower-case");
            let span = self.bump();
            let name = Name { text: super::errors::recased(self.slice(span)).into(), span };
            return Ok(ExprKind::QualifiedCall { qualifier: Box::new(qualifier), name, args: self.args()? });
        }
        self.type_before_name();
        self.constructor_or_operation()
    }

    /// Reports a type and `.` or `::` in front of a constructor, and reads over them.
    pub(super) fn type_before_name(&mut self) {
        let start = self.bump();
        let separator = self.bump();
        let (ty, separator) = (self.slice(start), self.slice(separator));
        let name = self.slice(self.span());
        self.report(
            Diagnostic::new(Code::E005, self.span().to(start), format!("`{ty}{separator}` stands before `{name}`."))
                .because("A constructor belongs to one type, so it is written without the type's name.")
                .fix(format!("Write `{name}`."))
                .edit(Span { end: self.span().start, ..start }, "")
                .spec(Section::S4_11_1),
        );
    }

    /// `mut` behind `let`.
    pub(super) fn needless_mut(&mut self) {
        let span = self.bump();
        self.report(
            Diagnostic::new(Code::E005, span, "There is no `mut`.")
                .because("A binding never changes: a later `let` of the same type binds another value.")
                .fix("Remove `mut`.")
                .edit(Span { end: self.span().start, ..span }, "")
                .spec(Section::S4_16),
        );
    }

    /// Source text for a fix, or a stand-in when it is long.
    pub(super) fn short(&self, text: String, stand_in: &str) -> String {
        if text.len() > super::hints::QUOTED || text.contains('\n') { stand_in.to_owned() } else { text }
    }

    /// `x: T = e` and `x = e` behind `let`, or behind what stands at `keyword` in its place; an empty place when there is
    /// nothing.
    pub(super) fn let_name(&mut self, keyword: Span) -> PResult<StmtKind> {
        let name = self.bump();
        let ty = match self.eat(TokenKind::Colon) && !self.at(TokenKind::Assign) {
            true => {
                self.eat(TokenKind::At);
                Some(self.type_expr()?)
            }
            false => None,
        };
        let named = self.since(name);
        let value = self.let_value()?;
        let is_let = self.slice(keyword) == "let";
        let place = if is_let { named } else { keyword.to(named) };
        let prefix = if is_let { "" } else { "let " };
        self.named_binding(name, place, prefix, ty.as_ref(), &value);
        match ty {
            Some(ty) => Ok(StmtKind::Let { ty, value: *value }),
            None => Ok(StmtKind::Invalid),
        }
    }

    /// Binds the value of a binding with a name. It is written at `place`, with `prefix` in front of it.
    pub(super) fn named_binding(&mut self, name: Span, place: Span, prefix: &str, ty: Option<&TypeExpr>, value: &Expr) {
        let ty: Option<Cow<'s, str>> = match ty {
            Some(ty) => Some(Cow::Borrowed(self.slice(ty.span))),
            None => self.guess(value).map(Cow::Owned),
        };
        let (name_text, value) = (self.slice(name), self.slice(value.span));
        let text = ty.as_deref().unwrap_or("Type");
        let binding = self.short(format!("let @{text} = {value};"), &format!("let @{text} = ...;"));
        let note = if ty.is_none() { " with the type of the value" } else { "" };
        let diagnostic =
            Diagnostic::new(Code::E005, name, format!("Expected `@` and a type after `let`, found `{name_text}`."))
                .because("Vera has no variable names: a binding is known by its type, and `@Int.0` is the nearest Int.")
                .fix(format!("Write `{binding}`{note}, and its slot where `{name_text}` is used."))
                .edit(place, format!("{prefix}@{text}"))
                .spec(Section::S4_7);
        self.bind_named(name, ty, Some(diagnostic));
    }

    /// `requires condition`
    pub(super) fn condition_without_parentheses(&mut self, word: Span) -> PResult<Expr> {
        let colon = self.eat(TokenKind::Colon).then_some(self.prev);
        let condition = self.expr()?;
        let fix = format!("{}({})", self.slice(word), self.slice(condition.span));
        let place = colon.map_or(condition.span.start_point(), |colon| Span { end: condition.span.start, ..colon });
        let place = Span { start: word.end, ..place };
        self.report(
            Diagnostic::new(Code::E005, condition.span, "The condition has no parentheses.")
                .because("What a clause states stands in parentheses.")
                .fix(format!("Write `{}`.", self.short(fix, "requires(...)")))
                .edit(place, "(")
                .edit(condition.span.end_point(), ")")
                .spec(Section::S5_4),
        );
        self.eat(TokenKind::RParen);
        Ok(*condition)
    }

    /// A row that says in other words that there is no effect.
    pub(super) fn foreign_pure(&mut self, span: Span) -> EffectRowKind {
        let description = format!("The row without effects is not written `{}`.", self.slice(span));
        self.report(
            Diagnostic::new(Code::E005, span, description)
                .because("A function without effects says so with a word of its own.")
                .fix("Write `effects(pure)`.")
                .edit(span, "pure")
                .spec(Section::S7_3_1),
        );
        EffectRowKind::Pure
    }
}
