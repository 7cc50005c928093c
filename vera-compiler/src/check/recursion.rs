//! Recursion over the whole program: functions that recurse without a measure (E137), contracts that call back into
//! their own function (E138), generic functions that would need ever larger instances (E340).

use std::collections::BTreeSet;

use super::env::Env;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::effects;
use crate::graph::components;
use crate::source::Span;
use crate::tir::{Coercion, Expr, ExprKind, FnDecl, FnId};
use crate::types::{PredicateId, Ty, TyKind, Types};

/// A call: where, whom, and with which type arguments.
struct Call<'a> {
    span: Span,
    callee: FnId,
    type_args: &'a [Ty],
}

/// The calls of a function.
#[derive(Default)]
struct Calls<'a> {
    /// In its body.
    body: Vec<Call<'a>>,
    /// In its contracts and in the refinement predicates that run with it.
    contract: Vec<Call<'a>>,
}

/// Checks all functions of the program.
pub(crate) fn check(env: &Env, diags: &mut Diagnostics) {
    let calls: Vec<Calls<'_>> = env.program.functions.iter().map(|function| calls_of(env, function)).collect();
    unmeasured(env, diags);
    contracts(env, &calls, diags);
    growing(env, &calls, diags);
}

fn targets(calls: &[Call<'_>]) -> Vec<usize> {
    calls.iter().map(|call| call.callee.index()).collect()
}

fn calls_of<'a>(env: &'a Env, function: &'a FnDecl) -> Calls<'a> {
    let mut calls = Calls::default();
    let mut refined = BTreeSet::new();
    if let Some(body) = function.body_expr() {
        body.walk(&mut |expr| {
            calls.body.extend(call(expr));
            match &expr.kind {
                ExprKind::Coerce(Coercion::Refine(predicate, _), ..) => {
                    refined.insert(*predicate);
                }
                ExprKind::Coerce(Coercion::Parts, ..) => refinements_inside(env, expr.ty, &mut refined),
                _ => {}
            }
        });
    }
    function.clauses().for_each(|clause| clause.walk(&mut |expr| calls.contract.extend(call(expr))));
    for local in &function.locals {
        refinements(env, local.ty, &mut refined);
    }
    for predicate in refined {
        env.program.predicate(predicate).expr.walk(&mut |expr| calls.contract.extend(call(expr)));
    }
    calls
}

fn call(expr: &Expr) -> Option<Call<'_>> {
    match &expr.kind {
        ExprKind::Call { function, type_args, .. } => Some(Call { span: expr.span, callee: *function, type_args }),
        _ => None,
    }
}

/// The refinements outermost in a type.
fn refinements(env: &Env, mut ty: Ty, found: &mut BTreeSet<PredicateId>) {
    loop {
        match env.program.types.kind(ty) {
            TyKind::Alias(_, _, inner) => ty = *inner,
            TyKind::Refined(base, predicate, _) => {
                found.insert(*predicate);
                ty = *base;
            }
            _ => return,
        }
    }
}

/// The predicates of a type and of the types written in it.
fn refinements_inside(env: &Env, ty: Ty, found: &mut BTreeSet<PredicateId>) {
    refinements(env, ty, found);
    match env.program.types.kind(env.program.types.structural(ty)) {
        TyKind::Array(item) => refinements_inside(env, *item, found),
        TyKind::Tuple(items) | TyKind::Data(_, items) => {
            items.iter().for_each(|&item| refinements_inside(env, item, found));
        }
        _ => {}
    }
}

/// E137
fn unmeasured(env: &Env, diags: &mut Diagnostics) {
    let mut bodies: Vec<Vec<usize>> = vec![Vec::new(); env.program.functions.len()];
    env.calls.iter().for_each(|(caller, callee)| bodies[caller.index()].push(callee.index()));
    let component = components(&bodies);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); bodies.len()];
    for (function, &component) in component.iter().enumerate() {
        members[component].push(function);
    }
    for (index, function) in env.program.functions.iter().enumerate() {
        let group = &members[component[index]];
        let recursive = group.len() > 1 || bodies[index].contains(&index);
        let diverges = function.row.effects().iter().any(|used| used.effect == effects::DIVERGE);
        if !recursive || diverges || !function.decreases.is_empty() || env.is_prelude(function.module) {
            continue;
        }
        let others: Vec<String> =
            group.iter().filter(|&&other| other != index).map(|&other| name(env, other)).collect();
        let how = if others.is_empty() { "itself".to_owned() } else { format!("itself through {}", others.join(", ")) };
        let measure = measure(env, FnId(index as u32));
        diags.push(
            Diagnostic::new(
                Code::E137,
                function.name_span,
                format!("`{}` calls {how}, and nothing says that this comes to an end.", function.name),
            )
            .because("A recursive function names a measure that gets smaller with each call, or declares `Diverge`.")
            .fix(format!("Add `decreases({measure})` before `effects(...)`, or `Diverge` to the row."))
            .spec("Chapter 5, Section 5.6")
            .severity(if env.strict { Severity::Error } else { Severity::Warning }),
        );
    }
}

