//! `vera check --explain-slots`.

use crate::harness::{BAD, Sandbox};
use serde_json::{Value, json};

const SLOTS: &str = "\
type Age = Int;

public fn f(@Int /* width */, @Age, @Int, @Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  let @Int = @Int.0 + @Age.0;
  let Tuple<@Int, @String> = Tuple(1, \"a\");
  match Some(@Int.1) {
    Some(@Int) -> array_fold([1], @Int.0, fn(@Int, @Int -> @Int) effects(pure) {
      @Int.0 + @Int.3
    }),
    None -> h(())
  }
}
where {
  fn h(@Unit -> @Int)
    requires(true)
    ensures(true)
    effects(pure)
  {
    1
  }
}
";

const HANDLER: &str = "\
private fn h(@Unit -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  handle[State<Int>](@Int = 1) {
    get(@Unit) -> { resume(@Int.0) },
    put(@Int) -> { resume(()) } with @Int = @Int.1
  } in {
    get(())
  }
}
";

const TABLES: &str = "\
OK: slots.vera

Slot environments (index 0 is the nearest binding of its type):

  fn f(@Int, @Age, @Int, @Int -> @Int)
    @Int.0  parameter 4 (last @Int)
    @Int.1  parameter 3 (2 of 3 @Int)
    @Int.2  parameter 1 /* width */ (first @Int)
    @Age.0  parameter 2 (only @Age)
    after line 8: let @Int = @Int.0 + @Age.0;
      @Int.0  let, line 8
      @Int.1  parameter 4
      @Int.2  parameter 3
      @Int.3  parameter 1 /* width */
    after line 9: let Tuple<@Int, @String> = Tuple(1, \"a\");
      @String.0  part 2 of let, line 9
      @Int.0     part 1 of let, line 9
      @Int.1     let, line 8
      @Int.2     parameter 4
      @Int.3     parameter 3
      @Int.4     parameter 1 /* width */
    in line 11: Some(@Int)
      @Int.0  binding 1 of the pattern, line 11
      @Int.1  part 1 of let, line 9
      @Int.2  let, line 8
      @Int.3  parameter 4
      @Int.4  parameter 3
      @Int.5  parameter 1 /* width */
    in line 11: fn(@Int, @Int -> @Int) effects(pure) { ...
      @Int.0  parameter 2 of the anonymous function, line 11
      @Int.1  parameter 1 of the anonymous function, line 11
      @Int.2  binding 1 of the pattern, line 11
      @Int.3  part 1 of let, line 9
      @Int.4  let, line 8
      @Int.5  parameter 4
      @Int.6  parameter 3
      @Int.7  parameter 1 /* width */

  fn h(@Unit -> @Int)
    @Unit.0  parameter 1 (only @Unit)

";

#[test]
fn every_place_that_binds_has_a_table() {
    let sandbox = Sandbox::new(&[("slots.vera", SLOTS)]);
    sandbox.vera(&["check", "--explain-slots", "slots.vera"]).is(0, TABLES);
}

#[test]
fn a_clause_of_a_handler_sees_the_state_above_the_arguments() {
    let outcome = Sandbox::new(&[("h.vera", HANDLER)]).vera(&["check", "--explain-slots", "h.vera"]);
    let expected = "\
  fn h(@Unit -> @Int)
    @Unit.0  parameter 1 (only @Unit)
    in line 7: get(@Unit) -> { resume(@Int.0) }
      @Int.0   state, declared on line 6
      @Unit.0  argument 1 of the operation, line 7
      @Unit.1  parameter 1
    in line 8: put(@Int) -> { resume(()) } with @Int = @Int.1
      @Int.0  state, declared on line 6
      @Int.1  argument 1 of the operation, line 8

";
    assert!(outcome.stdout.ends_with(expected), "{}", outcome.stdout);
}

#[test]
fn json_has_parameters_first_and_places_apart() {
    let sandbox = Sandbox::new(&[("slots.vera", SLOTS)]);
    let report = sandbox.vera(&["check", "--explain-slots", "--json", "slots.vera"]).json(0);
    let function = &report["slot_environments"][0];
    assert_eq!(function["function"], "f");
    let slots: Vec<(Value, Value)> = function["slots"]
        .as_array()
        .expect("slots")
        .iter()
        .map(|slot| (slot["slot"].clone(), slot["parameter"].clone()))
        .collect();
    let expected = [("@Int.0", 4), ("@Int.1", 3), ("@Int.2", 1), ("@Age.0", 2)];
    assert_eq!(slots, expected.map(|(slot, parameter)| (json!(slot), json!(parameter))));
    let binders: Vec<_> = function["scopes"].as_array().expect("scopes").iter().map(|scope| &scope["binder"]).collect();
    assert_eq!(binders, ["let", "destructure", "pattern", "closure"]);
    let expected = json!({
        "slot": "@Int.1", "type": "Int", "position": 1, "binder": "closure", "line": 11, "column": 46,
    });
    assert_eq!(function["scopes"][3]["slots"][1], expected);
}

#[test]
fn a_wrong_index_is_explained_too() {
    let sandbox = Sandbox::new(&[("bad.vera", BAD)]);
    let outcome = sandbox.vera(&["check", "--explain-slots", "bad.vera"]);
    assert_eq!(outcome.status, Some(1));
    assert!(outcome.stderr.contains("error[E130]"), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("    @Unit.0  parameter 1 (only @Unit)\n"), "{}", outcome.stdout);
}

#[test]
fn many_bindings_are_counted_not_listed() {
    let lets: String = (0..100).map(|index| format!("  let @Int = {index};\n")).collect();
    let long = crate::harness::GOOD.replace("  1\n", &format!("{lets}  @Int.99\n"));
    let outcome = Sandbox::new(&[("long.vera", &long)]).vera(&["check", "--explain-slots", "long.vera"]);
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
    assert!(
        outcome.stdout.ends_with("      @Int.15  let, line 90\n      ... and 84 further\n\n"),
        "{}",
        outcome.stdout
    );
}
