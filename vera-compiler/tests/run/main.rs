//! Compiles the programs in `cases` and runs what their comments say, normally and with a collection at every
//! allocation.
//!
//! ```text
//! -- > f(1, "a") = Some(2)               the result, as `show` has it but with strings quoted
//! -- > f(0) ! Requires requires(...)     a failed check: its kind, and the beginning of its text
//! -- > f(0) ! Requires with @Int.0 0     the same, and all values that it shows
//! -- > f(0) ! Requires line 7            a failed check of that kind, and the line it is at
//! -- > f() prints "text"                 what was printed
//! -- >> f(0) = 1                         the same, but not with a collection at every allocation
//! -- ! E607                              the program is refused with this code
//! ```
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the bans are for the compiler itself")]

mod handlers;
mod host;
mod matches;
mod script;
mod value;

use script::Script;
use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;

fn run(name: &str, text: &str) -> Vec<String> {
    let script = Script::read(text);
    let loader = MemoryLoader::new();
    let compilation = compile(Source { name: name.into(), text: text.into() }, &loader, &Options::default());
    let errors: Vec<_> = compilation
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == vera_compiler::diagnostics::Severity::Error)
        .collect();
    if !script.refusals.is_empty() {
        let mut found: Vec<&str> = errors.iter().map(|error| error.code.as_str()).collect();
        found.sort_unstable();
        found.dedup();
        return if found == script.refusals { Vec::new() } else { vec![format!("{name}: refused with {found:?}")] };
    }
    let interface = compilation.interface;
    let Some(wasm) = compilation.wasm else {
        let describe = |error: &&vera_compiler::diagnostics::Diagnostic| {
            let start = compilation.program.sources.start(error.span);
            format!("{name}:{}:{}: {} {}", start.line, start.column, error.code.as_str(), error.description)
        };
        return errors.iter().map(describe).collect();
    };
    let mut problems = Vec::new();
    for stress in [false, true] {
        for call in script.calls.iter().filter(|call| !(stress && call.long)) {
            let found = host::call(&wasm, &interface, &call.function, &call.args, stress);
            if !call.expected.matches(&found) {
                let mode = if stress { " (stress)" } else { "" };
                problems.push(format!("{name}:{}{mode}: {} gave {found:?}", call.line, call.function));
            }
        }
    }
    problems
}

#[test]
fn programs_do_what_they_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run/cases");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    let mut problems = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let only = std::env::var("VERA_CASE").ok();
        if only.is_none_or(|only| name.contains(&only)) {
            problems.extend(run(&name, &std::fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Nesting as deep as the parser takes, on the small stack of a test thread.
#[test]
fn deep_programs_compile() {
    let nested = |open: &str, close: &str, count: usize| {
        let body = format!("{}1{}", open.repeat(count), close.repeat(count));
        format!(
            "private fn f(@Int -> @Int) requires(true) ensures(true) effects(pure) {{ @Int.0 }}\n\
             public fn main(@Int -> @Int) requires(true) ensures(true) effects(pure) {{ {body} }}\n"
        )
    };
    let lambda = "array_length(array_map([1], fn(@Int -> @Int) effects(pure) { ";
    let programs = [
        nested("f(", ")", 200),
        nested("if true then { ", " } else { 2 }", 100),
        nested("match Some(1) { None -> 0, Some(@Int) -> ", " }", 100),
        nested(lambda, " }))", 50),
    ];
    for text in programs {
        let source = Source { name: "deep.vera".into(), text };
        let compilation = compile(source, &MemoryLoader::new(), &Options::default());
        assert!(compilation.wasm.is_some(), "{:?}", compilation.diagnostics.iter().next());
    }
}
