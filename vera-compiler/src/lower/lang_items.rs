//! Declarations of the prelude that the compiler itself refers to, found by name once.

use super::work::Derivation;
use crate::tir::{FnId, Program};
use crate::types::DataId;
use vera_abi::prelude::PreludeType;

/// Declarations of the prelude. A program that is checked without a prelude lacks them.
#[derive(Debug, Default)]
pub(super) struct LangItems {
    /// `float_to_string`, which `show` and interpolation use.
    pub(super) float_to_string: Option<FnId>,
    /// `Option<T>`
    pub(super) option: Option<DataId>,
    /// `Map<K, V>`
    pub(super) map: Option<DataId>,
    /// `Set<T>`
    pub(super) set: Option<DataId>,
    /// `Decimal`
    pub(super) decimal: Option<DataId>,
    /// `Future<T>`
    pub(super) future: Option<DataId>,
    /// `async`
    pub(super) start: Option<FnId>,
    /// What is derived for types whose representation is hidden, as functions of the prelude over their type arguments.
    derived: Vec<(Derivation, DataId, FnId)>,
}

/// Those functions, by name. Equality and hash within keys do not depend on what a value was made of and in which order;
/// what shows a value appends to a text.
const DERIVED: &[(PreludeType, &[(Derivation, &str)])] = &[
    (
        PreludeType::Map,
        &[
            (Derivation::KeyEq, "map_key_eq"),
            (Derivation::KeyHash, "map_key_hash"),
            (Derivation::Show, "map_show"),
            (Derivation::Hash, "map_hash"),
        ],
    ),
    (
        PreludeType::Set,
        &[
            (Derivation::KeyEq, "set_key_eq"),
            (Derivation::KeyHash, "set_key_hash"),
            (Derivation::Show, "set_show"),
            (Derivation::Hash, "set_hash"),
        ],
    ),
    (
        PreludeType::Decimal,
        &[
            (Derivation::KeyEq, "decimal_key_eq"),
            (Derivation::KeyHash, "decimal_key_hash"),
            (Derivation::Show, "decimal_show"),
            (Derivation::Hash, "decimal_hash"),
        ],
    ),
];

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
        let derived = DERIVED.iter().flat_map(|(ty, functions)| {
            let data = data(ty.name());
            functions.iter().filter_map(move |(derivation, name)| Some((*derivation, data?, function(name)?)))
        });
        Self {
            float_to_string: function("float_to_string"),
            option: data(PreludeType::Option.name()),
            map: data(PreludeType::Map.name()),
            set: data(PreludeType::Set.name()),
            decimal: data(PreludeType::Decimal.name()),
            future: data(PreludeType::Future.name()),
            start: function("async"),
            derived: derived.collect(),
        }
    }

    /// The function of the prelude that does for a data type what is otherwise derived.
    pub(super) fn derived(&self, derivation: Derivation, data: DataId) -> Option<FnId> {
        let of = |(known, of, _): &&(Derivation, DataId, FnId)| (*known, *of) == (derivation, data);
        self.derived.iter().find(of).map(|(_, _, function)| *function)
    }
}
