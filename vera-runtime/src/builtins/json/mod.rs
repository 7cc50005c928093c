//! `json_parse` and `json_stringify`.

mod lexer;
mod number;
mod parse;
mod stringify;

use super::tree::{from_text, to_text};
use super::{Added, Library};

/// Adds the built-in of that name.
pub(super) fn add(library: &mut Library<'_>, name: &str) -> Added {
    match name {
        "json_parse" => from_text(library, name, parse::parse),
        "json_stringify" => to_text(library, name, stringify::stringify),
        _ => None,
    }
}
