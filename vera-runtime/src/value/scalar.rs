//! Numbers, booleans, bytes, unit, strings.

use crate::error::{Error, Result, Step};
use crate::heap::{Heap, Reader};
use crate::value::flat::{self, Repr};
use crate::value::{Lift, Raw, ToVera, Value};
use vera_abi::heap::BUFFER_DATA;
use vera_abi::interface::{Interface, TypeDesc};

macro_rules! scalar {
    ($($ty:ty: $repr:ident, $desc:pat, $size:literal, $lower:expr, $lift:expr;)*) => {$(
        impl Value for $ty {
            type Repr = flat::$repr;

            fn stands_for(_: &Interface, ty: &TypeDesc) -> bool {
                matches!(ty, $desc)
            }
        }

        impl ToVera<'_, $ty> for $ty {
            #[inline]
            fn to_vera(&self, _heap: &mut Heap<'_>) -> Result<Raw> {
                let lower: fn($ty) -> Result<u64> = $lower;
                lower(*self).map(Raw::from_bits)
            }

            fn slice_to_vera(items: &[Self], heap: &mut Heap<'_>) -> Result<Raw> {
                let lower: fn($ty) -> Result<u64> = $lower;
                heap.count_bytes(items.len() * $size)?;
                let buffer = heap.buffer(<flat::$repr as Repr>::REP, items.len(), items.len())?;
                let memory = crate::heap::slice_mut(heap.bytes_mut(), buffer + BUFFER_DATA, items.len() * $size)?;
                for (index, (place, item)) in memory.chunks_exact_mut($size).zip(items).enumerate() {
                    let lowered = lower(*item).map_err(|error| error.reached_by(Step::Element(index)))?;
                    place.copy_from_slice(&lowered.to_le_bytes()[..$size]);
                }
                Ok(Raw::from_slice(buffer, items.len() as u32))
            }
        }

        impl Lift for $ty {
            #[inline]
            fn lift(_: &mut Reader<'_>, raw: Raw) -> Result<Self> {
                let lift: fn(u64) -> $ty = $lift;
                Ok(lift(raw.bits))
            }

            fn lift_array(reader: &mut Reader<'_>, array: Raw) -> Result<Vec<Self>> {
                let lift: fn(u64) -> $ty = $lift;
                reader.count_numbers(array.len, $size)?;
                let memory = reader.elements(array, $size)?;
                let element = |bytes: &[u8]| {
                    let mut word = [0; 8];
                    word[..$size].copy_from_slice(bytes);
                    lift(u64::from_le_bytes(word))
                };
                let mut items = Vec::new();
                reader.meter.reserve(&mut items, array.len as usize)?;
                items.extend(memory.chunks_exact($size).map(element));
                Ok(items)
            }
        }
    )*};
}

scalar! {
    i64: I64, TypeDesc::Int, 8, |value| Ok(value as u64), |bits| bits as i64;
    u64: I64, TypeDesc::Nat, 8, nat, |bits| bits;
    f64: F64, TypeDesc::Float64, 8, |value| Ok(value.to_bits()), f64::from_bits;
    bool: Byte, TypeDesc::Bool, 1, |value| Ok(value.into()), |bits| bits as u32 != 0;
    u8: Byte, TypeDesc::Byte, 1, |value| Ok(value.into()), |bits| bits as u8;
}

#[inline]
fn nat(value: u64) -> Result<u64> {
    if value <= i64::MAX as u64 { Ok(value) } else { Err(not_a_nat(value)) }
}

#[cold]
fn not_a_nat(value: u64) -> Error {
    Error::argument(format!("{value} is larger than the largest Nat, 2^63-1"))
}

impl Value for () {
    type Repr = flat::Unit;

    fn stands_for(_: &Interface, ty: &TypeDesc) -> bool {
        matches!(ty, TypeDesc::Unit)
    }
}

impl ToVera<'_, ()> for () {
    #[inline]
    fn to_vera(&self, _heap: &mut Heap<'_>) -> Result<Raw> {
        Ok(Raw::UNIT)
    }
}

impl Lift for () {
    #[inline]
    fn lift(_: &mut Reader<'_>, _: Raw) -> Result<Self> {
        Ok(())
    }
}

/// `Never`: a function with this result does not return.
impl Value for std::convert::Infallible {
    type Repr = flat::Unit;

    fn stands_for(_: &Interface, ty: &TypeDesc) -> bool {
        matches!(ty, TypeDesc::Never)
    }
}

impl Lift for std::convert::Infallible {
    fn lift(_: &mut Reader<'_>, _: Raw) -> Result<Self> {
        Err(Error::internal("a function of result Never returned"))
    }
}

impl ToVera<'_, std::convert::Infallible> for std::convert::Infallible {
    fn to_vera(&self, _heap: &mut Heap<'_>) -> Result<Raw> {
        match *self {}
    }
}

impl Value for String {
    type Repr = flat::Slice;

    fn stands_for(_: &Interface, ty: &TypeDesc) -> bool {
        matches!(ty, TypeDesc::String)
    }
}

impl ToVera<'_, String> for String {
    #[inline]
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        heap.string(self)
    }
}

impl Lift for String {
    /// Vera strings are bytes; bytes that are not UTF-8 become U+FFFD.
    #[inline]
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.string(raw)
    }
}
