//! Reading source text: tokens, the syntax tree and the parser.
//!
//! [`parse`] turns one file into an [`ast::Program`] and reports all syntax errors. It never fails: text that could not
//! be parsed is an `Invalid` node, and each such node has been reported. Names are not resolved and types are not
//! checked here.

pub mod ast;
pub(crate) mod escapes;
mod foreign_comment;
mod lexer;
mod parser;
pub(crate) mod precedence;
mod token;
mod unfinished;
pub mod view;

#[cfg(test)]
pub(crate) use lexer::lex;
#[cfg(test)]
pub(crate) use parser::nested;
pub use parser::parse;
pub(crate) use parser::{Read, parse_parts, read};
pub use unfinished::{Unfinished, unfinished};

/// How deeply constructs may nest: enough for any program people or models write, little enough for every
/// stage to recurse over the tree on a small stack.
///
/// Each expression inside another, each operator of a chain, each type inside another, each pattern inside
/// another and each `where` block counts one.
pub const MAX_DEPTH: usize = 256;
