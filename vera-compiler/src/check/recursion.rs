//! Recursion over the whole program: functions that recurse without a measure (E137), contracts that call back into
//! their own function and invariants that make a value of their own type (E138).

use super::env::Env;
use super::facts::{Call, Facts};
use crate::diagnostics::suggest::listed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section, Severity};
use crate::effects;
use crate::source::Span;
use crate::tir::{ArithmeticOp, Expr, ExprKind, FnId, LocalId, Predicate};
use crate::types::{DataId, Ty, TyKind};
use vera_abi::graph::components;

/// Checks all functions of the program.
pub(crate) fn check(env: &Env, diags: &mut Diagnostics) {
    unmeasured(env, diags);
    contracts(env, diags);
}

/// The calls in the contracts of a function and in the refinement predicates that run with it.
fn contract_calls<'a>(env: &'a Env, facts: &'a Facts) -> impl Iterator<Item = &'a Call> {
    let predicates = facts.refined.iter().flat_map(|predicate| &env.predicate_facts[predicate.index()].calls);
    facts.clause_calls.iter().chain(predicates)
}

/// All calls a function makes.
fn all_calls<'a>(env: &'a Env, facts: &'a Facts) -> impl Iterator<Item = &'a Call> {
    facts.calls.iter().chain(contract_calls(env, facts))
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
        let others = group.iter().filter(|&&other| other != index);
        let how = match group.len() {
            1 => "itself".to_owned(),
            _ => format!("itself through {}", listed(others.map(|&other| env.program.functions[other].name.as_str()))),
        };
        let id = FnId(index as u32);
        let fix = match measure(env, id, group.len() == 1) {
            Some(measure) => format!("Add `decreases({measure})` before `effects(...)`, or `Diverge` to the row."),
            None => "Add `Diverge` to the row. Or give the function a parameter that gets smaller with each call, such as a `Nat`, \
                     and name it in `decreases(...)`."
                .to_owned(),
        };
        diags.push(
            Diagnostic::new(
                Code::E137,
                function.name_span,
                format!("`{}` calls {how} without a measure that shows that it ends.", function.name),
            )
            .because("A recursive function names a measure that gets smaller with each call, or declares `Diverge`.")
            .fix(fix)
            .spec(Section::S5_6)
            .severity(if env.strict { Severity::Error } else { Severity::Warning }),
        );
    }
}

/// A parameter that could be the measure of a function, as a slot: one that no call of the function to itself passes on as it
/// is, or larger. `alone` is whether the function calls itself without others in between; through others, nothing is known.
fn measure(env: &Env, id: FnId, alone: bool) -> Option<String> {
    let function = env.program.function(id);
    let types = &env.program.types;
    let rank = |ty: Ty| match types.kind(types.structural(ty)) {
        TyKind::Nat => Some(0),
        TyKind::Data(..) => Some(1),
        TyKind::Int => Some(2),
        _ => None,
    };
    let mut stays = vec![false; function.params.len()];
    if let Some(body) = function.body_expr().filter(|_| alone) {
        body.walk(&mut |expr| {
            if let ExprKind::Call { function: callee, args, .. } = &expr.kind
                && *callee == id
            {
                for ((stays, arg), param) in stays.iter_mut().zip(args).zip(&function.params) {
                    *stays |= !gets_smaller(arg, *param);
                }
            }
        });
    }
    let params = function.params.iter().map(|param| function.locals[param.index()].ty);
    // Those with the same type come before it: `@T.n` counts from the last.
    let slots = params.clone().enumerate().filter(|(position, _)| !stays[*position]);
    let ranked = slots.filter_map(|(position, ty)| Some((rank(ty)?, position, ty)));
    let (_, position, ty) = ranked.rev().min_by_key(|(rank, ..)| *rank)?;
    let later = params.skip(position + 1).filter(|&other| other == ty).count();
    Some(format!("@{}.{later}", env.type_text(ty, &env.scope_of(id))))
}

