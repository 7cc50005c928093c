//! Finding declarations by name.
//!
//! Nearer declarations win: `where` helpers from the inside out, then the module's own, then what it imports, then
//! the library.

use super::Env;
use crate::abilities;
use crate::check::scope::TypeScope;
use crate::diagnostics::Diagnostic;
use crate::effects;
use crate::syntax::ast;
use crate::tir::{Ability, FnId, ModuleId};
use crate::types::{AliasId, DataId, EffectId, Ty};

/// What a type name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeName {
    /// A data type.
    Data(DataId),
    /// A type alias.
    Alias(AliasId),
}

/// What a constructor name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConstructorRef {
    /// The constructor of tuples of any length.
    Tuple,
    /// A constructor of a data type.
    Data {
        /// The data type.
        data: DataId,
        /// Its position there.
        tag: u32,
    },
}

/// An operation of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OperationRef {
    /// The effect.
    pub(crate) effect: EffectId,
    /// Its position there.
    pub(crate) operation: u32,
}

/// What `Qualifier.operation` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Qualified {
    /// An operation of an effect.
    Effect(OperationRef),
    /// The operation of a built-in ability.
    Ability(Ability),
}

impl Env {
    /// The function a bare call names. Effect and ability operations are not functions; `apply_fn` is not one either.
    pub(crate) fn function(&self, name: &str, scope: &TypeScope) -> Option<FnId> {
        let mut enclosing = scope.function;
        while let Some(function) = enclosing {
            let family = &self.families[function.index()];
            if let Some(id) = family.helpers.get(name) {
                return Some(*id);
            }
            enclosing = family.parent;
        }
        let module = &self.modules[scope.module.index()];
        if let Some(id) = module.functions.get(name).or_else(|| module.imported_functions.get(name)) {
            return Some(*id);
        }
        let library = self.library_functions.get(name)?;
        (module.prelude || !library.internal).then_some(library.id)
    }

    /// The function `path::name` names.
    ///
    /// # Errors
    /// What to report when there is none: E230, E231, E232, E233.
    pub(crate) fn module_function(
        &self,
        path: &ast::ModulePath,
        name: &ast::Name,
        scope: &TypeScope,
    ) -> Result<FnId, Box<Diagnostic>> {
        let module = &self.modules[scope.module.index()];
        let written = path.to_string();
        // Several imports of one module are one with all their names.
        let imports = module.imports.iter().filter(|import| import.path == written);
        let Some(import) = imports.clone().next() else {
            // A module is known to itself by the name it declares, whatever its functions' visibility.
            let own = module.functions.get(name.as_str()).filter(|_| module.declared_path.as_ref() == Some(&written));
            return own.copied().ok_or_else(|| Box::new(self.module_not_imported(path, name, scope)));
        };
        let target = &self.modules[import.module.index()];
        let Some(&id) = target.functions.get(name.as_str()) else {
            return Err(Box::new(self.not_in_module(path, name, import.module)));
        };
        if !self.program.function(id).public {
            return Err(Box::new(self.private_in_module(path, name, id)));
        }
        if !imports.clone().any(|import| import.lists(&name.text)) {
            return Err(Box::new(self.not_listed_in_import(name, import, scope)));
        }
        Ok(id)
    }

    /// The data type or alias of that name. Built-in types without a declaration (`Int`, `Array`, `Tuple`, ...) are
    /// not found here.
    pub(crate) fn type_name(&self, name: &str, module: ModuleId) -> Option<TypeName> {
        let table = &self.modules[module.index()];
        let found = table.types.get(name).or_else(|| table.imported_types.get(name));
        found.or_else(|| self.library_types.get(name)).copied()
    }

