//! `md_parse` and `md_render`.

mod nesting;
mod parse;
mod render;

use super::tree::{from_text, to_text};
use super::{Added, Library};

/// Adds the built-in of that name.
pub(super) fn add(library: &mut Library<'_>, name: &str) -> Added {
    match name {
        "md_parse" => from_text(library, name, parse::parse),
        "md_render" => to_text(library, name, render::render),
        _ => None,
    }
}
