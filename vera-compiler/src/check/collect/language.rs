//! Declarations that no module contains: the effects of the language and the built-in functions that have no body in
//! Vera.
//!
//! Their types are text in tables. They are combined into one Vera source, so that the parser reads them like any other
//! type and every declaration has a place.

use std::sync::Arc;

use super::{functions, generic_scope};
use crate::abilities;
use crate::builtins::{self, Builtin, Implementation};
use crate::check::env::{Env, Family, LibraryFn, Signature};
use crate::check::scope::TypeScope;
use crate::diagnostics::Diagnostics;
use crate::effects;
use crate::source::Span;
use crate::syntax::{self, ast};
use crate::tir::{Body, EffectDecl, FnDecl, FnId, Local, LocalId, ModuleId, Operation, Scopes, TypeParam};
use crate::types::{FnTy, Row, Ty, TyKind};

/// The module the built-ins are in: the prelude.
const PRELUDE: ModuleId = ModuleId(0);

/// Declares the effects of the language. Their operations come when the types of the prelude are known.
pub(super) fn declare_effects(env: &mut Env) {
    for effect in effects::TABLE {
        env.program.effects.push(EffectDecl {
            name: effect.name.to_owned(),
            module: None,
            type_params: effect.type_params.iter().map(|&name| name.to_owned()).collect(),
            operations: Vec::new(),
            docs: Some(effect.docs.to_owned()),
            span: None,
        });
    }
}

/// Resolves the operations of the effects of the language.
pub(super) fn resolve_effects(env: &mut Env, diags: &mut Diagnostics) {
    let operations = effects::TABLE.iter().flat_map(|effect| effect.operations.iter().map(move |op| (effect, op)));
    let lines = operations.map(|(effect, op)| declaration(effect.type_params, op.signature));
    let mut types = parse("<effects>", &lines.collect::<String>(), env, diags).into_iter();
    for (id, effect) in effects::TABLE.iter().enumerate() {
        let mut operations = Vec::with_capacity(effect.operations.len());
        for (op, decl) in effect.operations.iter().zip(&mut types) {
            let scope = generic_scope(PRELUDE, &decl.type_params, Vec::new());
            if let Some(FnTy { params, result, .. }) = resolve(env, &decl, &scope, diags) {
                let (name, docs) = (op.name.to_owned(), Some(op.docs.to_owned()));
                operations.push(Operation { name, params, result, docs, name_span: None });
            }
        }
        env.program.effects[id].operations = operations;
    }
}

/// Declares the built-ins that are not written in Vera as far as they are used, and gives those that are written in it
/// their names in every module.
pub(super) fn declare_builtins(env: &mut Env, used: &[&'static Builtin], diags: &mut Diagnostics) {
    let rows: Vec<(&Builtin, Implementation)> =
        used.iter().filter_map(|row| Some((*row, row.implementation?))).collect();
    let lines = rows.iter().map(|(row, _)| declaration(row.forall, row.signature));
    let types = parse("<built-ins>", &lines.collect::<String>(), env, diags);
    for ((row, implementation), decl) in rows.into_iter().zip(types) {
        let id = FnId(env.families.len() as u32);
        let mut scope = generic_scope(PRELUDE, &decl.type_params, Vec::new());
        scope.function = Some(id);
        scope.type_params = constrained(&scope.type_params, row);
        let Some(FnTy { params, result, row: effects }) = resolve(env, &decl, &scope, diags) else { continue };
        env.families.push(Family::default());
        let function = builtin(row, implementation, &decl, &params, result, &effects, &scope);
        let signature = Signature { id, scope, inherited: (0, 0), params, result, row: effects, row_known: true };
        functions::add(env, function, signature);
        env.library_functions.insert(row.name.into(), LibraryFn { id, internal: row.internal });
    }
    for row in builtins::TABLE.iter().filter(|row| row.implementation.is_none()) {
        if let Some(&id) = env.modules[PRELUDE.index()].functions.get(row.name) {
            env.library_functions.insert(row.name.into(), LibraryFn { id, internal: row.internal });
        }
    }
}

fn constrained(params: &[TypeParam], row: &Builtin) -> Arc<[TypeParam]> {
    let abilities = |name: &str| {
        let of_param = row.abilities.iter().filter(|(_, param)| *param == name);
        of_param.filter_map(|(ability, _)| abilities::named(ability)).collect()
    };
    params.iter().map(|param| TypeParam { name: param.name.clone(), abilities: abilities(&param.name) }).collect()
}

fn builtin(
    row: &Builtin,
    implementation: Implementation,
    decl: &ast::TypeAliasDecl,
    params: &[Ty],
    result: Ty,
    effects: &Row,
    scope: &TypeScope,
) -> FnDecl {
    let span: Span = decl.ty.span;
    let locals = params.iter().chain([&result]).map(|&ty| Local { ty, span });
    let (signature, row_text) = match row.signature.rsplit_once(") effects(") {
        Some((signature, effects)) => (signature, effects.trim_end_matches(')')),
        None => (row.signature.trim_end_matches(')'), "pure"),
    };
    FnDecl {
        name: row.name.to_owned(),
        module: PRELUDE,
        public: true,
        parent: None,
        type_params: scope.type_params.to_vec(),
        params: (0..params.len() as u32).map(LocalId).collect(),
        labels: vec![None; params.len()],
        result,
        row: effects.clone(),
        requires: Vec::new(),
        ensures: Vec::new(),
        decreases: Vec::new(),
        result_local: LocalId(params.len() as u32),
        locals: locals.collect(),
        scopes: Scopes::default(),
        body: Body::Builtin(implementation),
        docs: Some(row.docs.to_owned()),
        signature: signature.trim_start_matches("fn(").to_owned(),
        row_text: row_text.to_owned(),
        name_span: span,
        span,
    }
}

/// A type of a table as a declaration.
fn declaration(type_params: &[&str], signature: &str) -> String {
    let effects = if signature.contains(" effects(") { "" } else { " effects(pure)" };
    match type_params {
        [] => format!("type Signature = {signature}{effects};\n"),
        params => format!("type Signature<{}> = {signature}{effects};\n", params.join(", ")),
    }
}

/// The declarations of a text made of [`declaration`]s.
fn parse(name: &str, text: &str, env: &mut Env, diags: &mut Diagnostics) -> Vec<ast::TypeAliasDecl> {
    let file = env.program.sources.add(name, text);
    let (program, reported) = syntax::parse(&env.program.sources, file);
    diags.extend(reported);
    let decls = program.decls.into_iter().filter_map(|decl| match decl {
        ast::Decl::TypeAlias(decl) => Some(decl),
        _ => None,
    });
    decls.collect()
}

fn resolve(env: &mut Env, decl: &ast::TypeAliasDecl, scope: &TypeScope, diags: &mut Diagnostics) -> Option<FnTy> {
    let ty = env.resolve_type(&decl.ty, scope, diags);
    match env.program.types.kind(ty) {
        TyKind::Fn(function) => Some(function.clone()),
        _ => None,
    }
}
