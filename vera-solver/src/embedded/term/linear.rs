//! Sums of multiples of integer terms.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::Id;

/// `constant + Σ coefficient · term`. Terms ascend, coefficients are not zero: equal sums are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Linear {
    pub(crate) constant: BigInt,
    pub(crate) terms: Vec<(Id, BigInt)>,
}

impl Linear {
    pub(crate) fn constant(constant: impl Into<BigInt>) -> Self {
        Linear { constant: constant.into(), terms: Vec::new() }
    }

    pub(crate) fn term(term: Id) -> Self {
        Linear { constant: BigInt::zero(), terms: vec![(term, BigInt::one())] }
    }

    pub(crate) fn is_constant(&self) -> bool {
        self.terms.is_empty()
    }

    /// The constant, if there are no terms.
    pub(crate) fn as_constant(&self) -> Option<&BigInt> {
        self.is_constant().then_some(&self.constant)
    }

    pub(crate) fn scaled(&self, by: &BigInt) -> Self {
        if by.is_zero() {
            return Linear::default();
        }
        let terms = self.terms.iter().map(|(term, coefficient)| (*term, coefficient * by)).collect();
        Linear { constant: &self.constant * by, terms }
    }

    pub(crate) fn negated(&self) -> Self {
        self.scaled(&-BigInt::one())
    }

    pub(crate) fn plus(&self, other: &Linear) -> Self {
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut left, mut right) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        loop {
            let take = match (left.peek(), right.peek()) {
                (Some((a, _)), Some((b, _))) => a.cmp(b),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => break,
            };
            match take {
                std::cmp::Ordering::Less => terms.extend(left.next().cloned()),
                std::cmp::Ordering::Greater => terms.extend(right.next().cloned()),
                std::cmp::Ordering::Equal => {
                    if let (Some((term, a)), Some((_, b))) = (left.next(), right.next()) {
                        let sum = a + b;
                        if !sum.is_zero() {
                            terms.push((*term, sum));
                        }
                    }
                }
            }
        }
        Linear { constant: &self.constant + &other.constant, terms }
    }

    pub(crate) fn minus(&self, other: &Linear) -> Self {
        self.plus(&other.negated())
    }

    pub(crate) fn plus_constant(mut self, constant: &BigInt) -> Self {
        self.constant += constant;
        self
    }

    /// Greatest common divisor of the coefficients; zero if there are none.
    pub(crate) fn content(&self) -> BigInt {
        self.terms.iter().fold(BigInt::zero(), |all, (_, coefficient)| all.gcd(coefficient))
    }

    /// Whether the first coefficient is negative.
    pub(crate) fn leads_negative(&self) -> bool {
        self.terms.first().is_some_and(|(_, coefficient)| coefficient.is_negative())
    }

    /// Bits of its largest number.
    pub(crate) fn bits(&self) -> u64 {
        self.terms.iter().map(|(_, coefficient)| coefficient.bits()).fold(self.constant.bits(), u64::max)
    }
}
