//! Operations of effects and abilities: `op name(A, B -> C);`, and what other languages have in their place.

use super::types::invalid_type;
use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{Name, OpDecl, TypeExpr, TypeKind};
use crate::syntax::token::TokenKind;

/// Tokens of an operation's signature that are looked at.
const SIGNATURE: usize = 64;

impl Parser<'_> {
    /// `op name(A, B -> C);`
    pub(super) fn op(&mut self) -> PResult<OpDecl> {
        let docs = self.docs();
        if self.at_foreign_op() {
            return self.foreign_op(docs);
        }
        let start = self.expect(TokenKind::Op, "and an operation")?;
        let name = self.lower_name("the operation's name")?;
        let open = self.expect(TokenKind::LParen, "after the operation's name")?;
        let params = self.list_before_arrow(open, Self::type_expr, invalid_type)?;
        let result = self.type_expr()?;
        self.expect(TokenKind::RParen, "after the result type")?;
        self.expect(TokenKind::Semi, "after the operation")?;
        Ok(OpDecl { name, params, result, docs, span: self.since(start) })
    }

    /// Whether an operation is declared as a function, or with its result behind the parentheses.
    pub(super) fn at_foreign_op(&self) -> bool {
        let name = match self.kind() {
            TokenKind::Op | TokenKind::Fn => 1,
            kind if kind.is_lower_name() => 0,
            _ => return false,
        };
        if !self.kind_at(name).is_lower_name() || self.kind_at(name + 1) != TokenKind::LParen {
            return false;
        }
        let Some(close) = self.closing_of_signature(name + 1) else { return false };
        let behind = self.kind_at(close + 1);
        let outside = matches!(behind, TokenKind::Arrow | TokenKind::Colon);
        // What goes on with clauses is a function behind an effect that is not closed.
        let ends = matches!(behind, TokenKind::Semi | TokenKind::RBrace | TokenKind::Op | TokenKind::Fn);
        outside || ends && !self.at(TokenKind::Op)
    }

    /// How many tokens ahead the `)` of the `(` is that is `open` tokens ahead. Only types and names may stand in between.
    fn closing_of_signature(&self, open: usize) -> Option<usize> {
        use TokenKind::*;
        let mut depth = 0;
        for ahead in open..open + SIGNATURE {
            match self.kind_at(ahead) {
                LParen => depth += 1,
                RParen if depth == 1 => return Some(ahead),
                RParen => depth -= 1,
                Semi | LBrace | RBrace | Op | Eof => return None,
                _ => {}
            }
        }
        None
    }

    /// `note(String) -> Unit;`, `fn note(@String -> @Unit)`: reported with the form that Vera has, and read as it.
    fn foreign_op(&mut self, docs: Option<String>) -> PResult<OpDecl> {
        let start = self.span();
        if matches!(self.kind(), TokenKind::Op | TokenKind::Fn) {
            self.bump();
        }
        let name = self.bump_name();
        let open = self.bump();
        let (mut params, mut result) = (Vec::new(), None);
        while !self.at(TokenKind::RParen) && result.is_none() {
            if self.eat(TokenKind::Arrow) {
                result = Some(self.type_of_op()?);
                break;
            }
            params.push(self.type_of_op()?);
            if !self.eat(TokenKind::Comma) && !matches!(self.kind(), TokenKind::RParen | TokenKind::Arrow) {
                return Err(self.unexpected_in(open, "`,` or `->`"));
            }
        }
        self.expect(TokenKind::RParen, "after the types of the operation")?;
        if result.is_none() && (self.eat(TokenKind::Arrow) || self.eat(TokenKind::Colon)) {
            result = Some(self.type_of_op()?);
        }
        let result = result.unwrap_or_else(|| self.named_unit(self.prev.end_point()));
        self.eat(TokenKind::Semi);
        let texts: Vec<&str> = params.iter().map(|ty| self.slice(ty.span)).collect();
        let arrow = if texts.is_empty() { "->" } else { " ->" };
        let result_text = if result.span.start == result.span.end { "Unit" } else { self.slice(result.span) };
        let written = format!("op {name}({}{arrow} {result_text});", texts.join(", "));
        let span = self.since(start);
        self.report(
            Diagnostic::new(Code::E005, span, format!("The operation `{name}` is not declared like this."))
                .because(
                    "An operation starts with `op`; its types stand in the parentheses, without `@`, and `;` ends it.",
                )
                .write(span, written)
                .spec(Section::S7_2),
        );
        Ok(OpDecl { name, params, result, docs, span })
    }

    /// A type of an operation, with what other languages write in front of it.
    fn type_of_op(&mut self) -> PResult<TypeExpr> {
        self.name_before_type();
        self.eat(TokenKind::At);
        let ty = self.type_expr()?;
        self.name_after_type();
        Ok(ty)
    }

    /// The type `Unit`, where something else stands for it at `span`.
    pub(super) fn named_unit(&self, span: Span) -> TypeExpr {
        TypeExpr { kind: TypeKind::Named { name: Name { text: "Unit".into(), span }, args: Vec::new() }, span }
    }
}
