//! `vera test`.

use crate::harness::Sandbox;
use serde_json::{Value, json};

const PROGRAM: &str = "private data List {
  Nil,
  Cons(Int, List)
}

public fn proved(@Int -> @Int)
  requires(@Int.0 > 0 && @Int.0 < 100)
  ensures(@Int.result > @Int.0)
  effects(pure)
{
  @Int.0 + 1
}

public fn length(@List -> @Int)
  requires(true)
  ensures(@Int.result >= 0)
  decreases(@List.0)
  effects(pure)
{
  match @List.0 {
    Nil -> 0,
    Cons(@Int, @List) -> 1 + length(@List.0)
  }
}

public fn says_nothing(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  @Int.0
}
";

/// What is in a text no solver finds.
const FAILING: &str = "public fn echo(@String -> @String)
  requires(true)
  ensures(!string_contains(@String.result, \"ab\"))
  effects(pure)
{
  @String.0
}
";

/// The interpreter has no regular expressions.
const WITH_LIBRARY: &str = "public fn digits(@String -> @Bool)
  requires(true)
  ensures(@Bool.result)
  effects(pure)
{
  match regex_match(@String.0, \"^[0-9]*$\") {
    Ok(@Bool) -> @Bool.0,
    Err(_) -> false
  }
}

public fn words(@String, @Array<Int> -> @Int)
  requires(match regex_match(@String.0, \"^[a-z]*$\") { Ok(@Bool) -> @Bool.0, Err(_) -> false })
  ensures(@Int.result >= 0)
  effects(pure)
{
  match regex_match(@String.0, \"[0-9]\") {
    Ok(@Bool) -> if @Bool.0 then { -1 } else { 1 },
    Err(_) -> -2
  }
}

public fn large(@Int -> @Int)
  requires(@Int.0 > 9000000000000000000)
  ensures(@Int.result == @Int.0 * 2)
  effects(pure)
{
  @Int.0 * 2
}

effect Clock {
  op now(Unit -> Int);
}

public fn performs(@Unit -> @Int)
  requires(true)
  ensures(@Int.result > 0)
  effects(<Clock>)
{
  Clock.now(())
}
";

#[test]
fn what_needs_the_library_runs_compiled() {
    let sandbox = Sandbox::new(&[("a.vera", WITH_LIBRARY)]);
    let outcome = sandbox.vera(&["test", "--trials", "30", "a.vera"]);
    assert_eq!(outcome.status, Some(1), "{outcome:?}");
    let [digits, words, large] = ["digits", "words", "large"].map(|name| {
        let lines: Vec<&str> =
            outcome.stdout.lines().skip_while(|line| !line.starts_with(&format!("  {name} "))).collect();
        lines.into_iter().take(3).collect::<Vec<_>>().join("\n")
    });
    assert!(digits.contains("FAILED") && digits.contains("a.vera:3:3: contract_violation"), "{}", outcome.stdout);
    assert!(words.contains("TESTED (30 of 30 trials passed)"), "{}", outcome.stdout);
    assert!(large.contains("SKIPPED (none of 30 runs has a result)"), "{}", outcome.stdout);
}

#[test]
fn functions_that_are_not_proved_are_tried() {
    let sandbox = Sandbox::new(&[("a.vera", PROGRAM)]);
    let outcome = sandbox.vera(&["test", "a.vera"]);
    let lines = [
        "Testing: a.vera",
        "",
        "  proved .................................. VERIFIED (Tier 1 (proved))",
        "  length .................................. TESTED (100 of 100 trials passed)",
        "  says_nothing ............................ SKIPPED (its contract says nothing)",
        "",
        "Results: 0 failed, 1 tested with 100 trials, 1 verified, 1 skipped",
        "",
    ];
    outcome.is(0, &lines.join("\n"));
}

#[test]
fn an_input_that_fails_is_made_small() {
    let sandbox = Sandbox::new(&[("a.vera", FAILING)]);
    let report = |seed: &str| sandbox.vera(&["test", "--json", "--seed", seed, "a.vera"]).json(1);
    let found: Value = report("1");
    assert_eq!(found["ok"], json!(false));
    let function = &found["functions"][0];
    assert_eq!(function["category"], json!("failed"));
    assert_eq!(function["failures"][0]["args"], json!({ "@String.0": "\"ab\"" }));
    assert_eq!(
        function["failures"][0]["error"],
        json!("a.vera:3:3: contract_violation `ensures(!string_contains(@String.result, \"ab\"))`")
    );
    assert_eq!(report("1"), found, "the same seed gives the same inputs");
}

#[test]
fn one_function_can_be_chosen_and_proofs_be_distrusted() {
    let sandbox = Sandbox::new(&[("a.vera", PROGRAM)]);
    let found = sandbox.vera(&["test", "--json", "--fn", "proved", "--distrust", "--trials", "7", "a.vera"]).json(0);
    assert_eq!(found["functions"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["summary"]["total_passes"], json!(7));
    let unknown = sandbox.vera(&["test", "--fn", "other", "a.vera"]);
    unknown.fails(1, "there is no public function `other`");
}

/// Types whose representation is hidden, alone and within others.
const HIDDEN: &str = "public fn few(@Map<String, Int> -> @Bool)
  requires(true)
  ensures(map_size(@Map<String, Int>.0) < 2)
  effects(pure)
{
  true
}

public fn none_is_large(@Set<Int> -> @Bool)
  requires(set_size(@Set<Int>.0) > 1)
  ensures(@Bool.result)
  effects(pure)
{
  !array_any(set_to_array(@Set<Int>.0), fn(@Int -> @Bool) effects(pure) { @Int.0 > 5 })
}

public fn is_whole(@Decimal -> @Decimal)
  requires(true)
  ensures(decimal_eq(@Decimal.result, @Decimal.0))
  effects(pure)
{
  decimal_round(@Decimal.0, 0)
}

public fn no_object(@Json -> @Bool)
  requires(true)
  ensures(@Bool.result)
  effects(pure)
{
  match @Json.0 {
    JObject(@Map<String, Json>) -> map_size(@Map<String, Json>.0) == 0,
    _ -> true
  }
}

public fn no_link(@HtmlNode -> @Bool)
  requires(true)
  ensures(@Bool.result)
  effects(pure)
{
  match @HtmlNode.0 {
    HtmlElement(_, @Map<String, String>, _) -> map_size(@Map<String, String>.0) == 0,
    _ -> true
  }
}

private data Key {
  Amount(Decimal),
  Measure(Float64),
  Names(Set<Float64>)
}

public fn keys_are_distinct(@Map<Key, Int>, @Map<Map<Decimal, Bool>, Byte> -> @Bool)
  requires(true)
  ensures(@Bool.result)
  effects(pure)
{
  let @Map<Key, Int> = array_fold(map_keys(@Map<Key, Int>.0), map_new(), fn(@Map<Key, Int>, @Key -> @Map<Key, Int>) effects(pure) { map_insert(@Map<Key, Int>.0, @Key.0, 0) });
  let @Set<Map<Decimal, Bool>> = array_fold(map_keys(@Map<Map<Decimal, Bool>, Byte>.0), set_new(), fn(@Set<Map<Decimal, Bool>>, @Map<Decimal, Bool> -> @Set<Map<Decimal, Bool>>) effects(pure) { set_add(@Set<Map<Decimal, Bool>>.0, @Map<Decimal, Bool>.0) });
  map_size(@Map<Key, Int>.0) == map_size(@Map<Key, Int>.1) && set_size(@Set<Map<Decimal, Bool>>.0) == map_size(@Map<Map<Decimal, Bool>, Byte>.0)
}
";

#[test]
fn hidden_types_have_inputs() {
    let sandbox = Sandbox::new(&[("a.vera", HIDDEN)]);
    let found = sandbox.vera(&["test", "--json", "--trials", "300", "a.vera"]).json(1);
    let arguments = |name: &str| -> Value {
        let functions = found["functions"].as_array().expect("functions");
        let function = functions.iter().find(|each| each["name"] == json!(name)).expect("tested");
        function["failures"][0]["args"].clone()
    };
    assert_eq!(arguments("none_is_large"), json!({ "@Set<Int>.0": "{6, 0}" }));
    assert_eq!(arguments("is_whole"), json!({ "@Decimal.0": "0.1" }));
    assert_eq!(arguments("no_object"), json!({ "@Json.0": "JObject({\"\": JNumber(0.0)})" }));
    assert_eq!(arguments("no_link"), json!({ "@HtmlNode.0": "HtmlElement(\"\", {\"\": \"\"}, [])" }));
    let few = arguments("few")["@Map<String, Int>.0"].as_str().expect("a map").to_owned();
    assert!(few.starts_with("{\"\": 0, \"") && few.ends_with("\": 0}") && few.len() == 15, "{few}");
    assert_eq!(found["summary"]["passed"], json!(1), "the keys of generated maps are distinct: {found}");
}

#[test]
fn inputs_that_failed_are_arguments_of_run() {
    let sandbox = Sandbox::new(&[("a.vera", HIDDEN)]);
    let failing = [("is_whole", "0.1"), ("no_object", "JObject({\"\": JNull})"), ("none_is_large", "{6, 0}")];
    for (name, argument) in failing {
        let outcome = sandbox.vera(&["run", "a.vera", "--fn", name, "--", argument]);
        assert_ne!(outcome.status, Some(0), "{outcome:?}");
        assert!(outcome.stderr.contains("ensures"), "{outcome:?}");
    }
}

/// The compiled program compares the measure of a function with that of its last call only.
#[test]
fn tests_stop_where_runs_stop() {
    let text = "public fn there(@Nat -> @Nat)
  requires(true)
  ensures(@Nat.result == 1)
  decreases(@Nat.0)
  effects(pure)
{
  if @Nat.0 == 0 then { 1 } else { back(@Nat.0) }
}

private fn back(@Nat -> @Nat)
  requires(true)
  ensures(@Nat.result < 3)
  decreases(@Nat.0)
  effects(pure)
{
  if @Nat.0 == 0 then { 0 } else { if there(@Nat.0 - 1) == 1 then { 2 } else { 0 } }
}

public fn around(@Nat -> @Nat)
  requires(true)
  ensures(@Nat.result == 0)
  decreases(@Nat.0)
  effects(pure)
{
  if @Nat.0 == 0 then { 0 } else { again(@Nat.0) }
}

private fn again(@Nat -> @Nat)
  requires(true)
  ensures(true)
  decreases(@Nat.0)
  effects(pure)
{
  around(@Nat.0)
}
";
    let sandbox = Sandbox::new(&[("a.vera", text)]);
    let outcome = sandbox.vera(&["test", "a.vera"]);
    assert_eq!(outcome.status, Some(1), "{outcome:?}");
    assert!(
        outcome.stdout.contains("there ................................... FAILED (an input breaks it)"),
        "{outcome:?}"
    );
    let around = "@Nat.0 = 1\n    a.vera:22:3: contract_violation `decreases(@Nat.0)`";
    assert!(outcome.stdout.contains(around), "{outcome:?}");
    sandbox.vera(&["run", "a.vera", "--fn", "there", "--", "1"]).fails(1, "ensures(@Nat.result == 1) failed");
}
