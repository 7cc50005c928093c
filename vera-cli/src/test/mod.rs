//! `vera test`.

mod machine;

pub(crate) use machine::Module;

use crate::args::TestArgs;
use crate::inputs::{Input, Problem};
use crate::output::Output;
use crate::programs::{Judge, judge_all};
use crate::report::{self, Report};
use crate::{program, verify};
use serde_json::{Value, json};
use std::num::NonZeroU64;
use std::process::ExitCode;
use vera_compiler::diagnostics::Diagnostics;
use vera_compiler::driver::Verification;
use vera_compiler::tir::Program;
use vera_compiler::trial::{self, Failure, Trial, Tried};
use vera_compiler::verify::Solver;

/// How long a solver may take for a question, in milliseconds.
const TIMEOUT_MS: NonZeroU64 = NonZeroU64::new(1000).expect("it is not zero");
/// Width of the names of functions with what follows them.
const WIDTH: usize = 40;

/// Tries the contracts of every program that is named.
pub(crate) fn run(arguments: &TestArgs, output: &mut Output) -> ExitCode {
    match verify::solver(arguments.solver, TIMEOUT_MS) {
        Ok(solver) => {
            let TestArgs { trials, seed, distrust, .. } = *arguments;
            let mut test = Test { arguments, solver, options: trial::Options { trials, seed, distrust } };
            judge_all(&mut test, &arguments.files, arguments.json, output)
        }
        Err(problem) => {
            output.message(format_args!("Error: {problem}"));
            ExitCode::from(2)
        }
    }
}

struct Test<'a> {
    arguments: &'a TestArgs,
    solver: Box<dyn Solver>,
    options: trial::Options,
}

/// What was found of a program.
struct Found {
    /// What is wrong with it, and what inputs break.
    errors: Diagnostics,
    verification: Verification,
    tried: Vec<Tried>,
}

impl Judge for Test<'_> {
    type Found = Found;

    fn judge(&mut self, input: &Input) -> Result<Found, Problem> {
        let (verification, tried) = program::test(input, self.solver.as_mut(), &self.options)?;
        let tried = chosen(input, &verification, tried, self.arguments.function.as_deref())?;
        Ok(Found { errors: verify::diagnostics(&verification).sorted(), verification, tried })
    }

    fn is_refused(&self, found: &Found) -> bool {
        let fails = |each: &Tried| matches!(each.result, Trial::Refuted | Trial::Run { failure: Some(_), .. });
        found.errors.has_errors() || found.tried.iter().any(fails)
    }

    fn report(&self, input: &Input, found: &Found) -> Report {
        let mut report = described(input, found);
        report.ok = !self.is_refused(found);
        report
    }

    fn print(&mut self, input: &Input, found: &Found, output: &mut Output) {
        print(input, found, output);
    }
}

/// The results of the requested function, or of all.
fn chosen(
    input: &Input,
    found: &Verification,
    tried: Vec<Tried>,
    function: Option<&str>,
) -> Result<Vec<Tried>, Problem> {
    let Some(wanted) = function else { return Ok(tried) };
    let program = &found.compilation.program;
    let tried: Vec<Tried> = tried.into_iter().filter(|each| program.function(each.function).name == wanted).collect();
    if tried.is_empty() && !found.compilation.diagnostics.has_errors() {
        return Err(Problem::new(input.path(), format!("there is no public function `{wanted}`")));
    }
    Ok(tried)
}

/// How many functions came to what.
#[derive(Default)]
struct Summary {
    verified: u32,
    tested: u32,
    passed: u32,
    failed: u32,
    skipped: u32,
    trials: u32,
    passes: u32,
    failures: u32,
}

impl Summary {
    fn of(tried: &[Tried]) -> Self {
        let mut summary = Summary::default();
        for each in tried {
            match &each.result {
                Trial::Proved => summary.verified += 1,
                Trial::Refuted => summary.failed += 1,
                Trial::Skipped(_) => summary.skipped += 1,
                Trial::Run { run, passed, failure, .. } => {
                    summary.tested += 1;
                    summary.trials += run;
                    summary.passes += passed;
                    match failure {
                        Some(_) => (summary.failed, summary.failures) = (summary.failed + 1, summary.failures + 1),
                        None => summary.passed += 1,
                    }
                }
            }
        }
        summary
    }
}

