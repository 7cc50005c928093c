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
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let root = file.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok((Source { name: file.display().to_string(), text }, Folder { root }))
}
