//! The table of results, with counts.

use crate::case::Case;
use crate::stage::{Report, Stage, Verdict};
use std::fmt;

/// How many programs a stage was run for, and the results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: usize,
    failed: usize,
    not_compiled: usize,
}

impl Count {
    fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed(_) => self.failed += 1,
            Verdict::NotCompiled(_) => self.not_compiled += 1,
            Verdict::NotAsked => {}
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count { passed, failed, not_compiled } = self;
        write!(f, "{passed} of {} passed", passed + failed + not_compiled)?;
        if *failed > 0 {
            write!(f, ", {failed} failed")?;
        }
        if *not_compiled > 0 {
            write!(f, ", {not_compiled} not compiled")?;
        }
        Ok(())
    }
}

/// The counts of a folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
    /// By stage.
    counts: [Count; Stage::ALL.len()],
    /// Programs that failed at a stage that was required.
    pub failed: usize,
}

/// Prints a row per program, the reasons of failures below it, and the counts. `required` is the last stage at which a
/// failure counts.
pub fn print(cases: &[Case], reports: &[Report], required: Stage) -> Summary {
    let mut summary = Summary::default();
    let width = cases.iter().map(|case| case.id.len()).max().unwrap_or(0).max("program".len());
    println!("{:width$}  {:6}  {}", "program", "level", row(Stage::ALL.map(Stage::as_str)));
    for (case, report) in cases.iter().zip(reports) {
        let (id, level) = (&case.id, case.level.as_str());
        println!("{id:width$}  {level:6}  {}", row(Stage::ALL.map(|stage| word(report.verdict(stage)))));
        for (stage, reason) in report.failures(Stage::Run) {
            println!("    {}: {reason}", stage.as_str());
        }
        for (count, stage) in summary.counts.iter_mut().zip(Stage::ALL) {
            count.add(report.verdict(stage));
        }
        summary.failed += usize::from(report.failures(required).next().is_some());
    }
    println!();
    for (count, stage) in summary.counts.iter().zip(Stage::ALL) {
        println!("{:7} {count}{}", stage.as_str(), note(stage));
    }
    let counts = reports.iter().filter_map(|report| report.proved);
    if let Some((proved, open)) = counts.reduce(|sum, each| (sum.0 + each.0, sum.1 + each.1)) {
        println!("        {proved} obligations proved, {open} left to run time");
    }
    summary
}

/// The columns of the stages.
fn row(columns: [&str; Stage::ALL.len()]) -> String {
    let padded: Vec<String> = columns.iter().map(|column| format!("{column:6}")).collect();
    padded.join("  ").trim_end().to_owned()
}

fn note(stage: Stage) -> &'static str {
    match stage {
        Stage::Parse | Stage::Format => "",
        Stage::Check => "",
        Stage::Verify => " (no input breaks a contract)",
        Stage::Run => " (in normal and in stress mode)",
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "ok",
        Verdict::Failed(_) => "FAILED",
        Verdict::NotCompiled(_) => "not compiled",
        Verdict::NotAsked => "-",
    }
}
