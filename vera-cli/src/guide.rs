//! `vera guide`: the language, for the prompt of a model.

use crate::markdown::styled;
use crate::output::Output;
use std::process::ExitCode;

pub(crate) fn run(output: &mut Output) -> ExitCode {
    output.styled(&styled(vera_docs::GUIDE));
    ExitCode::SUCCESS
}
