//! `vera run`.

use crate::{RunArgs, check, loader};
use serde_json::{Value, json};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::process::ExitCode;
use vera_abi::interface::TypeDesc;
use vera_compiler::driver::Compilation;
use vera_runtime::host::io::{CapturedIo, Console, Environment, Files, StdIo};
use vera_runtime::host::random::Random;
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Error, Instance, Limits};

/// What the command line grants a program: the console, files, the environment and chance. What is printed goes out
/// at once, or is kept when the output is one JSON object.
struct Host {
    kept: Option<CapturedIo>,
    printed: bool,
    ends_line: bool,
}

impl Host {
    fn new(json: bool) -> Self {
        Self { kept: json.then(CapturedIo::default), printed: false, ends_line: true }
    }
}

impl Console for Host {
    fn print(&mut self, text: &str) -> io::Result<()> {
        if let Some(last) = text.chars().last() {
            self.printed = true;
            self.ends_line = last == '\n';
        }
        match &mut self.kept {
            Some(kept) => kept.print(text),
            None => StdIo::default().print(text),
        }
    }
}

impl Files for Host {}
impl Environment for Host {}
impl Random for Host {
    fn bits(&mut self) -> u64 {
        // Every `RandomState` has keys of its own, seeded by the system.
        RandomState::new().build_hasher().finish()
    }
}

/// What came of a run.
enum Outcome {
    Value(DynValue),
    Failed(Error),
}

pub(crate) fn run(arguments: &RunArgs) -> ExitCode {
    let compilation = match loader::compile(&arguments.file, false) {
        Ok(compilation) => compilation,
        Err(message) => return check::unreadable(&arguments.file, &message, arguments.json),
    };
    let Some(wasm) = compilation.wasm.clone() else {
        if arguments.json {
            println!("{:#}", check::report(&arguments.file, &compilation));
        } else {
            check::print_diagnostics(&compilation);
        }
        return ExitCode::FAILURE;
    };
    match start(arguments, &compilation, wasm) {
        Ok((function, instance, outcome)) => finish(arguments, &function, &instance, outcome),
        Err(message) => refuse(arguments, &message),
    }
}

fn start(
    arguments: &RunArgs,
    compilation: &Compilation,
    wasm: Vec<u8>,
) -> Result<(String, Instance<Host>, Outcome), String> {
    let name = entry(arguments, compilation)?;
    let compiled = Compiled::new(wasm);
    let mut instance = compiled
        .link(Host::new(arguments.json), Limits::default())
        .and_then(|imports| imports.console()?.files()?.environment()?.random()?.instantiate())
        .map_err(|error| error.to_string())?;
    let values = read_arguments(&instance, &name, &arguments.arguments)?;
    let outcome = match instance.call_dynamic(&name, &values) {
        Ok(value) => Outcome::Value(value),
        Err(error) => Outcome::Failed(error),
    };
    Ok((name, instance, outcome))
}

