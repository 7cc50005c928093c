//! Lexer and parser: every text gives a tree, and every place in a diagnostic can be shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vera_compiler::diagnostics::render_text;
use vera_compiler::source::SourceMap;
use vera_compiler::syntax::parse;

fuzz_target!(|data: &[u8]| {
    let Some(text) = vera_fuzz::program(data) else { return };
    let mut sources = SourceMap::new();
    let file = sources.add("fuzz.vera", text);
    let (_, diagnostics) = parse(&sources, file);
    for diagnostic in &diagnostics {
        assert!(!render_text(diagnostic, &sources).is_empty());
    }
});
