//! The `vera` command: check, compile and run Vera programs.
//!
//! Exit codes: 0 when all is well, 1 when the program is wrong or its run fails, 2 for wrong usage, and what
//! `IO.exit` says. Results go to standard output, messages to standard error; with `--json` everything is one JSON
//! value on standard output.

mod check;
mod compile;
mod explain;
mod fmt;
mod loader;
mod run;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Checks, compiles and runs Vera programs.
#[derive(Debug, Parser)]
#[command(name = "vera", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Reports every mistake in a program.
    Check(CheckArgs),
    /// Prints programs in their canonical form.
    Fmt(FmtArgs),
    /// Compiles a program and calls one of its public functions.
    Run(RunArgs),
    /// Compiles a program to WebAssembly.
    Compile(CompileArgs),
    /// Explains a diagnostic, with a wrong program and the program mended.
    Explain(ExplainArgs),
}

#[derive(Debug, Args)]
struct ExplainArgs {
    /// The code, such as `E130`; without one, all codes are listed.
    code: Option<String>,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// Prints one JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Prints nothing when the program is well.
    #[arg(long)]
    quiet: bool,
    /// Makes the stricter rules errors.
    #[arg(long)]
    strict: bool,
    /// The program; `-` for standard input.
    file: PathBuf,
}

#[derive(Debug, Args)]
struct FmtArgs {
    /// Fails when a program is not canonical, and changes nothing.
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Rewrites the files that are not canonical.
    #[arg(long)]
    write: bool,
    /// Prints nothing about programs that are canonical or become so.
    #[arg(long, short)]
    quiet: bool,
    /// Programs, folders of programs, or `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
struct RunArgs {
    /// Prints one JSON object instead of the program's output and result.
    #[arg(long)]
    json: bool,
    /// The function to call: `main` by default, or the first public function.
    #[arg(long = "fn", value_name = "NAME")]
    function: Option<String>,
    /// The program; `-` for standard input.
    file: PathBuf,
    /// Arguments of the function, read by its parameter types.
    #[arg(last = true)]
    arguments: Vec<String>,
}

#[derive(Debug, Args)]
struct CompileArgs {
    /// Prints one JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Prints the WebAssembly text instead of writing a file.
    #[arg(long)]
    wat: bool,
    /// Where to write; next to the program by default.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// The program; `-` for standard input.
    file: PathBuf,
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
    }
}
