//! The stages for a program, and their results.

use crate::case::{Case, Level, Outcome};
use crate::execute::{self, Mode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use vera_build::FileLoader;
use vera_compiler::check;
use vera_compiler::diagnostics::{Diagnostic, Phase, Severity};
use vera_compiler::driver;
use vera_compiler::format::format;
use vera_compiler::source::SourceMap;
use vera_compiler::syntax;
use vera_solver::{Choice, Limits};

/// Stack of a worker: the compiler recurses over the tree of a program.
const STACK: usize = 64 << 20;

/// A stage; they run in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Stage {
    /// Reading it.
    Parse,
    /// Comparing it with its canonical form.
    Format,
    /// Checking it.
    Check,
    /// Proving its contracts: no input breaks them.
    Verify,
    /// Compiling and running it.
    Run,
}

impl Stage {
    /// All of them.
    pub const ALL: [Stage; 5] = [Stage::Parse, Stage::Format, Stage::Check, Stage::Verify, Stage::Run];

    /// The stage's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Parse => "parse",
            Stage::Format => "format",
            Stage::Check => "check",
            Stage::Verify => "verify",
            Stage::Run => "run",
        }
    }
}

/// The result of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It went as expected.
    Passed,
    /// The result was not the expected one, for this reason.
    Failed(String),
    /// The program holds constructs the compiler has no code for; their codes.
    NotCompiled(String),
    /// The program's level does not include it, or an earlier stage ended the program.
    NotAsked,
}

/// The results for a program.
#[derive(Clone, Debug)]
pub struct Report {
    /// Reading it.
    pub parse: Verdict,
    /// Whether it is in canonical form, or is not where that is its point. Not run for a program that cannot be read.
    pub format: Verdict,
    /// Checking it.
    pub check: Verdict,
    /// Verification. Not run for a program that must be refused or must fail.
    pub verify: Verdict,
    /// What verification counts: proved, and left to run time.
    pub proved: Option<(usize, usize)>,
    /// Running it, in normal and in stress mode.
    pub run: Verdict,
    /// The codes it was refused with, by its checker or else by its compiler.
    pub errors: Vec<&'static str>,
    /// The codes it was warned of.
    pub warnings: Vec<&'static str>,
}

impl Report {
    /// The result of a stage.
    pub fn verdict(&self, stage: Stage) -> &Verdict {
        match stage {
            Stage::Parse => &self.parse,
            Stage::Format => &self.format,
            Stage::Check => &self.check,
            Stage::Verify => &self.verify,
            Stage::Run => &self.run,
        }
    }

    /// The failures up to a stage, with the reasons.
    pub fn failures(&self, last: Stage) -> impl Iterator<Item = (Stage, &str)> {
        let stages = Stage::ALL.into_iter().filter(move |stage| *stage <= last);
        stages.filter_map(|stage| match self.verdict(stage) {
            Verdict::Failed(reason) => Some((stage, reason.as_str())),
            Verdict::NotCompiled(codes) => Some((stage, codes.as_str())),
            Verdict::Passed | Verdict::NotAsked => None,
        })
    }

    fn new() -> Self {
        let not_asked = Verdict::NotAsked;
        Report {
            parse: not_asked.clone(),
            format: not_asked.clone(),
            check: not_asked.clone(),
            verify: not_asked.clone(),
            proved: None,
            run: not_asked,
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn broken(reason: String) -> Self {
        Report { parse: Verdict::Failed(reason), ..Report::new() }
    }
}

/// Examines cases on a number of threads; the reports are in the order of the cases. Proofs take longer than everything
/// else, so they run only on request.
pub fn examine_all(cases: &[Case], threads: usize, verifies: bool) -> Vec<Report> {
    let next = AtomicUsize::new(0);
    let reports = Mutex::new(vec![None; cases.len()]);
    let work = || {
        while let Some((index, case)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, cases.get(i)?)))
        {
            let report = std::panic::catch_unwind(|| case.examine(verifies))
                .unwrap_or_else(|_| Report::broken("panicked".into()));
            reports.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[index] = Some(report);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let worker = std::thread::Builder::new().stack_size(STACK);
            if worker.spawn_scoped(scope, work).is_err() {
                break;
            }
        }
    });
    let reports = reports.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    reports.into_iter().map(|report| report.unwrap_or_else(|| Report::broken("not examined".into()))).collect()
}

