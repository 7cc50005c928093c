//! Files below a directory, and no way out of it.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use vera_runtime::host::Refusal;
use vera_runtime::host::io::{Directories, Directory, Files};

/// What was refused.
type Seen = Arc<Mutex<Vec<Refusal>>>;

fn watched(directory: Directory) -> (Directory, Seen) {
    let seen = Seen::default();
    let hook = Arc::clone(&seen);
    (directory.on_refusal(move |refusal| hook.lock().unwrap().push(refusal.clone())), seen)
}

/// A directory `inside` with a file, next to a file `secret`.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("inside/deep")).unwrap();
    fs::write(folder.path().join("inside/a.txt"), "a").unwrap();
    fs::write(folder.path().join("inside/deep/b.txt"), "b").unwrap();
    fs::write(folder.path().join("secret"), "secret").unwrap();
    folder
}

fn inside(folder: &Path) -> Directory {
    Directory::open(folder.join("inside")).unwrap()
}

#[test]
fn files_below_are_read_and_written() {
    let folder = tree();
    let mut directory = inside(folder.path());
    assert_eq!(directory.read("a.txt").unwrap(), b"a");
    assert_eq!(directory.read("deep/../deep/b.txt").unwrap(), b"b");
    directory.write("deep/c.txt", b"longer").unwrap();
    directory.write("deep/c.txt", b"c").unwrap();
    assert_eq!(fs::read(folder.path().join("inside/deep/c.txt")).unwrap(), b"c");
    let error = directory.read("none.txt").unwrap_err();
    assert!(error.kind() == std::io::ErrorKind::NotFound && error.to_string().contains("none.txt"), "{error}");
}

#[test]
fn nothing_leads_out() {
    let folder = tree();
    let secret = folder.path().join("secret");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret", folder.path().join("inside/link")).unwrap();
        std::os::unix::fs::symlink(&secret, folder.path().join("inside/absolute")).unwrap();
        std::os::unix::fs::symlink("..", folder.path().join("inside/up")).unwrap();
    }
    let absolute = secret.to_str().unwrap();
    let mut out = vec!["../secret", "deep/../../secret", "../inside/a.txt", absolute];
    if cfg!(unix) {
        out.extend(["link", "absolute", "up/secret"]);
    }
    let (mut directory, seen) = watched(inside(folder.path()));
    for path in &out {
        let error = directory.read(path).unwrap_err().to_string();
        assert!(error.contains("leads out of the directory"), "{path}: {error}");
        let error = directory.write(path, b"overwritten").unwrap_err().to_string();
        assert!(error.contains("leads out of the directory"), "{path}: {error}");
    }
    let seen: Vec<String> = seen.lock().unwrap().iter().map(|refusal| refusal.what.clone()).collect();
    let twice: Vec<String> = out.iter().flat_map(|path| [*path, *path]).map(str::to_owned).collect();
    assert_eq!(seen, twice);
    assert_eq!(fs::read(secret).unwrap(), b"secret");
}

#[test]
fn what_is_no_regular_file_is_neither_waited_for_nor_truncated() {
    let folder = tree();
    let mut directory = inside(folder.path());
    let error = directory.read("deep").unwrap_err().to_string();
    assert!(error.contains("deep"), "{error}");
    #[cfg(unix)]
    {
        let pipe = folder.path().join("inside/pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        // Nobody writes to it: an open that waited would wait for ever.
        let error = directory.read("pipe").unwrap_err().to_string();
        assert!(error.contains("not a regular file"), "{error}");
        assert!(directory.write("pipe", b"x").is_err());
    }
}

#[test]
fn a_directory_may_be_read_only_and_files_have_a_size() {
    let folder = tree();
    let (directory, seen) = watched(inside(folder.path()).read_only().max_bytes(3));
    let mut directory = directory;
    for path in ["a.txt", "new.txt"] {
        let error = directory.write(path, b"x").unwrap_err().to_string();
        assert!(error.contains("may only read"), "{error}");
    }
    assert_eq!(seen.lock().unwrap().len(), 2);
    assert!(!folder.path().join("inside/new.txt").exists());
    fs::write(folder.path().join("inside/three"), "123").unwrap();
    fs::write(folder.path().join("inside/four"), "1234").unwrap();
    assert_eq!(directory.read("three").unwrap(), b"123");
    let error = directory.read("four").unwrap_err().to_string();
    assert!(error.contains("larger than 3 bytes"), "{error}");
}

#[test]
fn directories_have_names() {
    let folder = tree();
    let open = |path: &str| Directory::open(folder.path().join(path)).unwrap();
    let seen = Seen::default();
    let hook = Arc::clone(&seen);
    let mut directories = Directories::new()
        .with("data", open("inside"))
        .with("data/deep", open("inside/deep").read_only())
        .with("/mnt", open("inside/deep"))
        .on_refusal(move |refusal| hook.lock().unwrap().push(refusal.clone()));
    assert_eq!(directories.read("data/a.txt").unwrap(), b"a");
    assert_eq!(directories.read("./data/./deep/b.txt").unwrap(), b"b");
    assert_eq!(directories.read("/mnt/b.txt").unwrap(), b"b");
    assert!(directories.write("data/deep/b.txt", b"x").is_err(), "the longest name counts");
    assert!(directories.write("data/c.txt", b"x").is_ok());
    for path in ["data/../secret", "data2/a.txt", "a.txt", "mnt/b.txt", "/data/a.txt", "../data/a.txt", ""] {
        assert!(directories.read(path).is_err(), "{path}");
    }
    assert!(directories.read("data").is_err(), "a directory is no file");
    let seen: Vec<String> = seen.lock().unwrap().iter().map(|refusal| refusal.what.clone()).collect();
    assert_eq!(seen, ["data2/a.txt", "a.txt", "mnt/b.txt", "/data/a.txt", "../data/a.txt", ""]);
    let mut all = Directories::new().with(".", open("inside"));
    assert_eq!(all.read("deep/b.txt").unwrap(), b"b");
    assert!(all.read("/deep/b.txt").is_err());
}
