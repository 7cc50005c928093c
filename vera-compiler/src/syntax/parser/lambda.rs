//! Anonymous functions in the syntax of other languages: `x => e`, `|x| e`, `\x -> e`, `lambda x: e`, `fn(x) { e }`.
//!
//! The whole function is read. Missing types are taken from the parameter to which the function is passed, as far as
//! they can be determined. If all types are known, the fix is the function in Vera.

use std::borrow::Cow;

use super::guess::{arguments, element};
use super::{PResult, Parser};
use crate::diagnostics::{Code, Diagnostic, Edit, Section, edited};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::token::TokenKind;

/// Tokens between the parentheses of parameters that are looked at.
const PARAMETERS: usize = 64;

/// A call whose arguments are being read.
pub(super) struct Callee<'s> {
    name: &'s str,
    /// The types of the arguments before the present one.
    before: Vec<Option<String>>,
}

/// A parameter as written.
struct Parameter<'s> {
    name: Option<Span>,
    ty: Option<Cow<'s, str>>,
}

/// How a function is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `x => e` or `(x) -> e`
    Arrow,
    /// `|x| e`
    Bars,
    /// `\x -> e`
    Backslash,
    /// `lambda x: e`
    Lambda,
    /// `fn(x) { e }`
    Fn,
}

impl<'s> Parser<'s> {
    /// Whether an anonymous function of another language starts at the next token.
    pub(super) fn at_lambda(&self) -> bool {
        self.lambda_form().is_some()
    }

