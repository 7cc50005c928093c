//! The contract between a compiled Vera module and its host, in one place.
//!
//! The compiler lays out memory and names imports and exports by these tables. The runtime reads and builds guest
//! values by the same tables. Nothing here depends on either side, and nothing is defined twice. A change of any
//! layout, name or meaning changes [`ABI_VERSION`].
//!
//! [`interface`] is the description that a module carries in a custom section:
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
//!     }],
//!     ..Interface::default()
//! };
//! let read = Interface::from_bytes(&interface.to_bytes()).expect("a whole interface");
//! assert_eq!(read.function("length").map(|function| read.ty(function.result)), Some(&TypeDesc::Int));
//! ```
//!
//! [`heap`], [`layout`] and [`map`] describe values in memory, [`prelude`] the types of the language that hosts know,
//! [`capability`] the capabilities that hosts grant, [`library`] the parts that hosts may leave out, [`names`] the
//! exports and imports of modules, [`chance`] the generator of inputs, and [`trap`] the ways in which modules stop.
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
pub const ABI_VERSION: u32 = 8;
