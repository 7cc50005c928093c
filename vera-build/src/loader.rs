//! Imported modules from files: the only code that knows where to look for them.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use vera_compiler::source::{Importer, LoadError, SourceLoader};

/// Finds the module `a.b.c` as a file `a/b/c.vera`, and remembers every file it read.
///
/// A module is looked up in the folder of the importing file, then below the folder where that file itself was found as
/// a module, then below the root. The root is the program's own folder. A program that declares `module a.b;` and is in
/// a folder `a` also finds modules next to that folder, so that a module can be checked alone.
#[derive(Debug, Default)]
pub struct FileLoader {
    root: Option<PathBuf>,
    package: Option<PathBuf>,
    read: RefCell<Vec<Module>>,
    nearer: RefCell<Vec<PathBuf>>,
}

/// The files that determine the meaning of a program's imports.
#[derive(Debug, Default)]
pub(crate) struct Dependencies {
    /// Files that were read, in order of first use, with their names in messages and their paths.
    pub(crate) read: Vec<(String, PathBuf)>,
    /// Files that do not exist, and would be read instead of a farther one.
    pub(crate) nearer: Vec<PathBuf>,
}

impl Dependencies {
    /// The files that were read.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.read.iter().map(|(_, path)| path.clone()).collect()
    }
}

/// A module that was read.
#[derive(Debug)]
struct Module {
    name: String,
    path: PathBuf,
    /// The folder where its module path starts.
    base: PathBuf,
}

impl FileLoader {
    /// A loader below `root`. Without a root, the program cannot import anything.
    pub fn new(root: Option<PathBuf>) -> Self {
        Self { root, ..Self::default() }
    }

    /// A loader for the imports of the program in `file`.
    pub fn for_program(file: &Path) -> Self {
        Self::new(file.parent().map(Path::to_path_buf))
    }

    /// Names files in this folder relative to it, so that builds in different places give the same bytes.
    pub(crate) fn in_package(mut self, package: Option<PathBuf>) -> Self {
        self.package = package;
        self
    }

    /// The files on which the imports depend.
    pub(crate) fn into_dependencies(self) -> Dependencies {
        Dependencies {
            read: self.read.into_inner().into_iter().map(|module| (module.name, module.path)).collect(),
            nearer: self.nearer.into_inner(),
        }
    }

    /// Where to look for what `importer` imports, nearest first.
    fn folders(&self, importer: &Importer<'_>) -> Vec<PathBuf> {
        let root = self.root.clone();
        let mut folders: Vec<PathBuf> = match self.read.borrow().iter().find(|module| module.name == importer.name) {
            Some(module) => {
                let own = module.path.parent().map(Path::to_path_buf);
                own.into_iter().chain([module.base.clone()]).chain(root).collect()
            }
            None => {
                let above = root.as_deref().and_then(|root| above(root, importer.module));
                root.into_iter().chain(above).collect()
            }
        };
        let mut seen = Vec::new();
        folders.retain(|folder| {
            let new = !seen.contains(folder);
            seen.push(folder.clone());
            new
        });
        folders
    }
}

impl SourceLoader for FileLoader {
    fn load(&self, module: &[&str], importer: &Importer<'_>) -> Result<(String, String), LoadError> {
        let relative = module.iter().collect::<PathBuf>().with_extension("vera");
        let (mut looked_at, mut missing) = (Vec::new(), Vec::new());
        for base in self.folders(importer) {
            let path = base.join(&relative);
            let name = shown(&path, self.package.as_deref());
            match std::fs::read_to_string(&path) {
                Ok(text) => {
                    self.read.borrow_mut().push(Module { name: name.clone(), path, base });
                    self.nearer.borrow_mut().append(&mut missing);
                    return Ok((name, text));
                }
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    looked_at.push(name);
                    missing.push(path);
                }
                Err(error) => return Err(LoadError::Unreadable(format!("{name}: {error}"))),
            }
        }
        Err(LoadError::NotFound(looked_at))
    }
}

/// The folder where the path of a module in `folder` starts, if `folder` matches that path.
fn above(folder: &Path, module: &[&str]) -> Option<PathBuf> {
    let (_, folders) = module.split_last()?;
    let tail: PathBuf = folders.iter().collect();
    if folders.is_empty() {
        return None;
    }
    if folder.ends_with(&tail) {
        return folder.ancestors().nth(folders.len()).map(Path::to_path_buf);
    }
    let real = std::fs::canonicalize(Path::new(".").join(folder)).ok()?;
    real.ends_with(&tail).then(|| folders.iter().fold(folder.to_path_buf(), |folder, _| folder.join("..")))
}

/// A path for messages and generated code.
fn shown(path: &Path, package: Option<&Path>) -> String {
    let path = package.and_then(|package| path.strip_prefix(package).ok()).unwrap_or(path);
    let text = path.display().to_string();
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}

/// The folder of the package that is built.
pub(crate) fn package() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// A path for messages and generated code: relative to the package if it is inside.
pub(crate) fn display(path: &Path) -> String {
    shown(path, package().as_deref())
}

