//! The standard streams: `IO.print`, `IO.stderr`, `IO.read_line`, `IO.read_char`; and `IO.exit`, which needs no grant
//! of its own.

use super::IO;
use super::clock::{Clock, millis};
use crate::error::{Error, Result};
use crate::host::Imports;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::{self, BufRead, Write};
use std::time::Duration;

/// The standard streams: `IO.print`, `IO.stderr`, `IO.read_line`, `IO.read_char`. `IO.exit` is granted with them.
#[diagnostic::on_unimplemented(
    message = "the module performs `IO`, and `{Self}` does not implement the capability `Console`",
    label = "no implementation of `vera_runtime::host::io::Console`",
    note = "hosts with it are `StdConsole` and `CapturedIo`: with a builder `.console(StdConsole)`",
    note = "of your own host write `impl vera_runtime::host::io::Console for ...`; one value may implement the traits of all effects"
)]
pub trait Console {
    /// Writes text to standard output.
    ///
    /// # Errors
    /// When it cannot be written.
    fn print(&mut self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Writes text to standard error.
    ///
    /// # Errors
    /// When it cannot be written.
    fn print_error(&mut self, text: &str) -> io::Result<()> {
        io::stderr().lock().write_all(text.as_bytes())
    }

    /// Reads a line of standard input, without its end; empty at the end of input.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read_line(&mut self) -> io::Result<String> {
        read_line(&mut io::stdin().lock())
    }

    /// Reads a character of standard input; `None` at the end of input.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read_char(&mut self) -> io::Result<Option<char>> {
        read_char(&mut io::stdin().lock())
    }
}

/// Reads a line without its end; invalid UTF-8 becomes U+FFFD.
fn read_line(input: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line)?;
    let line = line.strip_suffix(b"\n").map_or(&line[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
    Ok(String::from_utf8_lossy(line).into_owned())
}

/// Reads a UTF-8 character; invalid UTF-8 becomes U+FFFD.
fn read_char(input: &mut impl BufRead) -> io::Result<Option<char>> {
    let mut bytes = Vec::with_capacity(4);
    while let Some(&byte) = input.fill_buf()?.first() {
        input.consume(1);
        bytes.push(byte);
        match std::str::from_utf8(&bytes) {
            Ok(text) => return Ok(text.chars().next()),
            Err(error) if error.error_len().is_some() => break,
            Err(_) => {}
        }
    }
    Ok(if bytes.is_empty() { None } else { Some(char::REPLACEMENT_CHARACTER) })
}

/// A host with the standard streams and the clock only.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdConsole;

impl Console for StdConsole {}
impl Clock for StdConsole {}

/// A host for tests: it keeps the output, and reads input from memory. Sleeping takes no time.
#[derive(Clone, Debug, Default)]
pub struct CapturedIo {
    /// The output so far.
    pub output: String,
    /// The output to standard error so far.
    pub errors: String,
    /// The rest of the input.
    pub input: VecDeque<u8>,
    /// The clock, in milliseconds; sleeping advances it.
    pub now: u64,
}

impl CapturedIo {
    /// A host with this standard input.
    pub fn with_input(input: &str) -> Self {
        CapturedIo { input: input.bytes().collect(), ..CapturedIo::default() }
    }
}

impl Console for CapturedIo {
    fn print(&mut self, text: &str) -> io::Result<()> {
        self.output.push_str(text);
        Ok(())
    }

    fn print_error(&mut self, text: &str) -> io::Result<()> {
        self.errors.push_str(text);
        Ok(())
    }

    fn read_line(&mut self) -> io::Result<String> {
        read_line(&mut self.input)
    }

    fn read_char(&mut self) -> io::Result<Option<char>> {
        read_char(&mut self.input)
    }
}

impl Clock for CapturedIo {
    fn time(&mut self) -> u64 {
        self.now
    }

    fn sleep(&mut self, time: Duration) {
        self.now = self.now.saturating_add(millis(time));
    }
}

impl<H: Send + 'static> Imports<H> {
    /// Implements the console operations of `IO` with a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`] when the module declares them with other types.
    pub fn console<C: Console + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        self.language_operation(IO, "print", move |host: &mut H, scope, (value,): (String,)| {
            scope.finish::<(), _>(part(host).print(&value))
        })?
        .language_operation(IO, "stderr", move |host: &mut H, scope, (value,): (String,)| {
            scope.finish::<(), _>(part(host).print_error(&value))
        })?
        .language_operation(IO, "read_line", move |host: &mut H, scope, ((),)| {
            scope.finish::<String, _>(part(host).read_line())
        })?
        .language_operation(IO, "read_char", move |host: &mut H, scope, ((),)| {
            let read = part(host).read_char().map(|char| char.map(String::from).ok_or_else(|| "EOF".to_owned()));
            scope.finish::<Result<String, String>, _>(read)
        })?
        .language_operation(IO, "exit", |_: &mut H, scope, (code,): (i64,)| {
            scope.finish::<Infallible, _>(Err::<Infallible, _>(Error::Exit(code)))
        })
    }
}
