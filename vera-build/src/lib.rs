//! Compiles Vera while a Rust crate builds.
//!
//! A build script calls [`compile`], or [`Config`] for more settings. The crate then calls typed functions:
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
//! The types that several files import are generated once, in a module `vera_types`. Each wrapper re-exports them under
//! their own names.
//!
//! The `vera!` macro uses [`expand`]. Macro and build script share one pipeline: the compiler, then the generator of
//! wrappers (`bindings`).
//!
//! Only `script` communicates with cargo. Nothing outside of `OUT_DIR` is written, except what `VERA_EXPAND` requests.
//! Tools that read Vera files find their imports with [`FileLoader`].
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
pub const VARIABLES: [&str; 4] =
    [expand_to::VARIABLE, vera_solver::Choice::VARIABLE, vera_solver::Z3_VARIABLE, lock::inline::VARIABLE];

/// Compiles every file that matches `pattern` (relative to the package, `*` and `**` as in a shell), and writes the
/// wrappers to `OUT_DIR/vera_modules.rs`. Each file becomes one Rust module, named by its `module` declaration or its
/// file.
///
/// Contracts are verified: a counterexample is an error ([`Config::verify`]).
///
/// All mistakes are reported through `cargo::error=` and fail the build; the types of the wrappers are written even
/// then. The build script runs again when one of the files, or a file that they import, changes, or when a new file
/// would be read. Cargo can watch for new files only by whole folders: for a pattern with wildcards, the folder of the
/// files is watched. Give Vera files their own folder, so that other files cause no runs.
///
/// # Panics
/// Outside of a build script, where `OUT_DIR` is not set.
pub fn compile(pattern: &str) {
    Config::new().compile(pattern);
}

impl Config {
    /// Compiles every file that matches a pattern and writes the wrappers to `OUT_DIR/vera_modules.rs`.
    ///
    /// Like [`crate::compile`], with these settings.
    ///
    /// # Panics
    /// Outside of a build script, where `OUT_DIR` is not set.
    pub fn compile(&self, pattern: &str) {
        self.compile_all(&[pattern]);
    }

    /// Like [`Config::compile`] for several patterns; together they make one `vera_modules.rs`.
    ///
    /// # Panics
    /// Outside of a build script, where `OUT_DIR` is not set.
    pub fn compile_all(&self, patterns: &[&str]) {
        let out_dir = std::env::var_os("OUT_DIR").map(std::path::PathBuf::from);
        let out_dir = out_dir.expect("`vera_build::compile` is called from a build script");
        let package = loader::package().unwrap_or_default();
        for directive in script::run(self, patterns, &package, &out_dir) {
            #[allow(clippy::print_stdout, reason = "Cargo reads the directives of a build script there")]
            {
                println!("{directive}");
            }
        }
    }
}
