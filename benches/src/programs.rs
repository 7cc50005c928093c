//! The programs of `programs/`, compared with the same work in native Rust, and with hand-written WebAssembly if there
//! is any.

use crate::guest::{self, HandWritten, Program, Refused};
use crate::measure::{Clock, Contender, alternate};
use crate::suite::{PROGRAMS, ProgramBenchmark};
use crate::table::{Row, shown};
use std::hint::black_box;
use std::time::Duration;

/// Time spent on one contender at one size.
const BUDGET: Duration = Duration::from_millis(700);

pub(crate) fn benchmarks() -> Vec<crate::Benchmark> {
    let benchmarks = PROGRAMS.iter();
    benchmarks.map(|program| crate::Benchmark::new(program.name, program.about(), || report(program))).collect()
}

fn report(benchmark: &ProgramBenchmark) -> Result<(), String> {
    let function = format!("bench_{}", benchmark.name);
    let wasm = match guest::compile(benchmark.name, benchmark.program) {
        Ok(wasm) => wasm,
        Err(Refused::Unsupported(message)) => {
            println!("{:<16} not measured: {message}", benchmark.name);
            return Ok(());
        }
        Err(Refused::Wrong(message)) => return Err(message),
    };
    let mut program = Program::new(wasm, &function)?;
    let (argument, expected) = benchmark.expected().ok_or("its header names no expected result")?;
    let found = program.call(argument)?;
    if found != expected {
        return Err(format!("{function}({argument}) is {found}, expected {expected}"));
    }
    for (index, &size) in benchmark.sizes.iter().enumerate() {
        let mut wasm = benchmark.wat.map(|wat| HandWritten::new(wat, &function)).transpose()?;
        let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
            ("vera", Box::new(|| program.call(black_box(size)))),
            ("native", Box::new(|| Ok((benchmark.native)(black_box(size))))),
        ];
        if let Some(wasm) = &mut wasm {
            contenders.push(("wasm", Box::new(|| wasm.call(black_box(size)))));
        }
        let measured = alternate(Clock::Processor, BUDGET, &mut contenders)?;
        let mut row = Row::of_times(benchmark.name, size.to_string(), &measured[0], &measured[1]);
        if let Some(wasm) = measured.get(2) {
            row.wasm = shown(wasm.median());
            row.wasm_ratio = Some(measured[0].ratio(wasm));
        }
        row.target = benchmark.target.filter(|_| index + 1 == benchmark.sizes.len());
        row.print();
        let checksums: Vec<i64> = measured.iter().map(|measured| measured.checksum).collect();
        if benchmark.comparable && checksums.iter().any(|&checksum| checksum != checksums[0]) {
            return Err(format!("checksums differ: {checksums:?}"));
        }
    }
    Ok(())
}
