//! The requirements of generic functions on their type arguments, and whether calls satisfy them (E613).
//!
//! A function requires what its `forall` declares and what its body needs: an ability operation on a parameter, or a
//! call that passes the parameter to a function with requirements. Predicates and invariants of generic types are
//! evaluated where values are made, so their requirements apply there. Requirements are propagated up the call graph to
//! a fixed point; then each call and each such operation is checked against them. So every accepted program can be
//! instantiated.

use std::collections::{BTreeMap, BTreeSet};

use super::env::Env;
use super::facts::{Evaluated, Facts, Says};
use crate::abilities;
use crate::builtins::{Implementation, Intrinsic};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::Span;
use crate::tir::{Ability, Body, FnDecl, FnId};
use crate::types::{Ty, TyKind};

/// What is asked of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// An ability.
    Ability(Ability),
    /// To be the key of a map or an element of a set.
    Key,
}

/// What is asked of each parameter of a function, and the function that asks first.
type Needs = BTreeMap<(u32, Need), FnId>;

/// The uses of types in each function, by [`FnId`].
pub(crate) type Uses = Vec<Vec<Use>>;

/// A use of types that asks something.
pub(crate) enum Use {
    /// A call with type arguments.
    Call(FnId, Vec<Ty>, Span),
    /// An operation of an ability at a type; the body checker has seen to it that the type has it.
    Operation(Ability, Ty),
    /// The same in what a type says of its values, at the type arguments that it has in a place.
    Said(Says, Ability, Ty, Span),
}

/// The uses of types in all functions of the program.
pub(crate) fn uses(env: &mut Env) -> Uses {
    (0..env.program.functions.len()).map(|index| uses_of(env, FnId(index as u32))).collect()
}

/// Checks the type arguments of all calls of the program.
pub(crate) fn check(env: &mut Env, uses: &Uses, diags: &mut Diagnostics) {
    let functions = &env.program.functions;
    let needs = functions.iter().enumerate().map(|(id, function)| declared(env, FnId(id as u32), function));
    let mut needs: Vec<Needs> = needs.collect();
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); uses.len()];
    for (caller, uses) in uses.iter().enumerate() {
        for used in uses {
            if let Use::Call(callee, ..) = used {
                callers[callee.index()].push(caller);
            }
        }
    }

    let mut work: Vec<usize> = (0..uses.len()).rev().collect();
    let mut queued = vec![true; uses.len()];
    while let Some(function) = work.pop() {
        queued[function] = false;
        let known = needs[function].len();
        for used in &uses[function] {
            for (ty, need, origin) in asked(used, &needs, FnId(function as u32)) {
                if let Ok(params) = satisfied(env, ty, need) {
                    for param in params {
                        needs[function].entry((param, need)).or_insert(origin);
                    }
                }
            }
        }
        if needs[function].len() > known {
            for &caller in &callers[function] {
                if !std::mem::replace(&mut queued[caller], true) {
                    work.push(caller);
                }
            }
        }
    }

    // A type that takes no space is reported as that.
    let reported: Vec<Span> = diags.iter().filter(|said| said.code == Code::E206).map(|said| said.span).collect();
    for (function, uses) in uses.iter().enumerate() {
        let mut unmet = Vec::new();
        let mut said = BTreeSet::new();
        for used in uses {
            match *used {
                Use::Operation(..) => {}
                Use::Said(says, ability, ty, span) => {
                    if let Err(reason) = satisfied(env, ty, Need::Ability(ability))
                        && said.insert((span, ability))
                    {
                        diags.push(report_said(env, FnId(function as u32), says, ability, ty, &reason, span));
                    }
                }
                Use::Call(callee, _, span) => {
                    for (ty, need, origin) in asked(used, &needs, callee) {
                        if let Err(reason) = satisfied(env, ty, need) {
                            unmet.push(Unmet { span, callee, origin, ty, need, reason });
                            break;
                        }
                    }
                }
            }
        }
        unmet.retain(|one| !reported.contains(&one.span));
        for one in &unmet {
            if !unmet.iter().any(|other| other.says_it_better(one, env)) {
                diags.push(report(env, FnId(function as u32), one));
            }
        }
    }
}

/// A call whose type argument does not meet a need.
struct Unmet {
    span: Span,
    callee: FnId,
    origin: FnId,
    ty: Ty,
    need: Need,
    reason: String,
}

impl Unmet {
    /// Whether two reports are about one value on its way through calls inside calls, and this one is nearer to where
    /// the value comes in, or else the outer of the two.
    fn says_it_better(&self, other: &Unmet, env: &Env) -> bool {
        let contains = |outer: Span, inner: Span| outer != inner && outer.contains(inner);
        let (outer, inner) = (contains(self.span, other.span), contains(other.span, self.span));
        let takes = |unmet: &Unmet| {
            let params = &env.signatures[unmet.callee.index()].params;
            params.iter().any(|&param| matches!(env.program.types.kind(param), TyKind::Param(_)))
        };
        let same = self.ty == other.ty && self.need == other.need;
        same && match (takes(self), takes(other)) {
            (true, false) => outer || inner,
            (false, true) => false,
            _ => outer,
        }
    }
}

/// Levels of what types say of values that are made in what types say of values.
const NESTING: usize = 8;

