//! The programs of a command line: files, folders, standard input.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use vera_compiler::driver::Source;
use walkdir::{DirEntry, WalkDir};

/// How standard input is called on a command line.
pub(crate) const STDIN: &str = "-";

/// Texts are addressed with 32 bits.
const MAX_BYTES: u64 = u32::MAX as u64;

/// Something a command line names cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The file, as it is shown.
    pub(crate) file: String,
    /// What is wrong.
    pub(crate) description: String,
}

impl Problem {
    pub(crate) fn new(file: &Path, description: impl Into<String>) -> Self {
        Self { file: file.display().to_string(), description: description.into() }
    }

    fn of_io(file: &Path, error: &io::Error) -> Self {
        let shown = file.display();
        let description = match error.kind() {
            ErrorKind::NotFound => format!("file not found: {shown}"),
            _ => format!("cannot read {shown}: {error}"),
        };
        Self::new(file, description)
    }
}

/// A program that was named, or found in a folder that was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    path: PathBuf,
}

impl Input {
    /// The program in a file, or in standard input for `-`.
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_path_buf() }
    }

    /// Whether it is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.path == Path::new(STDIN)
    }

    /// The path as given; `-` for standard input.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the program.
    ///
    /// # Errors
    /// When it cannot be read, is not UTF-8, or is 4 GiB or larger.
    pub(crate) fn read(&self) -> Result<Source, Problem> {
        let bytes = self.read_bytes().map_err(|error| Problem::of_io(&self.path, &error))?;
        let name = self.to_string();
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Problem::new(&self.path, format!("cannot read {name}: it has 4 GiB or more")));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Source { name, text }),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let line = 1 + error.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count();
                let description = format!("cannot read {name}: it is not UTF-8 (byte {at}, on line {line})");
                Err(Problem::new(&self.path, description))
            }
        }
    }

    fn read_bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let limit = MAX_BYTES + 1;
        if self.is_stdin() {
            io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
        } else {
            std::fs::File::open(&self.path)?.take(limit).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

/// What a command line names, in its order, each program once.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// Programs, and what stands in their place where there is none.
    pub(crate) list: Vec<Result<Input, Problem>>,
    /// Whether one program was named, as itself: its report stands alone. Several, or a folder, have a list of reports.
    pub(crate) single: bool,
}

impl Inputs {
    /// Looks at the paths: a folder stands for the `.vera` files in it and in the folders below it, sorted. Hidden
    /// folders and those called `target` are passed over.
    pub(crate) fn find(paths: &[PathBuf]) -> Self {
        let mut list = Vec::new();
        for path in paths {
            if path.is_dir() {
                list.extend(in_folder(path));
            } else {
                list.push(Ok(Input::new(path)));
            }
        }
        let mut seen = std::collections::HashSet::new();
        list.retain(|input| input.as_ref().map_or(true, |input: &Input| seen.insert(input.path.clone())));
        Self { single: paths.len() == 1 && !paths[0].is_dir(), list }
    }
}

fn in_folder(folder: &Path) -> Vec<Result<Input, Problem>> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_looked_into) {
        match entry {
            Ok(entry) if is_program(entry.path()) => found.push(Ok(Input::new(entry.path()))),
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_path_buf();
                found.push(Err(Problem::new(&path, format!("cannot read {}: {error}", path.display()))));
            }
        }
    }
    if found.is_empty() {
        found.push(Err(Problem::new(folder, format!("no .vera file in {}", folder.display()))));
    }
    found
}

/// Whether an entry is looked at: the folder that was named always is.
fn is_looked_into(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0 || !entry.file_type().is_dir() || !(name.starts_with('.') || name == "target")
}

fn is_program(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "vera") && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::{Input, Inputs, Problem};
    use std::path::{Path, PathBuf};

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("inside of the folder")).expect("a folder");
            std::fs::write(path, "").expect("a file");
        }
        folder
    }

    fn names(inputs: &Inputs, folder: &Path) -> Vec<String> {
        let name = |input: &Result<Input, Problem>| match input {
            Ok(input) => input.path().strip_prefix(folder).unwrap_or(input.path()).display().to_string(),
            Err(problem) => problem.description.replace(&folder.display().to_string(), "FOLDER"),
        };
        inputs.list.iter().map(name).collect()
    }

    #[test]
    fn folders_are_searched_in_order_without_hidden_ones_and_target() {
        let folder = folder(&[
            "b.vera",
            "a.vera",
            "a/z.vera",
            "note.txt",
            ".git/x.vera",
            "target/y.vera",
            "a/target.vera",
            "a/.hidden.vera",
        ]);
        let inputs = Inputs::find(&[folder.path().to_path_buf()]);
        let expected = ["a/.hidden.vera", "a/target.vera", "a/z.vera", "a.vera", "b.vera"];
        assert_eq!(names(&inputs, folder.path()), expected);
        assert!(!inputs.single);
    }

    #[test]
    fn a_program_named_twice_is_one() {
        let folder = folder(&["a.vera", "b.vera"]);
        let b = folder.path().join("b.vera");
        let paths = [b, folder.path().to_path_buf(), PathBuf::from("-"), PathBuf::from("-")];
        assert_eq!(names(&Inputs::find(&paths), folder.path()), ["b.vera", "a.vera", "-"]);
    }

    #[test]
    fn a_folder_that_is_named_is_searched_whatever_its_name() {
        let folder = folder(&["target/a.vera", "empty/note.txt"]);
        let find = |name: &str| names(&Inputs::find(&[folder.path().join(name)]), folder.path());
        assert_eq!(find("target"), ["target/a.vera"]);
        assert_eq!(find("empty"), ["no .vera file in FOLDER/empty"]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let folder = folder(&["latin.vera"]);
        let path = folder.path().join("latin.vera");
        std::fs::write(&path, b"-- one\n-- caf\xE9\n").expect("a file");
        let read = |path: &Path| Input::new(path).read().map(|source| source.text);
        let shown = path.display();
        let description = format!("cannot read {shown}: it is not UTF-8 (byte 13, on line 2)");
        assert_eq!(read(&path), Err(Problem { file: shown.to_string(), description }));
        let missing = folder.path().join("none.vera");
        let description = format!("file not found: {}", missing.display());
        assert_eq!(read(&missing), Err(Problem { file: missing.display().to_string(), description }));
        assert!(read(folder.path()).is_err());
    }
}
