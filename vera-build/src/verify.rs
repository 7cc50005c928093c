//! Verification while a crate builds: the policy for its results.

use crate::contracts::Contracts;
use std::path::PathBuf;
use std::time::Duration;
use vera_compiler::diagnostics::{Diagnostic, Diagnostics, Severity};
use vera_compiler::driver::Verification;
use vera_compiler::tir::{FnId, Program};
use vera_compiler::verify::report::{self, Told};
use vera_compiler::verify::{Owner, Verified};
use vera_solver::{Budget, Cache, Choice, Limits, Session};

/// How verification affects the build.
///
/// Run-time checks stay, even for what is proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verify {
    /// Nothing is verified.
    Off,
    /// A counterexample is a warning.
    Report,
    /// A counterexample is an error.
    #[default]
    DenyRefuted,
    /// A counterexample is an error, and so is a contract or check that is left to run time.
    RequireProved,
}

impl Verify {
    /// The words for them in `vera!`.
    pub const WORDS: [(&str, Verify); 4] = [
        ("off", Verify::Off),
        ("report", Verify::Report),
        ("deny_refuted", Verify::DenyRefuted),
        ("require_proved", Verify::RequireProved),
    ];
}

/// The verification settings of a build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verifying {
    pub(crate) default: Verify,
    /// Exceptions by the name of a function, with or without the path of its module.
    pub(crate) exceptions: Vec<(String, Verify)>,
    /// Whether everything that is left to run time gives a warning.
    pub(crate) warns: bool,
    pub(crate) solver: Option<Choice>,
    /// The time for one program, or for all programs of a build script together.
    pub(crate) limits: Limits,
    /// Earlier answers of solvers.
    pub(crate) cache: Cache,
}

impl Verifying {
    /// For an expansion within an editor or a compiler: the whole program gets a few seconds.
    pub(crate) fn in_macro(default: Verify) -> Self {
        let (query, total) = (Duration::from_millis(500), Some(Duration::from_secs(5)));
        let limits = Limits { query, total, ..Limits::default() };
        let cache = cache_folder().map_or_else(Cache::in_memory, Cache::in_folder);
        Verifying { default, limits, cache, ..Verifying::default() }
    }

    /// Whether anything is verified.
    pub(crate) fn is_on(&self) -> bool {
        self.default != Verify::Off || self.exceptions.iter().any(|(_, verify)| *verify != Verify::Off)
    }

    /// The selected solver: by the settings, by the environment, or the default one.
    ///
    /// # Errors
    /// The message, when the environment names an unknown solver.
    fn choice(&self) -> Result<Choice, String> {
        match self.solver {
            Some(choice) => Ok(choice),
            None => {
                let found = Choice::from_environment();
                found.map(Option::unwrap_or_default).map_err(|unknown| format!("{}: {unknown}", Choice::VARIABLE))
            }
        }
    }

    /// The solver, with the rest of a time that it may share with others.
    ///
    /// # Errors
    /// The message, when the environment names an unknown solver or number of threads.
    pub(crate) fn session(&self, budget: &Budget) -> Result<Session, String> {
        let limits = self.limits.or_environment().map_err(|unknown| unknown.to_string())?;
        let engines = vera_solver::engines(self.choice()?, &limits);
        Ok(Session::new(engines, limits).with_budget(budget.clone()).with_cache(self.cache.clone()))
    }

    /// The whole time.
    pub(crate) fn budget(&self) -> Budget {
        Budget::new(self.limits.total)
    }

    /// The policy for an obligation.
    fn policy(&self, program: &Program, owner: Owner) -> Verify {
        let Owner::Function(mut function) = owner else { return self.default };
        while let Some(parent) = program.function(function).parent {
            function = parent;
        }
        self.exceptions
            .iter()
            .rev()
            .find(|(name, _)| is_named(program, function, name))
            .map_or(self.default, |(_, verify)| *verify)
    }

    /// The diagnostics for the obligations, and the results for the contracts.
    pub(crate) fn judge(&self, found: &Verification) -> (Diagnostics, Contracts) {
        let program = &found.compilation.program;
        let of = |wanted: &dyn Fn(Verify) -> bool| -> Vec<Verified> {
            let of_owner = |each: &&Verified| wanted(self.policy(program, each.obligation.owner));
            found.obligations().iter().filter(of_owner).cloned().collect()
        };
        let errors = |verified: &[Verified]| report::errors(program, verified);
        let mut told = Diagnostics::new();
        told.extend(errors(&of(&|verify| matches!(verify, Verify::DenyRefuted | Verify::RequireProved))));
        told.extend(with_severity(errors(&of(&|verify| verify == Verify::Report)), Severity::Warning));
        let mut required = of(&|verify| verify == Verify::RequireProved);
        required.retain(Verified::is_listed);
        told.extend(with_severity(report::runtime(program, &required, &[], Told::All), Severity::Error));
        if self.warns {
            let others = of(&|verify| matches!(verify, Verify::Report | Verify::DenyRefuted));
            told.extend(report::runtime(program, &others, &found.assumptions, Told::All));
        }
        let verified = of(&|verify| verify != Verify::Off);
        (told.sorted(), Contracts::of(program, &verified).with_inputs(program, &found.narrow))
    }

    /// The names of exceptions that match no function of any program.
    pub(crate) fn unknown<'a>(&'a self, programs: &'a [&'a Program]) -> impl Iterator<Item = &'a str> {
        let known = |name: &str| {
            programs.iter().any(|program| {
                let functions = program.root.map(|root| &program.modules[root.index()].functions);
                functions.into_iter().flatten().any(|&function| is_named(program, function, name))
            })
        };
        self.exceptions.iter().map(|(name, _)| name.as_str()).filter(move |name| !known(name))
    }
}

/// The variable that names the cache folder; empty for none.
pub(crate) const CACHE_VARIABLE: &str = "VERA_CACHE";

/// The folder in which tools and macros cache answers of solvers and machine code. The environment variable
/// `VERA_CACHE` names it; if that is empty, there is none. Without the variable it is `vera` in the user's cache
/// folder. It may be deleted at any time.
pub fn cache_folder() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(CACHE_VARIABLE) {
        return (!named.is_empty()).then(|| PathBuf::from(named));
    }
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || variable("HOME").map(|home| home.join(".cache"));
    let folder = variable("XDG_CACHE_HOME").or_else(|| variable("LOCALAPPDATA")).or_else(home)?;
    Some(folder.join("vera"))
}

fn with_severity(diagnostics: impl IntoIterator<Item = Diagnostic>, severity: Severity) -> Diagnostics {
    let mut changed = Diagnostics::new();
    diagnostics.into_iter().for_each(|diagnostic| changed.push(diagnostic.severity(severity)));
    changed
}

/// Whether a function has this name, with or without the path of its module.
fn is_named(program: &Program, function: FnId, name: &str) -> bool {
    let decl = program.function(function);
    let module = program.modules[decl.module.index()].path.as_str();
    decl.name == name || name.rsplit_once('.').is_some_and(|(path, last)| path == module && last == decl.name)
}
