//! `vera verify`.

use crate::args::VerifyArgs;
use crate::inputs::{Input, Problem};
use crate::output::Output;
use crate::program;
use crate::programs::{Judge, judge_all};
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

/// Verifies every program that is named.
pub(crate) fn run(arguments: &VerifyArgs, output: &mut Output) -> ExitCode {
    match solver(arguments.solver, arguments.timeout_ms) {
        Ok(solver) => {
            let mut verify = Verify { arguments, solver, seen: Seen::default() };
            judge_all(&mut verify, &arguments.files, arguments.json, output)
        }
        Err(problem) => {
            output.message(format_args!("Error: {problem}"));
            ExitCode::from(2)
        }
    }
}

struct Verify<'a> {
    arguments: &'a VerifyArgs,
    solver: Box<dyn Solver>,
    seen: Seen,
}

impl Judge for Verify<'_> {
    /// The diagnostics, without those about what is left to run time, and the whole verification.
    type Found = (Diagnostics, Verification);

    fn judge(&mut self, input: &Input) -> Result<Self::Found, Problem> {
        let found = program::verify(input, self.arguments.strict, self.solver.as_mut())?;
        Ok((diagnostics(&found), found))
    }

    fn is_refused(&self, (diagnostics, _): &Self::Found) -> bool {
        diagnostics.has_errors()
    }

    fn report(&self, input: &Input, (diagnostics, found): &Self::Found) -> Report {
        described(self.arguments, input, diagnostics.clone(), found)
    }

    fn print(&mut self, input: &Input, (diagnostics, found): &Self::Found, output: &mut Output) {
        print(self.arguments, input, diagnostics.clone(), found, &mut self.seen, output);
    }
}

/// The requested solver, or else that of the environment, with this time limit for a query. There is no limit
/// for all questions: one program does not take the time of another. The embedded solver is a process of its own.
///
/// # Errors
/// The message, when the environment asks for a solver there is not, or for a number of threads that is none.
pub(crate) fn solver(choice: Option<Choice>, timeout_ms: NonZeroU64) -> Result<Box<dyn Solver>, String> {
    let choice = match choice {
        Some(choice) => choice,
        None => Choice::from_environment()
            .map_err(|unknown| format!("{}: {unknown}", Choice::VARIABLE))?
            .unwrap_or_default(),
    };
    let limits = Limits { query: Duration::from_millis(timeout_ms.get()), total: None, ..Limits::default() };
    let limits = limits.or_environment().map_err(|unknown| unknown.to_string())?;
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
pub(crate) fn diagnostics(found: &Verification) -> Diagnostics {
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
