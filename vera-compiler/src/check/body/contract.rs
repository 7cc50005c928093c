//! Whole functions and predicates: clauses, body, and their entry in the tree.

use super::rows::{Clause, FrameKind};
use super::{Checker, Expected, Owner, Place, invalid};
use std::sync::Arc;

use crate::check::env::{Env, Signature};
use crate::check::scope::TypeScope;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::Span;
use crate::syntax::ast::{self, ContractKind};
use crate::tir::{BinderKind, Body, CoercionSite, Contract, Expr, FnId, Predicate, SlotKey};
use crate::types::{Ty, TyKind};

/// See [`super::check_function`].
pub(super) fn check_function(env: &mut Env, decl: &ast::FnDecl, id: FnId, diags: &mut Diagnostics) {
    let signature = env.signature(id);
    let mut checker = Checker::new(env, diags, signature.scope.clone(), Place::Body);
    checker.slots.bind_by(BinderKind::Parameters, decl.signature_span);
    let mut params = Vec::with_capacity(decl.params.len());
    for (param, &ty) in decl.params.iter().zip(&signature.params) {
        params.push(checker.bind(ty, param.span));
    }
    let result_local = checker.local(signature.result, decl.result.span);
    checker.owner = Some(Owner {
        id,
        name: Arc::clone(&decl.name.text),
        result: signature.result,
        result_local,
        row: signature.row.clone(),
    });

    let (mut requires, mut ensures, mut decreases) = (Vec::new(), Vec::new(), Vec::new());
    for contract in &decl.contracts {
        match &contract.kind {
            ContractKind::Requires(predicate) => {
                requires.push((checker.clause(predicate, Clause::Requires), predicate, contract));
            }
            ContractKind::Ensures(predicate) => {
                ensures.push((checker.clause(predicate, Clause::Ensures), predicate, contract));
            }
            ContractKind::Decreases(measures) => {
                for measure in measures {
                    decreases.push((checker.measure(measure), measure, contract));
                }
            }
        }
    }
    let (mut body, meant) = checker.function_body(decl, &signature);
    checker.report_misnamed_results(meant);

    let mut finish = |clauses: Vec<(Expr, &ast::Expr, &ast::Contract)>| -> Vec<Contract> {
        let finished = clauses.into_iter().map(|(mut expr, predicate, contract)| {
            checker.resolve_all_types(&mut expr);
            Contract { expr, text: checker.env.source_text(predicate.span), span: contract.span }
        });
        finished.collect()
    };
    let (requires, ensures, decreases) = (finish(requires), finish(ensures), finish(decreases));
    checker.resolve_all_types(&mut body);
    checker.resolve_locals();
    checker.discharge();
    let (locals, scopes) = (checker.locals, checker.slots.into_scopes());

    let function = &mut env.program.functions[id.index()];
    function.params = params;
    function.result_local = result_local;
    function.locals = locals;
    function.scopes = scopes;
    function.requires = requires;
    function.ensures = ensures;
    function.decreases = decreases;
    function.body = Body::Expr(body);
}

/// See [`super::check_predicate`].
pub(super) fn check_predicate(
    env: &mut Env,
    predicate: &ast::Expr,
    binder: Ty,
    scope: &TypeScope,
    clause: Clause,
    diags: &mut Diagnostics,
) -> Predicate {
    let mut checker = Checker::new(env, diags, scope.clone(), Place::Predicate);
    checker.byte_literals = checker.shape(binder) == Ty::BYTE;
    checker.slots.bind_by(BinderKind::Value, predicate.span);
    let value = checker.bind(binder, predicate.span);
    let mut expr = checker.clause(predicate, clause);
    checker.resolve_all_types(&mut expr);
    checker.resolve_locals();
    checker.discharge();
    let text = checker.env.source_text(predicate.span);
    Predicate { binder: value, locals: checker.locals, expr, text, span: predicate.span }
}

