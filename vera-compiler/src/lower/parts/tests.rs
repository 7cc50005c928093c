//! Calls with parts of a parameter cost the same however large the whole is. Work is counted as the fuel of the interpreter.

use crate::check::{self, Options, Source};
use crate::core::interpret::{Limits, NoExterns, Stop, Value};
use crate::lower::lower;
use crate::source::MemoryLoader;

/// Trees of one kind of child each, and the sum over a tree: by an index, a lambda, a part of an array, a search.
const WAYS: &[(&str, &str)] = &[
    ("index", "if array_length(@Array<Rose>.0) == 0 then { 0 } else { sum(@Array<Rose>.0[0]) }"),
    ("binding", "if array_length(@Array<Rose>.0) == 0 then { 0 } else { let @Rose = @Array<Rose>.0[0]; sum(@Rose.0) }"),
    ("fold", "array_fold(@Array<Rose>.0, 0, fn(@Int, @Rose -> @Int) effects(pure) { @Int.0 + sum(@Rose.0) })"),
    (
        "nested",
        "array_fold(array_map(array_reverse(@Array<Rose>.0), fn(@Rose -> @Int) effects(pure) { sum(@Rose.0) }), 0, \
         fn(@Int, @Int -> @Int) effects(pure) { @Int.0 + @Int.1 })",
    ),
    (
        "find",
        "match array_find(@Array<Rose>.0, fn(@Rose -> @Bool) effects(pure) { true }) { None -> 0, Some(@Rose) -> sum(@Rose.0) }",
    ),
];

fn program(way: &str) -> String {
    let function = |head: &str, decreases: &str, body: &str| {
        format!("{head}\n  requires(true)\n  ensures(true)\n{decreases}  effects(pure)\n{{\n  {body}\n}}\n")
    };
    let deep = "if @Nat.0 == 0 then { Rose(1, []) } else { Rose(1, [deep(@Nat.0 - 1)]) }";
    let wide = "sum(Rose(1, array_map(array_range(0, @Nat.0), fn(@Int -> @Rose) effects(pure) { Rose(1, []) })))";
    let sum = format!("match @Rose.0 {{ Rose(@Int, @Array<Rose>) -> @Int.0 + {way} }}");
    [
        "private data Rose { Rose(Int, Array<Rose>) }\n".to_owned(),
        function("private fn deep(@Nat -> @Rose)", "  decreases(@Nat.0)\n", deep),
        function("private fn sum(@Rose -> @Int)", "  decreases(@Rose.0)\n", &sum),
        function("public fn depth(@Nat -> @Int)", "", "sum(deep(@Nat.0))"),
        function("public fn width(@Nat -> @Int)", "", wide),
    ]
    .concat()
}

fn runs(text: &str, name: &str, size: i64, fuel: u64) -> Result<i64, Stop> {
    let outcome = check::check(Source { name: "parts.vera", text }, &MemoryLoader::new(), Options { strict: false });
    let checked = outcome.result.unwrap_or_else(|_| panic!("{text}\n{:?}", outcome.diagnostics));
    let lowered = lower(&checked).unwrap_or_else(|found| panic!("{text}\n{found:?}"));
    let program = lowered.program;
    let (_, export) = program.exports.iter().find(|(export, _)| export.ends_with(name)).expect("the function");
    let limits = Limits { fuel, depth: 1_000_000 };
    match program.interpret(*export, vec![Value::I64(size)], limits, &mut NoExterns)? {
        Value::I64(found) => Ok(found),
        other => panic!("{other:?}"),
    }
}

#[test]
fn calls_with_elements_of_arrays_compare_no_sizes() {
    const SIZE: i64 = 2000;
    for (name, way) in WAYS {
        let text = program(way);
        for shape in ["depth", "width"] {
            let found = runs(&text, shape, SIZE, 150 * SIZE as u64);
            let all = shape == "depth" || matches!(*name, "fold" | "nested");
            let sum = if all { SIZE + 1 } else { 2 };
            assert!(matches!(found, Ok(found) if found == sum), "{name}, {shape}: {found:?}");
        }
    }
}

#[test]
fn what_is_no_part_is_compared() {
    // The whole again, a container of it, what a fold has so far, and what comes from elsewhere.
    let same = [
        "array_fold([@Rose.0], 0, fn(@Int, @Rose -> @Int) effects(pure) { sum(@Rose.0) })",
        "sum([@Rose.0][0])",
        "match array_fold(@Array<Rose>.0, @Rose.0, fn(@Rose, @Rose -> @Rose) effects(pure) { @Rose.1 }) { @Rose -> sum(@Rose.0) }",
        "array_fold(@Array<Rose>.0, 0, fn(@Int, @Rose -> @Int) effects(pure) { sum(Rose(1, [@Rose.0])) })",
        "array_fold(array_append(@Array<Rose>.0, Rose(1, [Rose(1, [])])), 0, fn(@Int, @Rose -> @Int) effects(pure) { sum(@Rose.0) })",
    ];
    for way in same {
        let found = runs(&program(way), "depth", 1, 1_000_000);
        assert!(matches!(found, Err(Stop::Trap(..))), "{way}: {found:?}");
    }
}
