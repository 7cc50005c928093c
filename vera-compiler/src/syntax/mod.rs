//! Reading source text: tokens, the syntax tree and the parser.
//!
//! `parse` turns one file into an [`ast::Program`] and says everything that is wrong with its form. It
//! never fails: what could not be read is an `Invalid` node, and each such node has been reported. Names are
//! not resolved and types not checked here.

pub mod ast;

/// How deeply constructs may nest: enough for any program people or models write, little enough for every
/// stage to recurse over the tree on a small stack.
pub const MAX_DEPTH: usize = 256;
