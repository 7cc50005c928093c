//! Scripts over values of all kinds, held against a model: nothing live is lost, whatever is collected.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    vera_fuzz::collector::run(data);
});
