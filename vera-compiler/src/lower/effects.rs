//! Operations of effects that no handler of the program answers: imports.

use super::body::Body;
use super::checks::Seen;
use super::concrete;
use super::context::Lowering;
use super::sites::Check;
use super::work::Promise;
use crate::core::{Atom, EffectId, End, Extern, Op, Perform, Unhandled};
use crate::effects;
use crate::tir::Expr;
use crate::types::{EffectUse, Ty};
use std::collections::BTreeMap;
use vera_abi::interface::{self, EffectDesc, OperationDesc};
use vera_abi::layout::Rep;
use vera_abi::names;
use vera_abi::trap::TrapKind;

/// An operation that a host may have to answer.
pub(super) struct HostOperation {
    /// The effect in the core program.
    pub(super) handled: EffectId,
    /// Its position in the effect.
    pub(super) operation: u32,
    /// Its import.
    pub(super) import: Extern,
    /// The concrete type of the result.
    pub(super) ty: Ty,
    /// The check of its result.
    pub(super) promise: Promise,
}

impl<'p> Body<'_, 'p> {
    /// An operation of an effect.
    pub(super) fn perform(&mut self, expr: &'p Expr, effect: &EffectUse, operation: u32, args: &'p [Expr]) -> Atom {
        let written = effect;
        let effect = self.effect(effect);
        let atoms = self.exprs(args);
        if effect.effect == effects::STATE {
            return self.state_operation(&effect, operation, atoms, expr.span);
        }
        if effect.effect == effects::EXN {
            return self.throw(expr, &effect, atoms);
        }
        self.settle_arguments(&atoms, args);
        let performed = self.host_operation(expr, written, operation);
        let import = self.lo.import(performed.import.clone());
        self.perform_by(&performed, atoms, Unhandled::Host(import))
    }

    /// Describes the operation that `expr` performs.
    pub(super) fn host_operation(&mut self, expr: &'p Expr, written: &EffectUse, operation: u32) -> HostOperation {
        let decl = self.lo.program.effect(written.effect);
        let effect = self.effect(written);
        let handled = self.lo.effect_id(&effect, expr.span);
        let op = &decl.operations[operation as usize];
        let user = decl.module.is_some();
        let id = self.lo.use_operation(&effect, operation);
        let params: Vec<Ty> =
            op.params.iter().map(|&ty| concrete::concrete(&mut self.lo.types, ty, &effect.args)).collect();
        let ty = concrete::concrete(&mut self.lo.types, op.result, &effect.args);
        let result = self.lo.rep(ty);
        let import = Extern {
            module: names::effect_imports(id),
            name: op.name.clone(),
            params: params.iter().map(|&ty| self.lo.rep(ty)).collect(),
            result,
            pure: false,
            // What implements an effect of the program may build values before it returns.
            allocates: user || result.has_pointer(),
            diverges: ty == Ty::NEVER,
        };
        // What the result is to be is said by the type arguments as written: concrete ones have lost their refinements.
        let of = &self.scope.type_args;
        let written: Vec<Ty> = written.args.iter().map(|&arg| self.lo.types.substitute(arg, of)).collect();
        let declared = self.lo.types.substitute(op.result, &written);
        let place = format!("result of {}.{}", decl.name, op.name).into();
        HostOperation { handled, operation, import, ty, promise: Promise { ty: declared, place, span: expr.span } }
    }

    /// Performs an operation.
    pub(super) fn perform_by(&mut self, performed: &HostOperation, args: Vec<Atom>, unhandled: Unhandled) -> Atom {
        let &HostOperation { handled, operation, ty, .. } = performed;
        let perform = Perform { effect: handled, operation, args, unhandled };
        let value = self.b.emit(self.lo.rep(ty), Op::Perform(Box::new(perform)));
        if ty == Ty::NEVER {
            self.b.end(End::Unreachable);
        }
        self.check_promise(&value, &performed.promise);
        value
    }

    /// Checks a result.
    pub(super) fn check_promise(&mut self, value: &Atom, promise: &Promise) {
        let Promise { ty, place, span } = promise;
        self.check_boundary(value, *ty, place, *span);
        let seen = self.refined_value(value.clone(), *ty);
        self.check_refinements(value, *ty, place, *span, &seen);
    }
}

impl<'p> Body<'_, 'p> {
    /// `throw(value)`
    fn throw(&mut self, expr: &'p Expr, effect: &EffectUse, args: Vec<Atom>) -> Atom {
        let handled = self.lo.effect_id(effect, expr.span);
        let ty = effect.args.first().copied().unwrap_or(Ty::UNIT);
        let text = self.lo.program.sources.text(expr.span).to_owned();
        let check = Check { kind: TrapKind::UncaughtException, text, span: expr.span };
        let value = args.first().cloned().unwrap_or(Atom::Unit);
        let thrown = Seen { name: "thrown".into(), value, ty: self.lo.interface_type(ty) };
        let site = self.site_of_values(check, &[thrown]);
        let perform = Perform { effect: handled, operation: 0, args, unhandled: Unhandled::Trap(site) };
        self.b.emit(Rep::Unit, Op::Perform(Box::new(perform)));
        self.b.end(End::Unreachable);
        Atom::Unit
    }
}

impl Lowering<'_> {
    /// Notes that an operation is imported. The result is the effect's place in the interface.
    fn use_operation(&mut self, effect: &EffectUse, operation: u32) -> interface::EffectId {
        if let Some((index, _, operations)) = self.used_effects.get_full(effect)
            && operations.contains_key(&operation)
        {
            return interface::EffectId(index as u32);
        }
        let op = &self.program.effect(effect.effect).operations[operation as usize];
        let mut ty = |ty| {
            let ty = concrete::concrete(&mut self.types, ty, &effect.args);
            self.interface_type(ty)
        };
        let params = op.params.iter().map(|&param| ty(param)).collect();
        let desc = OperationDesc { name: op.name.clone(), params, result: ty(op.result) };
        let entry = self.used_effects.entry(effect.clone());
        let id = interface::EffectId(entry.index() as u32);
        entry.or_default().insert(operation, desc);
        id
    }

    /// The effects of the interface: which they are in the program, and their descriptions.
    pub(super) fn effect_descs(&mut self) -> (Vec<EffectUse>, Vec<EffectDesc>) {
        let used = std::mem::take(&mut self.used_effects);
        let desc = |(effect, operations): (EffectUse, BTreeMap<u32, OperationDesc>)| {
            let decl = self.program.effect(effect.effect);
            let arguments = effect.args.iter().map(|&arg| self.interface_type(arg)).collect();
            let (name, user) = (decl.name.clone(), decl.module.is_some());
            (effect, EffectDesc { name, arguments, user, operations: operations.into_values().collect() })
        };
        used.into_iter().map(desc).unzip()
    }
}
