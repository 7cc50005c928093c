//! Compiles a program's text to wrapper tokens and reports. The macro and the build script share this.

use crate::bindings::{self, Embedding, Generated, Home, Homes, Places, Problem};
use crate::contracts::Contracts;
use crate::expand_to;
use crate::loader::{self, Dependencies, FileLoader};
use crate::lock::inline::{self, Entry};
use crate::lock::{Change, FILE};
use crate::precompile;
use crate::verify::{Verify, Verifying};
use crate::{Config, RuntimePath};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::ops::Range;
use std::path::{Path, PathBuf};
use vera_compiler::diagnostics::{Diagnostic, Diagnostics, Severity, render_explanation, render_place};
use vera_compiler::driver::{self, Compilation, Options};
use vera_compiler::source::Span;
use vera_compiler::tir::ModuleId;
use vera_compiler::verify::Solver;
use vera_solver::{Budget, Session};

/// The text of a program, with its name.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name shown in messages.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A message for the Rust user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in one sentence, with its code.
    title: String,
    /// File, line and column, with the text there; empty when the message has no place.
    place: String,
    /// Whether the place shows more than the subject of the message.
    has_labels: bool,
    /// Why, and how to fix it.
    explanation: String,
    /// The bytes of the root text that the message is about; empty at 0 when it is about another file or has no place.
    pub range: Range<usize>,
}

impl Report {
    /// The whole message: what is wrong, where, why, and how to fix it.
    pub fn message(&self) -> String {
        self.text(true)
    }

    /// The message without its place, for output that shows the place anyway.
    pub fn message_in_place(&self) -> String {
        self.text(self.has_labels || self.range.is_empty())
    }

    fn text(&self, with_place: bool) -> String {
        let place = if with_place { self.place.as_str() } else { "" };
        format!("{}\n{place}{}", self.title, self.explanation).trim_end().to_owned()
    }

    fn of_diagnostic(diagnostic: &Diagnostic, compilation: &Compilation) -> Self {
        let sources = &compilation.program.sources;
        Report {
            severity: diagnostic.severity,
            title: format!("[{}] {}", diagnostic.code.as_str(), diagnostic.description),
            place: render_place(diagnostic.span, &diagnostic.labels, sources),
            has_labels: !diagnostic.labels.is_empty(),
            explanation: render_explanation(diagnostic),
            range: range(diagnostic.span, compilation),
        }
    }

    fn of_problem(problem: Problem, compilation: &Compilation) -> Self {
        Report {
            severity: problem.severity,
            title: problem.description,
            place: problem.span.map(|span| render_place(span, &[], &compilation.program.sources)).unwrap_or_default(),
            has_labels: false,
            explanation: String::new(),
            range: problem.span.map(|span| range(span, compilation)).unwrap_or_default(),
        }
    }

    fn of_change(change: Change) -> Self {
        let severity = if change.is_weaker { Severity::Error } else { Severity::Warning };
        let explanation = format!("`cargo vera lock --accept` accepts these differences from {FILE}.");
        Report { severity, explanation, ..Report::error(change.description) }
    }

    fn error(title: String) -> Self {
        Report {
            severity: Severity::Error,
            title,
            place: String::new(),
            has_labels: false,
            explanation: String::new(),
            range: 0..0,
        }
    }
}

/// The bytes of the root text.
fn range(span: Span, compilation: &Compilation) -> Range<usize> {
    if Some(span.file) == compilation.root_file { span.start as usize..span.end as usize } else { 0..0 }
}

/// The settings of an invocation, besides the program.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The path of the library `vera-runtime`.
    pub runtime: RuntimePath,
    /// Types of imported modules that are not generated: Vera modules by dotted path, with the path of the wrapper of
    /// the same file. [`RuntimePath`] reads such paths too.
    pub externs: Vec<(String, String)>,
    /// How verification affects the build.
    pub verify: Verify,
    /// The file that the program is in, for `vera.lock`: a Rust file, or one with the program only. Without it the program
    /// is not compared with the lock.
    pub file: Option<PathBuf>,
    /// Whether machine code is made, for instances whose limits have no fuel and no deadline.
    pub precompile: bool,
    /// Whether async calls are generated, too.
    pub async_calls: bool,
}

