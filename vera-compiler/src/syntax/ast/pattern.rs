//! Patterns of `match` arms.

use super::{Name, TypeExpr};
use crate::source::Span;

/// A pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What it matches.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// The forms of pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// `_`
    Wildcard,
    /// `@Type`: matches anything and pushes a slot.
    Bind(TypeExpr),
    /// `Name` without parentheses.
    Nullary(Name),
    /// `Name(p, q)`; at least one field.
    Constructor {
        /// The constructor.
        name: Name,
        /// The field patterns.
        fields: Vec<Pattern>,
    },
    /// An integer; saturated at [`u64::MAX`], which is out of range of every type.
    Int(u64),
    /// A string, escapes resolved.
    String(String),
    /// `true` or `false`.
    Bool(bool),
    /// Could not be read; reported.
    Invalid,
}
