//! Queries whose verdict z3 gave. No solver may give another.
//!
//! `VERA_SMT_CORPUS` names files of more of them, separated as in `PATH`: one JSON object a line, with `id`, `verdict`
//! and `smt2`. All of them are read, and a table of what came out is printed (`cargo test -- --nocapture`).

mod entry;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use entry::{Entry, Expected};
use vera_solver::{Embedded, Engine, Process, Query, Verdict, Why};

/// Results by theory, and the times.
#[derive(Default)]
struct Table {
    rows: BTreeMap<String, [usize; 4]>,
    times: Vec<Duration>,
    wrong: Vec<String>,
    undecided: Vec<String>,
}

impl Table {
    fn ask(&mut self, entry: &Entry, engine: &mut dyn Engine, limit: Duration) {
        let started = Instant::now();
        let query = Query { script: entry.script.clone(), wanted: Vec::new() };
        let verdict = engine.decide(&query, limit);
        self.times.push(started.elapsed());
        let row = self.rows.entry(entry.kind.clone()).or_default();
        let column = match (&verdict, entry.expected) {
            (Verdict::Unsat, Expected::Unsat) | (Verdict::Sat(_), Expected::Sat) => 0,
            (Verdict::Unknown(Why::Unsupported(_)), _) => 1,
            (Verdict::Unknown(_), _) => 2,
            (_, Expected::Unknown) => 0,
            _ => 3,
        };
        row[column] += 1;
        match column {
            2 => self.undecided.push(format!("{}: {verdict:?}", entry.id)),
            3 => self.wrong.push(format!("{}: {verdict:?}", entry.id)),
            _ => {}
        }
    }

    fn print(&mut self) {
        println!("{:<28}{:>8}{:>12}{:>9}{:>7}", "kind", "right", "unsupported", "unknown", "wrong");
        for (kind, [right, unsupported, unknown, wrong]) in &self.rows {
            println!("{kind:<28}{right:>8}{unsupported:>12}{unknown:>9}{wrong:>7}");
        }
        self.times.sort_unstable();
        if let Some(last) = self.times.len().checked_sub(1) {
            println!(
                "median {:?}, p95 {:?}, max {:?}",
                self.times[last / 2],
                self.times[last * 95 / 100],
                self.times[last]
            );
        }
        for line in &self.undecided {
            println!("undecided {line}");
        }
    }
}

/// All engines that are here.
fn engines() -> Vec<Box<dyn Engine>> {
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(Embedded::new())];
    engines.extend(Process::find(1 << 30).ok().map(|z3| Box::new(z3) as Box<dyn Engine>));
    engines
}

#[test]
fn no_answer_to_the_sample_is_wrong() {
    for engine in &mut engines() {
        let mut table = Table::default();
        for line in include_str!("sample.jsonl").lines() {
            table.ask(&Entry::read(line), &mut **engine, Duration::from_secs(10));
        }
        assert!(table.wrong.is_empty(), "{}: {:#?}", engine.name(), table.wrong);
        // Each of them is decided in a few milliseconds.
        assert!(table.undecided.is_empty(), "{}: {:#?}", engine.name(), table.undecided);
        assert!(table.rows.values().all(|[_, unsupported, _, _]| *unsupported == 0), "{}", engine.name());
    }
}

#[test]
fn no_answer_is_wrong() {
    let Some(files) = std::env::var_os("VERA_SMT_CORPUS") else { return };
    for file in std::env::split_paths(&files) {
        let text = std::fs::read_to_string(&file).unwrap();
        for engine in &mut engines() {
            let mut table = Table::default();
            for line in text.lines() {
                table.ask(&Entry::read(line), &mut **engine, Duration::from_secs(2));
            }
            println!("{} by {}", file.display(), engine.name());
            table.print();
            assert!(table.wrong.is_empty(), "{:#?}", table.wrong);
        }
    }
}
