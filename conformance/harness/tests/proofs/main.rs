//! What is proved is true of the compiled code, and of nothing else: proofs against runs.
//!
//! * Random programs ([`program`]) are verified, compiled and run on random inputs ([`compiled`]). A check whose obligations
//!   are proved never fails.
//! * Proved postconditions of the conformance programs are negated, and changed in one operator or constant ([`mutants`]).
//!   What then stays proved holds in random runs.
//!
//! A run of the tests takes a sample. `VERA_RANDOM_PROOFS=N` takes N random programs, `VERA_PROOF_MUTANTS=N` every mutant with N
//! runs of each function, `VERA_RANDOM_SEED=S` others. `VERA_PROOF_SUITE=FOLDER` takes the mutants of another suite.

mod compiled;
mod mutants;
mod program;

use std::path::PathBuf;
use std::str::FromStr;
use vera_compiler::driver::{self, Options, Source, Verification};
use vera_compiler::source::MemoryLoader;
use vera_solver::{Choice, Limits, solver};

/// A number of the environment.
fn variable<T: FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

fn seed() -> u64 {
    variable("VERA_RANDOM_SEED").unwrap_or(1)
}

#[test]
fn what_is_proved_of_random_programs_does_not_fail() {
    let count: u64 = variable("VERA_RANDOM_PROOFS").unwrap_or(20);
    let (mut wrong, mut proved, mut runs) = (Vec::new(), 0, 0);
    for number in 0..count {
        let text = program::random(seed().wrapping_mul(1_000_003).wrapping_add(number));
        let source = Source { name: "random.vera".into(), text: text.clone() };
        let solver = &mut *solver(Choice::Embedded, Limits::default());
        let found = driver::compile_and_verify(source, &MemoryLoader::new(), &Options::default(), solver);
        assert!(found.compilation.wasm.is_some(), "{text}\n{:?}", found.compilation.diagnostics);
        proved += found.summary().verified;
        let ran = compiled::run(&found, number);
        runs += ran.ended;
        wrong.extend(ran.wrong.into_iter().map(|why| format!("{text}\n{why}")));
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n\n"));
    // Programs of which nothing is proved, or that never come to an end, would show nothing.
    assert!(proved as u64 > 4 * count, "{proved} obligations of {count} programs are proved");
    assert!(runs > 10 * count, "{runs} runs of {count} programs came to an end");
}

#[test]
fn what_stays_proved_of_a_changed_contract_holds() {
    let suite = std::env::var_os("VERA_PROOF_SUITE").map(PathBuf::from);
    let wrong = mutants::wrong(suite.as_deref(), variable("VERA_PROOF_MUTANTS"), seed());
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Verifies a text, if it is a program.
fn verified(name: &str, text: String, loader: &dyn vera_compiler::source::SourceLoader) -> Option<Verification> {
    let source = Source { name: name.into(), text };
    let found = driver::verify(source, loader, &Options::default(), &mut *solver(Choice::Embedded, Limits::default()));
    found.verified.is_some().then_some(found)
}
