use super::{JsonCounts, Told, errors, obligations_json, runtime, summary};
use crate::check;
use crate::diagnostics::{Diagnostics, render_text_all};
use crate::source::MemoryLoader;
use crate::tir::Checked;
use crate::verify::obligation::{Counterexample, Kind, Obligation, Outcome, Premises, Proof, Reason, Verified};
use crate::verify::obligations::table;

fn checked(text: &str) -> Checked {
    let options = check::Options { strict: false };
    let outcome = check::check(check::Source { name: "main.vera", text }, &MemoryLoader::new(), options);
    outcome.result.unwrap_or_else(|_| panic!("{:?}", outcome.diagnostics))
}

/// What came of the obligations of a program; those that `outcome` says nothing of are proved.
fn verified(checked: &Checked, outcome: impl Fn(&Obligation) -> Option<Outcome>) -> Vec<Verified> {
    let table = table(checked.program());
    let proved = || Outcome::Proved(Proof::default());
    let each = |obligation: &Obligation| Verified {
        obligation: obligation.clone(),
        outcome: outcome(obligation).unwrap_or_else(proved),
        is_checked: true,
    };
    table.list().iter().map(each).collect()
}

fn example(values: &[(&str, &str)], always: bool) -> Counterexample {
    let values = values.iter().map(|(slot, value)| ((*slot).to_owned(), (*value).to_owned())).collect();
    Counterexample { values, always }
}

fn text(checked: &Checked, diagnostics: &Diagnostics) -> String {
    render_text_all(diagnostics, &checked.program().sources)
}

const OPERATIONS: &str = "type Pos = { @Int | @Int.0 > 0 };
private data Range invariant(match @Range.0 { MkRange(@Int, @Int) -> @Int.1 <= @Int.0 }) {
  MkRange(Int, Int)
}
private fn half(@Int -> @Int)
  requires(@Int.0 % 2 == 0)
  ensures(true)
  effects(pure)
{
  @Int.0 / 2
}
public fn f(@Array<Int>, @Float64, @Nat, @Nat, @Int, @Int -> @Int)
  requires(true)
  ensures(@Int.result > 0)
  effects(pure)
{
  let @Int = half(@Int.0 + 1);
  let @Nat = @Nat.0 - @Nat.1;
  let @Nat = @Int.1;
  let @Pos = @Int.2;
  let @Range = MkRange(@Int.1, @Int.2);
  let @Int = @Int.0 / (@Int.1 - 1);
  let @Int = @Array<Int>.0[@Int.0];
  let @Int = floor(@Float64.0);
  assert(@Int.0 > 5);
  -@Int.0
}
";

#[test]
fn what_an_input_breaks_is_an_error_with_the_input_and_a_fix() {
    let checked = checked(OPERATIONS);
    let found = verified(&checked, |obligation| {
        let refuted = obligation.owner.function().is_some_and(|it| checked.program().function(it).name == "f");
        let values = example(&[("@Nat.1", "200"), ("@Nat.0", "101"), ("@Int.0", "-3")], true);
        (refuted && obligation.kind != Kind::Requires).then_some(Outcome::Refuted(values))
    });
    let errors = errors(checked.program(), &found);
    insta::assert_snapshot!("refuted", text(&checked, &errors));
}

#[test]
fn a_promise_is_asked_of_callers_where_the_body_is_one_expression() {
    let checked = checked(
        "public fn difference(@Int, @Int -> @Int)
  requires(true)
  ensures(@Int.result >= 0)
  effects(pure)
{
  @Int.1 - @Int.0
}
",
    );
    let found = verified(&checked, |obligation| {
        let values = example(&[("@Int.1", "0"), ("@Int.0", "1"), ("@Int.result", "-1")], false);
        (obligation.kind == Kind::Ensures).then_some(Outcome::Refuted(values))
    });
    insta::assert_snapshot!("promise", text(&checked, &errors(checked.program(), &found)));
}