/// The word for the result of a function, and the reason.
fn verdict(result: &Trial) -> (&'static str, String) {
    match result {
        Trial::Proved => ("verified", "Tier 1 (proved)".into()),
        Trial::Refuted => ("failed", "an input breaks it".into()),
        Trial::Skipped(why) => ("skipped", why.clone()),
        Trial::Run { run, passed, undecided, failure } => {
            let undecided = if *undecided > 0 { format!(", {undecided} undecided") } else { String::new() };
            let word = if failure.is_some() { "failed" } else { "tested" };
            (word, format!("{passed} of {run} trials passed{undecided}"))
        }
    }
}

/// Slots with values, as `@Int.0 = 3, @Bool.0 = true`.
fn shown(values: &[(String, String)]) -> String {
    let each: Vec<String> = values.iter().map(|(slot, value)| format!("{slot} = {value}")).collect();
    if each.is_empty() { "no arguments".into() } else { each.join(", ") }
}

/// The check that failed, with its place.
fn place(program: &Program, failure: &Failure) -> String {
    let start = program.sources.start(failure.span);
    let file = program.sources.file(failure.span.file).name();
    let text = program.sources.text(failure.span).lines().next().unwrap_or_default();
    format!("{file}:{}:{}: {} `{text}`", start.line, start.column, failure.kind.as_str())
}

fn print(input: &Input, Found { errors, verification, tried }: &Found, output: &mut Output) {
    let compilation = &verification.compilation;
    let program = &compilation.program;
    report::print(output, errors, &program.sources);
    if compilation.diagnostics.has_errors() {
        return;
    }
    output.line(format_args!("Testing: {input}\n"));
    for each in tried {
        let name = &program.function(each.function).name;
        let (word, why) = verdict(&each.result);
        let dots = ".".repeat(WIDTH.saturating_sub(name.chars().count()).max(3));
        output.line(format_args!("  {name} {dots} {} ({why})", word.to_uppercase()));
        if let Trial::Run { failure: Some(failure), .. } = &each.result {
            output.line(format_args!("    {}\n    {}", shown(&failure.values), place(program, failure)));
        }
    }
    let Summary { verified, passed, failed, skipped, trials, .. } = Summary::of(tried);
    output.line(format_args!(
        "\nResults: {failed} failed, {passed} tested with {trials} trials, {verified} verified, {skipped} skipped"
    ));
}

fn described(input: &Input, Found { errors, verification, tried }: &Found) -> Report {
    let program = &verification.compilation.program;
    let mut report = report::program(&input.to_string(), errors, &program.sources);
    let functions: Vec<Value> = tried.iter().map(|each| function(program, each)).collect();
    let summary = Summary::of(tried);
    report.further.insert("functions".into(), json!(functions));
    report.further.insert(
        "summary".into(),
        json!({
            "verified": summary.verified,
            "tested": summary.tested,
            "passed": summary.passed,
            "failed": summary.failed,
            "skipped": summary.skipped,
            "total_trials": summary.trials,
            "total_passes": summary.passes,
            "total_failures": summary.failures,
        }),
    );
    report
}

fn function(program: &Program, each: &Tried) -> Value {
    let (category, reason) = verdict(&each.result);
    let (run, passed, failures) = match &each.result {
        Trial::Run { run, passed, failure, .. } => (*run, *passed, failure.iter().collect::<Vec<_>>()),
        _ => (0, 0, Vec::new()),
    };
    let failed = failures.len();
    let failures = failures.into_iter().map(|failure| {
        let args: serde_json::Map<String, Value> =
            failure.values.iter().map(|(slot, value)| (slot.clone(), json!(value))).collect();
        json!({ "args": args, "error": place(program, failure) })
    });
    let failures: Vec<Value> = failures.collect();
    json!({
        "name": program.function(each.function).name,
        "category": category,
        "reason": reason,
        "trials_run": run,
        "trials_passed": passed,
        "trials_failed": failed,
        "failures": failures,
    })
}
