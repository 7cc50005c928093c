//! The built-ins that are written in Rust: parsers and printers that walk trees in guest memory, and numbers.
//!
//! Every walk is iterative or bounded in depth, holds as many roots as the tree is deep, and is subject to the
//! limits on values. Only a parse error becomes an `Err` of the program; anything else ends the call.

pub(crate) mod float;
mod math;

use crate::state::State;
use wasmtime::{Func, Store};

/// The built-in of that import name.
pub(crate) fn builtin(store: &mut Store<State>, name: &str) -> Option<Func> {
    math::builtin(store, name).or_else(|| float::builtin(store, name))
}
