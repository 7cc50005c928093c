//! The stages a program is taken through, and what came of each.

use crate::execute::{self, Mode};
use crate::manifest::{self, Case, Level};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use vera_build::FileLoader;
use vera_compiler::check;
use vera_compiler::diagnostics::{Diagnostics, Severity};
use vera_compiler::driver::{self, Options};
use vera_compiler::source::SourceMap;
use vera_compiler::syntax;

/// Stack of a worker: the compiler recurses over the tree of a program.
const STACK: usize = 64 << 20;

/// What came of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It went as the manifest says.
    Passed,
    /// It did not; the reason.
    Failed(String),
    /// The program holds constructs the compiler has no code for; their codes.
    NotCompiled(String),
    /// The program's level does not ask for it, or an earlier stage ended it.
    NotAsked,
}

/// What came of a program.
#[derive(Clone, Debug)]
pub struct Report {
    /// Reading it.
    pub parse: Verdict,
    /// Checking it.
    pub check: Verdict,
    /// Running it, in normal and in stress mode.
    pub run: Verdict,
    /// The codes it was warned of.
    pub warnings: Vec<&'static str>,
}

impl Report {
    /// The failures up to a level, with the stage's name.
    pub fn failures(&self, level: Level) -> impl Iterator<Item = (&'static str, &str)> {
        let stages = [
            (Level::Parse, "parse", &self.parse),
            (Level::Check, "check", &self.check),
            (Level::Run, "run", &self.run),
        ];
        stages.into_iter().filter(move |(stage, ..)| *stage <= level).filter_map(|(_, name, verdict)| match verdict {
            Verdict::Failed(reason) => Some((name, reason.as_str())),
            Verdict::NotCompiled(codes) => Some((name, codes.as_str())),
            Verdict::Passed | Verdict::NotAsked => None,
        })
    }

    fn unread(reason: String) -> Self {
        Report {
            parse: Verdict::Failed(reason),
            check: Verdict::NotAsked,
            run: Verdict::NotAsked,
            warnings: Vec::new(),
        }
    }
}

/// Examines cases on a number of threads; the reports are in the order of the cases.
pub fn examine_all(cases: &[Case], threads: usize) -> Vec<Report> {
    let next = AtomicUsize::new(0);
    let reports = Mutex::new(vec![None; cases.len()]);
    let work = || {
        while let Some((index, case)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, cases.get(i)?)))
        {
            let report = case.examine();
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
    reports.into_iter().map(|report| report.unwrap_or_else(|| Report::unread("not examined".into()))).collect()
}

impl Case {
    /// Takes the program through the stages of its level, up to the first that fails.
    pub fn examine(&self) -> Report {
        let text = match manifest::read(&self.path) {
            Ok(text) => text,
            Err(reason) => return Report::unread(reason),
        };
        let mut report =
            Report { parse: self.parse(&text), check: Verdict::NotAsked, run: Verdict::NotAsked, warnings: Vec::new() };
        if report.parse != Verdict::Passed || self.entry.level == Level::Parse {
            return report;
        }
        let loader = FileLoader::for_program(&self.path);
        let source = check::Source { name: &self.entry.file, text: &text };
        let outcome = check::check(source, &loader, check::Options { strict: self.entry.strict });
        report.warnings = codes(&outcome.diagnostics, Severity::Warning);
        report.check = self.judge_check(&codes(&outcome.diagnostics, Severity::Error), &report.warnings);
        if report.check == Verdict::Passed && self.entry.level == Level::Run {
            report.run = self.run(text, &loader);
        }
        report
    }

    fn expected_errors(&self) -> Vec<&str> {
        self.entry.expected_error.iter().chain(&self.entry.further_errors).map(String::as_str).collect()
    }

    fn parse(&self, text: &str) -> Verdict {
        let mut sources = SourceMap::default();
        let file = sources.add(self.entry.file.clone(), text.to_owned());
        let (_, diagnostics) = syntax::parse(&sources, file);
        let expected = if self.entry.level == Level::Parse { self.expected_errors() } else { Vec::new() };
        judge(&expected, &codes(&diagnostics, Severity::Error))
    }

    fn judge_check(&self, errors: &[&str], warnings: &[&str]) -> Verdict {
        // What only compiling refuses is judged by `run`.
        let left_to_run = self.entry.level == Level::Run && errors.is_empty();
        let expected = if left_to_run { Vec::new() } else { self.expected_errors() };
        match &self.entry.expected_warning {
            Some(code) if !warnings.contains(&code.as_str()) => Verdict::Failed(format!("no warning {code}")),
            _ => judge(&expected, errors),
        }
    }

    fn run(&self, text: String, loader: &FileLoader) -> Verdict {
        let source = driver::Source { name: self.entry.file.clone(), text };
        let compilation = driver::compile(source, loader, &Options { strict: self.entry.strict });
        let errors = codes(&compilation.diagnostics, Severity::Error);
        if self.entry.expected_error.is_some() {
            return judge(&self.expected_errors(), &errors);
        }
        let Some(wasm) = compilation.wasm else { return Verdict::NotCompiled(errors.join(", ")) };
        let program = execute::Program::new(wasm);
        for mode in [Mode::Normal, Mode::Stress] {
            if let Err(reason) = program.run(self, mode) {
                return Verdict::Failed(format!("{}{reason}", mode.prefix()));
            }
        }
        Verdict::Passed
    }
}

/// Compares the codes a stage refused with to those that are expected.
fn judge(expected: &[&str], codes: &[&str]) -> Verdict {
    match (expected, codes) {
        _ if expected.len() == codes.len() && expected.iter().all(|code| codes.contains(code)) => Verdict::Passed,
        ([], _) => Verdict::Failed(format!("refused with {}", codes.join(", "))),
        (_, []) => Verdict::Failed(format!("accepted, but should be refused with {}", expected.join(", "))),
        _ => Verdict::Failed(format!("refused with {}, not with {}", codes.join(", "), expected.join(", "))),
    }
}

/// The codes of a severity, each once.
fn codes(diagnostics: &Diagnostics, severity: Severity) -> Vec<&'static str> {
    let mut codes: Vec<_> = diagnostics.iter().filter(|d| d.severity == severity).map(|d| d.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
