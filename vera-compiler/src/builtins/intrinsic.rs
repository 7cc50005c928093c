//! Operations that the compiler implements itself.

/// An operation without a body in Vera. Unlike `core::Prim` it is generic and knows no trap sites.
///
/// Variants without a comment of their own do what the primitive of the same name does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intrinsic {
    /// Number of elements.
    ArrayLen,
    /// Unchecked element.
    ArrayGetUnchecked,
    /// Append, in place when possible.
    ArrayPush,
    /// Concatenate, in place when possible.
    ArrayConcat,
    /// Unchecked copy of `count` elements from `start`.
    ArraySlice,
    /// Empty array with room.
    ArrayWithCapacity,
    /// Unchecked copy with one element replaced.
    ArraySet,
    /// Unchecked copy with one element inserted.
    ArrayInsert,
    /// Unchecked copy with one element removed.
    ArrayRemove,
    /// Length in bytes, as `Nat`.
    StrLen,
    /// Concatenate, in place when possible.
    StrConcat,
    /// Append a byte, in place when possible.
    StrPush,
    /// Compare bytes: -1, 0, 1.
    StrCompare,
    /// Unchecked slice `start..end`.
    StrSlice,
    /// Unchecked byte.
    StrByte,
    /// Byte at an index as a number; traps outside the string.
    StrCharCode,
    /// First occurrence at or after an offset, or -1.
    StrFind,
    /// Decimal digits.
    I64ToStr,
    /// Append decimal digits, in place when possible.
    StrPushI64,
    /// The bytes of a string.
    StrToBytes,
    /// The string of bytes, unchecked.
    BytesToStr,
    /// Wrapping addition.
    WrapAdd,
    /// Wrapping subtraction.
    WrapSub,
    /// Wrapping multiplication.
    WrapMul,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Shift left.
    Shl,
    /// Logical shift right.
    Shr,
    /// Number of one bits.
    Popcount,
    /// Square root.
    Sqrt,
    /// Largest integer not above; traps when there is none in range.
    FloorToInt,
    /// Smallest integer not below; traps when there is none in range.
    CeilToInt,
    /// Nearest integer, ties to even; traps when there is none in range.
    RoundToInt,
    /// Towards zero; traps when there is none in range.
    FloatToInt,
    /// Nearest float.
    IntToFloat,
    /// The bits of a float as an `Int`.
    FloatBits,
    /// The float of some bits.
    FloatFromBits,
    /// `Nat` as `Int`.
    NatToInt,
    /// `Int` as `Nat`; traps when negative.
    IntToNat,
    /// `Byte` as `Int`.
    ByteToInt,
    /// The low 8 bits of an `Int`.
    IntToByte,
    /// Equality of map keys: like `eq`, but all NaNs are equal.
    KeyEq,
    /// Hash of map keys by the instance's hash key, equal for keys that `KeyEq` makes equal.
    KeyHash,
    /// Hash of two parts of a map key by the instance's hash key.
    KeyStep,
    /// Append what `show` gives for a value, in place when possible.
    ShowOnto,
    /// Stops the program unless a condition holds.
    DecimalCheck,
    /// Whether two values are the same object; may say no for equal ones.
    SameObject,
}
