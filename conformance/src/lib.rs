//! The conformance harness: programs, a manifest that says what must come of each, and their runs.
//!
//! A folder holds programs and a `manifest.json` with an entry per program. [`Case::run`] takes a program as deep as its
//! level says: `parse`, `check`, or `run`, the last in normal and in stress mode.

use serde::Deserialize;
use std::path::{Path, PathBuf};
use vera_abi::interface::TypeDesc;
use vera_build::FileLoader;
use vera_compiler::diagnostics::Severity;
use vera_compiler::driver::{self, Compilation, Options, Source};
use vera_runtime::host::io::{CapturedIo, Console, Environment, Files};
use vera_runtime::value::dynamic::DynValue;
use vera_runtime::{Compiled, Error, Limits};

/// How deep a program is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Read only.
    Parse,
    /// Checked.
    Check,
    /// Checked; proofs are not part of this harness yet, so this is as `check`.
    Verify,
    /// Compiled and run.
    Run,
}

/// An entry of a manifest.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// Unique name.
    pub id: String,
    /// The program, relative to the manifest.
    pub file: String,
    /// Chapter of the specification.
    pub chapter: u32,
    /// The rule, in a few words.
    pub title: String,
    /// How deep the program is taken.
    pub level: Level,
    /// The code the program must be refused with.
    #[serde(default)]
    pub expected_error: Option<String>,
    /// What a run must print. Where the manifest does not say, a file of the program's name that ends in `.out` does.
    #[serde(default)]
    pub expected_output: Option<String>,
    /// What a run must fail with: the name of a kind of failure, such as `overflow`.
    #[serde(default)]
    pub expected_trap: Option<String>,
}

/// A program with what must come of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the manifest says.
    pub entry: Entry,
    /// The program's file.
    pub path: PathBuf,
}

/// The cases of a folder, in the order of its manifest.
///
/// # Errors
/// The message, when the manifest cannot be read.
pub fn load(folder: &Path) -> Result<Vec<Case>, String> {
    let path = folder.join("manifest.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let case = |mut entry: Entry| {
        let path = folder.join(&entry.file);
        if entry.expected_output.is_none() {
            entry.expected_output = std::fs::read_to_string(path.with_extension("out")).ok();
        }
        Case { entry, path }
    };
    Ok(entries.into_iter().map(case).collect())
}

impl Case {
    /// Takes the program as deep as its level.
    ///
    /// # Errors
    /// What is not as the manifest says.
    pub fn run(&self) -> Result<(), String> {
        let text = std::fs::read_to_string(&self.path).map_err(|error| format!("{}: {error}", self.path.display()))?;
        let loader = FileLoader::for_program(&self.path);
        let source = Source { name: self.entry.file.clone(), text };
        let compilation = driver::compile(source, &loader, &Options::default());
        self.compare_diagnostics(&compilation)?;
        if self.entry.level == Level::Run && self.entry.expected_error.is_none() {
            self.compare_run(&compilation, false)?;
            self.compare_run(&compilation, true).map_err(|message| format!("in stress mode: {message}"))?;
        }
        Ok(())
    }

    fn compare_diagnostics(&self, compilation: &Compilation) -> Result<(), String> {
        let errors = compilation.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let codes: Vec<_> = errors.map(|diagnostic| diagnostic.code.as_str()).collect();
        match &self.entry.expected_error {
            None if codes.is_empty() => Ok(()),
            None => Err(format!("refused with {}", codes.join(", "))),
            Some(expected) if codes.iter().any(|code| code == expected) => Ok(()),
            Some(expected) if codes.is_empty() => Err(format!("accepted, but should be refused with {expected}")),
            Some(expected) => Err(format!("refused with {}, not {expected}", codes.join(", "))),
        }
    }

    fn compare_run(&self, compilation: &Compilation, stress: bool) -> Result<(), String> {
        let wasm = compilation.wasm.clone().ok_or("checked but not compiled")?;
        let compiled = Compiled::new(wasm);
        let start = || {
            let imports = compiled.link(TestHost::default(), Limits::default())?;
            let mut instance = imports.console()?.files()?.environment()?.instantiate()?;
            if stress {
                instance.stress()?;
            }
            Ok::<_, Error>(instance)
        };
        let mut instance = start().map_err(|error| error.to_string())?;
        let interface = instance.interface();
        let mains = interface.functions.iter().filter(|function| function.name == "main");
        let Some(function) = mains.chain(&interface.functions).next() else {
            return Err("no public function to run".into());
        };
        if !function.params.iter().all(|&id| matches!(interface.ty(id), TypeDesc::Unit)) {
            // A program whose only public functions take arguments is a library: that it compiles is what counts.
            return Ok(());
        }
        let arguments = vec![DynValue::Unit; function.params.len()];
        let outcome = instance.call_dynamic(&function.name, &arguments);
        let trap = match &outcome {
            Ok(_) | Err(Error::Exit(_)) => None,
            Err(error) => Some((error.kind(), error.to_string())),
        };
        match (&self.entry.expected_trap, trap) {
            (None, None) => {}
            (Some(expected), Some((kind, _))) if expected == kind => {}
            (expected, Some((kind, message))) => {
                return Err(format!(
                    "failed with {kind}, expected {}: {message}",
                    expected.as_deref().unwrap_or("none")
                ));
            }
            (Some(expected), None) => return Err(format!("ended well, expected {expected}")),
        }
        let printed = &instance.host().io.output;
        match &self.entry.expected_output {
            Some(expected) if expected != printed => Err(format!("printed {printed:?}\n      expected {expected:?}")),
            _ => Ok(()),
        }
    }
}

/// A console in memory, and no files.
#[derive(Debug, Default)]
struct TestHost {
    io: CapturedIo,
}

impl Console for TestHost {
    fn print(&mut self, text: &str) -> std::io::Result<()> {
        self.io.print(text)
    }

    fn print_error(&mut self, text: &str) -> std::io::Result<()> {
        self.io.print_error(text)
    }

    fn read_line(&mut self) -> std::io::Result<String> {
        self.io.read_line()
    }

    fn read_char(&mut self) -> std::io::Result<Option<char>> {
        self.io.read_char()
    }

    fn sleep(&mut self, time: std::time::Duration) {
        self.io.sleep(time);
    }

    fn time(&mut self) -> u64 {
        self.io.time()
    }
}

impl Files for TestHost {
    fn read(&mut self, _: &str) -> std::io::Result<Vec<u8>> {
        Err(std::io::ErrorKind::NotFound.into())
    }

    fn write(&mut self, _: &str, _: &[u8]) -> std::io::Result<()> {
        Err(std::io::ErrorKind::PermissionDenied.into())
    }
}

impl Environment for TestHost {
    fn get_env(&mut self, _: &str) -> Option<String> {
        None
    }
}