    /// The constructor of that name.
    pub(crate) fn constructor(&self, name: &str, module: ModuleId) -> Option<ConstructorRef> {
        let table = &self.modules[module.index()];
        let found = table.constructors.get(name).or_else(|| table.imported_constructors.get(name));
        match found.or_else(|| self.library_constructors.get(name)) {
            // A data type called `Tuple` is not what `Tuple` means in a type, nor are its values what it makes.
            Some(&(data, _)) if name == "Tuple" && self.program.data(data).name == name => Some(ConstructorRef::Tuple),
            Some(&(data, tag)) => Some(ConstructorRef::Data { data, tag }),
            None => (name == "Tuple").then_some(ConstructorRef::Tuple),
        }
    }

    /// The name of a constructor and its field types over the data type's parameters.
    pub(crate) fn constructor_fields(&self, data: DataId, tag: u32) -> (&str, &[Ty]) {
        let constructor = &self.program.data(data).constructors[tag as usize];
        (&constructor.name, &constructor.fields)
    }

    /// The effect of that name.
    pub(crate) fn effect(&self, name: &str, module: ModuleId) -> Option<EffectId> {
        self.modules[module.index()].effects.get(name).copied().or_else(|| effects::lookup(name))
    }

    /// Whether a module declares an effect of the language once more. Of its uses there one cannot tell which of the two
    /// they are meant for.
    pub(crate) fn is_redeclared(&self, effect: EffectId, module: ModuleId) -> bool {
        self.modules[module.index()].redeclared_effects.contains(&effect)
    }

    /// The operation of an effect.
    pub(crate) fn operation(&self, effect: EffectId, name: &str) -> Option<u32> {
        let operations = &self.program.effect(effect).operations;
        operations.iter().position(|operation| operation.name == name).map(|index| index as u32)
    }

    /// Every operation of that name among the visible effects, those of the language first.
    pub(crate) fn operations_named(&self, name: &str, module: ModuleId) -> Vec<OperationRef> {
        let own = self.modules[module.index()].effects.values().copied();
        let mut own: Vec<EffectId> = own.collect();
        own.sort();
        let own = own.into_iter();
        let own = own.filter_map(|effect| Some(OperationRef { effect, operation: self.operation(effect, name)? }));
        let known = effects::operations_named(name).iter();
        known.map(|&(effect, operation)| OperationRef { effect, operation }).chain(own).collect()
    }

    /// The ability a module declares with an operation of that name, and whether a `forall` there asks for it; calling one
    /// cannot be compiled ([`Env::ability_not_compiled`]).
    pub(crate) fn user_ability_operation(&self, name: &str, module: ModuleId) -> Option<(&str, bool)> {
        let mut abilities = self.modules[module.index()].abilities.iter();
        let found = abilities.find(|(_, ability)| ability.operations.iter().any(|operation| **operation == *name));
        found.map(|(name, ability)| (&**name, ability.bound))
    }

    /// What `qualifier.name(...)` means.
    ///
    /// # Errors
    /// What to report when it means nothing: E220, or E340 for the ability of a program.
    pub(crate) fn qualified(
        &self,
        qualifier: &ast::Name,
        name: &ast::Name,
        module: ModuleId,
    ) -> Result<Qualified, Box<Diagnostic>> {
        if let Some(effect) = self.effect(qualifier.as_str(), module) {
            let Some(operation) = self.operation(effect, name.as_str()) else {
                return Err(Box::new(self.no_such_operation(effect, name)));
            };
            return Ok(Qualified::Effect(OperationRef { effect, operation }));
        }
        if self.modules[module.index()].abilities.contains_key(&qualifier.text) {
            return Err(Box::new(self.ability_not_compiled(
                qualifier.as_str(),
                name.as_str(),
                qualifier.span.to(name.span),
            )));
        }
        match abilities::named(qualifier.as_str()) {
            Some(ability) if abilities::of_operation(name.as_str()) == Some(ability) => Ok(Qualified::Ability(ability)),
            _ => Err(Box::new(self.unknown_qualifier(qualifier, name, module))),
        }
    }
}
