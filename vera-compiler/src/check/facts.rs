//! The facts about each function and predicate that the checks of the whole program need.
//!
//! They are recorded in one walk as soon as a tree is made. Those checks need all functions, but only these facts of
//! each, and a new tree is still in the processor's cache.

use std::collections::BTreeSet;

use crate::source::Span;
use crate::tir::{Ability, Coercion, Expr, ExprKind, FnId, Local};
use crate::types::{DataId, PredicateId, Ty, TyKind, Types};

/// A call: where, whom, and with which type arguments.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) span: Span,
    pub(crate) callee: FnId,
    pub(crate) type_args: Vec<Ty>,
}

/// What a generic type says of its values: the predicate of a refinement, or the invariant of a data type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    /// A refinement.
    Refinement(PredicateId),
    /// A data type.
    Invariant(DataId),
}

/// An evaluation of what a generic type says: with which type arguments, and where.
#[derive(Clone, Debug)]
pub(crate) struct Evaluated {
    pub(crate) says: Says,
    pub(crate) type_args: Vec<Ty>,
    pub(crate) span: Span,
}

/// See the module documentation.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Calls in the body of a function or in a predicate.
    pub(crate) calls: Vec<Call>,
    /// Calls in the clauses of a function.
    pub(crate) clause_calls: Vec<Call>,
    /// Operations of abilities with the types they are used at, wherever they are.
    pub(crate) operations: Vec<(Ability, Ty)>,
    /// What it makes and converts of generic types that may say something of their values.
    pub(crate) evaluated: Vec<Evaluated>,
    /// Whether something in it is wrong.
    pub(crate) invalid: bool,
    /// Predicates of refinements that are evaluated in the body or on the bindings of a function.
    pub(crate) refined: BTreeSet<PredicateId>,
}

impl Facts {
    /// Notes an expression of a body or predicate, apart from what is inside it.
    pub(crate) fn note(&mut self, expr: &Expr, types: &Types) {
        self.calls.extend(call(expr));
        self.operations.extend(operation(expr));
        self.evaluated.extend(evaluated(expr));
        match &expr.kind {
            ExprKind::Coerce(Coercion::Refine(predicate, _), ..) => {
                self.refined.insert(*predicate);
            }
            ExprKind::Invalid => self.invalid = true,
            ExprKind::Coerce(Coercion::Parts, ..) => refinements_inside(types, expr.ty, &mut self.refined),
            _ => {}
        }
    }

    /// Notes an expression of a clause, apart from what is inside it.
    pub(crate) fn note_in_clause(&mut self, expr: &Expr) {
        self.clause_calls.extend(call(expr));
        self.operations.extend(operation(expr));
        self.evaluated.extend(evaluated(expr));
    }

    /// Notes the bindings of a function.
    pub(crate) fn note_locals(&mut self, locals: &[Local], types: &Types) {
        for local in locals {
            for (predicate, type_args) in refinements(types, local.ty) {
                self.refined.insert(predicate);
                if !type_args.is_empty() {
                    let (says, type_args) = (Says::Refinement(predicate), type_args.to_vec());
                    self.evaluated.push(Evaluated { says, type_args, span: local.span });
                }
            }
        }
    }
}

fn call(expr: &Expr) -> Option<Call> {
    match &expr.kind {
        ExprKind::Call { function, type_args, .. } => {
            Some(Call { span: expr.span, callee: *function, type_args: type_args.clone() })
        }
        _ => None,
    }
}

fn operation(expr: &Expr) -> Option<(Ability, Ty)> {
    match &expr.kind {
        ExprKind::Ability { ability, at, .. } => Some((*ability, *at)),
        ExprKind::Equal { at, .. } => Some((Ability::Eq, *at)),
        _ => None,
    }
}

fn evaluated(expr: &Expr) -> Option<Evaluated> {
    let (says, type_args) = match &expr.kind {
        ExprKind::Construct { data, type_args, .. } => (Says::Invariant(*data), type_args),
        ExprKind::Coerce(Coercion::Refine(predicate, type_args), ..) => (Says::Refinement(*predicate), type_args),
        _ => return None,
    };
    (!type_args.is_empty()).then(|| Evaluated { says, type_args: type_args.clone(), span: expr.span })
}

/// The predicates outermost in a type, with the type arguments they are instantiated with.
pub(crate) fn refinements(types: &Types, mut ty: Ty) -> impl Iterator<Item = (PredicateId, &[Ty])> {
    std::iter::from_fn(move || {
        loop {
            match types.kind(ty) {
                TyKind::Alias(_, _, inner) => ty = *inner,
                TyKind::Refined(base, predicate, args) => {
                    ty = *base;
                    return Some((*predicate, &**args));
                }
                _ => return None,
            }
        }
    })
}

/// The predicates of a type and of the types written in it.
fn refinements_inside(types: &Types, ty: Ty, found: &mut BTreeSet<PredicateId>) {
    // A type that shares its parts, as nested aliases do, is small for its extent.
    let mut seen = BTreeSet::new();
    let mut rest = vec![ty];
    while let Some(ty) = rest.pop() {
        if !seen.insert(ty) {
            continue;
        }
        found.extend(refinements(types, ty).map(|(predicate, _)| predicate));
        match types.kind(types.structural(ty)) {
            TyKind::Array(item) => rest.push(*item),
            TyKind::Tuple(items) | TyKind::Data(_, items) => rest.extend(items),
            _ => {}
        }
    }
}
