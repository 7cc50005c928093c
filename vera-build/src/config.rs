//! The settings of a build script.

use crate::precompile::Kind;
use crate::verify::Verifying;
use crate::{RuntimePath, Solver, SolverLimits, Verify};
use std::path::PathBuf;

/// Settings of a build-script compilation, which [`Config::compile`] runs.
///
/// ```no_run
/// vera_build::Config::new().derive("Eq").derive_for("Order", "serde::Serialize").compile("src/*.vera");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until `compile` is called"]
pub struct Config {
    pub(crate) derives: Vec<String>,
    pub(crate) derives_for: Vec<(String, String)>,
    pub(crate) strict: bool,
    pub(crate) import_root: Option<PathBuf>,
    pub(crate) runtime_path: Option<String>,
    pub(crate) externs: Vec<(String, String)>,
    pub(crate) async_calls: bool,
    pub(crate) precompiled: Vec<Kind>,
    pub(crate) verifying: Verifying,
}

impl Config {
    /// The defaults: `Debug`, `Clone`, `PartialEq` on generated types; imports found next to the importing file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a derive, such as `serde::Serialize`, to every generated type.
    pub fn derive(mut self, path: impl Into<String>) -> Self {
        self.derives.push(path.into());
        self
    }

    /// Adds a derive to the type generated for the Vera data type `data`.
    pub fn derive_for(mut self, data: impl Into<String>, path: impl Into<String>) -> Self {
        self.derives_for.push((data.into(), path.into()));
        self
    }

    /// Makes the language's stricter rules errors, for example recursion without `decreases`.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Sets how verification affects the build. By default, a refuted contract is an error.
    ///
    /// ```no_run
    /// use vera_build::{Config, Verify};
    /// Config::new().verify(Verify::RequireProved).verify_function("ledger.audit", Verify::Report).compile("src/*.vera");
    /// ```
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verifying.default = verify;
        self
    }

    /// The same for one function and its helpers, by its name (`audit`), or by its name and its module's path
    /// (`ledger.audit`).
    pub fn verify_function(mut self, function: impl Into<String>, verify: Verify) -> Self {
        self.verifying.exceptions.push((function.into(), verify));
        self
    }

    /// Warns of everything that is left to run time, with the condition that a proof would need.
    pub fn warn_unproved(mut self, warn: bool) -> Self {
        self.verifying.warns = warn;
        self
    }

    /// Selects the solver. By default the environment variable `VERA_SOLVER` selects it, and without that it is
    /// [`Solver::Auto`].
    pub fn solver(mut self, solver: Solver) -> Self {
        self.verifying.solver = Some(solver);
        self
    }

    /// Limits the time that the solver takes for a program, and sets how many threads verify it. By default the
    /// environment variable `VERA_THREADS` gives the number of threads, and without that the machine.
    pub fn solver_limits(mut self, limits: SolverLimits) -> Self {
        self.verifying.limits = limits;
        self
    }

    /// Also generates async calls: an `AsyncModule` with a method `name_async` for each public function, and, for each effect
    /// of the program, a trait `AsyncEffect` whose operations may be `async fn`. This needs the feature `async` of
    /// `vera-runtime`.
    ///
    /// ```no_run
    /// vera_build::Config::new().async_calls(true).compile("src/*.vera");
    /// ```
    pub fn async_calls(mut self, async_calls: bool) -> Self {
        self.async_calls = async_calls;
        self
    }

    /// Makes machine code while the crate builds, for instances whose limits have no fuel and no deadline. The
    /// application starts at once, and needs no compiler: `vera-runtime` with `default-features = false`. This needs
    /// the feature `precompile` of this crate. The code is for the target of the build. For a target with another processor
    /// than that of the machine that builds, enable the feature `all-targets` of this crate.
    pub fn precompile(mut self, precompile: bool) -> Self {
        self.precompiled.retain(|&kind| kind != (false, false));
        if precompile {
            self.precompiled.push((false, false));
        }
        self
    }

    /// Like [`Config::precompile`], for instances whose limits have fuel, a deadline, or both. Each kind needs separate
    /// code.
    pub fn precompile_metered(mut self, fuel: bool, deadline: bool) -> Self {
        if !self.precompiled.contains(&(fuel, deadline)) {
            self.precompiled.push((fuel, deadline));
        }
        self
    }

    /// Finds imported modules below this folder (relative to the package) instead of next to the importing file.
    pub fn import_root(mut self, root: impl Into<PathBuf>) -> Self {
        self.import_root = Some(root.into());
        self
    }

    /// Sets the path of `vera-runtime`, if it is not `::vera_runtime`: the name of a renamed dependency (`vr`), or a
    /// path that re-exports it (`framework::vera`, `crate::deps::vera`).
    pub fn runtime_path(mut self, path: impl Into<String>) -> Self {
        self.runtime_path = Some(path.into());
        self
    }

    /// The path of the runtime; the default one if the path is invalid.
    pub(crate) fn runtime(&self) -> RuntimePath {
        self.runtime_path.as_ref().and_then(|path| syn::parse_str(path).ok()).unwrap_or_default()
    }

    /// Takes the types of an imported Vera module, such as `shared.money`, from a Rust path, such as `money::money`,
    /// instead of generating them. The path is that of a wrapper of the same file, in this crate or another. Values
    /// then pass between the modules of both. The types are compared when the wrapper is compiled.
    ///
    /// The programs of one [`Config::compile_all`] share the types of a file without this setting.
    pub fn extern_path(mut self, module: impl Into<String>, path: impl Into<String>) -> Self {
        self.externs.push((module.into(), path.into()));
        self
    }

    /// The path of an imported module's types, in the form of generated code.
    pub(crate) fn externs(&self) -> Vec<(String, String)> {
        let path = |path: &String| syn::parse_str::<RuntimePath>(path).ok().map(|path| path.to_string());
        self.externs.iter().filter_map(|(module, given)| Some((module.clone(), path(given)?))).collect()
    }

    /// Mistakes in the settings themselves.
    pub(crate) fn problems(&self) -> Vec<String> {
        let paths = self.derives.iter().chain(self.derives_for.iter().map(|(_, path)| path));
        let wrong = paths.filter(|path| syn::parse_str::<syn::Path>(path).is_err());
        let wrong = wrong.map(|path| format!("`{path}` cannot be derived: it is not the path of a derive macro"));
        let is_wrong = |path: &String| syn::parse_str::<RuntimePath>(path).err();
        let runtime = self.runtime_path.iter().filter_map(|path| {
            let problem = is_wrong(path)?;
            Some(format!("`{path}` cannot be the path of vera-runtime: {problem}"))
        });
        let externs = self.externs.iter().filter_map(|(module, path)| {
            let problem = is_wrong(path)?;
            Some(format!("`{path}` cannot be the path of the types of `{module}`: {problem}"))
        });
        wrong.chain(runtime).chain(externs).collect()
    }
}
