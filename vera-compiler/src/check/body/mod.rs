//! Bodies: expressions, patterns, contracts, predicates → the typed tree.
//!
//! Checking is bidirectional: an expression is checked with what is known of its use ([`Expected`]) and returns its
//! type; the code that uses it makes the conversion explicit ([`coerce`]). Only type arguments are inferred
//! ([`infer`]). At the end of a body every type variable is replaced ([`resolve`]), and the checks that need all types
//! are made ([`deferred`]).
//!
//! Each mistake is reported once and becomes `Invalid`, which fits everywhere.

mod ability;
mod argument;
mod call;
mod closure;
mod coerce;
mod collection;
mod construct;
mod contract;
mod control;
mod deferred;
mod effect_op;
mod expr;
mod handler;
mod infer;
mod literal;
mod message;
mod number;
mod operator;
mod pattern;
mod quantifier;
mod reference;
mod resolve;
mod rows;
mod slots;
mod sql;
mod statement;
mod taker;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use self::rows::Clause;

use self::deferred::Deferred;
use self::handler::Continuation;
use self::infer::Infer;
use self::rows::Frame;
use self::slots::Slots;
use self::taker::Taker;
use super::env::Env;
use super::scope::TypeScope;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::ast;
use crate::tir::{CoercionSite, Expr, ExprKind, FnId, Local, LocalId, Predicate, SlotKey};
use crate::types::{Row, Ty};

/// What is known of the use of an expression.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// Nothing.
    Nothing,
    /// Something of about this type: it decides what literals are.
    Hint(Ty),
    /// It is going to be used as this type, at such a place: branches convert to it one by one.
    Target(Ty, CoercionSite),
}

impl Expected {
    /// The type, however certain.
    fn ty(self) -> Option<Ty> {
        match self {
            Expected::Nothing => None,
            Expected::Hint(ty) | Expected::Target(ty, _) => Some(ty),
        }
    }
}

/// In which part of a declaration an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Body,
    Requires,
    Ensures,
    Decreases,
    Predicate,
}

/// The function around an expression.
#[derive(Debug)]
struct Owner {
    id: FnId,
    name: Arc<str>,
    result: Ty,
    result_local: LocalId,
    row: Row,
}

/// The state of checking one function or one predicate.
struct Checker<'a> {
    env: &'a mut Env,
    diags: &'a mut Diagnostics,
    scope: TypeScope,
    owner: Option<Owner>,
    place: Place,
    locals: Vec<Local>,
    slots: Slots,
    infer: Infer,
    frames: Vec<Frame>,
    /// What the anonymous function that is checked next is given to.
    taker: Option<Taker>,
    /// What `resume` continues; `None` inside a closure, which cannot.
    continuations: Vec<Option<Continuation>>,
    /// The types of the states of the handlers whose handled blocks are around this place.
    handled_states: Vec<Ty>,
    deferred: Vec<Deferred>,
    /// References to the result by another type than the declared one, and what to say of them unless the body has that
    /// type too.
    misnamed_results: Vec<(Option<SlotKey>, Diagnostic)>,
    /// Text of locals that are bound to a string the program spells out.
    known_texts: BTreeMap<LocalId, String>,
    /// Length of locals that are bound to an array literal.
    known_lengths: BTreeMap<LocalId, usize>,
    /// Whether integer literals are compared with bytes as bytes: in refinements of `Byte`.
    byte_literals: bool,
    /// Whether the contract names a state with `old` or `new`.
    names_state: bool,
}

/// Checks clauses and body of a function and writes them into `env.program.functions[id]`.
pub(crate) fn check_function(env: &mut Env, decl: &ast::FnDecl, id: FnId, diags: &mut Diagnostics) {
    contract::check_function(env, decl, id, diags);
}

/// Checks a closed predicate over one value of type `binder`: of a refinement or an invariant, as `clause` says.
pub(crate) fn check_predicate(
    env: &mut Env,
    predicate: &ast::Expr,
    binder: Ty,
    scope: &TypeScope,
    clause: Clause,
    diags: &mut Diagnostics,
) -> Predicate {
    contract::check_predicate(env, predicate, binder, scope, clause, diags)
}

impl<'a> Checker<'a> {
    fn new(env: &'a mut Env, diags: &'a mut Diagnostics, scope: TypeScope, place: Place) -> Self {
        Self {
            env,
            diags,
            scope,
            owner: None,
            place,
            locals: Vec::new(),
            slots: Slots::default(),
            infer: Infer::default(),
            frames: Vec::new(),
            taker: None,
            continuations: Vec::new(),
            handled_states: Vec::new(),
            deferred: Vec::new(),
            misnamed_results: Vec::new(),
            known_texts: BTreeMap::new(),
            known_lengths: BTreeMap::new(),
            byte_literals: false,
            names_state: false,
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diags.push(diagnostic);
    }

    /// A new local, not in any scope.
    fn local(&mut self, ty: Ty, span: Span) -> LocalId {
        let id = LocalId(self.locals.len() as u32);
        self.locals.push(Local { ty, span });
        id
    }

    /// A new local that is the nearest slot of its type.
    fn bind(&mut self, ty: Ty, span: Span) -> LocalId {
        let local = self.local(ty, span);
        self.push_slot(local);
        local
    }

    /// Puts a local in scope.
    fn push_slot(&mut self, local: LocalId) {
        let ty = self.locals[local.index()].ty;
        self.slots.push(SlotKey::of(ty, &self.env.program.types), local);
    }

    /// The meaning of a written type.
    fn resolve(&mut self, ty: &ast::TypeExpr) -> Ty {
        self.env.resolve_type(ty, &self.scope, self.diags)
    }
}

/// What stands for an expression that was reported.
fn invalid(span: Span) -> Expr {
    Expr { kind: ExprKind::Invalid, ty: Ty::INVALID, span }
}
