//! Files below a directory only.
//!
//! Paths are opened relative to the open directory, component by component. `..`, absolute paths and links never lead
//! out of it, even while others change the tree. Reads are bounded, and only regular files are read: a pipe would block
//! the call, and a device has no end.

use super::Files;
use crate::host::{OnRefusal, Refusal};
use cap_fs_ext::OpenOptionsSyncExt as _;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};

/// Files below a directory: no path and no link leads out of it.
///
/// ```no_run
/// use vera_runtime::host::io::Directory;
/// let notes = Directory::open("notes")?.read_only();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Directory {
    dir: Dir,
    writable: bool,
    most: u64,
    on_refusal: OnRefusal,
}

/// Default maximum size of a file that is read, in bytes.
const MOST: u64 = 256 << 20;

impl Directory {
    /// The files below an existing directory, for reading and writing.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(path, ambient_authority())?;
        Ok(Directory { dir, writable: true, most: MOST, on_refusal: OnRefusal::default() })
    }

    /// Makes the files read-only.
    pub fn read_only(mut self) -> Self {
        self.writable = false;
        self
    }

    /// Maximum size of a file that is read, in bytes; 256 MiB by default.
    pub fn max_bytes(mut self, most: u64) -> Self {
        self.most = most;
        self
    }

    /// Calls `hook` whenever the program requests a path that leads out of the directory, or writes to read-only files.
    pub fn on_refusal(mut self, hook: impl Fn(&Refusal) + Send + Sync + 'static) -> Self {
        self.on_refusal = OnRefusal::new(hook);
        self
    }

    fn open_file(&self, path: &str, options: &OpenOptions) -> io::Result<File> {
        let opened = self.dir.open_with(path, options);
        let file = opened.map_err(|error| match error.kind() {
            // So says `cap-std` of what leads out.
            ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
                self.refuse(path, "it leads out of the directory that the program may use")
            }
            kind => io::Error::new(kind, format!("{path}: {error}")),
        })?;
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(io::Error::new(ErrorKind::InvalidInput, format!("{path}: it is not a regular file"))),
        }
    }

    fn refuse(&self, path: &str, why: &str) -> io::Error {
        self.on_refusal.refused("Files", path);
        io::Error::new(ErrorKind::PermissionDenied, format!("{path}: {why}"))
    }
}

impl Files for Directory {
    fn read(&mut self, path: &str) -> io::Result<Vec<u8>> {
        let file = self.open_file(path, OpenOptions::new().read(true).nonblock(true))?;
        let mut contents = Vec::new();
        file.take(self.most.saturating_add(1)).read_to_end(&mut contents)?;
        if contents.len() as u64 > self.most {
            return Err(io::Error::new(ErrorKind::FileTooLarge, format!("{path}: larger than {} bytes", self.most)));
        }
        Ok(contents)
    }

    fn write(&mut self, path: &str, contents: &[u8]) -> io::Result<()> {
        if !self.writable {
            return Err(self.refuse(path, "the program may only read"));
        }
        // Not truncated before it is known to be a regular file.
        let mut file = self.open_file(path, OpenOptions::new().write(true).create(true).nonblock(true))?;
        file.set_len(0)?;
        file.write_all(contents)
    }
}

/// Files below several directories, each with a name for the program.
///
/// A path that begins with the name of a directory is looked up in it; if several names match, the longest counts. With
/// the name `.` all relative paths belong to one directory.
#[derive(Debug, Default)]
pub struct Directories {
    named: Vec<(PathBuf, Directory)>,
    on_refusal: OnRefusal,
}

impl Directories {
    /// No directory: no path is allowed.
    pub fn new() -> Self {
        Directories::default()
    }

    /// Adds a directory under a name.
    pub fn with(mut self, name: impl AsRef<Path>, directory: Directory) -> Self {
        self.named.push((plain(name.as_ref()), directory));
        self
    }

    /// Calls `hook` whenever the program requests a path that is below no directory. Each directory has a separate
    /// hook.
    pub fn on_refusal(mut self, hook: impl Fn(&Refusal) + Send + Sync + 'static) -> Self {
        self.on_refusal = OnRefusal::new(hook);
        self
    }

    /// The directory that a path is in, and the path from there.
    fn find(&mut self, path: &str) -> io::Result<(&mut Directory, String)> {
        let whole = plain(Path::new(path));
        let rest = |name: &Path| whole.strip_prefix(name).ok().filter(|_| name.is_absolute() == whole.is_absolute());
        let matching = self.named.iter_mut().filter_map(|(name, directory)| Some((rest(name)?, name, directory)));
        let Some((rest, _, directory)) = matching.max_by_key(|(_, name, _)| name.components().count()) else {
            self.on_refusal.refused("Files", path);
            let why = format!("{path}: not below a directory that the program may use");
            return Err(io::Error::new(ErrorKind::PermissionDenied, why));
        };
        // Made of a string, so it is one.
        let rest = if rest.as_os_str().is_empty() { "." } else { rest.to_str().unwrap_or_default() };
        Ok((directory, rest.to_owned()))
    }
}

/// The path without `.` components. `..` stays: the directory decides where it leads.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|component| *component != Component::CurDir).collect()
}

impl Files for Directories {
    fn read(&mut self, path: &str) -> io::Result<Vec<u8>> {
        let (directory, rest) = self.find(path)?;
        directory.read(&rest)
    }

    fn write(&mut self, path: &str, contents: &[u8]) -> io::Result<()> {
        let (directory, rest) = self.find(path)?;
        directory.write(&rest, contents)
    }
}
