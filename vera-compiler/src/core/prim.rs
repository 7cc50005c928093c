//! Primitive operations: what the machine or the support library does in one step.

use super::SiteId;
use vera_abi::layout::Rep;

/// A primitive. Operand and result representations are given by [`Prim::signature`].
///
/// Indices, lengths and counts are `i64` at this level. "Unchecked" means that the program (the prelude) has made
/// sure of the precondition that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prim {
    // Int and Nat.
    /// `a + b`; traps on overflow.
    AddI64(SiteId),
    /// `a - b`; traps on overflow.
    SubI64(SiteId),
    /// `a * b`; traps on overflow.
    MulI64(SiteId),
    /// `a / b` towards zero; traps when `b` is 0 (first site) or on overflow (second site).
    DivI64(SiteId, SiteId),
    /// `a % b` with the sign of `a`; traps when `b` is 0. `MIN % -1` is 0.
    RemI64(SiteId),
    /// `-a`; traps on overflow.
    NegI64(SiteId),
    /// `a + b` of naturals; traps on overflow, which shows as a negative sum.
    AddNat(SiteId),
    /// `a - b` of naturals; traps when negative.
    SubNat(SiteId),
    /// `a` when it is not negative; traps otherwise.
    GuardNat(SiteId),
    /// `a` as a byte; traps unless 0 ≤ a ≤ 255.
    GuardByte(SiteId),
    /// `a + b` modulo 2⁶⁴.
    WrapAddI64,
    /// `a - b` modulo 2⁶⁴.
    WrapSubI64,
    /// `a * b` modulo 2⁶⁴.
    WrapMulI64,
    /// Bitwise and.
    AndI64,
    /// Bitwise or.
    OrI64,
    /// Bitwise exclusive or.
    XorI64,
    /// Shift left by `b` modulo 64.
    ShlI64,
    /// Logical shift right by `b` modulo 64.
    ShrI64,
    /// Number of one bits.
    PopcountI64,
    /// `a == b`
    EqI64,
    /// `a != b`
    NeI64,
    /// `a < b`
    LtI64,
    /// `a <= b`
    LeI64,
    /// `a > b`
    GtI64,
    /// `a >= b`
    GeI64,

    // Float64.
    /// `a + b`
    AddF64,
    /// `a - b`
    SubF64,
    /// `a * b`
    MulF64,
    /// `a / b`
    DivF64,
    /// `-a`
    NegF64,
    /// Square root.
    SqrtF64,
    /// Largest integer not above, as a float.
    FloorF64,
    /// Smallest integer not below, as a float.
    CeilF64,
    /// Towards zero, as a float.
    TruncF64,
    /// Nearest, ties to even, as a float.
    NearestF64,
    /// `a == b` (false for NaN)
    EqF64,
    /// `a != b`
    NeF64,
    /// `a < b`
    LtF64,
    /// `a <= b`
    LeF64,
    /// `a > b`
    GtF64,
    /// `a >= b`
    GeF64,
    /// Towards zero into an `i64`; traps for NaN and values out of range.
    F64ToI64(SiteId),
    /// Nearest float.
    I64ToF64,
    /// The bits of a float.
    F64Bits,
    /// The float of some bits.
    F64FromBits,

    // Bool and Byte.
    /// Logical not of a `Bool`.
    Not,
    /// `a == b` of bytes.
    EqByte,
    /// `a < b` of bytes.
    LtByte,
    /// The byte as an `i64`.
    ByteToI64,
    /// The low 8 bits of an `i64`.
    I64ToByte,

    // Strings: buffers of bytes.
    /// Length in bytes.
    StrLen,
    /// Concatenation, in place when the first ends at its buffer's fill mark.
    StrConcat,
    /// The string with one byte more; in place when possible. A string is bytes: this may leave invalid UTF-8.
    StrPush,
    /// Equal bytes.
    StrEq,
    /// -1, 0 or 1 as an `i64`, by bytes.
    StrCompare,
    /// Bytes `start..end`; unchecked: 0 ≤ start ≤ end ≤ length.
    StrSlice,
    /// The byte at an index; unchecked.
    StrByte,
    /// The byte at an index as `i64`; traps when outside.
    StrByteChecked(SiteId),
    /// Offset of the first occurrence of the second string in the first at or after an offset, or -1.
    StrFind,
    /// FNV-1a, 64 bits.
    StrHash,
    /// The hash of a string as a map key, or as part of one. It depends on the instance's hash key, so it has no value
    /// before run time.
    StrKeyHash,
    /// The hash of a map key, and that of a further part of it, as one. Depends on the hash key.
    KeyStep,
    /// The hash of a map key that is a number. Depends on the hash key.
    KeyNumber,
    /// Decimal digits of an `i64`.
    I64ToStr,
    /// The string with the decimal digits of an `i64` appended; in place when possible.
    StrPushI64,
    /// The bytes of a string as an `Array<Byte>`: the same buffer.
    StrToBytes,
    /// The string of some bytes: the same buffer; unchecked: any bytes.
    BytesToStr,

    // Arrays; the representation is that of the elements.
    /// Number of elements.
    ArrayLen(Rep),
    /// The element at an index; traps when outside.
    ArrayGet(Rep, SiteId),
    /// The element at an index; unchecked.
    ArrayGetUnchecked(Rep),
    /// The array with one element more; in place when it ends at its buffer's fill mark.
    ArrayPush(Rep),
    /// Concatenation; in place when the first ends at its buffer's fill mark.
    ArrayConcat(Rep),
    /// `count` elements from `start`, copied; unchecked.
    ArraySlice(Rep),
    /// An empty array in a fresh buffer with room for that many elements (negative: 0).
    ArrayWithCapacity(Rep),
    /// A copy with the element at an index replaced; unchecked.
    ArraySet(Rep),
    /// A copy with an element inserted before an index; unchecked: 0 ≤ index ≤ length.
    ArrayInsert(Rep),
    /// A copy without the element at an index; unchecked.
    ArrayRemove(Rep),

    // Data.
    /// Whether two data values are the same object. Used only to skip work.
    SameObject,
    /// The constructor tag of a data value as an `i64`.
    TagOf,
}

