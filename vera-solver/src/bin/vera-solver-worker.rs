//! The embedded solver as a process, for tests and for programs that cannot start themselves.

use std::process::ExitCode;

fn main() -> ExitCode {
    vera_solver::run_if_worker().unwrap_or(ExitCode::FAILURE)
}
