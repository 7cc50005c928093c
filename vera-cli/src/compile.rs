//! `vera compile`.

use crate::args::CompileArgs;
use crate::inputs::{Input, Problem, STDIN};
use crate::output::Output;
use crate::{program, report};
use serde_json::{Map, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) fn run(arguments: &CompileArgs, output: &mut Output) -> ExitCode {
    match compile(arguments, output) {
        Ok(verdict) => verdict,
        Err(problem) => {
            report::refuse(output, &problem, arguments.json);
            ExitCode::FAILURE
        }
    }
}

fn compile(arguments: &CompileArgs, output: &mut Output) -> Result<ExitCode, Problem> {
    let input = Input::new(&arguments.file);
    let compilation = program::compile(&input, false)?;
    let sources = &compilation.program.sources;
    let described = || report::program(&input.to_string(), &compilation.diagnostics, sources);
    if !arguments.json {
        report::print(output, &compilation.diagnostics, sources);
    }
    let Some(wasm) = &compilation.wasm else {
        if arguments.json {
            output.json(&described());
        }
        return Ok(ExitCode::FAILURE);
    };
    let exports: Vec<_> = compilation.interface.functions.iter().map(|function| function.name.as_str()).collect();
    let count = exports.len();
    let mut further = Map::new();
    further.insert("exports".into(), json!(exports));
    let text = arguments.wat.then(|| vera_compiler::emit::wat(wasm)).transpose();
    let text = text.map_err(|error| Problem::new(input.path(), format!("the module cannot be printed: {error}")))?;
    let to_stdout = arguments.output.as_deref() == Some(Path::new(STDIN));
    if to_stdout && arguments.precompiled {
        return Err(Problem::new(input.path(), "standard output cannot hold both the module and its machine code"));
    }
    let code = match arguments.precompiled {
        true => Some(machine_code(&input, wasm, arguments.target.as_deref())?),
        false => None,
    };
    if let (Some(text), true) = (&text, arguments.json) {
        further.insert("wat".into(), json!(text));
    }
    match (text, &arguments.output) {
        // With JSON the text is part of it.
        (Some(_), None) if arguments.json => {}
        (Some(text), None) => output.bytes(text.as_bytes()),
        _ if to_stdout && arguments.json => {
            return Err(Problem::new(input.path(), "standard output cannot hold both JSON and the module"));
        }
        (Some(text), _) if to_stdout => output.bytes(text.as_bytes()),
        (None, _) if to_stdout => output.bytes(wasm),
        (text, place) => {
            let place = place.clone().unwrap_or_else(|| default_place(&input));
            write(&input, &place, text.as_ref().map_or(wasm, |text| text.as_bytes()))?;
            if !arguments.json {
                let plural = if count == 1 { "" } else { "s" };
                output.line(format_args!("Compiled: {} ({count} function{plural} exported)", place.display()));
            }
            if let Some(code) = &code {
                let place = place.with_extension("code");
                write(&input, &place, code)?;
                match arguments.json {
                    true => drop(further.insert("code".into(), json!(place.display().to_string()))),
                    false => output.line(format_args!("Machine code: {}", place.display())),
                }
            }
        }
    }
    if arguments.json {
        let mut report = described();
        report.further = further;
        output.json(&report);
    }
    Ok(ExitCode::SUCCESS)
}

/// The machine code of a module, for instances with any limits.
fn machine_code(input: &Input, wasm: &[u8], target: Option<&str>) -> Result<Vec<u8>, Problem> {
    vera_engine::precompile(wasm, &vera_engine::Metering::ALL, target).map_err(|error| {
        let target = target.unwrap_or("this machine");
        Problem::new(input.path(), format!("no machine code can be made for {target}: {error:#}"))
    })
}

fn default_place(input: &Input) -> PathBuf {
    if input.is_stdin() { "stdin.wasm".into() } else { input.path().with_extension("wasm") }
}

fn write(input: &Input, place: &Path, contents: &[u8]) -> Result<(), Problem> {
    if place == input.path() {
        return Err(Problem::new(input.path(), format!("{} is the program itself", place.display())));
    }
    std::fs::write(place, contents)
        .map_err(|error| Problem::new(input.path(), format!("cannot write {}: {error}", place.display())))
}