/// A parameter that could be the measure of a function, as a slot.
fn measure(env: &Env, id: FnId) -> String {
    let function = env.program.function(id);
    let types = &env.program.types;
    let params = function.params.iter().map(|param| function.locals[param.index()].ty);
    let rank = |ty: Ty| match types.kind(types.structural(ty)) {
        TyKind::Nat => 0,
        TyKind::Data(..) => 1,
        TyKind::Int => 2,
        _ => 3,
    };
    let best = params.rev().min_by_key(|&ty| rank(ty)).filter(|&ty| rank(ty) < 3);
    match best {
        Some(ty) => {
            format!("@{}.0", env.type_text(ty, &env.scope_of(id)))
        }
        None => "@Nat.0".to_owned(),
    }
}

fn name(env: &Env, function: usize) -> String {
    format!("`{}`", env.program.functions[function].name)
}

/// E138
fn contracts(env: &Env, calls: &[Calls<'_>], diags: &mut Diagnostics) {
    let all = calls.iter().map(|calls| targets(&calls.body).into_iter().chain(targets(&calls.contract)).collect());
    let all: Vec<Vec<usize>> = all.collect();
    let component = components(&all);
    for (index, function) in env.program.functions.iter().enumerate() {
        for call in &calls[index].contract {
            let callee = call.callee.index();
            if component[callee] != component[index] {
                continue;
            }
            let name = &function.name;
            let description = if callee == index {
                format!("A contract or predicate of `{name}` calls `{name}` itself.")
            } else {
                let callee = &env.program.functions[callee].name;
                format!("A contract or predicate of `{name}` calls `{callee}`, which leads back to `{name}`.")
            };
            diags.push(
                Diagnostic::new(Code::E138, call.span, description)
                    .because(
                        "Checking the contract would run the function, which would check the contract, without end.",
                    )
                    .fix("Say it with operators and functions that do not use this one.")
                    .spec("Chapter 6, Section 6.2"),
            );
        }
    }
}

/// Generic recursion whose type arguments grow: no finite number of instances is enough.
fn growing(env: &Env, calls: &[Calls<'_>], diags: &mut Diagnostics) {
    let mut start = Vec::with_capacity(calls.len() + 1);
    let mut total = 0;
    for function in &env.program.functions {
        start.push(total);
        total += function.type_params.len();
    }
    let mut edges = vec![Vec::new(); total];
    let mut grows = Vec::new();
    for (caller, calls) in calls.iter().enumerate() {
        for call in calls.body.iter().chain(&calls.contract) {
            for (position, &arg) in call.type_args.iter().enumerate() {
                let to = start[call.callee.index()] + position;
                for param in params_in(&env.program.types, arg) {
                    let from = start[caller] + param as usize;
                    edges[from].push(to);
                    if *env.program.types.kind(arg) != TyKind::Param(param) {
                        grows.push((from, to, caller, call));
                    }
                }
            }
        }
    }
    let component = components(&edges);
    let mut reported = BTreeSet::new();
    for (from, to, caller, call) in grows {
        if component[from] != component[to] || !reported.insert(call.span) {
            continue;
        }
        let scope = env.scope_of(FnId(caller as u32));
        let args: Vec<String> = call.type_args.iter().map(|&arg| env.type_text(arg, &scope)).collect();
        let callee = &env.program.function(call.callee).name;
        diags.push(
            Diagnostic::new(
                Code::E340,
                call.span,
                format!("This recursion calls `{callee}` at ever larger types: here at `{}`.", args.join("`, `")),
            )
            .because("Each combination of type arguments is compiled separately, and here there is no last one.")
            .fix("Recurse at the same type arguments, or wrap the growing type in a `data` type of its own.")
            .spec("Chapter 2, Section 2.7"),
        );
    }
}

/// The type parameters in a type.
pub(super) fn params_in(types: &Types, ty: Ty) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut work = vec![ty];
    while let Some(ty) = work.pop() {
        if !seen.insert(ty) {
            continue;
        }
        match types.kind(ty) {
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
