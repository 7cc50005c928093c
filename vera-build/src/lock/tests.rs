use super::Lock;
use super::changes::{Change, Comparison};
use super::follow::{Answer, Verdict};
use super::locked::{LockedFile, LockedFunction};
use super::text::one_line;
use crate::contracts::{Contracts, Known};
use vera_compiler::driver::{self, Options, Source, Verification};

fn function(name: &str) -> LockedFunction {
    LockedFunction {
        name: name.to_owned(),
        signature: "@Nat /* price */, @Nat -> @Nat".to_owned(),
        requires: vec!["@Nat.0 <= 100".to_owned()],
        ensures: vec![("@Nat.result <= @Nat.1".to_owned(), Known::Proved)],
        decreases: Some(("@Nat.0".to_owned(), Known::Checked)),
        effects: "<IO, State<Map<String, Nat>>>".to_owned(),
        checks: (3, 0),
    }
}

fn lock(functions: Vec<LockedFunction>) -> Lock {
    Lock { files: vec![LockedFile { path: "vera/pricing.vera".to_owned(), functions }] }
}

/// The changes as lines; `!` is in front of those that are weaker.
fn changes(recorded: &[LockedFunction], present: &[LockedFunction], answers: &[(usize, Answer)]) -> Vec<String> {
    let mut comparison = Comparison::new(recorded, present);
    comparison.answer(answers);
    let line = |change: Change| format!("{}{}", if change.is_weaker { "! " } else { "" }, change.description);
    comparison.changes().into_iter().map(line).collect()
}

#[test]
fn the_text_is_read_as_it_is_written() {
    let mut other = function("total");
    other.decreases = None;
    other.ensures = vec![("string_length(\"(a) b\") > 0".to_owned(), Known::NotVerified)];
    let lock = lock(vec![function("discounted"), other]);
    let text = lock.to_string();
    assert_eq!(Lock::parse(&text), Ok(lock));
    insta::assert_snapshot!("text", text);
}

#[test]
fn what_is_not_written_so_is_refused_with_its_line() {
    let line = |text: &str| Lock::parse(text).map_err(|malformed| malformed.line);
    assert_eq!(line("vera.lock 2\n"), Err(1));
    assert_eq!(line("# only a comment\n"), Err(1));
    assert_eq!(line("vera.lock 1\nfn f(@Int -> @Int)\n"), Err(2));
    assert_eq!(line("vera.lock 1\nfile a.vera\nfn f\n"), Err(3));
    assert_eq!(line("vera.lock 1\nfile a.vera\nfn f(-> @Int)\n  ensures (maybe) true\n"), Err(4));
    assert_eq!(line("vera.lock 1\nfile a.vera\nfn f(-> @Int)\n  checks 1 proved\n"), Err(4));
    assert_eq!(line("vera.lock 1\n"), Ok(Lock::default()));
}

#[test]
fn a_clause_is_one_line_and_its_strings_stay() {
    assert_eq!(one_line(" @Int.0 > 0\n    && @Int.0 < 9 "), "@Int.0 > 0 && @Int.0 < 9");
    assert_eq!(one_line("a -- why\n  && b"), "a && b");
    assert_eq!(one_line("f(\"a  -- \\\" b\")  "), "f(\"a  -- \\\" b\")");
}

#[test]
fn what_has_become_weaker_is_said() {
    let recorded = [function("f"), function("gone"), function("moved")];
    let mut f = function("f");
    f.effects = "<Http, State<Map<String, Nat>>>".to_owned();
    f.requires = vec!["@Nat.0 <= 50".to_owned()];
    f.ensures = vec![("@Nat.result <= @Nat.1".to_owned(), Known::Checked)];
    f.decreases = None;
    f.checks = (2, 1);
    let mut moved = function("moved");
    moved.signature = "@Nat -> @Nat".to_owned();
    assert_eq!(
        changes(&recorded, &[f, moved, function("new")], &[]),
        [
            "! `f` has a new effect: `Http`.",
            "`f` does not have the effect `IO` any more.",
            "! `requires(@Nat.0 <= 50)` of `f` may ask for more than before.",
            "`requires(@Nat.0 <= 100)` of `f` is gone.",
            "! `ensures(@Nat.result <= @Nat.1)` of `f` was proved, and is checked.",
            "! `f` was proved to run without a failed check, and 1 of its checks is left to run time.",
            "! `f` has no measure any more.",
            "! The public function `gone` is gone.",
            "! `moved` has another signature: it was `(@Nat /* price */, @Nat -> @Nat)`, it is `(@Nat -> @Nat)`.",
            "The public function `new` is new.",
        ]
    );
}

