//! Random sequences of calls under small limits, as the fuzz target makes them. `VERA_SEQUENCES` says how many.

#[path = "../../../fuzz/src/calls.rs"]
#[allow(unreachable_pub, reason = "the fuzz target's crate has it in its interface")]
mod calls;

#[test]
fn sequences_of_calls_under_small_limits() {
    let wanted = std::env::var("VERA_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(150);
    let first: u64 = std::env::var("VERA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    for seed in first..first + wanted {
        let mut state = seed;
        let bytes: Vec<u8> = (0..200)
            .map(|_| {
                // SplitMix64.
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) as u8
            })
            .collect();
        let outcome = std::panic::catch_unwind(|| calls::run(&bytes));
        assert!(outcome.is_ok(), "sequence {seed}");
    }
}
