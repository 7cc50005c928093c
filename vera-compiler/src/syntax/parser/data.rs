//! Declarations of data types, type aliases, effects and abilities.

use super::types::invalid_type;
use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{
    AbilityDecl, Constructor, DataDecl, Decl, EffectDecl, Name, OpDecl, TypeAliasDecl, TypeExpr, Visibility,
};
use crate::syntax::token::TokenKind;

/// Tokens of the first constructor of a data type in the form of an alias that are looked at.
const ALIAS: usize = 64;

impl Parser<'_> {
    /// `data Name<T> invariant(p) { A, B(T) }`
    pub(super) fn data_decl(
        &mut self,
        docs: Option<String>,
        visibility: Option<Visibility>,
        start: Span,
    ) -> PResult<DataDecl> {
        let bare = self.bump();
        let name = self.upper_name("the data type's name")?;
        let type_params = self.type_params()?;
        self.misspelt_clause(super::clauses::INVARIANT);
        let invariant = if self.at(TokenKind::Invariant) { Some(self.invariant()) } else { None };
        let constructors = self.constructors(&name, start)?;
        Ok(DataDecl {
            visibility,
            name,
            type_params,
            invariant,
            constructors,
            docs,
            span: self.since(start),
            bare_span: self.since(bare),
        })
    }

    /// `{ A, B(T) }` of the data type with that name, or what other languages have in its place. Its declaration begins at
    /// `start`.
    fn constructors(&mut self, name: &Name, start: Span) -> PResult<Vec<Constructor>> {
        if self.at(TokenKind::Assign) {
            return self.constructors_with_bars(name, start);
        }
        if self.at(TokenKind::LBrace) && self.kind_at(1).is_lower_name() && self.kind_at(2) == TokenKind::Colon {
            let fields = self.fields_in_braces(name, true)?;
            return Ok(vec![Constructor { name: name.clone(), fields, docs: None, span: name.span }]);
        }
        let open = self.expect(TokenKind::LBrace, "and the constructors")?;
        if self.at(TokenKind::RBrace) {
            let diagnostic = Diagnostic::new(Code::E005, self.span(), format!("`{name}` has no constructor."))
                .because("A data type has at least one constructor.")
                .fix(format!("Declare one, such as `data {name} {{ Make{name}(Int) }}`."))
                .spec(Section::S2_4);
            self.report(diagnostic);
            self.bump();
            return Ok(Vec::new());
        }
        self.bar_before_constructor(true);
        match self.list(open, TokenKind::RBrace, |p| p.constructor().map(Some), |_| None) {
            Ok(constructors) => Ok(constructors.into_iter().flatten().collect()),
            Err(_) => self.close_after_error(),
        }
    }

    /// Reports a `|` before a constructor, the first one of its type or not, and reads it as what Vera has there.
    fn bar_before_constructor(&mut self, first: bool) {
        if !self.at(TokenKind::Bar) {
            return;
        }
        let bar = self.span();
        let diagnostic = Diagnostic::new(Code::E005, bar, "Constructors are separated by commas.")
            .because("The constructors of a data type are a list in braces.")
            .spec(Section::S2_4);
        if first {
            self.bump();
            self.report(diagnostic.fix("Remove the `|`.").edit(Span { end: self.span().start, ..bar }, ""));
        } else {
            let before = Span { start: self.prev.end, end: bar.end, ..bar };
            let line = if self.starts_line() { ",\n " } else { "," };
            self.report(diagnostic.fix("Write `,` in place of `|`.").edit(before, line));
            self.tokens[self.pos].kind = TokenKind::Comma;
        }
    }

    /// Skips the rest of a braced list.
    fn close_after_error<T>(&mut self) -> PResult<Vec<T>> {
        self.skip_to(|kind| kind == TokenKind::RBrace);
        self.eat(TokenKind::RBrace);
        Ok(Vec::new())
    }

    /// `Name` or `Name(A, B)` in a list in braces.
    fn constructor(&mut self) -> PResult<Constructor> {
        let constructor = self.plain_constructor()?;
        self.bar_before_constructor(false);
        Ok(constructor)
    }

    /// `Name` or `Name(A, B)`
    pub(super) fn plain_constructor(&mut self) -> PResult<Constructor> {
        let docs = self.docs();
        let name = self.upper_name("a constructor")?;
        let mut fields = Vec::new();
        if self.at(TokenKind::LParen) {
            let open = self.bump();
            if self.at(TokenKind::RParen) {
                self.report(
                    Diagnostic::new(Code::E005, open, format!("The constructor `{name}` has empty parentheses."))
                        .because("A constructor without fields is written without parentheses.")
                        .fix(format!("Write `{name}`."))
                        .edit(open.to(self.span()), "")
                        .spec(Section::S2_4),
                );
                self.bump();
            } else {
                fields = self.list(open, TokenKind::RParen, Self::field, invalid_type)?;
            }
        }
        if self.at(TokenKind::LBrace) && fields.is_empty() {
            fields = self.fields_in_braces(&name, false)?;
        }
        let span = self.since(name.span);
        Ok(Constructor { name, fields, docs, span })
    }

    fn field(&mut self) -> PResult<TypeExpr> {
        if self.at(TokenKind::LowerIdent) && self.kind_at(1) == TokenKind::Colon {
            let diagnostic = Diagnostic::new(Code::E005, self.span(), "Fields have no names.")
                .because("A constructor's fields are known by their types and order.")
                .fix("Remove the name and the `:`.")
                .edit(
                    Span { end: self.tokens.get(self.pos + 2).map_or(self.span().end, |ty| ty.start), ..self.span() },
                    "",
                )
                .spec(Section::S2_4);
            self.report(diagnostic);
            self.bump();
            self.bump();
        }
        self.type_expr()
    }

    /// `type Name<T> = Type;`
    pub(super) fn type_alias_decl(&mut self, docs: Option<String>, start: Span) -> PResult<Decl> {
        let keyword = self.bump();
        let name = self.upper_name("the alias's name")?;
        let type_params = self.type_params()?;
        self.expect(TokenKind::Assign, "and a type after the alias's name")?;
        let from = self.span();
        if self.is_data_as_alias() {
            self.eat(TokenKind::Bar);
            let first = self.plain_constructor()?;
            let first_span = first.span;
            let mut constructors = vec![first];
            constructors.extend(self.data_as_alias(keyword, &name, first_span)?);
            let (span, bare_span) = (self.since(start), self.since(start));
            let visibility = Some(Visibility::Private);
            let (invariant, docs) = (None, docs);
            return Ok(Decl::Data(DataDecl {
                visibility,
                name,
                type_params,
                invariant,
                constructors,
                docs,
                span,
                bare_span,
            }));
        }
        let ty = self.type_expr().unwrap_or_else(|_| {
            self.skip_to(|kind| matches!(kind, TokenKind::Semi | TokenKind::RBrace));
            invalid_type(self.since(from))
        });
        self.end_of_decl("the type alias")?;
        Ok(Decl::TypeAlias(TypeAliasDecl { name, type_params, ty, docs, span: self.since(start) }))
    }

    /// Whether constructors are listed where the type of an alias is expected: the first one is followed by `|`, perhaps
    /// behind its fields.
    fn is_data_as_alias(&self) -> bool {
        use TokenKind::*;
        if self.at(Bar) {
            return true;
        }
        let behind = match self.kind_at(1) {
            LParen => {
                let mut ahead = 2;
                while matches!(self.kind_at(ahead), UpperIdent | LowerIdent | Comma | Lt | Gt | Colon | At)
                    && ahead < ALIAS
                {
                    ahead += 1;
                }
                if self.kind_at(ahead) != RParen {
                    return false;
                }
                ahead + 1
            }
            _ => 1,
        };
        self.at(UpperIdent) && (self.kind_at(behind) == Bar || behind > 1 && self.kind_at(behind) == Semi)
    }

    /// `effect Name<T> { op f(A -> B); }`
    pub(super) fn effect_decl(&mut self, docs: Option<String>, start: Span) -> PResult<EffectDecl> {
        self.bump();
        let name = self.upper_name("the effect's name")?;
        let type_params = self.type_params()?;
        let ops = self.ops(&name)?;
        Ok(EffectDecl { name, type_params, ops, docs, span: self.since(start) })
    }

    /// `ability Name<T> { op f(T -> B); }`
    pub(super) fn ability_decl(&mut self, docs: Option<String>, start: Span) -> PResult<AbilityDecl> {
        self.bump();
        let name = self.upper_name("the ability's name")?;
        let type_params = self.type_params()?;
        let ops = self.ops(&name)?;
        Ok(AbilityDecl { name, type_params, ops, docs, span: self.since(start) })
    }

    fn ops(&mut self, owner: &Name) -> PResult<Vec<OpDecl>> {
        let open = self.expect(TokenKind::LBrace, "and the operations")?;
        let (mut ops, errors) = (Vec::new(), self.errors);
        loop {
            match self.kind() {
                TokenKind::RBrace => break,
                _ if self.at_end() && !self.at_foreign_op() => {
                    self.missing_brace(open);
                    return Ok(ops);
                }
                _ => match self.op() {
                    Ok(op) => ops.push(op),
                    Err(_) => {
                        self.skip_to(|kind| matches!(kind, TokenKind::Op | TokenKind::Semi | TokenKind::RBrace));
                        self.eat(TokenKind::Semi);
                    }
                },
            }
        }
        // The only mistake is that an effect of the language is declared again.
        let known = crate::effects::lookup(owner.as_str()).is_some();
        if ops.is_empty() && self.errors == errors && !known {
            let diagnostic = Diagnostic::new(Code::E005, self.span(), format!("`{owner}` has no operation."))
                .because("An effect or ability declares at least one operation.")
                .fix("Declare one, such as `op run(Int -> Unit);`.")
                .spec(Section::S7_2);
            self.error(diagnostic);
        }
        self.bump();
        Ok(ops)
    }
}
