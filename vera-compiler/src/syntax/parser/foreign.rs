//! Reading over constructs of other languages whose meaning is plain: they are reported, with what Vera has instead, and
//! read as that, so that the rest of the program can be looked at too.

use super::types::invalid_type;
use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, foreign};
use crate::source::Span;
use crate::syntax::ast::{
    Constructor, EffectRowKind, Expr, ExprKind, Forall, Name, Param, StmtKind, TypeExpr, TypeKind, Visibility,
};
use crate::syntax::token::TokenKind;

/// A parameter that was written with a name: the name, and the slot it is.
pub(super) struct NamedParam<'s> {
    pub(super) name: &'s str,
    pub(super) slot: String,
}

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

    /// Reports the parameters of a signature that have names, and keeps these for the body.
    pub(super) fn named_params(&mut self, named: &[(usize, Span)], params: &[Param]) {
        for &(position, span) in named {
            let Some(param) = params.get(position) else { continue };
            let ty = self.slice(param.ty.span);
            let later = params[position + 1..].iter().filter(|other| self.slice(other.ty.span) == ty).count();
            let (name, slot) = (self.slice(span), format!("@{ty}.{later}"));
            self.report(
                Diagnostic::new(Code::E005, span, format!("The parameter `{name}` has a name."))
                    .because(
                        "Vera has no variable names: a parameter is `@` and its type, and slot references reach it.",
                    )
                    .fix(format!("Write `@{ty}` here, and `{slot}` where `{name}` is used."))
                    .spec("Chapter 3, Section 3.3"),
            );
            self.named.push(NamedParam { name, slot });
        }
    }

    /// `Fn(A -> B)`: a function type with a capital, as references to its slots have it. It is read as `fn(A -> B)`.
    pub(super) fn capital_fn(&mut self) {
        let span = self.span();
        if !self.at(TokenKind::UpperIdent) || self.kind_at(1) != TokenKind::LParen || self.slice(span) != "Fn" {
            return;
        }
        self.report(
            Diagnostic::new(Code::E005, span, "A function type begins with `fn`.")
                .because("`Fn` is only how a reference names a slot whose type is written out like this: `@Fn.0`.")
                .fix("fn")
                .spec("Chapter 2, Section 2.5"),
        );
        self.tokens[self.pos].kind = TokenKind::Fn;
    }

    /// `<T>` behind the name of a function.
    pub(super) fn late_type_params(&mut self, name: &Name) -> PResult<Forall> {
        let start = self.span();
        let params = self.type_params()?;
        let span = self.since(start);
        let list = self.slice(span);
        self.report(
            Diagnostic::new(Code::E005, span, "The type variables stand behind the function's name.")
                .because("They are declared before `fn`, with what they have to support.")
                .fix(format!("forall{list} fn {name}(...)"))
                .spec("Chapter 5, Section 5.9"),
        );
        Ok(Forall { params, constraints: Vec::new(), span })
    }

    /// `pub`, `export`: a visibility under another name.
    pub(super) fn foreign_visibility(&mut self) -> Option<Visibility> {
        let declares = matches!(self.kind_at(1), TokenKind::Fn | TokenKind::Forall | TokenKind::Data);
        if !self.at(TokenKind::LowerIdent) || !declares || !matches!(self.slice(self.span()), "pub" | "export") {
            return None;
        }
        let span = self.bump();
        let word = self.slice(span);
        self.report(
            Diagnostic::new(Code::E005, span, format!("There is no `{word}`."))
                .because("What other modules may use is `public`, everything else is `private`.")
                .fix("public")
                .spec("Chapter 5, Section 5.8"),
        );
        Some(Visibility::Public)
    }

    /// A declaration that starts with a word of another language. Gives back as which declaration it can be read.
    pub(super) fn foreign_declaration(&mut self) -> Option<TokenKind> {
        let span = self.span();
        let word = foreign::declaration(self.slice(span)).filter(|_| self.at(TokenKind::LowerIdent))?;
        self.report(
            Diagnostic::new(Code::E005, span, format!("There is no `{}`.", self.slice(span)))
                .because(word.why)
                .fix(word.fix)
                .spec("Chapter 10, Section 10.3.1"),
        );
        let read_as = match (self.kind_at(1), self.kind_at(2)) {
            (TokenKind::LowerIdent, TokenKind::LParen) => TokenKind::Fn,
            (TokenKind::UpperIdent, TokenKind::LBrace | TokenKind::Lt) => TokenKind::Data,
            _ => return None,
        };
        self.tokens[self.pos].kind = read_as;
        Some(read_as)
    }

    /// `= A | B;` where the constructors of a data type are expected.
    pub(super) fn constructors_with_bars(&mut self, name: &Name) -> PResult<Vec<Constructor>> {
        let start = self.bump();
        self.eat(TokenKind::Bar);
        let mut constructors = vec![self.constructor()?];
        while self.eat(TokenKind::Bar) {
            constructors.push(self.constructor()?);
        }
        let written: Vec<&str> = constructors.iter().map(|constructor| self.slice(constructor.span)).collect();
        self.report(
            Diagnostic::new(Code::E005, self.since(start), format!("The constructors of `{name}` have no braces."))
                .because("They stand in braces, with commas between them, and no `;` follows.")
                .fix(format!("data {name} {{\n  {}\n}}", written.join(",\n  ")))
                .spec("Chapter 2, Section 2.4"),
        );
        self.eat(TokenKind::Semi);
        Ok(constructors)
    }

    /// `{ x: Int }` behind the name of a constructor.
    pub(super) fn fields_in_braces(&mut self, name: &Name) -> PResult<Vec<TypeExpr>> {
        let open = self.bump();
        let field = |p: &mut Self| {
            p.name_before_type();
            p.type_expr()
        };
        let fields = self.list(open, TokenKind::RBrace, field, invalid_type)?;
        let types: Vec<&str> = fields.iter().map(|field| self.slice(field.span)).collect();
        self.report(
            Diagnostic::new(Code::E005, self.since(open), format!("The fields of `{name}` stand in braces."))
                .because("Fields have no names: a constructor lists their types in parentheses.")
                .fix(format!("{name}({})", types.join(", ")))
                .spec("Chapter 2, Section 2.4"),
        );
        Ok(fields)
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
                .fix(known)
                .spec("Chapter 2, Section 2.2"),
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
                .fix(format!("Option<{text}>"))
                .spec("Chapter 2, Section 2.3.3"),
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
            TokenKind::RBracket => ("Array", "Arrays are written by name.", "Chapter 2, Section 2.3.2"),
            _ if items.is_empty() => ("Unit", "The type of `()` has a name.", "Chapter 2, Section 2.2"),
            _ => ("Tuple", "Tuples are written by name.", "Chapter 2, Section 2.3.1"),
        };
        let fix = if items.is_empty() { known.to_owned() } else { format!("{known}<{}>", texts.join(", ")) };
        self.report(
            Diagnostic::new(Code::E005, span, format!("There is no type `{}`.", self.slice(span)))
                .because(why)
                .fix(fix)
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
                .fix(self.short(format!("Tuple({})", texts.join(", ")), "Tuple(1, \"a\")"))
                .spec("Chapter 2, Section 2.3.1"),
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
        let start = self.bump();
        let separator = self.bump();
        let (ty, separator) = (self.slice(start), self.slice(separator));
        let name = self.slice(self.span());
        self.report(
            Diagnostic::new(Code::E005, self.span().to(start), format!("`{ty}{separator}` stands before `{name}`."))
                .because("A constructor belongs to one type, so it is written without the type's name.")
                .fix(name)
                .spec("Chapter 4, Section 4.11.1"),
        );
        self.constructor_or_operation()
    }

    /// `mut` behind `let`.
    pub(super) fn needless_mut(&mut self) {
        let span = self.bump();
        self.report(
            Diagnostic::new(Code::E005, span, "There is no `mut`.")
                .because("A binding never changes: a later `let` of the same type binds another value.")
                .fix("let @Int = 0;\nlet @Int = @Int.0 + 1;")
                .spec("Chapter 4, Section 4.16"),
        );
    }

    /// Source text for a fix, or a stand-in when it is long.
    pub(super) fn short(&self, text: String, stand_in: &str) -> String {
        if text.len() > super::hints::QUOTED || text.contains('\n') { stand_in.to_owned() } else { text }
    }

    /// `x: T = e` and `x = e` behind `let`.
    pub(super) fn let_name(&mut self) -> PResult<StmtKind> {
        let name = self.bump();
        let ty = match self.eat(TokenKind::Colon) {
            true => {
                self.eat(TokenKind::At);
                Some(self.type_expr()?)
            }
            false => None,
        };
        let value = self.let_value()?;
        self.named_binding(name, ty.as_ref(), &value);
        match ty {
            Some(ty) => Ok(StmtKind::Let { ty, value: *value }),
            None => Ok(StmtKind::Invalid),
        }
    }

    /// Reports the name of a binding.
    pub(super) fn named_binding(&mut self, name: Span, ty: Option<&TypeExpr>, value: &Expr) {
        let (name_text, value) = (self.slice(name), self.slice(value.span));
        let text = ty.map_or("Int", |ty| self.slice(ty.span));
        let binding = self.short(format!("let @{text} = {value};"), &format!("let @{text} = ...;"));
        let note = if ty.is_none() { ", with the type of the value for `Int`," } else { "" };
        self.report(
            Diagnostic::new(Code::E005, name, format!("Expected `@` and a type after `let`, found `{name_text}`."))
                .because("Vera has no variable names: a binding is known by its type, and `@Int.0` is the nearest Int.")
                .fix(format!("{binding}\nand{note} `@{text}.0` where `{name_text}` is used"))
                .spec("Chapter 4, Section 4.7"),
        );
    }

    /// `requires condition`
    pub(super) fn condition_without_parentheses(&mut self, word: Span) -> PResult<Expr> {
        let condition = self.expr()?;
        let fix = format!("{}({})", self.slice(word), self.slice(condition.span));
        self.report(
            Diagnostic::new(Code::E005, condition.span, "The condition has no parentheses.")
                .because("What a clause states stands in parentheses.")
                .fix(self.short(fix, "requires(@Int.0 > 0)"))
                .spec("Chapter 5, Section 5.4"),
        );
        self.eat(TokenKind::RParen);
        Ok(*condition)
    }

    /// A row that says in other words that there is no effect.
    pub(super) fn foreign_pure(&mut self, span: Span) -> EffectRowKind {
        self.report(
            Diagnostic::new(
                Code::E005,
                span,
                format!("The row without effects is not written `{}`.", self.slice(span)),
            )
            .because("A function without effects says so with a word of its own.")
            .fix("effects(pure)")
            .spec("Chapter 7, Section 7.3.1"),
        );
        EffectRowKind::Pure
    }
}
