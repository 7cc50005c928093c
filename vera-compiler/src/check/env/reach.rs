//! Declarations of modules that a file reaches indirectly, through its imports.
//!
//! Of these only constructors can be used: a value of their type can come in through a signature, and the constructor
//! alone determines the type. Other declarations are looked up here only for diagnostics.

use std::collections::BTreeSet;

use super::{Env, TypeName};
use crate::tir::{FnId, ModuleId};
use crate::types::{DataId, EffectId};

impl Env {
    /// The constructor that a name means though its type is not imported: the only one of that name among the public
    /// types of all modules behind the imports (Chapter 8, Section 8.5.4).
    pub(crate) fn reached_constructor(&self, name: &str, module: ModuleId) -> Option<(DataId, u32)> {
        let reached = self.reached(module);
        let found = reached.iter().filter_map(|id| self.modules[id.index()].constructors.get(name));
        let mut found = found.filter(|(data, _)| self.program.data(*data).public);
        let only = *found.next()?;
        found.next().is_none().then_some(only)
    }

    /// The public function of that name of a module behind the imports.
    pub(super) fn reached_function(&self, name: &str, module: ModuleId) -> Option<(ModuleId, FnId)> {
        self.first_reached(module, |id| {
            let function = *self.modules[id.index()].functions.get(name)?;
            self.program.function(function).public.then_some(function)
        })
    }

    /// The public data type of that name of a module behind the imports.
    pub(super) fn reached_data(&self, name: &str, module: ModuleId) -> Option<(ModuleId, DataId)> {
        self.first_reached(module, |id| match self.modules[id.index()].types.get(name)? {
            TypeName::Data(data) => self.program.data(*data).public.then_some(*data),
            TypeName::Alias(_) => None,
        })
    }

    /// The effect of that name of a module behind the imports.
    pub(super) fn reached_effect(&self, name: &str, module: ModuleId) -> Option<(ModuleId, EffectId)> {
        self.first_reached(module, |id| self.modules[id.index()].effects.get(name).copied())
    }

    fn first_reached<T>(&self, module: ModuleId, find: impl Fn(ModuleId) -> Option<T>) -> Option<(ModuleId, T)> {
        self.reached(module).into_iter().find_map(|id| Some((id, find(id)?)))
    }

    /// The modules a module imports, and those they import: the nearest first, each once.
    fn reached(&self, module: ModuleId) -> Vec<ModuleId> {
        let mut reached = Vec::new();
        let mut seen = BTreeSet::from([module]);
        let mut next = vec![module];
        while !next.is_empty() {
            let imports = next.iter().flat_map(|id| &self.modules[id.index()].imports).map(|import| import.module);
            next = imports.filter(|id| seen.insert(*id)).collect();
            reached.extend(&next);
        }
        reached
    }
}
