//! From a program's text to wrapper tokens and reports: what the macro and the build script share.

use crate::Config;
use crate::bindings::{self, Embedding};
use crate::loader::{self, FileLoader};
use proc_macro2::TokenStream;
use std::ops::Range;
use std::path::PathBuf;
use vera_compiler::diagnostics::{Diagnostic, Severity, render_text};
use vera_compiler::driver::{self, Compilation, Options};
use vera_compiler::source::SourceMap;

/// A program's text and what to call it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name shown in messages.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Something to tell the Rust user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Error or warning.
    pub severity: Severity,
    /// The whole message: place, description, reason, fix.
    pub message: String,
    /// The bytes of the root text it is about; empty at 0 when it is about another file or no place at all.
    pub range: Range<usize>,
}

/// What a `vera!` invocation becomes.
#[derive(Debug)]
pub struct Expansion {
    /// The Rust module. It has all its types even after errors.
    pub tokens: TokenStream,
    /// Errors and warnings in source order.
    pub reports: Vec<Report>,
    /// Files that were read besides the root text.
    pub dependencies: Vec<PathBuf>,
}

/// Compiles a program and generates its wrapper with the module embedded as a literal.
///
/// Imports are looked for below `import_root`.
pub fn expand(source: Source, import_root: Option<PathBuf>) -> Expansion {
    let Compiled { mut compilation, mut reports, dependencies } = compile_source(source, import_root, false);
    let wasm = compilation.wasm.take().unwrap_or_default();
    let name = bindings::module_name(&compilation, "vera");
    let generated = bindings::generate(&compilation, &name, &Config::new(), &Embedding::Literal(wasm));
    reports.extend(generated.reports);
    if let Err(message) = bindings::write_expansion(&name, &bindings::format(&generated.tokens)) {
        reports.push(Report { severity: Severity::Error, message, range: 0..0 });
    }
    Expansion { tokens: generated.tokens, reports, dependencies }
}

/// A compiled program with its messages rendered.
pub(crate) struct Compiled {
    pub(crate) compilation: Compilation,
    pub(crate) reports: Vec<Report>,
    pub(crate) dependencies: Vec<PathBuf>,
}

pub(crate) fn compile_source(source: Source, import_root: Option<PathBuf>, strict: bool) -> Compiled {
    let loader = FileLoader::new(import_root).in_package(loader::package());
    let compilation =
        driver::compile(driver::Source { name: source.name, text: source.text }, &loader, &Options { strict });
    let sources = &compilation.program.sources;
    let reports = compilation.diagnostics.iter().map(|diagnostic| report(sources, &compilation, diagnostic)).collect();
    Compiled { reports, dependencies: loader.into_dependencies(), compilation }
}

fn report(sources: &SourceMap, compilation: &Compilation, diagnostic: &Diagnostic) -> Report {
    let in_root = Some(diagnostic.span.file) == compilation.root_file;
    let range = if in_root { diagnostic.span.start as usize..diagnostic.span.end as usize } else { 0..0 };
    Report { severity: diagnostic.severity, message: render_text(diagnostic, sources).trim_end().to_owned(), range }
}
