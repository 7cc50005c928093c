//! The build-script side: files in, `OUT_DIR/vera_modules.rs` out, cargo told what happened.

use crate::Config;
use crate::bindings::{self, Embedding};
use crate::expansion::{Compiled, Source, compile_source};
use crate::loader::display;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vera_compiler::diagnostics::Severity;

/// Compiles everything the patterns match. Every problem is reported to cargo; none stops the others.
pub(crate) fn run(config: &Config, patterns: &[&str]) {
    let out_dir =
        PathBuf::from(std::env::var_os("OUT_DIR").expect("`vera_build::compile` is called from a build script"));
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from);
    println!("cargo::rerun-if-env-changed=VERA_EXPAND");
    let mut outcome = Outcome::default();
    for pattern in patterns {
        outcome.files.extend(find(&root, pattern, &mut outcome.errors));
    }
    outcome.files.sort();
    outcome.files.dedup();
    let mut text = String::new();
    let mut seen = BTreeMap::new();
    for path in std::mem::take(&mut outcome.files) {
        compile_file(config, &root, &path, &out_dir, &mut seen, &mut text, &mut outcome.errors);
    }
    if let Err(error) = write_if_changed(&out_dir.join("vera_modules.rs"), text.as_bytes()) {
        outcome.errors.push(error);
    }
    for error in outcome.errors {
        tell("error", &error);
    }
}

#[derive(Default)]
struct Outcome {
    files: Vec<PathBuf>,
    errors: Vec<String>,
}

/// The files a pattern matches. A new file must be noticed too, so the folders a wildcard looks into are watched.
fn find(root: &Path, pattern: &str, errors: &mut Vec<String>) -> Vec<PathBuf> {
    let full = root.join(pattern);
    let full = full.to_string_lossy();
    let fixed: PathBuf =
        Path::new(pattern).iter().take_while(|part| !part.to_string_lossy().contains(['*', '?', '['])).collect();
    if fixed != Path::new(pattern) {
        println!("cargo::rerun-if-changed={}", root.join(fixed).display());
    }
    let matches = match glob::glob(&full) {
        Ok(matches) => matches,
        Err(error) => {
            errors.push(format!("`{pattern}` is not a valid file pattern: {error}"));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for entry in matches {
        match entry {
            Ok(path) => found.push(path),
            Err(error) => errors.push(format!("cannot read {}: {}", display(error.path()), error.error())),
        }
    }
    if found.is_empty() {
        errors.push(format!("no file matches `{pattern}` (relative to the package's folder)"));
    }
    found
}

fn compile_file(
    config: &Config,
    root: &Path,
    path: &Path,
    out_dir: &Path,
    seen: &mut BTreeMap<String, PathBuf>,
    text: &mut String,
    errors: &mut Vec<String>,
) {
    println!("cargo::rerun-if-changed={}", path.display());
    let source = match std::fs::read_to_string(path) {
        Ok(source) => source,
        Err(error) => {
            errors.push(format!("cannot read {}: {error}", display(path)));
            return;
        }
    };
    let import_root = match &config.import_root {
        Some(relative) => Some(root.join(relative)),
        None => path.parent().map(PathBuf::from),
    };
    let source = Source { name: display(path), text: source };
    let Compiled { mut compilation, reports, dependencies } = compile_source(source, import_root, config.strict);
    for dependency in dependencies {
        println!("cargo::rerun-if-changed={}", dependency.display());
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let wasm = compilation.wasm.take();
    let name = bindings::module_name(&compilation, &stem);
    if let Some(earlier) = seen.insert(name.clone(), path.to_path_buf()) {
        errors.push(format!(
            "{} and {} would both become the Rust module `{name}`; give one another `module` declaration",
            display(&earlier),
            display(path)
        ));
        return;
    }
    let file_name = format!("{name}.wasm");
    if let Err(error) = write_if_changed(&out_dir.join(&file_name), wasm.as_deref().unwrap_or_default()) {
        errors.push(error);
    }
    let generated = bindings::generate(&compilation, &name, config, &Embedding::OutDir(file_name));
    for report in reports.iter().chain(&generated.reports) {
        match report.severity {
            Severity::Error => errors.push(report.message.clone()),
            Severity::Warning => tell("warning", &report.message),
        }
    }
    let formatted = bindings::format(&generated.tokens);
    if let Err(error) = bindings::write_expansion(&name, &formatted) {
        errors.push(error);
    }
    text.push_str(&formatted);
}

/// Says a message of several lines through cargo, whose directives are one line each.
fn tell(directive: &str, message: &str) {
    for line in message.lines() {
        println!("cargo::{directive}={line}");
    }
}

/// Writes a file unless it has these contents already, so that nothing after it is rebuilt needlessly.
fn write_if_changed(path: &Path, contents: &[u8]) -> Result<(), String> {
    if std::fs::read(path).is_ok_and(|present| present == contents) {
        return Ok(());
    }
    std::fs::write(path, contents).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
