//! Compiles Vera while a Rust crate builds.
//!
//! A build script calls [`compile`], or [`Config`] for more say; the crate then calls typed functions:
//!
//! ```no_run
//! // build.rs
//! vera_build::compile("vera/*.vera");
//! ```
//!
//! ```ignore
//! // main.rs
//! vera_runtime::include_modules!();
//!
//! let mut pricing = pricing::Module::new()?;
//! println!("{}", pricing.discounted(200, 15)?);
//! ```
//!
//! The types that several files import are generated once, in a module `vera_types`; each wrapper has them under their own
//! names.
//!
//! The `vera!` macro comes through [`expand`]. Both go the same way: the compiler, then the one generator of wrappers
//! (`bindings`).
//!
//! Only `script` talks to cargo; nothing outside of `OUT_DIR` is written, except what `VERA_EXPAND` asks for. Tools that
//! read Vera files find what those import with [`FileLoader`].
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

mod bindings;
mod config;
mod contracts;
mod expand_to;
mod expansion;
mod loader;
pub mod lock;
mod precompile;
mod runtime_path;
mod script;
mod shared;
mod verify;

pub use config::Config;
pub use expansion::{Expansion, Report, Settings, Source, expand};
pub use loader::FileLoader;
pub use runtime_path::RuntimePath;
pub use vera_compiler::diagnostics::Severity;
pub use vera_compiler::syntax::{Unfinished, unfinished};
pub use vera_solver::{Choice as Solver, Limits as SolverLimits};
pub use verify::{Verify, cache_folder};

/// Environment variables that change what is generated.
pub const VARIABLES: [&str; 3] = [expand_to::VARIABLE, vera_solver::Choice::VARIABLE, vera_solver::Z3_VARIABLE];

/// Compiles every file that matches `pattern` (relative to the package, `*` and `**` as in a shell) and writes the
/// wrappers to `OUT_DIR/vera_modules.rs`, one Rust module per file, named by its `module` declaration or its file.
///
/// Contracts are verified: an input that breaks one is a mistake ([`Config::verify`]).
///
/// Mistakes are reported through `cargo::error=`, all of them, and fail the build; the wrappers' types are written
/// even then. The build script runs again when one of the files, or a file they import, changes, or one appears that
/// would be read. Cargo can watch for new files only by whole folders: a pattern with wildcards watches the folder
/// that it looks into, so that Vera files in a folder of their own cause no other runs.
///
/// # Panics
/// Outside of a build script, where `OUT_DIR` is not set.
pub fn compile(pattern: &str) {
    Config::new().compile(pattern);
}
