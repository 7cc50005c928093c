//! Answers in a folder: one file for each, in sixteen folders.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::entry::{Entry, MAX_BYTES};
use super::key::Key;

/// Maximum number of files in one of the sixteen folders. With [`MAX_BYTES`] this bounds the whole cache.
const MAX_FILES: usize = 2048;

/// Answers in a folder.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// The folders that this process has created, and found not too full.
    ready: Mutex<HashSet<char>>,
}

impl Folder {
    pub(super) fn new(root: &Path) -> Self {
        Folder { root: root.to_owned(), ready: Mutex::default() }
    }

    fn place(&self, key: &Key) -> (char, PathBuf, String) {
        let name = key.hex();
        let first = name.chars().next().unwrap_or('0');
        (first, self.root.join(first.to_string()), name)
    }

    pub(super) fn read(&self, key: &Key) -> Option<Entry> {
        let (_, folder, name) = self.place(key);
        let mut text = String::new();
        let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
        File::open(folder.join(name)).ok()?.take(most).read_to_string(&mut text).ok()?;
        Entry::read(&text, key)
    }

    /// Writes the entry if possible: the file is complete or absent.
    pub(super) fn write(&self, key: &Key, entry: &Entry) {
        let Some(text) = entry.write(key) else { return };
        let (first, folder, name) = self.place(key);
        if self.ready.lock().unwrap_or_else(PoisonError::into_inner).insert(first) {
            _ = fs::create_dir_all(&folder);
            shrink(&folder);
        }
        let Ok(mut file) = tempfile::NamedTempFile::new_in(&folder) else { return };
        if file.write_all(text.as_bytes()).is_ok() {
            // Another process may have written the same.
            _ = file.persist(folder.join(name));
        }
    }
}

/// Deletes the older half of a folder that is too full.
fn shrink(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    if paths.len() < MAX_FILES {
        return;
    }
    let written =
        |path: &PathBuf| fs::metadata(path).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut aged: Vec<_> = paths.into_iter().map(|path| (written(&path), path)).collect();
    aged.sort_unstable();
    aged.truncate(aged.len() - MAX_FILES / 2);
    for (_, path) in aged {
        // Another process may have been faster; what is a folder stays.
        _ = fs::remove_file(path);
    }
}
