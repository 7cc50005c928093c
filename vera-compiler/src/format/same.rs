//! Whether two trees are the same program, regardless of the places of its parts.
//!
//! Places, the texts of comments, and the braces that only group around the value of a statement, the body of an arm
//! and the body of a handler clause are not compared. The code names every field of every node, so that a new one
//! cannot be forgotten.

use super::lines::grouped;
use crate::syntax::ast::{
    AbilityConstraint, AbilityDecl, AnonymousFn, BinaryOp, Block, Constructor, Contract, ContractKind, DataDecl, Decl,
    EffectDecl, EffectRef, EffectRow, EffectRowKind, Expr, ExprKind, FnDecl, FnType, Forall, Handle, HandlerClause,
    HandlerState, ImportDecl, MatchArm, ModuleDecl, ModulePath, Name, OpDecl, Param, Pattern, PatternKind, Quantifier,
    QuantifierKind, StateUpdate, Stmt, StmtKind, StringPart, TypeAliasDecl, TypeExpr, TypeKind, UnaryOp, Visibility,
};

/// Comparison without places.
pub(super) trait Same {
    fn same(&self, other: &Self) -> bool;
}

impl<T: Same> Same for Box<T> {
    fn same(&self, other: &Self) -> bool {
        (**self).same(other)
    }
}

impl<T: Same> Same for Option<T> {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(one), Some(other)) => one.same(other),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T: Same> Same for Vec<T> {
    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(one, other)| one.same(other))
    }
}

macro_rules! same_values {
    ($($value:ty),*) => {
        $(impl Same for $value {
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        })*
    };
}

same_values!(BinaryOp, QuantifierKind, String, UnaryOp, Visibility, bool, u32, u64);

/// Compares the fields in front of `;`, and leaves those behind it alone.
macro_rules! same_fields {
    ($($node:ident { $($field:ident),*; $($place:ident),* })*) => {
        $(impl Same for $node {
            fn same(&self, other: &Self) -> bool {
                let $node { $($field,)* $($place: _,)* } = self;
                $($field.same(&other.$field))&&*
            }
        })*
    };
}

same_fields! {
    AbilityConstraint { ability, param; span }
    AbilityDecl { name, type_params, ops; docs, span }
    AnonymousFn { params, result, effects, body; }
    Block { stmts, result; span }
    Constructor { name, fields; docs, span }
    Contract { kind; span }
    DataDecl { visibility, name, type_params, invariant, constructors; docs, span, bare_span }
    EffectDecl { name, type_params, ops; docs, span }
    EffectRef { qualifier, name, args; span }
    EffectRow { kind; span }
    Expr { kind; span }
    FnDecl {
        visibility, forall, name, params, result, contracts, effects, body, where_fns;
        docs, span, bare_span, signature_span, where_span
    }
    FnType { params, result, effects; }
    Forall { params, constraints; span }
    Handle { effect, state, clauses, body; }
    HandlerState { ty, initial; span }
    ImportDecl { path, names; span }
    ModuleDecl { path; docs, span }
    ModulePath { parts; span }
    Name { text; span }
    OpDecl { name, params, result; docs, span }
    Param { ty, label; span }
    Pattern { kind; span }
    Quantifier { kind, ty, bound, predicate; }
    StateUpdate { ty, value; span }
    Stmt { kind; span }
    TypeAliasDecl { name, type_params, ty; docs, span }
    TypeExpr { kind; span }
}

