//! Bodies: expressions, patterns, contracts, predicates.

use super::env::Env;
use super::scope::TypeScope;
use crate::diagnostics::{Code, Diagnostics};
use crate::syntax::ast;
use crate::tir::{Expr, ExprKind, FnId, Local, LocalId, Predicate};
use crate::types::Ty;

/// Checks clauses and body of a function and writes them into `env.program.functions[id]`.
pub(crate) fn check_function(env: &mut Env, decl: &ast::FnDecl, id: FnId, diags: &mut Diagnostics) {
    let _ = (env, decl, id, diags);
}

/// Checks a closed predicate over one value of type `binder`; `code` is reported when it is not a `Bool`
/// (E126 for a refinement, E120 for a data invariant).
pub(crate) fn check_predicate(
    env: &mut Env,
    predicate: &ast::Expr,
    binder: Ty,
    scope: &TypeScope,
    code: Code,
    diags: &mut Diagnostics,
) -> Predicate {
    let _ = (scope, code, diags);
    Predicate {
        binder: LocalId(0),
        locals: vec![Local { ty: binder, span: predicate.span }],
        expr: Expr { kind: ExprKind::Invalid, ty: Ty::INVALID, span: predicate.span },
        text: env.source_text(predicate.span),
        span: predicate.span,
    }
}
