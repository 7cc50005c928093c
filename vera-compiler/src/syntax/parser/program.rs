//! The top level of a file.

use super::clauses::starts_clause;
use super::{PResult, Parser, Read, Reported, assemble};
use crate::diagnostics::suggest::nearest;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{Decl, ImportDecl, ModuleDecl, ModulePath, Program, Visibility};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// Reads the whole file.
    pub(super) fn program(mut self) -> Read {
        let span = Span::new(self.file, 0, self.text.len() as u32);
        let (mut module, mut imports, mut decls) = (None, Vec::new(), Vec::new());
        while !self.at(TokenKind::Eof) {
            let (start, errors, others) = (self.pos, self.errors, self.other_errors());
            // What is left over on a line with an error is taken for the declaration it was meant to be.
            let remainder = self.on_distrusted_line();
            (self.decl_errors, self.unbalanced) = (false, false);
            if self.at(TokenKind::RBrace)
                && let Some(Decl::Fn(before)) = decls.last_mut()
            {
                // Where it ends, and so what is in its blocks, is not known.
                before.body = assemble::invalid_block(before.body.span);
            }
            self.misspelt_keyword();
            if matches!(self.kind_at(1), TokenKind::Import | TokenKind::Module) {
                self.visible_import();
            }
            let read = match self.kind() {
                TokenKind::Module => {
                    let first = module.is_none() && imports.is_empty() && decls.is_empty();
                    self.module_decl(first).map(|decl| module = module.take().or(Some(decl)))
                }
                TokenKind::Import => {
                    let read = self.import_decl(decls.is_empty()).map(|decl| imports.push(decl));
                    self.lost.imports |= read.is_err();
                    read
                }
                _ => self.decl(remainder).map(|decl| decls.push(decl)),
            };
            if read.is_err() && self.pos == start {
                self.bump();
            }
            self.report_names(self.other_errors() - others);
            // What is left over of a declaration with an error is not a mistake of its own.
            if read.is_err() || self.errors > errors {
                self.skip_to_decl();
                self.lose(start);
            }
        }
        Read {
            program: Program { module, imports, decls, lost: self.lost, comments: self.comments, span },
            diagnostics: self.diagnostics.sorted(),
            names: self.names.into_values().collect(),
            too_deep: self.deep,
        }
    }

    fn skip_to_decl(&mut self) {
        while !self.at(TokenKind::Eof) && !self.at_decl() {
            self.skip_to(|_| false);
            if matches!(self.kind(), TokenKind::StrMid | TokenKind::StrEnd) {
                self.bump();
            }
        }
    }

    /// Reports a visibility in front of `import` or `module`, and reads over it.
    fn visible_import(&mut self) {
        if matches!(self.kind(), TokenKind::Public | TokenKind::Private) {
            let span = self.bump();
            let (word, keyword) = (self.slice(span), self.slice(self.span()));
            self.report(
                Diagnostic::new(Code::E005, span, format!("`{keyword}` takes no visibility."))
                    .because(
                        "What an import brings in is for this file alone; other files import it from its own module.",
                    )
                    .fix(format!("Remove `{word}`."))
                    .edit(Span { end: self.span().start, ..span }, "")
                    .spec(Section::S8_3),
            );
        }
    }

    /// `module a.b;`
    fn module_decl(&mut self, first: bool) -> PResult<ModuleDecl> {
        let docs = self.docs();
        let start = self.bump();
        if !first {
            self.report(
                Diagnostic::new(Code::E005, start, "The module declaration is not the first of its file.")
                    .because("A file is one module; its name comes before imports and declarations.")
                    .fix("Move it to the top of the file; keep one.")
                    .spec(Section::S8_2),
            );
        }
        let path = self.module_path()?;
        self.expect(TokenKind::Semi, "after the module's name")?;
        Ok(ModuleDecl { path, docs, span: self.since(start) })
    }

    /// `import a.b(f, T);`
    fn import_decl(&mut self, in_place: bool) -> PResult<ImportDecl> {
        let start = self.bump();
        if !in_place {
            self.report(
                Diagnostic::new(Code::E005, start, "This import follows a declaration.")
                    .because("Imports come before all declarations.")
                    .fix("Move it to the top of the file, after the module declaration.")
                    .spec(Section::S8_3),
            );
        }
        let path = self.module_path()?;
        let names = match self.kind() {
            TokenKind::LParen => {
                let open = self.bump();
                let item = |p: &mut Self| match p.kind() {
                    kind if kind == TokenKind::UpperIdent || kind.is_lower_name() => Ok(Some(p.bump_name())),
                    _ => Err(p.unexpected("a name to import")),
                };
                let names = self.list(open, TokenKind::RParen, item, |_| None)?;
                self.lost.imports |= names.contains(&None);
                Some(names.into_iter().flatten().collect())
            }
            _ => None,
        };
        if let Some(diagnostic) = self.import_hint(Some(&path)) {
            let reported = self.error(diagnostic);
            self.skip_to(|kind| kind == TokenKind::Semi);
            self.eat(TokenKind::Semi);
            return Err(reported);
        }
        self.end_of_decl("the import")?;
        Ok(ImportDecl { path, names, span: self.since(start) })
    }

    /// `a.b.c`
    fn module_path(&mut self) -> PResult<ModulePath> {
        if let Some(diagnostic) = self.import_hint(None) {
            return Err(self.error(diagnostic));
        }
        let first = self.lower_name("a module name")?;
        let start = first.span;
        let mut parts = vec![first];
        while self.at(TokenKind::Dot) && self.kind_at(1) != TokenKind::Star {
            self.bump();
            parts.push(self.lower_name("a module name")?);
        }
        Ok(ModulePath { parts, span: self.since(start) })
    }

    /// A word in front of a declaration that is nearly the keyword it takes there is read as that.
    fn misspelt_keyword(&mut self) {
        use TokenKind::*;
        let word = self.slice(self.span());
        let known = foreign::declaration(word).is_some() || foreign::is_visibility(word);
        if !matches!(self.kind(), LowerIdent | UpperIdent) || known {
            return;
        }
        let keywords: &[(&str, TokenKind)] = match (self.kind_at(1), self.kind_at(2)) {
            (Fn | Forall | Data, _) => &[("public", Public), ("private", Private)],
            (next, Semi | Dot | LParen) if next.is_lower_name() => {
                &[("import", Import), ("module", Module), ("fn", Fn)]
            }
            (UpperIdent, Lt | LBrace | Assign | Invariant) => {
                &[("type", Type), ("data", Data), ("effect", Effect), ("ability", Ability)]
            }
            _ => return,
        };
        let Some(near) = nearest(word, keywords.iter().map(|(name, _)| *name)) else { return };
        let diagnostic = self
            .expected("a declaration")
            .because("Each declaration starts with a keyword, in lower case.")
            .fix(format!("Did you mean `{near}`?"))
            .edit(self.span(), near)
            .spec(Section::S1_4);
        self.slip(diagnostic);
        if let Some((_, kind)) = keywords.iter().find(|(name, _)| *name == near) {
            self.tokens[self.pos].kind = *kind;
        }
    }

    /// The keyword behind a visibility, when it is nearly the one that is wanted or something is in front of it.
    fn keyword_after_visibility(&mut self) {
        use TokenKind::*;
        const EXPECTED: &str = "`fn`, `forall` or `data` after the visibility";
        let read_as = match (self.kind(), self.kind_at(1), self.kind_at(2)) {
            // The name and `fn` the wrong way round: what follows is the signature of another function.
            (LowerIdent, Fn, LParen) => return,
            (LowerIdent, name, LParen | Lt) if name.is_lower_name() => Fn,
            (LowerIdent | UpperIdent, UpperIdent, LBrace | Lt | Invariant) => Data,
            _ => return self.junk_before(&[Fn, Forall, Data], EXPECTED),
        };
        let written = if read_as == Fn { "fn" } else { "data" };
        let diagnostic = self
            .expected(EXPECTED)
            .because("Each declaration starts with a keyword, in lower case.")
            .fix(format!("Did you mean `{written}`?"))
            .edit(self.span(), written)
            .spec(Section::S5_2);
        self.slip(diagnostic);
        self.tokens[self.pos].kind = read_as;
    }

    /// A declaration; `remainder` when its line starts with something that could not be read.
    fn decl(&mut self, remainder: bool) -> PResult<Decl> {
        let docs = self.docs();
        let start = self.span();
        let mut visibility = match self.kind() {
            TokenKind::Public => Some(Visibility::Public),
            TokenKind::Private => Some(Visibility::Private),
            _ => self.foreign_visibility(),
        };
        if matches!(self.kind(), TokenKind::Public | TokenKind::Private) {
            self.bump();
        }
        if self.at(TokenKind::LowerIdent) {
            match self.foreign_declaration(visibility.is_some()) {
                // What it would be for others is not asked on top of that.
                Some(_) => visibility = visibility.or(Some(Visibility::Private)),
                None if matches!(self.kind_at(1), TokenKind::Fn | TokenKind::Forall | TokenKind::Data)
                    && foreign::declaration(self.slice(self.span())).is_some() =>
                {
                    self.bump();
                    visibility = visibility.or(Some(Visibility::Private));
                }
                None if foreign::declaration(self.slice(self.span())).is_some() => {
                    self.lost.imports |= self.kind_at(1).is_lower_name();
                    self.skip_to(|kind| kind == TokenKind::Semi);
                    self.eat(TokenKind::Semi);
                    return Err(Reported);
                }
                None => {}
            }
        }
        if visibility.is_some() {
            self.keyword_after_visibility();
        } else if remainder {
            visibility = Some(Visibility::Private);
        }
        match self.kind() {
            TokenKind::Fn | TokenKind::Forall => Ok(Decl::Fn(self.fn_decl(docs, visibility, start)?)),
            TokenKind::Data => Ok(Decl::Data(self.data_decl(docs, visibility, start)?)),
            TokenKind::Type | TokenKind::Effect | TokenKind::Ability => {
                if visibility.is_some() {
                    self.needless_visibility(start);
                }
                match self.kind() {
                    TokenKind::Type => self.type_alias_decl(docs, start),
                    TokenKind::Effect => Ok(Decl::Effect(self.effect_decl(docs, start)?)),
                    _ => Ok(Decl::Ability(self.ability_decl(docs, start)?)),
                }
            }
            TokenKind::Semi if visibility.is_none() && self.pos > 0 => {
                let semi = self.bump();
                let diagnostic = Diagnostic::new(Code::E005, semi, "No `;` follows a declaration in braces.")
                    .because("Only imports, aliases and the module declaration end with `;`.")
                    .fix("Remove the `;`.")
                    .edit(semi, "")
                    .spec(Section::S10_3_1);
                self.report(diagnostic);
                Err(Reported)
            }
            TokenKind::RBrace if visibility.is_none() => {
                let diagnostic = Diagnostic::new(Code::E005, self.span(), "This `}` closes nothing.")
                    .because("Every `{` before it is closed already.")
                    .fix("Remove it, or look for a `}` too many above.")
                    .spec(Section::S10_3_1);
                Err(self.error(diagnostic))
            }
            kind if visibility.is_none() && (kind == TokenKind::LBrace || starts_clause(kind)) => {
                let diagnostic = self
                    .expected("a declaration")
                    .because(
                        "This belongs to a function, which starts with its visibility, `fn`, a name and its types.",
                    )
                    .fix("Write the head of the function before it, such as `private fn f(@Int -> @Int)`.")
                    .spec(Section::S5_2);
                self.lost.function = true;
                Err(self.error(diagnostic))
            }
            _ if visibility.is_some() => Err(self.unexpected("`fn`, `forall` or `data` after the visibility")),
            _ => {
                self.lost.function = true;
                if self.malformed_token().is_some() || self.at(TokenKind::Reported) {
                    return Err(self.unexpected("a declaration"));
                }
                let diagnostic = self
                    .expected("a declaration")
                    .because("A file consists of declarations of functions, data types, type aliases, effects and abilities.")
                    .fix("public fn f(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  @Int.0\n}")
                    .spec(Section::S10_3_1);
                Err(self.error(diagnostic))
            }
        }
    }

    /// The `;` of a declaration. Where the next declaration follows, that it is missing is all that is wrong.
    pub(super) fn end_of_decl(&mut self, what: &str) -> PResult<()> {
        if self.eat(TokenKind::Semi) {
            return Ok(());
        }
        if !self.at_end() {
            return self.expect(TokenKind::Semi, &format!("after {what}")).map(drop);
        }
        self.report(
            Diagnostic::new(
                Code::E005,
                self.prev.end_point(),
                format!("Expected `;` after {what}, found {}.", self.found()),
            )
            .because("Statements, imports, aliases and operations end with `;`.")
            .fix("Put a `;` here.")
            .edit(self.prev.end_point(), ";")
            .spec(Section::S10_3),
        );
        Ok(())
    }

    fn needless_visibility(&mut self, span: Span) {
        let what = match self.kind() {
            TokenKind::Type => "A type alias",
            TokenKind::Effect => "An effect",
            _ => "An ability",
        };
        let word = self.slice(span);
        self.report(
            Diagnostic::new(Code::E005, span, format!("{what} has no visibility."))
                .because("`public` and `private` are for functions and data types.")
                .fix(format!("Remove `{word}`."))
                .edit(Span { end: self.span().start, ..span }, "")
                .spec(Section::S8_4),
        );
    }
}
