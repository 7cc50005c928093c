//! Budgets, caches and the order of engines, with an engine that counts.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use vera_solver::{
    Answer, Budget, Cache, Choice, CrossChecked, Engine, Limits, Query, Session, Solver, Value, Verdict, Why, engines,
};

/// Says the same to every query.
struct Parrot {
    name: &'static str,
    says: Verdict,
    /// How long it takes.
    takes: Duration,
    asked: Arc<AtomicUsize>,
}

impl Parrot {
    fn new(says: Verdict) -> (Self, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        (Parrot { name: "parrot 1", says, takes: Duration::ZERO, asked: asked.clone() }, asked)
    }
}

impl Engine for Parrot {
    fn name(&self) -> &str {
        self.name
    }

    fn decide(&mut self, _: &Query, limit: Duration) -> Verdict {
        self.asked.fetch_add(1, Ordering::Relaxed);
        thread::sleep(self.takes.min(limit));
        match &self.says {
            Verdict::Unknown(Why::Time(_)) => Verdict::Unknown(Why::Time(limit)),
            says => says.clone(),
        }
    }
}

fn query(number: usize) -> Query {
    Query { script: format!("(declare-const x Int)(assert (= x {number}))"), wanted: vec!["x".to_owned()] }
}

fn limits(milliseconds: u64) -> Limits {
    Limits { query: Duration::from_millis(milliseconds), total: None, ..Limits::default() }
}

fn session(engine: Parrot, limits: Limits) -> Session {
    Session::new(vec![Box::new(engine)], limits)
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let inner = fs::read_dir(folder).unwrap().flatten();
    inner.flat_map(|inner| fs::read_dir(inner.path()).unwrap().flatten()).map(|file| file.path()).collect()
}

#[test]
fn what_was_answered_is_not_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let model = Verdict::Sat(vec![Some(Value::Int(-7))]);
    let (engine, asked) = Parrot::new(model.clone());
    let mut first = session(engine, limits(100)).with_cache(Cache::in_folder(folder.path()));
    assert_eq!(first.decide(&query(1)), model);
    assert_eq!(first.decide(&query(1)), model);
    assert_eq!((first.counts().queries, first.counts().solved, first.counts().cached), (2, 1, 1));
    // Another process would find it in the folder.
    let (engine, asked_again) = Parrot::new(Verdict::Unsat);
    let mut second = session(engine, limits(100)).with_cache(Cache::in_folder(folder.path()));
    assert_eq!(second.decide(&query(1)), model);
    assert_eq!((asked.load(Ordering::Relaxed), asked_again.load(Ordering::Relaxed)), (1, 0));
    // What else an answer depends on.
    assert_eq!(second.decide(&query(2)), Verdict::Unsat);
    assert_eq!(second.decide(&Query { wanted: Vec::new(), ..query(1) }), Verdict::Unsat);
    let (mut engine, _) = Parrot::new(Verdict::Unsat);
    engine.name = "parrot 2";
    let mut third = session(engine, limits(100)).with_cache(Cache::in_folder(folder.path()));
    assert_eq!(third.decide(&query(1)), Verdict::Unsat);
}

#[test]
fn what_cannot_be_read_in_the_folder_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |says| {
        let (engine, asked) = Parrot::new(says);
        let verdict = session(engine, limits(100)).with_cache(Cache::in_folder(folder.path())).decide(&query(1));
        (verdict, asked.load(Ordering::Relaxed))
    };
    assert_eq!(ask(Verdict::Unsat), (Verdict::Unsat, 1));
    assert_eq!(ask(Verdict::Unsat), (Verdict::Unsat, 0));
    let [file] = &files(folder.path())[..] else { panic!("one answer, one file") };
    let text = fs::read(file).unwrap();
    let other = Verdict::Sat(vec![None]);
    let wrong = [
        Vec::new(),
        b"unsat\n".to_vec(),
        text[..text.len() - 1].to_vec(),
        [&text[..], b"\n"].concat(),
        [b"\xff", &text[..]].concat(),
        vec![b'7'; 1 << 20],
    ];
    for text in wrong {
        fs::write(file, &text).unwrap();
        // It is asked, and the file is right again.
        assert_eq!(ask(other.clone()), (other.clone(), 1));
        assert_eq!(ask(Verdict::Unsat), (other.clone(), 0));
    }
    // A folder in the place of the file: nothing is kept.
    fs::remove_file(file).unwrap();
    fs::create_dir(file).unwrap();
    assert_eq!(ask(Verdict::Unsat).1, 1);
    assert_eq!(ask(Verdict::Unsat).1, 1);
}

