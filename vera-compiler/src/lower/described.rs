//! The types and operations for the interface, collected so far.

use crate::core;
use crate::types::{EffectUse, Ty};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use vera_abi::interface::{EffectId, OperationDesc, TypeDesc, TypeId};
use vera_abi::names::{Import, effect_imports, imported_effect};

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

    /// Gives a concrete type an id before its description is known, because its parts may contain it.
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

/// Leaves in the interface only the operations that the program imports: those that handlers answer are none of the
/// host's business. `used` are the effects of the interface; those that are left are given back.
pub(super) fn retain_imported(program: &mut core::Program, used: Vec<EffectUse>) -> Vec<EffectUse> {
    let mut imported: BTreeSet<(u32, String)> = BTreeSet::new();
    for function in &program.functions {
        function.body.for_each_block(|block| {
            for stmt in &block.stmts {
                if let core::Op::Extern(id, _) = &stmt.op {
                    let import = &program.externs[id.index()];
                    let (operation, _) = Import::of_name(&import.name);
                    imported.extend(imported_effect(&import.module).map(|effect| (effect.0, operation.to_owned())));
                }
            }
        });
    }
    let effects = std::mem::take(&mut program.interface.effects);
    let mut numbers: BTreeMap<u32, EffectId> = BTreeMap::new();
    let mut left = Vec::new();
    for ((mut desc, effect), old) in effects.into_iter().zip(used).zip(0..) {
        desc.operations.retain(|operation| imported.contains(&(old, operation.name.clone())));
        if !desc.operations.is_empty() {
            numbers.insert(old, EffectId(left.len() as u32));
            program.interface.effects.push(desc);
            left.push(effect);
        }
    }
    for import in &mut program.externs {
        let effect = imported_effect(&import.module);
        if let Some(new) = effect.and_then(|effect| numbers.get(&effect.0)) {
            import.module = effect_imports(*new);
        }
    }
    left
}
