//! Errors in the arguments of a call: E201, E202, E205.

use super::Checker;
use crate::check::env::Signature;
use crate::check::resolve_type::counted;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{Expr, FnId};
use crate::types::{Ty, TyKind};

/// The longest argument that a fix moves.
const MOVED: u32 = 2_000;

/// An argument that does not fit.
pub(super) struct WrongArgument {
    /// Its position.
    pub(super) position: usize,
    /// The argument.
    pub(super) expr: Expr,
    /// The type of its parameter.
    pub(super) ty: Ty,
}

impl Checker<'_> {
    #[inline(never)]
    pub(super) fn report_argument_count(&mut self, id: FnId, name: &ast::Name, given: usize, span: Span) {
        let signature = self.env.signature(id);
        let types: Vec<String> = signature.params.iter().map(|&ty| self.declared_text(ty, &signature)).collect();
        let expected = counted(types.len(), "argument");
        let fix = match types.as_slice() {
            [] => format!("Write `{name}()`."),
            [only] if only == "Unit" => format!("Write `{name}(())`."),
            types => format!("Its parameters are `{}`.", types.join("`, `")),
        };
        let mut diagnostic =
            Diagnostic::new(Code::E201, span, format!("`{name}` takes {expected}, and this call gives {given}."))
                .because("A call gives one argument for each parameter; a pipe gives the first of them.")
                .fix(fix)
                .spec(Section::S4_11);
        // Of a pipe the arguments are not in one place.
        let written = self.env.source_text(span);
        let called = written.starts_with(name.as_str()) && written.ends_with(')');
        let inside = Span { start: name.span.end + 1, end: span.end.saturating_sub(1), ..span };
        match types.as_slice() {
            [] if called => diagnostic = diagnostic.edit(inside, ""),
            [only] if called && only == "Unit" && given == 0 => diagnostic = diagnostic.edit(inside, "()"),
            _ => {}
        }
        if !self.is_library(id) {
            diagnostic = diagnostic.label(self.env.program.function(id).name_span, "declared here");
        }
        self.report(diagnostic);
    }

    /// E202 or E205 for each wrong argument, or once for two that are in each other's place. `places` are those of all
    /// arguments.
    #[inline(never)]
    pub(super) fn report_arguments(
        &mut self,
        id: FnId,
        name: &ast::Name,
        wrong: &[WrongArgument],
        given: &[(Span, Ty)],
    ) {
        let places: Vec<Span> = given.iter().map(|(place, _)| *place).collect();
        let places = places.as_slice();
        match wrong {
            _ if self.env.ambiguous.contains(&id) => {}
            [first, second]
                if self.fits_quietly(first.expr.ty, second.ty) && self.fits_quietly(second.expr.ty, first.ty) =>
            {
                self.report_swapped(id, name, first, second, places);
            }
            _ if self.report_reordered(id, name, wrong, given) => {}
            _ => wrong.iter().for_each(|wrong| self.report_argument(id, name, wrong, places)),
        }
    }

    /// E202 for two arguments each of which fits the other's parameter.
    fn report_swapped(
        &mut self,
        id: FnId,
        name: &ast::Name,
        first: &WrongArgument,
        second: &WrongArgument,
        places: &[Span],
    ) {
        let (one, other) = (first.position, second.position);
        let mut args: Vec<String> = places.iter().map(|&place| self.quoted(place, "...")).collect();
        args.swap(one, other);
        let (one_text, other_text) = (self.text(first.expr.ty), self.text(second.expr.ty));
        let description = format!(
            "Arguments {} and {} of `{name}` have the types `{one_text}` and `{other_text}`, and are expected the other \
             way round.",
            one + 1,
            other + 1
        );
        let diagnostic = Diagnostic::new(Code::E202, first.expr.span.to(second.expr.span), description)
            .because("The first argument is for the first parameter, and so on.")
            .fix(format!("Swap them: `{name}({})`", args.join(", ")))
            .spec(Section::S4_11);
        let diagnostic = self.moved(diagnostic, &[(places[one], places[other]), (places[other], places[one])]);
        let diagnostic = self.with_declaration(diagnostic, id, name);
        self.report(diagnostic);
    }

    /// E202 for two or three arguments that fit in one other order. The arguments with their types are `given`. Whether it was
    /// that.
    fn report_reordered(&mut self, id: FnId, name: &ast::Name, wrong: &[WrongArgument], given: &[(Span, Ty)]) -> bool {
        let params = self.env.signature(id).params.clone();
        let orders: &[&[usize]] = match given.len() {
            _ if wrong.is_empty() || self.env.ambiguous.contains(&id) => return false,
            2 => &[&[1, 0]],
            3 => &[&[0, 2, 1], &[1, 0, 2], &[1, 2, 0], &[2, 0, 1], &[2, 1, 0]],
            _ => return false,
        };
        let mut fitting = orders.iter().filter(|order| self.fits_in_order(id, &params, given, order));
        let Some(order) = fitting.next() else { return false };
        if fitting.next().is_some() {
            return false;
        }
        let args: Vec<String> = order.iter().map(|&at| self.quoted(given[at].0, "...")).collect();
        let moves: Vec<(Span, Span)> =
            order.iter().enumerate().map(|(to, &from)| (given[to].0, given[from].0)).collect();
        let moves: Vec<(Span, Span)> = moves.into_iter().filter(|(to, from)| to != from).collect();
        let description = format!("The arguments of `{name}` are in another order than its parameters.");
        let whole = given[0].0.to(given[given.len() - 1].0);
        let diagnostic = Diagnostic::new(Code::E202, whole, description)
            .because("The first argument is for the first parameter, and so on.")
            .fix(format!("Write `{name}({})`.", args.join(", ")))
            .spec(Section::S4_11);
        let diagnostic = self.moved(diagnostic, &moves);
        let diagnostic = self.with_declaration(diagnostic, id, name);
        self.report(diagnostic);
        true
    }

    /// Whether arguments fit the parameters of a function when they stand in another order.
    fn fits_in_order(&mut self, id: FnId, params: &[Ty], given: &[(Span, Ty)], order: &[usize]) -> bool {
        let count = self.env.signature(id).type_params().len();
        let rows = self.env.signature(id).scope.row_params.len();
        let args: Vec<Ty> = (0..count).map(|_| self.fresh(Ty::INT)).collect();
        let rows = vec![crate::types::Row::pure(); rows];
        params.iter().zip(order).all(|(&param, &from)| {
            let param = self.env.program.types.instantiate(param, &args, &rows);
            let found = given[from].1;
            found != Ty::INVALID && self.relate(found, param, true)
        })
    }

    /// The diagnostic with edits that write at each first place what stands at the second.
    fn moved(&self, diagnostic: Diagnostic, moves: &[(Span, Span)]) -> Diagnostic {
        if moves.iter().any(|(_, from)| from.end - from.start > MOVED) {
            return diagnostic;
        }
        moves.iter().fold(diagnostic, |diagnostic, &(to, from)| diagnostic.edit(to, self.env.source_text(from)))
    }

    /// E202, or E205 when the types of two arguments each ask for their own type argument.
    fn report_argument(&mut self, id: FnId, name: &ast::Name, argument: &WrongArgument, places: &[Span]) {
        let &WrongArgument { position, expr: ref wrong, ty } = argument;
        let signature = self.env.signature(id);
        let subject = format!("Argument {} of `{name}`", position + 1);
        let mut diagnostic = self.mismatch_of(Code::E202, wrong, &subject, ty).spec(Section::S4_11);
        let mentioned = self.env.program.types.params_in(signature.params[position]);
        let decided = |&at: &usize| {
            let there = self.env.program.types.params_in(signature.params[at]);
            there.iter().copied().find(|param| mentioned.contains(param))
        };
        let decider = (0..position).find_map(|at| Some((at, decided(&at)?)));
        if let Some((at, param)) = decider {
            let param_name = &signature.type_params()[param as usize].name;
            let whole = matches!(self.env.program.types.kind(signature.params[position]), TyKind::Param(_));
            if whole && self.same_head(wrong.ty, ty) {
                let (first, second) = (self.text(ty), self.text(wrong.ty));
                diagnostic.code = Code::E205;
                diagnostic.description = format!(
                    "`{param_name}` of `{name}` would have to be both `{first}`, by argument {}, and `{second}`, by \
                     argument {}.",
                    at + 1,
                    position + 1
                );
                diagnostic.rationale = "A type parameter stands for one type in each call.".to_owned();
                diagnostic = diagnostic
                    .fix(format!("Give both arguments one type: `{first}` here too, or `{second}` there too."));
            }
            diagnostic = diagnostic.label(places[at], format!("this decides what `{param_name}` is"));
        }
        if position == 1 && name.as_str() == "array_sort_by" && self.is_library(id) {
            diagnostic = self.with_ordering(diagnostic, wrong);
        }
        if position == 0
            && let Some(meant) = self.for_other_subject(id, name, wrong.ty)
        {
            let args: Vec<String> = places.iter().map(|&place| self.quoted(place, "...")).collect();
            diagnostic = diagnostic.fix(format!("Did you mean `{meant}({})`?", args.join(", "))).edit(name.span, meant);
        }
        let diagnostic = self.with_declaration(diagnostic, id, name);
        self.report(diagnostic);
    }

    /// Tells where a function is declared, or how when it is one of the library.
    fn with_declaration(&self, mut diagnostic: Diagnostic, id: FnId, name: &ast::Name) -> Diagnostic {
        if !self.is_library(id) {
            return diagnostic.label(self.env.program.function(id).name_span, "declared here");
        }
        let declared = self.declaration(id, name);
        diagnostic.rationale = format!("{} It is declared `{declared}`.", diagnostic.rationale);
        diagnostic
    }

    /// The function of the library that does to a value of another type what this one does to its own, such as
    /// `array_length` for `string_length`.
    fn for_other_subject(&self, id: FnId, name: &ast::Name, found: Ty) -> Option<String> {
        let subject = match self.shape_kind(found) {
            TyKind::Array(_) => "array",
            TyKind::String => "string",
            TyKind::Data(data, _) if self.env.is_prelude(self.env.program.data(*data).module) => {
                &self.env.program.data(*data).name.to_ascii_lowercase()
            }
            _ => return None,
        };
        let (of, does) = name.as_str().split_once('_').filter(|_| self.is_library(id))?;
        let other = format!("{subject}_{does}");
        let known = crate::builtins::lookup(&other).is_some_and(|builtin| !builtin.internal);
        (known && of != subject).then_some(other)
    }

    /// How a function is declared, such as `array_map(Array<A>, fn(A -> B) effects(pure) -> Array<B>)`.
    fn declaration(&self, id: FnId, name: &ast::Name) -> String {
        let signature = self.env.signature(id);
        let params: Vec<String> = signature.params.iter().map(|&ty| self.declared_text(ty, &signature)).collect();
        format!("{name}({} -> {})", params.join(", "), self.declared_text(signature.result, &signature))
    }

    /// A type of a signature as a program would write it.
    fn declared_text(&self, ty: Ty, signature: &Signature) -> String {
        let mut ty = ty;
        // Programs cannot name the aliases of the prelude.
        while let TyKind::Alias(id, _, target) = self.env.program.types.kind(ty)
            && self.env.is_prelude(self.env.program.alias(*id).module)
        {
            ty = *target;
        }
        self.env.type_text(ty, &signature.scope)
    }

    /// Whether two types are one generic type at different arguments.
    fn same_head(&self, one: Ty, other: Ty) -> bool {
        match (self.shape_kind(one), self.shape_kind(other)) {
            (TyKind::Data(one, _), TyKind::Data(other, _)) => one == other,
            (TyKind::Array(_), TyKind::Array(_)) => true,
            (TyKind::Tuple(one), TyKind::Tuple(other)) => one.len() == other.len(),
            _ => false,
        }
    }
}
