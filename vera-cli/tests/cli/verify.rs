//! `vera verify`.

use crate::harness::{BAD, Sandbox};
use serde_json::{Value, json};

const PROVED: &str = "public fn next(@Int -> @Int)
  requires(@Int.0 > 0 && @Int.0 < 100)
  ensures(@Int.result > 0)
  effects(pure)
{
  @Int.0 + 1
}
";

const OPEN: &str = "public fn sum(@Int, @Int -> @Int)
  requires(true)
  ensures(@Int.result == @Int.1 + @Int.0)
  effects(pure)
{
  @Int.1 + @Int.0
}
";

const BROKEN: &str = "public fn rest(@Nat, @Nat -> @Nat)
  requires(@Nat.0 < 1000)
  ensures(true)
  effects(pure)
{
  @Nat.1 - @Nat.0
}
";

fn programs() -> Sandbox {
    Sandbox::new(&[("proved.vera", PROVED), ("open.vera", OPEN), ("broken.vera", BROKEN), ("bad.vera", BAD)])
}

#[test]
fn counts_are_printed_as_the_reference_prints_them() {
    let sandbox = programs();
    sandbox.vera(&["verify", "proved.vera"]).is(0, "OK: proved.vera\nVerification: 3 verified (Tier 1)\n");
    let open = "OK: open.vera\nVerification: 3 verified (Tier 1), 1 runtime checks (Tier 3)\n";
    sandbox.vera(&["verify", "open.vera"]).is(0, open);
    sandbox.vera(&["verify", "--quiet", "open.vera"]).is(0, "");
    sandbox.write("none.vera", b"private data A {\n  B\n}\n");
    sandbox.vera(&["verify", "none.vera"]).is(0, "OK: none.vera\nVerification: no contracts\n");
}

#[test]
fn what_an_input_breaks_fails_with_the_input() {
    let outcome = programs().vera(&["verify", "broken.vera"]);
    outcome.fails(1, "error[E502]: `@Nat.1 - @Nat.0` is negative");
    outcome.fails(1, "when `@Nat.1 = ");
    outcome.fails(1, "`requires(@Nat.1 >= @Nat.0)`");
    assert_eq!(outcome.stdout, "");
}

/// The types without literals are in counterexamples as the command reads them.
#[test]
fn hidden_types_are_in_counterexamples() {
    let text = "public fn first(@Map<String, Int>, @Set<Bool>, @Decimal, @Int -> @Int)
  requires(true)
  ensures(@Int.result > 0)
  effects(pure)
{
  @Int.0
}
";
    let sandbox = Sandbox::new(&[("a.vera", text)]);
    let outcome = sandbox.vera(&["verify", "a.vera"]);
    outcome.fails(1, "`@Map<String, Int>.0 = {}, @Set<Bool>.0 = {}, @Decimal.0 = 0, @Int.0 = ");
}

#[test]
fn a_precondition_that_is_false_is_not_a_premise() {
    let text = "private fn never(@Int -> @Int)
  requires(false)
  ensures(@Int.result == 1)
  effects(pure)
{
  @Int.0
}

public fn caller(@Int -> @Int)
  requires(true)
  ensures(@Int.result == 1)
  effects(pure)
{
  never(@Int.0)
}
";
    let sandbox = Sandbox::new(&[("a.vera", text)]);
    let outcome = sandbox.vera(&["verify", "a.vera"]);
    outcome.fails(1, "E501");
    outcome.fails(1, "E538");
}