    fn lambda_form(&self) -> Option<Form> {
        use TokenKind::{Bar, LParen, LowerIdent, OrOr, Unknown};
        match self.kind() {
            LowerIdent if self.is_fat_arrow(1) => Some(Form::Arrow),
            LowerIdent if self.slice(self.span()) == "lambda" => {
                matches!(self.kind_at(1), LowerIdent | TokenKind::Colon | TokenKind::At).then_some(Form::Lambda)
            }
            LParen => {
                let close = self.closing(0)?;
                let arrow = self.kind_at(close + 1) == TokenKind::Arrow || self.is_fat_arrow(close + 1);
                arrow.then_some(Form::Arrow)
            }
            Bar | OrOr => Some(Form::Bars),
            Unknown if self.slice(self.span()) == "\\" => Some(Form::Backslash),
            TokenKind::Fn => match self.kind_at(1) {
                LParen => {
                    let close = self.closing(1)?;
                    let arrow = (2..close).any(|ahead| self.kind_at(ahead) == TokenKind::Arrow);
                    let goes_on = matches!(
                        self.kind_at(close + 1),
                        TokenKind::LBrace | TokenKind::Arrow | TokenKind::Effects | TokenKind::Assign
                    );
                    (!arrow && goes_on).then_some(Form::Fn)
                }
                LowerIdent => {
                    let arrow = self.kind_at(2) == TokenKind::Arrow || self.is_fat_arrow(2);
                    arrow.then_some(Form::Fn)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether `=>` stands `ahead` tokens further on.
    pub(super) fn is_fat_arrow(&self, ahead: usize) -> bool {
        self.kind_at(ahead) == TokenKind::Assign
            && self.kind_at(ahead + 1) == TokenKind::Gt
            && self.tokens[self.pos + ahead].end == self.tokens[self.pos + ahead + 1].start
    }

    /// How many tokens ahead the `)` of the parameters is whose `(` is `open` tokens ahead.
    fn closing(&self, open: usize) -> Option<usize> {
        use TokenKind::*;
        for ahead in open + 1..open + PARAMETERS {
            match self.kind_at(ahead) {
                RParen => return Some(ahead),
                At | LowerIdent | UpperIdent | Colon | Comma | Lt | Gt | Underscore | Arrow => {}
                _ => return None,
            }
        }
        None
    }

    /// Starts to read the arguments of the call of the function at `name`.
    pub(super) fn enter_call(&mut self, name: Span) -> usize {
        let calls = self.callees.len();
        self.callees.push(Callee { name: self.slice(name), before: Vec::new() });
        calls
    }

    /// The arguments of the innermost call are read.
    pub(super) fn leave_call(&mut self, calls: usize) {
        self.callees.truncate(calls);
    }

    /// An argument of the innermost call was read.
    pub(super) fn passed(&mut self, arg: &Expr) {
        if !self.callees.last().is_some_and(|callee| takes_function(callee.name)) {
            return;
        }
        let ty = self.guess(arg);
        if let Some(callee) = self.callees.last_mut() {
            callee.before.push(ty);
        }
    }

    /// Reports the name in front of an argument, `x: e` or `x = e`, and reads over it.
    pub(super) fn argument_name(&mut self) {
        let assigned = self.kind_at(1) == TokenKind::Assign && !self.is_fat_arrow(1);
        if !self.at(TokenKind::LowerIdent) || !assigned && self.kind_at(1) != TokenKind::Colon {
            return;
        }
        let name = self.bump();
        self.bump();
        let text = self.slice(name);
        self.report(
            Diagnostic::new(Code::E005, name, format!("The argument `{text}` has a name."))
                .because("Parameters have no names: the first argument is for the first parameter, and so on.")
                .fix(format!("Write the value alone, without `{text}`."))
                .edit(Span { end: self.span().start, ..name }, "")
                .spec(Section::S4_11),
        );
        self.decl_errors = true;
    }

    /// Reads an anonymous function of another language.
    pub(super) fn lambda(&mut self) -> PResult<ExprKind> {
        let Some(form) = self.lambda_form() else { return Err(self.unexpected("an expression")) };
        self.enter()?;
        let read = self.lambda_of(form);
        self.leave();
        read
    }

    fn lambda_of(&mut self, form: Form) -> PResult<ExprKind> {
        let (start, errors) = (self.span(), self.other_errors());
        let callee = self.callees.pop();
        let mut params = self.lambda_params(form)?;
        let mut result = self.lambda_result(form)?;
        let (takes, gives) = callee.as_ref().map_or((Vec::new(), None), expected_function);
        for (param, ty) in params.iter_mut().zip(&takes) {
            param.ty = param.ty.take().or_else(|| ty.clone().map(Cow::Owned));
        }
        let mark = self.bound.len();
        for param in &params {
            match param.name {
                Some(name) => self.bind_named(name, param.ty.clone(), None),
                None => self.bind_type(param.ty.clone()),
            }
        }
        let head = self.since(start);
        let body_start = self.span();
        let in_braces = self.at(TokenKind::LBrace);
        let body =
            if in_braces { self.block().map(|block| block.result.clone()) } else { self.expr().map(|body| *body) };
        self.callees.extend(callee);
        let body = match body {
            Ok(body) => body,
            Err(reported) => {
                self.take_uses(mark);
                return Err(reported);
            }
        };
        result = result.or(gives).or_else(|| self.guess(&body));
        let mut uses = self.take_uses(mark);
        if self.other_errors() > errors {
            // Uses may have been skipped.
            uses.push((head, None));
        }
        self.report_lambda(head, body_start, in_braces, &params, result, uses);
        Ok(ExprKind::Invalid)
    }

    fn report_lambda(
        &mut self,
        head: Span,
        body: Span,
        in_braces: bool,
        params: &[Parameter<'_>],
        result: Option<String>,
        uses: Vec<(Span, Option<String>)>,
    ) {
        let end = self.prev.end_point();
        let types: Option<Vec<String>> =
            params.iter().map(|param| param.ty.as_ref().map(|ty| format!("@{ty}"))).collect();
        let known = types.is_some() && result.is_some() && uses.iter().all(|(_, slot)| slot.is_some());
        let types = types.unwrap_or_else(|| params.iter().map(|_| "@Type".to_owned()).collect());
        let arrow = if types.is_empty() { "->" } else { " ->" };
        let result = result.unwrap_or_else(|| "Type".to_owned());
        let written = format!("fn({}{arrow} @{result}) effects(pure)", types.join(", "));
        let mut diagnostic = Diagnostic::new(Code::E005, head, "An anonymous function starts with `fn` and its types.")
            .because("It says its parameter types, its result type and its effects; its parameters have no names.")
            .spec(Section::S5_7);
        if known {
            let open = if in_braces { "" } else { "{ " };
            let slots = uses.into_iter().map(|(span, slot)| Edit { span, text: slot.unwrap_or_default() });
            let mut edits = vec![Edit { span: Span { end: body.start, ..head }, text: format!("{written} {open}") }];
            edits.extend(slots);
            if !in_braces {
                edits.push(Edit { span: end, text: " }".to_owned() });
            }
            edits.sort_unstable_by_key(|edit| edit.span.start);
            let whole = edited(self.slice(head.to(end)), head.start, &edits);
            diagnostic = match whole.len() <= super::hints::QUOTED * 2 && !whole.contains('\n') {
                true => diagnostic.fix(format!("Write `{whole}`.")),
                false => diagnostic.fix(format!("Write `{written} {{ ... }}`, and slots for the names.")),
            };
            diagnostic.edits = edits;
        } else {
            let fix = format!("Write `{written} {{ ... }}` with the types, and slots for the names.");
            diagnostic = diagnostic.fix(fix);
        }
        self.report(diagnostic);
        self.decl_errors = true;
    }

    fn bind_type(&mut self, ty: Option<Cow<'s, str>>) {
        self.bound.push(super::bindings::Bound { ty, named: None });
    }

    /// The parameters, and what stands in front of and behind them.
    fn lambda_params(&mut self, form: Form) -> PResult<Vec<Parameter<'s>>> {
        use TokenKind::{Bar, Colon, LParen, RParen};
        let mut params = Vec::new();
        match form {
            Form::Bars if self.at(TokenKind::OrOr) => {
                self.bump();
                return Ok(params);
            }
            Form::Arrow => {}
            _ => {
                self.bump();
            }
        }
        let close = match form {
            Form::Bars => Some(Bar),
            _ if self.eat(LParen) => Some(RParen),
            _ => None,
        };
        let ends = |p: &Self| match (close, form) {
            (Some(close), _) => p.at(close),
            (None, Form::Lambda) => p.at(Colon),
            (None, _) => p.at(TokenKind::Arrow) || p.is_fat_arrow(0),
        };
        while !ends(self) {
            params.push(self.lambda_param(form)?);
            if !self.eat(TokenKind::Comma) && !ends(self) && form != Form::Backslash {
                return Err(self.unexpected("`,` or the end of the parameters"));
            }
        }
        if close.is_some() {
            self.bump();
        }
        Ok(params)
    }

    fn lambda_param(&mut self, form: Form) -> PResult<Parameter<'s>> {
        let mut param = Parameter { name: None, ty: None };
        match self.kind() {
            TokenKind::At | TokenKind::UpperIdent => {
                param.ty = Some(self.lambda_type()?);
                param.name = self.at(TokenKind::LowerIdent).then(|| self.bump());
            }
            TokenKind::Underscore => {
                self.bump();
            }
            TokenKind::LowerIdent => {
                param.name = Some(self.bump());
                if form != Form::Lambda && self.eat(TokenKind::Colon) {
                    param.ty = Some(self.lambda_type()?);
                }
            }
            _ => return Err(self.unexpected("a parameter")),
        }
        Ok(param)
    }

    fn lambda_type(&mut self) -> PResult<Cow<'s, str>> {
        self.eat(TokenKind::At);
        let ty = self.type_expr()?;
        self.no_index("A parameter or result", ty.span);
        Ok(Cow::Borrowed(self.slice(ty.span)))
    }

    /// What stands between the parameters and the body: an arrow, a result type, effects.
    fn lambda_result(&mut self, form: Form) -> PResult<Option<String>> {
        let mut result = None;
        if self.is_fat_arrow(0) {
            self.bump();
            self.bump();
        } else if self.eat(TokenKind::Arrow) {
            // Behind the parentheses of `fn` it is a type, elsewhere the body follows.
            let typed =
                matches!(self.kind(), TokenKind::At | TokenKind::UpperIdent) && matches!(form, Form::Fn | Form::Bars);
            if typed {
                result = Some(self.lambda_type()?.into_owned());
            }
        } else if form == Form::Lambda {
            self.expect(TokenKind::Colon, "after the parameters")?;
        }
        if form == Form::Fn && self.at(TokenKind::Effects) {
            let here = self.span();
            self.effect_clause(here)?;
        }
        Ok(result)
    }
}

/// Whether a function of the library takes a function behind its other arguments.
fn takes_function(name: &str) -> bool {
    matches!(
        name,
        "array_map"
            | "array_filter"
            | "array_any"
            | "array_all"
            | "array_find"
            | "array_mapi"
            | "array_fold"
            | "array_sort_by"
            | "option_map"
            | "option_and_then"
            | "result_map"
    )
}

/// The parameter types and the result type of the function that a call takes next, as far as they are known.
fn expected_function(callee: &Callee<'_>) -> (Vec<Option<String>>, Option<String>) {
    let first = callee.before.first().and_then(Option::as_deref).unwrap_or_default();
    let item = element(first).map(str::to_owned);
    let inner = || arguments(first).first().map(|ty| (*ty).to_owned());
    match callee.name {
        "array_filter" | "array_any" | "array_all" | "array_find" => (vec![item], Some("Bool".to_owned())),
        "array_mapi" => (vec![item, Some("Nat".to_owned())], None),
        "array_fold" => {
            let so_far = callee.before.get(1).cloned().flatten();
            (vec![so_far.clone(), item], so_far)
        }
        "array_sort_by" => (vec![item.clone(), item], Some("Ordering".to_owned())),
        "option_map" | "option_and_then" | "result_map" => (vec![inner()], None),
        _ => (vec![item], None),
    }
}