#[cfg(test)]
mod tests {
    use super::FileLoader;
    use std::path::{Path, PathBuf};
    use vera_compiler::source::{Importer, LoadError, SourceLoader};

    /// A folder with these files; each holds its own path.
    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("inside of the folder")).expect("a folder");
            std::fs::write(path, file).expect("a file");
        }
        folder
    }

    fn load(loader: &FileLoader, module: &[&str], importer: (&str, &[&str])) -> Result<(String, String), LoadError> {
        loader.load(module, &Importer { name: importer.0, module: importer.1 })
    }

    #[test]
    fn an_importer_looks_next_to_itself_then_where_it_was_found_then_next_to_the_program() {
        let folder = tree(&["lib/a.vera", "lib/b.vera", "b.vera", "c.vera", "lib/lib/d.vera", "lib/d.vera"]);
        let loader = FileLoader::for_program(&folder.path().join("main.vera")).in_package(Some(folder.path().into()));
        let program: (&str, &[&str]) = ("main.vera", &[]);
        let (name, text) = load(&loader, &["lib", "a"], program).expect("next to the program");
        assert_eq!((name.as_str(), text.as_str()), ("lib/a.vera", "lib/a.vera"));
        let of_a = |module: &[&str]| load(&loader, module, ("lib/a.vera", &["lib", "a"])).map(|(_, text)| text);
        assert_eq!(of_a(&["b"]).as_deref(), Ok("lib/b.vera"));
        assert_eq!(of_a(&["c"]).as_deref(), Ok("c.vera"));
        assert_eq!(of_a(&["lib", "b"]).as_deref(), Ok("lib/b.vera"));
        assert_eq!(of_a(&["lib", "d"]).as_deref(), Ok("lib/lib/d.vera"));
        let places = ["lib/x/y.vera", "x/y.vera"].map(String::from).to_vec();
        assert_eq!(of_a(&["x", "y"]), Err(LoadError::NotFound(places)));
        let read: Vec<PathBuf> = ["lib/a.vera", "lib/b.vera", "c.vera", "lib/b.vera", "lib/lib/d.vera"]
            .map(|file| folder.path().join(file))
            .to_vec();
        let dependencies = loader.into_dependencies();
        assert_eq!(dependencies.paths(), read);
        // Found one folder farther: `c`, and `lib.b`, which only the program's folder has.
        assert_eq!(dependencies.nearer, ["lib/c.vera", "lib/lib/b.vera"].map(|file| folder.path().join(file)));
    }

    #[test]
    fn a_module_can_be_the_program() {
        let folder = tree(&["app/lib/a.vera", "app/lib/b.vera", "lib/c.vera"]);
        let loader = FileLoader::for_program(&folder.path().join("app/lib/a.vera"));
        let found = |declared: &[&str], module: &[&str]| load(&loader, module, ("a", declared)).map(|(_, text)| text);
        assert_eq!(found(&["lib", "a"], &["lib", "b"]).as_deref(), Ok("app/lib/b.vera"));
        assert_eq!(found(&["app", "lib", "a"], &["lib", "c"]).as_deref(), Ok("lib/c.vera"));
        for other in [&["a"][..], &["else", "a"], &["app", "else", "a"]] {
            assert!(matches!(found(other, &["lib", "b"]), Err(LoadError::NotFound(_))), "{other:?}");
        }
    }

    #[test]
    fn a_program_below_the_current_folder_goes_up_from_it() {
        let here = std::env::current_dir().expect("a current folder");
        let name = here.file_name().and_then(|name| name.to_str()).expect("tests run in a package");
        assert_eq!(super::above(Path::new(""), &[name, "a"]), Some(PathBuf::from("..")));
        assert_eq!(super::above(Path::new("src"), &[name, "src", "a"]), Some(PathBuf::from("src/../..")));
        assert_eq!(super::above(Path::new("src"), &["no-such-folder", "src", "a"]), None);
        assert_eq!(super::above(Path::new("src"), &["src", "a"]), Some(PathBuf::new()));
    }

    #[test]
    fn what_is_there_but_cannot_be_read_is_not_missing() {
        let folder = tree(&["plain.vera", "sub.vera/x", "latin.vera"]);
        std::fs::write(folder.path().join("latin.vera"), [0xE9]).expect("a file");
        let loader = FileLoader::new(Some(folder.path().into()));
        let outcome = |module: &[&str]| load(&loader, module, ("", &[]));
        assert!(matches!(outcome(&["sub"]), Err(LoadError::Unreadable(_))));
        assert!(matches!(outcome(&["latin"]), Err(LoadError::Unreadable(_))));
        assert!(matches!(outcome(&["plain", "x"]), Err(LoadError::NotFound(_))));
        assert_eq!(load(&FileLoader::new(None), &["plain"], ("", &[])), Err(LoadError::NotFound(Vec::new())));
    }
}
