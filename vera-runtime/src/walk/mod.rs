//! The built-ins that are written in Rust: parsers and printers that walk trees in guest memory, and numbers.
//!
//! Every walk is iterative, holds as many roots as the tree is deep, and is subject to the limits on values. Only a
//! parse error becomes an `Err` of the program; anything else ends the call.

pub(crate) mod float;
mod html;
mod json;
mod markdown;
mod math;

use crate::error::{Error, Limit, Result};
use crate::heap::Heap;
use crate::scope::ShadowGuard;
use crate::state::State;
use crate::value::Raw;
use vera_abi::layout::{Rep, fixed};
use vera_abi::prelude::result;
use wasmtime::{AsContextMut, Caller, Func, Store};

/// The built-in of that import name.
pub(crate) fn builtin(store: &mut Store<State>, name: &str) -> Option<Func> {
    let func = match name {
        "json_parse" => from_text(store, json::parse),
        "json_stringify" => to_text(store, json::stringify),
        "html_parse" => from_text(store, html::parse),
        "html_to_string" => to_text(store, html::print),
        "html_query" => Func::wrap(store, |mut caller: Caller<'_, State>, node: i32, pointer: i32, len: i32| {
            let mut guard = ShadowGuard::from_guest(caller.as_context_mut());
            let selector = Raw::from_slice(pointer as u32, len as u32);
            let found = html::query(&mut guard.heap, Raw::from_pointer(node as u32), selector)?;
            Ok((found.pointer() as i32, found.len as i32))
        }),
        "md_parse" => from_text(store, markdown::parse),
        "md_render" => to_text(store, markdown::render),
        _ => return math::builtin(store, name).or_else(|| float::builtin(store, name)),
    };
    Some(func)
}

/// Why a text has no tree.
#[derive(Debug)]
pub(crate) enum ParseFailure {
    /// The text is wrong: the program's `Err`.
    Text(String),
    /// The walk cannot go on: the end of the call.
    Fatal(Error),
}

impl From<Error> for ParseFailure {
    fn from(error: Error) -> Self {
        ParseFailure::Fatal(error)
    }
}

type Parse = fn(&mut Heap<'_>, &str) -> Result<Raw, ParseFailure>;
type Print = fn(&mut Heap<'_>, Raw) -> Result<String>;

/// A built-in `String -> Result<Tree, String>`, where a tree is a pointer.
fn from_text(store: &mut Store<State>, parse: Parse) -> Func {
    Func::wrap(store, move |mut caller: Caller<'_, State>, pointer: i32, len: i32| {
        let mut guard = ShadowGuard::from_guest(caller.as_context_mut());
        let heap = &mut guard.heap;
        // A copy: the text is read while memory is written.
        let bytes = heap.reader().bytes(Raw::from_slice(pointer as u32, len as u32))?.to_vec();
        let parsed = match String::from_utf8(bytes) {
            Ok(text) => parse(heap, &text),
            Err(error) => {
                Err(ParseFailure::Text(format!("invalid UTF-8 at byte {}", error.utf8_error().valid_up_to())))
            }
        };
        let outcome = match parsed {
            Ok(tree) => {
                heap.root(tree.pointer())?;
                heap.record(result::OK, const { &fixed([Rep::Ptr]) }, &[tree])?
            }
            Err(ParseFailure::Text(message)) => {
                let message = heap.string(&message)?;
                heap.root(message.pointer())?;
                heap.record(result::ERR, const { &fixed([Rep::Slice]) }, &[message])?
            }
            Err(ParseFailure::Fatal(error)) => return Err(error.into()),
        };
        Ok(outcome.pointer() as i32)
    })
}

/// A built-in `Tree -> String`.
fn to_text(store: &mut Store<State>, print: Print) -> Func {
    Func::wrap(store, move |mut caller: Caller<'_, State>, tree: i32| {
        let mut guard = ShadowGuard::from_guest(caller.as_context_mut());
        let text = print(&mut guard.heap, Raw::from_pointer(tree as u32))?;
        let text = guard.heap.string(&text)?;
        Ok((text.pointer() as i32, text.len as i32))
    })
}

/// An error when a tree is deeper than the limits allow.
fn check_depth(heap: &Heap<'_>, depth: usize) -> Result<()> {
    let most = heap.state().limits.depth;
    if depth > most as usize { Err(Error::limit(Limit::Depth(most))) } else { Ok(()) }
}
