//! Conversions from and to the numbers of the crate `rust_decimal`.

use super::{Decimal, Number};
use crate::error::Result;
use crate::heap::Heap;
use crate::value::{Raw, ToVera};
use rust_decimal::Decimal as Fixed;
use std::fmt;

/// A decimal that `rust_decimal` cannot represent: its numbers have 96 bits and up to 28 decimal places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoRustDecimal(Decimal);

impl fmt::Display for NoRustDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has more digits or another exponent than rust_decimal can hold", self.0)
    }
}

impl std::error::Error for NoRustDecimal {}

impl From<Fixed> for Decimal {
    fn from(number: Fixed) -> Self {
        // Its exponents are in the range of the language.
        let made =
            Decimal::new(number.is_sign_negative(), number.mantissa().unsigned_abs(), -i64::from(number.scale()));
        made.unwrap_or(Decimal::NAN)
    }
}

impl TryFrom<&Decimal> for Fixed {
    type Error = NoRustDecimal;

    /// The same number with the same decimal places, or with fewer when only zeros are lost. Any other number is an
    /// error, because nothing is rounded.
    fn try_from(number: &Decimal) -> Result<Fixed, NoRustDecimal> {
        exact(number).or_else(|| exact(&number.reduced())).ok_or_else(|| NoRustDecimal(number.clone()))
    }
}

impl TryFrom<Decimal> for Fixed {
    type Error = NoRustDecimal;

    fn try_from(number: Decimal) -> Result<Fixed, NoRustDecimal> {
        Fixed::try_from(&number)
    }
}

fn exact(number: &Decimal) -> Option<Fixed> {
    let Number::Finite { negative, digits, exponent } = &number.0 else { return None };
    let coefficient: i128 = digits.text().parse().ok()?;
    let zeros = u32::try_from((*exponent).max(0)).ok()?;
    let coefficient = if coefficient == 0 { 0 } else { coefficient.checked_mul(10i128.checked_pow(zeros)?)? };
    let places = u32::try_from((-exponent).max(0)).ok()?;
    let mut fixed = Fixed::try_from_i128_with_scale(coefficient, places).ok()?;
    fixed.set_sign_negative(*negative);
    Some(fixed)
}

impl ToVera<'_, Decimal> for Fixed {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        Decimal::from(*self).to_vera(heap)
    }
}
