//! What the interface will describe: the types and operations met so far.

use crate::types::{EffectUse, Ty};
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashMap};
use vera_abi::interface::{OperationDesc, TypeDesc, TypeId};

/// The types of the interface.
#[derive(Debug, Default)]
pub(super) struct TypeTable {
    ids: HashMap<Ty, TypeId>,
    list: Vec<TypeDesc>,
}

impl TypeTable {
    /// The id of a concrete type, if it has one.
    pub(super) fn find(&self, ty: Ty) -> Option<TypeId> {
        self.ids.get(&ty).copied()
    }

    /// Gives a concrete type an id before its description is known: its parts may lead back to it.
    pub(super) fn reserve(&mut self, ty: Ty) -> TypeId {
        let id = TypeId(self.list.len() as u32);
        self.ids.insert(ty, id);
        self.list.push(TypeDesc::Unit);
        id
    }

    /// Describes a reserved type.
    pub(super) fn describe(&mut self, id: TypeId, desc: TypeDesc) {
        self.list[id.0 as usize] = desc;
    }

    /// The description of a type.
    pub(super) fn get(&self, id: TypeId) -> &TypeDesc {
        &self.list[id.0 as usize]
    }

    /// The descriptions, by id.
    pub(super) fn into_list(self) -> Vec<TypeDesc> {
        self.list
    }
}

/// The operations that are imported, by effect in order of first use, then by position.
pub(super) type UsedEffects = IndexMap<EffectUse, BTreeMap<u32, OperationDesc>>;
