//! Benchmarks: `benches [NAME...]` runs all, or those whose names contain one of the arguments.
//!
//! Each benchmark runs a Vera program, the same work in native Rust, and where there is one a hand-written WebAssembly
//! module, alternately in one process; what is printed is medians and ratios. Checksums are compared.

mod measure;
mod native;
mod overhead;
mod suite;

use measure::{Contender, Measured, alternate, shown};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;
use suite::{BENCHMARKS, Benchmark};
use vera_compiler::diagnostics::render_text;
use vera_compiler::driver::{self, Options, Source};
use vera_compiler::source::MemoryLoader;
use vera_runtime::{Compiled, Function, Instance, Limits};

/// Time spent on one contender of one benchmark at one size.
const BUDGET: Duration = Duration::from_millis(700);

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let chosen = move |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    // Native recursion in a few benchmarks is as deep as the input is large.
    let run = move || {
        let mut failures = 0;
        println!(
            "{:<16} {:>10} {:>11} {:>11} {:>11} {:>8} {:>8} {:>8}",
            "benchmark", "size", "vera", "native", "wasm", "/native", "/wasm", "target"
        );
        for benchmark in BENCHMARKS.iter().filter(|benchmark| chosen(benchmark.name)) {
            if let Err(message) = report(benchmark) {
                println!("{:<16} {message}", benchmark.name);
                failures += 1;
            }
        }
        failures + overhead::report(&chosen)
    };
    let failures = std::thread::Builder::new().stack_size(1 << 30).spawn(run).map(|thread| thread.join());
    match failures {
        Ok(Ok(0)) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn report(benchmark: &Benchmark) -> Result<(), String> {
    let mut program = Program::new(benchmark.name, benchmark.program)?;
    let (argument, expected) = benchmark.expected().ok_or("its header names no expected result")?;
    let found = program.call(argument)?;
    if found != expected {
        return Err(format!("bench_{}({argument}) is {found}, expected {expected}", benchmark.name));
    }
    for (index, &size) in benchmark.sizes.iter().enumerate() {
        let mut wasm = benchmark.wat.map(|wat| HandWritten::new(benchmark.name, wat)).transpose()?;
        let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
            ("vera", Box::new(|| program.call(black_box(size)))),
            ("native", Box::new(|| Ok((benchmark.native)(black_box(size))))),
        ];
        if let Some(wasm) = &mut wasm {
            contenders.push(("wasm", Box::new(|| wasm.call(black_box(size)))));
        }
        let measured = alternate(&mut contenders, BUDGET)?;
        let last = index + 1 == benchmark.sizes.len();
        print_row(benchmark, size, &measured, last);
        let checksums: Vec<i64> = measured.iter().map(|measured| measured.checksum).collect();
        if benchmark.comparable && checksums.iter().any(|&checksum| checksum != checksums[0]) {
            return Err(format!("checksums differ: {checksums:?}"));
        }
    }
    Ok(())
}

fn print_row(benchmark: &Benchmark, size: i64, measured: &[Measured], last: bool) {
    let ratio = |other: &Measured| measured[0].median.as_secs_f64() / other.median.as_secs_f64();
    let native = ratio(&measured[1]);
    let wasm = measured.get(2);
    let target = match benchmark.target.filter(|_| last) {
        Some(target) if native <= target => format!("{target} ok"),
        Some(target) => format!("{target} MISS"),
        None => String::new(),
    };
    println!(
        "{:<16} {size:>10} {:>11} {:>11} {:>11} {native:>8.2} {:>8} {target:>8}",
        benchmark.name,
        shown(measured[0].median),
        shown(measured[1].median),
        wasm.map(|wasm| shown(wasm.median)).unwrap_or_default(),
        wasm.map(|wasm| format!("{:.2}", ratio(wasm))).unwrap_or_default(),
    );
}

/// A benchmark's Vera program, ready to be called.
struct Program {
    instance: Instance,
    entry: Entry,
}

enum Entry {
    Int(Function<(i64,), i64>),
    Nat(Function<(u64,), u64>),
}

impl Program {
    fn new(name: &str, text: &str) -> Result<Self, String> {
        let compiled = Compiled::new(compile(name, text)?);
        let mut instance = compiled.instantiate((), Limits::default()).map_err(|error| error.to_string())?;
        let function = format!("bench_{name}");
        let entry = match instance.function::<(i64,), i64>(&function) {
            Ok(function) => Entry::Int(function),
            Err(_) => Entry::Nat(instance.function::<(u64,), u64>(&function).map_err(|error| error.to_string())?),
        };
        Ok(Self { instance, entry })
    }

    fn call(&mut self, argument: i64) -> Result<i64, String> {
        let result = match &self.entry {
            Entry::Int(function) => self.instance.call(function, (argument,)),
            Entry::Nat(function) => self.instance.call(function, (argument as u64,)).map(|result| result as i64),
        };
        result.map_err(|error| error.to_string())
    }
}

/// Compiles a program that has no imports.
pub(crate) fn compile(name: &str, text: &str) -> Result<Vec<u8>, String> {
    let source = Source { name: format!("{name}.vera"), text: text.to_owned() };
    let compilation = driver::compile(source, &MemoryLoader::new(), &Options::default());
    let sources = &compilation.program.sources;
    compilation.wasm.ok_or_else(|| {
        let messages = compilation.diagnostics.iter().map(|diagnostic| render_text(diagnostic, sources));
        messages.collect::<Vec<_>>().join("\n")
    })
}

/// A hand-written module in a bare engine of the same version.
struct HandWritten {
    store: wasmtime::Store<()>,
    function: wasmtime::TypedFunc<i64, i64>,
}

impl HandWritten {
    fn new(name: &str, wat: &str) -> Result<Self, String> {
        let load = || -> wasmtime::Result<Self> {
            let engine = wasmtime::Engine::new(wasmtime::Config::new().wasm_tail_call(true))?;
            let module = wasmtime::Module::new(&engine, wat::parse_str(wat).map_err(wasmtime::Error::new)?)?;
            let mut store = wasmtime::Store::new(&engine, ());
            let instance = wasmtime::Instance::new(&mut store, &module, &[])?;
            let function = instance.get_typed_func(&mut store, &format!("bench_{name}"))?;
            Ok(Self { store, function })
        };
        load().map_err(|error| format!("{error:#}"))
    }

    fn call(&mut self, argument: i64) -> Result<i64, String> {
        self.function.call(&mut self.store, argument).map_err(|error| format!("{error:#}"))
    }
}
