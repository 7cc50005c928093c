//! The names of a module and of a `where` family.

use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::TypeName;
use crate::source::Span;
use crate::syntax::ast::Lost;
use crate::tir::{FnId, ModuleId};
use crate::types::{DataId, EffectId};

/// What names stand for, in the order in which they were entered.
pub(crate) type Names<T> = IndexMap<Arc<str>, T, FxBuildHasher>;

/// The names a module declares and imports.
#[derive(Debug, Default)]
pub(crate) struct ModuleTable {
    /// Whether it is part of the prelude.
    pub(crate) prelude: bool,
    /// The path it declares for itself.
    pub(crate) declared_path: Option<String>,
    /// Its own top-level functions.
    pub(crate) functions: Names<FnId>,
    /// Its own data types and aliases.
    pub(crate) types: Names<TypeName>,
    /// Constructors of its own data types.
    pub(crate) constructors: Names<(DataId, u32)>,
    /// Its own effects.
    pub(crate) effects: Names<EffectId>,
    /// Effects of the language it declares once more, which was reported. What it says of their operations may follow
    /// its own declaration.
    pub(crate) redeclared_effects: Vec<EffectId>,
    /// Its own abilities.
    pub(crate) abilities: Names<UserAbility>,
    /// `where` helpers anywhere in it, with the top-level function they are in: to explain calls from outside.
    pub(crate) helpers: Names<FnId>,
    /// Its imports, in source order.
    pub(crate) imports: Vec<Import>,
    /// Imports that could not be loaded: the names that they list, or everything.
    pub(crate) failed_imports: Vec<Option<Vec<Arc<str>>>>,
    /// What declarations declare that could not be read.
    pub(crate) lost: Lost,
    /// Public functions that imports bring in. A name of two modules was reported and means the first.
    pub(crate) imported_functions: Names<FnId>,
    /// Public data types that imports bring in.
    pub(crate) imported_types: Names<TypeName>,
    /// Their constructors.
    pub(crate) imported_constructors: Names<(DataId, u32)>,
}

/// An import that was found.
#[derive(Debug)]
pub(crate) struct Import {
    /// The path as written.
    pub(crate) path: String,
    /// The imported module.
    pub(crate) module: ModuleId,
    /// The names in parentheses; everything public when absent.
    pub(crate) names: Option<Vec<Arc<str>>>,
    /// The whole import.
    pub(crate) span: Span,
}

impl Import {
    /// Whether it asks for a name.
    pub(crate) fn lists(&self, name: &str) -> bool {
        self.names.as_ref().is_none_or(|names| names.iter().any(|listed| **listed == *name))
    }
}

/// An ability a program declares. None is compiled; the table is there to say so.
#[derive(Debug)]
pub(crate) struct UserAbility {
    /// Names of its operations.
    pub(crate) operations: Vec<Arc<str>>,
    /// Whether a `forall` of the module asks for it, which was reported.
    pub(crate) bound: bool,
}

/// A function that is visible in every module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LibraryFn {
    /// The function.
    pub(crate) id: FnId,
    /// Whether only the prelude sees it.
    pub(crate) internal: bool,
}

/// The place of a function among `where` blocks.
#[derive(Debug, Default)]
pub(crate) struct Family {
    /// The function whose `where` block it is in.
    pub(crate) parent: Option<FnId>,
    /// The functions of its own `where` block, in source order.
    pub(crate) children: Vec<FnId>,
    /// The same by name.
    pub(crate) helpers: Names<FnId>,
}
