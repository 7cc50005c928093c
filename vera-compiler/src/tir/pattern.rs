//! Patterns.

use super::{Coercion, LocalId};
use crate::source::Span;
use crate::types::{DataId, Ty};

/// A pattern with the type of what it is matched against.
#[derive(Debug)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// The type of the matched value.
    pub ty: Ty,
    /// Where it is written.
    pub span: Span,
}

/// What a pattern is.
#[derive(Debug)]
pub enum PatternKind {
    /// `_`
    Wildcard,
    /// `@T`: binds the value, converted first where the bound type is narrower.
    Bind(LocalId, Option<Coercion>),
    /// An integer literal (for `Int`, `Nat`, `Byte`).
    Int(i64),
    /// `true`, `false`
    Bool(bool),
    /// A string literal.
    String(String),
    /// `C(p, q)` or `C`
    Constructor {
        /// The data type.
        data: DataId,
        /// The constructor's tag.
        tag: u32,
        /// Patterns of the fields.
        fields: Vec<Pattern>,
    },
    /// `Tuple(p, q)`
    Tuple(Vec<Pattern>),
    /// Something wrong; never in a checked program.
    Invalid,
}
