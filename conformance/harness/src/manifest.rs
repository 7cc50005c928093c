//! Suites with a manifest: a `manifest.json` beside the programs states the expected outcomes. Other projects' suites
//! have this form; ours does not.

use crate::case::{Case, Level, Outcome};
use serde::Deserialize;
use std::path::Path;

/// The file's name.
pub(crate) const NAME: &str = "manifest.json";

/// An entry of a manifest. Fields that are not here are ignored.
#[derive(Debug, Deserialize)]
struct Entry {
    id: String,
    /// The program, relative to the manifest.
    file: String,
    chapter: u32,
    title: String,
    level: EntryLevel,
    spec_ref: String,
    /// The code the program must be refused with.
    #[serde(default)]
    expected_error: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EntryLevel {
    Parse,
    Check,
    Verify,
    Run,
}

/// The cases of a folder, in the order of its manifest.
///
/// # Errors
/// The message, when the manifest cannot be read.
pub(crate) fn load(folder: &Path) -> Result<Vec<Case>, String> {
    let path = folder.join(NAME);
    let text = crate::read(&path)?;
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(entries.into_iter().map(|entry| case(folder, entry)).collect())
}

fn case(folder: &Path, entry: Entry) -> Case {
    let level = match entry.level {
        EntryLevel::Parse => Level::Parse,
        EntryLevel::Check => Level::Check,
        EntryLevel::Verify => Level::Verify,
        EntryLevel::Run => Level::Run,
    };
    Case {
        id: entry.id,
        path: folder.join(&entry.file),
        chapter: entry.chapter,
        title: entry.title,
        section: entry.spec_ref,
        level,
        outcome: entry.expected_error.map_or(Outcome::Accepted, |code| Outcome::Refused(vec![code])),
        warnings: Vec::new(),
        message: None,
        output: None,
        input: String::new(),
        strict: false,
        canonical: true,
    }
}
