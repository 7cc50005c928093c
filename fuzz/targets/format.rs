//! Formatter: what it makes of a program is a program that it leaves alone. That the tree is the same and no comment is
//! lost it checks by itself, and a failure of that check is the diagnostic E699.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vera_compiler::diagnostics::Code;
use vera_compiler::format::format;

fuzz_target!(|data: &[u8]| {
    let Some(text) = vera_fuzz::program(data) else { return };
    match format("fuzz.vera", &text) {
        Ok(once) => {
            let twice = format("fuzz.vera", &once).expect("canonical text is well-formed");
            assert_eq!(once, twice, "formatting twice changes the text");
        }
        Err(unformatted) => {
            assert!(unformatted.diagnostics.iter().all(|diagnostic| diagnostic.code != Code::E699), "{unformatted:?}");
        }
    }
});
