//! `vera explain`: the page for a diagnostic code, or the list of all codes.
//!
//! A page is printed as Markdown, unchanged.

use crate::args::ExplainArgs;
use crate::markdown::{QUIET, styled};
use crate::output::Output;
use anstyle::Style;
use std::fmt::Write as _;
use std::process::ExitCode;
use vera_compiler::diagnostics::Code;

/// Most codes that are named when there is none of the given name.
const NEAREST: usize = 3;

pub(crate) fn run(arguments: &ExplainArgs, output: &mut Output) -> ExitCode {
    let text = match &arguments.code {
        None => list(),
        Some(name) => match find(name) {
            Some(code) => styled(&page(code)),
            None => {
                output.message(format_args!("Error: {}", unknown(name)));
                return ExitCode::from(2);
            }
        },
    };
    output.styled(&text);
    ExitCode::SUCCESS
}

fn find(name: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.as_str().eq_ignore_ascii_case(name))
}

fn unknown(name: &str) -> String {
    let names: Vec<&str> = nearest(name).into_iter().map(Code::as_str).collect();
    match names.as_slice() {
        [] => format!("there is no diagnostic code '{name}'; `vera explain` lists them all"),
        names => format!("there is no diagnostic code '{name}'; the nearest are {}", names.join(", ")),
    }
}

/// The codes whose letter and number are most like those of `name`; none when it has no number.
fn nearest(name: &str) -> Vec<Code> {
    let Some(wanted) = number(name) else { return Vec::new() };
    let warning = name.starts_with(['W', 'w']);
    let mut codes = Code::ALL.to_vec();
    codes.sort_by_key(|code| {
        let distance = number(code.as_str()).map_or(u32::MAX, |number| number.abs_diff(wanted));
        (code.as_str().starts_with('W') != warning, distance)
    });
    codes.truncate(NEAREST);
    codes
}

fn number(name: &str) -> Option<u32> {
    name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
}

/// Every code with its title.
fn list() -> String {
    let mut text = String::new();
    for code in Code::ALL {
        let (style, note) = if code.never().is_none() { (Style::new(), "") } else { (QUIET, " (not reported)") };
        let _ = writeln!(text, "{style}{}  {}{note}{style:#}", code.as_str(), code.title());
    }
    text
}

fn page(code: Code) -> String {
    match vera_docs::diagnostic(code.as_str()) {
        Some(page) => page.to_owned(),
        None => {
            let why = code.never().unwrap_or_default();
            format!("# {}: {}\n\nNot reported for any program. {why}\n", code.as_str(), code.title())
        }
    }
}