/// What a failed check of a primitive puts into the trap record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The operands.
    Operands,
    /// The first operand.
    First,
    /// The index, which is the second operand, and the length of the first.
    IndexAndLength,
}

impl Prim {
    /// What is recorded when the check with that site, one of the primitive's, fails.
    pub fn recorded(self, site: SiteId) -> Recorded {
        match self {
            Prim::DivI64(zero, _) | Prim::RemI64(zero) if zero == site => Recorded::First,
            Prim::ArrayGet(..) | Prim::StrByteChecked(_) => Recorded::IndexAndLength,
            _ => Recorded::Operands,
        }
    }

    /// Operand representations and result representation.
    pub fn signature(self) -> (Vec<Rep>, Rep) {
        use Prim::*;
        use Rep::{Byte, F64, I64, Ptr, Slice};
        match self {
            AddI64(_) | SubI64(_) | MulI64(_) | DivI64(..) | RemI64(_) | AddNat(_) | SubNat(_) | WrapAddI64
            | WrapSubI64 | WrapMulI64 | AndI64 | OrI64 | XorI64 | ShlI64 | ShrI64 => (vec![I64, I64], I64),
            NegI64(_) | GuardNat(_) | PopcountI64 => (vec![I64], I64),
            GuardByte(_) | I64ToByte => (vec![I64], Byte),
            EqI64 | NeI64 | LtI64 | LeI64 | GtI64 | GeI64 => (vec![I64, I64], Byte),
            AddF64 | SubF64 | MulF64 | DivF64 => (vec![F64, F64], F64),
            NegF64 | SqrtF64 | FloorF64 | CeilF64 | TruncF64 | NearestF64 => (vec![F64], F64),
            EqF64 | NeF64 | LtF64 | LeF64 | GtF64 | GeF64 => (vec![F64, F64], Byte),
            F64ToI64(_) | F64Bits => (vec![F64], I64),
            I64ToF64 | F64FromBits => (vec![I64], F64),
            Not => (vec![Byte], Byte),
            EqByte | LtByte => (vec![Byte, Byte], Byte),
            ByteToI64 => (vec![Byte], I64),
            StrLen | StrHash | StrKeyHash => (vec![Slice], I64),
            KeyStep => (vec![I64, I64], I64),
            KeyNumber => (vec![I64], I64),
            StrConcat => (vec![Slice, Slice], Slice),
            StrPush => (vec![Slice, Byte], Slice),
            StrEq => (vec![Slice, Slice], Byte),
            StrCompare => (vec![Slice, Slice], I64),
            StrSlice => (vec![Slice, I64, I64], Slice),
            StrByte => (vec![Slice, I64], Byte),
            StrByteChecked(_) => (vec![Slice, I64], I64),
            StrFind => (vec![Slice, Slice, I64], I64),
            I64ToStr => (vec![I64], Slice),
            StrPushI64 => (vec![Slice, I64], Slice),
            StrToBytes | BytesToStr => (vec![Slice], Slice),
            ArrayLen(_) => (vec![Slice], I64),
            ArrayGet(rep, _) | ArrayGetUnchecked(rep) => (vec![Slice, I64], rep),
            ArrayPush(rep) => (vec![Slice, rep], Slice),
            ArrayConcat(_) => (vec![Slice, Slice], Slice),
            ArraySlice(_) => (vec![Slice, I64, I64], Slice),
            ArrayWithCapacity(_) => (vec![I64], Slice),
            ArraySet(rep) | ArrayInsert(rep) => (vec![Slice, I64, rep], Slice),
            ArrayRemove(_) => (vec![Slice, I64], Slice),
            SameObject => (vec![Ptr, Ptr], Byte),
            TagOf => (vec![Ptr], I64),
        }
    }

    /// Whether it may allocate, and so collect.
    pub fn allocates(self) -> bool {
        use Prim::*;
        matches!(
            self,
            StrConcat
                | StrPush
                | StrSlice
                | I64ToStr
                | StrPushI64
                | ArrayPush(_)
                | ArrayConcat(_)
                | ArraySlice(_)
                | ArrayWithCapacity(_)
                | ArraySet(_)
                | ArrayInsert(_)
                | ArrayRemove(_)
        )
    }

    /// Whether it can trap for a reason of the program (so an unused one must stay).
    pub fn can_trap(self) -> bool {
        use Prim::*;
        matches!(
            self,
            AddI64(_)
                | SubI64(_)
                | MulI64(_)
                | DivI64(..)
                | RemI64(_)
                | NegI64(_)
                | AddNat(_)
                | SubNat(_)
                | GuardNat(_)
                | GuardByte(_)
                | F64ToI64(_)
                | StrByteChecked(_)
                | ArrayGet(..)
        )
    }
}
