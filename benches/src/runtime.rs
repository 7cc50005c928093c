//! The cost of a call and of an instance.

use crate::guest;
use crate::measure::{Clock, Contender, alternate};
use crate::table::{Row, Target, shown};
use crate::{Benchmark, text};
use std::hint::black_box;
use std::time::{Duration, Instant};
use vera_runtime::{Compiled, Limits, Template};

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
        Benchmark::new(
            "fresh",
            "a call in an instance of its own, with and without a pool, against bare wasmtime",
            fresh_instances,
        ),
        Benchmark::new("many", "100,000 instances on two threads: time of each, and growth of memory", many_instances),
        Benchmark::new(
            "precompiled",
            "the first instance of a precompiled module, against a compiled one",
            precompiled,
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
    let (plain, pooled) = (template(&compiled, Limits::default())?, template(&compiled, pool(16))?);
    let module = bare_module()?;
    let (same, same_pooled) = (same_module(None)?, same_module(Some(16))?);
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("plain", Box::new(|| plain.instance(()).map(|_| 0).map_err(text))),
        ("pooled", Box::new(|| pooled.instance(()).map(|_| 0).map_err(text))),
        ("raw", Box::new(|| bare_instance(&module).map(|_| 0))),
        ("same", Box::new(|| bare_instance(&same).map(|_| 0))),
        ("same pooled", Box::new(|| bare_instance(&same_pooled).map(|_| 0))),
    ];
    let measured = alternate(Clock::Processor, BUDGET, &mut contenders)?;
    for (input, vera, bare) in COMPARED {
        Row::of_times("instantiate", input, &measured[vera], &measured[bare]).target(Target::AtMost(4.0)).print();
    }
    Ok(())
}

/// What is compared: instances from the system and from a pool, with bare ones of the same module, and of a module that has
/// one function and no memory.
const COMPARED: [(&str, usize, usize); 4] =
    [("same module", 0, 3), ("same module, pool", 1, 4), ("function", 0, 2), ("function, pool", 1, 2)];

/// The module of the measured instances in bare wasmtime, with the same settings.
fn same_module(pool: Option<u32>) -> Result<wasmtime::Module, String> {
    const STACK: usize = 512 << 10;
    let mut config = vera_engine::config(vera_engine::Metering::default(), STACK);
    if let Some(instances) = pool {
        vera_engine::pool(&mut config, instances, Limits::default().memory as usize, STACK);
    }
    let engine = wasmtime::Engine::new(&config).map_err(text)?;
    wasmtime::Module::new(&engine, guest::compile("identity", IDENTITY)?).map_err(text)
}

/// A call of the function in a bare instance of its own.
fn bare_fresh(module: &wasmtime::Module, name: &str) -> Result<i64, String> {
    let (mut store, instance) = bare_instance(module)?;
    let function = instance.get_typed_func::<i64, i64>(&mut store, name).map_err(text)?;
    function.call(&mut store, black_box(1)).map_err(text)
}

/// A pool of so many instances.
fn pool(instances: u32) -> Limits {
    Limits { instances: Some(instances), ..Limits::default() }
}

fn template(compiled: &Compiled, limits: Limits) -> Result<Template, String> {
    let linked = compiled.link((), limits).and_then(|imports| imports.template());
    linked.map(|(template, ())| template).map_err(text)
}

/// A call in an instance that is made for it.
fn fresh(template: &Template) -> Result<i64, String> {
    let mut instance = template.instance(()).map_err(text)?;
    let function = instance.function::<(i64,), i64>("id").map_err(text)?;
    instance.call(&function, (black_box(1),)).map_err(text)
}

fn fresh_instances() -> Result<(), String> {
    let compiled = Compiled::new(guest::compile("identity", IDENTITY)?);
    let (plain, pooled) = (template(&compiled, Limits::default())?, template(&compiled, pool(16))?);
    let module = bare_module()?;
    let (same, same_pooled) = (same_module(None)?, same_module(Some(16))?);
    let exported = format!("{}id", vera_abi::names::FUNCTION_PREFIX);
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("plain", Box::new(|| fresh(&plain))),
        ("pooled", Box::new(|| fresh(&pooled))),
        ("raw", Box::new(|| bare_fresh(&module, "id"))),
        ("same", Box::new(|| bare_fresh(&same, &exported))),
        ("same pooled", Box::new(|| bare_fresh(&same_pooled, &exported))),
    ];
    let measured = alternate(Clock::Processor, BUDGET, &mut contenders)?;
    for (input, vera, bare) in COMPARED {
        Row::of_times("fresh", input, &measured[vera], &measured[bare]).target(Target::AtMost(6.0)).print();
    }
    Ok(())
}

fn many_instances() -> Result<(), String> {
    const THREADS: u32 = 2;
    const EACH: u32 = 50_000;
    let compiled = Compiled::new(guest::compile("identity", IDENTITY)?);
    for (input, limits) in [("100,000", Limits::default()), ("100,000, pool", pool(16))] {
        let template = template(&compiled, limits)?;
        let run = |each: u32| {
            std::thread::scope(|threads| {
                let made =
                    (0..THREADS).map(|_| threads.spawn(|| (0..each).try_for_each(|_| fresh(&template).map(drop))));
                let made: Vec<_> = made.collect();
                made.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread panicked".to_owned())?)
            })
        };
        run(EACH / 50)?;
        let (before, start) = (resident()?, Instant::now());
        run(EACH)?;
        let (time, grown) = (start.elapsed() / (THREADS * EACH), resident()?.saturating_sub(before));
        let vera = format!("{} each, {} KiB more", shown(time), grown / 1024);
        Row { name: "many".into(), input: input.into(), vera, ..Row::default() }.print();
    }
    Ok(())
}

/// Memory of this process that is in use, in bytes, where the system says it.
fn resident() -> Result<u64, String> {
    let Ok(pages) = std::fs::read_to_string("/proc/self/statm") else { return Ok(0) };
    let pages: Option<u64> = pages.split_whitespace().nth(1).and_then(|pages| pages.parse().ok());
    pages.map(|pages| pages * 4096).ok_or_else(|| "the system's account of memory cannot be read".to_owned())
}

fn precompiled() -> Result<(), String> {
    let wasm = guest::compile("identity", IDENTITY)?;
    let code = vera_engine::precompile(&wasm, &[vera_engine::Metering::default()], None).map_err(text)?;
    let bundle = vera_runtime::Bundle::from_static(code.leak());
    let first = |compiled: Compiled| compiled.instantiate((), Limits::default()).map(|_| 0).map_err(text);
    let mut contenders: Vec<(&'static str, Contender<'_>)> = vec![
        ("precompiled", Box::new(|| first(Compiled::with_code(wasm.clone(), bundle.clone())))),
        ("compiled", Box::new(|| first(Compiled::new(wasm.clone())))),
    ];
    // Machine code is made by several threads.
    let measured = alternate(Clock::AllThreads, BUDGET, &mut contenders)?;
    Row::of_times("precompiled", "first instance", &measured[0], &measured[1]).target(Target::AtMost(0.01)).print();
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
