//! Calls of functions and built-ins.

use super::body::{Body, Value};
use super::context::Lowering;
use super::guard::Guard;
use super::work::{InstanceKey, Job, TypeArgs};
use crate::builtins::Implementation;
use crate::core::{Atom, End, Extern, FnId as CoreFnId, Op};
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;
use crate::tir::{self, Expr, FnId, MAX_INSTANCE_DEPTH};
use crate::types::{Ty, TyKind};
use vera_abi::layout::Rep;
use vera_abi::names;

/// Most instances of functions in one program.
const MAX_INSTANCES: usize = 50_000;

impl Lowering<'_> {
    /// The core function of an instance.
    pub(super) fn instance(&mut self, key: InstanceKey) -> CoreFnId {
        if let Some(&known) = self.instances.get(&key) {
            return known;
        }
        self.bound_instances(&key);
        let id = self.reserve(Job::Instance(key.clone()));
        self.instances.insert(key, id);
        id
    }

    /// Refuses a program whose functions are used at too many types, and stops making instances.
    fn bound_instances(&mut self, key: &InstanceKey) {
        let too_deep = key.type_args.iter().any(|&ty| self.types.depth(ty, &|_| 1) > MAX_INSTANCE_DEPTH);
        if self.endless || !too_deep && self.instances.len() < MAX_INSTANCES {
            return;
        }
        self.endless = true;
        let decl = self.program.function(key.function);
        let description = format!("`{}` is used at too many types, or at types that nest too deeply.", decl.name);
        let diagnostic = Diagnostic::new(Code::E622, decl.name_span, description)
            .because(
                "Generic functions are compiled once per list of type arguments, and only so many instances are made.",
            )
            .fix("Declare a `data` type around what the types have in common, or write a function that is not generic.")
            .spec(Section::S2_7);
        self.report(diagnostic);
    }
}

impl<'p> Body<'_, 'p> {
    /// A call.
    pub(super) fn call(
        &mut self,
        expr: &'p Expr,
        function: FnId,
        type_args: &[Ty],
        args: &'p [Expr],
        tail: bool,
    ) -> Atom {
        if let Some(future) = self.start(expr) {
            return future;
        }
        self.note_given(function, args);
        let decl = self.lo.program.function(function);
        let type_args = self.tys(type_args);
        let tir::Body::Builtin(implementation) = decl.body else {
            return self.call_instance(expr, function, type_args, args, tail);
        };
        let args = self.exprs(args);
        let ty = self.ty(expr.ty);
        let value = self.builtin(implementation, function, &type_args, args, ty, expr.span);
        self.after_call(ty);
        value
    }

    fn call_instance(
        &mut self,
        expr: &'p Expr,
        function: FnId,
        type_args: TypeArgs,
        args: &'p [Expr],
        tail: bool,
    ) -> Atom {
        let mut lambdas = vec![None; args.len()];
        let mut values = Vec::with_capacity(args.len());
        for (index, arg) in args.iter().enumerate() {
            let value = self.value(arg);
            values.push(match value {
                Value::Lambda(lambda) if self.lo.static_params.contains(function, index) => {
                    lambdas[index] = Some(lambda.id);
                    Value::Lambda(lambda)
                }
                other => Value::Atom(self.materialise(other)),
            });
        }
        if lambdas.iter().all(Option::is_none) {
            lambdas.clear();
        }
        let mut chained = false;
        if self.scope.guard.concerns(function) {
            self.check_decrease(function, &type_args, args, &values, expr.span);
            chained = matches!(self.scope.guard, Guard::Chain(..));
        }
        let mut atoms = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Atom(atom) => atoms.push(atom),
                Value::Lambda(lambda) => atoms.extend(lambda.captures.iter().cloned()),
            }
        }
        if chained {
            atoms.extend(self.scope.guard.atoms().iter().cloned());
        }
        let ty = self.ty(expr.ty);
        let result = self.lo.rep(ty);
        let instance = self.lo.instance(InstanceKey { function, type_args, lambdas, chained });
        let value = self.emit_call(instance, atoms, result, tail);
        self.lo.note_call(&value, expr.span);
        self.after_call(ty);
        value
    }

    /// A call the compiler makes of a function of the prelude. `ty` is the concrete result type.
    pub(super) fn call_known(&mut self, function: FnId, type_args: &[Ty], args: Vec<Atom>, ty: Ty, span: Span) -> Atom {
        match self.lo.program.function(function).body {
            tir::Body::Builtin(implementation) => self.builtin(implementation, function, type_args, args, ty, span),
            tir::Body::Expr(_) => {
                let key = InstanceKey { function, type_args: type_args.into(), lambdas: Vec::new(), chained: false };
                let instance = self.lo.instance(key);
                let result = self.lo.rep(ty);
                self.emit_call(instance, args, result, false)
            }
        }
    }

    /// Emits a call; in tail position of a function of the same result, a tail call.
    pub(super) fn emit_call(&mut self, function: CoreFnId, args: Vec<Atom>, result: Rep, tail: bool) -> Atom {
        if tail && self.is_function_tail(result) {
            self.b.end(End::TailCall(function, args));
            return Atom::nothing(result);
        }
        self.b.emit(result, Op::Call(function, args))
    }

    /// Whether what is in tail position is the result of the function, which has representation `result`: the value of a
    /// clause is not.
    pub(super) fn is_function_tail(&self, result: Rep) -> bool {
        result == self.result && self.scope.clause.is_none() && self.lo.proofs.is_none()
    }

    /// Control does not come back from a call without a result.
    fn after_call(&mut self, ty: Ty) {
        if ty == Ty::NEVER {
            self.b.end(End::Unreachable);
        }
    }

    fn builtin(
        &mut self,
        implementation: Implementation,
        function: FnId,
        type_args: &[Ty],
        args: Vec<Atom>,
        ty: Ty,
        span: Span,
    ) -> Atom {
        match implementation {
            Implementation::Intrinsic(intrinsic) => self.intrinsic(intrinsic, type_args, args, ty, span),
            Implementation::Host { allocates } => {
                let decl = self.lo.program.function(function);
                let result = self.lo.rep(ty);
                let import = self.lo.import(Extern {
                    module: names::BUILTIN_IMPORTS.into(),
                    name: decl.name.clone(),
                    params: args.iter().map(|atom| self.b.rep(atom)).collect(),
                    result,
                    pure: decl.row.is_pure(),
                    allocates: allocates || result.has_pointer(),
                    diverges: matches!(self.lo.types.kind(ty), TyKind::Never),
                });
                self.b.emit(result, Op::Extern(import, args))
            }
        }
    }
}
