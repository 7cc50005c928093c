//! `vera ast`.

use crate::args::AstArgs;
use crate::inputs::Input;
use crate::output::Output;
use crate::{program, report};
use std::process::ExitCode;
use vera_compiler::syntax::view::{Json, Node};

/// Prints the syntax tree of a program that can be read; otherwise what is wrong with it.
pub(crate) fn run(arguments: &AstArgs, output: &mut Output) -> ExitCode {
    let input = Input::new(&arguments.file);
    let parsed = match program::parse(&input) {
        Ok(parsed) => parsed,
        Err(problem) => {
            report::refuse(output, &problem, arguments.json);
            return ExitCode::FAILURE;
        }
    };
    if parsed.diagnostics.has_errors() {
        if arguments.json {
            output.json(&report::program(&input.to_string(), &parsed.diagnostics, &parsed.sources));
        } else {
            report::print(output, &parsed.diagnostics, &parsed.sources);
        }
        return ExitCode::FAILURE;
    }
    if arguments.json {
        output.json(&Json { program: &parsed.program, sources: &parsed.sources });
    } else {
        output.text(|out| Node::of(&parsed.program).text(out, &parsed.sources));
    }
    ExitCode::SUCCESS
}
