//! Numbers: arithmetic, mathematical functions, conversions, decimals.

super::builtins! {
    /// The magnitude of an integer; traps overflow for the smallest `Int`.
    abs: "fn(Int -> Nat) effects(pure)" = vera, "0.0.70";
    /// The angle in radians whose cosine is given; NaN outside of -1 to 1.
    acos: "fn(Float64 -> Float64) effects(pure)" = host, "0.0.116";
    /// The angle in radians whose sine is given; NaN outside of -1 to 1.
    asin: "fn(Float64 -> Float64) effects(pure)" = host, "0.0.116";
    /// The angle in radians, between -π/2 and π/2, whose tangent is given.
    atan: "fn(Float64 -> Float64) effects(pure)" = host, "0.0.116";
    /// The angle in radians, between -π and π, of the point with the ordinate y (first) and the abscissa x (second).
    atan2: "fn(Float64, Float64 -> Float64) effects(pure)" = host, "0.0.116";
    /// The byte as an integer from 0 to 255.
    byte_to_int: "fn(Byte -> Int) effects(pure)" = intrinsic ByteToInt, "0.0.71";
    /// The smallest integer that is not below; traps for NaN and numbers out of range.
    ceil: "fn(Float64 -> Int) effects(pure)" = intrinsic CeilToInt, "0.0.70";
    /// The first argument, moved into the range from the second to the third. The upper end wins when they cross.
    clamp: "fn(Int, Int, Int -> Int) effects(pure)" = vera, "0.0.116";
    /// Cosine of an angle in radians.
    cos: "fn(Float64 -> Float64) effects(pure)" = host, "0.0.116";
    /// Magnitude.
    decimal_abs: "fn(Decimal -> Decimal) effects(pure)" = vera, "0.0.97";
    /// Sum, with 28 significant digits.
    decimal_add: "fn(Decimal, Decimal -> Decimal) effects(pure)" = vera, "0.0.97";
    /// How two decimals compare by value.
    decimal_compare: "fn(Decimal, Decimal -> Ordering) effects(pure)" = vera, "0.0.97";
    /// Quotient, with 28 significant digits; `None` when the divisor is zero.
    decimal_div: "fn(Decimal, Decimal -> Option<Decimal>) effects(pure)" = vera, "0.0.97";
    /// Whether two decimals have the same value; trailing zeros do not matter.
    decimal_eq: "fn(Decimal, Decimal -> Bool) effects(pure)" = vera, "0.0.97";
    /// The decimal with the shortest digits that give back the float.
    decimal_from_float: "fn(Float64 -> Decimal) effects(pure)" = vera, "0.0.97";
    /// The integer as a decimal.
    decimal_from_int: "fn(Int -> Decimal) effects(pure)" = vera, "0.0.97";
    /// Parses a decimal; the digits after the point are kept as written.
    decimal_from_string: "fn(String -> Option<Decimal>) effects(pure)" = vera, "0.0.97";
    /// Product, with 28 significant digits.
    decimal_mul: "fn(Decimal, Decimal -> Decimal) effects(pure)" = vera, "0.0.97";
    /// The number with its sign changed.
    decimal_neg: "fn(Decimal -> Decimal) effects(pure)" = vera, "0.0.97";
    /// The number rounded to so many digits after the point, ties to even.
    decimal_round: "fn(Decimal, Int -> Decimal) effects(pure)" = vera, "0.0.97";
    /// Difference, with 28 significant digits.
    decimal_sub: "fn(Decimal, Decimal -> Decimal) effects(pure)" = vera, "0.0.97";
    /// The nearest float.
    decimal_to_float: "fn(Decimal -> Float64) effects(pure)" = vera, "0.0.97";
    /// The number as text.
    decimal_to_string: "fn(Decimal -> String) effects(pure)" = vera, "0.0.97";
    /// Euler's number.
    e: "fn(-> Float64) effects(pure)" = vera, "0.0.116";
    /// The first argument, moved into the range from the second to the third. The upper end wins when they cross.
    float_clamp: "fn(Float64, Float64, Float64 -> Float64) effects(pure)" = vera, "0.0.116";
    /// Whether it is positive or negative infinity.
    float_is_infinite: "fn(Float64 -> Bool) effects(pure)" = vera, "0.0.72";
    /// Whether it is not a number.
    float_is_nan: "fn(Float64 -> Bool) effects(pure)" = vera, "0.0.72";
    /// The integer part; traps for NaN and numbers out of range.
    float_to_int: "fn(Float64 -> Int) effects(pure)" = intrinsic FloatToInt, "0.0.71";
    /// The largest integer that is not above; traps for NaN and numbers out of range.
    floor: "fn(Float64 -> Int) effects(pure)" = intrinsic FloorToInt, "0.0.70";
    /// Positive infinity.
    infinity: "fn(-> Float64) effects(pure)" = vera, "0.0.72";
    /// The integer as a byte, when it is from 0 to 255.
    int_to_byte: "fn(Int -> Option<Byte>) effects(pure)" = vera, "0.0.71";
    /// The nearest float.
    int_to_float: "fn(Int -> Float64) effects(pure)" = intrinsic IntToFloat, "0.0.71";
    /// The integer as a natural number, when it is not negative.
    int_to_nat: "fn(Int -> Option<Nat>) effects(pure)" = vera, "0.0.71";
    /// Natural logarithm; NaN for negative numbers, negative infinity for 0.
    log: "fn(Float64 -> Float64) effects(pure)" = host, "0.0.116";
    /// Logarithm to base 10.
    log10: "fn(Float64 -> Float64) effects(pure)" = host, "0.0.116";
    /// Logarithm to base 2.
    log2: "fn(Float64 -> Float64) effects(pure)" = host, "0.0.116";
    /// The larger of two integers.
    max: "fn(Int, Int -> Int) effects(pure)" = vera, "0.0.70";
    /// The smaller of two integers.
    min: "fn(Int, Int -> Int) effects(pure)" = vera, "0.0.70";
    /// Not a number.
    nan: "fn(-> Float64) effects(pure)" = vera, "0.0.72";
    /// The natural number as an integer.
    nat_to_int: "fn(Nat -> Int) effects(pure)" = intrinsic NatToInt, "0.0.71";
    /// The ratio of a circle's circumference to its diameter.
    pi: "fn(-> Float64) effects(pure)" = vera, "0.0.116";
    /// A power with an integer exponent; a negative exponent gives the reciprocal.
    pow: "fn(Float64, Int -> Float64) effects(pure)" = vera, "0.0.70";
    /// The nearest integer, ties to even; traps for NaN and numbers out of range.
    round: "fn(Float64 -> Int) effects(pure)" = intrinsic RoundToInt, "0.0.70";
    /// -1, 0 or 1.
    sign: "fn(Int -> Int) effects(pure)" = vera, "0.0.116";
    /// Sine of an angle in radians.
    sin: "fn(Float64 -> Float64) effects(pure)" = host, "0.0.116";
    /// Square root; NaN for negative numbers.
    sqrt: "fn(Float64 -> Float64) effects(pure)" = intrinsic Sqrt, "0.0.70";
    /// Tangent of an angle in radians.
    tan: "fn(Float64 -> Float64) effects(pure)" = host, "0.0.116";
}
