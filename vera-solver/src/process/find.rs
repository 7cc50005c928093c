//! Finds the z3 program.

use std::env;
use std::path::PathBuf;

/// The environment variable that names the program. If it is set but empty, no z3 is used, even if `PATH` has one.
pub const Z3_VARIABLE: &str = "VERA_Z3";

/// The program, or the name that was looked for.
pub(super) fn z3() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os(Z3_VARIABLE) {
        let path = PathBuf::from(named);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(format!("`{Z3_VARIABLE}` is set to `{}`, which is not a file", path.display()))
        };
    }
    let name = if cfg!(windows) { "z3.exe" } else { "z3" };
    let folders = env::var_os("PATH").unwrap_or_default();
    // An empty entry is the current folder, whose programs are not trusted.
    let mut programs = env::split_paths(&folders).filter(|folder| folder.is_absolute()).map(|folder| folder.join(name));
    programs.find(|program| program.is_file()).ok_or_else(|| format!("`PATH` has no `{name}`"))
}
