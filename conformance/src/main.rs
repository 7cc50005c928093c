//! `conformance [DIR]`: runs the programs of a folder with a manifest (by default ours) and prints a table.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf();
    let folder = std::env::args_os().nth(1).map_or(ours, PathBuf::from);
    let cases = match conformance::load(&folder) {
        Ok(cases) => cases,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    let mut failed = 0;
    for case in &cases {
        let outcome = case.run();
        let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("{verdict:<7} {:<44} {}", case.entry.id, case.entry.title);
        if let Err(message) = outcome {
            failed += 1;
            println!("      {message}");
        }
    }
    println!("{} passed, {failed} failed", cases.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
