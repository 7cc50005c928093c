//! Throughput of the compiler, in lines a second.
//!
//! The environment variable `VERA_REFERENCE` can name another implementation's `vera` to compare with.

use crate::command;
use crate::guest;
use crate::measure::{Clock, Contender, Measured, alternate};
use crate::table::{Row, Target};
use crate::{Benchmark, sample};
use std::hint::black_box;
use std::time::Duration;
use vera_compiler::driver::{self, Options, Source};
use vera_compiler::source::{MemoryLoader, SourceMap};
use vera_compiler::syntax;

const BUDGET: Duration = Duration::from_secs(3);

/// Lines a second that checking is to reach.
const CHECK_AIM: f64 = 500_000.0;
/// How many times the speed of the reference it is to be.
const REFERENCE_AIM: f64 = 50.0;

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    vec![
        Benchmark::new("parse", "text to syntax tree", parse),
        Benchmark::new("check", "text to typed tree, the prelude's share included", check),
        Benchmark::new("check_reference", "the same against the `vera` that VERA_REFERENCE names", check_reference),
        Benchmark::new("compile", "text to WebAssembly, the prelude's share included", compile),
    ]
}

/// A rate, for the table.
fn rate(lines: usize, time: Duration) -> String {
    format!("{:.0} lines/s", per_second(lines, time))
}

fn per_second(lines: usize, time: Duration) -> f64 {
    lines as f64 / time.as_secs_f64()
}

fn measure(run: impl FnMut() -> Result<i64, String>) -> Result<Measured, String> {
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![("vera", Box::new(run))];
    alternate(Clock::Processor, BUDGET, &mut contenders)?.pop().ok_or_else(|| "nothing was measured".to_owned())
}

fn row(name: &str, lines: usize, measured: &Measured) -> Row {
    let vera = rate(lines, measured.median());
    Row { name: name.into(), input: format!("{lines} lines"), vera, ..Row::default() }
}

fn parse() -> Result<(), String> {
    let text = sample::program(100_000);
    let measured = measure(|| {
        let mut sources = SourceMap::new();
        let file = sources.add("orders.vera", text.as_str());
        let (program, diagnostics) = syntax::parse(&sources, file);
        match diagnostics.has_errors() {
            false => Ok(black_box(program).decls.len() as i64),
            true => Err("the sample program does not parse".into()),
        }
    })?;
    row("parse", text.lines().count(), &measured).print();
    Ok(())
}

fn check() -> Result<(), String> {
    for lines in [1_000, 50_000] {
        let text = sample::program(lines);
        let measured = measure(|| checked(&text))?;
        let lines = text.lines().count();
        let mut row = row("check", lines, &measured);
        if lines >= 50_000 {
            row.baseline = format!("{CHECK_AIM:.0} lines/s");
            row.ratio = Some(per_second(lines, measured.median()) / CHECK_AIM);
            row.target = Some(Target::AtLeast(1.0));
        }
        row.print();
    }
    Ok(())
}

/// Number of functions of a program that is well.
fn checked(text: &str) -> Result<i64, String> {
    let source = Source { name: "orders.vera".into(), text: text.to_owned() };
    let compilation = driver::check(source, &MemoryLoader::new(), &Options::default());
    match compilation.diagnostics.iter().next() {
        None => Ok(compilation.program.functions.len() as i64),
        Some(first) => Err(format!("the sample program is wrong: {}", first.description)),
    }
}

/// The reference is a process: what it takes for an almost empty program is not counted.
fn check_reference() -> Result<(), String> {
    let Some(reference) = command::reference() else {
        println!("{:<16} not measured: VERA_REFERENCE names no other `vera`", "check_reference");
        return Ok(());
    };
    let text = sample::program(4_000);
    let whole = command::Sample::new("orders", &text)?;
    let little = command::Sample::new("little", command::LITTLE)?;
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("reference", Box::new(|| command::check(&reference, &whole))),
        ("reference, little", Box::new(|| command::check(&reference, &little))),
    ];
    let theirs = alternate(Clock::Wall, BUDGET, &mut contenders)?;
    let ours = measure(|| checked(&text))?;
    let lines = text.lines().count();
    let time = theirs[0].median().saturating_sub(theirs[1].median());
    let mut row = row("check_reference", lines, &ours).target(Target::AtLeast(REFERENCE_AIM));
    row.baseline = rate(lines, time);
    row.ratio = Some(time.as_secs_f64() / ours.median().as_secs_f64());
    row.print();
    Ok(())
}

fn compile() -> Result<(), String> {
    for lines in [100, 10_000] {
        let text = sample::program(lines);
        let measured = measure(|| Ok(guest::compile("orders", &text)?.len() as i64))?;
        row("compile", text.lines().count(), &measured).print();
    }
    Ok(())
}
