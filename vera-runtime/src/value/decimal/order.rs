//! How decimals compare and hash: by value, so equal decimals are one key.

use super::{Decimal, Number};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

impl Decimal {
    /// -1, 0 or 1; 2 for NaN, which comes last.
    fn rank(&self) -> i8 {
        match self.0 {
            Number::Nan => 2,
            _ if self.is_zero() => 0,
            _ if self.is_sign_negative() => -1,
            _ => 1,
        }
    }

    /// Compares the magnitudes of two numbers that are not zero.
    fn compare_sizes(&self, other: &Self) -> Ordering {
        let (Some(digits), Some(other_digits)) = (self.digits(), other.digits()) else {
            return other.is_finite().cmp(&self.is_finite());
        };
        let first = |number: &Self, digits: &str| number.exponent().unwrap_or_default() + digits.len() as i64;
        let (own, others) = (first(self, &digits), first(other, &other_digits));
        own.cmp(&others).then_with(|| digits.trim_end_matches('0').cmp(other_digits.trim_end_matches('0')))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank()).then_with(|| match self.rank() {
            1 => self.compare_sizes(other),
            -1 => other.compare_sizes(self),
            _ => Ordering::Equal,
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let reduced = self.reduced();
        reduced.rank().hash(state);
        reduced.exponent().hash(state);
        reduced.digits().hash(state);
    }
}
