//! Machine code on disk, so that a module is translated once per machine.
//!
//! A file is named by a cryptographic hash of the module, of the engine's settings and of the release. It begins with
//! such a hash of its contents, so a truncated or damaged file is not used. Nothing protects against a person who may
//! write to the folder and does so on purpose; the same is true for the caches of compilers. So the folder is created
//! for its owner only, and a folder that others may write to is not used.
//!
//! The cache never causes a failure: if it cannot be read or written, code is made again.

use crate::Metering;
use crate::bundle::deserialize;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use wasmtime::{Engine, Module};

/// Bytes of a hash in front of the code.
const HASH: usize = 32;
/// The extension of the cache's files.
const EXTENSION: &str = "vera-code";

/// A folder of machine code.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    most: u64,
}

impl Cache {
    /// A cache in a folder, which is created when the first code is stored. It holds up to 256 MiB; the oldest code is
    /// removed first.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Cache { folder: folder.into(), most: 256 << 20 }
    }

    /// Sets the maximum size of the cache, in bytes.
    pub fn most(mut self, bytes: u64) -> Self {
        self.most = bytes;
        self
    }

    /// A module's machine code: from the cache, or newly made and stored.
    ///
    /// # Errors
    /// The error of wasmtime for bytes that are not a module.
    pub fn module(&self, engine: &Engine, wasm: &[u8], metering: Metering) -> wasmtime::Result<Module> {
        let path = self.folder.join(file_name(engine, wasm, metering));
        if let Some(module) = self.kept(engine, &path) {
            return Ok(module);
        }
        let module = Module::from_binary(engine, wasm)?;
        if let Ok(code) = module.serialize() {
            // A folder that cannot be written to makes the next start slower, and no more.
            let _ = self.keep(&path, &code);
        }
        Ok(module)
    }

    fn kept(&self, engine: &Engine, path: &Path) -> Option<Module> {
        if !is_private(&self.folder) {
            return None;
        }
        let contents = fs::read(path).ok()?;
        let (hash, code) = contents.split_at_checked(HASH)?;
        if Sha256::digest(code).as_slice() != hash {
            return None;
        }
        let module = deserialize(engine, code).ok()?;
        // Code that is used stays. A failure to update its age affects only the cache.
        let _ = File::options().write(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(module)
    }

    fn keep(&self, path: &Path, code: &[u8]) -> io::Result<()> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        if code.len() as u64 > self.most {
            return Ok(());
        }
        make_private(&self.folder)?;
        self.make_room(code.len() as u64)?;
        // Another process may write the same file: each its own, and the last one stays.
        let unique = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let temporary = path.with_extension(unique);
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(&Sha256::digest(code))?;
            file.write_all(code)?;
            fs::rename(&temporary, path)
        };
        write().inspect_err(|_| {
            let _ = fs::remove_file(&temporary);
        })
    }

    /// Removes the oldest files until there is room for this number of bytes.
    fn make_room(&self, bytes: u64) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                let metadata = fs::metadata(&path)?;
                files.push((metadata.modified()?, metadata.len(), path));
            }
        }
        files.sort();
        let mut held: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in files {
            if held.saturating_add(bytes) <= self.most {
                break;
            }
            fs::remove_file(path)?;
            held -= length;
        }
        Ok(())
    }
}

/// The name of the file for the code of a module.
fn file_name(engine: &Engine, wasm: &[u8], metering: Metering) -> String {
    // What wasmtime compares before it runs code: release, target and settings.
    let mut settings = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut settings);
    metering.hash(&mut settings);
    let digest = Sha256::new().chain_update(settings.finish().to_le_bytes()).chain_update(wasm).finalize();
    let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{name}.{EXTENSION}")
}

/// Whether only the owner may write to a folder.
#[cfg(unix)]
fn is_private(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().mode() & 0o022 == 0)
}

/// Always, because folders of a user are private on such a system.
#[cfg(not(unix))]
fn is_private(folder: &Path) -> bool {
    folder.is_dir()
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    if is_private(folder) { Ok(()) } else { Err(io::Error::other("others may write to the folder")) }
}

#[cfg(test)]
mod tests {
    use super::{Cache, HASH};
    use crate::{Metering, config};
    use std::fs;
    use std::path::PathBuf;
    use wasmtime::{Engine, Instance, Store};

    const PLAIN: Metering = Metering { fuel: false, deadline: false };

    fn wasm(result: i32) -> Vec<u8> {
        wat::parse_str(format!("(module (func (export \"f\") (result i32) i32.const {result}))")).expect("a module")
    }

    fn run(cache: &Cache, result: i32) {
        let engine = Engine::new(&config(PLAIN, 1 << 18)).expect("an engine");
        let module = cache.module(&engine, &wasm(result), PLAIN).expect("code");
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
        let function = instance.get_typed_func::<(), i32>(&mut store, "f").expect("the function");
        assert_eq!(function.call(&mut store, ()).expect("a result"), result);
    }

    fn files(folder: &std::path::Path) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file").path()).collect();
        files.sort();
        files
    }

    #[test]
    fn code_is_made_once_and_damaged_code_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path().join("code"));
        run(&cache, 1);
        let [file] = &files(&cache.folder)[..] else { panic!("one file") };
        // The file is what is run: another module's code under this name would be.
        run(&cache, 2);
        let other = files(&cache.folder).into_iter().find(|one| one != file).expect("a second file");
        let (first, second) = (fs::read(file).expect("code"), fs::read(&other).expect("code"));
        assert_ne!(first, second);
        for damaged in [&first[..HASH], &first[..first.len() - 1], &[], &[&second[..HASH], &first[HASH..]].concat()] {
            fs::write(file, damaged).expect("it is written");
            run(&cache, 1);
            assert_eq!(fs::read(file).expect("code"), first, "it is made again");
        }
    }

    #[test]
    fn the_oldest_code_makes_room() {
        let folder = tempfile::tempdir().expect("a folder");
        let measure = Cache::new(folder.path().join("one"));
        run(&measure, 1);
        let size = fs::metadata(&files(&measure.folder)[0]).expect("a file").len();
        let cache = Cache::new(folder.path().join("code")).most(2 * size + size / 2);
        for result in 1..=5 {
            run(&cache, result);
        }
        assert_eq!(files(&cache.folder).len(), 2);
        run(&Cache::new(folder.path().join("none")).most(1), 1);
        assert!(!folder.path().join("none").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_may_write_to_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path());
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("it is ours");
        run(&cache, 1);
        assert!(files(folder.path()).is_empty());
    }
}
