//! The `vera` command: checks, verifies, compiles and runs Vera programs, and shows the compiler's tables.
//!
//! Exit codes: 0 for success, 1 when a program is wrong or its run fails, 2 for wrong usage, and the code of `IO.exit`.
//! Results go to standard output, messages to standard error; with `--json` everything is one JSON value on standard
//! output. Each command has a module; shared code is in `inputs`, `program`, `report` and `output`.

mod args;
mod ast;
mod check;
mod compile;
mod completions;
mod explain;
mod fmt;
mod grants;
mod guide;
mod inputs;
mod lock;
mod markdown;
mod output;
mod program;
mod programs;
mod report;
mod run;
mod serve;
mod slots;
mod tables;
mod test;
mod verify;

use args::{Cli, Command};
use clap::{CommandFactory, FromArgMatches};
use output::Output;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs a command line; the first argument is the program's own name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    main_as("vera", arguments)
}

/// Like [`main()`] for a command that is called by another name.
pub fn main_as(name: &'static str, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // The command is its own solver process.
    if let Some(verdict) = vera_solver::run_if_worker() {
        return verdict;
    }
    let parsed = Cli::command().bin_name(name).try_get_matches_from(arguments);
    match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => execute(&cli.command),
        Err(error) => {
            // Help that nobody reads is no failure.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}

fn execute(command: &Command) -> ExitCode {
    let mut output = Output::new();
    let verdict = match command {
        Command::Check(arguments) => check::run(arguments, &mut output),
        Command::Verify(arguments) => verify::run(arguments, &mut output),
        Command::Test(arguments) => test::run(arguments, &mut output),
        Command::Lock(arguments) => lock::run(arguments, &mut output),
        Command::Explain(arguments) => explain::run(arguments, &mut output),
        Command::Guide => guide::run(&mut output),
        Command::Fmt(arguments) => fmt::run(arguments, &mut output),
        Command::Builtins(arguments) => tables::builtins(arguments, &mut output),
        Command::Effects(arguments) => tables::effects(arguments, &mut output),
        Command::Errors(arguments) => tables::errors(arguments, &mut output),
        Command::Completions(arguments) => completions::run(arguments, &mut output),
        Command::Version => {
            output.line(format_args!("vera {}", env!("CARGO_PKG_VERSION")));
            ExitCode::SUCCESS
        }
        Command::Ast(arguments) => ast::run(arguments, &mut output),
        Command::Run(arguments) => run::run(arguments, &mut output),
        Command::Serve(arguments) => serve::run(arguments, &mut output),
        Command::Compile(arguments) => compile::run(arguments, &mut output),
    };
    output.finish(verdict)
}
