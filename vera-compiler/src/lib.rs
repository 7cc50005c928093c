//! The Vera compiler: source text to checked, optimised WebAssembly and a description of its interface.
//!
//! There is one pipeline: `text → syntax → check → lower → core → emit`. Each stage is a folder and passes on
//! everything it derived; no later stage derives a fact again. The crate is pure: it reads sources through
//! [`source::SourceLoader`], prints nothing, and reads no clock and no environment.
//!
//! [`driver::compile`] runs all stages:
//!
//! ```
//! use vera_compiler::driver::{Options, Source, compile};
//! use vera_compiler::source::MemoryLoader;
//!
//! let loader = MemoryLoader::new().with("lib.numbers", "
//!     module lib.numbers;
//!     public fn twice(@Int -> @Int) requires(true) ensures(true) effects(pure) { 2 * @Int.0 }
//! ");
//! let text = "
//!     import lib.numbers(twice);
//!     public fn four_times(@Int -> @Int) requires(true) ensures(true) effects(pure) { twice(twice(@Int.0)) }
//! ";
//! let source = Source { name: "main.vera".into(), text: text.into() };
//! let compilation = compile(source, &loader, &Options::default());
//! assert!(compilation.diagnostics.iter().next().is_none());
//! assert!(compilation.wasm.is_some());
//! assert_eq!(compilation.interface.functions[0].name, "four_times");
//! ```
//!
//! Applications do not use this crate: `vera-build` compiles in build scripts, `vera!` compiles within Rust, and
//! `vera-runtime` runs the result.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]
// The bans of `clippy.toml` are for the compiler itself.
#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types))]

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
pub mod lower;
pub mod prelude;
pub mod source;

mod support;
#[doc(hidden)]
pub use support::module_with as support_module_with;
pub mod syntax;
pub mod tir;
pub mod trial;
pub mod types;
pub mod verify;
