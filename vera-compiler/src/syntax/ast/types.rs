//! Type expressions and effect rows.

use super::{Expr, Name};
use crate::source::Span;

/// A type as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// Where; a `@` in front is not part of it.
    pub span: Span,
}

/// The forms of type expression.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// `Name` or `Name<A, B>`: a type, an alias, a type variable, a tuple.
    Named {
        /// The name.
        name: Name,
        /// The arguments; empty without `<…>`.
        args: Vec<TypeExpr>,
    },
    /// `fn(A, B -> C) effects(row)`
    Fn(Box<FnType>),
    /// `{ @Base | predicate }`
    Refinement {
        /// The refined type.
        base: Box<TypeExpr>,
        /// The predicate; in it, slot 0 of the base type is the value.
        predicate: Box<Expr>,
    },
    /// Could not be read; reported.
    Invalid,
}

/// `fn(A, B -> C) effects(row)`
#[derive(Clone, Debug, PartialEq)]
pub struct FnType {
    /// The parameter types.
    pub params: Vec<TypeExpr>,
    /// The result type.
    pub result: TypeExpr,
    /// The effects a call performs.
    pub effects: EffectRow,
}

/// What follows `effects` between its parentheses.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectRow {
    /// The row.
    pub kind: EffectRowKind,
    /// The row between the parentheses; after a reported error, the place where it is missing.
    pub span: Span,
}

/// The forms of effect row.
#[derive(Clone, Debug, PartialEq)]
pub enum EffectRowKind {
    /// `pure`
    Pure,
    /// `<A, B<T>>`: effects and effect variables, in source order; never empty.
    Effects(Vec<EffectRef>),
    /// Missing or could not be read; reported.
    Invalid,
}

/// `Name<T>` or `Qualifier.Name<T>` where an effect is named.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectRef {
    /// The part before the dot.
    pub qualifier: Option<Name>,
    /// The effect, or an effect variable.
    pub name: Name,
    /// The type arguments.
    pub args: Vec<TypeExpr>,
    /// The whole reference.
    pub span: Span,
}
