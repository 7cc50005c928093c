//! What is not in the programs: calls, instances, compilation, and walkers against the bare parsers.

use crate::compile;
use crate::measure::{Contender, alternate, shown};
use std::hint::black_box;
use std::time::{Duration, Instant};
use vera_runtime::{Compiled, Limits};

const BUDGET: Duration = Duration::from_millis(500);

/// Runs the measurements that are chosen; how many failed.
pub(crate) fn report(chosen: &dyn Fn(&str) -> bool) -> usize {
    type Measurement = fn() -> Result<(), String>;
    let all: [(&str, Measurement); 4] =
        [("call", calls), ("instantiate", instantiate), ("compile", throughput), ("walk", walkers)];
    let mut failures = 0;
    for (name, run) in all.into_iter().filter(|(name, _)| chosen(name)) {
        if let Err(message) = run() {
            println!("{name:<16} {message}");
            failures += 1;
        }
    }
    failures
}

fn row(name: &str, what: &str, ours: Duration, other: Duration, target: f64) {
    let ratio = ours.as_secs_f64() / other.as_secs_f64();
    let verdict = if ratio <= target { "ok" } else { "MISS" };
    println!("{name:<16} {what:<34} {:>11} {:>11} {ratio:>8.2} {target:>5} {verdict}", shown(ours), shown(other));
}

fn text<E: std::fmt::Display>(error: E) -> String {
    format!("{error:#}")
}

const IDENTITY: &str =
    "public fn id(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  @Int.0\n}\n";

/// A typed scalar call against the same export called through a bare wasmtime handle.
fn calls() -> Result<(), String> {
    const CALLS: i64 = 200_000;
    let wasm = compile("identity", IDENTITY)?;
    let compiled = Compiled::new(wasm);
    let mut instance = compiled.instantiate((), Limits::default()).map_err(text)?;
    let function = instance.function::<(i64,), i64>("id").map_err(text)?;

    let engine = wasmtime::Engine::default();
    let bare = "(module (func (export \"id\") (param i64) (result i64) local.get 0))";
    let module = wasmtime::Module::new(&engine, wat::parse_str(bare).map_err(text)?).map_err(text)?;
    let mut store = wasmtime::Store::new(&engine, ());
    let raw = wasmtime::Instance::new(&mut store, &module, &[]).map_err(text)?;
    let raw = raw.get_typed_func::<i64, i64>(&mut store, "id").map_err(text)?;

    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        (
            "typed",
            Box::new(|| {
                (0..CALLS)
                    .try_fold(0, |sum, i| instance.call(&function, (black_box(i),)).map(|x| sum + x))
                    .map_err(text)
            }),
        ),
        (
            "raw",
            Box::new(|| {
                (0..CALLS).try_fold(0, |sum, i| raw.call(&mut store, black_box(i)).map(|x| sum + x)).map_err(text)
            }),
        ),
    ];
    let measured = alternate(&mut contenders, BUDGET)?;
    let per_call = |index: usize| measured[index].median / CALLS as u32;
    row("call", "scalar call / raw wasmtime", per_call(0), per_call(1), 1.5);
    Ok(())
}

/// A fresh instance of a module that is compiled already.
fn instantiate() -> Result<(), String> {
    let compiled = Compiled::new(compile("identity", IDENTITY)?);
    compiled.instantiate((), Limits::default()).map_err(text)?;
    let mut run = || compiled.instantiate((), Limits::default()).map(|_| 0).map_err(text);
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![("instantiate", Box::new(&mut run))];
    let measured = alternate(&mut contenders, BUDGET)?;
    println!("{:<16} {:<34} {:>11}", "instantiate", "an instance of a prepared module", shown(measured[0].median));
    Ok(())
}

/// Compile throughput over all benchmark programs, the prelude's share included.
fn throughput() -> Result<(), String> {
    let lines = 200;
    let body = "public fn fN(@Int, @Int -> @Int)\n  requires(@Int.0 > 0)\n  ensures(true)\n  effects(pure)\n{\n  let @Int = @Int.0 * 3 + @Int.1;\n  if @Int.0 > 10 then {\n    @Int.0 - @Int.1\n  } else {\n    @Int.2 + 1\n  }\n}\n\n";
    let program: String = (0..lines).map(|index| body.replace("fN", &format!("f{index}"))).collect();
    let start = Instant::now();
    let small = compile("identity", IDENTITY)?.len();
    let fixed = start.elapsed();
    let start = Instant::now();
    let large = compile("many", &program)?.len();
    let whole = start.elapsed();
    let count = program.lines().count();
    let rate = count as f64 / whole.as_secs_f64();
    println!(
        "{:<16} {count} lines to {large} bytes in {}: {rate:.0} lines/s; a file of 6 lines to {small} bytes in {}",
        "compile",
        shown(whole),
        shown(fixed)
    );
    Ok(())
}

/// Walkers against the parsers they are built on.
fn walkers() -> Result<(), String> {
    let numbers = format!("[{}]", (0..200_000).map(|x| x.to_string()).collect::<Vec<_>>().join(","));
    let html = format!("<div>{}</div>", "<p class=\"c\">text</p>".repeat(20_000));
    let markdown =
        "## Heading\n\nA paragraph with *emphasis*, **bold** and [a link](http://x.y/z).\n\n- one\n- two\n\n"
            .repeat(5_000);
    walker("json", "json_parse", "Json", &numbers, 1.5, |text| {
        serde_json::from_str::<serde_json::Value>(text).map(|_| 1).unwrap_or(0)
    })?;
    walker("html", "html_parse", "HtmlNode", &html, 2.0, |text| {
        black_box(scraper::Html::parse_document(text));
        1
    })?;
    walker("markdown", "md_parse", "MdBlock", &markdown, 2.0, |text| {
        black_box(pulldown_cmark::Parser::new(text).collect::<Vec<_>>());
        1
    })
}

fn walker(
    name: &str,
    function: &str,
    node: &str,
    input: &str,
    target: f64,
    bare: fn(&str) -> i64,
) -> Result<(), String> {
    let program = format!(
        "public fn parses(@String -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{{\n  match {function}(@String.0) {{\n    Ok(@{node}) -> 1,\n    Err(@String) -> 0\n  }}\n}}\n"
    );
    let compiled = Compiled::new(compile(name, &program)?);
    let mut instance = compiled.instantiate((), Limits::default()).map_err(text)?;
    let parses = instance.function::<(String,), i64>("parses").map_err(text)?;
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("walker", Box::new(|| instance.call(&parses, (black_box(input),)).map_err(text))),
        ("parser", Box::new(|| Ok(bare(black_box(input))))),
    ];
    let measured = alternate(&mut contenders, BUDGET)?;
    row(
        "walk",
        &format!("{function}, {} KB / bare parser", input.len() / 1000),
        measured[0].median,
        measured[1].median,
        target,
    );
    Ok(())
}
