//! Checker: every text is accepted or refused with a reason.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use vera_compiler::check::{Options, Source, check};
use vera_compiler::source::MemoryLoader;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    vera_fuzz::vary(data, size, max_size, seed)
});

fuzz_target!(|data: &[u8]| {
    let Some(text) = vera_fuzz::program(data) else { return };
    let loader = MemoryLoader::new().with("a.b", "module a.b;\n\npublic data Box {\n  Box(Int)\n}\n");
    let outcome = check(Source { name: "fuzz.vera", text: &text }, &loader, Options { strict: text.len() % 2 == 1 });
    assert_eq!(outcome.result.is_err(), outcome.diagnostics.has_errors());
    vera_fuzz::are_sound(&outcome.diagnostics, &outcome.program().sources);
});
