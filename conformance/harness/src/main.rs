//! `conformance`: runs the stages for the programs of a suite and prints a table.

use clap::Parser;
use conformance::Stage;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs the stages of each program of a folder and prints the results.
///
/// Every program is parsed and compared with its canonical form; those of level `check` are checked, those of level
/// `verify` are also verified (with `--level verify`), and those of level `run` compiled and run as well, in normal and in
/// stress mode, with input, files and time in memory.
///
/// The exit code is 1 when a program failed at a stage that is required (see --level), or when there are no
/// programs.
#[derive(Parser)]
#[command(name = "conformance")]
struct Arguments {
    /// A folder with programs and a `manifest.json`, or with programs in folders `chNN` that have headers; the project's
    /// own programs when left out.
    folder: Option<PathBuf>,
    /// The last stage at which a failure counts, of parse, format, check, verify and run; later ones are shown all the same.
    /// [default: run for the project's own programs, check for other folders, in which programs that are not compiled
    /// yet are no failures]
    #[arg(long, value_enum)]
    level: Option<Stage>,
    /// Runs programs in stress mode, with a collection at every allocation, as well as in normal mode. That is always done;
    /// the option is for scripts that say so.
    #[arg(long = "stress")]
    _stress: bool,
    /// Only programs whose id contains this text.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let usual = if arguments.folder.is_some() { Stage::Check } else { Stage::Run };
    let required = arguments.level.unwrap_or(usual);
    let folder = arguments.folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    let mut cases = match conformance::load(&folder) {
        Ok(cases) => cases,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(text) = &arguments.only {
        cases.retain(|case| case.id.contains(text.as_str()));
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let reports = conformance::examine_all(&cases, threads, arguments.level == Some(Stage::Verify));
    let summary = conformance::print(&cases, &reports, required);
    if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
