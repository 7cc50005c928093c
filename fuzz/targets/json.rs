//! `json` built-ins of the host, within limits.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| vera_fuzz::walkers::json(data));
