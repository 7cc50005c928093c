//! The manifest: which programs there are, and what must come of them.

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// How deep a program is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Read only.
    Parse,
    /// Checked.
    Check,
    /// Checked and proved; the harness only checks.
    Verify,
    /// Compiled and run.
    Run,
}

impl Level {
    /// The level as the manifest writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Parse => "parse",
            Level::Check => "check",
            Level::Verify => "verify",
            Level::Run => "run",
        }
    }
}

/// An entry of a manifest. Fields that are not here are ignored.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// Unique name.
    pub id: String,
    /// The program, relative to the manifest.
    pub file: String,
    /// Chapter of the specification.
    pub chapter: u32,
    /// The rule, in a sentence.
    pub title: String,
    /// How deep the program is taken.
    pub level: Level,
    /// The section of the specification.
    pub spec_ref: String,
    /// What the program uses.
    #[serde(default)]
    pub features: Vec<String>,
    /// The code the program must be refused with.
    #[serde(default)]
    pub expected_error: Option<String>,
    /// Codes that come with it.
    #[serde(default)]
    pub further_errors: Vec<String>,
    /// A code the program must be warned of.
    #[serde(default)]
    pub expected_warning: Option<String>,
    /// The file, relative to the manifest, with what a run must print.
    #[serde(default)]
    pub expected_output: Option<String>,
    /// The kind of failure a run must end with, such as `overflow`.
    #[serde(default)]
    pub expected_trap: Option<String>,
    /// What the failure's message must contain.
    #[serde(default)]
    pub expected_message: Option<String>,
    /// The code a run must exit with.
    #[serde(default)]
    pub expected_exit: Option<i64>,
    /// What a run reads from standard input.
    #[serde(default)]
    pub input: String,
    /// Whether the language's stricter rules are errors.
    #[serde(default)]
    pub strict: bool,
    /// Whether the program is written in canonical format.
    #[serde(default = "yes")]
    pub canonical: bool,
}

fn yes() -> bool {
    true
}

/// A program with what must come of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the manifest says.
    pub entry: Entry,
    /// The program's file.
    pub path: PathBuf,
    /// What a run must print, when the manifest says.
    pub output: Option<String>,
}

/// The cases of a folder, in the order of its manifest.
///
/// # Errors
/// The message, when the manifest or a file it names for expected output cannot be read.
pub fn load(folder: &Path) -> Result<Vec<Case>, String> {
    let path = folder.join("manifest.json");
    let entries: Vec<Entry> =
        serde_json::from_str(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    let case = |entry: Entry| {
        let output = entry.expected_output.as_ref().map(|file| read(&folder.join(file))).transpose()?;
        Ok(Case { path: folder.join(&entry.file), output, entry })
    };
    entries.into_iter().map(case).collect()
}

/// Reads a file.
///
/// # Errors
/// The message, with the file's name.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
