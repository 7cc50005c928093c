//! What the command line grants a program: the console, files, the environment and chance.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind};
use vera_runtime::host::io::{CapturedIo, Console, Environment, Files, StdConsole};
use vera_runtime::host::random::Random;

/// The host of one run. What the program prints goes out at once, or is kept for the report.
pub(super) struct Host {
    kept: Option<CapturedIo>,
    arguments: Vec<String>,
    printed: bool,
    ends_line: bool,
    errors_end_line: bool,
    reader_gone: bool,
}

impl Host {
    /// A host that keeps standard output or passes it on; `arguments` is what `IO.args` gives.
    pub(super) fn new(keep: bool, arguments: Vec<String>) -> Self {
        Self {
            kept: keep.then(CapturedIo::default),
            arguments,
            printed: false,
            ends_line: true,
            errors_end_line: true,
            reader_gone: false,
        }
    }

    /// What was printed, when it is kept.
    pub(super) fn stdout(&self) -> &str {
        self.kept.as_ref().map_or("", |kept| &kept.output)
    }

    /// Whether the program printed anything.
    pub(super) fn printed(&self) -> bool {
        self.printed
    }

    /// Whether the last line of standard output lacks its end.
    pub(super) fn in_line(&self) -> bool {
        !self.ends_line && self.kept.is_none()
    }

    /// Whether the last line of standard error lacks its end.
    pub(super) fn in_error_line(&self) -> bool {
        !self.errors_end_line
    }

    /// Whether the program printed to someone who no longer reads.
    pub(super) fn reader_gone(&self) -> bool {
        self.reader_gone
    }
}

impl Console for Host {
    fn print(&mut self, text: &str) -> io::Result<()> {
        if !text.is_empty() {
            self.printed = true;
            self.ends_line = text.ends_with('\n');
        }
        match &mut self.kept {
            Some(kept) => kept.print(text),
            None => {
                StdConsole.print(text).inspect_err(|error| self.reader_gone = error.kind() == ErrorKind::BrokenPipe)
            }
        }
    }

    fn print_error(&mut self, text: &str) -> io::Result<()> {
        if !text.is_empty() {
            self.errors_end_line = text.ends_with('\n');
        }
        StdConsole.print_error(text)
    }
}

impl Files for Host {}

impl Environment for Host {
    fn args(&mut self) -> Vec<String> {
        self.arguments.clone()
    }
}

impl Random for Host {
    fn bits(&mut self) -> u64 {
        // Every `RandomState` has keys of its own, seeded by the system.
        RandomState::new().build_hasher().finish()
    }
}