#[test]
fn json_has_the_counts_and_every_obligation() {
    let sandbox = programs();
    let report = sandbox.vera(&["verify", "--json", "open.vera"]).json(0);
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&report), ["ok", "file", "diagnostics", "warnings", "verification", "obligations"]);
    let counts = json!({
        "tier1_verified": 3, "tier3_runtime": 1, "total": 4, "assumptions": 0, "timeout_ms": 1000,
    });
    assert_eq!(report["verification"], counts);
    let obligation = |index: usize| {
        let found = &report["obligations"][index];
        (found["kind"].clone(), found["status"].clone(), found["location"]["line"].clone(), found["error_code"].clone())
    };
    assert_eq!(obligation(0), (json!("requires"), json!("verified"), json!(2), json!("")));
    assert_eq!(obligation(1), (json!("int_overflow"), json!("tier3"), json!(6), json!("E528")));
    assert_eq!(obligation(3), (json!("ensures"), json!("verified"), json!(3), json!("")));
    assert!(report["obligations"][1]["counterexample"][0]["slot"].is_string());
    let report = sandbox.vera(&["verify", "--json", "--timeout-ms", "50", "broken.vera"]).json(1);
    assert_eq!((&report["ok"], &report["verification"]["timeout_ms"]), (&json!(false), &json!(50)));
    assert_eq!(report["verification"]["total"], 2);
    assert_eq!(report["diagnostics"][0]["error_code"], "E502");
    assert_eq!(report["obligations"][1]["status"], "violated");
}

#[test]
fn a_program_with_other_mistakes_is_not_verified() {
    let sandbox = programs();
    sandbox.vera(&["verify", "bad.vera"]).fails(1, "error[E130]");
    let report = sandbox.vera(&["verify", "--json", "bad.vera"]).json(1);
    assert_eq!((&report["diagnostics"][0]["error_code"], &report["verification"]), (&json!("E130"), &Value::Null));
    sandbox.vera(&["verify", "none.vera"]).fails(1, "Error: file not found: none.vera");
}

#[test]
fn what_is_left_to_run_time_is_explained_when_asked() {
    let sandbox = programs();
    let outcome = sandbox.vera(&["verify", "--explain", "open.vera"]);
    assert_eq!(outcome.status, Some(0));
    assert!(
        outcome.stderr.contains("warning[E528]: `@Int.1 + @Int.0` does not fit in 64 bits when"),
        "{}",
        outcome.stderr
    );
    assert!(sandbox.vera(&["verify", "open.vera"]).stderr.is_empty());
}

#[test]
fn several_programs_are_verified_all() {
    let sandbox = programs();
    let outcome = sandbox.vera(&["verify", "broken.vera", "proved.vera", "none.vera"]);
    assert_eq!(outcome.status, Some(1));
    assert_eq!(outcome.stdout, "OK: proved.vera\nVerification: 3 verified (Tier 1)\n");
    assert!(outcome.stderr.ends_with("2 of 3 programs refused\n"), "{}", outcome.stderr);
    let reports = sandbox.vera(&["verify", "--json", "broken.vera", "proved.vera"]).json(1);
    assert_eq!((&reports[0]["ok"], &reports[1]["ok"]), (&json!(false), &json!(true)));
}

#[test]
fn one_thread_and_four_say_the_same() {
    let sandbox = programs();
    let run = |threads: &str| {
        let mut command =
            sandbox.command(&["verify", "--explain", "--json", "broken.vera", "proved.vera", "open.vera"]);
        let output = command.env("VERA_THREADS", threads).env("VERA_CACHE", "").output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let one = run("1");
    assert!(one.1.contains("\"obligations\""), "{}", one.1);
    assert_eq!(run("4"), one);
}

#[test]
fn the_solver_is_chosen_by_option_or_environment() {
    let sandbox = programs();
    // What is plain is decided without one.
    let off = sandbox.vera(&["verify", "--solver", "off", "proved.vera"]);
    assert!(off.status == Some(0) && off.stdout.contains("runtime checks (Tier 3)"), "{}", off.stdout);
    let mut command = sandbox.command(&["verify", "proved.vera"]);
    let output = command.env("VERA_SOLVER", "off").output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), off.stdout);
    let output = sandbox.command(&["verify", "proved.vera"]).env("VERA_SOLVER", "best").output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("VERA_SOLVER: `best` is not a solver"));
    let output = sandbox.command(&["verify", "proved.vera"]).env("VERA_THREADS", "0").output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("VERA_THREADS: `0` is not a number of threads"));
    sandbox.vera(&["verify", "--solver", "best", "proved.vera"]).fails(2, "`best` is not a solver");
    sandbox.vera(&["verify", "--timeout-ms", "0", "proved.vera"]).fails(2, "--timeout-ms");
}
