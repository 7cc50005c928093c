//! Phase one: the declarations of all modules into the tables of [`Env`].
//!
//! Modules come after their imports, so each is finished before the next: first names, then imported names, then
//! aliases in the order of their dependencies, data types, effects, and signatures. A declaration that conflicts with
//! an earlier one is reported. It keeps an id, so that it is checked too, but its name refers to the earlier one.

mod aliases;
mod data;
mod effects;
mod functions;
mod imports;
mod language;
mod names;
mod regular;
mod reserved;
mod rows;
mod standard;

use super::env::Env;
use super::load::LoadedModule;
use super::scope::TypeScope;
use crate::diagnostics::Diagnostics;
use crate::syntax::ast;
use crate::tir::{FnId, ModuleId, TypeParam};
use crate::types::{AliasId, DataId, EffectId};

/// What became of a declaration.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Declared {
    /// A function; its helpers are in `Env::families`.
    Fn(FnId),
    /// A data type.
    Data(DataId),
    /// An alias.
    Alias(AliasId),
    /// An effect.
    Effect(EffectId),
    /// An ability, or a type of the prelude that is declared again: nothing to check later.
    Nothing,
}

/// The ids of the declarations of each file of each module, in source order.
pub(crate) type Collected = Vec<Vec<Vec<Declared>>>;

/// Fills the environment from the modules.
pub(crate) fn collect(env: &mut Env, modules: &[LoadedModule], diags: &mut Diagnostics) -> Collected {
    language::declare_effects(env);
    let mut collected = Vec::with_capacity(modules.len());
    let mut known = effects::Declared::default();
    for (index, module) in modules.iter().enumerate() {
        let id = ModuleId(index as u32);
        let declared = names::declare(env, id, module, &modules[0], diags);
        imports::bring_in(env, id, module, diags);
        let decls = || module.files.iter().flat_map(|file| &file.decls).zip(declared.iter().flatten());
        let aliases = decls().filter_map(|(decl, declared)| match (decl, declared) {
            (ast::Decl::TypeAlias(decl), Declared::Alias(id)) => Some((decl, *id)),
            _ => None,
        });
        let aliases: Vec<_> = aliases.collect();
        known.aliases(id, &aliases);
        for (decl, declared) in decls() {
            if let (ast::Decl::Effect(decl), Declared::Effect(effect)) = (decl, declared) {
                known.effect(env, id, decl, *effect);
            }
        }
        aliases::resolve(env, id, &aliases, diags);
        for (decl, declared) in decls() {
            match (decl, declared) {
                (ast::Decl::Data(decl), Declared::Data(data)) => data::resolve_data(env, id, decl, *data, diags),
                (ast::Decl::Effect(decl), Declared::Effect(effect)) => {
                    data::resolve_effect(env, id, decl, *effect, diags);
                }
                (ast::Decl::Ability(decl), Declared::Nothing) => data::check_ability(env, id, decl, diags),
                _ => {}
            }
        }
        if module.prelude {
            language::resolve_effects(env, diags);
        }
        for (decl, declared) in decls() {
            if let (ast::Decl::Fn(decl), Declared::Fn(function)) = (decl, declared) {
                functions::resolve(env, id, decl, *function, diags);
            }
        }
        if module.prelude {
            language::declare_builtins(env, &module.builtins, diags);
        }
        collected.push(declared);
    }
    let decls = modules.iter().flat_map(|module| &module.files).flat_map(|file| &file.decls);
    regular::check(env, decls.zip(collected.iter().flatten().flatten()), diags);
    collected
}

/// The scope within a declaration with type parameters that no ability constrains.
fn generic_scope(module: ModuleId, type_params: &[ast::Name], row_params: Vec<String>) -> TypeScope {
    let type_params = type_params.iter().map(|name| TypeParam { name: name.text.to_string(), abilities: Vec::new() });
    TypeScope { module, function: None, type_params: type_params.collect(), row_params: row_params.into() }
}
