//! Concrete types: what is left of a type when an instance's type arguments are filled in.
//!
//! Invariant: a concrete type holds no type parameter, no alias head, no refinement and no effect row, so two types
//! of equal values are the same [`Ty`] and share instances, record shapes and derived functions. Only within function
//! types, a recursive one stands by its name.

use crate::types::{EffectUse, FnTy, Row, Ty, TyKind, Types};
use std::collections::HashMap;
use vera_abi::layout::Rep;

/// Fills in `args` for the type parameters of `ty` and strips what does not change values.
pub(super) fn concrete(types: &mut Types, ty: Ty, args: &[Ty]) -> Ty {
    concrete_within(types, ty, args, false)
}

fn concrete_within(types: &mut Types, ty: Ty, args: &[Ty], in_function: bool) -> Ty {
    let kind = match types.kind(ty) {
        TyKind::Param(index) => return args.get(*index as usize).copied().unwrap_or(Ty::INVALID),
        TyKind::Alias(_, _, inner) | TyKind::Refined(inner, _, _) => {
            return concrete_within(types, *inner, args, in_function);
        }
        TyKind::Recursive(..) => {
            let filled = types.substitute(ty, args);
            return if in_function { filled } else { concrete_within(types, types.structural(filled), &[], false) };
        }
        kind @ (TyKind::Array(_) | TyKind::Tuple(_) | TyKind::Data(..) | TyKind::Fn(_)) => kind.clone(),
        _ => return ty,
    };
    let in_function = in_function || matches!(kind, TyKind::Fn(_));
    let mut all = |list: Vec<Ty>| list.into_iter().map(|ty| concrete_within(types, ty, args, in_function)).collect();
    let kind = match kind {
        TyKind::Array(element) => TyKind::Array(concrete_within(types, element, args, in_function)),
        TyKind::Tuple(items) => TyKind::Tuple(all(items)),
        TyKind::Data(data, of) => TyKind::Data(data, all(of)),
        TyKind::Fn(function) => {
            let params = all(function.params);
            let result = concrete_within(types, function.result, args, in_function);
            TyKind::Fn(FnTy { params, result, row: Row::pure() })
        }
        leaf => leaf,
    };
    types.intern(kind)
}

/// The representation of a concrete type.
pub(super) fn rep(types: &Types, ty: Ty) -> Rep {
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

/// How deeply a concrete type is nested.
pub(super) fn depth(types: &Types, ty: Ty) -> usize {
    let deepest = |list: &[Ty]| list.iter().map(|&ty| depth(types, ty)).max().unwrap_or(0);
    1 + match types.kind(ty) {
        TyKind::Array(element) => depth(types, *element),
        TyKind::Tuple(items) | TyKind::Data(_, items) => deepest(items),
        TyKind::Fn(function) => deepest(&function.params).max(depth(types, function.result)),
        _ => 0,
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
