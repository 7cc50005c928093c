//! Passing decimals into and out of a module.

use super::{Decimal, Digits, LONG, Number, SHORT};
use crate::error::{Error, Result};
use crate::heap::{Heap, Reader};
use crate::value::{HashKey, Lift, Raw, ToKey, ToVera, Value, flat};
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::{FixedLayout, Rep, fixed};
use vera_abi::prelude::decimal;

const DIGITS: FixedLayout<3> = fixed([Rep::I64, Rep::I64, Rep::I64]);
const TEXT: FixedLayout<2> = fixed([Rep::Slice, Rep::I64]);
const SIGN: FixedLayout<1> = fixed([Rep::Byte]);
/// One half of a short coefficient is less than this.
const HALF: u64 = 10u64.pow(decimal::HALF);

impl Value for Decimal {
    type Repr = flat::Ptr;

    fn stands_for(_: &Interface, ty: &TypeDesc) -> bool {
        matches!(ty, TypeDesc::Decimal)
    }
}

impl ToVera<'_, Decimal> for Decimal {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        match &self.0 {
            Number::Nan => Ok(heap.constant(decimal::NAN)),
            Number::Infinite { negative } => {
                heap.record(decimal::INFINITY, &SIGN, &[Raw::from_bits(u64::from(*negative))])
            }
            Number::Finite { negative, digits, exponent } => {
                let word = Raw::from_bits((2 * exponent + i64::from(*negative)) as u64);
                match digits {
                    Digits::Short(number) => {
                        let half = u128::from(HALF);
                        let [high, low] = [number / half, number % half].map(|half| Raw::from_bits(half as u64));
                        heap.record(decimal::DIGITS, &DIGITS, &[high, low, word])
                    }
                    Digits::Long(text) => {
                        heap.build(decimal::LONG, &TEXT, |heap| Ok([heap.lower_rooted::<String>(&**text)?, word]))
                    }
                }
            }
        }
    }
}

impl Lift for Decimal {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.count_nodes(1)?;
        Decimal::read(reader, raw, |reader, text| reader.string(text))
    }
}

impl Decimal {
    /// Reads a number. If its digits are a string, `long` reads them.
    pub(in crate::value) fn read<'a>(
        reader: &mut Reader<'a>,
        raw: Raw,
        long: impl FnOnce(&mut Reader<'a>, Raw) -> Result<String>,
    ) -> Result<Self> {
        let number = match reader.tag(raw)? {
            decimal::DIGITS => {
                let [high, low, word] = &DIGITS.fields;
                let part = |place| Ok(reader.field(raw, place)?.bits);
                let (high, low, word): (u64, u64, u64) = (part(high)?, part(low)?, part(word)?);
                let digits = u128::from(high) * u128::from(HALF) + u128::from(low);
                (high < HALF && low < HALF && digits < LONG).then(|| finite(Digits::Short(digits), word))
            }
            decimal::LONG => {
                let text = reader.field(raw, &TEXT.fields[0])?;
                let word = reader.field(raw, &TEXT.fields[1])?.bits;
                let text = long(reader, text)?;
                let is_long = text.len() > SHORT as usize && !text.starts_with('0');
                let is_digits = is_long && text.bytes().all(|byte| byte.is_ascii_digit());
                is_digits.then(|| finite(Digits::Long(text.into_boxed_str()), word))
            }
            decimal::INFINITY => {
                let negative = reader.field(raw, &SIGN.fields[0])?.bits as u32 != 0;
                Some(Some(Decimal(Number::Infinite { negative })))
            }
            decimal::NAN => Some(Some(Decimal::NAN)),
            _ => None,
        };
        number.flatten().ok_or_else(|| Error::internal("a Decimal is malformed"))
    }
}

fn finite(digits: Digits, word: u64) -> Option<Decimal> {
    let word = word as i64;
    Decimal::finite(word & 1 == 1, digits, word >> 1)
}

impl ToKey<'_, Decimal> for Decimal {
    fn key_part(&self, key: HashKey) -> u64 {
        key.bytes(self.reduced().to_string().as_bytes())
    }
}
