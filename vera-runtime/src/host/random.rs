//! The effect `Random`.

use super::Imports;
use crate::error::Result;
use std::hash::{BuildHasher, RandomState};
use vera_abi::chance;

/// The effect `Random`.
#[diagnostic::on_unimplemented(
    message = "the module performs `Random`, and `{Self}` does not implement the capability `Random`",
    label = "no implementation of `vera_runtime::host::random::Random`",
    note = "hosts with it are `SplitMix` and `SystemRandom` (feature `system-random`): with a builder `.random(SplitMix::seeded(1))`",
    note = "of your own host write `impl vera_runtime::host::random::Random for ...`; one value may implement the traits of all effects"
)]
pub trait Random {
    /// 64 random bits.
    fn bits(&mut self) -> u64;
}

impl<R: Random + ?Sized> Random for Box<R> {
    fn bits(&mut self) -> u64 {
        (**self).bits()
    }
}

/// Unpredictable numbers: a cryptographic generator, seeded by the operating system.
#[cfg(feature = "system-random")]
#[derive(Debug)]
pub struct SystemRandom(rand::rngs::StdRng);

#[cfg(feature = "system-random")]
impl SystemRandom {
    /// A new generator.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new() -> std::io::Result<Self> {
        let seeded = rand::SeedableRng::try_from_rng(&mut rand::rngs::SysRng);
        seeded.map(SystemRandom).map_err(std::io::Error::other)
    }
}

#[cfg(feature = "system-random")]
impl Random for SystemRandom {
    fn bits(&mut self) -> u64 {
        rand::Rng::next_u64(&mut self.0)
    }
}

/// A generator for simulations and games, not for secrets (SplitMix64).
#[derive(Clone, Debug)]
pub struct SplitMix(chance::Random);

impl SplitMix {
    /// A generator whose numbers are determined by the seed.
    pub fn seeded(seed: u64) -> Self {
        SplitMix(chance::Random::new(seed))
    }
}

impl Default for SplitMix {
    /// Seeded from the operating system.
    fn default() -> Self {
        Self::seeded(RandomState::new().hash_one(0))
    }
}

impl Random for SplitMix {
    fn bits(&mut self) -> u64 {
        self.0.bits()
    }
}

/// A number of `low..=high`, all equally likely; `low` when the range is empty.
fn between(random: &mut impl Random, low: i64, high: i64) -> i64 {
    if low >= high {
        return low;
    }
    let span = high.wrapping_sub(low) as u64;
    if span == u64::MAX {
        return random.bits() as i64;
    }
    let count = span + 1;
    // Numbers past the last whole multiple of `count` would favour the low ones.
    let usable = u64::MAX - (u64::MAX % count + 1) % count;
    loop {
        let bits = random.bits();
        if bits <= usable {
            return low.wrapping_add((bits % count) as i64);
        }
    }
}

impl<H: Send + 'static> Imports<H> {
    /// Implements `Random` with a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares an operation with other types.
    pub fn random<C: Random + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        const EFFECT: &str = "Random";
        self.language_operation(EFFECT, "random_int", move |host: &mut H, scope, (low, high): (i64, i64)| {
            scope.finish::<i64, _>(between(part(host), low, high))
        })?
        .language_operation(EFFECT, "random_float", move |host: &mut H, scope, ((),)| {
            scope.finish::<f64, _>((part(host).bits() >> 11) as f64 / (1u64 << 53) as f64)
        })?
        .language_operation(EFFECT, "random_bool", move |host: &mut H, scope, ((),)| {
            scope.finish::<bool, _>(part(host).bits() >> 63 == 1)
        })
    }
}
