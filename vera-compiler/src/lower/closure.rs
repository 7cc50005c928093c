//! Lambdas: closure conversion, and calls of lambdas that are known.
//!
//! A lambda that is only applied, or passed to a parameter that is only applied, never becomes an object: its captured
//! values travel as ordinary values, and each application is a call of its body. Where a closure value is needed, the
//! captured values are put into an object and the body is reached through it. Both forms of a body are built from the
//! same expression, each only when it is used.

use super::body::{Body, Scope, Value};
use super::concrete;
use super::context::Lowering;
use super::guard::Guard;
use super::lambdas::{Lambda, LambdaKey, LambdaValue};
use super::origin::Origins;
use super::work::{Job, LambdaId};
use crate::core::{Atom, ClosureId, ClosureShape, End, FnId, Function, Op};
use crate::tir::{Closure, Expr, ExprKind};
use crate::types::{Ty, TyKind};
use vera_abi::layout::Rep;

/// Most lambdas that may be known inside one another. Beyond it a captured lambda becomes a closure value, so that a
/// function that wraps its lambda in another at every call has finitely many instances.
const MAX_NESTED: u32 = 4;

impl<'p> Lowering<'p> {
    /// How symbols of instances name a lambda.
    pub(super) fn lambda_name(&self, id: LambdaId) -> String {
        self.lambdas.get(id).symbol.clone()
    }

    /// The function that is a lambda's body: captured values, then arguments.
    fn lambda_direct(&mut self, id: LambdaId) -> FnId {
        if let Some(function) = self.lambdas.get(id).direct {
            return function;
        }
        let function = self.reserve(Job::LambdaDirect(id));
        self.lambdas.get_mut(id).direct = Some(function);
        function
    }

    /// The shape of a lambda's closure values.
    fn lambda_boxed(&mut self, id: LambdaId) -> ClosureId {
        if let Some(shape) = self.lambdas.get(id).boxed {
            return shape;
        }
        let function = self.reserve(Job::LambdaBoxed(id));
        let captures = self.lambdas.get(id).captures.clone();
        let shape = self.lambdas.add_shape(ClosureShape { function, captures });
        self.lambdas.get_mut(id).boxed = Some(shape);
        shape
    }

    /// Builds a body that is called directly.
    pub(super) fn build_lambda_direct(&mut self, id: LambdaId) -> Option<Function> {
        let mut body = self.lambda_body(id);
        let reps = body.lo.lambdas.get(id).captures.clone();
        let captures: Vec<Atom> = reps.into_iter().map(|rep| body.b.param(rep)).collect();
        let mut function = body.lambda_function(id, captures, "");
        function.inline = true;
        Some(function)
    }

    /// Builds a body that is called through a closure value.
    pub(super) fn build_lambda_boxed(&mut self, id: LambdaId) -> Option<Function> {
        let shape = self.lambdas.get(id).boxed?;
        let mut body = self.lambda_body(id);
        let closure = body.b.param(Rep::Ptr);
        let params = body.lambda_arguments(id);
        let reps = body.lo.lambdas.get(id).captures.clone();
        let captures = reps.into_iter().enumerate();
        let captures =
            captures.map(|(at, rep)| body.b.emit(rep, Op::Capture(shape, closure.clone(), at as u32))).collect();
        Some(body.lambda_finish(id, captures, params, "/closure"))
    }

    fn lambda_body(&mut self, id: LambdaId) -> Body<'_, 'p> {
        let lambda = self.lambdas.get(id);
        let origin = lambda.closure.body.span;
        let scope = Scope::new(lambda.function, lambda.locals, lambda.type_args.clone(), lambda.owner.clone(), origin);
        let result = lambda.result;
        Body::new(self, scope, result)
    }
}