fn uses_of(env: &mut Env, id: FnId) -> Vec<Use> {
    let facts = &env.facts[id.index()];
    let mut uses = noted(facts);
    let mut seen = BTreeSet::new();
    let mut level = facts.evaluated.clone();
    for _ in 0..NESTING {
        let mut inner = Vec::new();
        for Evaluated { says, type_args, span } in std::mem::take(&mut level) {
            let Env { program, predicate_facts, invariant_facts, .. } = &mut *env;
            let facts = match says {
                Says::Refinement(predicate) => predicate_facts.get(predicate.index()),
                Says::Invariant(data) => invariant_facts.get(&data),
            };
            let Some(facts) = facts else { continue };
            if !seen.insert((says, type_args.clone())) {
                continue;
            }
            let mut at = |ty: Ty| program.types.instantiate(ty, &type_args, &[]);
            uses.extend(noted(facts).into_iter().map(|used| match used {
                Use::Operation(ability, ty) => Use::Said(says, ability, at(ty), span),
                Use::Call(callee, type_args, call) => {
                    Use::Call(callee, type_args.into_iter().map(&mut at).collect(), call)
                }
                said => said,
            }));
            inner.extend(facts.evaluated.iter().map(|one| Evaluated {
                says: one.says,
                type_args: one.type_args.iter().map(|&ty| at(ty)).collect(),
                span,
            }));
        }
        level = inner;
    }
    uses
}

fn noted(facts: &Facts) -> Vec<Use> {
    let generic = facts.clause_calls.iter().chain(&facts.calls).filter(|call| !call.type_args.is_empty());
    let calls = generic.map(|call| Use::Call(call.callee, call.type_args.clone(), call.span));
    calls.chain(facts.operations.iter().map(|&(ability, ty)| Use::Operation(ability, ty))).collect()
}

/// What a function asks by its declaration or its nature.
fn declared(env: &Env, id: FnId, function: &FnDecl) -> Needs {
    let mut needs = Needs::new();
    for (param, declared) in function.type_params.iter().enumerate() {
        let param = param as u32;
        // Eq and Hash of a parameter of the library mean that its values are keys: those are compared in a way of their
        // own, which more types have.
        let keys = [Ability::Eq, Ability::Hash].iter().all(|ability| declared.abilities.contains(ability));
        let intrinsic =
            matches!(function.body, Body::Builtin(Implementation::Intrinsic(Intrinsic::KeyEq | Intrinsic::KeyHash)));
        if intrinsic || (keys && env.is_prelude(function.module)) {
            needs.insert((param, Need::Key), id);
        } else {
            needs.extend(declared.abilities.iter().map(|&ability| ((param, Need::Ability(ability)), id)));
        }
    }
    needs
}

/// What a use asks of which types, and who asks.
fn asked(used: &Use, needs: &[Needs], asking: FnId) -> Vec<(Ty, Need, FnId)> {
    match used {
        Use::Operation(ability, ty) | Use::Said(_, ability, ty, _) => vec![(*ty, Need::Ability(*ability), asking)],
        Use::Call(callee, type_args, _) => {
            let needs = needs[callee.index()].iter();
            let asked =
                needs.filter_map(|((param, need), origin)| Some((*type_args.get(*param as usize)?, *need, *origin)));
            asked.collect()
        }
    }
}

/// The type parameters that have to meet a need for a type to meet it; why not when it cannot.
fn satisfied(env: &mut Env, ty: Ty, need: Need) -> Result<Vec<u32>, String> {
    let mut params = Vec::new();
    match need {
        Need::Ability(ability) => match env.lacks(ty, ability, &mut |param| params.push(param)) {
            Ok(()) => Ok(params),
            Err(lacks) => {
                let scope = super::scope::TypeScope::module(crate::tir::ModuleId(0));
                Err(env.lacks_text(ty, ability, &lacks, &scope))
            }
        },
        Need::Key => match env.lacks_key(ty, &mut |param| params.push(param)) {
            None => Ok(params),
            Some(reason) => Err(reason.to_owned()),
        },
    }
}

/// That a type says something of its values that cannot be worked out at its type arguments.
fn report_said(
    env: &Env,
    function: FnId,
    says: Says,
    ability: Ability,
    ty: Ty,
    reason: &str,
    span: Span,
) -> Diagnostic {
    let ty = env.type_text(ty, &env.scope_of(function));
    let ability = abilities::row(ability).name;
    let (what, declared) = match says {
        Says::Refinement(predicate) => {
            ("the predicate of its type".to_owned(), env.program.predicates[predicate.index()].expr.span)
        }
        Says::Invariant(data) => {
            let data = &env.program.data[data.index()];
            (format!("the invariant of `{}`", data.name), data.invariant.as_ref().map_or(span, |one| one.expr.span))
        }
    };
    Diagnostic::new(Code::E613, span, format!("This value cannot be checked: {what} needs {ability} of `{ty}`."))
        .because(reason)
        .label(declared, "this is evaluated at that type")
        .fix(format!("Use a type argument that has {ability}, such as `Int` or `String`."))
        .spec(Section::S9_8)
}

fn report(env: &Env, caller: FnId, unmet: &Unmet) -> Diagnostic {
    let &Unmet { span, callee, origin, ty, need, ref reason } = unmet;
    let scope = env.scope_of(caller);
    let ty = env.type_text(ty, &scope);
    let name = &env.program.function(callee).name;
    let (description, fix) = match need {
        Need::Ability(ability) => (
            format!("`{name}` cannot be called at `{ty}`, which has no {}.", abilities::row(ability).name),
            format!("Call it at a type that has {}, such as `Int` or `String`.", abilities::row(ability).name),
        ),
        Need::Key => (
            format!("`{ty}` cannot be the key of a map or an element of a set."),
            "Use a key of numbers, strings, or data types made of them.".to_owned(),
        ),
    };
    let diagnostic =
        Diagnostic::new(Code::E613, span, description).because(reason.as_str()).fix(fix).spec(Section::S9_8);
    let origin = env.program.function(origin);
    if env.is_prelude(origin.module) {
        diagnostic
    } else {
        diagnostic.label(origin.name_span, "this is where it is asked for")
    }
}
