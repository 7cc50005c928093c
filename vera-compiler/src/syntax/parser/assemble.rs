//! Assembles large nodes.
//!
//! This code is separate from the functions that read the nodes, because those recurse: without optimisation, each copy
//! of a node would be on the stack once per level of nesting. Here a copy exists only for a moment.
#![expect(clippy::boxed_local, reason = "the boxes come from functions that call themselves")]

use crate::source::Span;
use crate::syntax::ast::{
    AnonymousFn, Block, EffectRef, EffectRow, Expr, ExprKind, Handle, HandlerClause, HandlerState, Name, Param,
    Quantifier, QuantifierKind, StateUpdate, Stmt, TypeExpr,
};

/// The parts of `(@A, @B -> @C)`.
pub(super) struct Signature {
    pub(super) params: Vec<Param>,
    pub(super) result: Param,
}

/// The node for an expression that could not be read.
pub(super) fn invalid_expr(span: Span) -> Expr {
    Expr { kind: ExprKind::Invalid, span }
}

/// The block for one of which it is not known where it ends.
pub(super) fn invalid_block(span: Span) -> Block {
    Block { stmts: Vec::new(), result: invalid_expr(span), span }
}

pub(super) fn block(mut stmts: Vec<Stmt>, result: Option<Box<Expr>>, span: Span) -> Box<Block> {
    let result = result.map_or_else(|| invalid_expr(span), |result| *result);
    stmts.shrink_to_fit();
    Box::new(Block { stmts, result, span })
}

pub(super) fn handle(
    effect: Box<EffectRef>,
    state: Option<Box<HandlerState>>,
    clauses: Vec<Option<Box<HandlerClause>>>,
    body: Box<Block>,
) -> ExprKind {
    let clauses = clauses.into_iter().flatten().map(|clause| *clause).collect();
    ExprKind::Handle(Box::new(Handle { effect: *effect, state: state.map(|state| *state), clauses, body: *body }))
}

pub(super) fn handler_clause(
    name: Name,
    params: Vec<TypeExpr>,
    body: Box<Expr>,
    update: Option<Box<StateUpdate>>,
    span: Span,
) -> Box<HandlerClause> {
    Box::new(HandlerClause { name, params, body: *body, update: update.map(|update| *update), span })
}

pub(super) fn anonymous_fn(head: Box<(Signature, EffectRow)>, body: Box<Block>) -> ExprKind {
    let (Signature { params, result }, effects) = *head;
    ExprKind::AnonymousFn(Box::new(AnonymousFn { params, result, effects, body: *body }))
}

pub(super) fn quantifier(kind: QuantifierKind, ty: Box<TypeExpr>, bound: Box<Expr>, predicate: Box<Expr>) -> ExprKind {
    ExprKind::Quantifier(Box::new(Quantifier { kind, ty: *ty, bound: *bound, predicate: *predicate }))
}
