//! The conformance harness: programs, their expected outcomes, and their runs.
//!
//! [`load`] reads a suite: programs whose headers state the expected outcomes, or programs with a manifest.
//! [`Case::examine`] runs the stages for a program and reports for each stage whether the result is the expected one.
//! Programs run in a sandbox: input, files and time are in memory, and computation is bounded.

mod case;
mod execute;
mod host;
mod manifest;
mod programs;
mod stage;
mod table;

use std::path::Path;

pub use case::{Case, Level, Outcome};
pub use stage::{Report, Stage, Verdict, examine_all};
pub use table::{Summary, print};

/// The cases of a folder: those of its `manifest.json` if it has one, in that order, or else the programs in its folders
/// `chNN`, sorted.
///
/// # Errors
/// The message, when a file cannot be read, a header or the manifest has a mistake, or there are no programs.
pub fn load(folder: &Path) -> Result<Vec<Case>, String> {
    let cases = match folder.join(manifest::NAME).exists() {
        true => manifest::load(folder)?,
        false => programs::load(folder)?,
    };
    if cases.is_empty() {
        return Err(format!("{}: neither a {} nor programs in folders `chNN`", folder.display(), manifest::NAME));
    }
    Ok(cases)
}

/// Reads a file.
///
/// # Errors
/// The message, with the file's name.
fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
