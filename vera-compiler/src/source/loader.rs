//! How the compiler obtains the text of an imported module.

use std::collections::BTreeMap;
use std::fmt;

/// Finds the source of a module by its path (`a.b.c` as `["a", "b", "c"]`).
///
/// The compiler calls it once per imported module, for the first text that imports it, and reads nothing else.
pub trait SourceLoader {
    /// The name for the module's text in messages, and the text. When the text imports other modules, the importer has
    /// this name.
    ///
    /// # Errors
    /// [`LoadError::NotFound`] when there is no such module, [`LoadError::Unreadable`] when its text cannot be read.
    fn load(&self, module: &[&str], importer: &Importer<'_>) -> Result<(String, String), LoadError>;
}

/// A text that imports a module.
#[derive(Clone, Copy, Debug)]
pub struct Importer<'a> {
    /// Its name: the name of the program, or the one that a loader returned.
    pub name: &'a str,
    /// The path in its `module` declaration; empty without one.
    pub module: &'a [&'a str],
}

/// Why a module could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// There is no module with that path; the places that were searched.
    NotFound(Vec<String>),
    /// The module exists but cannot be read; the reason.
    Unreadable(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NotFound(places) if places.is_empty() => f.write_str("no such module"),
            LoadError::NotFound(places) => write!(f, "no such module; looked at {}", places.join(", ")),
            LoadError::Unreadable(reason) => f.write_str(reason),
        }
    }
}

/// A loader over texts held in memory, keyed by dotted module path.
#[derive(Clone, Debug, Default)]
pub struct MemoryLoader {
    modules: BTreeMap<String, String>,
}

impl MemoryLoader {
    /// A loader without modules.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the text of the module `path` (`"a.b.c"`).
    pub fn with(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.modules.insert(path.into(), text.into());
        self
    }
}

impl SourceLoader for MemoryLoader {
    fn load(&self, module: &[&str], _: &Importer<'_>) -> Result<(String, String), LoadError> {
        let path = module.join(".");
        let text = self.modules.get(&path).ok_or_else(|| LoadError::NotFound(Vec::new()))?;
        Ok((path, text.clone()))
    }
}
