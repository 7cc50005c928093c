//! Checker: every text is accepted or refused with a reason.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vera_compiler::check::{Options, Source, check};
use vera_compiler::diagnostics::render_text;
use vera_compiler::source::MemoryLoader;

fuzz_target!(|data: &[u8]| {
    let Some(text) = vera_fuzz::program(data) else { return };
    let loader = MemoryLoader::new().with("a.b", "module a.b;\n\npublic data Box {\n  Box(Int)\n}\n");
    let outcome = check(Source { name: "fuzz.vera", text: &text }, &loader, Options { strict: text.len() % 2 == 1 });
    assert_eq!(outcome.result.is_err(), outcome.diagnostics.has_errors());
    for diagnostic in &outcome.diagnostics {
        assert!(!render_text(diagnostic, &outcome.program().sources).is_empty());
    }
});
