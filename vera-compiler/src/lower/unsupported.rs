//! What is part of the language but not of what this compiler compiles.
//!
//! `check` reports these too ([`unsupported`]), so that a program that passes it compiles.

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::tir::{Body, Expr, ExprKind, FnDecl, FnId, Program};
use crate::types::TyKind;
use std::collections::HashSet;

/// Reports every construct that cannot be compiled in the functions of the program and what they call, the prelude
/// excepted. Holes are none of these: a program with holes is accepted by check, and refused by [`super::lower`].
pub fn unsupported(program: &Program) -> Diagnostics {
    refused(program, &|expr| is_refused(program, expr))
}

/// Reports the holes of the program.
pub(super) fn holes(program: &Program) -> Diagnostics {
    refused(program, &|expr| matches!(expr.kind, ExprKind::Hole))
}

fn refused(program: &Program, is_refused: &dyn Fn(&Expr) -> bool) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let Some(root) = program.root else { return diagnostics };
    let mut seen = HashSet::new();
    let is_root = |function: &&FnDecl| function.module == root;
    let roots = program.functions.iter().enumerate().filter(|(_, function)| is_root(function));
    let mut rest: Vec<FnId> = roots.map(|(index, _)| FnId(index as u32)).rev().collect();
    while let Some(id) = rest.pop() {
        if !seen.insert(id) {
            continue;
        }
        let function = program.function(id);
        if program.modules[function.module.index()].prelude {
            continue;
        }
        function.walk(&mut |expr| {
            if is_refused(expr) {
                diagnostics.push(refusal(program, expr));
            }
            if let ExprKind::Call { function, .. } = &expr.kind {
                rest.push(*function);
            }
        });
    }
    let predicates = program.predicates.iter().chain(program.data.iter().filter_map(|data| data.invariant.as_ref()));
    for predicate in predicates {
        predicate.expr.walk(&mut |expr| {
            if is_refused(expr) {
                diagnostics.push(refusal(program, expr));
            }
        });
    }
    diagnostics.sorted()
}

fn is_refused(program: &Program, expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call { function, .. } => is_later(program, *function),
        _ => false,
    }
}

/// Whether a function is a built-in that is only known to the checker.
fn is_later(program: &Program, function: FnId) -> bool {
    let decl = program.function(function);
    matches!(decl.body, Body::Builtin(_))
        && crate::builtins::lookup(&decl.name).is_some_and(|builtin| !builtin.compiled)
}

/// What to say about an expression that cannot be compiled.
pub(super) fn refusal(program: &Program, expr: &Expr) -> Diagnostic {
    match &expr.kind {
        ExprKind::Hole => {
            let diagnostic = Diagnostic::new(Code::E614, expr.span, "A program with a hole cannot be compiled.");
            let diagnostic = diagnostic.because("A hole stands for an expression that is still to be written.");
            let diagnostic = diagnostic.spec(Section::S4_17);
            diagnostic.fix(format!("Replace `?` by an expression of type `{}`.", type_name(program, expr)))
        }
        ExprKind::Call { function, .. } => {
            let name = &program.function(*function).name;
            Diagnostic::new(Code::E602, expr.span, format!("The built-in `{name}` is not compiled yet."))
                .because("The checker knows its type, but there is no code for it.")
                .fix("Express what it does with other functions.")
                .spec(Section::S9_6)
        }
        _ => Diagnostic::internal(expr.span, "This expression cannot be compiled."),
    }
}

fn type_name(program: &Program, expr: &Expr) -> String {
    match program.types.kind(expr.ty) {
        TyKind::Param(_) => "T".into(),
        _ => program.type_symbol(&program.types, expr.ty),
    }
}
