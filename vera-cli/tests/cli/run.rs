//! `vera run`.

use crate::harness::{BAD, GOOD, HOLE, Sandbox, main_of};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};

fn program(result: &str, effects: &str, body: &str) -> Sandbox {
    Sandbox::new(&[("p.vera", &main_of(result, effects, body))])
}

#[test]
fn values_are_printed_and_reported() {
    for (result, body, printed, value) in [
        ("Int", "-7", "-7\n", json!(-7)),
        ("Nat", "7", "7\n", json!(7)),
        ("Float64", "1.5", "1.5\n", json!(1.5)),
        ("Float64", "nan()", "nan\n", json!("nan")),
        ("Bool", "1 < 2", "1\n", json!(1)),
        ("Unit", "()", "", json!(null)),
        ("String", r#""hé""#, "hé\n", json!("hé")),
        ("String", r#""line\n""#, "line\n", json!("line\n")),
        ("Array<Int>", "[1, 2]", "[1, 2]\n", json!("[1, 2]")),
        ("Option<Int>", "Some(3)", "Some(3)\n", json!("Some(3)")),
    ] {
        let sandbox = program(result, "pure", body);
        sandbox.vera(&["run", "p.vera"]).is(0, printed);
        let report = sandbox.vera(&["run", "--json", "p.vera"]).json(0);
        let expected = json!({ "ok": true, "file": "p.vera", "function": "main", "value": value, "stdout": "" });
        assert_eq!(report, expected, "{result}: {body}");
    }
}

#[test]
fn a_program_that_prints_has_its_lines_ended_and_its_value_kept() {
    for (text, printed) in [("a", "a\n"), (r"a\n", "a\n"), (r"a\nb", "a\nb\n")] {
        let sandbox = program("Int", "<IO>", &format!("IO.print(\"{text}\");\n  5"));
        sandbox.vera(&["run", "p.vera"]).is(0, printed);
        let report = sandbox.vera(&["run", "--json", "p.vera"]).json(0);
        assert_eq!((&report["value"], &report["stdout"]), (&json!(5), &json!(text.replace(r"\n", "\n"))));
    }
    let outcome = program("Unit", "<IO>", "IO.stderr(\"oh\")").vera(&["run", "p.vera"]);
    assert_eq!((outcome.status, &*outcome.stdout, &*outcome.stderr), (Some(0), "", "oh\n"));
}

#[test]
fn exit_gives_the_status() {
    for (code, status) in [(0, 0), (3, 3), (256, 0), (-1, 255)] {
        let sandbox = program("Unit", "<IO>", &format!("IO.print(\"bye\");\n  IO.exit({code})"));
        sandbox.vera(&["run", "p.vera"]).is(status, "bye\n");
        let report = sandbox.vera(&["run", "--json", "p.vera"]).json(status);
        let expected = json!({
            "ok": true, "file": "p.vera", "function": "main", "value": null, "stdout": "bye", "exit_code": status,
        });
        assert_eq!(report, expected);
    }
}

const SHOP: &str = "\
private fn hidden(@Unit -> @Int)
  requires(true) ensures(true) effects(pure)
{ 1 }

public fn half(@Int, @Int -> @Int)
  requires(@Int.0 != 0)
  ensures(true)
  effects(pure)
{
  @Int.1 / @Int.0
}

public fn many(@Int, @Float64, @Bool, @String, @Byte -> @String)
  requires(true) ensures(true) effects(pure)
{ \"\\(@Int.0) \\(@Float64.0) \\(@Bool.0) \\(@String.0) \\(@Byte.0)\" }
";

#[test]
fn functions_are_called_with_arguments_of_their_types() {
    let sandbox = Sandbox::new(&[("shop.vera", SHOP)]);
    sandbox.vera(&["run", "shop.vera", "--fn", "half", "--", "9", "-2"]).is(0, "-4\n");
    sandbox
        .vera(&["run", "--fn", "many", "shop.vera", "--", "1", "2.5", "true", "a b", "65"])
        .is(0, "1 2.5 true a b A\n");
    for (given, shown) in [("1", "true"), ("0", "false")] {
        let outcome = sandbox.vera(&["run", "--fn", "many", "shop.vera", "--", "1", "2.5", given, "a", "65"]);
        outcome.is(0, &format!("1 2.5 {shown} a A\n"));
    }
    let outcome = sandbox.vera(&["run", "shop.vera", "--", "9", "2"]);
    assert_eq!((outcome.status, &*outcome.stdout), (Some(0), "4\n"));
    assert_eq!(outcome.stderr, "Note: no 'main' declared — running public function 'half'.\n");
    for (arguments, message) in [
        (
            &["run", "shop.vera", "--fn", "none"][..],
            "Error: Function 'none' not found in exports. Available: half, many\n",
        ),
        (&["run", "shop.vera", "--fn", "hidden"], "fn hidden is private"),
        (&["run", "shop.vera", "--fn", "half", "--", "9"], "expects 2 arguments but 1 was provided."),
        (&["run", "shop.vera", "--fn", "half"], "expects 2 arguments but 0 were provided."),
        (
            &["run", "shop.vera", "--fn", "half", "--", "9", "x"],
            "Argument 'x' is not valid: expected a value of type Int",
        ),
    ] {
        sandbox.vera(arguments).fails(1, message);
    }
    let report = sandbox.vera(&["run", "--json", "--fn", "none", "shop.vera"]).json(1);
    assert_eq!(report["diagnostics"][0]["description"], "Function 'none' not found in exports. Available: half, many");
}

#[test]
fn arguments_that_no_parameter_takes_are_the_programs() {
    let asks = program("Unit", "<IO>", "IO.print(string_join(IO.args(()), \"+\"))");
    asks.vera(&["run", "p.vera", "--", "a", "b"]).is(0, "a+b\n");
    let does_not = program("Unit", "<IO>", "IO.print(\"x\")");
    let message = "Error: Function 'main' expects 0 arguments but 2 were provided.\n";
    does_not.vera(&["run", "p.vera", "--", "a", "b"]).fails(1, message);
}

#[test]
fn without_a_public_function_nothing_runs() {
    let sandbox = Sandbox::new(&[("empty.vera", ""), ("private.vera", &GOOD.replace("public", "private"))]);
    sandbox.vera(&["run", "empty.vera"]).fails(1, "Error: No exported functions to call.");
    sandbox.vera(&["run", "private.vera"]).fails(1, "fn one (private)");
    let report = sandbox.vera(&["run", "--json", "private.vera"]).json(1);
    let description = report["diagnostics"][0]["description"].as_str().expect("a text");
    assert!(description.starts_with("No exported functions to call."), "{description}");
}

#[test]
fn a_program_with_mistakes_does_not_run() {
    let sandbox = Sandbox::new(&[("bad.vera", BAD), ("hole.vera", HOLE)]);
    sandbox.vera(&["run", "bad.vera"]).fails(1, "error[E130]");
    sandbox.vera(&["run", "hole.vera"]).fails(1, "error[E614]");
    sandbox.vera(&["run", "none.vera"]).fails(1, "Error: file not found: none.vera\n");
    let report = sandbox.vera(&["run", "--json", "bad.vera"]).json(1);
    assert_eq!((&report["ok"], &report["diagnostics"][0]["error_code"]), (&json!(false), &json!("E130")));
}

#[test]
fn a_broken_contract_says_what_and_where() {
    let sandbox = Sandbox::new(&[("shop.vera", SHOP)]);
    let outcome = sandbox.vera(&["run", "shop.vera", "--fn", "half", "--", "9", "0"]);
    outcome.fails(1, "Error: Precondition violation in half(@Int, @Int -> @Int)\n  requires(@Int.0 != 0) failed\n");
    outcome.fails(1, "Source backtrace:\n  in half  (shop.vera:5-11) at line 6\n");
    let report = sandbox.vera(&["run", "--json", "shop.vera", "--fn", "half", "--", "9", "0"]).json(1);
    let diagnostic = &report["diagnostics"][0];
    assert_eq!((&report["ok"], &report["stdout"]), (&json!(false), &json!("")));
    assert_eq!((&diagnostic["severity"], &diagnostic["trap_kind"]), (&json!("error"), &json!("contract_violation")));
    let frame =
        json!({ "func": "half", "file": "shop.vera", "line_start": 5, "line_end": 11, "line": 6, "is_builtin": false });
    assert_eq!(diagnostic["frames"], json!([frame]));
    assert_eq!(diagnostic["location"], json!({ "line": 6, "column": 3, "file": "shop.vera" }));
    let value = |name: &str, value: &str| json!({ "name": name, "type": "Int", "value": value });
    assert_eq!(diagnostic["values"], json!([value("@Int.1", "9"), value("@Int.0", "0")]));
}

#[test]
fn failed_checks_show_what_they_looked_at() {
    let text = r#"
type Pos = { @Int | @Int.0 > 0 };
public data Span invariant(match @Span.0 { Span(@Int, @Int) -> @Int.1 <= @Int.0 }) { Span(Int, Int) }

private fn get(@Array<String>, @Int -> @String) requires(true) ensures(true) effects(pure)
{ @Array<String>.0[@Int.0] }

public fn index(@Int -> @String) requires(true) ensures(true) effects(pure) { get(["a", "b"], @Int.0) }

public fn grown(@Int, @String -> @String)
  requires(true)
  ensures(string_length(@String.result) > @Int.0)
  effects(pure)
{ string_concat(@String.0, "\u{1b}[31m\"") }

public fn pos(@Int -> @Pos) requires(true) ensures(true) effects(pure) { @Int.0 }

public fn span(@Int -> @Span) requires(true) ensures(true) effects(pure) { Span(@Int.0, 3) }

public fn asserted(@Int -> @Int) requires(true) ensures(true) effects(pure)
{
  let @Array<Option<Int>> = [None, Some(@Int.0)];
  assert(array_length(@Array<Option<Int>>.0) > @Int.0);
  1
}

public fn sum(@Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.0 + 9223372036854775807 }

public fn quotient(@Int -> @Int) requires(true) ensures(true) effects(pure) { 7 / @Int.0 }

public fn rounded(@Float64 -> @Int) requires(true) ensures(true) effects(pure) { round(@Float64.0) }
"#;
    let sandbox = Sandbox::new(&[("p.vera", text)]);
    for (function, arguments, values) in [
        ("index", &["2"][..], "  with index = 2, length = 2\n"),
        ("grown", &["9", "a"], "  with @String.result = \"a\\u{1b}[31m\\\"\", @Int.0 = 9\n"),
        ("pos", &["-1"], "  return value: @Int.0 > 0 failed\n  with @Pos = -1\n"),
        ("span", &["5"], "  with @Span.0 = Span(5, 3)\n"),
        ("asserted", &["5"], "  with @Array<Option<Int>>.0 = [None, Some(5)], @Int.0 = 5\n"),
        ("sum", &["1"], "`@Int.0 + 9223372036854775807` in sum\n  with left = 1, right = 9223372036854775807\n"),
        ("quotient", &["0"], "Integer division by zero: `7 / @Int.0` in quotient\n  with dividend = 7\n"),
        ("rounded", &["1e300"], "  with value = 1e300\n"),
    ] {
        let call = [&["run", "p.vera", "--fn", function, "--"], arguments].concat();
        sandbox.vera(&call).fails(1, values);
    }
}

/// Frames are told apart by function, not by name.
#[test]
fn functions_of_one_name_have_their_own_lines() {
    let text = "\
public fn first(@Int -> @Int)
  requires(true) ensures(true) effects(pure)
{
  go(@Int.0)
} where {
  fn go(@Int -> @Int)
    requires(@Int.0 > 0) ensures(true) effects(pure)
  { @Int.0 }
}

public fn second(@Int -> @Int)
  requires(true) ensures(true) effects(pure)
{
  go(@Int.0)
} where {
  fn go(@Int -> @Int)
    requires(@Int.0 > 1) ensures(true) effects(pure)
  { @Int.0 }
}
";
    let sandbox = Sandbox::new(&[("p.vera", text)]);
    let first = sandbox.vera(&["run", "p.vera", "--fn", "first", "--", "0"]);
    first.fails(1, "Source backtrace:\n  in go  (p.vera:6-8) at line 7\n  in first  (p.vera:1-9)\n");
    let second = sandbox.vera(&["run", "p.vera", "--fn", "second", "--", "0"]);
    second.fails(1, "Source backtrace:\n  in go  (p.vera:16-18) at line 17\n  in second  (p.vera:11-19)\n");
}

#[test]
fn what_was_printed_before_a_trap_is_shown() {
    let sandbox = program("Int", "<IO>", "IO.print(\"before\");\n  1 / 0");
    let outcome = sandbox.vera(&["run", "p.vera"]);
    assert_eq!((outcome.status, &*outcome.stdout), (Some(1), "before\n"));
    assert!(outcome.stderr.starts_with("Error: Integer division by zero"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("Fix:\n  State that the divisor is not 0"), "{}", outcome.stderr);
    let report = sandbox.vera(&["run", "--json", "p.vera"]).json(1);
    assert_eq!(
        (&report["stdout"], &report["diagnostics"][0]["trap_kind"]),
        (&json!("before"), &json!("divide_by_zero"))
    );
}

#[test]
fn frames_of_a_deep_recursion_are_counted_not_listed() {
    let endless = "public fn f(@Int -> @Int)\n  requires(true) ensures(true) effects(<Diverge>)\n{ 1 + f(@Int.0) }\n";
    let sandbox = Sandbox::new(&[("f.vera", endless)]);
    let outcome = sandbox.vera(&["run", "f.vera", "--", "1"]);
    assert_eq!(outcome.status, Some(1));
    assert!(outcome.stderr.contains("Call stack exhausted"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("  in f  (f.vera:1-3) at line 3  ("), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.matches("  in f").count(), 1, "{}", outcome.stderr);
}

#[test]
fn output_is_streamed() {
    let sandbox = program("Unit", "<IO>", "IO.print(\"now\\n\");\n  IO.print(IO.read_line(()))");
    let mut child = sandbox.command(&["run", "p.vera"]).spawn().expect("the command starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    assert_eq!(line, "now\n");
    // Only now does it get what it waits for.
    child.stdin.take().expect("piped").write_all(b"later\n").expect("it reads");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("the rest");
    assert_eq!(rest, "later\n");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_program_whose_reader_is_gone_stops_without_a_word() {
    let endless = "public fn main(@Unit -> @Unit)\n  requires(true)\n  ensures(true)\n  effects(<IO, Diverge>)\n{\n  \
                   IO.print(\"a line that takes some room\\n\");\n  main(())\n}\n";
    let sandbox = Sandbox::new(&[("p.vera", endless)]);
    let mut child = sandbox.command(&["run", "p.vera"]).spawn().expect("the command starts");
    drop(child.stdin.take());
    let mut first = [0];
    child.stdout.take().expect("piped").read_exact(&mut first).expect("a byte");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(141), ""));
}

#[test]
fn a_program_from_standard_input_runs() {
    let outcome = Sandbox::new(&[]).vera_with(&["run", "-"], &main_of("Int", "pure", "42"));
    outcome.is(0, "42\n");
}

#[test]
fn a_function_that_was_put_into_its_caller_is_told() {
    let text = "\
private fn ratio(@Int, @Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  @Int.1 / @Int.0
}

public fn main(@Unit -> @Unit)
  requires(true)
  ensures(true)
  effects(<IO>)
{
  IO.print(int_to_string(ratio(1, string_length(\"\"))))
}
";
    let sandbox = Sandbox::new(&[("p.vera", text)]);
    let backtrace = "Source backtrace:\n  in ratio  (p.vera:1-7) at line 6\n  in main  (p.vera:9-15) at line 14\n";
    sandbox.vera(&["run", "p.vera"]).fails(1, backtrace);
}

#[test]
fn warnings_are_shown_beside_what_a_program_prints() {
    let text = "private data Ordering {\n  Less,\n  Equal,\n  Greater\n}\n\n";
    let sandbox = Sandbox::new(&[("p.vera", &format!("{text}{}", main_of("Int", "pure", "42")))]);
    let outcome = sandbox.vera(&["run", "p.vera"]);
    assert_eq!((outcome.status, &*outcome.stdout), (Some(0), "42\n"));
    assert!(outcome.stderr.starts_with("warning[E158]"), "{}", outcome.stderr);
}
