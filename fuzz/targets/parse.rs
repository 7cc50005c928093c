//! Lexer and parser: every text gives a tree, with its nodes in their places, or diagnostics that can be shown. That the
//! tokens cover the text the lexer asserts by itself.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use vera_compiler::source::SourceMap;
use vera_compiler::syntax::parse;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    vera_fuzz::vary(data, size, max_size, seed)
});

fuzz_target!(|data: &[u8]| {
    let Some(text) = vera_fuzz::program(data) else { return };
    let mut sources = SourceMap::new();
    let file = sources.add("fuzz.vera", text);
    let (program, diagnostics) = parse(&sources, file);
    vera_fuzz::are_sound(&diagnostics, &sources);
    if !diagnostics.has_errors() {
        vera_fuzz::is_well_placed(&program, &sources);
    }
});
