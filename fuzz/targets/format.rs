//! Formatter: what it makes of a program is a program that it leaves alone, and is clean. That the tree is the same and no
//! comment is lost it checks by itself, and a failure of that check is the diagnostic E699.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use vera_compiler::diagnostics::Code;
use vera_compiler::format::format;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    vera_fuzz::vary(data, size, max_size, seed)
});

fuzz_target!(|data: &[u8]| {
    let Some(text) = vera_fuzz::program(data) else { return };
    match format("fuzz.vera", &text) {
        Ok(once) => {
            let twice = format("fuzz.vera", &once).expect("canonical text is well-formed");
            assert_eq!(once, twice, "formatting twice changes the text");
            assert!(once.ends_with('\n') && !once.ends_with("\n\n") && !once.contains('\r'), "{once:?}");
            assert!(once.lines().all(|line| line.trim_end() == line), "blanks at the end of a line: {once:?}");
            assert!(
                !once.contains("\n\n\n") || text.contains("{-") || text.contains("/*"),
                "two blank lines: {once:?}"
            );
        }
        Err(unformatted) => {
            assert!(unformatted.diagnostics.iter().all(|diagnostic| diagnostic.code != Code::E699), "{unformatted:?}");
            vera_fuzz::are_sound(&unformatted.diagnostics, &unformatted.sources);
        }
    }
});
