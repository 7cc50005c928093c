//! The end of a body: every type variable in its tree is replaced by its type.

use super::Checker;
use crate::tir::{Coercion, Expr, ExprKind, MatchArm, Pattern, PatternKind, Stmt, StringPart};
use crate::types::{EffectUse, Row, Ty};

impl Checker<'_> {
    /// Replaces type variables in the types of all locals.
    pub(super) fn resolve_locals(&mut self) {
        let mut locals = std::mem::take(&mut self.locals);
        for local in &mut locals {
            local.ty = self.resolved(local.ty);
        }
        self.locals = locals;
    }

    /// Replaces type variables in an expression and everything inside it.
    pub(super) fn resolve_all_types(&mut self, expr: &mut Expr) {
        if self.infer.is_empty() {
            return;
        }
        self.resolve_expr(expr);
    }

    fn resolve_ty(&mut self, ty: &mut Ty) {
        *ty = self.resolved(*ty);
    }

    fn resolve_types(&mut self, types: &mut [Ty]) {
        for ty in types {
            *ty = self.resolved(*ty);
        }
    }

    fn resolve_effect(&mut self, effect: &mut EffectUse) {
        self.resolve_types(&mut effect.args);
    }

    fn resolve_row(&mut self, row: &mut Row) {
        let mut effects = row.effects().to_vec();
        for effect in &mut effects {
            self.resolve_effect(effect);
        }
        *row = Row::new(effects, row.variables().to_vec());
    }

    fn resolve_expr(&mut self, expr: &mut Expr) {
        self.resolve_ty(&mut expr.ty);
        self.resolve_facts(&mut expr.kind);
        self.resolve_children(&mut expr.kind);
    }

    /// The types written in a node.
    fn resolve_facts(&mut self, kind: &mut ExprKind) {
        match kind {
            ExprKind::Call { type_args, .. } | ExprKind::Construct { type_args, .. } => self.resolve_types(type_args),
            ExprKind::Ability { at, .. } | ExprKind::Compare(_, at, ..) | ExprKind::Equal { at, .. } => {
                self.resolve_ty(at);
                *at = self.env.program.types.structural(*at);
            }
            ExprKind::Perform { effect, .. } | ExprKind::Old(effect) | ExprKind::New(effect) => {
                self.resolve_effect(effect);
            }
            ExprKind::Coerce(Coercion::Refine(_, args), ..) => self.resolve_types(args),
            ExprKind::Closure(closure) => self.resolve_row(&mut closure.row),
            ExprKind::Handle(handle) => self.resolve_effect(&mut handle.effect),
            ExprKind::Match(_, arms) => arms.iter_mut().for_each(|arm| self.resolve_pattern(&mut arm.pattern)),
            ExprKind::Block(stmts, _) => {
                for stmt in stmts {
                    if let Stmt::Destructure(pattern, _) = stmt {
                        self.resolve_pattern(pattern);
                    }
                }
            }
            _ => {}
        }
    }

    fn resolve_children(&mut self, kind: &mut ExprKind) {
        match kind {
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
                        self.resolve_expr(part);
                    }
                }
            }
            ExprKind::Call { args, .. }
            | ExprKind::Ability { args, .. }
            | ExprKind::Construct { args, .. }
            | ExprKind::Perform { args, .. }
            | ExprKind::Tuple(args)
            | ExprKind::Array(args) => self.resolve_all(args),
            ExprKind::Index(left, right)
            | ExprKind::Arithmetic(_, _, left, right)
            | ExprKind::Compare(_, _, left, right)
            | ExprKind::Equal { left, right, .. }
            | ExprKind::Logic(_, left, right) => {
                self.resolve_expr(left);
                self.resolve_expr(right);
            }
            ExprKind::Negate(_, inner)
            | ExprKind::Not(inner)
            | ExprKind::Coerce(_, _, inner)
            | ExprKind::Assert(inner)
            | ExprKind::Assume(inner) => self.resolve_expr(inner),
            ExprKind::If(condition, then_expr, else_expr) => {
                self.resolve_expr(condition);
                self.resolve_expr(then_expr);
                self.resolve_expr(else_expr);
            }
            ExprKind::Match(scrutinee, arms) => {
                self.resolve_expr(scrutinee);
                for MatchArm { body, .. } in arms {
                    self.resolve_expr(body);
                }
            }
            ExprKind::Block(stmts, result) => {
                for stmt in stmts {
                    match stmt {
                        Stmt::Let(_, value) | Stmt::Destructure(_, value) | Stmt::Expr(value) => {
                            self.resolve_expr(value);
                        }
                    }
                }
                self.resolve_expr(result);
            }
            ExprKind::Closure(closure) => self.resolve_expr(&mut closure.body),
            ExprKind::Apply(function, args) => {
                self.resolve_expr(function);
                self.resolve_all(args);
            }
            ExprKind::Quantifier(quantifier) => {
                self.resolve_expr(&mut quantifier.bound);
                self.resolve_expr(&mut quantifier.predicate);
            }
            ExprKind::Handle(handle) => {
                if let Some((_, initial)) = &mut handle.state {
                    self.resolve_expr(initial);
                }
                for clause in &mut handle.clauses {
                    self.resolve_expr(&mut clause.body);
                    if let Some(update) = &mut clause.update {
                        self.resolve_expr(update);
                    }
                }
                self.resolve_expr(&mut handle.body);
            }
            ExprKind::Resume(value, state) => {
                for part in [value, state].into_iter().flatten() {
                    self.resolve_expr(part);
                }
            }
        }
    }

    fn resolve_all(&mut self, exprs: &mut [Expr]) {
        for expr in exprs {
            self.resolve_expr(expr);
        }
    }

    fn resolve_pattern(&mut self, pattern: &mut Pattern) {
        self.resolve_ty(&mut pattern.ty);
        match &mut pattern.kind {
            PatternKind::Bind(_, Some(Coercion::Refine(_, args))) => self.resolve_types(args),
            PatternKind::Constructor { fields, .. } | PatternKind::Tuple(fields) => {
                for field in fields {
                    self.resolve_pattern(field);
                }
            }
            _ => {}
        }
    }
}