impl Checker<'_> {
    /// A predicate that has to be a pure `Bool`.
    fn clause(&mut self, predicate: &ast::Expr, clause: Clause) -> Expr {
        self.enter_clause(clause, predicate.span);
        let expr = self.expr_as(predicate, Ty::BOOL, CoercionSite::Other, |this, wrong| {
            let (code, spec) = match clause {
                Clause::Requires => (Code::E123, Section::S6_2),
                Clause::Ensures => (Code::E124, Section::S6_2),
                Clause::Decreases => (Code::E127, Section::S5_6_1),
                Clause::Refinement => (Code::E126, Section::S2_6),
                Clause::Invariant => (Code::E120, Section::S2_4_1),
            };
            let text = this.clause_text(clause);
            let mut chars = text.chars();
            let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
            let subject = format!("{first}{}", chars.as_str());
            let diagnostic = this.mismatch(code, wrong.span, &subject, wrong.ty, Ty::BOOL);
            let diagnostic = diagnostic.because("It says what is true, so it is a `Bool`.").spec(spec);
            let diagnostic = this.with_condition(diagnostic, wrong);
            this.report(diagnostic);
        });
        self.leave_clause();
        expr
    }

    fn enter_clause(&mut self, clause: Clause, span: Span) {
        self.place = match clause {
            Clause::Requires => Place::Requires,
            Clause::Ensures => Place::Ensures,
            Clause::Decreases => Place::Decreases,
            Clause::Refinement | Clause::Invariant => Place::Predicate,
        };
        self.enter_pure(FrameKind::Clause(clause), span);
    }

    fn leave_clause(&mut self) {
        self.leave_frame();
        self.place = Place::Body;
    }

    fn with_condition(&self, diagnostic: Diagnostic, wrong: &Expr) -> Diagnostic {
        let source = self.quoted(wrong.span, "value");
        // Which comparison is meant the author has to say.
        diagnostic.fix(match self.shape_kind(wrong.ty) {
            TyKind::Int | TyKind::Nat => format!("Compare it, for example `{source} > 0`."),
            TyKind::String => format!("Compare it, for example `string_length({source}) > 0`."),
            _ => "Give a condition, or `true` when there is none.".to_owned(),
        })
    }

    /// A component of a measure.
    fn measure(&mut self, measure: &ast::Expr) -> Expr {
        self.enter_clause(Clause::Decreases, measure.span);
        let expr = self.expr(measure, Expected::Nothing);
        self.leave_clause();
        let shape = self.shape(expr.ty);
        let well_founded = match self.env.program.types.kind(shape) {
            TyKind::Int | TyKind::Nat | TyKind::Invalid | TyKind::Never | TyKind::Infer(_) => true,
            TyKind::Data(id, _) => {
                let data = self.env.program.data(*id);
                data.public || !self.env.is_prelude(data.module)
            }
            _ => false,
        };
        if well_founded {
            return self.convert(expr, shape, CoercionSite::Other);
        }
        let found = self.text(expr.ty);
        let source = self.quoted(expr.span, "value");
        let fix = match self.env.program.types.kind(shape) {
            TyKind::String => format!("Measure its length: `decreases(string_length({source}))`"),
            TyKind::Array(_) => format!("Measure its length: `decreases(array_length({source}))`"),
            TyKind::Tuple(_) => "Write the components apart: `decreases(a, b)`".to_owned(),
            TyKind::Data(..) => format!("Measure its size, for example `decreases(map_size({source}))`"),
            _ => "Measure with a `Nat`, an `Int` or a value of a data type.".to_owned(),
        };
        self.report(
            Diagnostic::new(Code::E127, expr.span, format!("A value of type `{found}` cannot be a measure."))
                .because("A measure gets smaller with each call and cannot do so forever: `Nat`, `Int` or a data type.")
                .fix(fix)
                .spec(Section::S5_6_1),
        );
        invalid(expr.span)
    }

    /// E163, where it does not follow from the result type being the wrong one: the body has the type `meant` instead.
    fn report_misnamed_results(&mut self, meant: Option<Ty>) {
        for (key, diagnostic) in std::mem::take(&mut self.misnamed_results) {
            let follows = match (meant, key) {
                (Some(meant), Some(SlotKey::Type(named))) => self.fits_quietly(meant, named),
                _ => false,
            };
            if !follows {
                self.report(diagnostic);
            }
        }
    }

    /// The body, and the type it has when that is not the declared one.
    fn function_body(&mut self, decl: &ast::FnDecl, signature: &Signature) -> (Expr, Option<Ty>) {
        let result = signature.result;
        self.enter_frame(FrameKind::Function, signature.row.clone(), signature.row_known, decl.effects.span);
        let body = self.block(&decl.body, Expected::Target(result, CoercionSite::Return));
        let mut meant = None;
        let body = match self.assign(body, result, CoercionSite::Return) {
            Ok(body) => body,
            Err(wrong) => {
                let subject = format!("The body of `{}`", decl.name);
                let diagnostic = self.mismatch_of(Code::E121, &wrong, &subject, result);
                let diagnostic = diagnostic.spec(Section::S5_2);
                self.report(diagnostic.label(decl.result.span, "the declared result"));
                meant = Some(wrong.ty);
                invalid(wrong.span)
            }
        };
        self.leave_frame();
        (body, meant)
    }
}
