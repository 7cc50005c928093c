//! Expressions without operators: slots, calls, constructors, literals with brackets, functions.

use super::clauses::invalid_expr;
use super::function::Signature;
use super::{PResult, Parser, Reported, assemble};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign;
use crate::source::Span;
use crate::syntax::ast::{EffectRow, Expr, ExprKind, ModulePath, Name, QuantifierKind, TypeExpr};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// An expression without operators.
    pub(super) fn primary(&mut self) -> PResult<Box<Expr>> {
        let start = self.span();
        // Each arm is one call: what it needs of the stack is in the called function, not here for all.
        let kind = match self.kind() {
            TokenKind::At => self.slot(),
            TokenKind::LowerIdent | TokenKind::LParen | TokenKind::Fn if self.at_lambda() => self.lambda(),
            TokenKind::LParen => return self.parenthesized(start),
            TokenKind::LowerIdent => self.named(),
            TokenKind::UpperIdent => self.constructor_or_operation(),
            TokenKind::Int => self.int(),
            TokenKind::Float => self.float(),
            TokenKind::Str => self.string(),
            TokenKind::StrStart => self.interpolated(),
            TokenKind::True => self.word(ExprKind::Bool(true)),
            TokenKind::False => self.word(ExprKind::Bool(false)),
            TokenKind::Question => self.word(ExprKind::Hole),
            TokenKind::LBracket => self.array(),
            TokenKind::LBrace => self.block_expr(),
            TokenKind::If => self.if_expr(),
            TokenKind::Match => self.match_expr(),
            TokenKind::Handle => self.handle_expr(),
            TokenKind::Fn => self.anonymous_fn(),
            TokenKind::Forall => self.quantifier(QuantifierKind::Forall),
            TokenKind::Exists if self.kind_at(1) == TokenKind::LParen => self.quantifier(QuantifierKind::Exists),
            TokenKind::Old | TokenKind::New if self.kind_at(1) == TokenKind::LParen => self.old_or_new(),
            TokenKind::Assert | TokenKind::Assume => self.assertion(),
            TokenKind::Bar | TokenKind::OrOr | TokenKind::Unknown if self.at_lambda() => self.lambda(),
            kind if kind.is_keyword() && self.is_name_use() => self.named(),
            TokenKind::Result => self.bare_name(),
            _ => self.no_expr(start),
        };
        let span = self.since(start);
        kind.map(|kind| Box::new(Expr { kind, span }))
    }

    fn word(&mut self, kind: ExprKind) -> PResult<ExprKind> {
        self.bump();
        Ok(kind)
    }

    fn block_expr(&mut self) -> PResult<ExprKind> {
        self.block().map(ExprKind::Block)
    }

    /// Whether a keyword that starts no expression is used as a name.
    fn is_name_use(&self) -> bool {
        match self.kind_at(1) {
            TokenKind::LParen | TokenKind::PathSep => true,
            TokenKind::Dot => self.kind_at(2).is_lower_name(),
            _ => false,
        }
    }

    fn no_expr(&mut self, start: Span) -> PResult<ExprKind> {
        let malformed = self.malformed_token();
        let quoted = self.slice(start).len() > 1 && self.slice(start).starts_with('\'');
        let is_value = quoted || !matches!(self.kind(), TokenKind::Unknown | TokenKind::StrUnclosed);
        match malformed {
            // Something that was meant as a value: what follows can be read.
            Some(diagnostic) if is_value => {
                self.slip(diagnostic);
                self.bump();
                Ok(ExprKind::Invalid)
            }
            _ => Err(self.no_expression()),
        }
    }

    /// `@Type.index` or `@Type.result`
    fn slot(&mut self) -> PResult<ExprKind> {
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
            _ if written.len() > 1 => formed.write(place, format!("{written}.0")),
            _ => formed.fix("Write the type of the slot, and its index."),
        }
    }

    /// `()` or `(expr)`
    fn parenthesized(&mut self, open: Span) -> PResult<Box<Expr>> {
        self.bump();
        if self.eat(TokenKind::RParen) {
            return Ok(Box::new(Expr { kind: ExprKind::Unit, span: self.since(open) }));
        }
        let Ok(mut expr) = self.expr() else { return self.close_parentheses(open) };
        if self.at(TokenKind::Comma) {
            return self.tuple_in_parentheses(open, *expr);
        }
        if !self.at(TokenKind::RParen) {
            return Err(self.unexpected_in(open, "an operator or `)`"));
        }
        self.bump();
        expr.span = self.since(open);
        Ok(expr)
    }

    /// Skips the rest of what is in the parentheses at `open`, in which an error was reported.
    fn close_parentheses(&mut self, open: Span) -> PResult<Box<Expr>> {
        self.skip_to(|kind| matches!(kind, TokenKind::RParen | TokenKind::Semi | TokenKind::RBrace));
        if !self.eat(TokenKind::RParen) {
            return Err(Reported);
        }
        Ok(Box::new(invalid_expr(self.since(open))))
    }

    /// The arguments of a call of the function at `name`, from `(` to `)`.
    pub(super) fn call_args(&mut self, name: Span) -> PResult<Vec<Expr>> {
        let open = self.bump();
        if self.eat(TokenKind::RParen) {
            return Ok(Vec::new());
        }
        let calls = self.enter_call(name);
        let args = self.list(open, TokenKind::RParen, Self::call_arg, invalid_expr);
        self.leave_call(calls);
        args
    }

    fn call_arg(&mut self) -> PResult<Expr> {
        self.argument_name();
        let arg = self.expr()?;
        self.passed(&arg);
        Ok(*arg)
    }

    /// The arguments of anything but a function, from `(` to `)`.
    pub(super) fn args(&mut self) -> PResult<Vec<Expr>> {
        let open = self.bump();
        if self.eat(TokenKind::RParen) {
            return Ok(Vec::new());
        }
        self.exprs(open, TokenKind::RParen)
    }

    /// Expressions between commas, up to and with `close`.
    pub(super) fn exprs(&mut self, open: Span, close: TokenKind) -> PResult<Vec<Expr>> {
        self.list(open, close, |p| p.expr().map(|expr| *expr), invalid_expr)
    }

    /// `[a, b]`
    fn array(&mut self) -> PResult<ExprKind> {
        let open = self.bump();
        if self.eat(TokenKind::RBracket) {
            return Ok(ExprKind::Array(Vec::new()));
        }
        Ok(ExprKind::Array(self.exprs(open, TokenKind::RBracket)?))
    }

    /// What starts with a lower-case name: a call, or the path of a module call.
    fn named(&mut self) -> PResult<ExprKind> {
        match self.kind_at(1) {
            TokenKind::LParen if self.at(TokenKind::Resume) => {
                self.bump();
                Ok(ExprKind::Resume(self.args()?))
            }
            TokenKind::LParen => {
                let name = self.bump_name();
                let args = self.call_args(name.span)?;
                Ok(ExprKind::Call { name, args })
            }
            TokenKind::PathSep => {
                let name = self.bump_name();
                let span = name.span;
                self.module_call(Box::new(ModulePath { parts: vec![name], span }))
            }
            TokenKind::Dot if self.kind_at(2).is_lower_name() => self.dotted(),
            _ => self.bare_name(),
        }
    }

    /// `a.b::f(x)`, or the mistake `a.f(x)`.
    fn dotted(&mut self) -> PResult<ExprKind> {
        let start = self.span();
        let mut parts = vec![self.bump_name()];
        while self.at(TokenKind::Dot) && self.kind_at(1).is_lower_name() {
            self.bump();
            parts.push(self.bump_name());
        }
        let path = Box::new(ModulePath { parts, span: self.since(start) });
        match self.kind() {
            TokenKind::PathSep => self.module_call(path),
            TokenKind::LParen => {
                self.dot_before_function(&path);
                self.args()?;
                Ok(ExprKind::Invalid)
            }
            _ => Err(self.no_module_call(&path)),
        }
    }

    fn dot_before_function(&mut self, path: &ModulePath) {
        let (function, module) = path.parts.split_last().expect("a path has at least one part");
        let module = module.iter().map(Name::as_str).collect::<Vec<_>>().join(".");
        self.report(
            Diagnostic::new(Code::E008, path.span, format!("`{path}` names a function of a module with `.`."))
                .because("`.` separates the parts of a module's path; `::` stands before the function.")
                .fix(format!("Write `{module}::{function}(...)`."))
                .edit(path.span, format!("{module}::{function}"))
                .spec(Section::S8_5_3),
        );
    }

    fn no_module_call(&mut self, path: &ModulePath) -> Reported {
        let diagnostic = self
            .expected(&format!("`::` and a function after the module path `{path}`"))
            .because("Values have no names, fields or methods in Vera; a dotted path names a module.")
            .fix("Write `::` and a function of the module behind the path.")
            .spec(Section::S8_5_3);
        self.error(diagnostic)
    }

    /// `::f(args)` behind a module path.
    fn module_call(&mut self, module: Box<ModulePath>) -> PResult<ExprKind> {
        self.bump();
        if self.at(TokenKind::UpperIdent) {
            return self.qualified_constructor(&module);
        }
        let name = self.lower_name("a function of the module")?;
        if !self.at(TokenKind::LParen) {
            let diagnostic = self
                .expected("`(` after the function")
                .because("A module has functions and no values; a call has parentheses.")
                .fix(format!("Write `{module}::{name}()`."))
                .edit(self.prev.end_point(), "()")
                .spec(Section::S8_5_3);
            return Err(self.error(diagnostic));
        }
        Ok(ExprKind::ModuleCall { module, name, args: self.args()? })
    }

    /// Reports a constructor behind a module path, and reads it as what it is.
    fn qualified_constructor(&mut self, module: &ModulePath) -> PResult<ExprKind> {
        let name = self.slice(self.span());
        self.report(
            Diagnostic::new(Code::E005, module.span.to(self.span()), format!("`{module}::{name}` is no function."))
                .because("Only functions are called by the path of their module; a constructor comes with its imported type.")
                .fix(format!("Import its type from `{module}`, and write `{name}`."))
                .spec(Section::S8_5_4),
        );
        self.constructor_or_operation()
    }

    /// What starts with an upper-case name: a constructor, or an operation of an effect.
    pub(super) fn constructor_or_operation(&mut self) -> PResult<ExprKind> {
        match self.kind_at(1) {
            TokenKind::Dot | TokenKind::PathSep if self.kind_at(2) == TokenKind::UpperIdent => {
                self.type_before_constructor()
            }
            TokenKind::LParen => {
                let name = self.bump_name();
                Ok(ExprKind::Constructor { name, args: self.args()? })
            }
            TokenKind::Dot
                if matches!(self.kind_at(2), TokenKind::Int | TokenKind::Result)
                    && self.kind_at(3) != TokenKind::LParen =>
            {
                Ok(self.slot_without_at())
            }
            TokenKind::Dot => {
                let qualifier = Box::new(self.bump_name());
                self.bump();
                let name = self.lower_name("an operation")?;
                if !self.at(TokenKind::LParen) {
                    let diagnostic = self
                        .expected("`(` after the operation")
                        .because("An operation is no value; a function that calls it is one.")
                        .fix(format!(
                            "fn(@String -> @Unit) effects(<{qualifier}>) {{ {qualifier}.{name}(@String.0) }}, with the \
                             types of `{name}`"
                        ))
                        .spec(Section::S7_4);
                    return Err(self.error(diagnostic));
                }
                Ok(ExprKind::QualifiedCall { qualifier, name, args: self.args()? })
            }
            TokenKind::PathSep => Err(self.colons_after_effect()),
            _ => Ok(ExprKind::NullaryConstructor(self.bump_name())),
        }
    }

    fn colons_after_effect(&mut self) -> Reported {
        let name = self.slice(self.span());
        let diagnostic = Diagnostic::new(Code::E005, self.span(), format!("`::` follows `{name}`."))
            .because("`::` stands between a module and its function; an operation follows its effect with `.`.")
            .fix("Write `.` in place of `::`.")
            .edit(self.span_of(self.tokens[self.pos + 1]), ".")
            .spec(Section::S7_4);
        self.error(diagnostic)
    }

    fn slot_without_at(&mut self) -> ExprKind {
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

    /// `fn(@A -> @B) effects(row) { … }`
    fn anonymous_fn(&mut self) -> PResult<ExprKind> {
        let around = self.bound.len();
        if self.kind_at(1).is_lower_name() && self.kind_at(2) == TokenKind::LParen {
            self.name_of_anonymous();
        }
        if self.kind_at(1) != TokenKind::LParen {
            self.bump();
            return Err(self.unexpected("`(` after `fn`"));
        }
        let Ok(head) = self.anonymous_head() else { return self.headless_fn() };
        if !self.at(TokenKind::LBrace) && (self.is_fat_arrow(0) || self.kind().starts_expr()) {
            let value = self.body_without_braces();
            self.unbind(around);
            return value;
        }
        if !self.at(TokenKind::LBrace) {
            return Err(self.unexpected("`{` and the function's body"));
        }
        let body = self.block();
        self.unbind(around);
        Ok(assemble::anonymous_fn(head, body?))
    }

    /// The body of an anonymous function that is an expression without braces.
    fn body_without_braces(&mut self) -> PResult<ExprKind> {
        let start = self.span();
        if self.is_fat_arrow(0) {
            self.bump();
            self.bump();
        }
        let body = self.expr()?;
        let text = self.short(self.slice(body.span).to_owned(), "...");
        self.report(
            Diagnostic::new(Code::E005, start, "The body of a function is a block.")
                .because("Its value is the last expression in the braces.")
                .fix(format!("Write `{{ {text} }}`."))
                .edit(Span { end: body.span.start, ..start }, "{ ")
                .edit(body.span.end_point(), " }")
                .spec(Section::S5_7),
        );
        self.decl_errors = true;
        Ok(ExprKind::Invalid)
    }

    /// The rest of an anonymous function whose head has an error: what it binds is not known, so nothing is made of its
    /// body.
    fn headless_fn(&mut self) -> PResult<ExprKind> {
        use TokenKind::{Effects, LBrace, RBrace, RParen, Semi};
        let stops = |kind| matches!(kind, RParen | Effects | LBrace | RBrace | Semi);
        self.skip_to(stops);
        if self.at(RParen) && matches!(self.kind_at(1), Effects | LBrace) {
            self.bump();
        }
        if self.at(Effects) {
            self.bump();
            self.skip_to(stops);
        }
        if !self.at(LBrace) {
            return Err(Reported);
        }
        self.block().map(|_| ExprKind::Invalid)
    }

    fn anonymous_head(&mut self) -> PResult<Box<(Signature, EffectRow)>> {
        let start = self.bump();
        let open = self.expect(TokenKind::LParen, "after `fn`")?;
        let signature = self.signature(open)?;
        let head = self.since(start);
        self.contract_of_anonymous(Code::E002)?;
        let effects = self.effect_clause(head)?;
        self.contract_of_anonymous(Code::E005)?;
        Ok(Box::new((signature, effects)))
    }

    /// Reports the name of a function within an expression, behind the next token, and takes it out.
    fn name_of_anonymous(&mut self) {
        let name = self.span_of(self.tokens[self.pos + 1]);
        let text = self.slice(name);
        self.report(
            Diagnostic::new(Code::E005, name, format!("A function within an expression has no name: found `{text}`."))
                .because("It is called by the slot it is bound to; a function with a name is declared at top level or in `where`.")
                .fix(format!("Remove `{text}`."))
                .edit(Span { start: self.span().end, ..name }, "")
                .spec(Section::S5_7),
        );
        self.decl_errors = true;
        let keyword = self.tokens[self.pos];
        self.bump();
        self.tokens[self.pos] = keyword;
    }

    /// Reports the contract of an anonymous function, and reads over it.
    fn contract_of_anonymous(&mut self, code: Code) -> PResult<()> {
        if !self.at_contract() {
            return Ok(());
        }
        let start = self.span();
        let (word, errors) = (self.slice(start), self.errors);
        self.contracts(&mut Vec::new())?;
        if self.errors == errors {
            self.report(
                Diagnostic::new(
                    code,
                    self.since(start),
                    format!("An anonymous function has no `{word}` clause."),
                )
                .because(
                    "A contract belongs to a function with a name; what takes a function value knows its type only.",
                )
                .fix("Remove the clause, or declare the function with a name and call it here.")
                .edit(Span { end: self.span().start, ..start }, "")
                .spec(Section::S5_7),
            );
            self.decl_errors = true;
        }
        Ok(())
    }

    /// `forall(@T, bound, fn(…) …)`
    fn quantifier(&mut self, kind: QuantifierKind) -> PResult<ExprKind> {
        self.bump();
        let open = self.expect(TokenKind::LParen, "after the quantifier")?;
        match self.quantified(kind, open) {
            Err(_) => self.close_parentheses(open).map(|invalid| invalid.kind),
            quantifier => quantifier,
        }
    }

    fn quantified(&mut self, kind: QuantifierKind, open: Span) -> PResult<ExprKind> {
        let ty = self.bound_type().map(Box::new)?;
        self.expect(TokenKind::Comma, "after the type of the index")?;
        let bound = self.expr()?;
        if !self.at(TokenKind::Comma) {
            return Err(self.unexpected_in(open, "an operator or `,`"));
        }
        self.bump();
        if !self.at(TokenKind::Fn) {
            return Err(self.no_predicate());
        }
        let predicate = self.primary()?;
        if !self.at(TokenKind::RParen) {
            return Err(self.unexpected_in(open, "`)`"));
        }
        self.bump();
        Ok(assemble::quantifier(kind, ty, bound, predicate))
    }

    fn no_predicate(&mut self) -> Reported {
        let diagnostic = self
            .expected("a function of the index")
            .because("A quantifier asks a function, written in place, about each index.")
            .fix("Write `fn(@Nat -> @Bool) effects(pure) { ... }`, with the type of the index.")
            .spec(Section::S6_3_3);
        self.error(diagnostic)
    }

    /// `old(Effect<T>)` or `new(Effect<T>)`
    fn old_or_new(&mut self) -> PResult<ExprKind> {
        let (code, word) = if self.at(TokenKind::Old) { (Code::E030, "old") } else { (Code::E031, "new") };
        let errors = self.errors;
        let start = self.bump();
        self.bump();
        if self.at(TokenKind::UpperIdent) {
            let effect = Box::new(self.effect_ref()?);
            if self.eat(TokenKind::RParen) {
                return Ok(if word == "old" { ExprKind::Old(effect) } else { ExprKind::New(effect) });
            }
        }
        let (from, of_slot) = (self.span(), self.at(TokenKind::At));
        self.skip_to(|kind| matches!(kind, TokenKind::RParen | TokenKind::Semi | TokenKind::RBrace));
        let inside = self.slice(self.since(from));
        let closed = self.eat(TokenKind::RParen);
        if self.errors > errors {
            return if closed { Ok(ExprKind::Invalid) } else { Err(Reported) };
        }
        let result = self.result_type.map(|ty| format!("@{ty}.result"));
        let (fix, written) = match (of_slot, word) {
            (true, "old") => {
                let words = format!("A parameter is what it was before the call: write `{inside}`.");
                (words, closed.then(|| inside.to_owned()))
            }
            (true, _) => {
                let words = match &result {
                    Some(result) => format!("The value that the function returns is `{result}`."),
                    None => "The value that a function returns is named in its `ensures` clause only.".to_owned(),
                };
                (words, result.filter(|_| closed))
            }
            (false, _) => (format!("Write the effect, such as `{word}(State<Int>)`."), None),
        };
        let diagnostic = Diagnostic::new(code, self.since(start), format!("`{word}` takes the name of an effect."))
            .because(format!(
                "`{word}(State<Int>)` is the state of a stateful effect, for use in `ensures`; it is no function."
            ))
            .fix(fix)
            .spec(Section::S7_9_2);
        self.report(match written {
            Some(written) => diagnostic.edit(self.since(start), written),
            None => diagnostic,
        });
        if closed { Ok(ExprKind::Invalid) } else { Err(Reported) }
    }

    /// `assert(condition)` or `assume(condition)`
    fn assertion(&mut self) -> PResult<ExprKind> {
        let is_assert = self.at(TokenKind::Assert);
        self.bump();
        let open = self.expect(TokenKind::LParen, "and a condition")?;
        let condition = self.expr()?;
        if self.at(TokenKind::Comma) {
            let word = if is_assert { "assert" } else { "assume" };
            let written = format!("{word}({})", self.slice(condition.span));
            let comma = self.bump();
            let message = self.exprs(open, TokenKind::RParen);
            let end = Span { start: self.prev.start, ..self.prev };
            let diagnostic = Diagnostic::new(Code::E005, comma, format!("`{word}` takes the condition alone."))
                .because("What failed is shown as it is written.")
                .fix(format!("Write `{}`.", self.short(written, &format!("{word}(...)"))))
                .spec(Section::S6_2_5);
            self.report(match message {
                Ok(_) => diagnostic.edit(Span { end: end.start, ..comma }, ""),
                Err(_) => diagnostic,
            });
            self.decl_errors = true;
            return Ok(if is_assert { ExprKind::Assert(condition) } else { ExprKind::Assume(condition) });
        }
        if !self.at(TokenKind::RParen) {
            return Err(self.unexpected_in(open, "an operator or `)`"));
        }
        self.bump();
        Ok(if is_assert { ExprKind::Assert(condition) } else { ExprKind::Assume(condition) })
    }
}