#[test]
fn what_is_the_same_or_proved_better_is_no_weakness() {
    assert_eq!(changes(&[function("f")], &[function("f")], &[]), [""; 0]);
    let mut better = function("f");
    better.decreases = Some(("@Nat.0".to_owned(), Known::Proved));
    better.ensures.push(("@Nat.result >= 0".to_owned(), Known::Checked));
    better.checks = (9, 0);
    assert_eq!(
        changes(&[function("f")], &[better], &[]),
        ["`ensures(@Nat.result >= 0)` of `f` is new.", "`decreases(@Nat.0)` of `f` was checked, and is proved.",]
    );
}

#[test]
fn the_verifier_decides_what_follows() {
    let mut now = function("f");
    now.requires = vec!["@Nat.0 < 101".to_owned(), "@Nat.1 > 5".to_owned()];
    now.ensures = vec![("@Nat.result < @Nat.1".to_owned(), Known::Proved)];
    let mut recorded = function("f");
    recorded.ensures.push(("@Nat.result > 7".to_owned(), Known::Proved));
    let mut answer = Answer::default();
    answer.set_requires("@Nat.0 < 101", Verdict::Follows);
    answer.set_requires("@Nat.1 > 5", Verdict::Broken(" with `@Nat.1 = 0`".to_owned()));
    answer.set_ensures("@Nat.result <= @Nat.1", Verdict::Follows);
    assert_eq!(
        changes(&[recorded], &[now], &[(0, answer)]),
        [
            "`requires(@Nat.0 < 101)` of `f` is new, and asks for nothing new.",
            "! `requires(@Nat.1 > 5)` of `f` asks for more than before: a call with `@Nat.1 = 0` was allowed.",
            "`requires(@Nat.0 <= 100)` of `f` is gone.",
            "`ensures(@Nat.result <= @Nat.1)` of `f` is gone, and follows from what is promised.",
            "! `ensures(@Nat.result > 7)` of `f` is not promised any more.",
            "`ensures(@Nat.result < @Nat.1)` of `f` is new.",
        ]
    );
}

/// A program in a Rust file of a package: recorded, compared, and kept apart from the others of that file.
#[test]
fn programs_in_rust_files_are_entries_of_their_own() {
    let package = tempfile::tempdir().expect("a folder");
    let file = package.path().join("src").join("lib.rs");
    std::fs::create_dir(file.parent().expect("it has one")).expect("made");
    std::fs::write(&file, "").expect("written");
    let entry = |name: &str| super::inline::Entry::new(package.path(), &file, name);
    let program = |ensures: &str| {
        let text = format!(
            "public fn one(@Int -> @Int) requires(true) ensures({ensures}) effects(pure) {{ if @Int.0 > 1 then {{ @Int.0 }} else \
             {{ 1 }} }}"
        );
        verified(text)
    };
    let strong = program("@Int.result >= 1");
    let contracts = |found: &Verification| Contracts::of(&found.compilation.program, found.obligations());
    let compare = |name: &str, found: &Verification| {
        entry(name).compare(&found.compilation.program, &contracts(found), &mut verified).expect("a lock")
    };
    assert_eq!(compare("a", &strong), [], "without a lock there is nothing to compare with");
    for name in ["b", "r#a"] {
        entry(name).record(&strong.compilation.program, &contracts(&strong)).expect("recorded");
    }
    let text = std::fs::read_to_string(package.path().join(super::FILE)).expect("a lock");
    let lock = Lock::parse(&text).expect("well formed");
    assert_eq!(lock.paths().collect::<Vec<_>>(), ["src/lib.rs#a", "src/lib.rs#b"]);
    assert_eq!(lock.missing(&[]).count(), 0, "build scripts do not compile them");
    assert_eq!(compare("a", &strong), []);
    assert!(compare("c", &strong).iter().all(|change| !change.is_weaker));
    assert!(compare("a", &program("@Int.result >= 0")).iter().any(|change| change.is_weaker));
    entry("a").record(&strong.compilation.program, &contracts(&strong)).expect("recorded");
    assert_eq!(std::fs::read_to_string(package.path().join(super::FILE)).expect("a lock"), text);
    std::fs::write(package.path().join(super::FILE), "vera.lock 2\n").expect("written");
    let again = entry("a").record(&strong.compilation.program, &contracts(&strong));
    assert_eq!(again, Err("vera.lock: line 1: `vera.lock 1` is expected".to_owned()));
}

