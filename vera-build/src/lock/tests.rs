use super::changes::{Change, Comparison, Verdict};
use super::follow::Answer;
use super::text::one_line;
use super::{Known, Lock, LockedFile, LockedFunction};

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
