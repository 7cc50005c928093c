//! Backtraces: each active function with its line, wherever the optimiser put its code.

use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Error, Limits};

/// Runs a function of a program until it fails; what was active as `function:line`, innermost first.
fn trace(text: &str, function: &str, argument: i64) -> (Error, Vec<String>) {
    let source = Source { name: "program.vera".into(), text: text.into() };
    let compilation = compile(source, &MemoryLoader::new(), &Options::default());
    assert!(!compilation.diagnostics.has_errors(), "{:?}", compilation.diagnostics);
    let limits = Limits { native_stack: 1 << 20, ..Limits::default() };
    let mut instance = Compiled::new(compilation.wasm.expect("no errors")).instantiate((), limits).unwrap();
    let error = instance.call_dynamic(function, &[DynValue::Int(argument)]).unwrap_err();
    let shown = error.backtrace().iter().filter(|frame| !frame.builtin);
    let shown = shown.map(|frame| format!("{}:{}", frame.function, frame.line.unwrap_or_default())).collect();
    (error, shown)
}

/// Small functions, some with several calls: most are inlined by the compiler or by the engine.
const SMALL: &str = "
private fn checked(@Int, @Array<Int> -> @Int)
  requires(@Int.0 > 0)
  ensures(true)
  effects(pure)
{
  array_fold(@Array<Int>.0, @Int.0, fn(@Int, @Int -> @Int) effects(pure) { @Int.0 * 3 + @Int.1 / (@Int.0 - 5) })
}

private fn middle(@Int, @Array<Int> -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  checked(@Int.0 - 3, array_append(@Array<Int>.0, 4)) + 1
}

private fn outer(@Int, @Array<Int> -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  middle(@Int.0 * 2, @Array<Int>.0) + middle(@Int.0 * 3, @Array<Int>.0)
}

private fn third(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  outer(@Int.0, [1, 2]) + outer(@Int.0 + 1, [2])
}

public fn start(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  third(@Int.0) + third(@Int.0 - 2) + third(@Int.0 * 2)
}

public fn both(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  third(@Int.0) + outer(@Int.0 + 1, [2]) * outer(@Int.0 + 1, [2]) * outer(@Int.0 + 1, [2])
}
";

#[test]
fn functions_that_the_engine_inlines_are_in_backtraces() {
    let (_, shown) = trace(SMALL, "start", 3);
    assert_eq!(shown, ["checked:3", "middle:15", "outer:23", "third:31", "start:39"]);
    let functions = |shown: Vec<String>| shown.into_iter().map(|each| each.split(':').next().unwrap().to_owned());
    let all = ["checked", "middle", "outer", "third", "both"];
    // `outer` is called through `third` and without it; what is shown was active.
    let shown: Vec<String> = functions(trace(SMALL, "both", 1).1).collect();
    let mut rest = all.iter();
    assert!(shown.iter().all(|name| rest.any(|each| each == name)), "{shown:?}");
    assert!(shown.len() >= 4 && shown.first().unwrap() == "checked" && shown.last().unwrap() == "both", "{shown:?}");
}

/// Every function of it is small enough to be inlined.
const CALLS: &str = "
private fn third(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  let @Int = @Int.0 + 1;
  100 / @Int.0
}

private fn second(@Int -> @Int)
  requires(@Int.0 != 5)
  ensures(@Int.result != 10)
  effects(pure)
{
  third(@Int.0)
    + 1
}

private fn wide(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  let @Int =
    second(@Int.0);
  let @Int = second(@Int.1 + 1);
  @Int.0 + @Int.1
}

public fn first(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  1 + wide(@Int.0)
}

public fn closures(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  array_fold(
    array_map([1, 2, 3], fn(@Int -> @Int) effects(pure) {
      third(@Int.0 - @Int.1)
    }),
    0,
    fn(@Int, @Int -> @Int) effects(pure) { @Int.0 + @Int.1 }
  )
}

public fn helped(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  2 * helper(@Int.0)
}
where {
  fn helper(@Int -> @Int)
    requires(true)
    ensures(true)
    effects(pure)
  {
    1 + second(@Int.0)
  }
}
";

