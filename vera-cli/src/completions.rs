//! `vera completions`: scripts that let a shell complete the command.

use crate::args::{Cli, CompletionsArgs};
use crate::output::Output;
use clap::CommandFactory;
use std::process::ExitCode;

pub(crate) fn run(arguments: &CompletionsArgs, output: &mut Output) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "vera", &mut script);
    output.bytes(&script);
    ExitCode::SUCCESS
}