#[test]
fn a_folder_that_cannot_be_made_keeps_nothing_and_breaks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let (engine, _) = Parrot::new(Verdict::Unsat);
    let mut session = session(engine, limits(100)).with_cache(Cache::in_folder(file.join("cache")));
    assert_eq!(session.decide(&query(1)), Verdict::Unsat);
    assert_eq!(session.decide(&query(1)), Verdict::Unsat);
    assert_eq!(session.counts().cached, 1);
}

#[test]
fn the_folder_stays_small() {
    let folder = tempfile::tempdir().unwrap();
    // More files than fit, in two of the parts.
    for part in ["3", "c"] {
        let part = folder.path().join(part);
        fs::create_dir(&part).unwrap();
        for number in 0..2100 {
            fs::write(part.join(format!("old{number}")), "").unwrap();
        }
    }
    let (engine, _) = Parrot::new(Verdict::Unsat);
    let mut session = session(engine, limits(100)).with_cache(Cache::in_folder(folder.path()));
    for number in 0..200 {
        assert_eq!(session.decide(&query(number)), Verdict::Unsat);
    }
    let kept = files(folder.path());
    assert!(kept.len() <= 2 * 1024 + 200, "{}", kept.len());
    let old = |path: &&std::path::PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("old");
    assert_eq!(kept.iter().filter(|path| !old(path)).count(), 200);
}

#[test]
fn what_took_too_long_is_asked_again_by_who_gives_it_more_time() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |milliseconds| {
        let (engine, asked) = Parrot::new(Verdict::Unknown(Why::Time(Duration::ZERO)));
        let mut session = session(engine, limits(milliseconds)).with_cache(Cache::in_folder(folder.path()));
        let verdict = session.decide(&query(1));
        assert!(matches!(verdict, Verdict::Unknown(Why::Time(_))), "{verdict:?}");
        asked.load(Ordering::Relaxed)
    };
    assert_eq!([ask(20), ask(20), ask(10), ask(30), ask(25)], [1, 0, 0, 1, 0]);
}

