//! The built-ins that are written in Rust: parsers and printers that walk trees in guest memory, and numbers.
//!
//! Every walk is iterative, holds as many roots as the tree is deep, and is subject to the limits on values. Only a
//! parse error becomes an `Err` of the program; anything else ends the call.

pub(crate) mod float;
mod html;
mod json;
mod markdown;
mod math;
mod regex;

pub(crate) use regex::Patterns;

use crate::error::{Error, Limit, Result};
use crate::heap::Heap;
use crate::scope::ShadowGuard;
use crate::state::State;
use crate::stop::panic_message;
use crate::value::Raw;
use std::panic::{AssertUnwindSafe, catch_unwind};
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
            guarded(&mut caller, |heap| {
                let selector = Raw::from_slice(pointer as u32, len as u32);
                let found = html::query(heap, Raw::from_pointer(node as u32), selector)?;
                Ok((found.pointer() as i32, found.len as i32))
            })
        }),
        "md_parse" => from_text(store, markdown::parse),
        "md_render" => to_text(store, markdown::render),
        name if name.starts_with("regex_") => return regex::builtin(store, name),
        _ => return math::builtin(store, name).or_else(|| float::builtin(store, name)),
    };
    Some(func)
}

/// Runs a walk with its roots released afterwards. The libraries that parse are not ours: should one panic, that is an
/// error of the call too.
fn guarded<R>(caller: &mut Caller<'_, State>, walk: impl FnOnce(&mut Heap<'_>) -> Result<R>) -> wasmtime::Result<R> {
    let mut guard = ShadowGuard::from_guest(caller.as_context_mut())?;
    let outcome = catch_unwind(AssertUnwindSafe(|| walk(&mut guard.heap)));
    let outcome = outcome
        .unwrap_or_else(|panic| Err(Error::internal(format!("a parser panicked: {}", panic_message(panic.as_ref())))));
    let outcome = outcome.and_then(|result| guard.heap.meter().check_deadline().map(|()| result));
    outcome.map_err(Into::into)
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
        guarded(&mut caller, |heap| {
            // A copy: the text is read while memory is written. What is not UTF-8 is U+FFFD in it.
            let text = heap.reader().string(Raw::from_slice(pointer as u32, len as u32))?;
            let parsed = parse(heap, &text);
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
                Err(ParseFailure::Fatal(error)) => return Err(error),
            };
            Ok(outcome.pointer() as i32)
        })
    })
}

/// A built-in `Tree -> String`.
fn to_text(store: &mut Store<State>, print: Print) -> Func {
    Func::wrap(store, move |mut caller: Caller<'_, State>, tree: i32| {
        guarded(&mut caller, |heap| {
            let text = print(heap, Raw::from_pointer(tree as u32))?;
            let text = heap.string(&text)?;
            Ok((text.pointer() as i32, text.len as i32))
        })
    })
}

/// An error when a tree is deeper than the limits allow.
fn check_depth(heap: &Heap<'_>, depth: usize) -> Result<()> {
    let most = heap.state().limits.depth;
    if depth > most as usize { Err(Error::limit(Limit::Depth(most))) } else { Ok(()) }
}
