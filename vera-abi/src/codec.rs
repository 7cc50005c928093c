//! The byte encoding of [`crate::interface`]: LEB128 numbers, length-prefixed strings and lists.

#![warn(clippy::indexing_slicing)]

use alloc::string::String;
use alloc::vec::Vec;

/// The bytes are not an encoded value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// They are malformed.
    Malformed {
        /// Where decoding stopped, in bytes from the start.
        offset: usize,
    },
    /// They are well formed, but their content is invalid.
    Invalid {
        /// The reason.
        reason: &'static str,
    },
}

impl core::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            DecodeError::Malformed { offset } => write!(f, "malformed interface description at byte {offset}"),
            DecodeError::Invalid { reason } => write!(f, "impossible interface description: {reason}"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// A cursor over encoded bytes.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// The error for the current position.
    pub fn error(&self) -> DecodeError {
        DecodeError::Malformed { offset: self.offset }
    }

    /// The bytes that are not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.offset..).unwrap_or_default()
    }

    /// Takes as many bytes as the array has.
    ///
    /// # Errors
    /// When fewer are left.
    pub fn take_array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let taken = *self.rest().first_chunk().ok_or(self.error())?;
        self.offset += N;
        Ok(taken)
    }

    /// Takes `count` bytes.
    ///
    /// # Errors
    /// When fewer are left.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let taken = self.rest().get(..count).ok_or(self.error())?;
        self.offset += count;
        Ok(taken)
    }
}

/// A value with a byte encoding.
pub trait Codec: Sized {
    /// Appends the encoding.
    fn encode(&self, out: &mut Vec<u8>);

    /// Reads a value back.
    ///
    /// # Errors
    /// When the bytes are not an encoding of this type.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

impl Codec for u8 {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let [byte] = reader.take_array()?;
        Ok(byte)
    }
}

impl Codec for bool {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match u8::decode(reader)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(reader.error()),
        }
    }
}

/// An index, of which there may be none: 0, or one more than the index.
impl Codec for Option<u32> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.map_or(0, |index| index.saturating_add(1)).encode(out);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(u32::decode(reader)?.checked_sub(1))
    }
}

impl Codec for u32 {
    fn encode(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut value = 0u32;
        for shift in (0..32).step_by(7) {
            let byte = u8::decode(reader)?;
            let part = u32::from(byte & 0x7f);
            if shift == 28 && part > 0xf {
                return Err(reader.error());
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(reader.error())
    }
}

impl Codec for String {
    fn encode(&self, out: &mut Vec<u8>) {
        (self.len() as u32).encode(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let len = u32::decode(reader)? as usize;
        let error = reader.error();
        let bytes = reader.take(len)?;
        core::str::from_utf8(bytes).map(String::from).map_err(|_| error)
    }
}

impl<T: Codec> Codec for Vec<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        (self.len() as u32).encode(out);
        for item in self {
            item.encode(out);
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let len = u32::decode(reader)?;
        let mut items = Vec::new();
        for _ in 0..len {
            items.push(T::decode(reader)?);
        }
        Ok(items)
    }
}

/// Implements [`Codec`] for structs field by field and for enums by variant code.
macro_rules! codec {
    (struct $name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::codec::Codec for $name {
            fn encode(&self, out: &mut alloc::vec::Vec<u8>) {
                $($crate::codec::Codec::encode(&self.$field, out);)*
            }

            fn decode(reader: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::codec::DecodeError> {
                Ok($name { $($field: $crate::codec::Codec::decode(reader)?),* })
            }
        }
    };
    (enum $name:ident { $($code:literal $variant:ident $(($($part:ident),*))?),* $(,)? }) => {
        impl $crate::codec::Codec for $name {
            fn encode(&self, out: &mut alloc::vec::Vec<u8>) {
                match self {
                    $($name::$variant $(($($part),*))? => {
                        out.push($code);
                        $($($crate::codec::Codec::encode($part, out);)*)?
                    })*
                }
            }

            fn decode(reader: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::codec::DecodeError> {
                match <u8 as $crate::codec::Codec>::decode(reader)? {
                    $($code => Ok($name::$variant $(($({
                        let $part = $crate::codec::Codec::decode(reader)?;
                        $part
                    }),*))?),)*
                    _ => Err(reader.error()),
                }
            }
        }
    };
}
pub(crate) use codec;
