//! Method calls of other languages: `value.name(args)`, read as the call `name(value, args)` of the corresponding Vera
//! function.

use super::{PResult, Parser};
use crate::builtins;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::foreign::{self, Call};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::token::TokenKind;

/// What is written instead of a method.
enum Written {
    /// A function of the same arguments, the value in front.
    Function(String),
    /// Other code.
    Code(String),
}

impl Parser<'_> {
    /// Whether a method or field of another language follows: a dot and a name that touch the value.
    pub(super) fn at_method(&self) -> bool {
        self.kind_at(1).is_lower_name() && self.prev.end == self.span().start
    }

    /// Reads `.name(args)` or `.name` behind `base`.
    pub(super) fn method(&mut self, base: Box<Expr>) -> PResult<Box<Expr>> {
        let dot = self.bump();
        let name = self.bump();
        let open = self.at(TokenKind::LParen).then(|| self.span());
        let args = if open.is_some() { self.call_args(name)? } else { Vec::new() };
        let span = base.span.to(self.prev);
        let unknown = matches!(base.kind, ExprKind::Invalid) && self.type_of_name(self.slice(base.span)).is_none();
        // What is wrong with the value comes first.
        if !unknown {
            self.report_method(&base, dot, name, open, &args);
        }
        self.decl_errors = true;
        Ok(Box::new(Expr { kind: ExprKind::Invalid, span }))
    }

    fn report_method(&mut self, base: &Expr, dot: Span, name: Span, open: Option<Span>, args: &[Expr]) {
        let text = self.slice(name);
        let what = if open.is_some() { "method" } else { "field" };
        let diagnostic = Diagnostic::new(Code::E005, dot.to(name), format!("`.{text}` is not a {what} of a value."))
            .because("Values have no fields or methods: a function takes the value as its first argument.")
            .spec(Section::S4_11);
        let subject = self.guess(base).unwrap_or_default();
        let whole = base.span.to(self.prev);
        let short = self.slice(whole).len() <= super::hints::QUOTED * 4;
        let diagnostic = match self.method_as_function(text, &subject, base, args, open.is_some()) {
            Some(Written::Code(code)) if short => diagnostic.write(whole, code),
            Some(Written::Function(function)) => {
                let mut all = vec![self.short(self.slice(base.span).to_owned(), "...")];
                all.extend(args.iter().map(|arg| self.short(self.slice(arg.span).to_owned(), "...")));
                let diagnostic = diagnostic
                    .fix(format!("Write `{function}({})`.", all.join(", ")))
                    .edit(base.span.start_point(), format!("{function}("));
                match (open, args.first()) {
                    (Some(open), Some(first)) => {
                        diagnostic.edit(Span { end: first.span.start.max(open.end), ..dot }, ", ")
                    }
                    (Some(open), None) => diagnostic.edit(dot.to(open), ""),
                    (None, _) => diagnostic.edit(dot.to(name), ")"),
                }
            }
            _ => diagnostic.fix(self.words_for_method(text)),
        };
        self.report(diagnostic);
    }

    /// The function for a method of a value of type `subject`.
    fn method_as_function(
        &mut self,
        name: &str,
        subject: &str,
        base: &Expr,
        args: &[Expr],
        called: bool,
    ) -> Option<Written> {
        let head = subject.split('<').next().unwrap_or_default();
        let of_subject = format!("{}_{name}", head.to_ascii_lowercase());
        let is_builtin = |name: &str| builtins::lookup(name).is_some_and(|builtin| !builtin.internal);
        if !head.is_empty() && is_builtin(&of_subject) {
            return Some(Written::Function(of_subject));
        }
        if let Some(function) = foreign::function(name) {
            let texts: Vec<&str> = [base].into_iter().chain(args).map(|arg| self.slice(arg.span)).collect();
            return function.written(Call { subject, args: &texts }).map(Written::Code);
        }
        let snake = snake_case(name);
        if snake != name {
            return self.method_as_function(&snake, subject, base, args, called);
        }
        (called && (is_builtin(name) || self.declared_signature(name).is_some()))
            .then(|| Written::Function(name.to_owned()))
    }

    fn words_for_method(&self, name: &str) -> String {
        match foreign::function(name) {
            Some(function) => function.words().to_owned(),
            None => format!(
                "Pass the value to a function, `{name}(...)`; take data apart with `match`, or with `let` and its \
                 constructor."
            ),
        }
    }
}

/// `toUpper` as `to_upper`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
