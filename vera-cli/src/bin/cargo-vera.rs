//! The command as `cargo vera`: cargo calls it with its own name as the first argument.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let called = std::env::args_os().take(1);
    let mut arguments = std::env::args_os().skip(1).peekable();
    arguments.next_if(|first| first == "vera");
    vera_cli::main_as("cargo vera", called.chain(arguments))
}
