//! How Vera modules become machine code.
//!
//! Build and run time must agree on the settings of the engine, so both have them from here ([`config`]). Code that is
//! made while a crate builds ([`precompile`], with the feature `compiler`) is a [`Bundle`]: for each kind of metering the
//! code for one module, which is named by its hash. [`Bundle::load`] gives a module of it only when module, release,
//! target and settings are those it was made for. With the feature `cache`, code that is made at run time is kept on disk.
//!
//! This is the one place with `unsafe` code: wasmtime cannot check the machine code that it loads.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

mod bundle;
#[cfg(feature = "cache")]
mod cache;
mod settings;

#[cfg(feature = "compiler")]
pub use bundle::precompile;
pub use bundle::{Bundle, Refused};
#[cfg(feature = "cache")]
pub use cache::Cache;
pub use settings::{Metering, config};
