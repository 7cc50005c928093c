//! Types as messages and symbols show them.

use crate::tir::Program;
use crate::types::{EffectUse, Ty, TyKind, Types};

/// A type as written. Alias heads are shown, refinements by their base.
pub(super) fn display(program: &Program, types: &Types, ty: Ty) -> String {
    match types.kind(ty) {
        TyKind::Int => "Int".into(),
        TyKind::Nat => "Nat".into(),
        TyKind::Bool => "Bool".into(),
        TyKind::Byte => "Byte".into(),
        TyKind::Float64 => "Float64".into(),
        TyKind::String => "String".into(),
        TyKind::Unit => "Unit".into(),
        TyKind::Never => "Never".into(),
        TyKind::Array(element) => format!("Array<{}>", display(program, types, *element)),
        TyKind::Tuple(items) => format!("Tuple{}", arguments(program, types, items)),
        TyKind::Data(data, args) => format!("{}{}", program.data(*data).name, arguments(program, types, args)),
        TyKind::Alias(alias, args, _) | TyKind::Recursive(alias, args) => {
            format!("{}{}", program.alias(*alias).name, arguments(program, types, args))
        }
        TyKind::Refined(base, _, _) => display(program, types, *base),
        TyKind::Fn(function) => {
            let params = list(program, types, &function.params);
            format!("fn({params} -> {})", display(program, types, function.result))
        }
        TyKind::Param(index) => format!("#{index}"),
        TyKind::Infer(_) | TyKind::Invalid => "?".into(),
    }
}

/// `<A, B>`, or nothing without arguments.
pub(super) fn arguments(program: &Program, types: &Types, args: &[Ty]) -> String {
    if args.is_empty() { String::new() } else { format!("<{}>", list(program, types, args)) }
}

/// An effect with its type arguments.
pub(super) fn effect(program: &Program, types: &Types, effect: &EffectUse) -> String {
    format!("{}{}", program.effect(effect.effect).name, arguments(program, types, &effect.args))
}

fn list(program: &Program, types: &Types, items: &[Ty]) -> String {
    items.iter().map(|&ty| display(program, types, ty)).collect::<Vec<_>>().join(", ")
}
