//! Throughput of the compiler's stages within this process, in lines per second.

use crate::guest;
use crate::measure::{Clock, Contender, Measured, alternate};
use crate::table::{Row, rate};
use crate::{Benchmark, sample};
use std::hint::black_box;
use std::time::Duration;
use vera_compiler::driver::{self, Options, Source};
use vera_compiler::source::{MemoryLoader, SourceMap};
use vera_compiler::syntax;

const BUDGET: Duration = Duration::from_secs(3);

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    vec![
        Benchmark::new("parse", "text to syntax tree", parse),
        Benchmark::new("check", "text to typed tree, the prelude's share included", check),
        Benchmark::new("format", "text to canonical text, with the proof that nothing else changed", format),
        Benchmark::new("compile", "text to WebAssembly, the prelude's share included", compile),
    ]
}

fn measure(run: impl FnMut() -> Result<i64, String>) -> Result<Measured, String> {
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![("vera", Box::new(run))];
    alternate(Clock::Processor, BUDGET, &mut contenders)?.pop().ok_or_else(|| "nothing was measured".to_owned())
}

fn row(name: &str, lines: usize, measured: &Measured) -> Row {
    let vera = rate(lines as f64 / measured.median().as_secs_f64());
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
        row("check", text.lines().count(), &measured).print();
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

fn format() -> Result<(), String> {
    let text = sample::program(50_000);
    let measured = measure(|| match vera_compiler::format::format("orders.vera", &text) {
        Ok(formatted) if formatted == text => Ok(black_box(formatted).len() as i64),
        Ok(_) => Err("the sample program is not in canonical form".into()),
        Err(_) => Err("the sample program cannot be formatted".into()),
    })?;
    row("format", text.lines().count(), &measured).print();
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
