//! The built-ins that parse a text to a tree, and print a tree as text.

use super::walk::guarded;
use super::{Added, Library};
use crate::error::{Error, Limit, Result};
use crate::heap::Heap;
use crate::state::State;
use crate::value::Raw;
use vera_abi::layout::{Rep, fixed};
use vera_abi::prelude::result;
use wasmtime::Caller;

/// Why a text could not be parsed.
#[derive(Debug)]
pub(super) enum ParseFailure {
    /// The text is wrong, which is an `Err` of the program.
    Text(String),
    /// The walk cannot continue, which ends the call.
    Fatal(Error),
}

impl From<Error> for ParseFailure {
    fn from(error: Error) -> Self {
        ParseFailure::Fatal(error)
    }
}

type Parse = fn(&mut Heap<'_>, &str) -> Result<Raw, ParseFailure>;
type Print = fn(&mut Heap<'_>, Raw) -> Result<String>;

/// Adds a built-in `String -> Result<Tree, String>`, where a tree is a pointer.
pub(super) fn from_text(library: &mut Library<'_>, name: &str, parse: Parse) -> Added {
    library.wrap(name, move |mut caller: Caller<'_, State>, pointer: i32, len: i32| {
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

/// Adds a built-in `Tree -> String`.
pub(super) fn to_text(library: &mut Library<'_>, name: &str, print: Print) -> Added {
    library.wrap(name, move |mut caller: Caller<'_, State>, tree: i32| {
        guarded(&mut caller, |heap| {
            let text = print(heap, Raw::from_pointer(tree as u32))?;
            let text = heap.string(&text)?;
            Ok((text.pointer() as i32, text.len as i32))
        })
    })
}

/// Returns an error when a tree is deeper than the limits allow.
pub(super) fn check_depth(heap: &Heap<'_>, depth: usize) -> Result<()> {
    let most = heap.state().limits.depth;
    if depth > most as usize { Err(Error::limit(Limit::Depth(most))) } else { Ok(()) }
}
