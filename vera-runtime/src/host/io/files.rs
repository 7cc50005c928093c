//! Files: `IO.read_file`, `IO.write_file`, `IO.read_bytes`, `IO.write_bytes`.

use super::IO;
use crate::error::Result;
use crate::host::Imports;
use std::collections::BTreeMap;
use std::io;

/// Files: `IO.read_file`, `IO.write_file`, `IO.read_bytes`, `IO.write_bytes`.
#[diagnostic::on_unimplemented(
    message = "the module performs `IO`, and `{Self}` does not implement the capability `Files`",
    label = "no implementation of `vera_runtime::host::io::Files`",
    note = "hosts with it are `Directory` (feature `files`), `MemoryFiles` and `AllFiles`: with a builder `.files(Directory::open(\"data\")?)`",
    note = "of your own host write `impl vera_runtime::host::io::Files for ...`; one value may implement the traits of all effects"
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

/// Every file that the process can reach.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllFiles;

impl Files for AllFiles {}

/// Files in memory, by their whole paths. There are no folders and no links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryFiles {
    /// The contents of each file.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Files for MemoryFiles {
    fn read(&mut self, path: &str) -> io::Result<Vec<u8>> {
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn write(&mut self, path: &str, contents: &[u8]) -> io::Result<()> {
        self.files.insert(path.to_owned(), contents.to_owned());
        Ok(())
    }
}

fn text<T>(outcome: io::Result<T>) -> Result<T, String> {
    outcome.map_err(|error| error.to_string())
}

impl<H: Send + 'static> Imports<H> {
    /// Implements the file operations of `IO` with a part of the host.
    ///
    /// # Errors
    /// [`Error::Load`](crate::Error::Load) when the module declares them with other types.
    pub fn files<C: Files + 'static>(self, part: fn(&mut H) -> &mut C) -> Result<Self> {
        self.language_operation(IO, "read_file", move |host: &mut H, scope, (path,): (String,)| {
            let contents = text(part(host).read(&path))
                .and_then(|bytes| String::from_utf8(bytes).map_err(|_| format!("{path}: the file is not UTF-8")));
            scope.finish::<Result<String, String>, _>(contents)
        })?
        .language_operation(IO, "read_bytes", move |host: &mut H, scope, (path,): (String,)| {
            scope.finish::<Result<Vec<u8>, String>, _>(text(part(host).read(&path)))
        })?
        .language_operation(IO, "write_file", move |host: &mut H, scope, (path, contents): (String, String)| {
            scope.finish::<Result<(), String>, _>(text(part(host).write(&path, contents.as_bytes())))
        })?
        .language_operation(
            IO,
            "write_bytes",
            move |host: &mut H, scope, (path, contents): (String, Vec<u8>)| {
                scope.finish::<Result<(), String>, _>(text(part(host).write(&path, &contents)))
            },
        )
    }
}
