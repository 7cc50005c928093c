//! The build-script side: files in, `OUT_DIR/vera_modules.rs` out, and what cargo is to be told of it.
//!
//! Nothing is printed here: what there is to say comes back as cargo's directives, in order.

use crate::Config;
use crate::bindings::{self, Embedding};
use crate::expand_to;
use crate::expansion::{self, Compiled, Source};
use crate::loader::display;
use proc_macro2::Ident;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use vera_compiler::diagnostics::Severity;

/// Compiles everything the patterns match below the folder `package`. No problem stops the others.
pub(crate) fn run(config: &Config, patterns: &[&str], package: &Path, out_dir: &Path) -> Vec<String> {
    let mut script = Script {
        config,
        package,
        out_dir,
        modules: BTreeMap::new(),
        data: BTreeSet::new(),
        text: String::new(),
        directives: vec![format!("cargo::rerun-if-env-changed={}", expand_to::VARIABLE)],
    };
    for problem in config.problems() {
        script.error(&problem);
    }
    for path in script.files(patterns) {
        script.compile(&path);
    }
    for (data, path) in &config.derives_for {
        if script.data.contains(data) {
            continue;
        }
        script.error(&format!("`{path}` is to be derived for `{data}`, but no Vera file declares `data {data}`"));
    }
    let text = std::mem::take(&mut script.text);
    script.write("vera_modules.rs", text.as_bytes());
    script.directives
}

struct Script<'a> {
    config: &'a Config,
    package: &'a Path,
    out_dir: &'a Path,
    /// The file that each Rust module comes from.
    modules: BTreeMap<Ident, PathBuf>,
    /// Names of the data types of all programs.
    data: BTreeSet<String>,
    /// What becomes `vera_modules.rs`.
    text: String,
    directives: Vec<String>,
}

impl Script<'_> {
    /// The files the patterns match, each once.
    fn files(&mut self, patterns: &[&str]) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = patterns.iter().flat_map(|pattern| self.find(pattern)).collect();
        files.sort();
        files.dedup();
        files
    }

    /// The files a pattern matches. A new file must be noticed too, so the folder a wildcard looks into is watched.
    fn find(&mut self, pattern: &str) -> Vec<PathBuf> {
        let fixed: PathBuf =
            Path::new(pattern).iter().take_while(|part| !part.to_string_lossy().contains(['*', '?', '['])).collect();
        if fixed != Path::new(pattern) {
            self.watch(&fixed, pattern);
        }
        // The folder's own name is no pattern, and no part of a message about one.
        let folder = glob::Pattern::escape(&self.package.to_string_lossy());
        let matches = glob::Pattern::new(pattern).and_then(|_| glob::glob(&format!("{folder}/{pattern}")));
        let matches = match matches {
            Ok(matches) => matches,
            Err(problem) => {
                self.error(&format!("`{pattern}` is not a valid file pattern: {problem}"));
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for entry in matches {
            match entry {
                Ok(path) => found.push(path),
                Err(problem) => {
                    self.error(&format!("cannot read {}: {}", display(problem.path()), problem.error()));
                }
            }
        }
        if found.is_empty() {
            self.error(&format!("no file matches `{pattern}` (relative to the package's folder)"));
        }
        found
    }

    /// Watches the folder that a pattern looks into. The package's own folder usually holds what cargo writes, and would
    /// be new after every build: of it, the folders with sources are watched, as far as the pattern looks into folders.
    fn watch(&mut self, fixed: &Path, pattern: &str) {
        let folder = self.package.join(fixed);
        if fixed.components().next().is_some() {
            return self.rerun_if_changed(&folder);
        }
        if Path::new(pattern).components().count() < 2 {
            return;
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let written = |path: &Path| self.out_dir.starts_with(path) || path.join("CACHEDIR.TAG").exists();
        let mut folders: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(|path| path.is_dir() && !hidden(path) && !written(path)).collect();
        folders.sort();
        folders.iter().for_each(|folder| self.rerun_if_changed(folder));
    }

    /// Watches for a file that is not there. To cargo a missing file is always new, so its folder is watched, or the
    /// nearest one there is; the package's own folder is not, as in `watch`.
    fn watch_for(&mut self, path: &Path) {
        let folder = path.ancestors().skip(1).find(|folder| folder.is_dir());
        if let Some(folder) = folder.filter(|folder| !self.package.starts_with(folder)) {
            self.rerun_if_changed(folder);
        }
    }

    fn compile(&mut self, path: &Path) {
        self.rerun_if_changed(path);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(problem) => return self.error(&format!("cannot read {}: {problem}", display(path))),
        };
        let import_root = match &self.config.import_root {
            Some(relative) => Some(self.package.join(relative)),
            None => path.parent().map(PathBuf::from),
        };
        let mut compiled = expansion::compile(Source { name: display(path), text }, import_root, self.config.strict);
        for dependency in &compiled.dependencies.read {
            self.rerun_if_changed(dependency);
        }
        for path in &compiled.dependencies.nearer {
            self.watch_for(path);
        }
        self.data.extend(compiled.compilation.program.data.iter().map(|data| data.name.clone()));
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = bindings::module_name(&compiled.compilation, &stem);
        match self.modules.insert(name.clone(), path.to_path_buf()) {
            Some(earlier) => self.error(&format!(
                "{} and {} would both become the Rust module `{name}`; give one another `module` declaration",
                display(&earlier),
                display(path)
            )),
            None => self.wrapper(&name, &mut compiled),
        }
        for report in &compiled.reports {
            match report.severity {
                Severity::Error => self.error(&report.message()),
                Severity::Warning => self.tell("warning", &report.message()),
            }
        }
    }

    /// Adds a module's wrapper; writes the compiled module beside it.
    fn wrapper(&mut self, name: &Ident, compiled: &mut Compiled) {
        let file_name = format!("{}.wasm", name.to_string().trim_start_matches("r#"));
        self.write(&file_name, compiled.compilation.wasm.as_deref().unwrap_or_default());
        let tokens = compiled.wrapper(name, self.config, &Embedding::OutDir(file_name), &|_| None);
        let text = bindings::format(&self.config.runtime().apply(tokens));
        if let Err(problem) = expand_to::write(name, &text) {
            self.error(&problem);
        }
        self.text.push_str(&text);
    }

    /// Writes a file unless it has these contents already, so that nothing after it is rebuilt needlessly.
    fn write(&mut self, name: &str, contents: &[u8]) {
        let path = self.out_dir.join(name);
        if std::fs::read(&path).is_ok_and(|present| present == contents) {
            return;
        }
        if let Err(problem) = std::fs::write(&path, contents) {
            self.error(&format!("cannot write {}: {problem}", path.display()));
        }
    }

    fn rerun_if_changed(&mut self, path: &Path) {
        let directive = format!("cargo::rerun-if-changed={}", path.display());
        if !self.directives.contains(&directive) {
            self.directives.push(directive);
        }
    }

    /// Fails the build, with this message.
    fn error(&mut self, message: &str) {
        self.tell("error", message);
    }

    /// Says a message of several lines; a directive is one line.
    fn tell(&mut self, directive: &str, message: &str) {
        self.directives.extend(message.lines().map(|line| format!("cargo::{directive}={line}")));
    }
}

#[cfg(test)]
mod tests;
