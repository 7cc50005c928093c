//! Places in Vera source.

use std::fmt;
use std::sync::Arc;

/// A position in a Vera source file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Location {
    /// The file, as it was named when the module was compiled.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// An active Vera function in a backtrace, also one that the compiler inlined into its caller. Calls that wasmtime inlines are not
/// in backtraces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Frame {
    /// The function.
    pub function: String,
    /// The file it is declared in.
    pub file: Arc<str>,
    /// The first line of its declaration, from 1.
    pub line_start: u32,
    /// The last line of its declaration.
    pub line_end: u32,
    /// The line that is executed, from 1, if it is known.
    pub line: Option<u32>,
    /// Whether it belongs to Vera's own library.
    pub builtin: bool,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in {}  ({}:{}-{})", self.function, self.file, self.line_start, self.line_end)?;
        self.line.map_or(Ok(()), |line| write!(f, " at line {line}"))
    }
}
