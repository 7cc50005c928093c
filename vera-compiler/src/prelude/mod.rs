//! The standard library: data types and functions written in Vera.
//!
//! The files together are one module: every file sees the declarations of all others, whatever their visibility.
//! Programs see its public functions, its data types, and the constructors of its public data types. They never see its
//! private functions and type aliases, so a program may declare the same names. Only these files may name the internal
//! rows of [`crate::builtins::TABLE`].
//!
//! A compilation reads only the part that its program uses (`select.rs`).
//!
//! A function without a row in that table is private. Contracts are trivial and recursion has no measures: these
//! files are trusted to terminate.

/// Name and text of every file, in the order in which they are read.
pub const FILES: &[(&str, &str)] = &[
    ("types.vera", include_str!("types.vera")),
    ("option.vera", include_str!("option.vera")),
    ("result.vera", include_str!("result.vera")),
    ("ordering.vera", include_str!("ordering.vera")),
    ("async.vera", include_str!("async.vera")),
    ("number.vera", include_str!("number.vera")),
    ("array.vera", include_str!("array.vera")),
    ("sort.vera", include_str!("sort.vera")),
    ("char.vera", include_str!("char.vera")),
    ("string.vera", include_str!("string.vera")),
    ("utf8.vera", include_str!("utf8.vera")),
    ("parse.vera", include_str!("parse.vera")),
    ("base64.vera", include_str!("base64.vera")),
    ("trie.vera", include_str!("trie.vera")),
    ("map.vera", include_str!("map.vera")),
    ("set.vera", include_str!("set.vera")),
    ("decimal.vera", include_str!("decimal.vera")),
    ("decimal_quotient.vera", include_str!("decimal_quotient.vera")),
    ("decimal_order.vera", include_str!("decimal_order.vera")),
    ("decimal_places.vera", include_str!("decimal_places.vera")),
    ("decimal_text.vera", include_str!("decimal_text.vera")),
    ("decimal_long.vera", include_str!("decimal_long.vera")),
    ("url.vera", include_str!("url.vera")),
    ("json.vera", include_str!("json.vera")),
    ("markdown.vera", include_str!("markdown.vera")),
    ("html.vera", include_str!("html.vera")),
    ("http.vera", include_str!("http.vera")),
];

/// Private data types of the library that programs can name. Their constructors are the library's own.
pub const OPAQUE: &[&str] = &["Map", "Set", "Decimal"];

mod select;
#[cfg(test)]
mod tests;

pub(crate) use select::Selection;
