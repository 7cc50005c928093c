//! Programs with what the checker says of them, and the trees it makes.
//!
//! A data file holds cases ([`vera_testing::cases`]). In a program, a line `> name(signature) row: body` stands for a
//! public function with trivial contracts.

mod print;

use crate::check::{Options, Outcome, Source, check};
use crate::source::MemoryLoader;

fn cases(data: &str) -> Vec<(&str, String)> {
    let program = |text: &str| text.trim_end().lines().map(expand).collect::<Vec<_>>().join("\n");
    vera_testing::cases::cases(data)
        .into_iter()
        .map(|case| {
            assert!(case.parts.is_empty(), "{}: a case has no parts here", case.title);
            (case.title, program(case.text))
        })
        .collect()
}

/// `> name(signature) row: body` as a function.
fn expand(line: &str) -> String {
    let Some(short) = line.strip_prefix("> ") else { return line.to_owned() };
    let (head, body) = short.split_once(": ").expect("a short function has `: ` before its body");
    let (signature, row) = head.rsplit_once(") ").expect("a short function has a row after its signature");
    let (forall, signature) = match signature.split_once(" fn ") {
        Some((forall, signature)) => (format!("{forall} "), signature),
        None => (String::new(), signature),
    };
    format!("public {forall}fn {signature}) requires(true) ensures(true) effects({row}) {{ {body} }}")
}

fn checked(program: &str) -> Outcome {
    let loader = MemoryLoader::new().with(
        "lib.shapes",
        "module lib.shapes;\npublic data Shape { Dot, Box(Nat, Nat) }\n\
         public fn area(@Shape -> @Nat) requires(true) ensures(true) effects(pure) { 0 }\n\
         private fn hidden(@Int -> @Int) requires(true) ensures(true) effects(pure) { 0 }\n",
    );
    check(Source { name: "test.vera", text: program }, &loader, Options::default())
}

/// Code, place, covered text, and all that is said.
fn told(outcome: &Outcome) -> String {
    let mut told = String::new();
    let sources = &outcome.program().sources;
    for diagnostic in &outcome.diagnostics {
        let place = sources.start(diagnostic.span);
        let covered = sources.text(diagnostic.span);
        let covered = covered.split_once('\n').map_or(covered.to_owned(), |(first, _)| format!("{first}..."));
        told += &format!("{} {}:{} `{covered}`\n", diagnostic.code.as_str(), place.line, place.column);
        for (mark, text) in
            [("  ", &diagnostic.description), ("  why: ", &diagnostic.rationale), ("  fix: ", &diagnostic.fix)]
        {
            if !text.is_empty() {
                told += &format!("{mark}{}\n", text.replace('\n', "\n    "));
            }
        }
        for label in &diagnostic.labels {
            told += &format!("  at `{}`: {}\n", sources.text(label.span).lines().next().unwrap_or(""), label.text);
        }
    }
    told
}

#[test]
fn accepted() {
    let mut refused = String::new();
    for (title, program) in cases(include_str!("accepted.txt")) {
        let outcome = checked(&program);
        if !outcome.diagnostics.is_empty() {
            refused += &format!("=== {title}\n{}", told(&outcome));
        }
    }
    assert!(refused.is_empty(), "{refused}");
}

#[test]
fn refused() {
    let mut all = String::new();
    for (title, program) in cases(include_str!("refused.txt")) {
        let outcome = checked(&program);
        let told = told(&outcome);
        assert!(!told.is_empty(), "{title} is accepted");
        all += &format!("=== {title}\n{program}\n---\n{told}\n");
    }
    insta::assert_snapshot!("refused", all);
}

#[test]
fn trees() {
    let mut all = String::new();
    for (title, program) in cases(include_str!("trees.txt")) {
        let outcome = checked(&program);
        let told = told(&outcome);
        let checked = outcome.result.unwrap_or_else(|_| panic!("{title}: {told}"));
        all += &format!("=== {title}\n{program}\n---\n{}\n", print::program(&checked.program));
    }
    insta::assert_snapshot!("trees", all);
}

/// Nesting as deep as the parser allows, on a stack as small as a thread's by default.
#[test]
fn deep_programs_take_little_stack() {
    let depth = 80;
    let body = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
    for body in [
        body("(1 + ", "1", ")"),
        body("abs(", "1", ")"),
        body("if true then { ", "1", " } else { 2 }"),
        body("match 1 { _ -> ", "1", " }"),
        body("{ let @Int = ", "1", "; @Int.0 }"),
        body("apply_fn(fn(@Int -> @Int) effects(pure) { ", "@Int.0", " }, 1)"),
        body("handle[Exn<Int>] { throw(@Int) -> { 0 } } in { ", "1", " }"),
        body("option_unwrap_or(Some(", "1", "), 2)"),
    ] {
        let program = format!("public fn f(@Int -> @Int) requires(true) ensures(true) effects(pure) {{ {body} }}");
        let work = move || checked(&program).diagnostics.has_errors();
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread");
        assert!(!thread.join().expect("enough stack"), "{body}");
    }
}
