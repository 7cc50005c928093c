//! The output of a command: results to standard output, messages to standard error.
//!
//! A closed reader is not an error (`vera builtins | head -1`): nothing more is written, and the exit code of the
//! command does not change. Any other failure to write is reported at the end, and fails the command.

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;
use std::fmt::{self, Display};
use std::io::{self, BufWriter, ErrorKind, Stderr, Stdout, Write};
use std::process::ExitCode;

/// See the module documentation.
pub(crate) struct Output {
    stdout: BufWriter<Stdout>,
    stderr: AutoStream<Stderr>,
    failure: Option<io::Error>,
}

impl Output {
    /// The streams of the process.
    pub(crate) fn new() -> Self {
        Self { stdout: BufWriter::new(io::stdout()), stderr: anstream::stderr(), failure: None }
    }

    /// Writes a line of the result.
    pub(crate) fn line(&mut self, line: impl Display) {
        self.write(|out| writeln!(out, "{line}"));
    }

    /// Writes a part of the result that has colours, which reach terminals only.
    pub(crate) fn styled(&mut self, text: &str) {
        match AutoStream::choice(self.stdout.get_ref()) {
            ColorChoice::Never => self.write(|out| write!(out, "{}", anstream::adapter::strip_str(text))),
            _ => self.bytes(text.as_bytes()),
        }
    }

    /// Writes a part of the result as it is.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.write(|out| out.write_all(bytes));
    }

    /// Writes text as it is made.
    pub(crate) fn text(&mut self, write: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result) {
        self.write(|out| {
            let mut adapter = Adapter { out, failure: None };
            let outcome = write(&mut adapter);
            match adapter.failure {
                Some(error) => Err(error),
                None => outcome.map_err(io::Error::other),
            }
        });
    }

    /// Writes a value as JSON, indented, with a line ending.
    pub(crate) fn json(&mut self, value: &impl Serialize) {
        self.write(|out| {
            serde_json::to_writer_pretty(&mut *out, value)?;
            out.write_all(b"\n")
        });
    }

    /// Writes a line to standard error, after everything written before. There is no one to tell when that fails.
    pub(crate) fn message(&mut self, line: impl Display) {
        self.flush();
        let _ = writeln!(self.stderr, "{line}");
    }

    /// Hands on what was written so far, before something else writes to standard output.
    pub(crate) fn flush(&mut self) {
        self.write(Write::flush);
    }

    /// Ends the command: `verdict`, unless its result could not be written.
    pub(crate) fn finish(mut self, verdict: ExitCode) -> ExitCode {
        self.flush();
        match self.failure.take() {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.message(format_args!("Error: cannot write to standard output: {error}"));
                ExitCode::FAILURE
            }
            _ => verdict,
        }
    }

    fn write(&mut self, write: impl FnOnce(&mut BufWriter<Stdout>) -> io::Result<()>) {
        if self.failure.is_none() {
            self.failure = write(&mut self.stdout).err();
        }
    }
}

/// Bytes as a place for text; the error that the one cannot pass on is kept.
struct Adapter<'a> {
    out: &'a mut BufWriter<Stdout>,
    failure: Option<io::Error>,
}

impl fmt::Write for Adapter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|error| {
            self.failure = Some(error);
            fmt::Error
        })
    }
}
