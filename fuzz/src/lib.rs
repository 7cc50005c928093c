//! What the targets share: programs from bytes.
//!
//! A target gets bytes. An input that starts with a zero byte is read as a list of words of the language, so that most
//! of what the fuzzer does to it still lexes and much of it parses; any other is the text itself.

/// The words that inputs of the second kind are made of.
const WORDS: &[&str] = &[
    "public", "private", "fn", "forall", "where", "let", "if", "then", "else", "match", "handle", "in", "with", "resume",
    "requires", "ensures", "decreases", "effects", "pure", "invariant", "data", "type", "effect", "op", "ability", "module",
    "import", "true", "false", "assert", "assume", "old", "new", "exists", "result", "(", ")", "{", "}", "[", "]", "<", ">",
    ",", ";", ":", "::", ".", "@", "?", "_", "|", "|>", "||", "&&", "!", "!=", "=", "==", "==>", "<=", ">=", "+", "-", "->",
    "*", "/", "%", "Int", "Nat", "Bool", "String", "Float64", "Byte", "Unit", "Never", "Array", "Option", "Some", "None",
    "Result", "Ok", "Err", "Map", "Set", "Tuple", "Ordering", "IO", "State", "Exn", "Diverge", "Async", "Eq", "Ord", "Show",
    "Hash", "@Int.0", "@Int.1", "@Nat.0", "@Bool.0", "@String.0", "@T.0", "@Int.result", "T", "U", "List", "Cons", "Nil",
    "array_map", "array_fold", "string_concat", "apply_fn", "show", "get", "put", "throw", "f", "g", "main", "0", "1", "42",
    "9223372036854775807", "1.5", "\"\"", "\"a\\n\"", "\"\\(@Int.0)\"", "-- c\n", "{- c -}", "/* c */", "\n\n",
    "requires(true)\n  ensures(true)\n  effects(pure)\n{", "private fn f(@Int -> @Int)\n",
];

/// The program that the bytes of an input stand for; `None` when they stand for none.
pub fn program(data: &[u8]) -> Option<String> {
    match data {
        [0, words @ ..] => {
            let words = words.iter().map(|&byte| WORDS[byte as usize % WORDS.len()]);
            Some(words.collect::<Vec<_>>().join(" "))
        }
        text => std::str::from_utf8(text).ok().map(str::to_owned),
    }
}
