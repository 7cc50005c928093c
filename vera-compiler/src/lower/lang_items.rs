//! Declarations of the prelude that the compiler itself refers to, found by name once.

use crate::tir::{FnId, Program};
use crate::types::DataId;
use vera_abi::prelude::PreludeType;

/// Declarations of the prelude. A program that is checked without a prelude lacks them.
#[derive(Debug, Default)]
pub(super) struct LangItems {
    /// `float_to_string`, which `show` and interpolation use.
    pub(super) float_to_string: Option<FnId>,
    /// `Map<K, V>`
    pub(super) map: Option<DataId>,
    /// `Set<T>`
    pub(super) set: Option<DataId>,
    /// Equality and hash of maps within keys.
    pub(super) map_key: [Option<FnId>; 2],
    /// Equality and hash of sets within keys.
    pub(super) set_key: [Option<FnId>; 2],
}

impl LangItems {
    /// Looks them up.
    pub(super) fn find(program: &Program) -> Self {
        let prelude = |module: crate::tir::ModuleId| program.modules[module.index()].prelude;
        let function = |name: &str| {
            let found = |f: &crate::tir::FnDecl| f.name == name && f.parent.is_none() && prelude(f.module);
            program.functions.iter().position(found).map(|index| FnId(index as u32))
        };
        let data = |name: &str| {
            let found = |data: &crate::tir::DataDecl| data.name == name && prelude(data.module);
            program.data.iter().position(found).map(|index| DataId(index as u32))
        };
        Self {
            float_to_string: function("float_to_string"),
            map: data(PreludeType::Map.name()),
            set: data(PreludeType::Set.name()),
            map_key: ["map_key_eq", "map_key_hash"].map(function),
            set_key: ["set_key_eq", "set_key_hash"].map(function),
        }
    }
}
