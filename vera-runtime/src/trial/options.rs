//! The number of runs and the seed, from environment variables.

use super::case::Broken;
use std::str::FromStr;

/// The options of a test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    /// Runs of each function.
    pub(super) trials: u32,
    /// The same seed gives the same inputs.
    pub(super) seed: u64,
}

impl Options {
    /// 200 runs from seed 0, unless `VERA_TRIALS` and `VERA_SEED` say otherwise.
    pub(super) fn from_environment() -> Result<Self, Broken> {
        Ok(Options { trials: variable("VERA_TRIALS", 200)?, seed: variable("VERA_SEED", 0)? })
    }
}

fn variable<T: FromStr>(name: &str, default: T) -> Result<T, Broken> {
    match std::env::var(name) {
        Ok(text) => text.parse().map_err(|_| Broken::of(format!("{name} is `{text}`, which is not a number"))),
        Err(_) => Ok(default),
    }
}
