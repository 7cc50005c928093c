//! A place where a value is used: one conversion for the reader, even if the value comes from several branches.

use crate::source::Span;

/// The conversions of one value.
#[derive(Debug)]
pub(super) struct Position {
    /// The expression whose value is used.
    pub(super) span: Span,
    /// For an argument of a function of the program: the call and the parameter, which is where the callee checks it.
    pub(super) parameter: Option<(Span, Span)>,
    /// Whether it is the result of the function.
    pub(super) result: bool,
    /// Where the obligation that it is natural, or refined, is in its list.
    pub(super) narrowed: Option<usize>,
    /// The same for what its parts must be.
    pub(super) parts: Option<usize>,
}

impl Position {
    /// The use of the value of an expression.
    pub(super) fn of(span: Span) -> Self {
        Position { span, parameter: None, result: false, narrowed: None, parts: None }
    }
}
