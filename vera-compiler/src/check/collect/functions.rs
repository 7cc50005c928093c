//! Signatures of functions and their `where` helpers.

use std::sync::Arc;

use super::rows::Uses;
use crate::abilities;
use crate::check::env::{Env, Signature};
use crate::check::scope::TypeScope;
use crate::diagnostics::suggest::nearest;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::syntax::ast::{self, Visibility};
use crate::tir::{Ability, Body, Expr, ExprKind, FnDecl, FnId, Local, LocalId, ModuleId, Scopes, TypeParam};
use crate::types::Ty;

/// Resolves the signature of a function, then those of its helpers.
pub(super) fn resolve(env: &mut Env, module: ModuleId, decl: &ast::FnDecl, id: FnId, diags: &mut Diagnostics) {
    let parent = env.families[id.index()].parent;
    let outer = match parent {
        Some(parent) => env.scope_of(parent),
        None => TypeScope::module(module),
    };
    let inherited = (outer.type_params.len(), outer.row_params.len());
    let scope = scope(env, module, decl, id, &outer, diags);

    let params: Vec<Ty> = decl.params.iter().map(|param| env.resolve_type(&param.ty, &scope, diags)).collect();
    let result = env.resolve_type(&decl.result.ty, &scope, diags);
    let reported = diags.len();
    let row = env.resolve_row(&decl.effects, &scope, diags);
    let row_known = diags.len() == reported && env.is_whole_row(&decl.effects, &row);

    let mut locals: Vec<Local> =
        params.iter().zip(&decl.params).map(|(&ty, param)| Local { ty, span: param.span }).collect();
    let result_local = LocalId(locals.len() as u32);
    locals.push(Local { ty: result, span: decl.result.span });
    let written: Vec<String> = decl.params.iter().map(|param| env.source_text(param.span)).collect();
    let arrow = if written.is_empty() { "-> " } else { " -> " };
    let signature = format!("{}{arrow}{}", written.join(", "), env.source_text(decl.result.span));

    let function = FnDecl {
        name: decl.name.text.to_string(),
        module,
        public: decl.visibility == Some(Visibility::Public),
        parent,
        type_params: scope.type_params.to_vec(),
        params: (0..params.len() as u32).map(LocalId).collect(),
        labels: decl.params.iter().map(|param| param.label.clone()).collect(),
        result,
        row: row.clone(),
        requires: Vec::new(),
        ensures: Vec::new(),
        decreases: Vec::new(),
        result_local,
        locals,
        scopes: Scopes::default(),
        body: Body::Expr(Expr { kind: ExprKind::Invalid, ty: Ty::INVALID, span: decl.body.span }),
        docs: decl.docs.clone(),
        signature,
        row_text: env.source_text(decl.effects.span),
        name_span: decl.name.span,
        span: decl.span,
    };
    add(env, function, Signature { id, scope, inherited, params, result, row, row_known });
    for (helper, child) in decl.where_fns.iter().zip(env.families[id.index()].children.clone()) {
        resolve(env, module, helper, child, diags);
    }
}

/// Enters a function under the id its signature names. Functions are entered in the order of their ids.
pub(super) fn add(env: &mut Env, function: FnDecl, signature: Signature) {
    debug_assert_eq!(signature.id.index(), env.program.functions.len());
    env.program.functions.push(function);
    env.signatures.push(Arc::new(signature));
}

/// The scope within a function: what is around it and the variables of its `forall`.
fn scope(
    env: &mut Env,
    module: ModuleId,
    decl: &ast::FnDecl,
    id: FnId,
    outer: &TypeScope,
    diags: &mut Diagnostics,
) -> TypeScope {
    let declared: &[ast::Name] = decl.forall.as_ref().map_or(&[], |forall| &forall.params);
    let names: Vec<&str> = declared.iter().map(|name| name.as_str()).collect();
    let mut uses = Uses::new(names.len());
    for param in decl.params.iter().chain([&decl.result]) {
        uses.in_type(env, module, &names, &param.ty);
    }
    uses.in_row(env, module, &names, &decl.effects);

    let mut type_params = outer.type_params.to_vec();
    let mut row_params = outer.row_params.to_vec();
    for (index, name) in names.iter().enumerate() {
        if uses.rows[index] {
            row_params.push((*name).to_owned());
        }
        if uses.types[index] || !uses.rows[index] {
            type_params.push(TypeParam { name: (*name).to_owned(), abilities: Vec::new() });
        }
    }
    for constraint in decl.forall.iter().flat_map(|forall| &forall.constraints) {
        constrain(env, module, constraint, &mut type_params, diags);
    }
    TypeScope { module, function: Some(id), type_params: type_params.into(), row_params: row_params.into() }
}

/// Enters a constraint of a `forall`: E180, E181, E340.
fn constrain(
    env: &mut Env,
    module: ModuleId,
    constraint: &ast::AbilityConstraint,
    type_params: &mut [TypeParam],
    diags: &mut Diagnostics,
) {
    let (ability, param) = (&constraint.ability, &constraint.param);
    let target = type_params.iter().rposition(|declared| declared.name == param.as_str());
    if target.is_none() {
        let diagnostic =
            Diagnostic::new(Code::E181, param.span, format!("`{param}` is not a type variable of this function."))
                .because("A constraint says what a variable of the same `forall` has to support.")
                .spec(Section::S2_7_1);
        let names = type_params.iter().map(|declared| declared.name.as_str());
        diags.push(match nearest(param.as_str(), names).or(type_params.last().map(|last| last.name.as_str())) {
            Some(near) => diagnostic.fix(format!("forall<{near} where {ability}<{near}>>")),
            None => diagnostic.fix(format!("forall<{param} where {ability}<{param}>>")),
        });
    }
    let Some(known) = abilities::named(ability.as_str()) else {
        if let Some(declared) = env.modules[module.index()].abilities.get_mut(&ability.text) {
            let said = std::mem::replace(&mut declared.bound, true);
            if !said {
                diags.push(env.ability_not_compiled(ability.as_str(), ability.as_str(), constraint.span));
            }
        } else {
            diags.push(unknown_ability(ability));
        }
        return;
    };
    if let Some(target) = target {
        let abilities: &mut Vec<Ability> = &mut type_params[target].abilities;
        if !abilities.contains(&known) {
            abilities.push(known);
        }
    }
}

fn unknown_ability(name: &ast::Name) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E180, name.span, format!("There is no ability `{name}`."))
        .because("The abilities are Eq, Ord, Hash and Show.")
        .spec(Section::S9_8_1);
    match nearest(name.as_str(), abilities::TABLE.iter().map(|ability| ability.name)) {
        Some(near) => diagnostic.fix(format!("Did you mean `{near}`?")),
        None => diagnostic.fix("Constrain by one of them, for example `forall<T where Eq<T>>`."),
    }
}