#[test]
fn inlined_functions_are_in_backtraces() {
    let (error, shown) = trace(CALLS, "first", -1);
    assert!(matches!(&error, Error::Trap(trap) if trap.location.as_ref().is_some_and(|place| place.line == 8)));
    assert_eq!(shown, ["third:8", "second:16", "wide:26", "first:36"]);
    let (error, shown) = trace(CALLS, "first", -2);
    assert!(matches!(error, Error::Trap(_)));
    assert_eq!(shown, ["third:8", "second:16", "wide:27", "first:36"]);
    let (error, shown) = trace(CALLS, "first", 5);
    assert!(matches!(error, Error::Requires(_)));
    assert_eq!(shown, ["second:12", "wide:26", "first:36"]);
    let (error, shown) = trace(CALLS, "first", 9);
    assert!(matches!(error, Error::Ensures(_)), "{error}");
    assert_eq!(shown.last().map(String::as_str), Some("first:36"));
}

#[test]
fn closures_and_helpers_are_in_backtraces() {
    let (_, shown) = trace(CALLS, "closures", 3);
    assert_eq!(
        (shown.first().map(String::as_str), shown.last().map(String::as_str)),
        (Some("third:8"), Some("closures:45"))
    );
    let (_, shown) = trace(CALLS, "helped", -1);
    assert_eq!(shown, ["third:8", "second:16", "helper:66", "helped:58"]);
}

const ASKS: &str = "
effect Ask {
  op ask(Int -> Int);
}

private fn divided(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  100 / @Int.0
}

private fn asks(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(<Ask>)
{
  1 + Ask.ask(@Int.0)
}
";

const ANSWERED: &str = "
public fn answered(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  handle[Ask] {
    ask(@Int) -> {
      let @Int = divided(@Int.0);
      resume(@Int.0)
    }
  } in {
    asks(@Int.0) + 1
  }
}
";

const TWICE: &str = "
public fn twice(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  handle[Ask] {
    ask(@Int) -> {
      resume(@Int.0) + resume(@Int.0)
    }
  } in {
    let @Int = asks(@Int.0);
    divided(@Int.0 - 1)
  }
}
";

#[test]
fn clauses_and_resumptions_are_in_backtraces() {
    let (_, shown) = trace(&format!("{ASKS}{ANSWERED}"), "answered", 0);
    assert_eq!(shown, ["divided:11", "clause Ask.ask in answered:29", "asks:19", "answered:33"]);
    // The continuation of what is resumed twice may be small enough for the engine to inline it.
    let (_, shown) = trace(&format!("{ASKS}{TWICE}"), "twice", 0);
    assert_eq!(shown.first().map(String::as_str), Some("divided:11"));
    let is_active = |frame: &String| {
        ["asks", "twice"].iter().any(|name| frame.starts_with(name)) || frame.starts_with("clause Ask.ask in twice")
    };
    assert!(shown.iter().skip(1).all(is_active), "{shown:?}");
}

#[test]
fn a_deep_recursion_is_the_function_at_its_call() {
    let text = "
public fn down(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(<Diverge>)
{
  if @Int.0 == 0 then {
    0
  } else {
    1 + down(@Int.0 - 1)
  }
}
";
    let (error, shown) = trace(text, "down", 10_000_000);
    assert!(matches!(error, Error::Limit(_)), "{error}");
    assert!(shown.len() > 10 && shown[1..].iter().all(|frame| frame == "down:10"), "{shown:?}");
}

#[test]
fn the_caller_is_seen_however_many_steps_a_builtin_takes() {
    let text = "
public fn copies(@Int -> @Int)
  requires(true)
  ensures(true)
  effects(pure)
{
  string_length(string_repeat(\"ab\", abs(@Int.0)))
}
";
    // The largest number of copies takes 63 steps.
    let (error, shown) = trace(text, "copies", i64::MAX);
    assert!(matches!(&shown[..], [frame] if frame.starts_with("copies:")), "{error:?}");
}
