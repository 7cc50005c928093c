//! The allocator, the collector and the byte-level primitives: one hand-written WebAssembly module.
//!
//! The module is written as text, one file per concept, and assembled once per process. Numbers that others must
//! agree on come from `vera-abi` by name. The module is complete by itself (it imports nothing and runs alone);
//! the linker re-encodes it in front of compiled code, sets `data_end`, and raises the memory's minimum to cover
//! the literals.

mod function;

pub(crate) use function::{SupportFn, SupportGlobal};
