//! The context of a type or a name: what determines how it is resolved, apart from slots.

use std::sync::Arc;

use crate::tir::{FnId, ModuleId, TypeParam};

/// The surroundings of a type expression or a call: module, enclosing function, type and row parameters in scope.
///
/// Cheap to clone. Slots are not part of it; they belong to the body checker.
#[derive(Clone, Debug)]
pub(crate) struct TypeScope {
    /// The module.
    pub(crate) module: ModuleId,
    /// The function whose `where` helpers, and those of its parents, are visible.
    pub(crate) function: Option<FnId>,
    /// Type parameters; the position is that of `TyKind::Param`.
    pub(crate) type_params: Arc<[TypeParam]>,
    /// Row variables; the position is that in `Row::variables`.
    pub(crate) row_params: Arc<[String]>,
}

impl TypeScope {
    /// The scope of a module outside of any generic declaration.
    pub(crate) fn module(module: ModuleId) -> Self {
        Self { module, function: None, type_params: Arc::new([]), row_params: Arc::new([]) }
    }

    /// The position of a type parameter. The last of two with the same name counts.
    pub(crate) fn type_param(&self, name: &str) -> Option<u32> {
        self.type_params.iter().rposition(|param| param.name == name).map(|index| index as u32)
    }

    /// The position of a row variable.
    pub(crate) fn row_param(&self, name: &str) -> Option<u32> {
        self.row_params.iter().rposition(|param| param == name).map(|index| index as u32)
    }
}