impl Case {
    /// Runs the stages of the program's level, up to the first that fails. A program that is not in canonical form is
    /// checked anyway. Verification runs only on request.
    pub fn examine(&self, verifies: bool) -> Report {
        let text = match crate::read(&self.path) {
            Ok(text) => text,
            Err(reason) => return Report::broken(reason),
        };
        let mut report = Report::new();
        let of_form = self.parse(&text);
        report.parse = judge(self.expected_here(self.level == Level::Parse), &of_form);
        if of_form.is_empty() {
            report.format = self.judge_format(&text);
        }
        if report.parse != Verdict::Passed || self.level == Level::Parse {
            report.errors = of_form;
            return report;
        }
        let loader = FileLoader::for_program(&self.path);
        let strict = self.strict;
        let compilation = (self.level == Level::Run).then(|| {
            let source = driver::Source { name: self.id.clone(), text: text.clone() };
            driver::compile(source, &loader, &driver::Options { strict })
        });
        let diagnostics = match &compilation {
            // What is compiled has been checked.
            Some(compilation) if compilation.wasm.is_some() => compilation.diagnostics.clone(),
            _ => {
                let source = check::Source { name: &self.id, text: &text };
                check::check(source, &loader, check::Options { strict }).diagnostics
            }
        };
        report.warnings = codes(&diagnostics, Severity::Warning);
        report.errors = codes(&diagnostics, Severity::Error);
        report.check = self.judge_check(&report);
        let provable = self.level >= Level::Verify && self.outcome == Outcome::Accepted;
        if verifies && provable && report.check == Verdict::Passed {
            self.verify(&text, &loader, &mut report);
        }
        if report.check == Verdict::Passed
            && let Some(compilation) = compilation
        {
            report.errors = codes(&compilation.diagnostics, Severity::Error);
            report.run = self.run(compilation.wasm, &report.errors);
        }
        report
    }

    /// Verifies the program with the embedded solver, whose answers do not depend on other installed programs.
    fn verify(&self, text: &str, loader: &FileLoader, report: &mut Report) {
        let source = driver::Source { name: self.id.clone(), text: text.to_owned() };
        let mut solver = vera_solver::solver(Choice::Embedded, Limits::default());
        let found = driver::verify(source, loader, &driver::Options { strict: self.strict }, solver.as_mut());
        let summary = found.summary();
        report.proved = Some((summary.verified, summary.runtime));
        let mut refused = codes(&found.compilation.diagnostics, Severity::Error);
        refused.extend(codes(&found.errors(), Severity::Error));
        report.verify = judge(&[], &refused);
    }

    /// The codes of the program's form.
    fn parse(&self, text: &str) -> Vec<&'static str> {
        let mut sources = SourceMap::default();
        let file = sources.add(self.id.clone(), text.to_owned());
        let (_, diagnostics) = syntax::parse(&sources, file);
        // The parser also says what belongs to checking; the checker says it again.
        codes(diagnostics.iter().filter(|diagnostic| diagnostic.code.phase() == Phase::Parse), Severity::Error)
    }

    fn judge_format(&self, text: &str) -> Verdict {
        let formatted = match format(&self.id, text) {
            Ok(formatted) => formatted,
            Err(unformatted) => {
                let codes = codes(&unformatted.diagnostics, Severity::Error);
                return Verdict::Failed(format!("cannot be formatted: {}", codes.join(", ")));
            }
        };
        let changed = text.lines().zip(formatted.lines()).position(|(written, canonical)| written != canonical);
        let line = changed.unwrap_or_else(|| text.lines().count().min(formatted.lines().count())) + 1;
        match (text == formatted, self.canonical) {
            (true, true) | (false, false) => Verdict::Passed,
            (false, true) => Verdict::Failed(format!("not in canonical form from line {line} on")),
            (true, false) => Verdict::Failed("in canonical form, though it is said not to be".into()),
        }
    }

    /// The codes it must be refused with, at the stage at which it must be refused.
    fn expected_here(&self, here: bool) -> &[String] {
        if here { self.expected_errors() } else { &[] }
    }

    fn judge_check(&self, report: &Report) -> Verdict {
        // What only compiling refuses is judged by `run`.
        let left_to_run = self.level == Level::Run && report.errors.is_empty();
        match self.warnings.iter().find(|code| !report.warnings.contains(&code.as_str())) {
            Some(code) => Verdict::Failed(format!("no warning {code}")),
            None => judge(self.expected_here(!left_to_run), &report.errors),
        }
    }

    fn run(&self, wasm: Option<Vec<u8>>, errors: &[&str]) -> Verdict {
        if !self.expected_errors().is_empty() {
            return judge(self.expected_errors(), errors);
        }
        let Some(wasm) = wasm else { return Verdict::NotCompiled(errors.join(", ")) };
        let program = execute::Program::new(wasm);
        for mode in [Mode::Normal, Mode::Stress] {
            if let Err(reason) = program.run(self, mode) {
                return Verdict::Failed(format!("{}{reason}", mode.prefix()));
            }
        }
        Verdict::Passed
    }
}

/// Compares the codes a stage refused with to those that are expected. A stage may refuse with more: that they are all
/// the codes is for our own suite to ask.
fn judge(expected: &[String], codes: &[&str]) -> Verdict {
    let (wanted, found) = (expected.join(", "), codes.join(", "));
    match expected {
        [] if codes.is_empty() => Verdict::Passed,
        [] => Verdict::Failed(format!("refused with {found}")),
        _ if expected.iter().all(|code| codes.contains(&code.as_str())) => Verdict::Passed,
        _ if codes.is_empty() => Verdict::Failed(format!("accepted, expected {wanted}")),
        _ => Verdict::Failed(format!("refused with {found}, expected {wanted}")),
    }
}

/// The codes of a severity, each once.
fn codes<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>, severity: Severity) -> Vec<&'static str> {
    let mut codes: Vec<_> =
        diagnostics.into_iter().filter(|d| d.severity == severity).map(|d| d.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
