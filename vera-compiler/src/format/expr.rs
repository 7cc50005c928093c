//! Expressions on one line.

use super::lines::{Writer, stmt_value};
use crate::syntax::ast::{
    Block, Expr, ExprKind, Handle, HandlerClause, MatchArm, Quantifier, QuantifierKind, Stmt, StmtKind, UnaryOp,
};
use crate::syntax::precedence::{ABOVE_INFIX, Infix};

impl Writer<'_> {
    /// An expression where any may stand.
    pub(super) fn expr(&mut self, expr: &Expr) {
        self.expr_above(expr, 0);
    }

    /// An expression, in parentheses when its operator does not bind more tightly than `floor`.
    fn expr_above(&mut self, expr: &Expr, floor: u8) {
        let (infix, left, right) = match &expr.kind {
            ExprKind::Binary { op, left, right, .. } => (Infix::Binary(*op), left, right),
            ExprKind::Pipe { left, call } => (Infix::Pipe, left, call),
            _ => return self.unary(expr),
        };
        let binding = infix.binding();
        let parentheses = binding.power <= floor;
        if parentheses {
            self.out.push('(');
        }
        self.expr_above(left, binding.left_floor());
        self.out.push(' ');
        self.push(infix.as_str());
        self.out.push(' ');
        self.expr_above(right, binding.right_floor());
        if parentheses {
            self.out.push(')');
        }
    }

    fn unary(&mut self, expr: &Expr) {
        let ExprKind::Unary { op, operand } = &expr.kind else { return self.postfix(expr) };
        self.push(op.as_str());
        // `--` is a comment.
        let comment = *op == UnaryOp::Neg && matches!(operand.kind, ExprKind::Unary { op: UnaryOp::Neg, .. });
        if comment { self.parenthesized(operand) } else { self.expr_above(operand, ABOVE_INFIX) }
    }

    fn postfix(&mut self, expr: &Expr) {
        let ExprKind::Index { base, index } = &expr.kind else { return self.primary(expr) };
        use ExprKind::*;
        let large = matches!(
            base.kind,
            Binary { .. }
                | Pipe { .. }
                | Unary { .. }
                | If { .. }
                | Match { .. }
                | Handle(_)
                | Block(_)
                | AnonymousFn(_)
        );
        if large {
            self.parenthesized(base)
        } else {
            self.postfix(base)
        }
        self.out.push('[');
        self.expr(index);
        self.out.push(']');
    }

    fn parenthesized(&mut self, expr: &Expr) {
        self.out.push('(');
        self.expr(expr);
        self.out.push(')');
    }

    fn primary(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Unit => self.push("()"),
            ExprKind::Bool(value) => self.push(if *value { "true" } else { "false" }),
            ExprKind::Int(value) => self.int(*value, expr.span),
            ExprKind::Float(value) => self.float(*value, expr.span),
            ExprKind::String(text) => self.string(text),
            ExprKind::Interpolated(parts) => self.interpolated(parts),
            ExprKind::Hole => self.out.push('?'),
            ExprKind::Slot { ty, index } => {
                self.bound_type(ty);
                self.out.push('.');
                self.slot_index(*index, ty.span.end, expr.span);
            }
            ExprKind::Result(ty) => {
                self.bound_type(ty);
                self.push(".result");
            }
            ExprKind::Call { name, args } | ExprKind::Constructor { name, args } => self.call(name.as_str(), args),
            ExprKind::ModuleCall { module, name, args } => {
                self.path(module);
                self.push("::");
                self.call(name.as_str(), args);
            }
            ExprKind::QualifiedCall { qualifier, name, args } => {
                self.push(qualifier.as_str());
                self.out.push('.');
                self.call(name.as_str(), args);
            }
            ExprKind::Resume(args) => self.call("resume", args),
            ExprKind::NullaryConstructor(name) => self.push(name.as_str()),
            ExprKind::Array(items) => {
                self.out.push('[');
                self.list(items, Self::expr);
                self.out.push(']');
            }
            ExprKind::AnonymousFn(function) => {
                self.push("fn");
                self.signature(&function.params, &function.result);
                self.out.push(' ');
                self.effects(&function.effects);
                self.out.push(' ');
                self.inline_block(&function.body);
            }
            ExprKind::If { condition, then_block, else_block } => {
                self.push("if ");
                self.expr(condition);
                self.push(" then ");
                self.inline_block(then_block);
                self.push(" else ");
                self.inline_block(else_block);
            }
            ExprKind::Match { scrutinee, arms } => {
                self.push("match ");
                self.expr(scrutinee);
                self.push(" { ");
                self.list(arms, Self::inline_arm);
                self.push(" }");
            }
            ExprKind::Block(block) => self.inline_block(block),
            ExprKind::Handle(handle) => self.inline_handle(handle),
            ExprKind::Old(effect) => {
                self.push("old(");
                self.effect(effect);
                self.out.push(')');
            }
            ExprKind::New(effect) => {
                self.push("new(");
                self.effect(effect);
                self.out.push(')');
            }
            ExprKind::Assert(condition) => self.call("assert", std::slice::from_ref(condition)),
            ExprKind::Assume(condition) => self.call("assume", std::slice::from_ref(condition)),
            ExprKind::Quantifier(quantifier) => self.quantifier(quantifier),
            // Written above, or reported: such a program is not formatted.
            ExprKind::Unary { .. }
            | ExprKind::Index { .. }
            | ExprKind::Binary { .. }
            | ExprKind::Pipe { .. }
            | ExprKind::Invalid => {}
        }
    }

    /// `name(args)`
    fn call(&mut self, name: &str, args: &[Expr]) {
        self.push(name);
        self.out.push('(');
        self.list(args, Self::expr);
        self.out.push(')');
    }

    /// `forall(@Type, bound, predicate)`
    fn quantifier(&mut self, quantifier: &Quantifier) {
        self.push(match quantifier.kind {
            QuantifierKind::Forall => "forall(",
            QuantifierKind::Exists => "exists(",
        });
        self.bound_type(&quantifier.ty);
        self.push(", ");
        self.expr(&quantifier.bound);
        self.push(", ");
        self.expr(&quantifier.predicate);
        self.out.push(')');
    }

    /// `{ statements result }`
    fn inline_block(&mut self, block: &Block) {
        self.push("{ ");
        for stmt in &block.stmts {
            self.inline_stmt(stmt);
        }
        self.expr(&block.result);
        self.push(" }");
    }

    fn inline_stmt(&mut self, stmt: &Stmt) {
        self.binding(stmt);
        if let Some(value) = stmt_value(stmt) {
            self.expr(value);
        }
        self.push("; ");
    }

    /// `let @Type = ` or what else a statement has in front of its value.
    pub(super) fn binding(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { ty, .. } => {
                self.push("let ");
                self.bound_type(ty);
                self.push(" = ");
            }
            StmtKind::Destructure { constructor, types, .. } => {
                self.push("let ");
                self.push(constructor.as_str());
                self.out.push('<');
                self.list(types, Self::bound_type);
                self.push("> = ");
            }
            StmtKind::Expr(_) | StmtKind::Invalid => {}
        }
    }

    fn inline_arm(&mut self, arm: &MatchArm) {
        self.pattern(&arm.pattern);
        self.push(" -> ");
        self.expr(&arm.body);
    }

    fn inline_handle(&mut self, handle: &Handle) {
        self.handle_head(handle);
        self.push(" { ");
        self.list(&handle.clauses, Self::clause);
        self.push(" } in ");
        self.inline_block(&handle.body);
    }

    /// `handle[Effect](@State = initial)`
    pub(super) fn handle_head(&mut self, handle: &Handle) {
        self.push("handle[");
        self.effect(&handle.effect);
        self.out.push(']');
        if let Some(state) = &handle.state {
            self.out.push('(');
            self.bound_type(&state.ty);
            self.push(" = ");
            self.expr(&state.initial);
            self.out.push(')');
        }
    }

    /// `op(@A) -> { body } with @State = value`
    pub(super) fn clause(&mut self, clause: &HandlerClause) {
        self.push(clause.name.as_str());
        self.out.push('(');
        self.list(&clause.params, Self::bound_type);
        self.push(") -> ");
        if let ExprKind::Block(block) = &clause.body.kind {
            self.inline_block(block);
        } else {
            self.push("{ ");
            self.expr(&clause.body);
            self.push(" }");
        }
        if let Some(update) = &clause.update {
            self.push(" with ");
            self.bound_type(&update.ty);
            self.push(" = ");
            self.expr(&update.value);
        }
    }
}
