//! `vera check`.

use crate::{CheckArgs, loader};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;
use vera_compiler::diagnostics::{Severity, render_json, render_styled};
use vera_compiler::driver::Compilation;

pub(crate) fn run(arguments: &CheckArgs) -> ExitCode {
    let compilation = match loader::check(&arguments.file, arguments.strict) {
        Ok(compilation) => compilation,
        Err(message) => return unreadable(&arguments.file, &message, arguments.json),
    };
    let ok = !compilation.diagnostics.has_errors();
    if arguments.json {
        println!("{:#}", report(&arguments.file, &compilation));
    } else {
        print_diagnostics(&compilation);
        if ok && !arguments.quiet {
            println!("OK: {}", arguments.file.display());
        }
    }
    if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// `{"ok", "file", "diagnostics", "warnings"}`
pub(crate) fn report(file: &Path, compilation: &Compilation) -> Value {
    let of = |severity| json!(render_json(&compilation.diagnostics, severity, &compilation.program.sources));
    json!({
        "ok": !compilation.diagnostics.has_errors(),
        "file": file.display().to_string(),
        "diagnostics": of(Severity::Error),
        "warnings": of(Severity::Warning),
    })
}

/// Everything there is to say about a program, on standard error.
pub(crate) fn print_diagnostics(compilation: &Compilation) {
    for diagnostic in &compilation.diagnostics {
        anstream::eprintln!("{}\n", render_styled(diagnostic, &compilation.program.sources).trim_end());
    }
}

/// Reports a file that cannot be read.
pub(crate) fn unreadable(file: &Path, message: &str, as_json: bool) -> ExitCode {
    if as_json {
        let diagnostic = json!({ "severity": "error", "description": message, "location": { "line": 0, "column": 0 } });
        let report = json!({
            "ok": false, "file": file.display().to_string(), "diagnostics": [diagnostic], "warnings": [],
        });
        println!("{report:#}");
    } else {
        eprintln!("Error: {message}");
    }
    ExitCode::FAILURE
}
