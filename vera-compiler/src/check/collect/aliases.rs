//! Type aliases, in the order of their dependencies; cycles are E132.
//!
//! A type may refer to itself through parameters or the result of a function type, because a function value is an
//! address in any case. So such a reference is not a dependency; it is represented by its name
//! ([`TyKind::Recursive`](crate::types::TyKind::Recursive)).

use std::collections::BTreeMap;

use super::generic_scope;
use super::rows::Uses;
use crate::check::env::AliasState;
use crate::check::env::{Env, TypeName};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::syntax::ast::{EffectRowKind, TypeAliasDecl, TypeExpr, TypeKind};
use crate::tir::ModuleId;
use crate::types::AliasId;
use vera_abi::graph::components;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Resolves the aliases of a module. Those of a cycle stay unresolved.
pub(super) fn resolve(env: &mut Env, module: ModuleId, aliases: &[(&TypeAliasDecl, AliasId)], diags: &mut Diagnostics) {
    let position: BTreeMap<AliasId, usize> = aliases.iter().enumerate().map(|(at, (_, id))| (*id, at)).collect();
    let mentions: Vec<Mentions> = aliases
        .iter()
        .map(|(decl, _)| {
            let params: Vec<&str> = decl.type_params.iter().map(|param| param.as_str()).collect();
            let mut found = Names::default();
            found.in_type(&decl.ty, &params, false);
            let known = |name: &&str| match env.modules[module.index()].types.get(*name) {
                Some(TypeName::Alias(id)) => position.get(id).copied(),
                _ => None,
            };
            Mentions {
                bare: found.bare.iter().filter_map(known).collect(),
                in_functions: found.in_functions.iter().filter_map(known).collect(),
            }
        })
        .collect();
    let all = mentions.iter().map(|mentions| mentions.bare.iter().chain(&mentions.in_functions).copied().collect());
    let cycle = components(&all.collect::<Vec<Vec<usize>>>());
    let mut dependencies = Vec::with_capacity(aliases.len());
    for (from, Mentions { bare, in_functions }) in mentions.into_iter().enumerate() {
        let (back, others): (Vec<usize>, _) = in_functions.into_iter().partition(|&to| cycle[from] == cycle[to]);
        for to in back {
            env.alias_states[aliases[to].1.index()].cycle = Some(cycle[to]);
        }
        dependencies.push([bare, others].concat());
    }

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
                env.resolving = Some(cycle[at]);
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
    env.resolving = None;
    let recursive = aliases.iter().filter(|(_, id)| env.alias_states[id.index()].cycle.is_some());
    let expansions: Vec<_> = recursive.map(|&(_, id)| (id, env.program.alias(id).target)).collect();
    if !expansions.is_empty() {
        env.program.types.unfold(expansions);
    }
}

fn resolve_one(env: &mut Env, module: ModuleId, decl: &TypeAliasDecl, id: AliasId, diags: &mut Diagnostics) {
    let params: Vec<&str> = decl.type_params.iter().map(|param| param.as_str()).collect();
    let mut uses = Uses::new(params.len());
    uses.in_type(env, module, &params, &decl.ty);
    let row_positions: Vec<usize> = (0..params.len()).filter(|&at| uses.rows[at]).collect();
    let row_params = row_positions.iter().map(|&at| params[at].to_owned()).collect();
    let cycle = env.alias_states[id.index()].cycle;
    if cycle.is_some()
        && let Some(&row) = row_positions.first()
    {
        return diags.push(recursive_row(decl, params[row]));
    }
    let scope = generic_scope(module, &decl.type_params, row_params);
    let target = env.resolve_type(&decl.ty, &scope, diags);
    env.program.aliases[id.index()].target = target;
    env.alias_states[id.index()] = AliasState { resolved: true, row_positions, cycle };
}

/// Which aliases an alias mentions, by position.
struct Mentions {
    bare: Vec<usize>,
    in_functions: Vec<usize>,
}

/// The type names in a type, predicates left out.
#[derive(Default)]
struct Names<'a> {
    /// Those in no function type, and in the arguments of effects.
    bare: Vec<&'a str>,
    /// Those in parameters and results of function types.
    in_functions: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn in_type(&mut self, ty: &'a TypeExpr, params: &[&str], in_function: bool) {
        match &ty.kind {
            TypeKind::Named { name, args } => {
                if !params.contains(&name.as_str()) {
                    let names = if in_function { &mut self.in_functions } else { &mut self.bare };
                    names.push(name.as_str());
                }
                args.iter().for_each(|arg| self.in_type(arg, params, in_function));
            }
            TypeKind::Fn(function) => {
                function.params.iter().for_each(|param| self.in_type(param, params, true));
                self.in_type(&function.result, params, true);
                if let EffectRowKind::Effects(effects) = &function.effects.kind {
                    effects.iter().flat_map(|effect| &effect.args).for_each(|arg| self.in_type(arg, params, false));
                }
            }
            TypeKind::Refinement { base, .. } => self.in_type(base, params, in_function),
            TypeKind::Invalid => {}
        }
    }
}

fn recursive_row(decl: &TypeAliasDecl, param: &str) -> Diagnostic {
    let name = &decl.name;
    let description = format!("Type alias `{name}` is recursive and has the effect parameter `{param}`.");
    Diagnostic::new(Code::E132, name.span, description)
        .because("A recursive alias is identified by its type arguments only.")
        .fix(format!("Name the effects in its row, for example `effects(<IO>)`, and remove `{param}`."))
        .spec(Section::S2_6_3)
}

fn cyclic(cycle: &[&TypeAliasDecl]) -> Diagnostic {
    let first = cycle[0];
    let path: Vec<&str> = cycle.iter().map(|decl| decl.name.as_str()).chain([first.name.as_str()]).collect();
    let description = format!("Type alias `{}` refers to itself: {}.", first.name, path.join(" → "));
    let diagnostic = Diagnostic::new(Code::E132, first.name.span, description)
        .because("An alias is replaced by what it stands for, and this replacement would never end.")
        .fix(format!("A recursive type needs a constructor: `private data {0} {{ Make{0}(...) }}`", first.name))
        .spec(Section::S2_6_3);
    cycle[1..].iter().fold(diagnostic, |diagnostic, decl| diagnostic.label(decl.name.span, "on the way round"))
}
