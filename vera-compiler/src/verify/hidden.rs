//! Values of the library's types whose representation is hidden: maps, sets, and decimals.
//!
//! Inputs of functions have such values in the forms that the library itself makes (`vera_abi::map`,
//! `vera_abi::prelude::decimal`): maps and sets are small, decimals have at most 28 digits. Other forms are not taken
//! apart, because inputs never have them.

use super::is_opaque;
use crate::core::interpret::Value;
use crate::tir::Program;
use crate::types::DataId;
use vera_abi::layout::Rep;
use vera_abi::map::SMALL;
use vera_abi::prelude::{PreludeType, decimal};

/// The maximum number of entries of a map or set.
pub(crate) const MAX_ENTRIES: usize = vera_abi::map::SMALL_MAX;
/// One half of a coefficient is less than this.
const HALF: i64 = 10i64.pow(decimal::HALF);

/// A type whose representation is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// `Map<K, V>`
    Map,
    /// `Set<T>`
    Set,
    /// `Decimal`
    Decimal,
}

impl Hidden {
    /// The hidden type that a data type is.
    pub(crate) fn of(program: &Program, data: DataId) -> Option<Self> {
        if !is_opaque(program, data) {
            return None;
        }
        match PreludeType::of_name(&program.data(data).name)? {
            PreludeType::Map => Some(Hidden::Map),
            PreludeType::Set => Some(Hidden::Set),
            PreludeType::Decimal => Some(Hidden::Decimal),
            _ => None,
        }
    }

    /// An empty map or set, or zero.
    pub(crate) fn simplest(self) -> Value {
        match self {
            Hidden::Map | Hidden::Set => map(&[], Rep::Ptr, Rep::Ptr),
            Hidden::Decimal => Number { is_negative: false, coefficient: 0, exponent: 0 }.value(),
        }
    }
}

/// A map of these entries, at most [`MAX_ENTRIES`] with distinct keys; a set has `true` as all its values.
pub(crate) fn map(entries: &[(Value, Value)], key: Rep, value: Rep) -> Value {
    let keys = entries.iter().map(|(key, _)| key.clone()).collect();
    let values = entries.iter().map(|(_, value)| value.clone()).collect();
    Value::record(SMALL, vec![array(keys, key), array(values, value)])
}

/// A set of these elements, as [`map`].
pub(crate) fn set(items: &[Value], item: Rep) -> Value {
    let entries: Vec<(Value, Value)> = items.iter().map(|item| (item.clone(), Value::Byte(1))).collect();
    map(&entries, item, Rep::Byte)
}

/// The entries of a map or set.
pub(crate) fn entries(value: &Value) -> Option<Vec<(Value, Value)>> {
    let Value::Record(record) = value else { return None };
    let [keys, values] = <[Value; 2]>::try_from(record.fields()).ok().filter(|_| record.tag == SMALL)?;
    Some(items(&keys)?.into_iter().zip(items(&values)?).collect())
}

/// An array of elements of a representation.
pub(crate) fn array(items: Vec<Value>, rep: Rep) -> Value {
    if rep != Rep::Byte {
        return Value::Array(items.into());
    }
    let bytes: Vec<u8> = items.iter().map(|item| if let Value::Byte(byte) = item { *byte } else { 0 }).collect();
    Value::Bytes(bytes.into())
}

/// The elements of an array.
pub(crate) fn items(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(array) => Some(array.to_vec()),
        Value::Bytes(bytes) => Some(bytes.with(|bytes| bytes.iter().map(|&byte| Value::Byte(byte)).collect())),
        _ => None,
    }
}

/// A finite decimal of at most 28 digits: `coefficient * 10^exponent`, with a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) is_negative: bool,
    /// Below `10^28`.
    pub(crate) coefficient: u128,
    pub(crate) exponent: i64,
}

impl Number {
    /// The number that a value is.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let Value::Record(record) = value else { return None };
        let fields = <[Value; 3]>::try_from(record.fields()).ok().filter(|_| record.tag == decimal::DIGITS)?;
        let [Value::I64(high), Value::I64(low), Value::I64(word)] = fields else { return None };
        let [high, low] = [high, low].map(|half| u128::try_from(half).ok());
        let coefficient = high? * HALF as u128 + low?;
        Some(Number { is_negative: word & 1 == 1, coefficient, exponent: word >> 1 })
    }

    /// Its value.
    pub(crate) fn value(self) -> Value {
        let half = HALF as u128;
        let halves = [self.coefficient / half, self.coefficient % half].map(|half| Value::I64(half as i64));
        let word = Value::I64(2 * self.exponent + i64::from(self.is_negative));
        let [high, low] = halves;
        Value::record(decimal::DIGITS, vec![high, low, word])
    }

    /// The equal number without trailing zeros; zeros of any sign and exponent are one.
    pub(crate) fn normalised(mut self) -> Self {
        if self.coefficient == 0 {
            return Number { is_negative: false, coefficient: 0, exponent: 0 };
        }
        while self.coefficient.is_multiple_of(10) {
            self.coefficient /= 10;
            self.exponent += 1;
        }
        self
    }

    /// The number as `decimal_to_string` prints it when its exponent is between -28 and 0, and in a form that
    /// `decimal_from_string` reads otherwise.
    pub(crate) fn text(self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let digits = self.coefficient.to_string();
        match self.exponent {
            0 => format!("{sign}{digits}"),
            exponent @ -28..0 => {
                let places = exponent.unsigned_abs() as usize;
                let digits = format!("{digits:0>width$}", width = places + 1);
                let (whole, part) = digits.split_at(digits.len() - places);
                format!("{sign}{whole}.{part}")
            }
            exponent => format!("{sign}{digits}E{exponent:+}"),
        }
    }
}
