//! The proof that a formatted text is the program it was made from.
//!
//! It compares the tree and the comments of the text with those of the program. A violation is a defect of the
//! formatter; it is reported as an internal error at the first declaration or comment that differs.

use super::comments::canonical;
use super::is_malformed;
use super::same::Same;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::{SourceMap, Span};
use crate::syntax::Read;
use crate::syntax::ast::{Comment, CommentKind, Program};

/// How a formatted text is not the program it was made from.
struct Violation {
    /// Where in the source.
    span: Span,
    problem: &'static str,
}

impl From<Violation> for Diagnostics {
    fn from(violation: Violation) -> Self {
        let description = format!("The formatter would change this program: {}.", violation.problem);
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(
            Diagnostic::new(Code::E699, violation.span, description)
                .because("The formatter compares what it wrote with what it read; this is a defect of it. Nothing was changed.")
                .fix("Please report it with this program.")
                .spec(Section::S1_8),
        );
        diagnostics
    }
}

/// Whether what was read `again` is the `program`, with the same comments. Both are in `sources`.
///
/// # Errors
/// The first difference. When the canonical form nests too deeply, which braces and parentheses that it adds can bring
/// about, the diagnostics of that.
pub(super) fn check(program: &Program, again: &Read, sources: &SourceMap) -> Result<(), Diagnostics> {
    if again.too_deep {
        return Err(again.diagnostics.clone());
    }
    if is_malformed(&again.diagnostics) {
        return Err(Violation { span: program.span, problem: "the formatted text is not well-formed" }.into());
    }
    same_tree(program, &again.program)?;
    same_comments(program, &again.program, sources)?;
    Ok(())
}

fn same_tree(program: &Program, again: &Program) -> Result<(), Violation> {
    let differs = |span| Err(Violation { span, problem: "a declaration is not the same" });
    if !program.module.same(&again.module) {
        return differs(program.module.as_ref().map_or(program.span, |module| module.span));
    }
    if !program.imports.same(&again.imports) {
        return differs(program.imports.first().map_or(program.span, |import| import.span));
    }
    if let Some((decl, _)) = program.decls.iter().zip(&again.decls).find(|(one, other)| !one.same(other)) {
        return differs(decl.span());
    }
    if program.decls.len() != again.decls.len() {
        return differs(program.span);
    }
    Ok(())
}

/// Labels are part of the tree; all other comments are the same and in the same order.
fn same_comments(program: &Program, again: &Program, sources: &SourceMap) -> Result<(), Violation> {
    let is_free = |comment: &&Comment| comment.kind != CommentKind::Label;
    let (text, formatted) = (sources.file(program.span.file).text(), sources.file(again.span.file).text());
    let mut after = again.comments.iter().filter(is_free);
    for comment in program.comments.iter().filter(is_free) {
        let same = after.next().is_some_and(|other| canonical(text, *comment) == canonical(formatted, *other));
        if !same {
            return Err(Violation { span: comment.span, problem: "a comment is lost or moved over another" });
        }
    }
    match after.next() {
        None => Ok(()),
        Some(_) => Err(Violation { span: program.span, problem: "a comment appears twice" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::read;

    const TEXT: &str = "-- a\ntype A = Int; -- b\n-- c\ntype B = { @Int | (@Int.0) > 1 };\n";

    fn violation(formatted: &str) -> Option<String> {
        let mut sources = SourceMap::new();
        let (file, again) = (sources.add("a.vera", TEXT), sources.add("b.vera", formatted));
        let outcome = check(&read(&sources, file).program, &read(&sources, again), &sources);
        let diagnostics = outcome.err()?;
        let first = diagnostics.iter().next().expect("a diagnostic");
        assert!(first.code == Code::E699 && first.span.file == file);
        Some(first.description.clone())
    }

    #[test]
    fn another_layout_is_the_same_program() {
        assert_eq!(violation(TEXT), None);
        assert_eq!(violation("-- a\n-- b   \n-- c\r\ntype A = Int; type B = {@Int|@Int.0 > 1};"), None);
    }

    #[test]
    fn whatever_else_differs_is_found() {
        let cases = [
            (("Int;", "Nat;"), "a declaration is not the same"),
            (("> 1", "> 2"), "a declaration is not the same"),
            (("@Int.0", "@Int.1"), "a declaration is not the same"),
            (("type B = { @Int | (@Int.0) > 1 };", ""), "a declaration is not the same"),
            (("-- a", "module m;"), "a declaration is not the same"),
            (("-- a", "import m;"), "a declaration is not the same"),
            (("};", "}"), "the formatted text is not well-formed"),
            (("-- a", ""), "a comment is lost or moved over another"),
            (("-- a", "-- b"), "a comment is lost or moved over another"),
            (("-- a", "-- b\n-- a"), "a comment is lost or moved over another"),
            (("-- c", ""), "a comment is lost or moved over another"),
            (("-- c", "-- c\n-- c"), "a comment appears twice"),
        ];
        for ((from, to), problem) in cases {
            assert!(TEXT.contains(from), "{from}");
            let found = violation(&TEXT.replacen(from, to, 1));
            assert!(found.is_some_and(|found| found.contains(problem)), "{from} -> {to}");
        }
    }
}
