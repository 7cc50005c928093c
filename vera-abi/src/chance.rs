//! Generates the inputs of trials, for `vera test` and for the tests of `contract_tests!`.
//!
//! Numbers are determined by a seed, on every machine. Values are more likely where mistakes are: small values, the
//! ends of ranges, values that the program mentions, and any others.

use alloc::borrow::ToOwned;
use alloc::string::String;

/// Maximum number of characters of a generated text, less one.
const MAX_LENGTH: usize = 6;

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The source whose numbers are determined by the seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a bound; 0 when the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.bits() % (bound as u64).max(1)) as usize
    }

    /// True with a probability of one in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// An item of a list, unless the list is empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    /// An integer. `mentioned` are those of the program.
    pub fn integer(&mut self, mentioned: &[i64]) -> i64 {
        const ENDS: &[i64] = &[i64::MIN, i64::MAX, i64::MIN + 1, i64::MAX - 1];
        match self.below(10) {
            0..=3 => self.below(21) as i64 - 10,
            4..=6 => self.pick(mentioned).copied().unwrap_or(0),
            7 => self.below(2001) as i64 - 1000,
            8 => self.pick(ENDS).copied().unwrap_or(0),
            _ => self.bits() as i64,
        }
    }

    /// A float. `mentioned` are the integers of the program.
    pub fn float(&mut self, mentioned: &[i64]) -> f64 {
        const SPECIAL: &[f64] = &[
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            1e18,
            -1e18,
            1e300,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MIN_POSITIVE,
        ];
        match self.below(3) {
            0 => self.pick(SPECIAL).copied().unwrap_or(0.0),
            1 => self.below(2001) as f64 / 10.0 - 100.0,
            _ => self.integer(mentioned) as f64,
        }
    }

    /// A text. `mentioned` are those of the program.
    pub fn text<S: AsRef<str>>(&mut self, mentioned: &[S]) -> String {
        const LETTERS: &[char] = &['a', 'b', 'z', 'A', '0', '9', ' ', '-', ',', '\n', '"', '\u{e9}', '\u{1f600}'];
        if self.once_in(4) {
            return self.pick(mentioned).map(|text| text.as_ref().to_owned()).unwrap_or_default();
        }
        let length = self.below(MAX_LENGTH);
        (0..length).filter_map(|_| self.pick(LETTERS)).collect()
    }
}
