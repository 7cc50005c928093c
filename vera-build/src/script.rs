//! The build-script side: reads files, writes `OUT_DIR/vera_modules.rs`, and collects directives for cargo.
//!
//! Nothing is printed here: the result is cargo's directives, in order.

use crate::Config;
use crate::bindings::{self, Embedding, Generated};
use crate::expand_to;
use crate::expansion::{self, Compiled, Source};
use crate::loader::display;
use crate::lock::{self, Lock};
use crate::precompile;
use crate::shared::{Programs, SharedTypes};
use crate::verify::Verifying;
use proc_macro2::Ident;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vera_compiler::diagnostics::Severity;
use vera_solver::{Budget, Cache};

/// Compiles all matching files below the folder `package`. A problem with one file does not stop the others.
pub(crate) fn run(config: &Config, patterns: &[&str], package: &Path, out_dir: &Path) -> Vec<String> {
    let cache = Cache::in_folder(out_dir.join("vera-proofs"));
    let verifying = Verifying { cache, ..config.verifying.clone() };
    let mut script = Script {
        config,
        budget: verifying.budget(),
        verifying,
        package,
        out_dir,
        directives: crate::VARIABLES.map(|variable| format!("cargo::rerun-if-env-changed={variable}")).to_vec(),
    };
    for problem in config.problems() {
        script.error(&problem);
    }
    let files = script.files(patterns);
    let mut programs: Vec<Program> = files.iter().filter_map(|path| script.compile(path)).collect();
    script.compare_with_lock(&programs);
    script.generate(&mut programs);
    for program in &programs {
        script.report(program);
    }
    script.check_settings(&programs);
    script.directives
}

/// A compiled file.
struct Program {
    path: PathBuf,
    /// The name of its wrapper. `None` if another file has the same name.
    name: Option<Ident>,
    compiled: Compiled,
}

