//! Decimals as text: the format that `decimal_to_string` writes and `decimal_from_string` reads.

use super::{Decimal, Digits, Number};
use std::fmt::{self, Debug, Display, Formatter};
use std::str::FromStr;

/// The largest exponent that is accepted, and the negative of the smallest.
const MAX_READ: i64 = 999_999;
/// A number is written without an exponent unless its first digit is further right of the point than this.
const FIRST_ZEROS: i64 = -6;

/// The text is not a decimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDecimalError(());

impl Display for ParseDecimalError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("no decimal: digits with a point among them, and an exponent of up to six digits, such as `-12.50` or `1E+3`")
    }
}

impl std::error::Error for ParseDecimalError {}

impl Display for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Number::Nan => f.pad("NaN"),
            Number::Infinite { negative } => f.pad(if *negative { "-Infinity" } else { "Infinity" }),
            Number::Finite { negative, digits, exponent } => {
                let number = unsigned(&digits.text(), *exponent);
                f.pad_integral(!negative, "", &number)
            }
        }
    }
}

fn unsigned(digits: &str, exponent: i64) -> String {
    // Digits before the point.
    let before = digits.len() as i64 + exponent;
    if exponent > 0 || before <= FIRST_ZEROS {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{first}{point}{rest}E{:+}", before - 1);
    }
    match usize::try_from(before) {
        Ok(before) if before == digits.len() => digits.to_owned(),
        Ok(before) if before > 0 => format!("{}.{}", &digits[..before], &digits[before..]),
        _ => format!("0.{}{digits}", "0".repeat(before.unsigned_abs() as usize)),
    }
}

impl Debug for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    /// Reads the format of `decimal_from_string`, with white space around it, and `Infinity`, `-Infinity` and `NaN`.
    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        let text = text.trim_matches(|c: char| c == ' ' || ('\t'..='\r').contains(&c));
        match text {
            "NaN" => return Ok(Decimal::NAN),
            "Infinity" => return Ok(Decimal::INFINITY),
            "-Infinity" => return Ok(Decimal::NEG_INFINITY),
            _ => {}
        }
        finite(text).ok_or(ParseDecimalError(()))
    }
}

fn finite(text: &str) -> Option<Decimal> {
    let negative = text.starts_with('-');
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent_of(exponent)?),
        None => (text, 0),
    };
    let (whole, places) = number.split_once('.').unwrap_or((number, ""));
    let all = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all(whole) || !all(places) || whole.is_empty() && places.is_empty() {
        return None;
    }
    let digits = if places.is_empty() { Digits::of(whole) } else { Digits::of(&[whole, places].concat()) };
    Decimal::finite(negative, digits, exponent - places.len() as i64)
}

fn exponent_of(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    let value = if significant.is_empty() { 0 } else { significant.parse::<i64>().ok()? };
    (value <= MAX_READ).then_some(if negative { -value } else { value })
}
