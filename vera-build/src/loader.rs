//! Imported modules from files.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use vera_compiler::source::{LoadError, SourceLoader};

/// Finds the module `a.b.c` as `a/b/c.vera` below its root, and remembers every file it looked at.
///
/// A file that was looked for but not found is a dependency too: creating it changes the result.
#[derive(Debug)]
pub(crate) struct FileLoader {
    root: Option<PathBuf>,
    touched: RefCell<Vec<PathBuf>>,
}

impl FileLoader {
    /// A loader below `root`; without a root no import can be found.
    pub(crate) fn new(root: Option<PathBuf>) -> Self {
        Self { root, touched: RefCell::default() }
    }

    /// The files that were read, in order of first use.
    pub(crate) fn into_dependencies(self) -> Vec<PathBuf> {
        self.touched.into_inner()
    }
}

impl SourceLoader for FileLoader {
    fn load(&self, module: &[&str]) -> Result<(String, String), LoadError> {
        let root = self.root.as_ref().ok_or_else(|| LoadError::NotFound(Vec::new()))?;
        let path = module.iter().collect::<PathBuf>().with_extension("vera");
        let path = root.join(path);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let name = display(&path);
                self.touched.borrow_mut().push(path);
                Ok((name, text))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(LoadError::NotFound(vec![display(&path)]))
            }
            Err(error) => Err(LoadError::Unreadable(format!("{}: {error}", display(&path)))),
        }
    }
}

/// The folder of the package that is built.
pub(crate) fn package() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// A path as messages and generated code show it: relative to the package where it is inside of it, so that builds
/// in different folders give the same bytes.
pub(crate) fn display(path: &Path) -> String {
    let shown = std::env::var_os("CARGO_MANIFEST_DIR")
        .and_then(|dir| path.strip_prefix(dir).ok().map(Path::to_path_buf))
        .unwrap_or_else(|| path.to_path_buf());
    shown.display().to_string().replace('\\', "/")
}
