//! Programs and the modules they import, from files.

use std::io::Read;
use std::path::{Path, PathBuf};
use vera_compiler::driver::{self, Compilation, Options, Source};
use vera_compiler::source::{LoadError, SourceLoader};

/// Finds the module `a.b` as `a/b.vera` next to the program.
struct Folder {
    root: PathBuf,
}

impl SourceLoader for Folder {
    fn load(&self, module: &[&str]) -> Result<(String, String), LoadError> {
        let path = self.root.join(module.iter().collect::<PathBuf>()).with_extension("vera");
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok((path.display().to_string(), text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(LoadError::NotFound(vec![path.display().to_string()]))
            }
            Err(error) => Err(LoadError::Unreadable(format!("{}: {error}", path.display()))),
        }
    }
}

/// Reads and compiles a program.
///
/// # Errors
/// The message, when the file cannot be read.
pub(crate) fn compile(file: &Path, strict: bool) -> Result<Compilation, String> {
    let (source, folder) = read(file)?;
    Ok(driver::compile(source, &folder, &Options { strict }))
}

/// Reads and checks a program; unlike compiling, this accepts typed holes.
///
/// # Errors
/// The message, when the file cannot be read.
pub(crate) fn check(file: &Path, strict: bool) -> Result<Compilation, String> {
    let (source, folder) = read(file)?;
    Ok(driver::check(source, &folder, &Options { strict }))
}

fn read(file: &Path) -> Result<(Source, Folder), String> {
    let source = text(file)?;
    let root = file.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok((source, Folder { root }))
}

/// Reads a program, from standard input for `-`.
///
/// # Errors
/// The message, when the file cannot be read.
pub(crate) fn text(file: &Path) -> Result<Source, String> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    if u32::try_from(text.len()).is_err() {
        return Err(format!("cannot read {}: it has 4 GiB or more", file.display()));
    }
    Ok(Source { name: file.display().to_string(), text })
}

/// The programs that a path of a command line stands for: itself, or the `.vera` files in and below a folder, sorted.
/// Hidden folders and those called `target` are passed over.
///
/// # Errors
/// The message, when a folder cannot be read or holds no program.
pub(crate) fn programs(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    search(path, &mut found).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if found.is_empty() { Err(format!("no .vera file in {}", path.display())) } else { Ok(found) }
}

fn search(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        // Links to folders can lead back.
        if entry.file_type()?.is_dir() {
            if name != "target" && !name.to_string_lossy().starts_with('.') {
                search(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "vera") && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}
