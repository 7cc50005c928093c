//! Random programs with handlers: what they mean, interpreted, optimised, compiled, and with a collection at every
//! allocation.

mod meaning;
mod program;
mod shrink;
mod text;

use crate::host;
use crate::script::Outcome;
use vera_compiler::core::Program;
use vera_compiler::core::interpret::{Limits, NoExterns, Stop, Value};
use vera_compiler::core::optimise::optimise;
use vera_compiler::driver::{Compilation, Options, Source, compile, core_program};
use vera_compiler::source::MemoryLoader;

/// Number of random programs; more are worth while after a change to how effects are compiled.
fn cases() -> u64 {
    std::env::var("VERA_RANDOM_HANDLERS").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60)
}

/// The first seed.
fn first() -> u64 {
    std::env::var("VERA_RANDOM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

fn source(text: &str) -> Source {
    Source { name: "handlers.vera".into(), text: text.into() }
}

/// The value of `main`; `None` when it takes too long.
fn interpreted(program: &Program) -> Option<Result<i64, String>> {
    let (_, id) = program.exports.iter().find(|(name, _)| name.ends_with("main")).expect("exported");
    let limits = Limits { fuel: 4_000_000, depth: 20_000 };
    match program.interpret(*id, vec![Value::Unit], limits, &mut NoExterns) {
        Ok(Value::I64(value)) => Some(Ok(value)),
        Err(Stop::OutOfFuel | Stop::TooDeep) => None,
        other => Some(Err(format!("{other:?}"))),
    }
}

/// What is wrong with a program; `Ok` says whether it was run.
fn tried(program: &program::Program) -> Result<bool, String> {
    let program: &'static program::Program = Box::leak(Box::new(program.clone()));
    let text = text::text(program);
    let Some(expected) = meaning::value(program) else { return Ok(false) };
    let lowered = core_program(source(&text), &MemoryLoader::new(), &Options::default())
        .map_err(|diagnostics| format!("is refused: {:?}", diagnostics.iter().next()))?;
    lowered.validate().map_err(|invalid| format!("is malformed: {invalid}"))?;
    let differs = |how: &str, found: &dyn std::fmt::Debug| format!("gives {expected}, and {how} {found:?}");
    let Some(found) = interpreted(&lowered) else { return Ok(false) };
    if found != Ok(expected) {
        return Err(differs("interpreted", &found));
    }
    let mut optimised = lowered;
    optimise(&mut optimised);
    optimised.validate().map_err(|invalid| format!("gives a malformed program when optimised: {invalid}"))?;
    if let Some(found) = interpreted(&optimised)
        && found != Ok(expected)
    {
        return Err(differs("optimised", &found));
    }
    let Compilation { wasm: Some(wasm), interface, .. } =
        compile(source(&text), &MemoryLoader::new(), &Options::default())
    else {
        return Err("does not compile".into());
    };
    for stress in [false, true] {
        let found = host::call(&wasm, &interface, "main", &[], stress);
        if found != Outcome::Value(expected.to_string(), String::new()) {
            return Err(differs("compiled", &found));
        }
    }
    Ok(true)
}

/// Whether a program of ours is wrong in the way that another was: what is refused was not made by the generator.
fn differs(program: &program::Program) -> bool {
    shrink::means_what_it_says(program)
        && std::panic::catch_unwind(|| tried(program))
            .is_ok_and(|result| result.is_err_and(|what| what.starts_with("gives")))
}

/// Whether the program of a seed was run.
fn check(seed: u64) -> bool {
    let program = program::program(seed);
    assert!(shrink::means_what_it_says(&program), "seed {seed}: an operation names another handler than its text");
    match tried(&program) {
        Ok(run) => run,
        Err(what) => {
            let smallest = shrink::shrunk(program, &differs);
            panic!("seed {seed} {what}; smaller:\n{}\n{:?}", text::text(&smallest), tried(&smallest));
        }
    }
}

#[test]
fn random_programs_with_handlers_mean_what_they_say() {
    let run = (first()..first() + cases()).filter(|&seed| check(seed)).count() as u64;
    assert!(run * 2 > cases(), "only {run} of {} programs came to an end", cases());
}
