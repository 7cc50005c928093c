//! A value as it lies in guest memory or in a local of compiled code.

/// A value in the module's representation: a number, or an address and a length. It is valid only for the instance and
/// the moment that it comes from; programs use [`Rooted`](crate::Rooted) values instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw {
    pub(crate) bits: u64,
    pub(crate) len: u32,
}

impl Raw {
    pub(crate) const UNIT: Raw = Raw { bits: 0, len: 0 };

    #[inline]
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Raw { bits, len: 0 }
    }

    #[inline]
    pub(crate) const fn from_pointer(pointer: u32) -> Self {
        Raw { bits: pointer as u64, len: 0 }
    }

    #[inline]
    pub(crate) const fn from_slice(pointer: u32, len: u32) -> Self {
        Raw { bits: pointer as u64, len }
    }

    #[inline]
    pub(crate) const fn pointer(self) -> u32 {
        self.bits as u32
    }
}