/// The function to call.
fn entry(arguments: &RunArgs, compilation: &Compilation) -> Result<String, String> {
    let functions = &compilation.interface.functions;
    let known = |name: &str| functions.iter().any(|function| function.name == name);
    let available = || functions.iter().map(|function| function.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = &arguments.function {
        return if known(name) {
            Ok(name.clone())
        } else {
            Err(format!("Function '{name}' not found in exports. Available: {}", available()))
        };
    }
    if known("main") {
        return Ok("main".into());
    }
    let first = functions.first().ok_or("No exported functions to call.")?;
    eprintln!("Note: no 'main' declared — running public function '{}'.", first.name);
    Ok(first.name.clone())
}

/// Reads the arguments by the function's parameter types. A `Unit` parameter needs none.
fn read_arguments(instance: &Instance<Host>, name: &str, texts: &[String]) -> Result<Vec<DynValue>, String> {
    let interface = instance.interface();
    let function = interface.function(name).ok_or_else(|| format!("Function '{name}' not found in exports."))?;
    let is_unit = |id| matches!(interface.ty(id), TypeDesc::Unit);
    let expected = function.params.iter().filter(|&&id| !is_unit(id)).count();
    if expected != texts.len() {
        let plural = if expected == 1 { "" } else { "s" };
        let were = if texts.len() == 1 { "was" } else { "were" };
        return Err(format!(
            "Function '{name}' expects {expected} argument{plural} but {} {were} provided.",
            texts.len()
        ));
    }
    let mut texts = texts.iter();
    let read = function.params.iter().map(|&id| match is_unit(id) {
        true => Ok(DynValue::Unit),
        false => {
            let text = texts.next().map(String::as_str).unwrap_or_default();
            DynValue::parse(&interface, id, text).map_err(|error| format!("Argument '{text}' is not valid: {error}"))
        }
    });
    read.collect()
}

fn finish(arguments: &RunArgs, function: &str, instance: &Instance<Host>, outcome: Outcome) -> ExitCode {
    let (file, host) = (arguments.file.display().to_string(), instance.host());
    let stdout = host.kept.as_ref().map(|kept| kept.output.as_str()).unwrap_or_default();
    match outcome {
        Outcome::Failed(Error::Exit(code)) => {
            if arguments.json {
                let report = json!({ "ok": true, "file": file, "function": function, "value": null, "stdout": stdout, "exit_code": code.rem_euclid(256) });
                println!("{report:#}");
            } else {
                end_line(host);
            }
            ExitCode::from(code.rem_euclid(256) as u8)
        }
        Outcome::Value(value) => {
            if arguments.json {
                let report = json!({ "ok": true, "file": file, "function": function, "value": json_value(&value), "stdout": stdout });
                println!("{report:#}");
            } else {
                end_line(host);
                // A program that printed has said what it had to say.
                if !host.printed {
                    print_value(&value);
                }
            }
            ExitCode::SUCCESS
        }
        Outcome::Failed(error) => {
            if arguments.json {
                println!("{:#}", failure(&file, stdout, &error));
            } else {
                end_line(host);
                eprintln!("Error: {error}");
                print_backtrace(&error);
            }
            ExitCode::FAILURE
        }
    }
}

fn end_line(host: &Host) {
    if !host.ends_line {
        println!();
    }
}

fn print_value(value: &DynValue) {
    match value {
        DynValue::Unit => {}
        DynValue::Bool(value) => println!("{}", u8::from(*value)),
        DynValue::String(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            let end = if text.ends_with('\n') { "" } else { "\n" };
            // Nothing is left to do when the reader of the output is gone.
            let _ = write!(io::stdout(), "{text}{end}");
        }
        value => println!("{value}"),
    }
}

fn json_value(value: &DynValue) -> Value {
    match value {
        DynValue::Int(value) => json!(value),
        DynValue::Nat(value) => json!(value),
        DynValue::Float64(value) => json!(value),
        DynValue::Bool(value) => json!(u8::from(*value)),
        DynValue::Byte(value) => json!(value),
        DynValue::Unit => Value::Null,
        value => json!(value.to_string()),
    }
}

fn print_backtrace(error: &Error) {
    let frames = error.backtrace();
    if frames.is_empty() {
        return;
    }
    eprintln!("Source backtrace:");
    for frame in frames {
        eprintln!("  in {}  ({}:{}-{})", frame.function, frame.file, frame.line_start, frame.line_end);
    }
}

fn failure(file: &str, stdout: &str, error: &Error) -> Value {
    let location = error.location();
    let frames = error.backtrace().iter().map(|frame| {
        json!({
            "func": frame.function,
            "file": frame.file.to_string(),
            "line_start": frame.line_start,
            "line_end": frame.line_end,
            "is_builtin": frame.builtin,
        })
    });
    let diagnostic = json!({
        "severity": "error",
        "description": error.to_string(),
        "trap_kind": error.kind(),
        "location": {
            "line": location.map_or(0, |location| location.line),
            "column": location.map_or(0, |location| location.column),
        },
        "frames": frames.collect::<Vec<_>>(),
        "fix": "",
    });
    json!({ "ok": false, "file": file, "diagnostics": [diagnostic], "stdout": stdout })
}

fn refuse(arguments: &RunArgs, message: &str) -> ExitCode {
    check::unreadable(&arguments.file, message, arguments.json)
}
