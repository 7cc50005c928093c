//! Runs a command on each of its programs, even if the first one is wrong.

use crate::inputs::{Input, Inputs, Problem};
use crate::output::Output;
use crate::report::{self, Report};
use std::path::PathBuf;
use std::process::ExitCode;

/// How a command judges programs and says what it found.
pub(crate) trait Judge {
    /// What is found of a program.
    type Found;

    /// Judges a program.
    ///
    /// # Errors
    /// When it cannot be read.
    fn judge(&mut self, input: &Input) -> Result<Self::Found, Problem>;

    /// Whether the program is refused.
    fn is_refused(&self, found: &Self::Found) -> bool;

    /// What was found, as JSON.
    fn report(&self, input: &Input, found: &Self::Found) -> Report;

    /// What was found, as text.
    fn print(&mut self, input: &Input, found: &Self::Found, output: &mut Output);
}

/// Judges programs and folders of programs. With `json` there is one report for one program, a list of them for several.
pub(crate) fn judge_all(judge: &mut impl Judge, files: &[PathBuf], json: bool, output: &mut Output) -> ExitCode {
    let inputs = Inputs::find(files);
    let mut reports = Vec::new();
    let mut refused = 0;
    for input in &inputs.list {
        let outcome = input.as_ref().map_err(Problem::clone).and_then(|input| Ok((input, judge.judge(input)?)));
        refused += usize::from(!outcome.as_ref().is_ok_and(|(_, found)| !judge.is_refused(found)));
        match outcome {
            Ok((input, found)) if json => reports.push(judge.report(input, &found)),
            Ok((input, found)) => judge.print(input, &found, output),
            Err(problem) if json => reports.push(report::problem(&problem)),
            Err(problem) => report::print_problem(output, &problem),
        }
    }
    if json {
        match reports.as_slice() {
            [report] if inputs.single => output.json(report),
            reports => output.json(&reports),
        }
    } else if refused > 0 && !inputs.single {
        output.message(format_args!("{refused} of {} programs refused", inputs.list.len()));
    }
    if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
