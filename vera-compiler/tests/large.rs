//! Large programs: what is said about each is in proportion to its size, whatever is large in it, right or wrong.
//!
//! A program is looked at in two sizes, of which one is eight times the other. What looks at some part again for each
//! other one, and says so, says 64 times as much of it. Whether the time is in proportion as well is a measurement, which
//! runs when it is asked for.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the bans are for the compiler itself")]

use std::time::{Duration, Instant};

use vera_compiler::check::{Options, Source, check};
use vera_compiler::diagnostics::{Severity, render_json, render_text_all};
use vera_compiler::format::format;
use vera_compiler::source::MemoryLoader;

/// How much larger the larger program is.
const GROWTH: usize = 8;

/// How many times as much may be said of it.
const MORE: usize = 12;

/// How many times as long it may take: times vary, so a slow run is repeated.
const BOUND: u32 = 24;

/// How often it may take longer.
const ATTEMPTS: usize = 4;

/// A function without contracts to speak of, with this head and body.
fn function(head: &str, body: &str) -> String {
    format!("{head}\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n{body}\n}}\n")
}

/// A function with many of one statement.
fn statements(parameters: &str, statement: &str, count: usize) -> String {
    function(&format!("private fn f({parameters} -> @Int)"), &format!("{}  1", statement.repeat(count)))
}

/// Texts for numbers from 0, one after another.
fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

/// Checks and formats a program, and says all there is to say about it.
fn examine(text: &str) -> usize {
    let outcome = check(Source { name: "large.vera", text }, &MemoryLoader::new(), Options::default());
    let sources = &outcome.program().sources;
    let told = render_text_all(&outcome.diagnostics, sources).len();
    let json = render_json(&outcome.diagnostics, Severity::Error, sources).len();
    let formatted = format("large.vera", text).map_or(0, |formatted| formatted.len());
    told + json + formatted
}

fn time(text: &str) -> Duration {
    let start = Instant::now();
    assert!(examine(text) > 0);
    start.elapsed()
}

/// The times of some work for `count` parts and for more, when each is too long for the one before.
fn beyond_linear(time: impl Fn(usize) -> Duration, count: usize) -> Option<Vec<(Duration, Duration)>> {
    let mut times = Vec::new();
    for _ in 0..ATTEMPTS {
        let (one, other) = (time(count), time(count * GROWTH));
        if other <= one * BOUND {
            return None;
        }
        times.push((one, other));
    }
    Some(times)
}

