//! The command as `vera`.

use std::process::ExitCode;

fn main() -> ExitCode {
    vera_cli::main(std::env::args_os())
}
