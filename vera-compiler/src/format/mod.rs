//! The formatter: the one canonical text of a program.
//!
//! The tree is printed in one pass, and comments are inserted by their places in the source. The layout depends only on
//! the tree, apart from comments and blank lines; at most one blank line is kept where paragraphs may be separated.
//! Parentheses follow from operator precedence. Braces without statements, which only group, are removed from the value
//! of a statement and the body of an arm, and added around the body of every handler clause.
//!
//! Invariant: a text is returned only if it parses to the same program with the same comments (`proof`). Lines are
//! never broken to fit a width, and comments are never rewrapped or reindented inside.

mod comments;
mod decl;
mod expr;
mod lines;
mod literal;
mod proof;
mod same;
#[cfg(test)]
mod tests;
mod types;

use crate::diagnostics::{Diagnostics, Phase, Severity};
use crate::driver::with_stack;
use crate::source::SourceMap;
use crate::syntax::ast::Program;
use crate::syntax::{Read, read};

/// Why a text was not formatted.
#[derive(Debug)]
pub struct Unformatted {
    /// The syntax errors of the text, in source order.
    pub diagnostics: Diagnostics,
    /// The text, to show the places.
    pub sources: SourceMap,
}

/// The canonical form of the program `text`, which diagnostics call `name`. Formatting it again changes nothing.
///
/// # Errors
/// [`Unformatted`] when the text has syntax errors, or its canonical form nests too deeply to be parsed. Names and
/// types are not checked.
///
/// # Panics
/// When the text or its canonical form has 2³² bytes or more.
pub fn format(name: &str, text: &str) -> Result<String, Box<Unformatted>> {
    with_stack(|| {
        let mut sources = SourceMap::new();
        let file = sources.add(name, text);
        let Read { program, diagnostics, .. } = read(&sources, file);
        if is_malformed(&diagnostics) {
            return Err(Box::new(Unformatted { diagnostics, sources }));
        }
        let formatted = write(text, &program);
        let again = sources.add(format!("{name} (formatted)"), formatted.as_str());
        match proof::check(&program, &read(&sources, again), &sources) {
            Ok(()) => Ok(formatted),
            Err(diagnostics) => Err(Box::new(Unformatted { diagnostics, sources })),
        }
    })
}

/// Whether a diagnostic is about the form of the text. The parser reports a few that are not, with a whole tree.
fn is_malformed(diagnostics: &Diagnostics) -> bool {
    diagnostics.iter().any(|found| found.severity == Severity::Error && found.code.phase() == Phase::Parse)
}

/// The canonical form of a program without mistakes.
fn write(text: &str, program: &Program) -> String {
    let mut writer = lines::Writer::new(text, &program.comments);
    writer.program(program);
    writer.finish()
}