/// An element is within bounds where the call is, and not for every argument.
#[test]
fn a_precondition_has_a_value_for_all_arguments() {
    let checked = checked(
        "private fn small(@Nat -> @Nat)
  requires(@Nat.0 <= 10)
  ensures(true)
  effects(pure)
{
  @Nat.0
}
public fn f(@Array<Nat>, @Nat -> @Nat)
  requires(true)
  ensures(true)
  effects(pure)
{
  if @Nat.0 < array_length(@Array<Nat>.0) then { small(@Array<Nat>.0[@Nat.0]) } else { 0 }
}
",
    );
    let broken = Outcome::Refuted(example(&[("@Nat.0", "0"), ("@Array<Nat>.0", "[11]")], false));
    let found = verified(&checked, |obligation| (obligation.kind == Kind::CallPre).then(|| broken.clone()));
    let text = text(&checked, &errors(checked.program(), &found));
    assert!(text.contains("Test it first: `if @Array<Nat>.0[@Nat.0] <= 10 then { ... } else { ... }`."), "{text}");
    assert!(!text.contains("requires(@Array"), "{text}");
}

#[test]
fn a_fix_asks_for_nothing_that_is_stated_or_has_no_argument() {
    let checked = checked(
        "public fn up(@Nat, @Nat -> @Nat)
  requires(true)
  ensures(true)
  decreases(@Nat.1 - @Nat.0)
  effects(pure)
{
  if @Nat.0 == @Nat.1 then { 0 } else { up(@Nat.1, @Nat.0 + 1) }
}
public fn stated(@Nat, @Nat -> @Nat)
  requires(@Nat.1 >= @Nat.0)
  ensures(true)
  decreases(@Nat.1 - @Nat.0)
  effects(pure)
{
  if @Nat.0 > @Nat.1 then { 0 } else { stated(@Nat.1, @Nat.0 + 1) }
}
public fn constants(-> @Int)
  requires(true)
  ensures(@Int.result > 0)
  effects(pure)
{
  let @Nat = 0 - 1;
  0
}
type Pos = { @Int | @Int.0 > 0 };
public fn state(@Int -> @Int)
  requires(@Int.0 > 0)
  ensures(true)
  effects(pure)
{
  handle[State<Pos>](@Pos = @Int.0) {
    get(@Unit) -> { resume(@Pos.0) },
    put(@Pos) -> { resume(()) } with @Pos = @Pos.0
  } in {
    put(get(()) - 2);
    get(())
  }
}
",
    );
    let found = verified(&checked, |obligation| {
        let values = example(&[("@Nat.1", "0"), ("@Nat.0", "1")], true);
        let measure = obligation.kind == Kind::NatSub;
        let state = obligation.kind == Kind::RefineBind && obligation.text == "get(()) - 2";
        let constant = matches!(obligation.text.as_str(), "0 - 1" | "@Int.result > 0");
        (measure || constant || state).then_some(Outcome::Refuted(values))
    });
    insta::assert_snapshot!("asked", text(&checked, &errors(checked.program(), &found)));
}

#[test]
fn what_may_fail_is_left_to_run_time() {
    let checked = checked(OPERATIONS);
    let found = verified(&checked, |obligation| match obligation.kind {
        Kind::IndexBounds | Kind::IntOverflow | Kind::Assert => {
            Some(Outcome::Refuted(example(&[("@Int.0", "7")], false)))
        }
        Kind::FloatToIntDomain => Some(Outcome::Unproved(Reason::Unknown(None))),
        _ => None,
    });
    assert!(errors(checked.program(), &found).is_empty());
    insta::assert_snapshot!("runtime", text(&checked, &runtime(checked.program(), &found, &[], Told::All)));
    let contracts = runtime(checked.program(), &found, &[], Told::Contracts);
    assert_eq!(contracts.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["E535"]);
}

#[test]
fn each_reason_says_what_would_be_needed() {
    let text_of = "private fn g(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  @Int.0
}
public fn f(@Int -> @Int)
  requires(true)
  ensures(@Int.result > 1)
  ensures(@Int.result > 2)
  ensures(@Int.result > 3)
  ensures(@Int.result > 4)
  decreases(@Int.0)
  effects(pure)
{
  if @Int.0 > 100 then { g(@Int.0) } else { f(@Int.0 - 1) }
}
";
    let checked = checked(text_of);
    let found = verified(&checked, |obligation| {
        Some(Outcome::Unproved(match (obligation.kind, obligation.text.as_str()) {
            (Kind::Ensures, "@Int.result > 1") => Reason::Unknown(None),
            (Kind::Ensures, "@Int.result > 2") => Reason::Unsupported("a recursive call".to_owned()),
            (Kind::Ensures, "@Int.result > 3") => Reason::Solver("timeout".to_owned()),
            (Kind::Ensures, "@Int.result > 4") => Reason::Budget,
            (Kind::Decreases, _) => Reason::Unknown(Some(example(&[("@Int.0", "-1")], false))),
            _ => return None,
        }))
    });
    insta::assert_snapshot!("reasons", text(&checked, &runtime(checked.program(), &found, &[], Told::All)));
}

