//! Concrete types: a type with an instance's type arguments filled in.
//!
//! Invariant: a concrete type contains no type parameter, no alias head, no refinement and no effect row. So two types
//! of equal values are the same [`Ty`] and share instances, record shapes and derived functions. Only within function
//! types, a recursive type is represented by its name.

use crate::types::{EffectUse, FnTy, Row, Ty, TyKind, Types};
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use vera_abi::layout::Rep;

/// Fills in `args` for the type parameters of `ty` and strips what does not change values.
pub(super) fn concrete(types: &mut Types, ty: Ty, args: &[Ty]) -> Ty {
    Filling { types, args, done: FxHashMap::default() }.ty(ty, false)
}

/// A walk that fills in type arguments.
struct Filling<'a> {
    types: &'a mut Types,
    args: &'a [Ty],
    /// Results, by type and whether it is within a function type: a type that shares its parts is small for its extent.
    done: FxHashMap<(Ty, bool), Ty>,
}

impl Filling<'_> {
    fn ty(&mut self, ty: Ty, in_function: bool) -> Ty {
        let kind = match self.types.kind(ty) {
            TyKind::Param(index) => return self.args.get(*index as usize).copied().unwrap_or(Ty::INVALID),
            &TyKind::Alias(_, _, inner) | &TyKind::Refined(inner, _, _) => return self.ty(inner, in_function),
            TyKind::Recursive(..) => {
                let filled = self.types.substitute(ty, self.args);
                return if in_function { filled } else { concrete(self.types, self.types.structural(filled), &[]) };
            }
            kind @ (TyKind::Array(_) | TyKind::Tuple(_) | TyKind::Data(..) | TyKind::Fn(_)) => kind.clone(),
            _ => return ty,
        };
        if let Some(&filled) = self.done.get(&(ty, in_function)) {
            return filled;
        }
        let kind = match kind {
            TyKind::Array(element) => TyKind::Array(self.ty(element, in_function)),
            TyKind::Tuple(items) => TyKind::Tuple(self.all(items, in_function)),
            TyKind::Data(data, of) => TyKind::Data(data, self.all(of, in_function)),
            TyKind::Fn(function) => {
                let params = self.all(function.params, true);
                let result = self.ty(function.result, true);
                TyKind::Fn(FnTy { params, result, row: Row::pure() })
            }
            leaf => leaf,
        };
        let filled = self.types.intern(kind);
        self.done.insert((ty, in_function), filled);
        filled
    }

    fn all(&mut self, list: Vec<Ty>, in_function: bool) -> Vec<Ty> {
        list.into_iter().map(|ty| self.ty(ty, in_function)).collect()
    }
}

/// The type of a value that no type parameter is in, as records and instances are made at.
pub(crate) fn concrete_type(types: &mut Types, ty: Ty) -> Ty {
    concrete(types, ty, &[])
}

/// The representation of a concrete type.
pub(crate) fn rep(types: &Types, ty: Ty) -> Rep {
    match types.kind(ty) {
        TyKind::Int | TyKind::Nat => Rep::I64,
        TyKind::Bool | TyKind::Byte => Rep::Byte,
        TyKind::Float64 => Rep::F64,
        TyKind::String | TyKind::Array(_) => Rep::Slice,
        TyKind::Tuple(_) | TyKind::Data(..) | TyKind::Fn(_) => Rep::Ptr,
        TyKind::Recursive(..) => rep(types, types.structural(ty)),
        TyKind::Alias(_, _, inner) | TyKind::Refined(inner, _, _) => rep(types, *inner),
        TyKind::Unit | TyKind::Never | TyKind::Param(_) | TyKind::Infer(_) | TyKind::Invalid => Rep::Unit,
    }
}

/// Concrete types of one instance: remembers what it has worked out.
#[derive(Debug, Default)]
pub(super) struct Substitution {
    memo: HashMap<Ty, Ty>,
}

impl Substitution {
    /// [`concrete`], remembered. `args` must be the same at every call.
    pub(super) fn concrete(&mut self, types: &mut Types, ty: Ty, args: &[Ty]) -> Ty {
        *self.memo.entry(ty).or_insert_with(|| concrete(types, ty, args))
    }
}

/// An effect with concrete type arguments.
pub(super) fn concrete_effect(types: &mut Types, effect: &EffectUse, args: &[Ty]) -> EffectUse {
    let args = effect.args.iter().map(|&ty| concrete(types, ty, args)).collect();
    EffectUse { effect: effect.effect, args }
}

#[cfg(test)]
mod tests {
    use super::concrete;
    use crate::types::{Ty, TyKind, Types};

    #[test]
    fn a_type_that_shares_its_parts_is_walked_once() {
        let mut types = Types::new();
        let mut ty = types.intern(TyKind::Param(0));
        for _ in 0..64 {
            ty = types.intern(TyKind::Tuple(vec![ty, ty]));
        }
        let filled = concrete(&mut types, ty, &[Ty::INT]);
        assert!(!types.is_generic(filled));
        assert_eq!(types.depth(filled, &|_| 1), 65);
    }
}
