//! Strings and characters. A string is a sequence of bytes: lengths and indices count bytes, and letters are ASCII.

super::builtins! {
    /// The bytes as text; `Err` when they are not UTF-8.
    bytes_to_string: "fn(Array<Byte> -> Result<String, String>) effects(pure)" = vera, "0.2.4";
    /// The string with its first byte in lower case.
    char_to_lower: "fn(String -> String) effects(pure)" = vera, "0.0.118";
    /// The string with its first byte in upper case.
    char_to_upper: "fn(String -> String) effects(pure)" = vera, "0.0.118";
    /// Whether the first byte is an ASCII letter.
    is_alpha: "fn(String -> Bool) effects(pure)" = vera, "0.0.118";
    /// Whether the first byte is an ASCII letter or digit.
    is_alphanumeric: "fn(String -> Bool) effects(pure)" = vera, "0.0.118";
    /// Whether the first byte is an ASCII digit.
    is_digit: "fn(String -> Bool) effects(pure)" = vera, "0.0.118";
    /// Whether the first byte is an ASCII lower-case letter.
    is_lower: "fn(String -> Bool) effects(pure)" = vera, "0.0.118";
    /// Whether the first byte is an ASCII upper-case letter.
    is_upper: "fn(String -> Bool) effects(pure)" = vera, "0.0.118";
    /// Whether the first byte is ASCII white space: space, or bytes 9 to 13.
    is_whitespace: "fn(String -> Bool) effects(pure)" = vera, "0.0.118";
    /// The byte at an index; traps outside of the string.
    string_char_code: "fn(String, Int -> Nat) effects(pure)" = intrinsic StrCharCode, "0.0.50";
    /// One string per byte.
    string_chars: "fn(String -> Array<String>) effects(pure)" = vera, "0.0.118";
    /// The first string, then the second. Building a string by repeated appending takes linear time.
    string_concat: "fn(String, String -> String) effects(pure)" = intrinsic StrConcat, "0.0.50";
    /// Whether the second string occurs in the first.
    string_contains: "fn(String, String -> Bool) effects(pure)" = vera, "0.0.73";
    /// Whether the first string ends with the second.
    string_ends_with: "fn(String, String -> Bool) effects(pure)" = vera, "0.0.73";
    /// A string of one byte: the low 8 bits of the number.
    string_from_char_code: "fn(Nat -> String) effects(pure)" = vera, "0.0.74";
    /// Offset of the first occurrence of the second string in the first.
    string_index_of: "fn(String, String -> Option<Nat>) effects(pure)" = vera, "0.0.73";
    /// The strings of the array with the separator between them.
    string_join: "fn(Array<String>, String -> String) effects(pure)" = vera, "0.0.73";
    /// Length in bytes.
    string_length: "fn(String -> Nat) effects(pure)" = intrinsic StrLen, "0.0.50";
    /// The lines, which end with `\n`, `\r\n` or `\r`; the ends are not part of them.
    string_lines: "fn(String -> Array<String>) effects(pure)" = vera, "0.0.118";
    /// The string with ASCII letters in lower case.
    string_lower: "fn(String -> String) effects(pure)" = vera, "0.0.73";
    /// The string, filled up at its end to a length with copies of the third argument.
    string_pad_end: "fn(String, Nat, String -> String) effects(pure)" = vera, "0.0.118";
    /// The string, filled up at its start to a length with copies of the third argument.
    string_pad_start: "fn(String, Nat, String -> String) effects(pure)" = vera, "0.0.118";
    /// So many copies of the string.
    string_repeat: "fn(String, Nat -> String) effects(pure)" = vera, "0.0.75";
    /// The first string with every occurrence of the second replaced by the third; an empty one occurs nowhere.
    string_replace: "fn(String, String, String -> String) effects(pure)" = vera, "0.0.73";
    /// The bytes in reverse order.
    string_reverse: "fn(String -> String) effects(pure)" = vera, "0.0.118";
    /// The bytes from the first offset up to, not including, the second; offsets beyond the end are moved to it.
    string_slice: "fn(String, Nat, Nat -> String) effects(pure)" = vera, "0.0.50";
    /// The parts between occurrences of the separator; the whole string when the separator is empty.
    string_split: "fn(String, String -> Array<String>) effects(pure)" = vera, "0.0.73";
    /// Whether the first string starts with the second.
    string_starts_with: "fn(String, String -> Bool) effects(pure)" = vera, "0.0.73";
    /// The string without white space around it.
    string_strip: "fn(String -> String) effects(pure)" = vera, "0.0.50";
    /// The bytes of the string.
    string_to_bytes: "fn(String -> Array<Byte>) effects(pure)" = intrinsic StrToBytes, "0.2.4";
    /// The string without white space at its end.
    string_trim_end: "fn(String -> String) effects(pure)" = vera, "0.0.118";
    /// The string without white space at its start.
    string_trim_start: "fn(String -> String) effects(pure)" = vera, "0.0.118";
    /// The string with ASCII letters in upper case.
    string_upper: "fn(String -> String) effects(pure)" = vera, "0.0.73";
    /// The words between runs of white space.
    string_words: "fn(String -> Array<String>) effects(pure)" = vera, "0.0.118";
}
