//! Fields of data types, operations of effects and abilities.

use super::generic_scope;
use crate::check::env::{Env, PendingInvariant};
use crate::diagnostics::Diagnostics;
use crate::syntax::ast;
use crate::tir::{ModuleId, Operation};
use crate::types::{DataId, EffectId, TyKind};

/// Resolves the fields of a data type and sets its invariant aside until functions are known.
pub(super) fn resolve_data(env: &mut Env, module: ModuleId, decl: &ast::DataDecl, id: DataId, diags: &mut Diagnostics) {
    let scope = generic_scope(module, &decl.type_params, Vec::new());
    for (tag, constructor) in decl.constructors.iter().enumerate() {
        let fields = constructor.fields.iter().map(|field| env.resolve_type(field, &scope, diags)).collect();
        env.program.data[id.index()].constructors[tag].fields = fields;
    }
    if let Some(invariant) = &decl.invariant {
        let params = (0..decl.type_params.len() as u32).map(|param| env.program.types.intern(TyKind::Param(param)));
        let params = params.collect();
        let binder = env.program.types.intern(TyKind::Data(id, params));
        env.pending_invariants.push(PendingInvariant { data: id, binder, predicate: invariant.clone(), scope });
    }
}

/// Resolves the operations of an effect.
pub(super) fn resolve_effect(
    env: &mut Env,
    module: ModuleId,
    decl: &ast::EffectDecl,
    id: EffectId,
    diags: &mut Diagnostics,
) {
    let scope = generic_scope(module, &decl.type_params, Vec::new());
    let operations = decl.ops.iter().map(|operation| Operation {
        name: operation.name.text.to_string(),
        params: operation.params.iter().map(|param| env.resolve_type(param, &scope, diags)).collect(),
        result: env.resolve_type(&operation.result, &scope, diags),
        docs: operation.docs.clone(),
        name_span: Some(operation.name.span),
    });
    env.program.effects[id.index()].operations = operations.collect();
}

/// Checks the types an ability mentions; nothing else is made of it.
pub(super) fn check_ability(env: &mut Env, module: ModuleId, decl: &ast::AbilityDecl, diags: &mut Diagnostics) {
    let scope = generic_scope(module, &decl.type_params, Vec::new());
    for operation in &decl.ops {
        for ty in operation.params.iter().chain([&operation.result]) {
            env.resolve_type(ty, &scope, diags);
        }
    }
}