struct Script<'a> {
    config: &'a Config,
    verifying: Verifying,
    /// The time of the solver for all programs.
    budget: Budget,
    package: &'a Path,
    out_dir: &'a Path,
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

    /// Watches the folder that a pattern looks into. The package's own folder usually holds files that cargo writes, so
    /// it would change in every build. Of this folder, the subfolders with sources are watched, as far as the pattern
    /// looks into folders.
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

    /// Watches for a file that does not exist. Cargo treats a missing file as always changed, so its folder is watched,
    /// or the nearest one that exists. The package's own folder is not watched, as in `watch`.
    fn watch_for(&mut self, path: &Path) {
        let folder = path.ancestors().skip(1).find(|folder| folder.is_dir());
        if let Some(folder) = folder.filter(|folder| !self.package.starts_with(folder)) {
            self.rerun_if_changed(folder);
        }
    }

    /// Compiles a file, and watches it and its imports.
    fn compile(&mut self, path: &Path) -> Option<Program> {
        self.rerun_if_changed(path);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(problem) => {
                self.error(&format!("cannot read {}: {problem}", display(path)));
                return None;
            }
        };
        let source = Source { name: display(path), text };
        let strict = self.config.strict;
        let compiled = expansion::compile(source, self.import_root(path), strict, &self.verifying, &self.budget);
        for (_, dependency) in &compiled.dependencies.read {
            self.rerun_if_changed(dependency);
        }
        for path in &compiled.dependencies.nearer {
            self.watch_for(path);
        }
        Some(Program { path: path.to_path_buf(), name: None, compiled })
    }

    /// The root folder of the imports of a file.
    fn import_root(&self, path: &Path) -> Option<PathBuf> {
        match &self.config.import_root {
            Some(relative) => Some(self.package.join(relative)),
            None => path.parent().map(PathBuf::from),
        }
    }

    /// Compares contracts with the accepted ones, if the package has a lock.
    fn compare_with_lock(&mut self, programs: &[Program]) {
        let place = self.package.join(lock::FILE);
        // A file that is not there would always be new to cargo; who makes one builds anyway.
        let Ok(text) = std::fs::read_to_string(&place) else { return };
        self.rerun_if_changed(&place);
        let accepted = match Lock::parse(&text) {
            Ok(accepted) => accepted,
            Err(malformed) => return self.error(&format!("{}: {malformed}", lock::FILE)),
        };
        let mut solver = match self.verifying.session(&self.budget) {
            Ok(solver) => solver,
            Err(problem) => return self.error(&problem),
        };
        let mut changes = Vec::new();
        let mut paths = Vec::new();
        for program in programs {
            paths.push(self.path_in_package(&program.path));
            let Compiled { compilation, contracts, .. } = &program.compiled;
            if compilation.wasm.is_none() {
                continue;
            }
            let root = self.import_root(&program.path);
            let mut again = |text: String| {
                let source = Source { name: display(&program.path), text };
                expansion::verify(source, root.clone(), self.config.strict, &mut solver)
            };
            let path = self.path_in_package(&program.path);
            changes.extend(accepted.compare_contracts(&path, &compilation.program, contracts, &mut again));
        }
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        changes.extend(accepted.missing(&paths));
        changes.extend(lock::inline::gone(&accepted, self.package, |_| true));
        for change in &changes {
            self.tell(if change.is_weaker { "error" } else { "warning" }, &change.description);
        }
        if !changes.is_empty() {
            self.tell("warning", &format!("`cargo vera lock --accept` accepts these differences from {}", lock::FILE));
        }
    }

    /// A path as in a lock.
    fn path_in_package(&self, path: &Path) -> String {
        lock::path_in(self.package, path).unwrap_or_else(|| path.display().to_string())
    }

    /// Generates all wrappers, and the types of files that are only imported.
    fn generate(&mut self, programs: &mut [Program]) {
        self.name_wrappers(programs);
        let wrapped = programs.iter().filter_map(|program| {
            let name = program.name.as_ref()?;
            Some((name, program.path.as_path(), &program.compiled))
        });
        let table = Programs::new(wrapped, self.config.externs());
        let mut types = SharedTypes::default();
        let mut wrappers = Vec::new();
        for program in programs {
            let Some(name) = &program.name else { continue };
            let homes = table.homes(name, &program.path, &program.compiled);
            let file_name = format!("{}.wasm", name.to_string().trim_start_matches("r#"));
            self.write(&file_name, program.compiled.compilation.wasm.as_deref().unwrap_or_default());
            let code = self.machine_code(name, program);
            let embedding = Embedding::OutDir { wasm: file_name, code };
            let Generated { wrapper, items, .. } =
                program.compiled.generate(name, &homes, self.config, &embedding, &|_| None);
            wrappers.extend(wrapper);
            for problem in types.add(&program.path, items) {
                self.error(&problem);
            }
        }
        let mut text = String::new();
        let modules = wrappers.iter().map(|wrapper| {
            let tokens = bindings::assemble(wrapper, &types.take(&wrapper.name));
            (wrapper.name.clone(), tokens)
        });
        let modules: Vec<_> = modules.collect();
        for (name, tokens) in modules.into_iter().chain(types.rest()) {
            let formatted = bindings::format(&self.config.runtime().apply(tokens));
            if let Err(problem) = expand_to::write(&name, &formatted) {
                self.error(&problem);
            }
            text.push_str(&formatted);
        }
        self.write("vera_modules.rs", text.as_bytes());
    }

    /// Writes the machine code of a program, if it is precompiled. Returns the name of the file.
    fn machine_code(&mut self, name: &Ident, program: &Program) -> Option<String> {
        let wasm = program.compiled.compilation.wasm.as_deref()?;
        if self.config.precompiled.is_empty() {
            return None;
        }
        match precompile::code(wasm, &self.config.precompiled) {
            Ok(code) => {
                let file_name = format!("{}.code", name.to_string().trim_start_matches("r#"));
                self.write(&file_name, &code);
                Some(file_name)
            }
            Err(problem) => {
                self.error(&problem);
                None
            }
        }
    }

    /// Names the Rust module of every program.
    fn name_wrappers(&mut self, programs: &mut [Program]) {
        let mut files: BTreeMap<Ident, PathBuf> = BTreeMap::new();
        for program in programs {
            let stem = program.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let name = bindings::module_name(&program.compiled.compilation, &stem);
            match files.get(&name) {
                Some(earlier) => self.error(&format!(
                    "{} and {} would both become the Rust module `{name}`; give one another `module` declaration",
                    display(earlier),
                    display(&program.path)
                )),
                None => {
                    files.insert(name.clone(), program.path.clone());
                    program.name = Some(name);
                }
            }
        }
    }

    /// Adds the reports of a program.
    fn report(&mut self, program: &Program) {
        for report in &program.compiled.reports {
            match report.severity {
                Severity::Error => self.error(&report.message()),
                Severity::Warning => self.tell("warning", &report.message()),
            }
        }
    }

    /// Reports settings that fit no program.
    fn check_settings(&mut self, programs: &[Program]) {
        let known: Vec<_> = programs.iter().map(|program| &program.compiled.compilation.program).collect();
        let unknown: Vec<&str> = self.config.verifying.unknown(&known).collect();
        for name in unknown {
            self.error(&format!("verification of `{name}` is set, but no Vera file has a function of that name"));
        }
        let all = || programs.iter().map(|program| &program.compiled.compilation.program);
        for (data, path) in &self.config.derives_for {
            if !all().any(|program| program.data.iter().any(|declared| declared.name == *data)) {
                self.error(&format!(
                    "`{path}` should be derived for `{data}`, but no Vera file declares `data {data}`"
                ));
            }
        }
        for (module, path) in &self.config.externs {
            let is = |found: &vera_compiler::tir::Module| !found.prelude && found.path == *module;
            if !all().any(|program| program.modules.iter().any(is)) {
                self.error(&format!(
                    "the types of `{module}` are to be at `{path}`, but no Vera file imports `{module}`"
                ));
            }
        }
    }

    /// Writes a file unless it already has these contents, so that nothing that depends on it is rebuilt.
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

    /// Adds a message of several lines; a directive is one line.
    fn tell(&mut self, directive: &str, message: &str) {
        self.directives.extend(message.lines().map(|line| format!("cargo::{directive}={line}")));
    }
}

#[cfg(test)]
mod tests;
