//! Translates Vera modules to machine code.
//!
//! Build and run time must agree on the settings of the engine, so both take them from [`config`]. Code that is made
//! while a crate builds ([`precompile`], with the feature `compiler`) is a [`Bundle`]. A bundle holds, for each kind of
//! metering, the code of one module, which is named by its hash. [`Bundle::load`] returns the code only if module,
//! release, target and settings match. With the feature `cache`, code that is made at run time is kept on disk.
//!
//! This is the only crate with `unsafe` code, because wasmtime cannot check the machine code that it loads.
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
#[cfg(feature = "pooling")]
pub use settings::pool;
pub use settings::{FIBER_RESERVE, Metering, config};
