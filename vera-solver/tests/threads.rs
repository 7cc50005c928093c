//! Several functions are verified at once, and nobody sees it.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use vera_compiler::driver::{self, Options, Source, Verification};
use vera_compiler::source::MemoryLoader;
use vera_compiler::verify::report::{Told, obligations_json};
use vera_solver::{
    Answer, Budget, Choice, CrossChecked, Embedded, Engine, Limits, Process, Query, Session, Solver, Verdict, engines,
};

/// How many of the largest programs are compared.
const PROGRAMS: usize = 16;

fn limits(threads: usize) -> Limits {
    Limits { total: None, threads: NonZeroUsize::new(threads), ..Limits::default() }
}

/// The largest programs of the suite and of the lies.
fn programs() -> Vec<PathBuf> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lies");
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance");
    let (mut folders, mut found) = (vec![tests, suite], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "vera") {
                found.push((std::fs::metadata(&path).expect("a file").len(), path));
            }
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, path)| path).take(PROGRAMS).collect()
}

/// Everything that a verification says.
fn report(found: &Verification) -> String {
    let mut text = String::new();
    let program = &found.compilation.program;
    for each in found.obligations() {
        _ = writeln!(text, "{each:?}");
    }
    let json = obligations_json(program, found.obligations());
    _ = writeln!(text, "{}", serde_json::to_string(&json).expect("JSON"));
    for diagnostic in found.errors().iter().chain(found.runtime(Told::All).iter()) {
        _ = writeln!(text, "{diagnostic:?}");
    }
    text
}

fn verified(path: &Path, session: &mut Session) -> String {
    let text = std::fs::read_to_string(path).expect("a program");
    let source = Source { name: path.display().to_string(), text };
    report(&driver::verify(source, &MemoryLoader::new(), &Options::default(), session))
}

#[test]
fn one_thread_and_four_report_the_same() {
    let mut lines = 0;
    for path in programs() {
        let [one, four] = [1, 4].map(|threads| {
            let mut session = Session::new(engines(Choice::Embedded, &limits(threads)), limits(threads));
            let first = verified(&path, &mut session);
            // The threads of the session are used again, and know the answers.
            assert_eq!(verified(&path, &mut session), first, "{}", path.display());
            first
        });
        assert!(one == four, "{}:\n{one}\n{four}", path.display());
        lines += one.lines().count();
    }
    assert!(lines > 500, "{lines}");
}

/// The models of z3 would depend on what it was asked before.
#[test]
fn one_process_of_z3_and_three_report_the_same() {
    if Process::find(Limits::default().memory).is_err() {
        return;
    }
    for path in programs().into_iter().take(6) {
        let [one, three] =
            [1, 3].map(|threads| verified(&path, &mut Session::new(engines(Choice::Z3, &limits(3)), limits(threads))));
        assert!(one == three, "{}:\n{one}\n{three}", path.display());
    }
}

/// Says how often it was asked, by any of its copies.
#[derive(Clone, Default)]
struct Counted {
    asked: Arc<AtomicUsize>,
    forgot: Arc<AtomicUsize>,
    takes: Duration,
}

impl Engine for Counted {
    fn name(&self) -> &str {
        "counted"
    }

    fn another(&self) -> Option<Box<dyn Engine>> {
        Some(Box::new(self.clone()))
    }

    fn forget(&mut self) {
        self.forgot.fetch_add(1, Ordering::Relaxed);
    }

    fn decide(&mut self, _: &Query, limit: Duration) -> Verdict {
        self.asked.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(self.takes.min(limit));
        Verdict::Unsat
    }
}

fn query(number: usize) -> Query {
    Query { script: format!("(declare-const x Int)(assert (= x {number}))"), wanted: Vec::new() }
}

#[test]
fn every_task_runs_once_and_the_counts_are_those_of_all_threads() {
    for threads in [1, 3, 8] {
        let engine = Counted::default();
        let mut session = Session::new(vec![Box::new(engine.clone())], limits(threads));
        let runs: Vec<AtomicUsize> = (0..50).map(|_| AtomicUsize::new(0)).collect();
        session.for_each(runs.len(), &|index, solver| {
            assert_eq!(solver.name(), "counted");
            assert_eq!(solver.solve(&query(index % 10)), Answer::Unsat);
            runs[index].fetch_add(1, Ordering::Relaxed);
        });
        assert!(runs.iter().all(|runs| runs.load(Ordering::Relaxed) == 1));
        let counts = session.counts();
        assert_eq!((counts.queries, counts.solved + counts.cached), (50, 50));
        assert_eq!(counts.solved, engine.asked.load(Ordering::Relaxed));
        // Several threads may ask the same at once.
        assert!((10..=10 * threads).contains(&counts.solved), "{counts:?}");
        assert_eq!(engine.forgot.load(Ordering::Relaxed), 50, "before each task");
    }
}

#[test]
fn tasks_run_at_once_where_there_are_threads() {
    type Ends = (Sender<()>, Receiver<()>);
    let ((to_second, from_first), (to_first, from_second)) = (channel(), channel());
    let ends: [Mutex<Ends>; 2] = [Mutex::new((to_second, from_second)), Mutex::new((to_first, from_first))];
    let mut session = Session::new(vec![Box::new(Counted::default())], limits(2));
    session.for_each(2, &|index, _| {
        let (to, from) = &*ends[index].lock().expect("one task");
        to.send(()).expect("the other task waits");
        from.recv_timeout(Duration::from_secs(60)).expect("the other task runs now");
    });
}

#[test]
fn the_budget_is_that_of_all_threads() {
    let engine = Counted { takes: Duration::from_millis(30), ..Counted::default() };
    let budget = Budget::new(Some(Duration::from_millis(20)));
    let mut session = Session::new(vec![Box::new(engine.clone())], limits(3)).with_budget(budget.clone());
    let refused = AtomicUsize::new(0);
    session.for_each(40, &|index, solver| match solver.solve(&query(index)) {
        Answer::Unknown(why) if why == "budget" => _ = refused.fetch_add(1, Ordering::Relaxed),
        answer => assert_eq!(answer, Answer::Unsat),
    });
    // Each thread can have begun with a query before the time was over.
    let asked = engine.asked.load(Ordering::Relaxed);
    assert!((1..=3).contains(&asked), "{asked}");
    assert_eq!(refused.load(Ordering::Relaxed), 40 - asked);
    assert_eq!(budget.left(), Duration::ZERO);
}

#[test]
fn a_panic_of_a_task_is_that_of_the_caller() {
    let mut session = Session::new(vec![Box::new(Counted::default())], limits(3));
    let run = std::panic::AssertUnwindSafe(|| session.for_each(9, &|index, _| assert!(index != 4, "task {index}")));
    let panic = std::panic::catch_unwind(run).expect_err("it panics");
    assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some("task 4"));
}

#[test]
fn an_engine_without_another_stays_on_one_thread() {
    struct Only;
    impl Engine for Only {
        fn name(&self) -> &str {
            "only"
        }

        fn decide(&mut self, _: &Query, _: Duration) -> Verdict {
            Verdict::Unsat
        }
    }
    let here = std::thread::current().id();
    let checked = CrossChecked::new(Box::new(Embedded::new()), Box::new(Only));
    assert!(checked.another().is_none());
    let mut session = Session::new(vec![Box::new(checked)], limits(4));
    session.for_each(10, &|_, _| assert_eq!(std::thread::current().id(), here));
}
