//! Expressions without operators: calls, constructors, literals with brackets. Slots, functions and the expressions of
//! contracts have separate files.

use super::assemble::invalid_expr;
use super::{PResult, Parser, Reported};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, ModulePath, Name, QuantifierKind};
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

    pub(super) fn word(&mut self, kind: ExprKind) -> PResult<ExprKind> {
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
    pub(super) fn close_parentheses(&mut self, open: Span) -> PResult<Box<Expr>> {
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
        if self.at_comprehension() {
            return self.comprehension();
        }
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
            TokenKind::Lt if self.at_type_args_of_call() => {
                let name = self.bump_name();
                self.type_args_of_call()?;
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
            .fix("Write `::` and a function of the module after the path.")
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
            Diagnostic::new(Code::E005, module.span.to(self.span()), format!("`{module}::{name}` is not a function."))
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
                        .because("An operation is not a value; a function that calls it is one.")
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
}
