//! The cost of a call and of an instance.

use crate::guest;
use crate::measure::{Clock, Contender, alternate};
use crate::table::{Row, Target, shown};
use crate::{Benchmark, text};
use std::hint::black_box;
use std::time::Duration;
use vera_runtime::{Compiled, Limits};

const BUDGET: Duration = Duration::from_millis(500);

const IDENTITY: &str =
    "public fn id(@Int -> @Int)\n  requires(true)\n  ensures(true)\n  effects(pure)\n{\n  @Int.0\n}\n";
const BARE_IDENTITY: &str = "(module (func (export \"id\") (param i64) (result i64) local.get 0))";

pub(crate) fn benchmarks() -> Vec<Benchmark> {
    vec![
        Benchmark::new("call", "a typed call of a scalar function, against a typed call of bare wasmtime", calls),
        Benchmark::new(
            "instantiate",
            "an instance of a module that is loaded, against one of bare wasmtime",
            instantiate,
        ),
        Benchmark::new("load", "a module's bytes to its first instance, which is when machine code is made", load),
    ]
}

fn calls() -> Result<(), String> {
    const CALLS: i64 = 10_000;
    let compiled = Compiled::new(guest::compile("identity", IDENTITY)?);
    let mut instance = compiled.instantiate((), Limits::default()).map_err(text)?;
    let function = instance.function::<(i64,), i64>("id").map_err(text)?;

    let (mut store, raw) = bare_instance(&bare_module()?)?;
    let raw = raw.get_typed_func::<i64, i64>(&mut store, "id").map_err(text)?;

    let mut typed = || (0..CALLS).try_fold(0, |sum, i| instance.call(&function, (black_box(i),)).map(|x| sum + x));
    let mut raw = || (0..CALLS).try_fold(0, |sum, i| raw.call(&mut store, black_box(i)).map(|x| sum + x));
    let mut contenders: Vec<(&'static str, Contender<'_>)> =
        vec![("typed", Box::new(|| typed().map_err(text))), ("raw", Box::new(|| raw().map_err(text)))];
    let measured = alternate(Clock::Processor, BUDGET, &mut contenders)?;
    let mut row = Row::of_times("call", "scalar", &measured[0], &measured[1]).target(Target::AtMost(1.5));
    row.vera = shown(measured[0].median() / CALLS as u32);
    row.baseline = shown(measured[1].median() / CALLS as u32);
    row.print();
    Ok(())
}

fn instantiate() -> Result<(), String> {
    let compiled = Compiled::new(guest::compile("identity", IDENTITY)?);
    drop(compiled.instantiate((), Limits::default()).map_err(text)?);
    let module = bare_module()?;
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("vera", Box::new(|| compiled.instantiate((), Limits::default()).map(|_| 0).map_err(text))),
        ("raw", Box::new(|| bare_instance(&module).map(|_| 0))),
    ];
    let measured = alternate(Clock::Processor, BUDGET, &mut contenders)?;
    Row::of_times("instantiate", "6 lines", &measured[0], &measured[1]).print();
    Ok(())
}

fn load() -> Result<(), String> {
    let wasm = guest::compile("identity", IDENTITY)?;
    let size = wasm.len();
    let mut run = || Compiled::new(wasm.clone()).instantiate((), Limits::default()).map(|_| 0).map_err(text);
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![("vera", Box::new(&mut run))];
    // Machine code is made by several threads.
    let measured = alternate(Clock::AllThreads, BUDGET, &mut contenders)?;
    let (input, vera) = (format!("{size} bytes of wasm"), shown(measured[0].median()));
    Row { name: "load".into(), input, vera, ..Row::default() }.print();
    Ok(())
}

fn bare_module() -> Result<wasmtime::Module, String> {
    let wasm = wat::parse_str(BARE_IDENTITY).map_err(text)?;
    wasmtime::Module::new(&wasmtime::Engine::default(), wasm).map_err(text)
}

fn bare_instance(module: &wasmtime::Module) -> Result<(wasmtime::Store<()>, wasmtime::Instance), String> {
    let mut store = wasmtime::Store::new(module.engine(), ());
    let instance = wasmtime::Instance::new(&mut store, module, &[]).map_err(text)?;
    Ok((store, instance))
}