/// Whether an argument may be smaller than the parameter: it is not the parameter itself, and nothing is added to it.
fn gets_smaller(arg: &Expr, param: LocalId) -> bool {
    match &arg.kind {
        ExprKind::Local(local) => *local != param,
        ExprKind::Coerce(.., inner) => gets_smaller(inner, param),
        ExprKind::Arithmetic(ArithmeticOp::Add | ArithmeticOp::Mul, ..) | ExprKind::Construct { .. } => false,
        _ => true,
    }
}

/// E138. A data type with an invariant is in the graph too: who makes a value of it evaluates the invariant.
fn contracts(env: &Env, diags: &mut Diagnostics) {
    let functions = env.program.functions.len();
    let invariants: Vec<(usize, &Predicate)> =
        env.program.data.iter().enumerate().filter_map(|(id, data)| Some((id, data.invariant.as_ref()?))).collect();
    let node = |data: DataId| Some(functions + invariants.binary_search_by_key(&data.index(), |(id, _)| *id).ok()?);
    let all = env.facts.iter().zip(&env.program.functions).map(|(facts, function)| {
        let mut next: Vec<usize> = all_calls(env, facts).map(|call| call.callee.index()).collect();
        if !invariants.is_empty() {
            function.walk(&mut |expr| next.extend(made(expr).and_then(node)));
        }
        next
    });
    let mut all: Vec<Vec<usize>> = all.collect();
    for (_, invariant) in &invariants {
        all.push(uses(&invariant.expr, &node).into_iter().map(|(used, _)| used).collect());
    }
    let component = components(&all);
    let returns = |from: usize, to: usize| component[from] == component[to];
    for (index, (function, facts)) in env.program.functions.iter().zip(&env.facts).enumerate() {
        for call in contract_calls(env, facts).filter(|call| returns(index, call.callee.index())) {
            let name = &function.name;
            let description = if call.callee.index() == index {
                format!("A contract or predicate of `{name}` calls `{name}` itself.")
            } else {
                let callee = &env.program.function(call.callee).name;
                format!("A contract or predicate of `{name}` calls `{callee}`, which leads back to `{name}`.")
            };
            diags.push(endless(
                call.span,
                description,
                "Checking the contract would run the function, which would check the contract, without end.",
                "Write the condition without calls that lead to this function.".to_owned(),
            ));
        }
    }
    for (position, (id, invariant)) in invariants.iter().enumerate() {
        let name = &env.program.data[*id].name;
        for (used, span) in
            uses(&invariant.expr, &node).into_iter().filter(|(used, _)| returns(functions + position, *used))
        {
            let description = match env.program.functions.get(used) {
                Some(function) => {
                    format!("The invariant of `{name}` calls `{}`, which makes a value of it.", function.name)
                }
                None if used == functions + position => {
                    format!("The invariant of `{name}` makes a value of that type.")
                }
                None => format!("The invariant of `{name}` makes a value whose own invariant leads back to `{name}`."),
            };
            diags.push(endless(
                span,
                description,
                "A value is checked when it is made, so checking one would make the next, without end.",
                format!("Write the invariant without calls that make a value of `{name}`, and without such values."),
            ));
        }
    }
}

fn endless(span: Span, description: String, because: &str, fix: String) -> Diagnostic {
    Diagnostic::new(Code::E138, span, description).because(because).fix(fix).spec(Section::S6_2)
}

/// The functions an invariant calls and the data types with invariants of which it makes values, with the places.
fn uses(invariant: &Expr, node: &dyn Fn(DataId) -> Option<usize>) -> Vec<(usize, Span)> {
    let mut uses = Vec::new();
    invariant.walk(&mut |expr| {
        let called = match &expr.kind {
            ExprKind::Call { function, .. } => Some(function.index()),
            _ => None,
        };
        uses.extend(called.or_else(|| made(expr).and_then(node)).map(|used| (used, expr.span)));
    });
    uses
}

/// The data type of which an expression makes a value.
fn made(expr: &Expr) -> Option<DataId> {
    match &expr.kind {
        ExprKind::Construct { data, .. } => Some(*data),
        _ => None,
    }
}
