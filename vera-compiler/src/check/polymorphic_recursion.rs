//! The type arguments of generic functions over the whole program: recursion must not make them ever larger (E340), and
//! none may nest too deeply to be compiled (E622).
//!
//! Type arguments flow from the parameters of a caller into those of a callee, alone or within a larger type. A cycle
//! of that flow must not enlarge a type; without such a cycle the flow has a deepest type for each parameter.

use std::collections::{BTreeMap, BTreeSet};

use super::ability_bounds::{Use, Uses};
use super::env::Env;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::Span;
use crate::tir::{FnId, MAX_INSTANCE_DEPTH};
use crate::types::{Ty, TyKind};
use vera_abi::graph::components;

/// A type argument of a call.
struct Flow<'a> {
    caller: FnId,
    callee: FnId,
    /// The call.
    span: Span,
    /// All type arguments of the call.
    type_args: &'a [Ty],
    /// The argument, over the parameters of the caller.
    ty: Ty,
    /// The nodes of those parameters that are in it.
    from: Vec<usize>,
    /// The node of the parameter it is for.
    to: usize,
}

/// Checks all calls of generic functions.
pub(crate) fn check(env: &Env, uses: &Uses, diags: &mut Diagnostics) {
    let mut start = Vec::with_capacity(uses.len());
    let mut total = 0;
    for function in &env.program.functions {
        start.push(total);
        total += function.type_params.len();
    }
    let mut flows = Vec::new();
    for (caller, uses) in uses.iter().enumerate() {
        for used in uses {
            let Use::Call(callee, type_args, span) = used else { continue };
            for (position, &ty) in type_args.iter().enumerate() {
                let from = env.program.types.params_in(ty).into_iter().map(|param| start[caller] + param as usize);
                let (from, to) = (from.collect(), start[callee.index()] + position);
                flows.push(Flow { caller: FnId(caller as u32), callee: *callee, span: *span, type_args, ty, from, to });
            }
        }
    }
    let mut edges = vec![Vec::new(); total];
    for flow in &flows {
        flow.from.iter().for_each(|&from| edges[from].push(flow.to));
    }
    let component = components(&edges);
    let grows = |flow: &&Flow<'_>| {
        let larger = !matches!(env.program.types.kind(flow.ty), TyKind::Param(_));
        larger && flow.from.iter().any(|&from| component[from] == component[flow.to])
    };
    let mut reported = BTreeSet::new();
    for flow in flows.iter().filter(grows).filter(|flow| reported.insert(flow.span)) {
        diags.push(growing(env, flow));
    }
    if reported.is_empty() {
        too_deep(env, &start, &flows, &component, diags);
    }
}

/// E622, at the calls where the limit is passed.
fn too_deep(env: &Env, start: &[usize], flows: &[Flow<'_>], component: &[usize], diags: &mut Diagnostics) {
    // Callers have the higher numbers; within one component all parameters are at the same types.
    let mut by_component: BTreeMap<usize, Vec<&Flow<'_>>> = BTreeMap::new();
    flows.iter().for_each(|flow| by_component.entry(component[flow.to]).or_default().push(flow));
    let mut deepest: Vec<usize> = vec![1; component.len()];
    for (target, flows) in by_component.iter().rev() {
        let mut reached = 1;
        for flow in flows {
            let of_param = |param: u32| {
                let source = component[start[flow.caller.index()] + param as usize];
                if source == *target { 1 } else { deepest[source] }
            };
            let depth = env.program.types.depth(flow.ty, &of_param);
            if depth > MAX_INSTANCE_DEPTH {
                diags.push(deep(env, flow));
            }
            reached = reached.max(depth.min(MAX_INSTANCE_DEPTH));
        }
        deepest[*target] = reached;
    }
}

fn deep(env: &Env, flow: &Flow<'_>) -> Diagnostic {
    let callee = env.program.function(flow.callee);
    let description = format!("`{}` is called at types that nest more than {MAX_INSTANCE_DEPTH} times.", callee.name);
    Diagnostic::new(Code::E622, flow.span, description)
        .because("A generic function is compiled for each list of type arguments, and these nest too deeply for that.")
        .fix("Declare a `data` type around a part of the type: it nests no deeper than its name.")
        .spec(Section::S2_7)
        .label(callee.name_span, "this function")
}

/// E340
fn growing(env: &Env, flow: &Flow<'_>) -> Diagnostic {
    let scope = env.scope_of(flow.caller);
    let args: Vec<String> = flow.type_args.iter().map(|&arg| env.type_text(arg, &scope)).collect();
    let callee = &env.program.function(flow.callee).name;
    let description = format!("This recursion calls `{callee}` at ever larger types: here at `{}`.", args.join("`, `"));
    Diagnostic::new(Code::E340, flow.span, description)
        .because("Each combination of type arguments is compiled separately, and this recursion needs infinitely many.")
        .fix("Recurse at the same type arguments, or wrap the growing type in a `data` type of its own.")
        .spec(Section::S2_7)
}
