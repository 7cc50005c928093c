//! The console of a run: output of the program is printed at once, or kept for the report.

use std::io::{self, ErrorKind};
use vera_runtime::host::io::{CapturedIo, Console, StdConsole};

/// The console of one run.
#[derive(Debug)]
pub(crate) struct Terminal {
    kept: Option<CapturedIo>,
    printed: bool,
    ends_line: bool,
    errors_end_line: bool,
    reader_gone: bool,
}

impl Terminal {
    /// A console that keeps standard output or passes it on.
    pub(crate) fn new(keep: bool) -> Self {
        Self {
            kept: keep.then(CapturedIo::default),
            printed: false,
            ends_line: true,
            errors_end_line: true,
            reader_gone: false,
        }
    }

    /// What was printed, when it is kept.
    pub(crate) fn stdout(&self) -> &str {
        self.kept.as_ref().map_or("", |kept| &kept.output)
    }

    /// Whether the program printed anything.
    pub(crate) fn printed(&self) -> bool {
        self.printed
    }

    /// Whether the last line of standard output lacks its end.
    pub(crate) fn in_line(&self) -> bool {
        !self.ends_line && self.kept.is_none()
    }

    /// Whether the last line of standard error lacks its end.
    pub(crate) fn in_error_line(&self) -> bool {
        !self.errors_end_line
    }

    /// Whether the program printed to someone who no longer reads.
    pub(crate) fn reader_gone(&self) -> bool {
        self.reader_gone
    }
}

impl Console for Terminal {
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
