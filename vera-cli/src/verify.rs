//! `vera verify`.

use crate::args::VerifyArgs;
use crate::inputs::{Input, Inputs, Problem};
use crate::output::Output;
use crate::program;
use crate::report::{self, Report, Told as Seen};
use serde_json::json;
use std::num::NonZeroU64;
use std::process::ExitCode;
use std::time::Duration;
use vera_compiler::diagnostics::Diagnostics;
use vera_compiler::driver::Verification;
use vera_compiler::verify::report::{JsonCounts, Status, Told, obligations_json};
use vera_compiler::verify::{Outcome, Solver, Verified};
use vera_solver::{Cache, Choice, Embedded, Isolated, Limits, Session};

/// Verifies every program that is named; all of them, whatever is wrong with the first.
pub(crate) fn run(arguments: &VerifyArgs, output: &mut Output) -> ExitCode {
    let mut solver = match solver(arguments.solver, arguments.timeout_ms) {
        Ok(solver) => solver,
        Err(problem) => {
            output.message(format_args!("Error: {problem}"));
            return ExitCode::from(2);
        }
    };
    let inputs = Inputs::find(&arguments.files);
    let mut reports = Vec::new();
    let mut refused = 0;
    let mut seen = Seen::default();
    for input in &inputs.list {
        let outcome = input.as_ref().map_err(Problem::clone).and_then(|input| {
            let found = program::verify(input, arguments.strict, solver.as_mut())?;
            Ok((input, diagnostics(&found), found))
        });
        refused += usize::from(!outcome.as_ref().is_ok_and(|(_, diagnostics, _)| !diagnostics.has_errors()));
        match outcome {
            Ok((input, diagnostics, found)) if arguments.json => {
                reports.push(described(arguments, input, diagnostics, &found));
            }
            Ok((input, diagnostics, found)) => print(arguments, input, diagnostics, &found, &mut seen, output),
            Err(problem) if arguments.json => reports.push(report::problem(&problem)),
            Err(problem) => report::print_problem(output, &problem),
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

/// The solver that is asked for, or else what the environment asks for, with so much time for a question. There is no limit
/// for all questions: one program does not take the time of another. The embedded solver is a process of its own.
///
/// # Errors
/// The message, when the environment asks for a solver there is not.
pub(crate) fn solver(choice: Option<Choice>, timeout_ms: NonZeroU64) -> Result<Box<dyn Solver>, String> {
    let choice = match choice {
        Some(choice) => choice,
        None => Choice::from_environment()
            .map_err(|unknown| format!("{}: {unknown}", Choice::VARIABLE))?
            .unwrap_or_default(),
    };
    let limits = Limits { query: Duration::from_millis(timeout_ms.get()), total: None, ..Limits::default() };
    let engines = vera_solver::engines_with(choice, &limits, || match Isolated::this_program(limits.memory) {
        Ok(isolated) => Box::new(isolated),
        Err(_) => Box::new(Embedded::new()),
    });
    let cache = vera_build::cache_folder().map_or_else(Cache::in_memory, Cache::in_folder);
    Ok(Box::new(Session::new(engines, limits).with_cache(cache)))
}

fn told(arguments: &VerifyArgs) -> Told {
    if arguments.explain { Told::All } else { Told::Contracts }
}

/// What there is to say of a program, but for what is left to run time.
fn diagnostics(found: &Verification) -> Diagnostics {
    let mut all = found.compilation.diagnostics.clone();
    all.extend(found.errors());
    all
}

/// The report of a program as JSON. A program with mistakes of other kinds has no obligations, and no fields of them.
fn described(arguments: &VerifyArgs, input: &Input, mut diagnostics: Diagnostics, found: &Verification) -> Report {
    let program = &found.compilation.program;
    diagnostics.extend(found.runtime(told(arguments)));
    let mut report = report::program(&input.to_string(), &diagnostics.sorted(), &program.sources);
    if let Some(verified) = &found.verified {
        let counts = JsonCounts::new(verified, found.assumptions.len(), arguments.timeout_ms.get());
        report.further.insert("verification".into(), json!(counts));
        report.further.insert("obligations".into(), json!(obligations_json(program, verified)));
    }
    report
}

fn print(
    arguments: &VerifyArgs,
    input: &Input,
    mut diagnostics: Diagnostics,
    found: &Verification,
    seen: &mut Seen,
    output: &mut Output,
) {
    let sources = &found.compilation.program.sources;
    let refused = diagnostics.has_errors();
    if arguments.explain {
        diagnostics.extend(found.runtime(Told::All));
    }
    report::print(output, &seen.news(&diagnostics.sorted(), sources), sources);
    if refused {
        return;
    }
    if arguments.explain {
        found.obligations().iter().for_each(|each| print_proof(each, found, output));
    }
    if !arguments.quiet {
        output.line(format_args!("OK: {input}"));
        output.line(counts(found));
    }
}

/// Says of a proof that looks into functions which ones these are: it holds in this program alone.
fn print_proof(each: &Verified, found: &Verification, output: &mut Output) {
    if let Outcome::Proved(proof) = &each.outcome
        && !proof.unfolded.is_empty()
        && each.is_listed()
    {
        let sources = &found.compilation.program.sources;
        let start = sources.start(each.obligation.span);
        let file = sources.file(each.obligation.span.file).name();
        let functions: Vec<String> = proof.unfolded.iter().map(|name| format!("`{name}`")).collect();
        let (kind, text) = (each.obligation.kind.name(), &each.obligation.text);
        output.line(format_args!(
            "{file}:{}:{}: {kind} `{text}` {} by unfolding {}",
            start.line,
            start.column,
            Status::Verified.name(),
            functions.join(", "),
        ));
    }
}

/// How many obligations hold, and how many are left to run time.
fn counts(found: &Verification) -> String {
    let summary = found.summary();
    let mut parts = Vec::new();
    if summary.verified > 0 {
        parts.push(format!("{} verified (Tier 1)", summary.verified));
    }
    if summary.runtime > 0 {
        parts.push(format!("{} runtime checks (Tier 3)", summary.runtime));
    }
    if parts.is_empty() { "Verification: no contracts".into() } else { format!("Verification: {}", parts.join(", ")) }
}
