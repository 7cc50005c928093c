//! Reports on programs: one format for all commands, as JSON and as text.
//!
//! The JSON of one program is `{"ok", "file", "diagnostics", "warnings"}`, with further fields for some commands; for
//! several programs it is an array of such objects. Fields are added but never renamed or removed.

use crate::inputs::Problem;
use crate::output::Output;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use vera_compiler::diagnostics::{Code, Diagnostics, JsonDiagnostic, Severity, render_json, render_styled};
use vera_compiler::source::SourceMap;

/// What there is to say of a program.
#[derive(Serialize)]
pub(crate) struct Report {
    /// Whether all is well with it.
    pub(crate) ok: bool,
    file: String,
    diagnostics: Vec<Said>,
    warnings: Vec<JsonDiagnostic>,
    /// The fields of a command's own.
    #[serde(flatten)]
    pub(crate) further: Map<String, Value>,
}

/// Something said of a program, or of what is in its place. Of a diagnostic there may be hundreds of thousands: each is
/// what it is, and no tree of JSON values.
#[derive(Serialize)]
#[serde(untagged)]
enum Said {
    Diagnostic(JsonDiagnostic),
    Problem(Value),
}

/// What there is to say of a program.
pub(crate) fn program(file: &str, diagnostics: &Diagnostics, sources: &SourceMap) -> Report {
    Report {
        ok: !diagnostics.has_errors(),
        file: file.to_owned(),
        diagnostics: render_json(diagnostics, Severity::Error, sources).into_iter().map(Said::Diagnostic).collect(),
        warnings: render_json(diagnostics, Severity::Warning, sources),
        further: Map::new(),
    }
}

/// What there is to say where there is no program, or nothing in it to point at.
pub(crate) fn problem(problem: &Problem) -> Report {
    let said = json!({
        "severity": "error",
        "description": problem.description,
        "location": { "line": 0, "column": 0 },
    });
    Report {
        ok: false,
        file: problem.file.clone(),
        diagnostics: vec![Said::Problem(said)],
        warnings: Vec::new(),
        further: Map::new(),
    }
}

/// What was said of a place in a file, whichever program the file was read for.
#[derive(Default)]
pub(crate) struct Told(HashSet<(String, u32, u32, Code, String)>);

impl Told {
    /// The diagnostics without what was said of an earlier program, which imports the same module.
    pub(crate) fn news(&mut self, diagnostics: &Diagnostics, sources: &SourceMap) -> Diagnostics {
        let mut news = Diagnostics::new();
        for diagnostic in diagnostics {
            let span = diagnostic.span;
            let file = sources.file(span.file).name().to_owned();
            if self.0.insert((file, span.start, span.end, diagnostic.code, diagnostic.description.clone())) {
                news.push(diagnostic.clone());
            }
        }
        news
    }
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
