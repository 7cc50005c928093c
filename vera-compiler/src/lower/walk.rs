//! Visits the expressions of a typed tree.

use crate::tir::{Body, Contract, Expr, ExprKind, FnDecl, Stmt, StringPart};

/// Calls `visit` for each direct subexpression of `expr`, in order of evaluation. Lambda bodies and handler clauses
/// count as subexpressions.
pub(super) fn children<'p>(expr: &'p Expr, visit: &mut dyn FnMut(&'p Expr)) {
    let all = |list: &'p [Expr], visit: &mut dyn FnMut(&'p Expr)| list.iter().for_each(visit);
    match &expr.kind {
        ExprKind::Unit
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Byte(_)
        | ExprKind::Float(_)
        | ExprKind::String(_)
        | ExprKind::Local(_)
        | ExprKind::Old(_)
        | ExprKind::New(_)
        | ExprKind::Hole
        | ExprKind::Invalid => {}
        ExprKind::Interpolated(parts) => parts.iter().for_each(|part| match part {
            StringPart::Text(_) => {}
            StringPart::Expr(expr) => visit(expr),
        }),
        ExprKind::Call { args, .. }
        | ExprKind::Ability { args, .. }
        | ExprKind::Construct { args, .. }
        | ExprKind::Perform { args, .. }
        | ExprKind::Tuple(args)
        | ExprKind::Array(args) => all(args, visit),
        ExprKind::Index(left, right)
        | ExprKind::Arithmetic(_, _, left, right)
        | ExprKind::Compare(_, _, left, right)
        | ExprKind::Equal { left, right, .. }
        | ExprKind::Logic(_, left, right) => {
            visit(left);
            visit(right);
        }
        ExprKind::Negate(_, operand)
        | ExprKind::Not(operand)
        | ExprKind::Coerce(_, _, operand)
        | ExprKind::Assert(operand)
        | ExprKind::Assume(operand) => visit(operand),
        ExprKind::If(condition, then, otherwise) => {
            visit(condition);
            visit(then);
            visit(otherwise);
        }
        ExprKind::Match(scrutinee, arms) => {
            visit(scrutinee);
            arms.iter().for_each(|arm| visit(&arm.body));
        }
        ExprKind::Block(stmts, value) => {
            stmts.iter().for_each(|stmt| match stmt {
                Stmt::Let(_, expr) | Stmt::Destructure(_, expr) | Stmt::Expr(expr) => visit(expr),
            });
            visit(value);
        }
        ExprKind::Closure(closure) => visit(&closure.body),
        ExprKind::Apply(function, args) => {
            visit(function);
            all(args, visit);
        }
        ExprKind::Quantifier(quantifier) => {
            visit(&quantifier.bound);
            visit(&quantifier.predicate);
        }
        ExprKind::Handle(handle) => {
            if let Some((_, initial)) = &handle.state {
                visit(initial);
            }
            for clause in &handle.clauses {
                visit(&clause.body);
                clause.update.iter().for_each(&mut *visit);
            }
            visit(&handle.body);
        }
        ExprKind::Resume(value, state) => {
            value.iter().for_each(|value| visit(value));
            state.iter().for_each(|state| visit(state));
        }
    }
}

/// Calls `visit` for `expr` and every expression below it, outermost first.
pub(super) fn each<'p>(expr: &'p Expr, visit: &mut dyn FnMut(&'p Expr)) {
    let mut rest = vec![expr];
    while let Some(expr) = rest.pop() {
        visit(expr);
        let from = rest.len();
        children(expr, &mut |child| rest.push(child));
        rest[from..].reverse();
    }
}

/// The expressions a function is made of: contracts that are checked at run time, then the body.
pub(super) fn roots(function: &FnDecl) -> impl Iterator<Item = &Expr> {
    let contracts = function.requires.iter().chain(&function.ensures).chain(&function.decreases);
    let body = match &function.body {
        Body::Expr(expr) => Some(expr),
        Body::Builtin(_) => None,
    };
    contracts.map(|contract: &Contract| &contract.expr).chain(body)
}
