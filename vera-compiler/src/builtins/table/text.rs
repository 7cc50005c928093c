//! Values to and from text: numbers, Base64, URLs, regular expressions.

super::builtins! {
    /// Decodes standard Base64 into text.
    base64_decode: "fn(String -> Result<String, String>) effects(pure)" = vera, "0.0.79";
    /// Decodes standard Base64 into bytes.
    base64_decode_bytes: "fn(String -> Result<Array<Byte>, String>) effects(pure)" = vera, "0.2.4";
    /// The bytes of the string in standard Base64, padded.
    base64_encode: "fn(String -> String) effects(pure)" = vera, "0.0.79";
    /// The bytes in standard Base64, padded.
    base64_encode_bytes: "fn(Array<Byte> -> String) effects(pure)" = vera, "0.2.4";
    /// `true` or `false`.
    bool_to_string: "fn(Bool -> String) effects(pure)" = vera, "0.0.64";
    /// The string of that one byte.
    byte_to_string: "fn(Byte -> String) effects(pure)" = vera, "0.0.64";
    /// The number in decimal notation with one to six digits after the point; `nan`, `inf` or `-inf`.
    float_to_string: "fn(Float64 -> String) effects(pure)" = host allocates, "0.0.64";
    /// The number in decimal digits.
    int_to_string: "fn(Int -> String) effects(pure)" = intrinsic I64ToStr, "0.0.64";
    /// The number in decimal digits.
    nat_to_string: "fn(Nat -> String) effects(pure)" = intrinsic I64ToStr, "0.0.64";
    /// `true` or `false`, with spaces around it allowed.
    parse_bool: "fn(String -> Result<Bool, String>) effects(pure)" = vera, "0.0.77";
    /// A number such as `-2.5`, with spaces around it allowed.
    parse_float64: "fn(String -> Result<Float64, String>) effects(pure)" = vera, "0.0.50";
    /// An integer with an optional sign, with spaces around it allowed.
    parse_int: "fn(String -> Result<Int, String>) effects(pure)" = vera, "0.0.77";
    /// A natural number, with spaces around it allowed.
    parse_nat: "fn(String -> Result<Nat, String>) effects(pure)" = vera, "0.0.50";
    /// The first part of the first string that the pattern (second) matches; `Err` for an invalid pattern.
    regex_find: "fn(String, String -> Result<Option<String>, String>) effects(pure)" = host allocates, "0.0.86";
    /// All parts of the first string that the pattern (second) matches; `Err` for an invalid pattern.
    regex_find_all: "fn(String, String -> Result<Array<String>, String>) effects(pure)" = host allocates, "0.0.86";
    /// Whether the pattern (second) matches a part of the first string; `Err` for an invalid pattern.
    regex_match: "fn(String, String -> Result<Bool, String>) effects(pure)" = host allocates, "0.0.86";
    /// The first string with the first match of the pattern (second) replaced by the third; `Err` for an invalid
    /// pattern.
    regex_replace: "fn(String, String, String -> Result<String, String>) effects(pure)" = host allocates, "0.0.86";
    /// The number in decimal digits.
    to_string: "fn(Int -> String) effects(pure)" = intrinsic I64ToStr, "0.0.50";
    /// Replaces `%XX` by the bytes meant; `Err` for an incomplete one.
    url_decode: "fn(String -> Result<String, String>) effects(pure)" = vera, "0.0.80";
    /// The string with every byte as `%XX` but letters, digits and `-_.~`.
    url_encode: "fn(String -> String) effects(pure)" = vera, "0.0.80";
    /// The URL of its parts.
    url_join: "fn(UrlParts -> String) effects(pure)" = vera, "0.0.81";
    /// The scheme, authority, path, query and fragment of a URL; `Err` without a scheme.
    url_parse: "fn(String -> Result<UrlParts, String>) effects(pure)" = vera, "0.0.81";
}
