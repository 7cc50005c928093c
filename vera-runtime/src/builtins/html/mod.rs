//! `html_parse`, `html_query` and `html_to_string`, on html5ever's parser and the selectors of Servo.

mod parse;
mod print;
mod query;

use super::tree::{from_text, to_text};
use super::walk::guarded;
use super::{Added, Library};
use crate::error::{Error, Limit, Result};
use crate::heap::{Entries, Reader};
use crate::state::State;
use crate::value::Raw;
use std::borrow::Cow;
use vera_abi::layout::{FixedLayout, Rep, fixed};
use wasmtime::Caller;

/// Adds the built-in of that name.
pub(super) fn add(library: &mut Library<'_>, name: &str) -> Added {
    match name {
        "html_parse" => from_text(library, name, parse::parse),
        "html_to_string" => to_text(library, name, print::print),
        "html_query" => library.wrap(name, |mut caller: Caller<'_, State>, node: i32, pointer: i32, len: i32| {
            guarded(&mut caller, |heap| {
                let selector = Raw::from_slice(pointer as u32, len as u32);
                let found = query::query(heap, Raw::from_pointer(node as u32), selector)?;
                Ok((found.pointer() as i32, found.len as i32))
            })
        }),
        _ => None,
    }
}

/// `HtmlElement(name, attributes, children)`.
const ELEMENT: FixedLayout<3> = fixed([Rep::Slice, Rep::Ptr, Rep::Slice]);
/// `HtmlText(text)`, `HtmlComment(text)`.
const TEXT: FixedLayout<1> = fixed([Rep::Slice]);

fn name(reader: &Reader<'_>, element: Raw) -> Result<Raw> {
    reader.field(element, &ELEMENT.fields[0])
}

fn attributes<'m>(reader: &mut Reader<'m>, element: Raw) -> Result<Entries<'m>> {
    let map = reader.field(element, &ELEMENT.fields[1])?;
    reader.entries(map, Rep::Slice, Rep::Slice)
}

fn children(reader: &Reader<'_>, element: Raw) -> Result<Raw> {
    reader.field(element, &ELEMENT.fields[2])
}

fn text(reader: &Reader<'_>, node: Raw) -> Result<Raw> {
    reader.field(node, &TEXT.fields[0])
}

/// A string, with host memory counted for its invalid UTF-8.
fn text_of<'m>(reader: &mut Reader<'m>, string: Raw) -> Result<Cow<'m, str>> {
    let text = reader.str(string)?;
    if let Cow::Owned(copy) = &text {
        reader.meter.hold(copy.capacity() as u64)?;
    }
    Ok(text)
}

/// The error for input that exceeds a bound of the parser.
#[cold]
fn too_complex(most: usize, of: &'static str) -> Error {
    Error::limit(Limit::Document { most: most as u64, of })
}
