//! Generic functions called at types that take no space (E206).
//!
//! A function that reads a slot of a type parameter reads a value, which such a type does not have. The library is
//! exempt: it never looks at the values that it passes on.

use super::ability_bounds::{Use, Uses};
use super::env::Env;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::Span;
use crate::tir::{Expr, ExprKind, FnDecl, FnId};
use crate::types::{Ty, TyKind};

/// Checks the type arguments of all calls of the program.
pub(crate) fn check(env: &Env, uses: &Uses, diags: &mut Diagnostics) {
    for (caller, uses) in uses.iter().enumerate() {
        for used in uses {
            if let Use::Call(callee, type_args, span) = used
                && type_args.iter().any(|&ty| env.is_zero_size(ty))
            {
                diags.extend(call(env, FnId(caller as u32), *callee, type_args, *span));
            }
        }
    }
}

fn call(env: &Env, caller: FnId, callee: FnId, type_args: &[Ty], span: Span) -> Diagnostics {
    let mut diags = Diagnostics::new();
    let function = env.program.function(callee);
    if env.is_prelude(function.module) {
        return diags;
    }
    for (position, &ty) in type_args.iter().enumerate() {
        if !env.is_zero_size(ty) || !reads(env, function, position as u32) {
            continue;
        }
        let text = env.type_text(ty, &env.scope_of(caller));
        let (name, param) = (&function.name, &function.type_params[position].name);
        diags.push(
            Diagnostic::new(
                Code::E206,
                span,
                format!("`{name}` cannot be called with `{param}` = `{text}`: it reads a `@{param}`."),
            )
            .because(format!("`{text}` takes no space, so there is no value to read."))
            .fix(format!(
                "Call it with a type that has more than one value, or write a separate function for `{text}`."
            ))
            .spec(Section::S2_2_2)
            .label(function.name_span, "this function"),
        );
    }
    diags
}

/// Whether a function reads a binding whose type is one of its parameters itself.
fn reads(env: &Env, function: &FnDecl, param: u32) -> bool {
    let mut reads = false;
    let mut visit = |expr: &Expr| {
        reads |= matches!(expr.kind, ExprKind::Local(_))
            && matches!(env.program.types.kind(expr.ty), TyKind::Param(at) if *at == param);
    };
    function.walk(&mut visit);
    reads
}
