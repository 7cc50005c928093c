//! Operations of effects: `IO.print(...)`, `get(())`.

use super::{Checker, Expected, invalid};
use crate::check::env::OperationRef;
use crate::check::resolve_type::counted;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{CoercionSite, Expr, ExprKind};
use crate::types::{EffectId, EffectUse, Row, Ty};

impl Checker<'_> {
    /// Whether a handler around this place, in this function or closure or one around it, takes one of the operations.
    pub(super) fn is_handled(&self, operations: &[OperationRef]) -> bool {
        let reach = self.effects_in_reach();
        operations.iter().any(|one| reach.iter().any(|(effect, handled)| *handled && effect.effect == one.effect))
    }

    /// A bare operation: the one whose effect is handled or declared nearest.
    pub(super) fn bare_operation(
        &mut self,
        operations: &[OperationRef],
        name: &ast::Name,
        args: &[&ast::Expr],
        expected: Expected,
        span: Span,
    ) -> Expr {
        let meant = self.routable_effects(operations);
        if meant.len() > 1 {
            self.report_ambiguous(&meant, name, args);
            self.check_anyway(args);
            return invalid(span);
        }
        let reach = self.effects_in_reach();
        let of = |effect: &EffectUse| operations.iter().find(|one| one.effect == effect.effect).copied();
        let callable = |effect: &EffectUse, handled: bool| handled || is_bare(effect);
        let best = reach.iter().find_map(|(effect, handled)| of(effect).filter(|_| callable(effect, *handled)));
        let declared = best.or_else(|| reach.iter().find_map(|(effect, _)| of(effect)));
        let bare = declared.or_else(|| {
            operations.iter().copied().find(|one| is_bare(&EffectUse { effect: one.effect, args: Vec::new() }))
        });
        let Some(chosen) = bare.or_else(|| operations.first().copied()) else { return invalid(span) };
        let handled = reach.iter().any(|(effect, handled)| *handled && effect.effect == chosen.effect);
        let allowed_bare = handled || is_bare(&EffectUse { effect: chosen.effect, args: Vec::new() });
        if !allowed_bare && self.row_known() {
            self.report_bare(chosen, name, args);
        }
        self.operation(chosen, false, name, args, expected, span)
    }

    #[inline(never)]
    fn report_ambiguous(&mut self, effects: &[EffectId], name: &ast::Name, args: &[&ast::Expr]) {
        let effects: Vec<String> = effects.iter().map(|&effect| self.env.program.effect(effect).name.clone()).collect();
        let args: Vec<String> = args.iter().map(|arg| self.quoted(arg.span, "...")).collect();
        let calls: Vec<String> =
            effects.iter().map(|effect| format!("`{effect}.{name}({})`", args.join(", "))).collect();
        let diagnostic = Diagnostic::new(
            Code::E217,
            name.span,
            format!("`{name}` is an operation of several effects here: `{}`.", effects.join("`, `")),
        )
        .because("An operation that more than one effect in scope has is called with the name of its effect in front.")
        .fix(format!("Write {}.", calls.join(" or ")))
        .spec(Section::S7_4_1);
        self.report(diagnostic);
    }

    #[inline(never)]
    fn report_bare(&mut self, operation: OperationRef, name: &ast::Name, args: &[&ast::Expr]) {
        let effect = self.env.program.effect(operation.effect).name.clone();
        let args: Vec<String> = args.iter().map(|arg| self.quoted(arg.span, "...")).collect();
        self.report(
            Diagnostic::new(
                Code::E217,
                name.span,
                format!("`{name}` is an operation of `{effect}`, which no handler around this place takes."),
            )
            .because("Only operations of `State` and `Exn`, and those of a handler around the call, go without their effect's name.")
            .fix(format!("Write `{effect}.{name}({})`.", args.join(", ")))
            .edit(name.span.start_point(), format!("{effect}."))
            .spec(Section::S7_4),
        );
    }

    /// An operation of an effect, performed.
    pub(super) fn operation(
        &mut self,
        operation: OperationRef,
        qualified: bool,
        name: &ast::Name,
        args: &[&ast::Expr],
        expected: Expected,
        span: Span,
    ) -> Expr {
        if self.env.is_redeclared(operation.effect, self.scope.module) {
            self.check_anyway(args);
            return invalid(span);
        }
        let declared = &self.env.program.effect(operation.effect).operations[operation.operation as usize];
        let (params, result) = (declared.params.clone(), declared.result);
        if args.len() != params.len() {
            if !self.count_unknown(args, &params) {
                self.report_operation_count(operation, name, &params, args.len(), qualified, span);
            }
            self.check_anyway(args);
            return invalid(span);
        }
        let candidates = self.candidates(operation);
        let (effect, mut checked) = match candidates.as_slice() {
            [] => self.undeclared_effect(operation, args, expected),
            [only] => {
                let only = only.clone();
                let checked = self.operation_args(&params, &only, args);
                (only, checked)
            }
            _ => self.choose(candidates, &params, result, args, expected),
        };
        for (position, &param) in params.iter().enumerate() {
            let ty = self.env.program.types.instantiate(param, &effect.args, &[]);
            let arg = std::mem::replace(&mut checked[position], invalid(span));
            checked[position] = match self.assign(arg, ty, CoercionSite::Argument) {
                Ok(arg) => arg,
                Err(wrong) => {
                    let subject = format!("Argument {} of `{name}`", position + 1);
                    let diagnostic = self.mismatch_of(Code::E204, &wrong, &subject, ty);
                    self.report(diagnostic.spec(Section::S7_4));
                    invalid(wrong.span)
                }
            };
        }
        let shown = if qualified {
            format!("Operation `{}.{name}`", self.env.program.effect(operation.effect).name)
        } else {
            format!("Operation `{name}`")
        };
        if operation.effect == crate::effects::DB && self.scope_is_program() {
            self.check_sql(name, &checked);
        }
        self.perform(&Row::new(vec![effect.clone()], Vec::new()), &shown, false, span);
        let ty = self.env.program.types.instantiate(result, &effect.args, &[]);
        let ty = self.full(ty);
        Expr { kind: ExprKind::Perform { effect, operation: operation.operation, args: checked }, ty, span }
    }

    fn scope_is_program(&self) -> bool {
        !self.env.is_prelude(self.scope.module)
    }

    /// The instances of the effect that this place can mean, best first. Those handled within the same function or
    /// closure hide all others.
    fn candidates(&self, operation: OperationRef) -> Vec<EffectUse> {
        let mut candidates: Vec<EffectUse> = Vec::new();
        for (effect, handled) in self.effects_in_reach() {
            if effect.effect != operation.effect || candidates.contains(&effect) {
                continue;
            }
            if handled && candidates.is_empty() {
                return vec![effect];
            }
            candidates.push(effect);
        }
        candidates
    }

    fn operation_args(&mut self, params: &[Ty], effect: &EffectUse, args: &[&ast::Expr]) -> Vec<Expr> {
        let mut checked = Vec::with_capacity(args.len());
        for (&arg, &param) in args.iter().zip(params) {
            let ty = self.env.program.types.instantiate(param, &effect.args, &[]);
            let arg = self.expr(arg, Expected::Target(ty, CoercionSite::Argument));
            checked.push(arg);
        }
        checked
    }

    /// Nothing declares the effect: its type arguments are what arguments and expected result say.
    fn undeclared_effect(
        &mut self,
        operation: OperationRef,
        args: &[&ast::Expr],
        expected: Expected,
    ) -> (EffectUse, Vec<Expr>) {
        let count = self.env.program.effect(operation.effect).type_params.len();
        let type_args: Vec<Ty> = (0..count).map(|_| self.fresh(Ty::INT)).collect();
        let declared = &self.env.program.effect(operation.effect).operations[operation.operation as usize];
        let (params, result) = (declared.params.clone(), declared.result);
        let mut checked = Vec::with_capacity(args.len());
        for (&arg, &param) in args.iter().zip(&params) {
            let arg = self.expr(arg, Expected::Nothing);
            let param = self.env.program.types.instantiate(param, &type_args, &[]);
            self.learn(arg.ty, param);
            checked.push(arg);
        }
        if let Some(wanted) = expected.ty() {
            let result = self.env.program.types.instantiate(result, &type_args, &[]);
            self.relate(result, wanted, false);
        }
        (EffectUse { effect: operation.effect, args: type_args }, checked)
    }

    /// Among several instances of an effect, the first that arguments and expected result fit.
    fn choose(
        &mut self,
        candidates: Vec<EffectUse>,
        params: &[Ty],
        result: Ty,
        args: &[&ast::Expr],
        expected: Expected,
    ) -> (EffectUse, Vec<Expr>) {
        let checked: Vec<Expr> = args.iter().map(|arg| self.expr(arg, Expected::Nothing)).collect();
        for exact in [true, false] {
            for candidate in &candidates {
                let mut pairs: Vec<(Ty, Ty)> = Vec::new();
                for (arg, &param) in checked.iter().zip(params) {
                    pairs.push((arg.ty, self.env.program.types.instantiate(param, &candidate.args, &[])));
                }
                if let Some(wanted) = expected.ty() {
                    pairs.push((self.env.program.types.instantiate(result, &candidate.args, &[]), wanted));
                }
                let fits = pairs.iter().all(|&(from, to)| {
                    if exact {
                        self.shape(from) == self.shape(to)
                    } else {
                        self.without_binding(|this| this.relate(from, to, true))
                    }
                });
                if fits {
                    return (candidate.clone(), checked);
                }
            }
        }
        (candidates[0].clone(), checked)
    }

    #[inline(never)]
    fn report_operation_count(
        &mut self,
        operation: OperationRef,
        name: &ast::Name,
        params: &[Ty],
        given: usize,
        qualified: bool,
        span: Span,
    ) {
        let effect = self.env.program.effect(operation.effect).name.clone();
        let shown = if qualified { format!("{effect}.{name}") } else { name.to_string() };
        let expected = counted(params.len(), "argument");
        let fix = match params {
            [] => format!("Write `{shown}()`."),
            [Ty::UNIT] => format!("Write `{shown}(())`."),
            params => {
                let declaration = self.env.program.effect(operation.effect);
                let scope = crate::check::scope::TypeScope {
                    type_params: declaration
                        .type_params
                        .iter()
                        .map(|name| crate::tir::TypeParam { name: name.clone(), abilities: Vec::new() })
                        .collect(),
                    ..self.scope.clone()
                };
                let types: Vec<String> = params.iter().map(|&ty| self.env.type_text(ty, &scope)).collect();
                format!("Its parameters are `{}`.", types.join("`, `"))
            }
        };
        self.report(
            Diagnostic::new(Code::E203, span, format!("`{shown}` takes {expected}, and this call gives {given}."))
                .because(format!("It is an operation of the effect `{effect}`, called like a function."))
                .fix(fix)
                .spec(Section::S7_4),
        );
    }
}

/// Whether the operations of an effect are called by their bare names outside of handlers too.
fn is_bare(effect: &EffectUse) -> bool {
    crate::effects::builtin(effect.effect).is_some_and(|effect| effect.bare)
}
