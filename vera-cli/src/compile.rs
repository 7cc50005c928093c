//! `vera compile`.

use crate::{CompileArgs, check, loader};
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(arguments: &CompileArgs) -> ExitCode {
    let compilation = match loader::compile(&arguments.file, false) {
        Ok(compilation) => compilation,
        Err(message) => return check::unreadable(&arguments.file, &message, arguments.json),
    };
    if !arguments.json {
        check::print_diagnostics(&compilation);
    }
    let Some(wasm) = &compilation.wasm else {
        if arguments.json {
            println!("{:#}", check::report(&arguments.file, &compilation));
        }
        return ExitCode::FAILURE;
    };
    if arguments.wat {
        return match vera_compiler::emit::wat(wasm) {
            Ok(text) => written(std::io::stdout().write_all(text.as_bytes()), "standard output"),
            Err(error) => {
                eprintln!("Error: the module cannot be printed: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let output = match &arguments.output {
        Some(output) => output.clone(),
        None if arguments.file == Path::new("-") => "out.wasm".into(),
        None => arguments.file.with_extension("wasm"),
    };
    let exports: Vec<_> = compilation.interface.functions.iter().map(|function| function.name.as_str()).collect();
    let outcome = written(std::fs::write(&output, wasm), &output.display().to_string());
    if outcome == ExitCode::SUCCESS {
        if arguments.json {
            let mut report = check::report(&arguments.file, &compilation);
            report["exports"] = json!(exports);
            println!("{report:#}");
        } else {
            let plural = if exports.len() == 1 { "" } else { "s" };
            println!("Compiled: {} ({} function{plural} exported)", output.display(), exports.len());
        }
    }
    outcome
}

fn written(outcome: std::io::Result<()>, place: &str) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: cannot write {place}: {error}");
            ExitCode::FAILURE
        }
    }
}
