//! The contracts that a lock records.

use crate::contracts::Known;

/// The public functions of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LockedFile {
    /// Its path relative to the package's folder, with `/` between folders.
    pub(super) path: String,
    pub(super) functions: Vec<LockedFunction>,
}

/// The contract of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LockedFunction {
    pub(super) name: String,
    /// The text in its parentheses.
    pub(super) signature: String,
    pub(super) requires: Vec<String>,
    pub(super) ensures: Vec<(String, Known)>,
    pub(super) decreases: Option<(String, Known)>,
    pub(super) effects: String,
    /// The number of checks in its body that are proved, and the number that is left to run time.
    pub(super) checks: (usize, usize),
}
