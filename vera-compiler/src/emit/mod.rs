//! The last stage: a core program to a WebAssembly module.
//!
//! The output is complete: the support module (allocator, collector, byte primitives) is linked in, and a custom
//! section describes the module's interface. The same program gives the same bytes. Nothing is optimised here beyond
//! what the target needs: calls become loops and tail calls, checks and allocations get their short path inline.
//!
//! `live`, `roots` and `frame` make the output safe: whenever a collection may happen, exactly the pointers that are
//! needed afterwards are on the shadow stack.

mod allocate;
mod code;
mod context;
mod frame;
mod function;
mod graph;
mod link;
mod live;
mod locals;
mod memory;
mod module;
mod operation;
mod origins;
mod prim;
mod rerun;
mod room;
mod roots;
mod self_calls;
mod site;
mod statics;
mod switch;
mod trap;
mod types;

#[cfg(test)]
mod tests;

use crate::core::Program;
use std::error::Error;
use vera_abi::interface::Interface;

/// A WebAssembly module.
#[derive(Debug)]
pub struct Emitted {
    /// Its bytes.
    pub wasm: Vec<u8>,
    /// What its interface section says.
    pub interface: Interface,
    /// The built-ins of the host that it imports, by import name and in order.
    pub builtins: Vec<String>,
}

/// Compiles a program to a WebAssembly module.
pub fn emit(program: &Program) -> Emitted {
    module::emit(program)
}

/// The text of a WebAssembly module.
///
/// # Errors
/// When the bytes are not a module.
pub fn wat(wasm: &[u8]) -> Result<String, Box<dyn Error + Send + Sync>> {
    Ok(wasmprinter::print_bytes(wasm)?)
}
