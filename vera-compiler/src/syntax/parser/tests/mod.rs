//! Tests of the lexer and parser together.

mod accepts;
pub(super) mod depth;
mod docs;
mod rejects;
mod robust;
mod sketch;

use super::parse;
use crate::diagnostics::{Diagnostics, render_text_all};
use crate::source::SourceMap;
use crate::syntax::ast::{Decl, Expr, FnDecl, Program};

/// Parses a text as `test.vera`.
fn read(text: &str) -> (Program, Diagnostics, SourceMap) {
    let mut source = SourceMap::new();
    let file = source.add("test.vera", text);
    let (program, diagnostics) = parse(&source, file);
    (program, diagnostics, source)
}

/// Parses a text that has no mistake.
#[track_caller]
fn read_correct(text: &str) -> Program {
    let (program, diagnostics, source) = read(text);
    assert!(diagnostics.is_empty(), "{text}\n{}", render_text_all(&diagnostics, &source));
    program
}

/// A function with this text between its braces.
fn function(body: &str) -> String {
    format!("public fn f(@Int -> @Int) requires(true) ensures(true) effects(pure) {{ {body} }}")
}

/// The body of the only function of a text that has no mistake.
#[track_caller]
fn read_fn(text: &str) -> FnDecl {
    let mut program = read_correct(text);
    match program.decls.pop() {
        Some(Decl::Fn(decl)) if program.decls.is_empty() => decl,
        other => panic!("not one function: {other:?}"),
    }
}

/// The expression that is the whole body of a function.
#[track_caller]
fn read_expr(text: &str) -> Expr {
    let body = read_fn(&function(text)).body;
    assert!(body.stmts.is_empty(), "{text}");
    body.result
}
