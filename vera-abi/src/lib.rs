//! What a compiled Vera module and its host agree on, written once.
//!
//! The compiler lays out memory and names imports and exports by these tables; the runtime reads and builds
//! guest values by the same tables. Nothing here depends on either side, and nothing is computed twice:
//! a change of any layout, name or meaning changes [`ABI_VERSION`].
#![no_std]

extern crate alloc;

pub mod codec;
pub mod heap;
pub mod interface;
pub mod layout;
pub mod map;
pub mod names;
pub mod prelude;
pub mod trap;
mod validate;

/// The version of everything in this crate. Generated wrappers, compiled modules and the runtime must agree.
pub const ABI_VERSION: u32 = 2;
