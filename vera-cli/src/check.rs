//! `vera check`.

use crate::args::CheckArgs;
use crate::inputs::{Input, Problem};
use crate::output::Output;
use crate::programs::{Judge, judge_all};
use crate::report::{Report, Told};
use crate::{program, report, slots};
use std::process::ExitCode;
use vera_compiler::driver::Compilation;

/// Checks every program that is named.
pub(crate) fn run(arguments: &CheckArgs, output: &mut Output) -> ExitCode {
    let mut check = Check { arguments, told: Told::default() };
    judge_all(&mut check, &arguments.files, arguments.json, output)
}

struct Check<'a> {
    arguments: &'a CheckArgs,
    told: Told,
}

impl Judge for Check<'_> {
    type Found = Compilation;

    fn judge(&mut self, input: &Input) -> Result<Compilation, Problem> {
        program::check(input, self.arguments.strict)
    }

    fn is_refused(&self, compilation: &Compilation) -> bool {
        compilation.diagnostics.has_errors()
    }

    fn report(&self, input: &Input, compilation: &Compilation) -> Report {
        described(self.arguments, input, compilation)
    }

    fn print(&mut self, input: &Input, compilation: &Compilation, output: &mut Output) {
        print(self.arguments, input, compilation, &mut self.told, output);
    }
}

fn described(arguments: &CheckArgs, input: &Input, compilation: &Compilation) -> Report {
    let mut report = report::program(&input.to_string(), &compilation.diagnostics, &compilation.program.sources);
    if arguments.explain_slots {
        report.further.insert("slot_environments".into(), slots::json(&compilation.program));
    }
    report
}

/// Prints a report without diagnostics that were printed for an earlier program.
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