impl Same for std::sync::Arc<str> {
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Same for f64 {
    fn same(&self, other: &Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl Same for MatchArm {
    fn same(&self, other: &Self) -> bool {
        let MatchArm { pattern, body, span: _ } = self;
        pattern.same(&other.pattern) && grouped(body).same(grouped(&other.body))
    }
}

impl Same for HandlerClause {
    fn same(&self, other: &Self) -> bool {
        let HandlerClause { name, params, body, update, span: _ } = self;
        name.same(&other.name)
            && params.same(&other.params)
            && grouped(body).same(grouped(&other.body))
            && update.same(&other.update)
    }
}

impl Same for Decl {
    fn same(&self, other: &Self) -> bool {
        use Decl::*;
        match (self, other) {
            (Fn(one), Fn(other)) => one.same(other),
            (Data(one), Data(other)) => one.same(other),
            (TypeAlias(one), TypeAlias(other)) => one.same(other),
            (Effect(one), Effect(other)) => one.same(other),
            (Ability(one), Ability(other)) => one.same(other),
            _ => false,
        }
    }
}

impl Same for ContractKind {
    fn same(&self, other: &Self) -> bool {
        use ContractKind::*;
        match (self, other) {
            (Requires(one), Requires(other)) | (Ensures(one), Ensures(other)) => one.same(other),
            (Decreases(one), Decreases(other)) => one.same(other),
            _ => false,
        }
    }
}

impl Same for EffectRowKind {
    fn same(&self, other: &Self) -> bool {
        use EffectRowKind::*;
        match (self, other) {
            (Effects(one), Effects(other)) => one.same(other),
            (Pure, Pure) => true,
            _ => false,
        }
    }
}

impl Same for TypeKind {
    fn same(&self, other: &Self) -> bool {
        use TypeKind::*;
        match (self, other) {
            (Named { name, args }, Named { name: n, args: a }) => name.same(n) && args.same(a),
            (Fn(one), Fn(other)) => one.same(other),
            (Refinement { base, predicate }, Refinement { base: b, predicate: p }) => base.same(b) && predicate.same(p),
            _ => false,
        }
    }
}

impl Same for PatternKind {
    fn same(&self, other: &Self) -> bool {
        use PatternKind::*;
        match (self, other) {
            (Wildcard, Wildcard) => true,
            (Bind(one), Bind(other)) => one.same(other),
            (Nullary(one), Nullary(other)) => one.same(other),
            (Constructor { name, fields }, Constructor { name: n, fields: f }) => name.same(n) && fields.same(f),
            (Int(one), Int(other)) => one == other,
            (String(one), String(other)) => one == other,
            (Bool(one), Bool(other)) => one == other,
            _ => false,
        }
    }
}

impl Same for StmtKind {
    fn same(&self, other: &Self) -> bool {
        use StmtKind::*;
        let values = |one, other| grouped(one).same(grouped(other));
        match (self, other) {
            (Let { ty, value }, Let { ty: t, value: v }) => ty.same(t) && values(value, v),
            (Destructure { constructor, types, value }, Destructure { constructor: c, types: t, value: v }) => {
                constructor.same(c) && types.same(t) && values(value, v)
            }
            (Expr(one), Expr(other)) => values(one, other),
            _ => false,
        }
    }
}

impl Same for StringPart {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (StringPart::Text(one), StringPart::Text(other)) => one == other,
            (StringPart::Expr(one), StringPart::Expr(other)) => one.same(other),
            _ => false,
        }
    }
}

impl Same for ExprKind {
    fn same(&self, other: &Self) -> bool {
        use ExprKind::*;
        match (self, other) {
            (Unit, Unit) | (Hole, Hole) => true,
            (Bool(one), Bool(other)) => one == other,
            (Int(one), Int(other)) => one == other,
            (Float(one), Float(other)) => one.same(other),
            (String(one), String(other)) => one == other,
            (Interpolated(one), Interpolated(other)) => one.same(other),
            (Slot { ty, index }, Slot { ty: t, index: i }) => ty.same(t) && index == i,
            (Result(one), Result(other)) => one.same(other),
            (Call { name, args }, Call { name: n, args: a })
            | (Constructor { name, args }, Constructor { name: n, args: a }) => name.same(n) && args.same(a),
            (ModuleCall { module, name, args }, ModuleCall { module: m, name: n, args: a }) => {
                module.same(m) && name.same(n) && args.same(a)
            }
            (QualifiedCall { qualifier, name, args }, QualifiedCall { qualifier: q, name: n, args: a }) => {
                qualifier.same(q) && name.same(n) && args.same(a)
            }
            (Resume(one), Resume(other)) | (Array(one), Array(other)) => one.same(other),
            (NullaryConstructor(one), NullaryConstructor(other)) => one.same(other),
            (Index { base, index }, Index { base: b, index: i }) => base.same(b) && index.same(i),
            (Unary { op, operand }, Unary { op: p, operand: o }) => op == p && operand.same(o),
            (Binary { op, left, right, op_span: _ }, Binary { op: o, left: l, right: r, op_span: _ }) => {
                op == o && left.same(l) && right.same(r)
            }
            (Pipe { left, call }, Pipe { left: l, call: c }) => left.same(l) && call.same(c),
            (AnonymousFn(one), AnonymousFn(other)) => one.same(other),
            (If { condition, then_block, else_block }, If { condition: c, then_block: t, else_block: e }) => {
                condition.same(c) && then_block.same(t) && else_block.same(e)
            }
            (Match { scrutinee, arms }, Match { scrutinee: s, arms: a }) => scrutinee.same(s) && arms.same(a),
            (Block(one), Block(other)) => one.same(other),
            (Handle(one), Handle(other)) => one.same(other),
            (Old(one), Old(other)) | (New(one), New(other)) => one.same(other),
            (Assert(one), Assert(other)) | (Assume(one), Assume(other)) => one.same(other),
            (Quantifier(one), Quantifier(other)) => one.same(other),
            _ => false,
        }
    }
}
