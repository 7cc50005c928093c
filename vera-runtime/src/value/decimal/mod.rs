//! `Decimal`: the numbers of the language, digit for digit.
//!
//! Decimals pass losslessly between Rust and a module: the digits, the exponent and the sign, also that of zero.
//! Arithmetic is done in the module; convert a decimal for arithmetic in Rust (feature `rust_decimal`).
//!
//! Invariant: a coefficient of up to `SHORT` digits is a number, a longer one is text whose first digit is not zero,
//! and exponents are in the range of the language. So every number has exactly one representation.

mod order;
mod pass;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "serde")]
mod serde;
#[cfg(test)]
mod tests;
mod text;

#[cfg(feature = "rust_decimal")]
pub use rust_decimal::NoRustDecimal;
use std::borrow::Cow;
pub use text::ParseDecimalError;
use vera_abi::prelude::decimal::{HALF, MAX_EXPONENT, MIN_EXPONENT};

/// Maximum number of digits of a coefficient that is stored as a number; arithmetic of the language gives no more.
const SHORT: u32 = 2 * HALF;
/// The smallest coefficient that is too long.
const LONG: u128 = 10u128.pow(SHORT);

/// A `Decimal` of the language: a coefficient of any length times a power of ten, an infinity, or NaN (not a number).
///
/// Numbers compare by value: `1.0` equals `1.00`, and both are the same key. [`ToString`] distinguishes them. As a key,
/// and so for `==`, NaN equals itself. In order it comes after all numbers.
///
/// ```
/// use vera_runtime::value::Decimal;
///
/// let price: Decimal = "12.50".parse()?;
/// assert_eq!(price.to_string(), "12.50");
/// assert_eq!(price, "12.5".parse()?);
/// assert!(price > Decimal::from(12));
/// # Ok::<_, vera_runtime::value::ParseDecimalError>(())
/// ```
#[derive(Clone)]
pub struct Decimal(Number);

#[derive(Clone)]
enum Number {
    Finite { negative: bool, digits: Digits, exponent: i64 },
    Infinite { negative: bool },
    Nan,
}

#[derive(Clone)]
enum Digits {
    Short(u128),
    Long(Box<str>),
}

impl Digits {
    /// The digits as text; `0` for zero.
    fn text(&self) -> Cow<'_, str> {
        match self {
            Digits::Short(number) => Cow::Owned(number.to_string()),
            Digits::Long(text) => Cow::Borrowed(text),
        }
    }

    /// The digits of a text, which may have leading zeros.
    fn of(text: &str) -> Self {
        let text = text.trim_start_matches('0');
        match text.parse() {
            Ok(number) if number < LONG => Digits::Short(number),
            _ if text.is_empty() => Digits::Short(0),
            _ => Digits::Long(text.into()),
        }
    }

    fn is_zero(&self) -> bool {
        matches!(self, Digits::Short(0))
    }
}

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal(Number::Finite { negative: false, digits: Digits::Short(0), exponent: 0 });
    /// NaN (not a number). A module gets it by converting a float that is NaN.
    pub const NAN: Decimal = Decimal(Number::Nan);
    /// Positive infinity. A module gets it by converting a float that is infinite.
    pub const INFINITY: Decimal = Decimal(Number::Infinite { negative: false });
    /// Negative infinity.
    pub const NEG_INFINITY: Decimal = Decimal(Number::Infinite { negative: true });

    /// `coefficient` × 10^`exponent`, negated if `negative`. `None` when the exponent, or that of the first digit, is
    /// out of the range of the language, which is about ±10^18.
    ///
    /// ```
    /// use vera_runtime::value::Decimal;
    ///
    /// assert_eq!(Decimal::new(true, 1250, -2).map(|number| number.to_string()).as_deref(), Some("-12.50"));
    /// ```
    pub fn new(negative: bool, coefficient: u128, exponent: i64) -> Option<Self> {
        let digits = if coefficient < LONG {
            Digits::Short(coefficient)
        } else {
            Digits::Long(coefficient.to_string().into_boxed_str())
        };
        Self::finite(negative, digits, exponent)
    }

    fn finite(negative: bool, digits: Digits, exponent: i64) -> Option<Self> {
        let first = exponent.checked_add(digits.text().len() as i64 - 1)?;
        let fits = exponent >= MIN_EXPONENT && first <= MAX_EXPONENT;
        fits.then_some(Decimal(Number::Finite { negative, digits, exponent }))
    }

    /// The decimal with the shortest digits that convert back to the float, like `decimal_from_float`: `0.1`, `100.0`.
    pub fn from_f64(value: f64) -> Self {
        match value {
            value if value.is_nan() => Decimal::NAN,
            f64::INFINITY => Decimal::INFINITY,
            f64::NEG_INFINITY => Decimal::NEG_INFINITY,
            // The text of a float is always a number.
            value => crate::builtins::float::float_to_source(value).parse().unwrap_or(Decimal::NAN),
        }
    }

    /// The nearest float; an infinity when the value is too large.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Number::Finite { .. } => self.to_string().parse().unwrap_or(f64::NAN),
            Number::Infinite { negative: false } => f64::INFINITY,
            Number::Infinite { negative: true } => f64::NEG_INFINITY,
            Number::Nan => f64::NAN,
        }
    }

    /// The digits of the coefficient, without sign and point; `None` when the decimal is not finite.
    pub fn digits(&self) -> Option<Cow<'_, str>> {
        match &self.0 {
            Number::Finite { digits, .. } => Some(digits.text()),
            Number::Infinite { .. } | Number::Nan => None,
        }
    }

    /// The power of ten by which the coefficient is multiplied; `None` when the decimal is not finite.
    pub fn exponent(&self) -> Option<i64> {
        match &self.0 {
            Number::Finite { exponent, .. } => Some(*exponent),
            Number::Infinite { .. } | Number::Nan => None,
        }
    }

    /// Whether it has a minus sign; negative zero has one.
    pub fn is_sign_negative(&self) -> bool {
        matches!(self.0, Number::Finite { negative: true, .. } | Number::Infinite { negative: true })
    }

    /// Whether it is zero, of either sign.
    pub fn is_zero(&self) -> bool {
        matches!(&self.0, Number::Finite { digits, .. } if digits.is_zero())
    }

    /// Whether it is neither an infinity nor NaN.
    pub fn is_finite(&self) -> bool {
        matches!(self.0, Number::Finite { .. })
    }

    /// Whether it is NaN.
    pub fn is_nan(&self) -> bool {
        matches!(self.0, Number::Nan)
    }

    /// The same value without trailing zeros of the coefficient, and zero without a sign. Equal numbers have the same
    /// reduced form.
    #[must_use]
    pub fn reduced(&self) -> Self {
        match &self.0 {
            Number::Finite { digits, .. } if digits.is_zero() => Decimal::ZERO,
            Number::Finite { negative, digits, exponent } => {
                let text = digits.text();
                let short = text.trim_end_matches('0');
                let exponent = exponent + (text.len() - short.len()) as i64;
                Decimal(Number::Finite { negative: *negative, digits: Digits::of(short), exponent })
            }
            Number::Infinite { .. } | Number::Nan => self.clone(),
        }
    }
}

macro_rules! integers {
    ($($ty:ty),*) => {
        $(impl From<$ty> for Decimal {
            fn from(value: $ty) -> Self {
                let negative = i128::from(value) < 0;
                let digits = Digits::Short(i128::from(value).unsigned_abs());
                Decimal(Number::Finite { negative, digits, exponent: 0 })
            }
        })*
    };
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64);
