//! Programs in Rust files: Cargo compiles the package, and each `vera!` records its program in the lock.

use super::{Problem, read, write};
use crate::output::Output;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use vera_build::lock::{self, Lock, inline};

/// Lets every `vera!` of the package record its program in the lock, which has none of them yet. Returns their number.
///
/// `accepted` is the lock as it was; its programs come back into the lock when the package does not compile.
pub(super) fn record(package: &Path, place: &Path, accepted: &Lock, output: &mut Output) -> Result<usize, Problem> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Another value each time, so that no expansion is taken from an earlier build.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let mut command = Command::new(cargo);
    command.args(["check", "--quiet", "--all-targets"]).current_dir(package);
    let status = command.env(inline::VARIABLE, now.to_string()).status();
    if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
        let mut kept = read(place)?.unwrap_or_default();
        kept.take_in_rust(accepted);
        write(place, &kept.to_string())?;
        let what = match status {
            Ok(_) => "`cargo check` failed; programs in Rust files are as they were accepted before".to_owned(),
            Err(error) => format!("cannot run cargo: {error}"),
        };
        return Err(Problem::new(place, what));
    }
    let present = read(place)?.unwrap_or_default();
    let gone = accepted.paths().filter(|path| inline::is_in_rust(path) && !present.paths().any(|other| other == *path));
    gone.for_each(|path| output.line(format_args!("note: {path} is not compiled any more, and not in {}", lock::FILE)));
    Ok(present.paths().filter(|path| inline::is_in_rust(path)).count())
}