/// What is gone is seen without being compiled: by the file, or by its words.
#[test]
fn programs_that_left_their_rust_file_are_noticed() {
    let package = tempfile::tempdir().expect("a folder");
    let source = |name: &str| package.path().join("src").join(name);
    std::fs::create_dir(package.path().join("src")).expect("made");
    let write = |text: &str| std::fs::write(source("lib.rs"), text).expect("written");
    write("vera! { module shop.Prices; /* ... */ }\n#[cfg(never)] vera! { module r#type; }");
    std::fs::write(source("other.rs"), "vera! { public fn f() }").expect("written");
    let entry = |file: &str, name: &str| super::inline::Entry::new(package.path(), &source(file), name);
    let text = "public fn one(-> @Int) requires(true) ensures(true) effects(pure) { 1 }";
    let program = verified(text.to_owned());
    let contracts = Contracts::of(&program.compilation.program, program.obligations());
    assert_eq!(entry("lib.rs", "prices").gone(), Ok(Vec::new()), "there is no lock");
    for (file, name) in [("lib.rs", "prices"), ("lib.rs", "r#type"), ("other.rs", "vera"), ("other.rs", "stock")] {
        entry(file, name).record(&program.compilation.program, &contracts).expect("recorded");
    }
    let gone = |file: &str, name: &str| {
        let gone = entry(file, name).gone().expect("a lock");
        assert!(gone.iter().all(|change| change.is_weaker));
        gone.into_iter().map(|change| change.description).collect::<Vec<_>>()
    };
    let said = |path: &str| format!("{path} is in vera.lock, and is not compiled any more.");
    // The other file has no such program; this one says nothing of it.
    assert!(gone("lib.rs", "prices").is_empty());
    assert_eq!(gone("other.rs", "vera"), [said("src/other.rs#stock")]);
    write("vera! { module shop.Stock; /* prices_of */ }");
    assert_eq!(gone("lib.rs", "stock"), [said("src/lib.rs#prices"), said("src/lib.rs#type")]);
    std::fs::remove_file(source("other.rs")).expect("removed");
    write("vera! { module shop.prices; } type A = u8;");
    assert_eq!(gone("lib.rs", "prices"), [said("src/other.rs#stock"), said("src/other.rs#vera")]);
    let text = std::fs::read_to_string(package.path().join(super::FILE)).expect("a lock");
    let lock = Lock::parse(&text).expect("well formed");
    assert_eq!(super::inline::gone(&lock, package.path(), |_| true).count(), 2);
}

fn verified(text: String) -> Verification {
    let engines = vera_solver::engines(vera_solver::Choice::Embedded, &vera_solver::Limits::default());
    let mut solver = vera_solver::Session::new(engines, vera_solver::Limits::default());
    let source = Source { name: "a.vera".into(), text };
    driver::verify(source, &crate::FileLoader::new(None), &Options::default(), &mut solver)
}
