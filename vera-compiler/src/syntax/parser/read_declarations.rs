//! Declarations of other languages with a clear meaning, read as Vera declarations (see [`super::read_as`]).

use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{Constructor, Forall, Name, TypeExpr, Visibility};
use crate::syntax::token::{Token, TokenKind};

impl<'s> Parser<'s> {
    /// `Fn(A -> B)`: a function type with a capital, as references to its slots have it. It is read as `fn(A -> B)`.
    pub(super) fn capital_fn(&mut self) {
        let span = self.span();
        if !self.at(TokenKind::UpperIdent) || self.kind_at(1) != TokenKind::LParen || self.slice(span) != "Fn" {
            return;
        }
        self.report(
            Diagnostic::new(Code::E005, span, "A function type begins with `fn`.")
                .because("`Fn` is only how a reference names a slot whose type is written out like this: `@Fn.0`.")
                .write(span, "fn")
                .spec(Section::S2_5),
        );
        self.tokens[self.pos].kind = TokenKind::Fn;
    }

    /// `<T>` or `<T: Ord>` behind the name of a function that starts at `keyword`.
    pub(super) fn late_type_params(&mut self, keyword: Span) -> PResult<Forall> {
        let start = self.bump();
        let (mut params, mut constraints) = (Vec::new(), Vec::new());
        loop {
            params.push(self.upper_name("a type variable")?);
            if self.eat(TokenKind::Colon) {
                constraints.extend(self.late_constraints(params.last().map_or("", Name::as_str))?);
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        if !self.eat_close(TokenKind::Gt) {
            return Err(self.unexpected("`,` or `>`"));
        }
        let span = self.since(start);
        let names = params.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        let bounds = if constraints.is_empty() { String::new() } else { format!(" where {}", constraints.join(", ")) };
        let list = format!("forall<{names}{bounds}> ");
        self.report(
            Diagnostic::new(Code::E005, span, "The type variables stand after the function's name.")
                .because("They are declared before `fn`, with what they have to support.")
                .fix(format!("Write `{list}fn`, and the name without them."))
                .edit(keyword.start_point(), list)
                .edit(span, "")
                .spec(Section::S5_9),
        );
        Ok(Forall { params, constraints: Vec::new(), span })
    }

    /// `Ord + Show` behind a type variable.
    fn late_constraints(&mut self, param: &str) -> PResult<Vec<String>> {
        let mut constraints = Vec::new();
        loop {
            let ability = self.upper_name("an ability")?;
            constraints.push(format!("{ability}<{param}>"));
            if !self.eat(TokenKind::Plus) {
                return Ok(constraints);
            }
        }
    }

    /// `pub`, `export`: a visibility under another name.
    pub(super) fn foreign_visibility(&mut self) -> Option<Visibility> {
        let declares = matches!(self.kind_at(1), TokenKind::Fn | TokenKind::Forall | TokenKind::Data);
        if !self.at(TokenKind::LowerIdent) || !declares || !foreign::is_visibility(self.slice(self.span())) {
            return None;
        }
        let span = self.bump();
        let word = self.slice(span);
        self.report(
            Diagnostic::new(Code::E005, span, format!("There is no `{word}`."))
                .because("What other modules may use is `public`, everything else is `private`.")
                .write(span, "public")
                .spec(Section::S5_8),
        );
        Some(Visibility::Public)
    }

    /// A declaration that starts with a word of another language; `visible` when a visibility stands in front of it. Gives
    /// back as which declaration it can be read.
    pub(super) fn foreign_declaration(&mut self, visible: bool) -> Option<TokenKind> {
        let span = self.span();
        let word = foreign::declaration(self.slice(span)).filter(|_| self.at(TokenKind::LowerIdent))?;
        let diagnostic = Diagnostic::new(Code::E005, span, format!("There is no `{}`.", self.slice(span)))
            .because(word.why)
            .fix(word.fix)
            .spec(Section::S10_3_1);
        let read_as = match (self.kind_at(1), self.kind_at(2)) {
            (TokenKind::LowerIdent, TokenKind::LParen | TokenKind::Lt) => Some((TokenKind::Fn, "fn")),
            (TokenKind::UpperIdent, TokenKind::LBrace | TokenKind::Lt) => Some((TokenKind::Data, "data")),
            (TokenKind::UpperIdent, TokenKind::Assign) => Some((TokenKind::Type, "type")),
            _ => None,
        };
        // `const N = 1;` has the form of an alias.
        let is_alias = foreign::is_alias(self.slice(span));
        let read_as = read_as.filter(|(kind, _)| *kind != TokenKind::Type || is_alias);
        let Some((kind, keyword)) = read_as else {
            let diagnostic = match (self.constant(), self.foreign_import()) {
                (Some((name, place, function)), _) => diagnostic
                    .fix(format!("Write a function, and `{name}()` where the value is used:\n{function}"))
                    .edit(place, function),
                (_, Some((place, import))) => diagnostic.write(place, import),
                _ => diagnostic,
            };
            self.report(diagnostic);
            return None;
        };
        let written = match kind {
            TokenKind::Type => keyword.to_owned(),
            _ if visible => keyword.to_owned(),
            _ => format!("private {keyword}"),
        };
        self.report(diagnostic.write(span, written));
        self.tokens[self.pos].kind = kind;
        Some(kind)
    }

    /// `const LIMIT = 10;`: the name, the place and the text of the function that Vera has for it.
    fn constant(&self) -> Option<(String, Span, String)> {
        let start = self.span();
        let mut at = self.pos + 1;
        let name = self.tokens[at];
        at += 1;
        if !matches!(name.kind, TokenKind::UpperIdent | TokenKind::LowerIdent) {
            return None;
        }
        let mut ty = None;
        if self.tokens[at].kind == TokenKind::Colon {
            ty = self.tokens.get(at + 1).map(|token| self.slice(self.span_of(*token)));
            at += 2;
        }
        let is = |at: usize, kind| self.tokens.get(at).is_some_and(|token: &Token| token.kind == kind);
        let literal = |kind| match kind {
            TokenKind::Int => Some("Int"),
            TokenKind::Float => Some("Float64"),
            TokenKind::Str => Some("String"),
            TokenKind::True | TokenKind::False => Some("Bool"),
            _ => None,
        };
        if !is(at, TokenKind::Assign) || !is(at + 2, TokenKind::Semi) {
            return None;
        }
        let (value, end) = (self.tokens[at + 1], self.span_of(self.tokens[at + 2]));
        let guessed = literal(value.kind)?;
        let ty =
            ty.and_then(|ty| foreign::ty(ty).or(ty.starts_with(char::is_uppercase).then_some(ty))).unwrap_or(guessed);
        let name = self.slice(self.span_of(name)).to_ascii_lowercase();
        let value = self.slice(self.span_of(value));
        let function = format!(
            "private fn {name}(-> @{ty})\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  {value}\n}}"
        );
        Some((name, start.to(end), function))
    }

    /// `use a.b;` and `from a import f;`: the place and the text of the import that is meant.
    fn foreign_import(&self) -> Option<(Span, String)> {
        let start = self.span();
        let line = self.text[start.end as usize..].split(['\n', ';']).next().unwrap_or_default();
        let end = start.end + line.len() as u32;
        let has_semi = self.text[end as usize..].starts_with(';');
        let path_of = |text: &str| {
            let path = text.trim().replace("::", ".").replace('/', ".");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
            (!path.is_empty() && path.chars().all(plain)).then_some(path)
        };
        let written = match line.split_once(" import ") {
            Some((path, names)) if self.slice(start) == "from" => {
                path_of(path).map(|path| format!("import {path}({});", names.trim()))
            }
            _ => path_of(line).map(|path| format!("import {path};")),
        };
        let written = written.filter(|_| foreign::is_import(self.slice(start)))?;
        Some((Span { end: end + u32::from(has_semi), ..start }, written))
    }

    /// `= A | B;` where the constructors of a data type are expected, whose declaration begins at `decl`.
    pub(super) fn constructors_with_bars(&mut self, name: &Name, decl: Span) -> PResult<Vec<Constructor>> {
        let head = self.slice(Span { end: self.span().start, ..decl }).trim_end();
        let start = self.bump();
        self.eat(TokenKind::Bar);
        let mut constructors = vec![self.plain_constructor()?];
        while self.eat(TokenKind::Bar) {
            constructors.push(self.plain_constructor()?);
        }
        let end = if self.at(TokenKind::Semi) { self.bump() } else { self.prev };
        let written: Vec<&str> = constructors.iter().map(|constructor| self.slice(constructor.span)).collect();
        let body = format!("{{\n  {}\n}}", written.join(",\n  "));
        self.report(
            Diagnostic::new(Code::E005, start.to(end), format!("The constructors of `{name}` have no braces."))
                .because("They stand in braces, with commas between them, and no `;` follows.")
                .fix(format!("Write:\n{head} {body}"))
                .edit(start.to(end), body)
                .spec(Section::S2_4),
        );
        Ok(constructors)
    }

    /// `| B(Int);` behind what was read as the type of the alias `name`, which starts at `keyword`: a data type in the form
    /// of an alias.
    pub(super) fn data_as_alias(&mut self, keyword: Span, name: &Name, first: Span) -> PResult<Vec<Constructor>> {
        let mut constructors = Vec::new();
        while self.eat(TokenKind::Bar) {
            constructors.push(self.plain_constructor()?);
        }
        let end = if self.at(TokenKind::Semi) { self.bump() } else { self.prev };
        let rest = constructors.iter().map(|constructor| self.slice(constructor.span));
        let written: Vec<&str> = std::iter::once(self.slice(first)).chain(rest).collect();
        let head = self.slice(Span { start: keyword.end, end: name.span.end, ..keyword });
        let data = format!("private data{head} {{\n  {}\n}}", written.join(",\n  "));
        self.report(
            Diagnostic::new(Code::E005, keyword, format!("`{name}` is declared as an alias, and has constructors."))
                .because("`type` gives a type another name; a type with several forms is declared with `data`.")
                .write(keyword.to(end), data)
                .spec(Section::S2_4),
        );
        Ok(constructors)
    }

    /// `{ x: Int }` behind the name of a constructor, or of a data type with one constructor of that name when `whole`.
    pub(super) fn fields_in_braces(&mut self, name: &Name, whole: bool) -> PResult<Vec<TypeExpr>> {
        let open = self.bump();
        let mut fields = Vec::new();
        while !self.at(TokenKind::RBrace) {
            self.name_before_type();
            fields.push(self.type_expr()?);
            if !self.eat(TokenKind::Comma)
                && !self.eat(TokenKind::Semi)
                && !self.at(TokenKind::RBrace)
                && !self.starts_line()
            {
                return Err(self.unexpected_in(open, "`,` or `}`"));
            }
        }
        self.bump();
        let types: Vec<&str> = fields.iter().map(|field| self.slice(field.span)).collect();
        let list = format!("({})", types.join(", "));
        let place = Span { start: name.span.end, end: self.prev.end, ..open };
        let (place, written) = match whole {
            true => (self.since(open), format!("{{\n  {name}{list}\n}}")),
            false => (place, list.clone()),
        };
        self.report(
            Diagnostic::new(Code::E005, self.since(open), format!("The fields of `{name}` stand in braces."))
                .because("Fields have no names: a constructor lists their types in parentheses.")
                .fix(format!("Write `{name}{list}`."))
                .edit(place, written)
                .spec(Section::S2_4),
        );
        Ok(fields)
    }
}
