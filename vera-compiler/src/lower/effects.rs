//! Operations of effects that no handler of the program takes: imports.

use super::body::Body;
use super::concrete;
use super::context::Lowering;
use crate::core::{Atom, Extern, Op};
use crate::tir::Expr;
use crate::types::{EffectUse, Ty};
use std::collections::BTreeMap;
use vera_abi::interface::{EffectDesc, OperationDesc};
use vera_abi::names;

impl<'p> Body<'_, 'p> {
    /// An operation of an effect.
    pub(super) fn perform(&mut self, expr: &'p Expr, effect: &EffectUse, operation: u32, args: &'p [Expr]) -> Atom {
        let decl = self.lo.program.effect(effect.effect);
        if super::unsupported::is_handled_only(effect.effect) {
            return self.refuse(expr);
        }
        let effect = self.effect(effect);
        let atoms = self.exprs(args);
        let op = &decl.operations[operation as usize];
        let user = decl.module.is_some();
        self.lo.use_operation(&effect, operation);
        let params: Vec<Ty> =
            op.params.iter().map(|&ty| concrete::concrete(&mut self.lo.types, ty, &effect.args)).collect();
        let ty = concrete::concrete(&mut self.lo.types, op.result, &effect.args);
        let result = self.lo.rep(ty);
        let name = self.lo.program.effect_symbol(&self.lo.types, &effect);
        let import = Extern {
            module: format!("{}{name}", names::EFFECT_IMPORTS_PREFIX),
            name: op.name.clone(),
            params: params.iter().map(|&ty| self.lo.rep(ty)).collect(),
            result,
            pure: false,
            // What implements an effect of the program may build values before it returns.
            allocates: user || result.has_pointer(),
            diverges: ty == Ty::NEVER,
        };
        let import = self.lo.import(import);
        let value = self.b.emit(result, Op::Extern(import, atoms));
        if ty == Ty::NEVER {
            self.b.end(crate::core::End::Unreachable);
        }
        let declared = self.lo.types.substitute(op.result, &effect.args);
        let place = format!("result of {}.{}", decl.name, op.name);
        self.check_boundary(&value, declared, &place, expr.span);
        self.check_refinements(&value, declared, &place, expr.span, &[]);
        value
    }
}

impl Lowering<'_> {
    fn use_operation(&mut self, effect: &EffectUse, operation: u32) {
        if self.used_effects.get(effect).is_some_and(|operations| operations.contains_key(&operation)) {
            return;
        }
        let op = &self.program.effect(effect.effect).operations[operation as usize];
        let mut ty = |ty| {
            let ty = concrete::concrete(&mut self.types, ty, &effect.args);
            self.interface_type(ty)
        };
        let params = op.params.iter().map(|&param| ty(param)).collect();
        let desc = OperationDesc { name: op.name.clone(), params, result: ty(op.result) };
        self.used_effects.entry(effect.clone()).or_default().insert(operation, desc);
    }

    /// The effects of the interface.
    pub(super) fn effect_descs(&mut self) -> Vec<EffectDesc> {
        let used = std::mem::take(&mut self.used_effects);
        let desc = |(effect, operations): (EffectUse, BTreeMap<u32, OperationDesc>)| EffectDesc {
            name: self.program.effect_symbol(&self.types, &effect),
            user: self.program.effect(effect.effect).module.is_some(),
            operations: operations.into_values().collect(),
        };
        used.into_iter().map(desc).collect()
    }
}