impl<'p> Body<'_, 'p> {
    fn lambda_arguments(&mut self, id: LambdaId) -> Vec<Atom> {
        let reps = self.lo.lambdas.get(id).params.clone();
        reps.into_iter().map(|rep| self.b.param(rep)).collect()
    }

    fn lambda_function(mut self, id: LambdaId, captures: Vec<Atom>, suffix: &str) -> Function {
        let params = self.lambda_arguments(id);
        self.lambda_finish(id, captures, params, suffix)
    }

    fn lambda_finish(mut self, id: LambdaId, captures: Vec<Atom>, params: Vec<Atom>, suffix: &str) -> Function {
        let lambda = self.lo.lambdas.get(id);
        let (closure, known, frame) = (lambda.closure, lambda.known.clone(), lambda.frame);
        let (symbol, guard) = (format!("{}{suffix}", lambda.symbol), lambda.guard.clone());
        self.scope.origins = lambda.origins.clone();
        let mut captures = captures.into_iter();
        for (&local, known) in closure.captures.iter().zip(known) {
            let value = match known {
                Some(id) => {
                    let count = self.lo.lambdas.get(id).captures.len();
                    Value::Lambda(LambdaValue { id, captures: captures.by_ref().take(count).collect() })
                }
                None => match captures.next() {
                    Some(atom) => Value::Atom(atom),
                    None => break,
                },
            };
            self.bind(local, value);
        }
        self.scope.guard = guard.with_atoms(captures.collect());
        for (&local, atom) in closure.params.iter().zip(params) {
            self.bind(local, Value::Atom(atom));
        }
        let value = self.tail(&closure.body);
        self.finish(value, symbol, frame)
    }

    /// A lambda expression of concrete type `ty`.
    pub(super) fn lambda(&mut self, closure: &'p Closure, ty: Ty) -> LambdaValue {
        let span = closure.body.span;
        let mut captures = Vec::new();
        let mut known = Vec::new();
        let mut nested = 0;
        for &local in &closure.captures {
            match self.lookup(local, span) {
                Value::Lambda(lambda) if self.lo.lambdas.get(lambda.id).nested < MAX_NESTED => {
                    nested = nested.max(1 + self.lo.lambdas.get(lambda.id).nested);
                    captures.extend(lambda.captures.iter().cloned());
                    known.push(Some(lambda.id));
                }
                value => {
                    captures.push(self.materialise(value));
                    known.push(None);
                }
            }
        }
        let guard = if self.calls_guarded(&closure.body) { self.scope.guard.clone() } else { Guard::None };
        captures.extend(guard.atoms().iter().cloned());
        let origins = match guard {
            Guard::None => Origins::default(),
            _ => self.origins_for(closure.captures.iter().chain(&closure.params)),
        };
        let key = LambdaKey {
            closure: std::ptr::from_ref(closure) as usize,
            type_args: self.scope.type_args.clone(),
            known: known.clone(),
            guarded: !matches!(guard, Guard::None),
        };
        if let Some(id) = self.lo.lambdas.find(&key) {
            return LambdaValue { id, captures: captures.into() };
        }
        let params = closure.params.iter().map(|&param| self.rep(self.local_ty(param))).collect();
        let result = match self.lo.types.kind(ty) {
            TyKind::Fn(function) => function.result,
            _ => closure.body.ty,
        };
        let result = self.rep(result);
        let start = self.lo.program.sources.start(span);
        let symbol = format!("{}/fn@{}:{}", self.scope.owner.function, start.line, start.column);
        let mut owner = self.scope.owner.clone();
        if let Some(function) = self.scope.function {
            owner.frame = self.lo.frame(self.lo.program.function(function), span);
        }
        let frame = self.scope.function.is_some().then_some(owner.frame);
        let reps = captures.iter().map(|atom| self.b.rep(atom)).collect();
        let lambda = Lambda {
            closure,
            function: self.scope.function,
            locals: self.scope.locals,
            type_args: self.scope.type_args.clone(),
            owner,
            known,
            guard,
            origins,
            captures: reps,
            params,
            result,
            nested,
            direct: None,
            boxed: None,
            symbol,
            frame,
        };
        let id = self.lo.lambdas.add(key, lambda);
        LambdaValue { id, captures: captures.into() }
    }

    fn calls_guarded(&self, expr: &Expr) -> bool {
        let mut found = false;
        if !matches!(self.scope.guard, Guard::None) {
            expr.walk(&mut |expr| {
                if let ExprKind::Call { function, .. } = &expr.kind {
                    found |= self.scope.guard.concerns(*function);
                }
            });
        }
        found
    }

    /// Declares the parameters that stand for a known lambda.
    pub(super) fn lambda_parameter(&mut self, id: LambdaId) -> LambdaValue {
        let reps = self.lo.lambdas.get(id).captures.clone();
        LambdaValue { id, captures: reps.into_iter().map(|rep| self.b.param(rep)).collect() }
    }

    /// The value as an operand: a known lambda becomes a closure value.
    pub(super) fn materialise(&mut self, value: Value) -> Atom {
        match value {
            Value::Atom(atom) => atom,
            Value::Lambda(lambda) => {
                let shape = self.lo.lambda_boxed(lambda.id);
                self.b.emit(Rep::Ptr, Op::Closure(shape, lambda.captures.to_vec()))
            }
        }
    }

    /// `apply_fn(f, ...)`
    pub(super) fn apply(&mut self, expr: &'p Expr, function: &'p Expr, args: &'p [Expr], tail: bool) -> Atom {
        let callee = self.value(function);
        let atoms = self.exprs(args);
        let ty = self.ty(function.ty);
        let (params, result): (Vec<Rep>, Rep) = match self.lo.types.kind(ty) {
            TyKind::Fn(function) => {
                let reps = function.params.iter().map(|&ty| concrete::rep(&self.lo.types, ty)).collect();
                (reps, concrete::rep(&self.lo.types, function.result))
            }
            _ => (atoms.iter().map(|atom| self.b.rep(atom)).collect(), self.rep(expr.ty)),
        };
        let value = match (callee, tail && self.is_function_tail(result)) {
            (Value::Lambda(lambda), tail) => {
                let function = self.lo.lambda_direct(lambda.id);
                let args = lambda.captures.iter().cloned().chain(atoms).collect();
                self.emit_call(function, args, result, tail)
            }
            (Value::Atom(closure), true) => {
                self.b.end(End::TailCallClosure { closure, args: atoms, params, result });
                Atom::nothing(result)
            }
            (callee, false) => self.call_value(callee, atoms, &params, result),
        };
        if self.ty(expr.ty) == Ty::NEVER {
            self.b.end(End::Unreachable);
        }
        value
    }

    /// Calls a function value.
    pub(super) fn call_value(&mut self, callee: Value, args: Vec<Atom>, params: &[Rep], result: Rep) -> Atom {
        match callee {
            Value::Lambda(lambda) => {
                let function = self.lo.lambda_direct(lambda.id);
                let args = lambda.captures.iter().cloned().chain(args).collect();
                self.emit_call(function, args, result, false)
            }
            Value::Atom(closure) => {
                self.b.emit(result, Op::CallClosure { closure, args, params: params.to_vec(), result })
            }
        }
    }
}
