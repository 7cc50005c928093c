//! Function declarations: the signature, and how its parts follow one another.

use super::assemble::Signature;
use super::clauses::starts_clause;
use super::errors::reserved_name;
use super::types::invalid_type;
use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{AbilityConstraint, Block, FnDecl, Forall, Name, Param, Visibility};
use crate::syntax::token::TokenKind;

/// The most text that a fix moves.
const MOVED: usize = 10_000;

impl Parser<'_> {
    /// `forall<T> fn name(@A -> @B) contracts effects(row) { body } where { … }`
    pub(super) fn fn_decl(
        &mut self,
        docs: Option<String>,
        visibility: Option<Visibility>,
        start: Span,
    ) -> PResult<FnDecl> {
        let around = self.bound.len();
        let result_type = self.result_type.take();
        let decl = self.fn_decl_inside(docs, visibility, start);
        self.unbind(around);
        self.result_type = result_type;
        decl
    }

    fn fn_decl_inside(
        &mut self,
        docs: Option<String>,
        mut visibility: Option<Visibility>,
        start: Span,
    ) -> PResult<FnDecl> {
        let bare = self.span();
        let mut forall = if self.at(TokenKind::Forall) { self.forall()? } else { None };
        if matches!(self.kind(), TokenKind::Public | TokenKind::Private) {
            visibility = visibility.or(Some(match self.kind() {
                TokenKind::Public => Visibility::Public,
                _ => Visibility::Private,
            }));
            self.late_visibility(bare);
        }
        self.junk_before(&[TokenKind::Fn], "`fn` after `forall<…>`");
        let around = self.bound.len();
        let keyword = self.expect(TokenKind::Fn, "after `forall<…>`")?;
        let name = self.fn_name(&mut visibility, bare)?;
        if self.at(TokenKind::Lt) && forall.is_none() {
            forall = Some(self.late_type_params(keyword)?);
        }
        let open = self.expect(TokenKind::LParen, "after the function's name")?;
        let errors = self.errors;
        let Signature { params, result } = self.signature(open)?;
        self.result_type = Some(self.slice(result.ty.span));
        if self.errors > errors && !starts_clause(self.kind()) {
            self.skip_to(|kind| starts_clause(kind) || matches!(kind, TokenKind::LBrace | TokenKind::RBrace));
        }
        let signature_span = self.since(start);
        let (contracts, effects) = self.contracts_and_effects(signature_span)?;
        if !self.at(TokenKind::LBrace) {
            return Err(self.no_body());
        }
        let mut body = *self.body_of(result.ty.span)?;
        if self.unbalanced {
            // What is in which block is not known.
            body = assemble::invalid_block(body.span);
        }
        self.unbind(around);
        let lost = self.move_where(body.span);
        let start_of_where = self.span();
        let mut where_fns = if self.at(TokenKind::Where) { self.where_block()? } else { Vec::new() };
        where_fns.extend(lost);
        while self.at(TokenKind::Where) {
            self.second_where();
            where_fns.extend(self.where_block()?);
        }
        Ok(FnDecl {
            visibility,
            forall,
            name,
            params,
            result,
            contracts,
            effects,
            body,
            docs,
            where_span: (!where_fns.is_empty()).then(|| self.since(start_of_where)),
            where_fns,
            span: self.since(start),
            bare_span: self.since(bare),
            signature_span,
        })
    }

    fn late_visibility(&mut self, forall: Span) {
        let span = self.bump();
        let word = self.slice(span);
        self.report(
            Diagnostic::new(Code::E005, span, format!("`{word}` stands after `forall`."))
                .because("The visibility comes first.")
                .fix(format!("Write `{word}` before `forall`."))
                .edit(forall.start_point(), format!("{word} "))
                .edit(Span { end: self.span().start, ..span }, "")
                .spec(Section::S10_3_2),
        );
    }

    /// The block of a function with the result type at `ty`.
    pub(super) fn body_of(&mut self, ty: Span) -> PResult<Box<Block>> {
        let around = self.body_type.replace((self.span().start, self.slice(ty)));
        let body = self.block();
        self.body_type = around;
        body
    }

    fn no_body(&mut self) -> Reported {
        if !self.at(TokenKind::Semi) {
            return self.unexpected("`{` and the function's body");
        }
        let diagnostic = self
            .expected("the function's body")
            .because("Every function has a body.")
            .fix("Write the body in braces after the clauses, without `;`.")
            .spec(Section::S5_2);
        self.error(diagnostic)
    }

    /// The function's name. A visibility may stand in front of it by mistake; where the declaration starts without one is
    /// `bare`.
    fn fn_name(&mut self, visibility: &mut Option<Visibility>, bare: Span) -> PResult<Name> {
        if self.at(TokenKind::LParen) && self.decl_errors {
            // The name is what was read over.
            return Err(Reported);
        }
        if self.kind().is_lower_name()
            && self.kind_at(1).is_lower_name()
            && matches!(self.kind_at(2), TokenKind::LParen | TokenKind::Lt)
        {
            let word = match self.kind() {
                TokenKind::Public => Some(Visibility::Public),
                TokenKind::Private => Some(Visibility::Private),
                _ => None,
            };
            // The functions of a `where` block, which is one level deeper, have none.
            let moves = word.is_some() && visibility.is_none() && self.depth == 0;
            *visibility = visibility.take().or(Some(word.unwrap_or(Visibility::Private)));
            self.word_before_name(bare, moves);
        }
        // `handle` is the entry point of HTTP servers, which the host calls.
        if self.kind().is_keyword() && !self.at(TokenKind::Handle) {
            let diagnostic = reserved_name(self.span(), self.slice(self.span()));
            self.report(diagnostic);
        } else if self.at(TokenKind::UpperIdent) && self.kind_at(1) == TokenKind::LParen {
            self.wrong_case("the function's name", "a lower-case");
            let span = self.bump();
            return Ok(Name { text: super::errors::recased(self.slice(span)).into(), span });
        }
        self.lower_name("the function's name")
    }

    /// Reports a word between `fn` and the function's name, and reads over it. Whether it `moves` to where the declaration
    /// starts, `bare`, or is too much.
    fn word_before_name(&mut self, bare: Span, moves: bool) {
        let word = self.slice(self.span());
        let name = self.span_of(self.tokens[self.pos + 1]);
        let keyword = self.slice(bare);
        let diagnostic = self
            .expected("the function's name")
            .because("A function is declared by its visibility, `fn` and its name.")
            .fix(match moves {
                true if keyword == "fn" => format!("Write `{word} fn {}`.", self.slice(name)),
                true => format!("Write `{word}` before `{keyword}`."),
                false => format!("Remove `{word}`."),
            })
            .edit(Span { end: name.start, ..self.span() }, "")
            .spec(Section::S5_2);
        let diagnostic = if moves { diagnostic.edit(bare.start_point(), format!("{word} ")) } else { diagnostic };
        self.slip(diagnostic);
        self.bump();
    }

    /// Reports a token in front of one of `wanted`, and reads over it.
    pub(super) fn junk_before(&mut self, wanted: &[TokenKind], expected: &str) {
        if !wanted.contains(&self.kind()) && wanted.contains(&self.kind_at(1)) {
            let found = self.found();
            let diagnostic = self
                .expected(expected)
                .because("The grammar allows nothing else at this place.")
                .fix(format!("Remove {found}."))
                .edit(Span { end: self.span_of(self.tokens[self.pos + 1]).start, ..self.span() }, "");
            self.slip(diagnostic);
            self.bump();
        }
    }

    /// The `forall` clause; none when it cannot be read and the function follows it all the same.
    fn forall(&mut self) -> PResult<Option<Forall>> {
        let start = self.pos;
        match self.forall_clause() {
            Ok(forall) => Ok(Some(forall)),
            Err(reported) => {
                self.skip_to(|kind| kind == TokenKind::Fn);
                self.lose(start);
                if self.at(TokenKind::Fn) { Ok(None) } else { Err(reported) }
            }
        }
    }

    /// `forall<A, B where Eq<A>, Ord<B>>`
    fn forall_clause(&mut self) -> PResult<Forall> {
        let start = self.bump();
        self.expect(TokenKind::Lt, "after `forall`")?;
        let mut params = vec![self.upper_name("a type variable")?];
        while self.eat(TokenKind::Comma) {
            params.push(self.upper_name("a type variable")?);
        }
        let mut constraints = Vec::new();
        if self.eat(TokenKind::Where) {
            constraints.push(self.ability_constraint()?);
            while self.eat(TokenKind::Comma) {
                constraints.push(self.ability_constraint()?);
            }
        }
        if !self.eat_close(TokenKind::Gt) {
            return Err(self.forall_not_closed(constraints.is_empty()));
        }
        Ok(Forall { params, constraints, span: self.since(start) })
    }

    fn forall_not_closed(&mut self, no_constraints: bool) -> Reported {
        if self.at(TokenKind::Colon) {
            let diagnostic = self
                .expected("`,`, `where` or `>`")
                .because("What a type variable must support is written after `where`.")
                .fix("Write it after all of them: `forall<T where Ord<T>>`.")
                .spec(Section::S2_7_1);
            return self.error(diagnostic);
        }
        self.unexpected(if no_constraints { "`,`, `where` or `>`" } else { "`,` or `>`" })
    }

    /// `Eq<T>`
    fn ability_constraint(&mut self) -> PResult<AbilityConstraint> {
        let ability = self.upper_name("an ability")?;
        self.expect(TokenKind::Lt, "and a type variable after the ability")?;
        let param = self.upper_name("a type variable")?;
        if !self.eat_close(TokenKind::Gt) {
            return Err(self.unexpected("`>` after the type variable"));
        }
        let span = self.since(ability.span);
        Ok(AbilityConstraint { ability, param, span })
    }

    /// What follows the `(` at `open` of a function that binds its parameters, up to and with `)`.
    pub(super) fn signature(&mut self, open: Span) -> PResult<Signature> {
        let mut named = Vec::new();
        let mut position = 0;
        let param = |p: &mut Self| {
            position += 1;
            p.param(&mut |name| named.push((position - 1, name)))
        };
        let params = self.list_before_arrow(open, param, invalid_param)?;
        self.bind_params(&named, &params);
        // Without an arrow; behind one, a result is missing and not reported yet.
        if self.at(TokenKind::RParen) && !self.behind_arrow() {
            return Ok(Signature { params, result: self.result_outside() });
        }
        let start = self.span();
        let result = self.param(&mut |_| {}).unwrap_or_else(|_| {
            self.skip_to(|kind| matches!(kind, TokenKind::RParen | TokenKind::LBrace | TokenKind::RBrace));
            invalid_param(self.since(start))
        });
        if self.at(TokenKind::Arrow) {
            return Err(self.second_arrow(open));
        }
        self.expect(TokenKind::RParen, "after the result type")?;
        Ok(Signature { params, result })
    }

    /// Reports a further `->` in a signature, as functions of functions have it in other languages.
    fn second_arrow(&mut self, open: Span) -> Reported {
        let rest = &self.text[open.start as usize..];
        let line = rest.split('\n').next().unwrap_or(rest);
        let types: Vec<&str> = line.split(')').next().unwrap_or(line).trim_start_matches('(').split("->").collect();
        let (result, params) = types.split_last().expect("splitting gives one part at least");
        let params: Vec<&str> = params.iter().map(|param| param.trim()).collect();
        let written = format!("({} -> {})", params.join(", "), result.trim());
        let diagnostic = self
            .expected("`)` after the result type")
            .because("A function takes all its arguments at once: commas separate its parameters.")
            .fix(format!("Write `{}`.", self.short(written.clone(), "(..., ... -> ...)")))
            .spec(Section::S5_2);
        let whole = line.find(')').map(|length| Span { end: open.start + length as u32 + 1, ..open });
        let edit = whole.filter(|_| written.len() <= line.len());
        self.error(edit.into_iter().fold(diagnostic, |diagnostic, whole| diagnostic.edit(whole, written.as_str())))
    }

    /// Whether the token before is `->`.
    fn behind_arrow(&self) -> bool {
        self.pos.checked_sub(1).is_some_and(|before| self.tokens[before].kind == TokenKind::Arrow)
    }

    /// Reads over `) -> @Type`, the order of other languages. That the arrow is missing is reported already.
    fn result_outside(&mut self) -> Param {
        let close = self.bump();
        if !self.eat(TokenKind::Arrow) {
            return invalid_param(close);
        }
        let start = self.span();
        self.eat(TokenKind::At);
        match self.type_expr() {
            Ok(ty) => Param { ty, span: self.since(start), label: self.label() },
            Err(_) => {
                self.skip_to(|kind| kind == TokenKind::LBrace || starts_clause(kind));
                invalid_param(self.since(start))
            }
        }
    }

    /// `@Type /* label */`. A name, which there should not be, is given to `named`.
    fn param(&mut self, named: &mut dyn FnMut(Span)) -> PResult<Param> {
        let start = self.span();
        let name = self.name_before_type();
        if name.is_none() && !self.eat(TokenKind::At) {
            self.param_without_at()?;
        }
        let ty = self.type_expr()?;
        self.no_index("A parameter or result", ty.span);
        if let Some(name) = name.or_else(|| self.name_after_type()) {
            named(name);
        }
        Ok(Param { ty, span: self.since(start), label: self.label() })
    }

    /// Reads up to a type that is written without `@`.
    fn param_without_at(&mut self) -> PResult<()> {
        let span = self.span();
        if self.at(TokenKind::RParen) && self.behind_arrow() {
            let diagnostic = self
                .expected("the result type")
                .because("Every function has a result; one that only has effects returns `Unit`.")
                .fix("Write `@Unit` for a function that only has effects.")
                .edit(span.start_point(), " @Unit")
                .spec(Section::S5_2);
            return Err(self.error(diagnostic));
        }
        if self.at(TokenKind::RParen) {
            return Err(self.missing_result(span));
        }
        if !self.at(TokenKind::UpperIdent) {
            return Err(self.unexpected("`@` and a type"));
        }
        let name = self.slice(span);
        self.report(
            Diagnostic::new(Code::E005, span, format!("Expected `@` before `{name}`."))
                .because("`@` marks a type that binds a slot: each parameter, and the result.")
                .fix(format!("Write `@{name}`."))
                .edit(span.start_point(), "@")
                .spec(Section::S5_2),
        );
        Ok(())
    }

    /// `where { fn … }`
    fn where_block(&mut self) -> PResult<Vec<FnDecl>> {
        self.bump();
        self.enter()?;
        let open = self.expect(TokenKind::LBrace, "after `where`");
        let fns = open.map(|open| self.where_fns(open));
        self.leave();
        fns
    }

    fn second_where(&mut self) {
        self.report(
            Diagnostic::new(Code::E005, self.span(), "This function has a `where` block already.")
                .because("All helpers of a function are in one block.")
                .fix("Move these functions into the first `where` block.")
                .spec(Section::S5_6_2),
        );
    }

    /// `where { fn … }` within a body; the functions go to the declaration.
    pub(super) fn where_in_body(&mut self) {
        let (start, bound) = (self.span(), std::mem::take(&mut self.bound));
        let fns = self.where_block();
        self.bound = bound;
        if let Ok(fns) = fns {
            self.lost_where = Some((self.since(start), fns));
        }
    }

    /// Reports the `where` block within the body at `body`, and returns its functions.
    fn move_where(&mut self, body: Span) -> Vec<FnDecl> {
        let Some((place, fns)) = self.lost_where.take() else { return Vec::new() };
        let text = self.slice(place);
        let before = self.text[..place.start as usize].trim_end().len() as u32;
        let diagnostic =
            Diagnostic::new(Code::E005, place, "The `where` block stands within the body of its function.")
                .because("The helpers of a function stand after its body.")
                .fix("Move the `where` block after the `}` of the body.")
                .spec(Section::S5_6_2);
        let diagnostic = match text.len() {
            0..=MOVED => {
                diagnostic.edit(Span { start: before, ..place }, "").edit(body.end_point(), format!("\n{text}"))
            }
            _ => diagnostic,
        };
        self.report(diagnostic);
        fns
    }

    fn where_fns(&mut self, open: Span) -> Vec<FnDecl> {
        let mut fns = Vec::new();
        loop {
            match self.kind() {
                TokenKind::RBrace => break,
                TokenKind::Eof => {
                    self.missing_brace(open);
                    return fns;
                }
                TokenKind::Public | TokenKind::Private if !self.at_line_start() => self.visible_helper(),
                TokenKind::Data | TokenKind::Type | TokenKind::Effect if !self.at_line_start() => {
                    self.type_in_where();
                }
                _ if self.at_top_level_decl() => {
                    self.missing_brace(open);
                    return fns;
                }
                _ => self.where_fn(&mut fns),
            }
        }
        if fns.is_empty() {
            self.unexpected("a function in the `where` block");
        }
        self.bump();
        fns
    }

    fn where_fn(&mut self, fns: &mut Vec<FnDecl>) {
        let (pos, docs, start) = (self.pos, self.docs(), self.span());
        let read = match self.kind() {
            TokenKind::Fn | TokenKind::Forall => self.fn_decl(docs, None, start),
            _ => {
                self.lost.function = true;
                Err(self.unexpected("`fn` in the `where` block"))
            }
        };
        match read {
            Ok(decl) => fns.push(decl),
            Err(_) => {
                if self.pos == pos {
                    self.bump();
                }
                self.skip_to(|kind| kind == TokenKind::RBrace);
                self.lose(pos);
            }
        }
    }

    /// Reports a declaration that is no function in a `where` block, and reads over it.
    fn type_in_where(&mut self) {
        let (pos, word) = (self.pos, self.slice(self.span()));
        let name = self.slice(self.span_of(self.tokens[self.pos + 1]));
        let diagnostic = self
            .expected("`fn` in the `where` block")
            .because("A `where` block holds the helper functions of the function above it, and nothing else.")
            .fix(format!("Move `{word} {name}` to the top level of the file."))
            .spec(Section::S5_6_2);
        self.error(diagnostic);
        self.bump();
        self.skip_to(|kind| matches!(kind, TokenKind::RBrace | TokenKind::Semi | TokenKind::Fn | TokenKind::Forall));
        self.eat(TokenKind::Semi);
        self.lose(pos);
    }

    fn visible_helper(&mut self) {
        let word = self.slice(self.span());
        self.report(
            Diagnostic::new(Code::E005, self.span(), "A function of a `where` block has no visibility.")
                .because("It belongs to the function above it and is seen nowhere else.")
                .fix(format!("Remove `{word}`."))
                .edit(Span { end: self.span_of(self.tokens[self.pos + 1]).start, ..self.span() }, "")
                .spec(Section::S5_6_2),
        );
        self.bump();
    }

    /// Whether the next token is the first of its line, without indentation.
    pub(super) fn at_line_start(&self) -> bool {
        let before = &self.text[..self.span().start as usize];
        before.is_empty() || before.ends_with('\n')
    }
}

/// The parameter for one that could not be read.
fn invalid_param(span: Span) -> Param {
    Param { ty: invalid_type(span), label: None, span }
}
