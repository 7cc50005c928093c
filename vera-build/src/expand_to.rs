//! `VERA_EXPAND`: writes generated code where a person can read it.
//!
//! This is the only file that is written outside of `OUT_DIR`, and only when the variable is set.

use proc_macro2::Ident;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The variable that names a folder, relative to the package.
pub(crate) const VARIABLE: &str = "VERA_EXPAND";

/// Writes the code of a module to `FOLDER/CRATE/MODULE.rs`, if the variable names a folder. A second module of the same
/// name in one crate gets a number.
///
/// # Errors
/// The message, when the file cannot be written.
pub(crate) fn write(module: &Ident, text: &str) -> Result<(), String> {
    let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) else { return Ok(()) };
    let package = crate::loader::package().unwrap_or_default();
    let of_cargo = ["CARGO_CRATE_NAME", "CARGO_PKG_NAME"].into_iter().find_map(std::env::var_os);
    let crate_folder = package.join(folder).join(of_cargo.unwrap_or_default());
    let path = free(&crate_folder, module.to_string().trim_start_matches("r#"), text);
    std::fs::create_dir_all(&crate_folder)
        .and_then(|()| std::fs::write(&path, text))
        .map_err(|error| format!("{VARIABLE}: cannot write {}: {error}", path.display()))
}

/// A path to which this process has not written another text.
fn free(folder: &Path, module: &str, text: &str) -> PathBuf {
    static WRITTEN: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut path = folder.join(format!("{module}.rs"));
    let mut number = 2;
    while written.get(&path).is_some_and(|earlier| earlier != text) {
        path = folder.join(format!("{module}_{number}.rs"));
        number += 1;
    }
    written.insert(path.clone(), text.to_owned());
    path
}
