//! The effect `IO`, in three capabilities: [`Console`], [`Files`], [`Environment`].
//!
//! A host grants a capability by implementing its trait; the methods have the obvious default, so that granting is
//! one line: `impl Files for MyHost {}`. A module's wrapper asks for the traits of the operations the module uses.

use super::Imports;
use crate::error::{Error, Result};
use std::convert::Infallible;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Terminal and clock: `IO.print`, `IO.stderr`, `IO.read_line`, `IO.read_char`, `IO.sleep`, `IO.time`, `IO.exit`.
#[diagnostic::on_unimplemented(
    message = "the module performs `IO`, and `{Self}` does not implement the capability `Console`",
    label = "no implementation of `vera_runtime::host::io::Console`",
    note = "`StdConsole` is a host with it; of your own host write `impl vera_runtime::host::io::Console for ...`; one value implements the traits of all effects"
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
        let mut line = Vec::new();
        io::stdin().lock().read_until(b'\n', &mut line)?;
        Ok(String::from_utf8_lossy(line.strip_suffix(b"\n").map_or(&line[..], |l| l.strip_suffix(b"\r").unwrap_or(l)))
            .into_owned())
    }

    /// Reads a character of standard input; `None` at the end of input.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read_char(&mut self) -> io::Result<Option<char>> {
        read_char(&mut io::stdin().lock())
    }

    /// Waits.
    fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    /// Milliseconds since 1970.
    fn time(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Reads a UTF-8 character; what is none is U+FFFD.
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

/// Files: `IO.read_file`, `IO.write_file`, `IO.read_bytes`, `IO.write_bytes`.
#[diagnostic::on_unimplemented(
    message = "the module performs `IO`, and `{Self}` does not implement the capability `Files`",
    label = "no implementation of `vera_runtime::host::io::Files`",
    note = "`StdIo` is a host with it; of your own host write `impl vera_runtime::host::io::Files for ...`; one value implements the traits of all effects"
)]
pub trait Files {
    /// Reads a whole file.
    ///
    /// # Errors
    /// When it cannot be read; the program gets the message as `Err`.
    fn read(&mut self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    /// Replaces the contents of a file.
    ///
    /// # Errors
    /// When it cannot be written; the program gets the message as `Err`.
    fn write(&mut self, path: &str, contents: &[u8]) -> io::Result<()> {
        std::fs::write(path, contents)
    }
}

/// The process's surroundings: `IO.args`, `IO.get_env`.
#[diagnostic::on_unimplemented(
    message = "the module performs `IO`, and `{Self}` does not implement the capability `Environment`",
    label = "no implementation of `vera_runtime::host::io::Environment`",
    note = "`StdIo` is a host with it; of your own host write `impl vera_runtime::host::io::Environment for ...`; one value implements the traits of all effects"
)]
pub trait Environment {
    /// The arguments of the program.
    fn args(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// An environment variable.
    fn get_env(&mut self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// A host with a console and nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdConsole;

impl Console for StdConsole {}

/// A host with everything `IO` has.
#[derive(Clone, Debug, Default)]
pub struct StdIo {
    /// What `IO.args` gives.
    pub args: Vec<String>,
}

impl Console for StdIo {}
impl Files for StdIo {}

impl Environment for StdIo {
    fn args(&mut self) -> Vec<String> {
        self.args.clone()
    }
}

/// A host for tests: keeps what is printed, and gives input from memory. Sleeping takes no time.
#[derive(Clone, Debug, Default)]
pub struct CapturedIo {
    /// What was printed.
    pub output: String,
    /// What was printed to standard error.
    pub errors: String,
    /// What is left of the input.
    pub input: std::collections::VecDeque<u8>,
    /// The clock, in milliseconds; sleeping advances it.
    pub now: u64,
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
        let mut line = Vec::new();
        self.input.read_until(b'\n', &mut line)?;
        Ok(String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line)).into_owned())
    }

