//! Programs in Rust files, which `vera!` compiles: each is an entry of the lock by its Rust file and the name of its
//! wrapper, such as `src/shop.rs#pricing`.
//!
//! The macro compares its program with its entry. A program with no entry is new, as a file is. If the environment
//! variable [`VARIABLE`] is set, the macro records the program instead; `cargo vera lock --accept` sets it. Several
//! processes of rustc may do so at once, so the file is locked while one changes it.
//!
//! A macro sees its own program only, and a build may compile some of the package's targets. So that a program is gone is
//! not noticed by who compiles, but by what is there: its Rust file is not, or contains no word that could be its name
//! ([`gone`]). A program that a `cfg` leaves out is still there.

use super::{Change, FILE, Lock, path_in};
use crate::bindings;
use crate::contracts::Contracts;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use vera_compiler::driver::Verification;
use vera_compiler::tir::Program;

/// If it is set and not empty, `vera!` records contracts. Its value does not matter, but a new one makes every `vera!` run
/// again.
pub const VARIABLE: &str = "VERA_LOCK";

/// Between the Rust file and the name of the wrapper. No file name of Rust has it.
const BEFORE_NAME: char = '#';

/// Whether a path of a lock is that of a program in a Rust file.
pub fn is_in_rust(path: &str) -> bool {
    path.contains(BEFORE_NAME)
}

/// The recorded programs in Rust files of a package that are not there any more. `wanted` says of which files.
pub fn gone<'a>(
    lock: &'a Lock,
    package: &'a Path,
    wanted: impl Fn(&str) -> bool + 'a,
) -> impl Iterator<Item = Change> + 'a {
    let recorded = lock.paths().filter_map(|path| Some((path, path.rsplit_once(BEFORE_NAME)?)));
    let mut texts: BTreeMap<&str, Option<String>> = BTreeMap::new();
    recorded.filter(move |(_, (file, _))| wanted(file)).filter_map(move |(path, (file, name))| {
        let text = texts.entry(file).or_insert_with(|| match std::fs::read(package.join(file)) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(String::new()),
            // What cannot be read may be there.
            Err(_) => None,
        });
        let is_gone = text.as_ref().is_some_and(|text| !names(text, name));
        is_gone.then(|| Change::weaker(format!("{path} is in {FILE}, and is not compiled any more.")))
    })
}

/// Whether a Rust file contains a word that is the name of a wrapper, as the wrapper or its module spells it.
fn names(text: &str, name: &str) -> bool {
    let words = text.split(|char: char| !char.is_alphanumeric() && char != '_');
    words.filter(|word| !word.is_empty()).any(|word| word == name || bindings::wrapper_name(word) == name)
}

/// A program that `vera!` compiles, in its package.
#[derive(Debug)]
pub(crate) struct Entry {
    package: PathBuf,
    lock: PathBuf,
    path: String,
}

impl Entry {
    /// The program `name` in a Rust file of the package, or the file of a program itself if that is no Rust file.
    pub(crate) fn new(package: &Path, file: &Path, name: &str) -> Self {
        let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let (folder, file) = (whole(package), whole(file));
        let mut path = path_in(&folder, &file).unwrap_or_else(|| file.display().to_string());
        if file.extension().is_some_and(|extension| extension == "rs") {
            path.push(BEFORE_NAME);
            path += name.trim_start_matches("r#");
        }
        Entry { package: package.to_path_buf(), lock: package.join(FILE), path }
    }

    /// The lock, if the package has one.
    pub(crate) fn lock(&self) -> Option<&Path> {
        self.lock.is_file().then_some(&self.lock)
    }

    /// The differences between the program and the accepted one.
    ///
    /// # Errors
    /// A text for the user: the lock cannot be read, or is malformed.
    pub(crate) fn compare(
        &self,
        program: &Program,
        contracts: &Contracts,
        again: &mut dyn FnMut(String) -> Verification,
    ) -> Result<Vec<Change>, String> {
        let Some(accepted) = self.accepted()? else { return Ok(Vec::new()) };
        Ok(accepted.compare_contracts(&self.path, program, contracts, again))
    }

    /// The recorded programs of the same Rust file, and of files that do not exist, which are not there any more. Those of
    /// other files are left to their macros, so that not every macro of a package says the same.
    ///
    /// # Errors
    /// A text for the user: the lock cannot be read, or is malformed.
    pub(crate) fn gone(&self) -> Result<Vec<Change>, String> {
        let Some(accepted) = self.accepted()? else { return Ok(Vec::new()) };
        let own = self.path.rsplit_once(BEFORE_NAME).map_or("", |(file, _)| file);
        let wanted = |file: &str| file == own || !self.package.join(file).exists();
        Ok(gone(&accepted, &self.package, wanted).collect())
    }

    fn accepted(&self) -> Result<Option<Lock>, String> {
        let Some(place) = self.lock() else { return Ok(None) };
        let text = std::fs::read_to_string(place).map_err(|error| format!("cannot read {FILE}: {error}"))?;
        Lock::parse(&text).map(Some).map_err(|malformed| format!("{FILE}: {malformed}"))
    }

    /// Records the program.
    ///
    /// # Errors
    /// A text for the user: the lock cannot be read or written, or is malformed.
    pub(crate) fn record(&self, program: &Program, contracts: &Contracts) -> Result<(), String> {
        let failed = |error: io::Error| format!("cannot write {FILE}: {error}");
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.lock);
        let mut file = options.map_err(failed)?;
        file.lock().map_err(failed)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed)?;
        let mut lock = match text.is_empty() {
            true => Lock::default(),
            false => Lock::parse(&text).map_err(|malformed| format!("{FILE}: {malformed}"))?,
        };
        lock.record_contracts(&self.path, program, contracts);
        let present = lock.to_string();
        if present != text { replace(&mut file, &present).map_err(failed) } else { Ok(()) }
    }
}

/// Whether the command asks for the programs to be recorded.
pub(crate) fn is_recording() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty())
}

fn replace(file: &mut File, text: &str) -> io::Result<()> {
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()
}