#[test]
fn failures_are_not_kept() {
    for why in [Why::Failed("it died".to_owned()), Why::Missing("it".to_owned())] {
        let (engine, asked) = Parrot::new(Verdict::Unknown(why.clone()));
        let mut session = session(engine, limits(100));
        for _ in 0..2 {
            assert_eq!(session.decide(&query(1)), Verdict::Unknown(why.clone()));
        }
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}

#[test]
fn after_the_budget_only_the_cache_answers() {
    let (mut engine, _) = Parrot::new(Verdict::Unsat);
    engine.takes = Duration::from_millis(30);
    let budget = Budget::new(Some(Duration::from_millis(20)));
    let mut first = session(engine, limits(1000)).with_budget(budget.clone());
    assert_eq!(first.solve(&query(1)), Answer::Unsat);
    assert_eq!(budget.left(), Duration::ZERO);
    assert_eq!(first.solve(&query(2)), Answer::Unknown("budget".to_owned()));
    assert_eq!(first.solve(&query(1)), Answer::Unsat);
    // Another session of the same budget.
    let (engine, asked) = Parrot::new(Verdict::Unsat);
    let mut second = session(engine, limits(1000)).with_budget(budget);
    assert_eq!(second.solve(&query(1)), Answer::Unknown("budget".to_owned()));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[test]
fn a_query_that_was_cut_short_by_the_budget_is_not_called_too_hard() {
    let (mut engine, _) = Parrot::new(Verdict::Unknown(Why::Time(Duration::ZERO)));
    engine.takes = Duration::from_secs(60);
    let budget = Budget::new(Some(Duration::from_millis(20)));
    let mut session = session(engine, limits(60_000)).with_budget(budget);
    assert_eq!(session.solve(&query(1)), Answer::Unknown("budget".to_owned()));
}

#[test]
fn the_next_engine_is_asked_for_what_the_first_leaves_open() {
    let open = Verdict::Unknown(Why::Incomplete("no idea".to_owned()));
    let (first, first_asked) = Parrot::new(open.clone());
    let (mut second, second_asked) = Parrot::new(Verdict::Unsat);
    second.name = "parrot 2";
    let mut session = Session::new(vec![Box::new(first), Box::new(second)], limits(100));
    assert_eq!(session.name(), "parrot 1, parrot 2");
    assert_eq!(session.decide(&query(1)), Verdict::Unsat);
    assert_eq!(session.decided_by(), Some("parrot 2"));
    assert_eq!(session.decide(&query(1)), Verdict::Unsat);
    assert_eq!((first_asked.load(Ordering::Relaxed), second_asked.load(Ordering::Relaxed)), (1, 1));

    let (first, _) = Parrot::new(Verdict::Unsat);
    let (second, second_asked) = Parrot::new(open.clone());
    let mut session = Session::new(vec![Box::new(first), Box::new(second)], limits(100));
    assert_eq!(session.decide(&query(1)), Verdict::Unsat);
    assert_eq!((session.decided_by(), second_asked.load(Ordering::Relaxed)), (Some("parrot 1"), 0));

    let (first, _) = Parrot::new(open.clone());
    let (second, _) = Parrot::new(Verdict::Unknown(Why::Memory));
    let mut session = Session::new(vec![Box::new(first), Box::new(second)], limits(100));
    assert_eq!(session.decide(&query(1)), open, "the reason of the first");
    assert_eq!(session.decided_by(), None);
}

#[test]
fn choices_are_the_engines_that_they_name() {
    let names = |choice| {
        let engines = engines(choice, &Limits::default());
        engines.iter().map(|engine| engine.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(Choice::Embedded), ["rz3 0.2.0"]);
    assert_eq!(names(Choice::Off), ["no solver"]);
    assert_eq!(names(Choice::Auto)[0], "rz3 0.2.0");
    let answer = vera_solver::solver(Choice::Off, Limits::default()).solve(&query(1));
    assert_eq!(answer, Answer::Unknown("no solver is used".to_owned()));
    assert_eq!(
        vera_solver::solver(Choice::Embedded, Limits::default()).solve(&query(5)),
        Answer::Sat(vec![Some(Value::Int(5))])
    );
}

#[test]
fn engines_that_contradict_each_other_are_not_believed() {
    let sat = Verdict::Sat(Vec::new());
    let unknown = Verdict::Unknown(Why::Off);
    let ask = |first: &Verdict, second: &Verdict| {
        let [first, second] = [first, second].map(|says| Box::new(Parrot::new(says.clone()).0));
        CrossChecked::new(first, second).decide(&query(1), Duration::from_secs(1))
    };
    for (first, second) in [(&sat, &sat), (&sat, &unknown), (&unknown, &Verdict::Unsat), (&Verdict::Unsat, &unknown)] {
        assert_eq!(ask(first, second), *first);
    }
    for (first, second) in [(&sat, &Verdict::Unsat), (&Verdict::Unsat, &sat)] {
        let Verdict::Unknown(Why::Failed(told)) = ask(first, second) else { panic!("one was believed") };
        assert!(told.starts_with("contradiction: parrot 1 says ") && told.contains("declare-const"), "{told}");
    }
}
