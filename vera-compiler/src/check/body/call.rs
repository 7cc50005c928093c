//! Calls of functions: resolution of the name, and the arguments.

use super::argument::WrongArgument;
use super::deferred::Deferred;
use super::expr::refs;
use super::{Checker, Expected, Place, invalid};
use crate::check::env::{OperationRef, Qualified, UnknownCall};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{Body, CoercionSite, Expr, ExprKind, FnId};
use crate::types::{Row, Ty, TyKind};

/// The type parameters and row variables of a declaration, at one use of it.
pub(super) struct Instance {
    /// Type variables, one per type parameter.
    pub(super) args: Vec<Ty>,
    /// What the expected type says of them.
    pub(super) hints: Vec<Option<Hint>>,
    /// The rows of the row variables.
    pub(super) rows: Vec<Row>,
}

/// What an expected type says of a type parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hint {
    /// The type.
    pub(super) ty: Ty,
    /// Whether it is of a declared type that the value becomes part of, such as the `Int` of a `Set<Int>`.
    pub(super) decides: bool,
}

impl Checker<'_> {
    /// `name(args)`
    pub(super) fn bare_call(&mut self, name: &ast::Name, args: &[&ast::Expr], expected: Expected, span: Span) -> Expr {
        if name.as_str() == "apply_fn" {
            return self.apply_fn(name, args, span);
        }
        let function = self.env.function(name.as_str(), &self.scope);
        // A function of the program comes first; one of the library gives way to an operation that is being handled.
        if let Some(id) = function
            && !self.is_library(id)
        {
            return self.call(id, name, args, expected, span);
        }
        let operations = self.env.operations_named(name.as_str(), self.scope.module);
        let meant = !operations.is_empty() && (function.is_none() || self.is_handled(&operations));
        if meant && self.prefers_operation(name, &operations) {
            return self.bare_operation(&operations, name, args, expected, span);
        }
        if let Some(id) = function {
            return self.call(id, name, args, expected, span);
        }
        self.other_call(name, args, &operations, expected, span)
    }

    /// A bare call that is none of a function.
    fn other_call(
        &mut self,
        name: &ast::Name,
        args: &[&ast::Expr],
        operations: &[OperationRef],
        expected: Expected,
        span: Span,
    ) -> Expr {
        if let Some(ability) = crate::abilities::of_operation(name.as_str()) {
            return self.ability_operation(ability, name, args, span);
        }
        if !operations.is_empty() {
            return self.bare_operation(operations, name, args, expected, span);
        }
        if let Some((ability, bound)) = self.env.user_ability_operation(name.as_str(), self.scope.module) {
            // What its bound says need not be said of each use.
            if !bound {
                let diagnostic = self.env.ability_not_compiled(ability, name.as_str(), name.span);
                self.report(diagnostic);
            }
            self.check_anyway(args);
            return invalid(span);
        }
        let params: Vec<Ty> = args.iter().map(|arg| self.expr(arg, Expected::Nothing).ty).collect();
        let subject = params.first().map(|&ty| self.shape(ty)).filter(|&ty| ty != Ty::INVALID && !self.is_unknown(ty));
        let subject = subject.map_or_else(String::new, |ty| self.text(ty));
        let params: Vec<String> = params.into_iter().map(|ty| format!("@{}", self.text_or_int(Some(ty)))).collect();
        let signature = format!("{} -> @{}", params.join(", "), self.text_or_int(expected.ty()));
        let signature = signature.trim_start().to_owned();
        let args = args.iter().map(|arg| self.env.source_text(arg.span)).collect();
        let call = UnknownCall { name, span, args, subject, signature };
        let diagnostic = self.env.unresolved_function(&call, &self.scope);
        self.report(diagnostic);
        invalid(span)
    }

    /// The text of a type for a declaration that is proposed; `Int` where nothing is known.
    fn text_or_int(&mut self, ty: Option<Ty>) -> String {
        let ty = ty.map_or(Ty::INT, |ty| self.full(ty));
        let known = !matches!(ty, Ty::INVALID | Ty::NEVER) && !self.is_unknown(ty);
        self.text(if known { ty } else { Ty::INT })
    }

    /// Whether a bare name means an operation although it could be that of an ability.
    fn prefers_operation(&self, name: &ast::Name, operations: &[OperationRef]) -> bool {
        crate::abilities::of_operation(name.as_str()).is_none() || self.is_handled(operations)
    }

    /// `module::name(args)`
    pub(super) fn module_call(
        &mut self,
        module: &ast::ModulePath,
        name: &ast::Name,
        args: &[&ast::Expr],
        expected: Expected,
        span: Span,
    ) -> Expr {
        match self.env.module_function(module, name, &self.scope) {
            Ok(id) => self.call(id, name, args, expected, span),
            Err(diagnostic) => {
                self.report(*diagnostic);
                self.check_anyway(args);
                invalid(span)
            }
        }
    }

    /// `Qualifier.name(args)`
    pub(super) fn qualified_call(
        &mut self,
        qualifier: &ast::Name,
        name: &ast::Name,
        args: &[&ast::Expr],
        expected: Expected,
        span: Span,
    ) -> Expr {
        match self.env.qualified(qualifier, name, self.scope.module) {
            Ok(Qualified::Effect(operation)) => self.operation(operation, true, name, args, expected, span),
            Ok(Qualified::Ability(ability)) => self.ability_operation(ability, name, args, span),
            Err(diagnostic) => {
                let module = self.scope.module;
                let effect = self.env.effect(qualifier.as_str(), module);
                let redeclared = effect.is_some_and(|effect| self.env.is_redeclared(effect, module));
                let ability = &self.env.modules[module.index()].abilities.get(&qualifier.text);
                if !redeclared && !ability.is_some_and(|ability| ability.bound) {
                    self.report(*diagnostic);
                }
                self.check_anyway(args);
                invalid(span)
            }
        }
    }

    /// Checks arguments of something unknown, for the mistakes in them.
    pub(super) fn check_anyway(&mut self, args: &[&ast::Expr]) {
        for arg in args {
            self.expr(arg, Expected::Nothing);
        }
    }

    /// Whether the number of arguments or of what takes them is not certain, because some of them could not be understood.
    pub(super) fn count_unknown(&self, args: &[&ast::Expr], params: &[Ty]) -> bool {
        args.iter().any(|arg| matches!(arg.kind, ast::ExprKind::Invalid)) || params.contains(&Ty::INVALID)
    }

    /// Whether a function is part of the standard library.
    pub(super) fn is_library(&self, id: FnId) -> bool {
        self.env.is_prelude(self.env.program.function(id).module)
    }

    /// A call of a function that is known.
    fn call(&mut self, id: FnId, name: &ast::Name, args: &[&ast::Expr], expected: Expected, span: Span) -> Expr {
        if self.place == Place::Body
            && let Some(owner) = &self.owner
        {
            self.env.calls.push((owner.id, id));
        }
        let signature = self.env.signature(id);
        if args.len() != signature.params.len() {
            if !self.count_unknown(args, &signature.params) && !self.env.ambiguous.contains(&id) {
                self.report_argument_count(id, name, args.len(), span);
            }
            self.check_anyway(args);
            let known = signature.type_params().is_empty();
            let ty = if known { signature.result } else { Ty::INVALID };
            return Expr { kind: ExprKind::Invalid, ty, span };
        }
        let mut instance = self.instance(id, signature.result, expected);
        let before = self.performed_mark();
        let mut checked = Vec::with_capacity(args.len());
        for (&arg, &param) in args.iter().zip(&signature.params) {
            let ty = self.applied(&instance, param);
            let expected = self.expected_argument(&instance, param, ty);
            self.taker = self.taker(id, name, arg, param, checked.first().map(|(first, _): &(Expr, Ty)| first.ty));
            let arg = self.expr(arg, expected);
            let ty = self.learn_argument(&mut instance, param, ty, arg.ty);
            checked.push((arg, ty));
        }
        if signature.row.effects().iter().any(|effect| effect.effect == crate::effects::ASYNC) {
            self.warn_eager(name, &checked, before, span);
        }
        self.own_rows(id, &mut instance);
        let builtin = matches!(self.env.program.function(id).body, Body::Builtin(_));
        let mut wrong_args = Vec::new();
        let mut coerced = Vec::with_capacity(checked.len());
        for (position, ((arg, ty), &param)) in checked.into_iter().zip(&signature.params).enumerate() {
            // A callee checks what its own parameter types say; what a type argument says, the caller does.
            let generic = matches!(self.env.program.types.kind(param), TyKind::Param(_));
            let site = if builtin || generic { CoercionSite::Argument } else { CoercionSite::Parameter };
            // Rows are known now; types are variables, whatever has been learnt of them.
            let ty = if instance.rows.is_empty() { ty } else { self.applied(&instance, param) };
            match self.assign(arg, ty, site) {
                Ok(arg) => coerced.push(arg),
                Err(expr) => {
                    coerced.push(invalid(expr.span));
                    wrong_args.push(WrongArgument { position, expr, ty });
                }
            }
        }
        let row = self.env.program.types.instantiate_row(&signature.row, &instance.args, &instance.rows);
        if !row.is_pure() {
            self.perform(&row, &format!("Function `{name}`"), true, span);
        }
        let result = self.env.program.types.instantiate(signature.result, &instance.args, &instance.rows);
        // What takes the value may widen what it holds, and not what it is: that is in use already.
        let whole = matches!(self.env.program.types.kind(result), TyKind::Infer(_));
        let open = matches!(expected, Expected::Hint(_)) && !whole;
        let result = if open { self.full_but_soft(result) } else { self.full(result) };
        let result = self.of_value(result);
        if !wrong_args.is_empty() {
            let mut given: Vec<(Span, Ty)> = coerced.iter().map(|arg| (arg.span, arg.ty)).collect();
            wrong_args.iter().for_each(|wrong| given[wrong.position].1 = wrong.expr.ty);
            let wrong = &wrong_args[0].expr;
            if self.report_integers_only(id, name, &given, wrong, span) {
                // What encloses it may want an integer or a float.
                return invalid(span);
            }
            if self.report_integer_already(id, name, wrong, span) {
                return Expr { kind: ExprKind::Invalid, ty: result, span };
            }
            self.report_arguments(id, name, &wrong_args, &given);
            // What was inferred from wrong arguments is no ground for further complaints.
            let known = signature.type_params().is_empty();
            return Expr { kind: ExprKind::Invalid, ty: if known { result } else { Ty::INVALID }, span };
        }
        if !instance.args.is_empty() {
            self.deferred.push(Deferred::Sized { ty: result, span });
        }
        let kind = ExprKind::Call { function: id, type_args: instance.args, args: coerced };
        Expr { kind, ty: result, span }
    }

    /// Type variables for a use of a function, with what the expected result says of them.
    fn instance(&mut self, id: FnId, result: Ty, expected: Expected) -> Instance {
        let signature = self.env.signature(id);
        let own = self.own_params(id);
        let fallbacks: Vec<Ty> = (0..signature.type_params().len())
            .map(|position| if position < own { self.param(position) } else { Ty::INT })
            .collect();
        let mut instance = self.fresh_instance(&fallbacks, result, expected);
        instance.rows = vec![Row::pure(); signature.scope.row_params.len()];
        instance
    }

    /// Type variables with hints from the expected type of a result over them.
    pub(super) fn fresh_instance(&mut self, fallbacks: &[Ty], result: Ty, expected: Expected) -> Instance {
        let args: Vec<Ty> = fallbacks.iter().map(|&fallback| self.fresh(fallback)).collect();
        let mut hints = vec![None; args.len()];
        if let Some(wanted) = expected.ty()
            && self.env.program.types.is_generic(result)
        {
            let whole = matches!(self.env.program.types.kind(result), TyKind::Param(_));
            hints = self.without_binding(|this| {
                let vars: Vec<Ty> = args.iter().map(|_| this.fresh(Ty::INT)).collect();
                let result = this.env.program.types.instantiate(result, &vars, &[]);
                this.relate(result, wanted, false);
                vars.iter()
                    .map(|&var| {
                        let ty = this.full(var);
                        let decides = !whole && this.is_exact(var);
                        Some(Hint { ty, decides }).filter(|hint| !this.is_unknown(hint.ty))
                    })
                    .collect()
            });
        }
        Instance { args, hints, rows: Vec::new() }
    }

    /// How many type parameters of a function stand for themselves when nothing determines them: those it shares with
    /// the function around this place.
    fn own_params(&self, id: FnId) -> usize {
        let mut enclosing = self.owner.as_ref().map(|owner| owner.id);
        while let Some(function) = enclosing {
            if function == id {
                return self.env.signature(id).type_params().len();
            }
            enclosing = self.env.families[function.index()].parent;
        }
        if self.owner.is_some() { self.env.signature(id).inherited.0 } else { 0 }
    }

    /// Row variables that no argument determined and that the enclosing function has too stand for themselves.
    fn own_rows(&mut self, id: FnId, instance: &mut Instance) {
        if instance.rows.is_empty() {
            return;
        }
        let mut enclosing = self.owner.as_ref().map(|owner| owner.id);
        let mut shared = if enclosing.is_some() { self.env.signature(id).inherited.1 } else { 0 };
        while let Some(function) = enclosing {
            if function == id {
                shared = instance.rows.len();
            }
            enclosing = self.env.families[function.index()].parent;
        }
        for (position, row) in instance.rows.iter_mut().enumerate().take(shared) {
            if row.is_pure() {
                *row = Row::new(Vec::new(), vec![position as u32]);
            }
        }
    }

    fn param(&mut self, position: usize) -> Ty {
        self.env.program.types.intern(TyKind::Param(position as u32))
    }

    /// A type of a declaration, over the variables of a use of it.
    pub(super) fn applied(&mut self, instance: &Instance, ty: Ty) -> Ty {
        self.env.program.types.instantiate(ty, &instance.args, &instance.rows)
    }

    /// What an argument is checked with: the type `ty` of its parameter where that is resolved, otherwise what is known
    /// of it.
    fn expected_argument(&mut self, instance: &Instance, param: Ty, ty: Ty) -> Expected {
        if self.is_exact(ty) {
            return Expected::Target(ty, CoercionSite::Argument);
        }
        Expected::Hint(self.wanted(instance, param))
    }

    /// The type an argument is checked with: what is known of the type variables, else what is expected of them.
    pub(super) fn wanted(&mut self, instance: &Instance, param: Ty) -> Ty {
        if instance.args.is_empty() {
            return param;
        }
        if let TyKind::Param(index) = *self.env.program.types.kind(param) {
            let (arg, hint) = (instance.args[index as usize], instance.hints[index as usize]);
            return hint.filter(|_| self.is_unknown(arg)).map_or_else(|| self.head(arg), |hint| hint.ty);
        }
        let known: Vec<Ty> = instance
            .args
            .iter()
            .zip(&instance.hints)
            .map(|(&arg, hint)| hint.filter(|_| self.is_unknown(arg)).map_or_else(|| self.head(arg), |hint| hint.ty))
            .collect();
        self.env.program.types.instantiate(param, &known, &[])
    }

    /// Learns type variables and rows from an argument of type `found`. The type `ty` of its parameter is given back with
    /// what was learnt of the rows.
    pub(super) fn learn_argument(&mut self, instance: &mut Instance, param: Ty, ty: Ty, found: Ty) -> Ty {
        if !self.env.program.types.is_generic(param) {
            return ty;
        }
        let mut ty = ty;
        if !instance.rows.is_empty() {
            let found = self.full(found);
            self.collect_rows(param, found, &mut instance.rows);
            ty = self.applied(instance, param);
        }
        if !instance.args.is_empty() {
            self.learn(found, ty);
            for (&arg, hint) in instance.args.iter().zip(&instance.hints) {
                if let Some(Hint { ty, decides: true }) = *hint {
                    self.settle(arg, ty);
                }
            }
        }
        ty
    }

    /// Adds to each row variable of a parameter type the effects that only the argument's type has in its place.
    fn collect_rows(&mut self, param: Ty, found: Ty, rows: &mut [Row]) {
        let (param, found) = (self.shape(param), self.shape(found));
        let types = &self.env.program.types;
        match (types.kind(param).clone(), types.kind(found).clone()) {
            (TyKind::Fn(param), TyKind::Fn(found)) => {
                if let Some(&variable) = param.row.variables().first()
                    && let Some(row) = rows.get_mut(variable as usize)
                {
                    let extra = found.row.effects().iter().filter(|effect| !param.row.effects().contains(effect));
                    let extra = Row::new(extra.cloned().collect(), found.row.variables().to_vec());
                    *row = row.union(&extra);
                }
                for (&param, &found) in param.params.iter().zip(&found.params) {
                    self.collect_rows(param, found, rows);
                }
                self.collect_rows(param.result, found.result, rows);
            }
            (TyKind::Array(param), TyKind::Array(found)) => self.collect_rows(param, found, rows),
            (TyKind::Tuple(params), TyKind::Tuple(found)) | (TyKind::Data(_, params), TyKind::Data(_, found)) => {
                for (&param, &found) in params.iter().zip(&found) {
                    self.collect_rows(param, found, rows);
                }
            }
            _ => {}
        }
    }

    /// W002 when the argument of `async` does what may not run later.
    fn warn_eager(&mut self, name: &ast::Name, args: &[(Expr, Ty)], before: usize, span: Span) {
        if name.as_str() != "async" {
            return;
        }
        let started = match args {
            [(argument, _)] => self.env.program.started(argument),
            _ => None,
        };
        let started = match started.map(|operation| &operation.kind) {
            Some(ExprKind::Perform { effect, .. }) => Some(effect.effect),
            _ => None,
        };
        let ordered = |effect: &&crate::types::EffectUse| {
            let effect = effect.effect;
            effect != crate::effects::HTTP && effect != crate::effects::ASYNC && Some(effect) != started
        };
        let mut effects: Vec<String> = Vec::new();
        for effect in self.performed_since(before).iter().filter(ordered) {
            let text = self.env.effect_text(effect, &self.scope);
            if !effects.contains(&text) {
                effects.push(text);
            }
        }
        if effects.is_empty() {
            return;
        }
        self.report(
            Diagnostic::new(
                Code::W002,
                span,
                format!("The argument of `async` performs `{}`, so it is evaluated at once.", effects.join("`, `")),
            )
            .because(
                "Only `Http`, and an operation of `Inference` or of an effect of the program that is the whole argument and \
                 has a result, can go on while the program does. Everything else keeps the order of the program.",
            )
            .fix("Perform the effect before and give `async` a pure expression, or leave `async` away.")
            .spec(Section::S9_5_4),
        );
    }

    /// `resume(args)`
    pub(super) fn resume(&mut self, args: &[ast::Expr], span: Span) -> Expr {
        let args = refs(args);
        self.resume_call(&args, span)
    }
}
