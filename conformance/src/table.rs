//! The table of what came of each program, with counts.

use crate::manifest::{Case, Level};
use crate::stage::{Report, Verdict};
use std::fmt;

/// How many programs a stage was asked of, and what came of it.
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
    parse: Count,
    check: Count,
    run: Count,
    /// Programs that failed at a stage that was required.
    pub failed: usize,
}

/// Prints a row per program, the reasons of failures below it, and the counts. `required` is the deepest level at
/// which a failure counts.
pub fn print(cases: &[Case], reports: &[Report], required: Level) -> Summary {
    let mut summary = Summary::default();
    let width = cases.iter().map(|case| case.entry.id.len()).max().unwrap_or(0).max("program".len());
    println!("{:width$}  {:6}  {:6}  {:6}  run", "program", "level", "parse", "check");
    for (case, report) in cases.iter().zip(reports) {
        let (id, level) = (&case.entry.id, case.entry.level.as_str());
        let [parse, check, run] = [&report.parse, &report.check, &report.run].map(word);
        println!("{id:width$}  {level:6}  {parse:6}  {check:6}  {run}");
        for (stage, reason) in report.failures(Level::Run) {
            println!("    {stage}: {reason}");
        }
        summary.parse.add(&report.parse);
        summary.check.add(&report.check);
        summary.run.add(&report.run);
        summary.failed += usize::from(report.failures(required).next().is_some());
    }
    println!();
    println!("parse   {}", summary.parse);
    println!("check   {} (level `verify` is checked, not proved)", summary.check);
    println!("run     {} (in normal and in stress mode)", summary.run);
    summary
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "ok",
        Verdict::Failed(_) => "FAILED",
        Verdict::NotCompiled(_) => "not compiled",
        Verdict::NotAsked => "-",
    }
}
