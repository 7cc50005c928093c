//! Built-ins that only the prelude may name. The prelude is responsible for arguments that are not checked.

super::builtins! {
    /// Sum modulo 2⁶⁴.
    prim_add: "fn(Int, Int -> Int) effects(pure)" = internal intrinsic WrapAdd;
    /// Difference modulo 2⁶⁴.
    prim_sub: "fn(Int, Int -> Int) effects(pure)" = internal intrinsic WrapSub;
    /// Product modulo 2⁶⁴.
    prim_mul: "fn(Int, Int -> Int) effects(pure)" = internal intrinsic WrapMul;
    /// Bitwise and.
    prim_and: "fn(Int, Int -> Int) effects(pure)" = internal intrinsic And;
    /// Bitwise or.
    prim_or: "fn(Int, Int -> Int) effects(pure)" = internal intrinsic Or;
    /// Bitwise exclusive or.
    prim_xor: "fn(Int, Int -> Int) effects(pure)" = internal intrinsic Xor;
    /// Shift left by the second argument modulo 64.
    prim_shl: "fn(Int, Int -> Int) effects(pure)" = internal intrinsic Shl;
    /// Logical shift right by the second argument modulo 64.
    prim_shr: "fn(Int, Int -> Int) effects(pure)" = internal intrinsic Shr;
    /// Number of one bits.
    prim_popcount: "fn(Int -> Int) effects(pure)" = internal intrinsic Popcount;
    /// The low 8 bits.
    prim_int_to_byte: "fn(Int -> Byte) effects(pure)" = internal intrinsic IntToByte;
    /// `Int` as `Nat`; traps when negative.
    prim_int_to_nat: "fn(Int -> Nat) effects(pure)" = internal intrinsic IntToNat;
    /// The bits of a float.
    prim_float_bits: "fn(Float64 -> Int) effects(pure)" = internal intrinsic FloatBits;
    /// The float of some bits.
    prim_float_from_bits: "fn(Int -> Float64) effects(pure)" = internal intrinsic FloatFromBits;
    /// Remainder of a division of floats, with the sign of the first: `%` of the language.
    prim_fmod: "fn(Float64, Float64 -> Float64) effects(pure)" = internal host;
    /// The float nearest to a decimal numeral: an optional sign, digits with at most one point
    /// among or around them, and perhaps an exponent.
    prim_parse_float: "fn(String -> Float64) effects(pure)" = internal host;
    /// The shortest text that stands for the same float, which is a number: as Python has it.
    prim_float_shortest: "fn(Float64 -> String) effects(pure)" = internal host allocates;
    /// Stops the program when an operation on decimals has no result, which false says.
    prim_decimal_check: "fn(Bool -> Unit) effects(pure)" = internal intrinsic DecimalCheck;
    /// The element at an index; unchecked.
    prim_array_get_unchecked<T>: "fn(Array<T>, Int -> T) effects(pure)" = internal intrinsic ArrayGetUnchecked;
    /// A copy of so many elements (third) from an index (second); unchecked.
    prim_array_slice<T>: "fn(Array<T>, Int, Int -> Array<T>) effects(pure)" = internal intrinsic ArraySlice;
    /// An empty array with room for so many elements.
    prim_array_with_capacity<T>: "fn(Int -> Array<T>) effects(pure)" = internal intrinsic ArrayWithCapacity;
    /// A copy with the element at an index replaced; unchecked.
    prim_array_set<T>: "fn(Array<T>, Int, T -> Array<T>) effects(pure)" = internal intrinsic ArraySet;
    /// A copy with an element inserted before an index; unchecked.
    prim_array_insert<T>: "fn(Array<T>, Int, T -> Array<T>) effects(pure)" = internal intrinsic ArrayInsert;
    /// A copy without the element at an index; unchecked.
    prim_array_remove<T>: "fn(Array<T>, Int -> Array<T>) effects(pure)" = internal intrinsic ArrayRemove;
    /// The string with one byte more, in place when possible.
    prim_str_push: "fn(String, Byte -> String) effects(pure)" = internal intrinsic StrPush;
    /// The string with the decimal digits of a number appended, in place when possible.
    prim_str_push_int: "fn(String, Int -> String) effects(pure)" = internal intrinsic StrPushI64;
    /// The string with what `show` gives for a value appended, in place when possible.
    prim_show_onto<T> where Show<T>: "fn(String, T -> String) effects(pure)" = internal intrinsic ShowOnto;
    /// -1, 0 or 1: how two strings compare by bytes.
    prim_str_compare: "fn(String, String -> Int) effects(pure)" = internal intrinsic StrCompare;
    /// The bytes from an offset up to, not including, another; unchecked.
    prim_str_slice: "fn(String, Int, Int -> String) effects(pure)" = internal intrinsic StrSlice;
    /// The byte at an offset; unchecked.
    prim_str_byte: "fn(String, Int -> Byte) effects(pure)" = internal intrinsic StrByte;
    /// Offset of the first occurrence of the second string in the first at or after an offset, or -1.
    prim_str_find: "fn(String, String, Int -> Int) effects(pure)" = internal intrinsic StrFind;
    /// The string of some bytes, which may be invalid UTF-8.
    prim_bytes_to_str: "fn(Array<Byte> -> String) effects(pure)" = internal intrinsic BytesToStr;
    /// Whether two keys are the same key: like `eq`, but all NaNs are one key.
    prim_key_eq<K> where Eq<K>, Hash<K>: "fn(K, K -> Bool) effects(pure)" = internal intrinsic KeyEq;
    /// Hash of a key by the instance's hash key, equal for keys that `prim_key_eq` makes equal.
    prim_key_hash<K> where Eq<K>, Hash<K>: "fn(K -> Int) effects(pure)" = internal intrinsic KeyHash;
    /// Hash of two parts of a key by the instance's hash key.
    prim_key_step: "fn(Int, Int -> Int) effects(pure)" = internal intrinsic KeyStep;
    /// Whether two values are the same object; may say no for equal ones.
    prim_same_object<T>: "fn(T, T -> Bool) effects(pure)" = internal intrinsic SameObject;
}
