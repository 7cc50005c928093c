//! Deep and large programs.

use std::time::Instant;

use super::{formatted, formatted_once};
use crate::format::format;
use crate::syntax::MAX_DEPTH;
use crate::syntax::nested;

#[test]
fn deep_programs_are_formatted_on_a_small_stack() {
    let run = || {
        for (what, text) in nested(MAX_DEPTH / 2 - 4).into_iter().filter(|(what, _)| !what.starts_with("unclosed")) {
            assert!(!formatted(&text).is_empty(), "{what}");
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn a_program_whose_canonical_form_is_too_deep_is_refused() {
    // Clauses get braces, which are a level of their own.
    let (what, text) = nested(MAX_DEPTH - 16).into_iter().find(|(what, _)| *what == "clauses").unwrap();
    let unformatted = format("deep.vera", &text).expect_err(what);
    let description = &unformatted.diagnostics.iter().next().unwrap().description;
    assert!(description.contains("nests more than"), "{description}");
}

#[test]
fn time_is_linear() {
    let function = "-- Adds.\npublic fn f(@Int /* a */, @Int -> @Int)\n  requires(true)\n  effects(pure)\n{\n  let @Int = f(@Int.0, 1);  -- one\n\n  @Int.0\n}\n\n";
    let comments = "{--}".repeat(200_000);
    let texts = [
        function.repeat(5_000),
        format!("type A = {comments} B; {comments}"),
        format!("{comments}\ntype A = B;"),
        format!("type A = B;{}type B = C;", "\n".repeat(1_000_000)),
        format!("private fn f(-> @Int) requires(true) effects(pure) {{ [{}1] }}", "1, ".repeat(200_000)),
        format!("private fn f(-> @Int) requires(true) effects(pure) {{ {}1 }}", "f( -- c\n1); ".repeat(50_000)),
        format!("private fn f(-> @String) requires(true) effects(pure) {{ \"{}\" }}", "\\u{200b}é".repeat(200_000)),
    ];
    let start = Instant::now();
    for text in texts {
        formatted_once(&text);
    }
    // Seconds, without optimisation; a quadratic step takes minutes.
    assert!(start.elapsed().as_secs() < 120);
}
