//! Type aliases, in the order of their dependencies; cycles are E132.

use std::collections::BTreeMap;

use super::generic_scope;
use super::rows::Uses;
use crate::check::env::{Env, TypeName};
use crate::check::resolve_type::AliasState;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::syntax::ast::{EffectRowKind, TypeAliasDecl, TypeExpr, TypeKind};
use crate::tir::ModuleId;
use crate::types::AliasId;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Resolves the aliases of a module. Those of a cycle stay unresolved.
pub(super) fn resolve(env: &mut Env, module: ModuleId, aliases: &[(&TypeAliasDecl, AliasId)], diags: &mut Diagnostics) {
    let position: BTreeMap<AliasId, usize> = aliases.iter().enumerate().map(|(at, (_, id))| (*id, at)).collect();
    let dependencies: Vec<Vec<usize>> = aliases
        .iter()
        .map(|(decl, _)| {
            let mut names = Vec::new();
            let params: Vec<&str> = decl.type_params.iter().map(|param| param.as_str()).collect();
            mentioned(&decl.ty, &params, &mut names);
            let named = names.iter().filter_map(|name| match env.modules[module.index()].types.get(*name) {
                Some(TypeName::Alias(id)) => position.get(id).copied(),
                _ => None,
            });
            named.collect()
        })
        .collect();

    let mut marks = vec![Mark::New; aliases.len()];
    for start in 0..aliases.len() {
        if marks[start] != Mark::New {
            continue;
        }
        // Depth first without recursion: a chain of aliases may be as long as the program.
        let mut path = vec![(start, 0)];
        marks[start] = Mark::Open;
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            let Some(&dependency) = dependencies[at].get(*next) else {
                path.pop();
                marks[at] = Mark::Done;
                resolve_one(env, module, aliases[at].0, aliases[at].1, diags);
                continue;
            };
            *next += 1;
            match marks[dependency] {
                Mark::Done => {}
                Mark::New => {
                    marks[dependency] = Mark::Open;
                    path.push((dependency, 0));
                }
                Mark::Open => {
                    let start = path.iter().position(|(at, _)| *at == dependency).unwrap_or_default();
                    let cycle: Vec<&TypeAliasDecl> = path[start..].iter().map(|(at, _)| aliases[*at].0).collect();
                    diags.push(cyclic(&cycle));
                }
            }
        }
    }
}

fn resolve_one(env: &mut Env, module: ModuleId, decl: &TypeAliasDecl, id: AliasId, diags: &mut Diagnostics) {
    let params: Vec<&str> = decl.type_params.iter().map(|param| param.as_str()).collect();
    let mut uses = Uses::new(params.len());
    uses.in_type(env, module, &params, &decl.ty);
    let row_positions: Vec<usize> = (0..params.len()).filter(|&at| uses.rows[at]).collect();
    let row_params = row_positions.iter().map(|&at| params[at].to_owned()).collect();
    let scope = generic_scope(module, &decl.type_params, row_params);
    let target = env.resolve_type(&decl.ty, &scope, diags);
    env.program.aliases[id.index()].target = target;
    env.alias_states[id.index()] = AliasState { resolved: true, row_positions };
}

/// The type names in a type, predicates left out.
fn mentioned<'a>(ty: &'a TypeExpr, params: &[&str], names: &mut Vec<&'a str>) {
    match &ty.kind {
        TypeKind::Named { name, args } => {
            if !params.contains(&name.as_str()) {
                names.push(name.as_str());
            }
            args.iter().for_each(|arg| mentioned(arg, params, names));
        }
        TypeKind::Fn(function) => {
            function.params.iter().for_each(|param| mentioned(param, params, names));
            mentioned(&function.result, params, names);
            if let EffectRowKind::Effects(effects) = &function.effects.kind {
                effects.iter().flat_map(|effect| &effect.args).for_each(|arg| mentioned(arg, params, names));
            }
        }
        TypeKind::Refinement { base, .. } => mentioned(base, params, names),
        TypeKind::Invalid => {}
    }
}

fn cyclic(cycle: &[&TypeAliasDecl]) -> Diagnostic {
    let first = cycle[0];
    let path: Vec<&str> = cycle.iter().map(|decl| decl.name.as_str()).chain([first.name.as_str()]).collect();
    let description = format!("Type alias `{}` stands for itself: {}.", first.name, path.join(" → "));
    let diagnostic = Diagnostic::new(Code::E132, first.name.span, description)
        .because("An alias is replaced by what it stands for, and this replacement would never end.")
        .fix(format!("A recursive type needs a constructor: `private data {0} {{ Make{0}(...) }}`", first.name))
        .spec("Chapter 2, Section 2.6.3");
    cycle[1..].iter().fold(diagnostic, |diagnostic, decl| diagnostic.label(decl.name.span, "on the way round"))
}
