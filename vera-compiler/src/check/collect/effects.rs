//! Effects that several modules declare identically are one effect.
//!
//! Effects are not imported: a module that performs the effect of another module declares its own copy. So an effect is
//! identified by its name and its operations, not by its place.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::check::env::{Env, TypeName};
use crate::check::resolve_type::primitive;
use crate::syntax::ast::{self, EffectRowKind, TypeExpr, TypeKind};
use crate::tir::ModuleId;
use crate::types::{AliasId, EffectId};

/// How many aliases are followed in comparing two declarations.
const ALIASES: usize = 1000;

/// The effects declared so far, and the aliases that their operations may mention.
#[derive(Default)]
pub(super) struct Declared<'a> {
    effects: BTreeMap<Arc<str>, Vec<(ModuleId, &'a ast::EffectDecl, EffectId)>>,
    aliases: FxHashMap<AliasId, (ModuleId, &'a ast::TypeAliasDecl)>,
}

impl<'a> Declared<'a> {
    /// Adds the aliases of a module.
    pub(super) fn aliases(&mut self, module: ModuleId, aliases: &[(&'a ast::TypeAliasDecl, AliasId)]) {
        self.aliases.extend(aliases.iter().map(|&(decl, id)| (id, (module, decl))));
    }

    /// Adds an effect; where an equal one was declared before, its name means that one from now on.
    pub(super) fn effect(&mut self, env: &mut Env, module: ModuleId, decl: &'a ast::EffectDecl, id: EffectId) {
        let earlier = self.effects.get(&decl.name.text).into_iter().flatten();
        let mut earlier = earlier.filter(|(other, ..)| *other != module);
        match earlier.find(|(other, known, _)| self.alike(env, (*other, known), (module, decl))) {
            Some(&(_, _, first)) => {
                let table = &mut env.modules[module.index()].effects;
                table.values_mut().filter(|known| **known == id).for_each(|known| *known = first);
                let listed = &mut env.program.modules[module.index()].effects;
                listed.iter_mut().filter(|known| **known == id).for_each(|known| *known = first);
            }
            None => self.effects.entry(Arc::clone(&decl.name.text)).or_default().push((module, decl, id)),
        }
    }

    fn alike(&self, env: &Env, one: (ModuleId, &ast::EffectDecl), other: (ModuleId, &ast::EffectDecl)) -> bool {
        let same = Same {
            aliases: Cell::new(ALIASES),
            declared: self,
            env,
            one: one.0,
            other: other.0,
            params: (one.1, other.1),
        };
        let (one, other) = (one.1, other.1);
        one.type_params.len() == other.type_params.len()
            && one.ops.len() == other.ops.len()
            && one.ops.iter().zip(&other.ops).all(|(one, other)| {
                one.name.text == other.name.text
                    && same.types(&one.params, &other.params)
                    && same.ty(&one.result, &other.result)
            })
    }
}

/// The comparison of types of two effect declarations.
struct Same<'a> {
    /// How many aliases may still be followed: one that stands for a function type may come back to itself.
    aliases: Cell<usize>,
    declared: &'a Declared<'a>,
    env: &'a Env,
    one: ModuleId,
    other: ModuleId,
    params: (&'a ast::EffectDecl, &'a ast::EffectDecl),
}

impl Same<'_> {
    fn types(&self, one: &[TypeExpr], other: &[TypeExpr]) -> bool {
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| self.ty(one, other))
    }

    fn ty(&self, one: &TypeExpr, other: &TypeExpr) -> bool {
        let ((one_module, one), (other_module, other)) =
            (self.expanded(self.one, one, self.params.0), self.expanded(self.other, other, self.params.1));
        match (&one.kind, &other.kind) {
            (TypeKind::Named { name: one, args }, TypeKind::Named { name: other, args: other_args }) => {
                let param = |decl: &ast::EffectDecl, name: &ast::Name| {
                    decl.type_params.iter().position(|param| param.text == name.text)
                };
                let named = match (param(self.params.0, one), param(self.params.1, other)) {
                    (None, None) => {
                        let builtin = |name: &str| primitive(name).is_some() || matches!(name, "Array" | "Tuple");
                        if builtin(one.as_str()) || builtin(other.as_str()) {
                            one.text == other.text
                        } else {
                            self.data(one_module, one) == self.data(other_module, other)
                        }
                    }
                    (one, other) => one == other,
                };
                named && self.types(args, other_args)
            }
            (TypeKind::Fn(one), TypeKind::Fn(other)) => {
                self.types(&one.params, &other.params)
                    && self.ty(&one.result, &other.result)
                    && self.row(&one.effects.kind, &other.effects.kind)
            }
            (
                TypeKind::Refinement { base, predicate },
                TypeKind::Refinement { base: other, predicate: other_predicate },
            ) => {
                let texts = (self.env.source_text(predicate.span), self.env.source_text(other_predicate.span));
                self.ty(base, other) && texts.0 == texts.1
            }
            _ => false,
        }
    }

    fn data(&self, module: ModuleId, name: &ast::Name) -> Option<TypeName> {
        self.env.type_name(name.as_str(), module)
    }

    fn row(&self, one: &EffectRowKind, other: &EffectRowKind) -> bool {
        match (one, other) {
            (EffectRowKind::Pure, EffectRowKind::Pure) => true,
            (EffectRowKind::Effects(one), EffectRowKind::Effects(other)) => {
                one.len() == other.len()
                    && one
                        .iter()
                        .zip(other)
                        .all(|(one, other)| one.name.text == other.name.text && self.types(&one.args, &other.args))
            }
            _ => false,
        }
    }

    /// What a type stands for when it is an alias without arguments, and the module to read that in.
    fn expanded<'t>(&'t self, module: ModuleId, ty: &'t TypeExpr, decl: &ast::EffectDecl) -> (ModuleId, &'t TypeExpr) {
        let (mut module, mut ty) = (module, ty);
        while let Some(rest) = self.aliases.get().checked_sub(1) {
            let TypeKind::Named { name, args } = &ty.kind else { break };
            let parameter = decl.type_params.iter().any(|param| param.text == name.text);
            if parameter || !args.is_empty() || primitive(name.as_str()).is_some() {
                break;
            }
            let Some(TypeName::Alias(id)) = self.env.type_name(name.as_str(), module) else { break };
            let Some(&(home, alias)) = self.declared.aliases.get(&id) else { break };
            (module, ty) = (home, &alias.ty);
            self.aliases.set(rest);
        }
        (module, ty)
    }
}
