//! The type parameters that a type mentions.

use super::{Ty, TyKind, Types};
use std::collections::BTreeSet;

impl Types {
    /// The type parameters in a type.
    pub(crate) fn params_in(&self, ty: Ty) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut work = vec![ty];
        while let Some(ty) = work.pop() {
            if !seen.insert(ty) {
                continue;
            }
            match self.kind(ty) {
                TyKind::Param(index) => {
                    found.insert(*index);
                }
                TyKind::Array(element) => work.push(*element),
                TyKind::Tuple(items) | TyKind::Data(_, items) | TyKind::Recursive(_, items) => work.extend(items),
                TyKind::Alias(_, args, inner) => {
                    work.extend(args);
                    work.push(*inner);
                }
                TyKind::Refined(base, _, args) => {
                    work.extend(args);
                    work.push(*base);
                }
                TyKind::Fn(function) => {
                    work.extend(&function.params);
                    work.push(function.result);
                }
                _ => {}
            }
        }
        found
    }
}
