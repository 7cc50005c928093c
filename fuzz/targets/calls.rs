//! Sequences of calls under small limits: a typed error, and an instance that answers the next call.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| vera_fuzz::calls::run(data));
