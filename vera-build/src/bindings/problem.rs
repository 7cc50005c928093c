//! What is wrong with a program as a Rust module.

use vera_compiler::diagnostics::Severity;
use vera_compiler::source::Span;

/// A problem with the wrapper of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) severity: Severity,
    pub(crate) description: String,
    /// The declaration with the problem.
    pub(crate) span: Option<Span>,
}
