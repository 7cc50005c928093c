//! The whole compiler: what checks compiles to a valid module.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use vera_compiler::driver::{Options, Source, compile};
use vera_compiler::source::MemoryLoader;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    vera_fuzz::vary(data, size, max_size, seed)
});

fuzz_target!(|data: &[u8]| {
    let Some(text) = vera_fuzz::program(data) else { return };
    let source = Source { name: "fuzz.vera".into(), text };
    let compilation = compile(source, &MemoryLoader::new(), &Options::default());
    assert_eq!(compilation.wasm.is_none(), compilation.diagnostics.has_errors());
    vera_fuzz::are_sound(&compilation.diagnostics, &compilation.program.sources);
    if let Some(wasm) = compilation.wasm {
        vera_compiler::emit::wat(&wasm).expect("a module that can be printed");
    }
});
