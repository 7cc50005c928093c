//! `vera lock`: compares the contracts of a package's public functions with the accepted ones.

mod macros;

use crate::args::LockArgs;
use crate::fmt::replace;
use crate::inputs::{Input, Problem};
use crate::output::Output;
use crate::{program, report, verify};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vera_build::FileLoader;
use vera_build::lock::{self, Change, Lock, inline};
use vera_compiler::driver::{self, Options, Source};

/// Says what has changed, or accepts it.
pub(crate) fn run(arguments: &LockArgs, output: &mut Output) -> ExitCode {
    match execute(arguments, output) {
        Ok(verdict) => verdict,
        Err(problem) => {
            report::print_problem(output, &problem);
            ExitCode::FAILURE
        }
    }
}

fn execute(arguments: &LockArgs, output: &mut Output) -> Result<ExitCode, Problem> {
    let package = package();
    let place = package.join(lock::FILE);
    let accepted = read(&place)?;
    if accepted.is_none() && arguments.files.is_empty() {
        let what = format!("there is no {}; name the files whose contracts it is to have", lock::FILE);
        return Err(Problem::new(&place, what));
    }
    let accepted = accepted.unwrap_or_default();
    let (files, names_rust) = files(&package, &accepted, &arguments.files)?;
    let mut solver =
        verify::solver(arguments.solver, arguments.timeout_ms).map_err(|what| Problem::new(&place, what))?;
    let mut present = Lock::default();
    let mut changes = Vec::new();
    for (path, file) in &files {
        let input = Input::new(file);
        let found = program::verify(&input, false, solver.as_mut())?;
        if found.compilation.diagnostics.has_errors() {
            report::print(output, &found.compilation.diagnostics, &found.compilation.program.sources);
            return Ok(ExitCode::FAILURE);
        }
        let mut again = |text: String| {
            let source = Source { name: input.to_string(), text };
            driver::verify(source, &FileLoader::for_program(input.path()), &Options::default(), solver.as_mut())
        };
        changes.extend(accepted.compare(path, &found, &mut again));
        present.record(path, &found);
    }
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    changes.extend(accepted.missing(&paths));
    if !arguments.accept {
        changes.extend(inline::gone(&accepted, &package, |_| true));
    }
    changes.iter().for_each(|change| output.line(said(change)));
    let in_rust = accepted.paths().filter(|path| inline::is_in_rust(path)).count();
    if arguments.accept {
        write(&place, &present.to_string())?;
        let mut count = files.len();
        if in_rust > 0 || names_rust {
            let recorded = macros::record(&package, &place, &accepted, output)?;
            count += recorded;
        }
        let plural = if count == 1 { "" } else { "s" };
        output.line(format_args!("{} has the contracts of {count} program{plural}", lock::FILE));
        return Ok(ExitCode::SUCCESS);
    }
    if in_rust > 0 {
        let plural = if in_rust == 1 { "" } else { "s" };
        output.line(format_args!("note: a build of the crate compares {in_rust} program{plural} in Rust files"));
    }
    if changes.is_empty() {
        output.line(format_args!("OK: {}", lock::FILE));
    }
    Ok(if changes.iter().any(|change| change.is_weaker) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn said(change: &Change) -> String {
    format!("{}: {}", if change.is_weaker { "weaker" } else { "note" }, change.description)
}

/// The nearest folder from here upwards that has a lock, or else a `Cargo.toml`; or else this one.
fn package() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let with = |name: &str| here.ancestors().find(|folder| folder.join(name).is_file()).map(Path::to_path_buf);
    with(lock::FILE).or_else(|| with("Cargo.toml")).unwrap_or(here.clone())
}

fn read(place: &Path) -> Result<Option<Lock>, Problem> {
    match std::fs::read_to_string(place) {
        Ok(text) => Lock::parse(&text).map(Some).map_err(|malformed| Problem::new(place, malformed.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Problem::new(place, format!("cannot read {}: {error}", place.display()))),
    }
}

/// The files that are looked at, by their path in the package: those that are named, or else those of the lock. And whether
/// Rust files are named, whose programs their macros compile.
fn files(package: &Path, accepted: &Lock, named: &[PathBuf]) -> Result<(Vec<(String, PathBuf)>, bool), Problem> {
    if named.is_empty() {
        let paths = accepted.paths().filter(|path| !inline::is_in_rust(path));
        return Ok((paths.map(|path| (path.to_owned(), shown(package, path))).collect(), false));
    }
    let mut files = Vec::new();
    let mut names_rust = false;
    for file in named {
        let absolute = file
            .canonicalize()
            .map_err(|error| Problem::new(file, format!("cannot read {}: {error}", file.display())))?;
        let folder = package.canonicalize().unwrap_or_else(|_| package.to_path_buf());
        let path = lock::path_in(&folder, &absolute)
            .ok_or_else(|| Problem::new(file, format!("{} is not below {}", file.display(), package.display())))?;
        match absolute.extension() {
            Some(extension) if extension == "rs" => names_rust = true,
            _ => files.push((path, file.clone())),
        }
    }
    files.sort();
    files.dedup();
    Ok((files, names_rust))
}

/// The path of a file of the package as it is shown: from here where that is the package's folder.
fn shown(package: &Path, path: &str) -> PathBuf {
    match std::env::current_dir() {
        Ok(here) if here == package => PathBuf::from(path),
        _ => package.join(path),
    }
}

/// Writes the lock as a whole, or not at all.
fn write(place: &Path, text: &str) -> Result<(), Problem> {
    let failed = |error: io::Error| Problem::new(place, format!("cannot write {}: {error}", place.display()));
    if place.exists() {
        return replace(place, text).map_err(failed);
    }
    std::fs::write(place, text).map_err(failed)
}
