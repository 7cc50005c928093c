//! Every expression inside an expression.

use crate::tir::{Body, Expr, ExprKind, FnDecl, Stmt, StringPart};

/// Calls `visit` for an expression and all expressions inside it, outermost first, closures and handlers included.
pub(crate) fn walk<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    visit(expr);
    children(expr, &mut |child| walk(child, visit));
}

/// Calls `visit` for every expression of the clauses of a function.
pub(crate) fn walk_clauses<'a>(function: &'a FnDecl, visit: &mut dyn FnMut(&'a Expr)) {
    for clause in function.requires.iter().chain(&function.ensures).chain(&function.decreases) {
        walk(&clause.expr, visit);
    }
}

/// Calls `visit` for every expression of the body of a function.
pub(crate) fn walk_body<'a>(function: &'a FnDecl, visit: &mut dyn FnMut(&'a Expr)) {
    if let Body::Expr(body) = &function.body {
        walk(body, visit);
    }
}

/// Calls `visit` for the expressions directly inside an expression, in the order of evaluation.
pub(crate) fn children<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
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
        ExprKind::Interpolated(parts) => {
            for part in parts {
                if let StringPart::Expr(part) = part {
                    visit(part);
                }
            }
        }
        ExprKind::Call { args, .. }
        | ExprKind::Ability { args, .. }
        | ExprKind::Construct { args, .. }
        | ExprKind::Perform { args, .. } => args.iter().for_each(visit),
        ExprKind::Tuple(items) | ExprKind::Array(items) => items.iter().for_each(visit),
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
        ExprKind::Block(stmts, result) => {
            for stmt in stmts {
                match stmt {
                    Stmt::Let(_, value) | Stmt::Destructure(_, value) | Stmt::Expr(value) => visit(value),
                }
            }
            visit(result);
        }
        ExprKind::Closure(closure) => visit(&closure.body),
        ExprKind::Apply(function, args) => {
            visit(function);
            args.iter().for_each(visit);
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
        ExprKind::Resume(value, state) => value.iter().chain(state).for_each(|value| visit(value)),
    }
}
