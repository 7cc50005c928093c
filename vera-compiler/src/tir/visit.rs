//! Visiting the expressions of a typed tree.
//!
//! The order is that of evaluation, and an expression comes before its subexpressions. Bodies of closures and clauses
//! of handlers count as subexpressions. Types, patterns and predicates of refinements are not visited.

use super::{Body, Expr, ExprKind, FnDecl, Stmt, StringPart};

impl Expr {
    /// Calls `visit` for this expression and every expression inside it.
    pub(crate) fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        let mut rest = vec![self];
        while let Some(expr) = rest.pop() {
            visit(expr);
            let from = rest.len();
            expr.for_each_child(&mut |child| rest.push(child));
            rest[from..].reverse();
        }
    }

    /// Calls `visit` for the expressions directly inside this one.
    pub(crate) fn for_each_child<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        match &self.kind {
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
}

impl FnDecl {
    /// What the clauses state: preconditions, postconditions, measures.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = &Expr> {
        self.requires.iter().chain(&self.ensures).chain(&self.decreases).map(|clause| &clause.expr)
    }

    /// The body, unless it is a built-in.
    pub(crate) fn body_expr(&self) -> Option<&Expr> {
        match &self.body {
            Body::Expr(body) => Some(body),
            Body::Builtin(_) => None,
        }
    }

    /// The clauses, then the body.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &Expr> {
        self.clauses().chain(self.body_expr())
    }

    /// Calls `visit` for every expression of the function.
    pub(crate) fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        self.roots().for_each(|root| root.walk(visit));
    }
}