#[test]
fn what_the_program_does_not_check_is_not_said_to_be_checked() {
    let checked = checked(
        "private fn down(@Int -> @Int)
  requires(true) ensures(true) decreases(@Int.0) effects(pure)
{ if @Int.0 == 0 then { 0 } else { down(@Int.0 - 1) } }
",
    );
    let measure =
        |each: &Obligation| (each.kind == Kind::Decreases).then_some(Outcome::Unproved(Reason::Unknown(None)));
    let mut found = verified(&checked, measure);
    let told = |found: &[Verified]| text(&checked, &runtime(checked.program(), found, &[], Told::All));
    assert!(told(&found).contains("is not proved. It is checked at run time."));
    found.iter_mut().for_each(|each| each.is_checked = false);
    assert!(told(&found).contains("is not proved. Not every recursive call checks it at run time."));
}

#[test]
fn contradictions_and_what_rests_on_assumptions() {
    let checked = checked(
        "private fn none(@Int -> @Int)
  requires(true)
  requires(@Int.0 > 3 && @Int.0 < 2)
  ensures(@Int.result == 77)
  effects(pure)
{
  @Int.0
}
public fn derived(@Int -> @Int)
  requires(true)
  ensures(@Int.result == 42)
  effects(pure)
{
  none(@Int.0)
}
public fn taken(@Int -> @Int)
  requires(true)
  ensures(@Int.result > 0)
  effects(pure)
{
  assume(@Int.0 > 0);
  @Int.0
}
",
    );
    let program = checked.program();
    let assumptions = table(program).assumptions().to_vec();
    let found = verified(&checked, |obligation| {
        let name = &program.function(obligation.owner.function()?).name;
        match (name.as_str(), obligation.kind) {
            ("none", _) => Some(Outcome::Vacuous(Premises::Declared)),
            ("derived", _) => Some(Outcome::Vacuous(Premises::Derived)),
            (_, Kind::Ensures) => {
                Some(Outcome::Proved(Proof { assumed: vec![assumptions[0].span], ..Proof::default() }))
            }
            _ => None,
        }
    });
    let mut told = errors(program, &found);
    told.extend(runtime(program, &found, &assumptions, Told::Contracts));
    insta::assert_snapshot!("premises", text(&checked, &told));
    let counts = JsonCounts::new(&found, assumptions.len(), 1_000);
    assert_eq!((counts.tier1_verified, counts.tier3_runtime, counts.total, counts.assumptions), (2, 0, 2, 1));
}

#[test]
fn counts_and_lists_leave_out_what_is_broken_or_of_no_interest() {
    let checked = checked(
        "private fn half(@Int -> @Int)
  requires(@Int.0 % 2 == 0)
  ensures(true)
  effects(pure)
{
  @Int.0 / 2
}
public fn f(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  half(@Int.0) + half(-@Int.0)
}
",
    );
    let outcome = |obligation: &Obligation| match (obligation.kind, obligation.text.as_str()) {
        (Kind::CallPre, _) => Some(Outcome::Unproved(Reason::Budget)),
        (Kind::IntOverflow, "half(@Int.0) + half(-@Int.0)") => Some(Outcome::Refuted(example(&[], true))),
        (Kind::IntOverflow, _) => Some(Outcome::Refuted(example(&[("@Int.0", "-9223372036854775808")], false))),
        _ => None,
    };
    let found = verified(&checked, outcome);
    let summary = summary(&found);
    assert_eq!((summary.verified, summary.runtime, summary.violated), (4, 2, 1));
    let json = obligations_json(checked.program(), &found);
    insta::assert_snapshot!("json", serde_json::to_string_pretty(&json).expect("JSON"));
}
