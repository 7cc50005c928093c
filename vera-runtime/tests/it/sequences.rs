//! Random inputs of two fuzz targets: sequences of calls under small limits, and scripts over values that the collector
//! must keep. `VERA_SEQUENCES` says how many of each, `VERA_SEED` from which on.

#[path = "../../../fuzz/src/calls.rs"]
#[allow(unreachable_pub, reason = "the fuzz target's crate has it in its interface")]
mod calls;
#[path = "../../../fuzz/src/collector.rs"]
#[allow(unreachable_pub, reason = "the fuzz target's crate has it in its interface")]
mod collector;

use std::panic::AssertUnwindSafe;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

/// Gives `run` so many inputs of `length` bytes.
fn inputs(count: u64, length: usize, mut run: impl FnMut(&[u8])) {
    let first = variable("VERA_SEED").unwrap_or(0);
    for seed in first..first + variable("VERA_SEQUENCES").unwrap_or(count) {
        let mut state = seed;
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                // SplitMix64.
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) as u8
            })
            .collect();
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| run(&bytes)));
        assert!(outcome.is_ok(), "sequence {seed}");
    }
}

#[test]
fn sequences_of_calls_under_small_limits() {
    inputs(150, 200, calls::run);
}

#[test]
fn scripts_of_values_find_in_their_registers_what_they_put_there() {
    let (mut all, mut compared) = (0, 0);
    inputs(60, 400, |bytes| {
        all += 1;
        compared += u32::from(collector::run(bytes));
    });
    assert!(compared * 2 > all, "most scripts are stopped by limits: {compared} of {all} ended");
}
