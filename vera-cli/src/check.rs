//! `vera check`.

use crate::args::CheckArgs;
use crate::inputs::{Input, Inputs, Problem};
use crate::output::Output;
use crate::report::{Report, Told};
use crate::{program, report, slots};
use std::process::ExitCode;
use vera_compiler::driver::Compilation;

/// Checks every program that is named; all of them, whatever is wrong with the first.
pub(crate) fn run(arguments: &CheckArgs, output: &mut Output) -> ExitCode {
    let inputs = Inputs::find(&arguments.files);
    let mut reports = Vec::new();
    let mut refused = 0;
    let mut told = Told::default();
    for input in &inputs.list {
        let outcome = input.as_ref().map_err(Problem::clone).and_then(|input| program::check(input, arguments.strict));
        refused += usize::from(!outcome.as_ref().is_ok_and(|compilation| !compilation.diagnostics.has_errors()));
        match (input, outcome) {
            (Ok(input), Ok(compilation)) if arguments.json => reports.push(described(arguments, input, &compilation)),
            (Ok(input), Ok(compilation)) => print(arguments, input, &compilation, &mut told, output),
            (_, Err(problem)) if arguments.json => reports.push(report::problem(&problem)),
            (_, Err(problem)) => report::print_problem(output, &problem),
            (Err(_), Ok(_)) => {}
        }
    }
    if arguments.json {
        match reports.as_slice() {
            [report] if inputs.single => output.json(report),
            reports => output.json(&reports),
        }
    } else if refused > 0 && !inputs.single {
        output.message(format_args!("{refused} of {} programs refused", inputs.list.len()));
    }
    if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn described(arguments: &CheckArgs, input: &Input, compilation: &Compilation) -> Report {
    let mut report = report::program(&input.to_string(), &compilation.diagnostics, &compilation.program.sources);
    if arguments.explain_slots {
        report.further.insert("slot_environments".into(), slots::json(&compilation.program));
    }
    report
}

/// Prints a report without what was told of an earlier program.
fn print(arguments: &CheckArgs, input: &Input, compilation: &Compilation, told: &mut Told, output: &mut Output) {
    let sources = &compilation.program.sources;
    report::print(output, &told.news(&compilation.diagnostics, sources), sources);
    if !compilation.diagnostics.has_errors() && !arguments.quiet {
        output.line(format_args!("OK: {input}"));
    }
    if arguments.explain_slots {
        slots::print(&compilation.program, output);
    }
}
