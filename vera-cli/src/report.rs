//! What commands say of programs: one shape for all of them, as JSON and as text.
//!
//! The JSON of one program is `{"ok", "file", "diagnostics", "warnings"}`, with further fields of a command's own; of
//! several it is an array of such objects. Fields are added but never renamed or left out.

use crate::inputs::Problem;
use crate::output::Output;
use serde_json::{Value, json};
use vera_compiler::diagnostics::{Diagnostics, Severity, render_json, render_styled};
use vera_compiler::source::SourceMap;

/// What there is to say of a program.
pub(crate) fn program(file: &str, diagnostics: &Diagnostics, sources: &SourceMap) -> Value {
    let of = |severity| json!(render_json(diagnostics, severity, sources));
    json!({
        "ok": !diagnostics.has_errors(),
        "file": file,
        "diagnostics": of(Severity::Error),
        "warnings": of(Severity::Warning),
    })
}

/// What there is to say where there is no program, or nothing in it to point at.
pub(crate) fn problem(problem: &Problem) -> Value {
    json!({
        "ok": false,
        "file": problem.file,
        "diagnostics": [{
            "severity": "error",
            "description": problem.description,
            "location": { "line": 0, "column": 0 },
        }],
        "warnings": [],
    })
}

/// Prints diagnostics as text.
pub(crate) fn print(output: &mut Output, diagnostics: &Diagnostics, sources: &SourceMap) {
    for diagnostic in diagnostics {
        output.message(format_args!("{}\n", render_styled(diagnostic, sources).trim_end()));
    }
}

/// Prints a problem as text.
pub(crate) fn print_problem(output: &mut Output, problem: &Problem) {
    output.message(format_args!("Error: {}", problem.description));
}

/// Prints a problem in the form asked for.
pub(crate) fn refuse(output: &mut Output, found: &Problem, as_json: bool) {
    if as_json {
        output.json(&problem(found));
    } else {
        print_problem(output, found);
    }
}
