//! The end of a body: every type variable in its tree is replaced by its type.

use super::Checker;
use crate::tir::{Coercion, Expr, ExprKind, MatchArm, Pattern, PatternKind, Stmt, StringPart};
use crate::types::{EffectUse, Row, Ty};

impl Checker<'_> {
    /// Replaces type variables in the types of all locals.
    pub(super) fn settle_locals(&mut self) {
        let mut locals = std::mem::take(&mut self.locals);
        for local in &mut locals {
            local.ty = self.settled(local.ty);
        }
        self.locals = locals;
    }

    /// Replaces type variables in an expression and everything inside it.
    pub(super) fn settle(&mut self, expr: &mut Expr) {
        if self.infer.is_empty() {
            return;
        }
        self.settle_expr(expr);
    }

    fn settle_ty(&mut self, ty: &mut Ty) {
        *ty = self.settled(*ty);
    }

    fn settle_types(&mut self, types: &mut [Ty]) {
        for ty in types {
            *ty = self.settled(*ty);
        }
    }

    fn settle_effect(&mut self, effect: &mut EffectUse) {
        self.settle_types(&mut effect.args);
    }

    fn settle_row(&mut self, row: &mut Row) {
        let mut effects = row.effects().to_vec();
        for effect in &mut effects {
            self.settle_effect(effect);
        }
        *row = Row::new(effects, row.variables().to_vec());
    }

    fn settle_expr(&mut self, expr: &mut Expr) {
        self.settle_ty(&mut expr.ty);
        self.settle_facts(&mut expr.kind);
        self.settle_children(&mut expr.kind);
    }

    /// The types written in a node.
    fn settle_facts(&mut self, kind: &mut ExprKind) {
        match kind {
            ExprKind::Call { type_args, .. } | ExprKind::Construct { type_args, .. } => self.settle_types(type_args),
            ExprKind::Ability { at, .. } | ExprKind::Compare(_, at, ..) | ExprKind::Equal { at, .. } => {
                self.settle_ty(at);
                *at = self.env.program.types.structural(*at);
            }
            ExprKind::Perform { effect, .. } | ExprKind::Old(effect) | ExprKind::New(effect) => {
                self.settle_effect(effect);
            }
            ExprKind::Coerce(Coercion::Refine(_, args), ..) => self.settle_types(args),
            ExprKind::Closure(closure) => self.settle_row(&mut closure.row),
            ExprKind::Handle(handle) => self.settle_effect(&mut handle.effect),
            ExprKind::Match(_, arms) => arms.iter_mut().for_each(|arm| self.settle_pattern(&mut arm.pattern)),
            ExprKind::Block(stmts, _) => {
                for stmt in stmts {
                    if let Stmt::Destructure(pattern, _) = stmt {
                        self.settle_pattern(pattern);
                    }
                }
            }
            _ => {}
        }
    }

    fn settle_children(&mut self, kind: &mut ExprKind) {
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
                        self.settle_expr(part);
                    }
                }
            }
            ExprKind::Call { args, .. }
            | ExprKind::Ability { args, .. }
            | ExprKind::Construct { args, .. }
            | ExprKind::Perform { args, .. }
            | ExprKind::Tuple(args)
            | ExprKind::Array(args) => self.settle_all(args),
            ExprKind::Index(left, right)
            | ExprKind::Arithmetic(_, _, left, right)
            | ExprKind::Compare(_, _, left, right)
            | ExprKind::Equal { left, right, .. }
            | ExprKind::Logic(_, left, right) => {
                self.settle_expr(left);
                self.settle_expr(right);
            }
            ExprKind::Negate(_, inner)
            | ExprKind::Not(inner)
            | ExprKind::Coerce(_, _, inner)
            | ExprKind::Assert(inner)
            | ExprKind::Assume(inner) => self.settle_expr(inner),
            ExprKind::If(condition, then_expr, else_expr) => {
                self.settle_expr(condition);
                self.settle_expr(then_expr);
                self.settle_expr(else_expr);
            }
            ExprKind::Match(scrutinee, arms) => {
                self.settle_expr(scrutinee);
                for MatchArm { body, .. } in arms {
                    self.settle_expr(body);
                }
            }
            ExprKind::Block(stmts, result) => {
                for stmt in stmts {
                    match stmt {
                        Stmt::Let(_, value) | Stmt::Destructure(_, value) | Stmt::Expr(value) => {
                            self.settle_expr(value);
                        }
                    }
                }
                self.settle_expr(result);
            }
            ExprKind::Closure(closure) => self.settle_expr(&mut closure.body),
            ExprKind::Apply(function, args) => {
                self.settle_expr(function);
                self.settle_all(args);
            }
            ExprKind::Quantifier(quantifier) => {
                self.settle_expr(&mut quantifier.bound);
                self.settle_expr(&mut quantifier.predicate);
            }
            ExprKind::Handle(handle) => {
                if let Some((_, initial)) = &mut handle.state {
                    self.settle_expr(initial);
                }
                for clause in &mut handle.clauses {
                    self.settle_expr(&mut clause.body);
                    if let Some(update) = &mut clause.update {
                        self.settle_expr(update);
                    }
                }
                self.settle_expr(&mut handle.body);
            }
            ExprKind::Resume(value, state) => {
                for part in [value, state].into_iter().flatten() {
                    self.settle_expr(part);
                }
            }
        }
    }

    fn settle_all(&mut self, exprs: &mut [Expr]) {
        for expr in exprs {
            self.settle_expr(expr);
        }
    }

    fn settle_pattern(&mut self, pattern: &mut Pattern) {
        self.settle_ty(&mut pattern.ty);
        match &mut pattern.kind {
            PatternKind::Bind(_, Some(Coercion::Refine(_, args))) => self.settle_types(args),
            PatternKind::Constructor { fields, .. } | PatternKind::Tuple(fields) => {
                for field in fields {
                    self.settle_pattern(field);
                }
            }
            _ => {}
        }
    }
}
