//! `vera run`: compiles a program, calls one of its functions, and shows the result.

mod call;
mod failure;
mod recording;

use crate::args::RunArgs;
use crate::grants::{Notes, Terminal};
use crate::inputs::{Input, Problem};
use crate::output::Output;
use crate::{program, report};
use call::Call;
use serde_json::{Value, json};
use std::process::ExitCode;
use vera_compiler::driver::Compilation;
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Error, Instance};

/// What a shell reports of a command that printed to someone who was gone.
const READER_GONE: u8 = 141;

pub(crate) fn run(arguments: &RunArgs, output: &mut Output) -> ExitCode {
    let input = Input::new(&arguments.file);
    match compile_and_call(arguments, &input, output) {
        Ok(verdict) => verdict,
        Err(description) => {
            report::refuse(output, &description, arguments.json);
            ExitCode::FAILURE
        }
    }
}

fn compile_and_call(arguments: &RunArgs, input: &Input, output: &mut Output) -> Result<ExitCode, Problem> {
    let problem = |description| Problem::new(input.path(), description);
    let mut compilation = program::compile(input, false)?;
    let Some(wasm) = compilation.wasm.take() else {
        refuse(arguments, input, &compilation, output);
        return Ok(ExitCode::FAILURE);
    };
    if !arguments.json {
        // Warnings: there is nothing else to say of a program that compiles.
        report::print(output, &compilation.diagnostics, &compilation.program.sources);
    }
    let call = Call::new(arguments, &compilation.program, &compilation.interface).map_err(problem)?;
    if let Some(note) = &call.note {
        output.message(note);
    }
    let notes = Notes::default();
    program::keep_machine_code();
    let compiled = Compiled::new(wasm);
    let console = Terminal::new(arguments.json);
    let (outcome, console) = match &arguments.replay {
        Some(recording) => {
            let instance = recording::replay(&compiled, recording, console, arguments.limits.limits());
            called(instance.map_err(problem)?, &call, |host| host.console)
        }
        None => {
            let grants = arguments.grants.grants(&notes).map_err(problem)?;
            let host = grants.host(console, call.program_arguments.clone()).map_err(problem)?;
            let linked = host.link(&compiled, arguments.limits.limits());
            let started = linked.and_then(|(template, host)| template.instance(host));
            let mut instance = started.map_err(|error| problem(error.to_string()))?;
            if let Some(path) = &arguments.record {
                instance.record(recording::recorder(path).map_err(problem)?);
            }
            called(instance, &call, |host| host.console)
        }
    };
    let finished = Finished { file: input.to_string(), function: call.function, console, notes: notes.take() };
    Ok(match arguments.json {
        true => finished.report(outcome, output),
        false => finished.print(outcome, output),
    })
}

/// Calls the function. Returns the result and the console.
fn called<H: Send + 'static>(
    mut instance: Instance<H>,
    call: &Call,
    console: fn(H) -> Terminal,
) -> (Result<DynValue, Error>, Terminal) {
    let outcome = instance.call_dynamic(&call.function, &call.values);
    (outcome, console(instance.into_host()))
}

fn refuse(arguments: &RunArgs, input: &Input, compilation: &Compilation, output: &mut Output) {
    let sources = &compilation.program.sources;
    if arguments.json {
        output.json(&report::program(&input.to_string(), &compilation.diagnostics, sources));
    } else {
        report::print(output, &compilation.diagnostics, sources);
    }
}

/// A call that has ended.
struct Finished {
    file: String,
    function: String,
    console: Terminal,
    /// What the program was refused.
    notes: Vec<String>,
}

impl Finished {
    fn print(&self, outcome: Result<DynValue, Error>, output: &mut Output) -> ExitCode {
        if self.console.in_line() {
            output.line("");
        }
        if self.console.in_error_line() {
            output.message("");
        }
        self.notes.iter().for_each(|note| output.message(note));
        match outcome {
            Ok(value) => {
                // A program that printed has said what it had to say.
                if !self.console.printed() {
                    print_value(output, &value);
                }
                ExitCode::SUCCESS
            }
            Err(Error::Exit(code)) => status(code),
            Err(_) if self.console.reader_gone() => ExitCode::from(READER_GONE),
            Err(error) => {
                failure::print(output, &error);
                ExitCode::FAILURE
            }
        }
    }

    fn report(&self, outcome: Result<DynValue, Error>, output: &mut Output) -> ExitCode {
        let ended = |value| json!({ "ok": true, "file": self.file, "function": self.function, "value": value, "stdout": self.console.stdout() });
        let (mut report, verdict) = match outcome {
            Ok(value) => (ended(json_value(&value)), ExitCode::SUCCESS),
            Err(Error::Exit(code)) => {
                let mut report = ended(Value::Null);
                report["exit_code"] = json!(code.rem_euclid(256));
                (report, status(code))
            }
            Err(error) => (failure::report(&self.file, self.console.stdout(), &error), ExitCode::FAILURE),
        };
        if !self.notes.is_empty() {
            report["notes"] = json!(self.notes);
        }
        output.json(&report);
        verdict
    }
}

/// The exit status of a program that asked for one.
fn status(code: i64) -> ExitCode {
    ExitCode::from(code.rem_euclid(256) as u8)
}

fn print_value(output: &mut Output, value: &DynValue) {
    match value {
        DynValue::Unit => {}
        DynValue::Bool(value) => output.line(u8::from(*value)),
        DynValue::String(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            output.line(text.strip_suffix('\n').unwrap_or(&text));
        }
        value => output.line(value),
    }
}

/// Numbers as numbers, truth values as 1 and 0, everything else as text. JSON has no NaN and no infinities: those are
/// text too.
fn json_value(value: &DynValue) -> Value {
    match value {
        DynValue::Int(value) => json!(value),
        DynValue::Nat(value) => json!(value),
        DynValue::Float64(value) if value.is_finite() => json!(value),
        DynValue::Bool(value) => json!(u8::from(*value)),
        DynValue::Byte(value) => json!(value),
        DynValue::Unit => Value::Null,
        value => json!(value.to_string()),
    }
}