    fn read_char(&mut self) -> io::Result<Option<char>> {
        read_char(&mut self.input)
    }

    fn sleep(&mut self, time: Duration) {
        self.now = self.now.saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    }

    fn time(&mut self) -> u64 {
        self.now
    }
}

const IO: &str = "IO";

fn text<T>(outcome: io::Result<T>) -> Result<T, String> {
    outcome.map_err(|error| error.to_string())
}

/// As much of the time as the call has left.
fn within(deadline: Option<Instant>, time: Duration) -> Duration {
    deadline.map_or(time, |deadline| time.min(deadline.saturating_duration_since(Instant::now())))
}

impl<H: Send + 'static> Imports<H> {
    /// Implements the console operations of `IO`.
    ///
    /// # Errors
    /// [`Error::Load`] when the module gives them other types.
    pub fn console(self) -> Result<Self>
    where
        H: Console,
    {
        self.language_operation(IO, "print", |host: &mut H, scope, (value,): (String,)| {
            scope.finish::<(), _>(host.print(&value))
        })?
        .language_operation(IO, "stderr", |host: &mut H, scope, (value,): (String,)| {
            scope.finish::<(), _>(host.print_error(&value))
        })?
        .language_operation(IO, "read_line", |host: &mut H, scope, ((),)| scope.finish::<String, _>(host.read_line()))?
        .language_operation(IO, "read_char", |host: &mut H, scope, ((),)| {
            let read = host.read_char().map(|char| char.map(String::from).ok_or_else(|| "EOF".to_owned()));
            scope.finish::<Result<String, String>, _>(read)
        })?
        .language_operation(IO, "sleep", |host: &mut H, scope, (millis,): (u64,)| {
            host.sleep(within(scope.deadline(), Duration::from_millis(millis)));
            scope.finish::<(), _>(())
        })?
        .language_operation(IO, "time", |host: &mut H, scope, ((),)| {
            scope.finish::<u64, _>(host.time() & (u64::MAX >> 1))
        })?
        .language_operation(IO, "exit", |_: &mut H, scope, (code,): (i64,)| {
            scope.finish::<Infallible, _>(Err::<Infallible, _>(Error::Exit(code)))
        })
    }

    /// Implements the file operations of `IO`.
    ///
    /// # Errors
    /// [`Error::Load`] when the module gives them other types.
    pub fn files(self) -> Result<Self>
    where
        H: Files,
    {
        self.language_operation(IO, "read_file", |host: &mut H, scope, (path,): (String,)| {
            let contents = text(host.read(&path))
                .and_then(|bytes| String::from_utf8(bytes).map_err(|_| format!("{path}: the file is not UTF-8")));
            scope.finish::<Result<String, String>, _>(contents)
        })?
        .language_operation(IO, "read_bytes", |host: &mut H, scope, (path,): (String,)| {
            scope.finish::<Result<Vec<u8>, String>, _>(text(host.read(&path)))
        })?
        .language_operation(IO, "write_file", |host: &mut H, scope, (path, contents): (String, String)| {
            scope.finish::<Result<(), String>, _>(text(host.write(&path, contents.as_bytes())))
        })?
        .language_operation(IO, "write_bytes", |host: &mut H, scope, (path, contents): (String, Vec<u8>)| {
            scope.finish::<Result<(), String>, _>(text(host.write(&path, &contents)))
        })
    }

    /// Implements the operations of `IO` that look at the process.
    ///
    /// # Errors
    /// [`Error::Load`] when the module gives them other types.
    pub fn environment(self) -> Result<Self>
    where
        H: Environment,
    {
        self.language_operation(IO, "args", |host: &mut H, scope, ((),)| scope.finish::<Vec<String>, _>(host.args()))?
            .language_operation(IO, "get_env", |host: &mut H, scope, (name,): (String,)| {
                scope.finish::<Option<String>, _>(host.get_env(&name))
            })
    }
}