/// The expansion of a `vera!` invocation.
#[derive(Debug)]
#[non_exhaustive]
pub struct Expansion {
    /// The Rust module. It has all its types even if there are errors.
    pub tokens: TokenStream,
    /// Errors and warnings in source order.
    pub reports: Vec<Report>,
    /// Files that were read besides the root text.
    pub dependencies: Vec<PathBuf>,
}

/// Compiles a program and generates its wrapper with the module embedded as a literal.
///
/// Imports are looked up below `import_root`. `place` gives the place of a range of the text in Rust source, so that
/// errors in generated code point at the declaration.
///
/// ```
/// use vera_build::{Settings, Source, expand};
///
/// let text = "module m; public fn one(-> @Int) requires(true) ensures(true) effects(pure) { 1 }";
/// let source = Source { name: "m.vera".into(), text: text.into() };
/// let expansion = expand(source, None, &Settings::default(), |_| None);
/// assert_eq!(expansion.reports, []);
/// assert!(expansion.tokens.to_string().contains("pub mod m"));
/// ```
pub fn expand(
    source: Source,
    import_root: Option<PathBuf>,
    settings: &Settings,
    place: impl Fn(&Range<usize>) -> Option<proc_macro2::Span>,
) -> Expansion {
    let verifying = Verifying::in_macro(settings.verify);
    let budget = verifying.budget();
    let mut compiled = compile(source.clone(), import_root.clone(), false, &verifying, &budget);
    let name = bindings::module_name(&compiled.compilation, "vera");
    let entry = settings.file.as_ref().zip(loader::package());
    let entry = entry.map(|(file, package)| Entry::new(&package, file, &name.to_string()));
    if let Some(entry) = &entry {
        let again = |text: String, solver: &mut Session| {
            verify(Source { name: source.name.clone(), text }, import_root.clone(), false, solver)
        };
        compiled.compare_with_lock(entry, || verifying.session(&budget), again);
    }
    let root = compiled.compilation.root_file;
    let places =
        |span: Span| (Some(span.file) == root).then(|| place(&(span.start as usize..span.end as usize))).flatten();
    let program = &compiled.compilation.program;
    let home =
        |id: ModuleId| match settings.externs.iter().find(|(module, _)| *module == program.modules[id.index()].path) {
            Some((_, path)) if Some(id) != program.root => Home::Extern(path.clone()),
            _ => Home::Generated(vec![name.clone()]),
        };
    let homes = Homes::new(program, &name, &home);
    let imported = |path: &String| program.modules.iter().any(|module| !module.prelude && module.path == *path);
    let unknown: Vec<_> = settings.externs.iter().filter(|(module, _)| !imported(module)).collect();
    let unknown = unknown.iter().map(|(module, _)| Report::error(format!("the program does not import `{module}`")));
    compiled.reports.extend(unknown);
    let wasm = compiled.compilation.wasm.as_deref().filter(|_| settings.precompile);
    let code = match wasm.map(|wasm| precompile::code(wasm, &[(false, false)])).transpose() {
        Ok(code) => code,
        Err(problem) => {
            compiled.reports.push(Report::error(problem));
            None
        }
    };
    let target = code.as_ref().map(|_| precompile::only_for(std::env::consts::ARCH, std::env::consts::OS));
    let config = Config::new().async_calls(settings.async_calls);
    let generated = compiled.generate(&name, &homes, &config, &Embedding::Literal { code }, &places);
    let tokens = generated.wrapper.map(|wrapper| bindings::assemble(&wrapper, &generated.items)).unwrap_or_default();
    let tokens = settings.runtime.apply(quote!(#tokens #target));
    if let Err(message) = expand_to::write(&name, &bindings::format(&tokens)) {
        compiled.reports.push(Report::error(message));
    }
    let mut dependencies = compiled.dependencies.paths();
    dependencies.extend(entry.iter().filter_map(Entry::lock).map(Path::to_path_buf));
    Expansion { tokens, reports: compiled.reports, dependencies }
}

/// A compiled program with its messages.
pub(crate) struct Compiled {
    pub(crate) compilation: Compilation,
    pub(crate) reports: Vec<Report>,
    pub(crate) dependencies: Dependencies,
    /// The results for its contracts.
    pub(crate) contracts: Contracts,
}

pub(crate) fn compile(
    source: Source,
    import_root: Option<PathBuf>,
    strict: bool,
    verifying: &Verifying,
    budget: &Budget,
) -> Compiled {
    let loader = FileLoader::new(import_root).in_package(loader::package());
    let source = driver::Source { name: source.name, text: source.text };
    let (compilation, judged, problem) = compiled(source, &loader, &Options { strict }, verifying, budget);
    let (found, contracts) = judged;
    let mut diagnostics = compilation.diagnostics.clone();
    diagnostics.extend(found);
    let diagnostics = diagnostics.sorted();
    let reports = diagnostics.iter().map(|diagnostic| Report::of_diagnostic(diagnostic, &compilation));
    let reports = problem.map(Report::error).into_iter().chain(reports).collect();
    Compiled { reports, dependencies: loader.into_dependencies(), compilation, contracts }
}

/// Verifies a program without compiling it.
pub(crate) fn verify(
    source: Source,
    import_root: Option<PathBuf>,
    strict: bool,
    solver: &mut dyn Solver,
) -> driver::Verification {
    let loader = FileLoader::new(import_root).in_package(loader::package());
    let source = driver::Source { name: source.name, text: source.text };
    driver::verify(source, &loader, &Options { strict }, solver)
}

/// The compilation, the diagnostics of verification, and the reason if verification was requested but not possible.
fn compiled(
    source: driver::Source,
    loader: &FileLoader,
    options: &Options,
    verifying: &Verifying,
    budget: &Budget,
) -> (Compilation, (Diagnostics, Contracts), Option<String>) {
    let mut solver = match verifying.is_on().then(|| verifying.session(budget)) {
        Some(Ok(solver)) => solver,
        not => {
            let problem = not.and_then(Result::err);
            return (driver::compile(source, loader, options), Default::default(), problem);
        }
    };
    let found = driver::compile_and_verify(source, loader, options, &mut solver);
    let judged = verifying.judge(&found);
    (found.compilation, judged, None)
}

impl Compiled {
    /// Compares the contracts with the accepted ones, or accepts them. `again` verifies another text in place of the
    /// program's.
    fn compare_with_lock(
        &mut self,
        entry: &Entry,
        session: impl FnOnce() -> Result<Session, String>,
        again: impl Fn(String, &mut Session) -> driver::Verification,
    ) {
        let program = &self.compilation.program;
        let changes = if self.compilation.wasm.is_none() {
            Ok(Vec::new())
        } else if inline::is_recording() {
            entry.record(program, &self.contracts).map(|()| Vec::new())
        } else if entry.lock().is_none() {
            Ok(Vec::new())
        } else {
            session().and_then(|mut solver| {
                let mut changes = entry.compare(program, &self.contracts, &mut |text| again(text, &mut solver))?;
                changes.extend(entry.gone()?);
                Ok(changes)
            })
        };
        match changes {
            Ok(changes) => self.reports.extend(changes.into_iter().map(Report::of_change)),
            Err(problem) => self.reports.push(Report::error(problem)),
        }
    }

    /// The wrapper, as the Rust module `name`. Its problems are added to the reports.
    pub(crate) fn generate(
        &mut self,
        name: &Ident,
        homes: &Homes,
        config: &Config,
        embedding: &Embedding,
        places: &Places<'_>,
    ) -> Generated {
        let mut generated =
            bindings::generate(&self.compilation, &self.contracts, name, homes, config, embedding, places);
        let problems = std::mem::take(&mut generated.problems).into_iter();
        self.reports.extend(problems.map(|problem| Report::of_problem(problem, &self.compilation)));
        generated
    }
}
