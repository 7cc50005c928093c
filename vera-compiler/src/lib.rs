//! The Vera compiler: source text to checked, optimised WebAssembly and a description of its interface.
//!
//! One way through: `text → syntax → check → lower → core → emit`. Each stage has a folder of its own and
//! hands on everything it learned; no later stage derives a fact again. The crate is pure: sources come
//! through [`source::SourceLoader`], nothing is printed, no clock or environment is read.

pub mod abilities;
pub mod builtins;
pub mod check;
pub mod core;
pub mod diagnostics;
pub mod driver;
pub mod effects;
pub mod emit;
mod foreign;
pub mod format;
mod graph;
pub mod lower;
pub mod prelude;
pub mod releases;
pub mod source;

mod support;
#[doc(hidden)]
pub use support::module_with as support_module_with;
pub mod syntax;
pub mod tir;
pub mod types;
