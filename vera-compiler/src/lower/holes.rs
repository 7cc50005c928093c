//! Holes: `check` accepts them with a warning, but they cannot be compiled.

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::tir::{Expr, ExprKind, FnDecl, FnId, Program};
use crate::types::TyKind;
use std::collections::HashSet;

/// Reports the holes in the functions of the program and what they call, the prelude excepted.
pub(super) fn holes(program: &Program) -> Diagnostics {
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
        function.walk(&mut |expr| match &expr.kind {
            ExprKind::Hole => diagnostics.push(refusal(program, expr)),
            ExprKind::Call { function, .. } => rest.push(*function),
            _ => {}
        });
    }
    let predicates = program.predicates.iter().chain(program.data.iter().filter_map(|data| data.invariant.as_ref()));
    for predicate in predicates {
        predicate.expr.walk(&mut |expr| {
            if matches!(expr.kind, ExprKind::Hole) {
                diagnostics.push(refusal(program, expr));
            }
        });
    }
    diagnostics.sorted()
}

fn refusal(program: &Program, hole: &Expr) -> Diagnostic {
    Diagnostic::new(Code::E614, hole.span, "A program with a hole cannot be compiled.")
        .because("A hole stands for an expression that is still to be written.")
        .fix(format!("Replace `?` by an expression of type `{}`.", type_name(program, hole)))
        .spec(Section::S4_17)
}

fn type_name(program: &Program, expr: &Expr) -> String {
    match program.types.kind(expr.ty) {
        TyKind::Param(_) => "T".into(),
        _ => program.type_symbol(&program.types, expr.ty),
    }
}
