//! Names of other languages, with their Vera replacements. These facts are only here.
//!
//! Authors, and language models above all, use what they know. A name that means nothing in Vera, but something in most
//! other languages, gets the Vera equivalent as its fix. Only spellings with the same meaning everywhere are here;
//! misspelt names are found by similarity elsewhere. The parser handles such words where the grammar has no place for
//! them (`syntax/parser/read_as.rs`).

mod functions;
mod words;

pub(crate) use functions::{Call, function};
pub(crate) use words::{declaration, value};

/// The type that has another name in most languages.
pub(crate) fn ty(name: &str) -> Option<&'static str> {
    Some(match name {
        "Integer" | "Long" | "I64" | "Int64" | "I32" | "Int32" => "Int",
        "int" | "integer" | "long" | "short" | "i64" | "i32" | "i16" | "int64" | "int32" => "Int",
        "UInt" | "U64" | "UInt64" | "U32" | "Natural" => "Nat",
        "nat" | "uint" | "u64" | "u32" | "usize" | "unsigned" => "Nat",
        "Float" | "Double" | "F64" | "Number" | "float" | "double" | "f64" | "f32" | "number" => "Float64",
        "Boolean" | "bool" | "boolean" => "Bool",
        "Str" | "Text" | "Char" | "string" | "str" | "text" | "char" => "String",
        "U8" | "UInt8" | "byte" | "u8" => "Byte",
        "Void" | "void" | "unit" => "Unit",
        "List" | "Vec" | "Vector" | "Seq" | "array" | "list" | "vec" => "Array",
        "Maybe" | "Optional" | "Nullable" | "option" => "Option",
        "Either" | "result" => "Result",
        "Dict" | "HashMap" | "Dictionary" | "map" | "dict" => "Map",
        "HashSet" | "set" => "Set",
        _ => return None,
    })
}

/// The value that is called by this name in most languages, where a constructor is expected.
pub(crate) fn constructor(name: &str) -> Option<&'static str> {
    Some(match name {
        "True" | "TRUE" => "true",
        "False" | "FALSE" => "false",
        "Null" | "NULL" | "Nil" | "Nothing" | "Undefined" => "None",
        "Just" => "Some",
        "Left" | "Error" | "Failure" => "Err",
        "Right" | "Success" => "Ok",
        _ => return None,
    })
}

/// The operator that is a word elsewhere.
pub(crate) fn operator(word: &str) -> Option<&'static str> {
    Some(match word {
        "and" => "&&",
        "or" => "||",
        "xor" => "!=",
        "mod" | "rem" => "%",
        "div" => "/",
        "is" | "eq" | "equals" => "==",
        "ne" | "neq" => "!=",
        _ => return None,
    })
}

/// Whether a declaration that starts with the word is for other modules.
pub(crate) fn is_visibility(word: &str) -> bool {
    matches!(word, "pub" | "export")
}

/// Whether a row of this name means that there is no effect.
pub(crate) fn is_pure(word: &str) -> bool {
    matches!(word, "none" | "nothing" | "total" | "empty" | "Pure" | "None" | "Nothing" | "Total")
}

/// Whether a statement that starts with the word is a binding.
pub(crate) fn is_binding(word: &str) -> bool {
    matches!(word, "var" | "const" | "val" | "auto" | "mut" | "final" | "local")
}

/// Whether the word goes on with another condition.
pub(crate) fn is_else_if(word: &str) -> bool {
    matches!(word, "elif" | "elsif" | "elseif")
}

/// Whether a declaration that starts with the word gives a type another name.
pub(crate) fn is_alias(word: &str) -> bool {
    matches!(word, "alias" | "newtype" | "typedef")
}

/// Whether a declaration that starts with the word brings in a module.
pub(crate) fn is_import(word: &str) -> bool {
    matches!(word, "use" | "from" | "open" | "using" | "include")
}
