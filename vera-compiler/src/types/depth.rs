//! How deeply types nest.

use rustc_hash::FxHashMap;

use super::{Ty, TyKind, Types};

impl Types {
    /// How deeply a type nests without its aliases and refinements, `param` being the depth of what a type parameter
    /// stands for. A recursive alias counts as one level.
    pub fn depth(&self, ty: Ty, param: &dyn Fn(u32) -> usize) -> usize {
        self.depth_within(ty, param, &mut FxHashMap::default())
    }

    /// `known` are the depths of types that were met: one that shares its parts is small for its extent.
    fn depth_within(&self, ty: Ty, param: &dyn Fn(u32) -> usize, known: &mut FxHashMap<Ty, usize>) -> usize {
        let (items, result) = match self.kind(ty) {
            TyKind::Array(element) => (std::slice::from_ref(element), None),
            TyKind::Tuple(items) | TyKind::Data(_, items) => (&**items, None),
            TyKind::Fn(function) => (&*function.params, Some(function.result)),
            TyKind::Alias(_, _, inner) | TyKind::Refined(inner, _, _) => {
                return self.depth_within(*inner, param, known);
            }
            TyKind::Param(index) => return param(*index),
            _ => return 1,
        };
        if let Some(&depth) = known.get(&ty) {
            return depth;
        }
        let parts = items.iter().copied().chain(result);
        let depth = 1 + parts.map(|part| self.depth_within(part, param, known)).max().unwrap_or(0);
        known.insert(ty, depth);
        depth
    }
}
