//! What is part of the language but not of what this compiler compiles.
//!
//! `check` reports these too ([`unsupported`]), so that a program that passes it compiles.

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::effects;
use crate::tir::{Body, Expr, ExprKind, FnDecl, FnId, Program};
use crate::types::{EffectId, TyKind};
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
        // The operations of an effect in a function are one matter, which its handler tells when it is there.
        let mut said: Vec<EffectId> = Vec::new();
        function.walk(&mut |expr| {
            let effect = effect_of(expr);
            if is_refused(expr) && !effect.is_some_and(|effect| said.contains(&effect)) {
                said.extend(effect);
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

/// The effect that an expression is about.
fn effect_of(expr: &Expr) -> Option<EffectId> {
    match &expr.kind {
        ExprKind::Handle(handle) => Some(handle.effect.effect),
        ExprKind::Perform { effect, .. } => Some(effect.effect),
        ExprKind::Old(_) | ExprKind::New(_) => Some(effects::STATE),
        _ => None,
    }
}

/// Whether the operations of an effect need a handler in the program.
pub(super) fn is_handled_only(effect: EffectId) -> bool {
    effects::builtin(effect).is_some_and(|effect| !effect.is_compiled())
}

fn is_refused(program: &Program, expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Handle(_) | ExprKind::Old(_) | ExprKind::New(_) => true,
        ExprKind::Perform { effect, .. } => is_handled_only(effect.effect),
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
    const HANDLERS: &str = "Handlers run the rest of a computation from inside an operation. The code for that is not \
                            generated, and a program is never compiled with a part left out.";
    let effect_name = |effect: EffectId| program.effect(effect).name.as_str();
    match &expr.kind {
        ExprKind::Hole => {
            let diagnostic = Diagnostic::new(Code::E614, expr.span, "A program with a hole cannot be compiled.");
            let diagnostic = diagnostic.because("A hole stands for an expression that is still to be written.");
            let diagnostic = diagnostic.spec(Section::S4_17);
            diagnostic.fix(format!("Replace `?` by an expression of type `{}`.", type_name(program, expr)))
        }
        ExprKind::Handle(handle) => {
            let name = effect_name(handle.effect.effect);
            Diagnostic::new(
                handler_code(handle.effect.effect),
                expr.span,
                format!("A handler of {name} is not compiled yet."),
            )
            .because(HANDLERS)
            .fix(advice(program, handle.effect.effect))
            .spec(Section::S7_5)
        }
        ExprKind::Perform { effect, operation, .. } => {
            let decl = program.effect(effect.effect);
            let operation = &decl.operations[*operation as usize].name;
            let description = format!("The operation `{operation}` of {} is not compiled yet.", decl.name);
            Diagnostic::new(handler_code(effect.effect), expr.span, description)
                .because(HANDLERS)
                .fix(advice(program, effect.effect))
                .spec(Section::S7_5)
        }
        ExprKind::Old(_) | ExprKind::New(_) => {
            Diagnostic::new(Code::E607, expr.span, "`old` and `new` of a state are not compiled yet.")
                .because(HANDLERS)
                .fix("State the postcondition over parameters and the result.")
                .spec(Section::S7_9)
        }
        ExprKind::Call { function, .. } => {
            let name = &program.function(*function).name;
            Diagnostic::new(Code::E602, expr.span, format!("The built-in `{name}` is not compiled yet."))
                .because("The checker knows its type, but there is no code for it.")
                .fix("Express what it does with other functions.")
                .spec(Section::S9_6)
        }
        _ => Diagnostic::new(Code::E602, expr.span, "This expression cannot be compiled.")
            .because(HANDLERS)
            .fix("Express it in another way.")
            .spec(Section::S7_5),
    }
}

fn handler_code(effect: EffectId) -> Code {
    match effect {
        effects::STATE => Code::E607,
        effects::EXN => Code::E612,
        _ => Code::E602,
    }
}

fn advice(program: &Program, effect: EffectId) -> String {
    match effect {
        effects::STATE => "Pass the state as a parameter and return the new one.".into(),
        effects::EXN => "Return a `Result` instead of throwing.".into(),
        _ => {
            let name = &program.effect(effect).name;
            format!("Let the host implement {name}: leave it in the effect row of a public function.")
        }
    }
}

fn type_name(program: &Program, expr: &Expr) -> String {
    match program.types.kind(expr.ty) {
        TyKind::Param(_) => "T".into(),
        _ => program.type_symbol(&program.types, expr.ty),
    }
}