/// A kind of large program: its name, how many parts the smaller one has, and the program of so many parts.
type Shape = (&'static str, usize, fn(usize) -> String);

macro_rules! shapes {
    ($($name:ident $count:literal $text:expr;)*) => {
        const SHAPES: &[Shape] = &[$((stringify!($name), $count, $text),)*];
    };
}

shapes! {
    functions 200 |n| numbered(n, |at| function(&format!("private fn f{at}(@Int -> @Int)"), "  @Int.0"));
    functions_that_call_the_next 200 |n| {
        let one = |at| function(&format!("private fn f{at}(@Int -> @Int)"), &format!("  f{}(@Int.0)", (at + 1) % n));
        numbered(n, one)
    };
    functions_of_one_name 100 |n| function("private fn f(@Int -> @Int)", "  @Int.0").repeat(n);
    aliases_of_the_next 1000 |n| numbered(n, |at| format!("type A{at} = A{};\n", at + 1)) + &format!("type A{n} = Int;");
    data_types 500 |n| numbered(n, |at| format!("private data D{at} {{\n  C{at}(Int)\n}}\n"));
    constructors 2000 |n| format!("private data D {{\n{}  E\n}}\n", numbered(n, |at| format!("  C{at}(Int),\n")));
    parameters 2000 |n| statements(&format!("{}@Int", "@Int, @Nat, ".repeat(n)), "", 1);
    clauses 1000 |n| {
        function("private fn f(@Int -> @Int)", "  1").replace("requires(true)\n", &"requires(@Int.0 > 0)\n".repeat(n))
    };
    effects_that_do_not_exist 200 |n| {
        let row = numbered(n, |at| format!("E{at}, "));
        function("private fn f(@Int -> @Int)", "  1").replace("pure", &format!("<{row}IO>"))
    };
    lets 1000 |n| statements("@Int", "  let @Int = @Int.0 + 1;\n", n);
    lets_above_a_parameter 4000 |n| statements("@String", "  let @Int = string_length(@String.0);\n", n);
    lets_that_use_the_first 4000 |n| {
        let lets = numbered(n, |at| format!("  let @Int = @Int.{at};\n"));
        function("private fn f(@Int -> @Int)", &format!("{lets}  1"))
    };
    captures 4000 |n| {
        let lets = "  let @Int = 1;\n".repeat(n);
        let uses = numbered(n, |at| format!("    @Int.{at};\n"));
        let closure = format!("  array_map([1], fn(@Nat -> @Int) effects(pure) {{\n{uses}    1\n  }})");
        function("private fn f(@Int -> @Array<Int>)", &format!("{lets}{closure}"))
    };
    destructurings 1000 |n| statements("@Int", "  let Tuple<@Int, @Nat> = Tuple(1, 2);\n", n);
    closures 300 |n| statements("@Int", "  array_map([1], fn(@Int -> @Int) effects(pure) { @Int.0 + @Int.1 });\n", n);
    generic_calls 500 |n| {
        let id = function("private forall<T> fn id(@T -> @T)", "  @T.0");
        id + &statements("@Int", "  let @Option<Int> = id(Some(id(1)));\n", n)
    };
    numbers_to_match 2000 |n| {
        let arms = numbered(n, |at| format!("    {at} -> 1,\n"));
        function("private fn f(@Int -> @Int)", &format!("  match @Int.0 {{\n{arms}    _ -> 0\n  }}"))
    };
    arms_of_constructors 1000 |n| {
        let data = format!("private data D {{\n{}  E\n}}\n", numbered(n, |at| format!("  C{at}(Int),\n")));
        let arms = numbered(n, |at| format!("    C{at}(@Int) -> @Int.0,\n"));
        data + &function("private fn f(@D -> @Int)", &format!("  match @D.0 {{\n{arms}    E -> 0\n  }}"))
    };
    arms_that_nothing_reaches 1000 |n| {
        let arms = "    1 -> 1,\n".repeat(n);
        function("private fn f(@Int -> @Int)", &format!("  match @Int.0 {{\n{arms}    _ -> 0\n  }}"))
    };
    arms_twice 1000 |n| {
        let arms = numbered(n, |at| format!("    {at} -> 1,\n")).repeat(2);
        function("private fn f(@Int -> @Int)", &format!("  match @Int.0 {{\n{arms}    _ -> 0\n  }}"))
    };
    array_of_numbers 4000 |n| function("private fn f(@Unit -> @Array<Int>)", &format!("  [{}1]", "1, ".repeat(n)));
    array_of_strings_and_a_number 2000 |n| {
        function("private fn f(@Unit -> @Array<Int>)", &format!("  [{}1]", "\"a\", ".repeat(n)))
    };
    arguments 4000 |n| statements("@Int", &format!("  f({}1);\n", "1, ".repeat(n)), 1);
    string 30_000 |n| function("private fn f(@Unit -> @String)", &format!("  \"{}\"", "abc é\\n".repeat(n)));
    interpolations 1000 |n| function("private fn f(@Int -> @String)", &format!("  \"{}\"", "a\\(@Int.0) ".repeat(n)));
    holes 500 |n| statements("@Int", "  let @Int = ?;\n", n);
    slots_of_no_type 500 |n| statements("@Int", "  let @Int = @Nat.0;\n", n);
    slots_out_of_range 500 |n| statements("@Int", "  let @Int = @Int.99999999;\n", n);
    types_that_do_not_exist 500 |n| statements("@Int", "  let @Foo = @Foo.0;\n", n);
    calls_of_no_function 200 |n| {
        let one = |at| function(&format!("private fn first{at}(@Int -> @Int)"), &format!("  {}{at}(1)", ["undone", "missing"][at % 2]));
        numbered(n, one)
    };
    names_instead_of_slots 300 |n| statements("@Int", "  let @Int = count + 1;\n", n);
    mistakes_on_one_line 150 |n| statements("@Int", "  let @Int = @Nat.0; ", n);
    names_twice_on_one_line 100 |n| "type A = Int; ".repeat(n);
    declarations_of_another_language 100 |n| "fn f(x: int) -> int { return x }\n".repeat(n);
    imports_of_nothing 300 |n| numbered(n, |at| format!("import a{at};\n"));
    comments 5_000 |n| "-- a\n{- b {- c -} -} /* d */ ".repeat(n);
    annotations_that_nest 200 |n| "/* /* */".repeat(n);
    strings_with_an_open_interpolation 2000 |n| format!("{}\"", "\"\\(\"".repeat(n));
    visibilities 200 |n| "public fn ".repeat(n);
    letters 50_000 |n| format!("type A{} = Int;", "a".repeat(n));
    unknown_characters 50_000 |n| "é# ".repeat(n);
    quotes 50_000 |n| "\"".repeat(n);
    brackets 10_000 |n| "}{)(][".repeat(n);
    line_ends 100_000 |n| format!("type A = Int;{}-- end", "\r\n \t\n".repeat(n));
}

#[test]
fn what_is_said_is_in_proportion() {
    for (name, count, text) in SHAPES {
        let (one, other) = (examine(&text(*count)), examine(&text(count * GROWTH)));
        assert!(
            one > 0 && other <= one * MORE,
            "{name}: {one} bytes of {count} parts, {other} of {GROWTH} times as many"
        );
    }
}

#[test]
#[ignore = "a measurement"]
fn time_is_in_proportion() {
    let slow = SHAPES.iter().filter_map(|(name, count, text)| {
        beyond_linear(|count| time(&text(count)), *count).map(|times| format!("{name}: {times:?}"))
    });
    let slow: Vec<String> = slow.collect();
    assert!(slow.is_empty(), "more than {BOUND} times as long for {GROWTH} times as much:\n{}", slow.join("\n"));
}

#[test]
fn what_is_not_linear_is_found() {
    let milliseconds = |count: usize| Duration::from_millis(count as u64);
    assert!(beyond_linear(milliseconds, 100).is_none());
    assert!(beyond_linear(|count| milliseconds(count * count), 100).is_some());
}
