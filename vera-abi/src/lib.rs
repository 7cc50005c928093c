//! What a compiled Vera module and its host agree on, written once.
//!
//! The compiler lays out memory and names imports and exports by these tables; the runtime reads and builds
//! guest values by the same tables. Nothing here depends on either side, and nothing is computed twice:
//! a change of any layout, name or meaning changes [`ABI_VERSION`].
//!
//! [`interface`] is what a module says of itself, in a custom section of its own:
//!
//! ```
//! use vera_abi::interface::{FunctionDesc, Interface, TypeDesc, TypeId};
//!
//! let interface = Interface {
//!     abi_version: vera_abi::ABI_VERSION,
//!     types: vec![TypeDesc::Int, TypeDesc::String],
//!     functions: vec![FunctionDesc {
//!         name: "length".into(),
//!         params: vec![TypeId(1)],
//!         result: TypeId(0),
//!         effects: "pure".into(),
//!         deep: false,
//!     }],
//!     ..Interface::default()
//! };
//! let read = Interface::from_bytes(&interface.to_bytes()).expect("a whole interface");
//! assert_eq!(read.function("length").map(|function| read.ty(function.result)), Some(&TypeDesc::Int));
//! ```
//!
//! [`heap`], [`layout`] and [`map`] say how values are in memory, [`prelude`] what hosts need to know of the types of the
//! language, [`capability`] what hosts grant, [`library`] what they may leave out, [`names`] what modules export and import, [`chance`] how inputs are made up, [`trap`] how they fail.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]
#![no_std]

extern crate alloc;

pub mod capability;
pub mod chance;
pub mod codec;
pub mod graph;
pub mod heap;
pub mod interface;
pub mod layout;
pub mod library;
pub mod map;
pub mod names;
pub mod prelude;
pub mod trap;
mod validate;

/// The version of everything in this crate. Generated wrappers, compiled modules and the runtime must agree.
pub const ABI_VERSION: u32 = 5;
