//! Answers that were given before.
//!
//! An answer is found by the hash of all that it depends on: the text of the query, the constants that are wanted, and
//! the name and version of what answered. Each engine has answers of its own.
//!
//! What is kept, and how long:
//!
//! * What was decided, and what the same engine would leave open however long it had ([`Why::lasts`]): for good.
//! * That it was not decided within a time, or the memory that there was: for [`TIMEOUTS_LAST`], and only for those
//!   who give it no more time. Another day the machine may be less busy.
//! * That an engine failed, or there was no budget: not at all.
//!
//! Answers are kept in memory and, if wished, in a folder, which may be deleted at any time and used by many processes
//! at once. What cannot be read there is not there; what cannot be written is not kept.

mod entry;
mod folder;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use vera_compiler::verify::Query;

use crate::engine::{Verdict, Why};
use entry::Entry;
use folder::Folder;

/// How long it counts that something was not decided within a time.
pub const TIMEOUTS_LAST: Duration = Duration::from_secs(24 * 60 * 60);
/// Most answers in memory.
const MAX_ANSWERS: usize = 100_000;

/// The hash of all that an answer depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// The key of a query to an engine.
    pub(crate) fn new(identity: &str, query: &Query) -> Self {
        let mut hash = Sha256::new();
        let words = [identity, query.script.as_str()].into_iter().chain(query.wanted.iter().map(String::as_str));
        for word in words {
            // With its length, so that no two lists of words are one text.
            hash.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(word);
        }
        Key(hash.finalize().into())
    }

    fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Answers that were given before. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    memory: Arc<Mutex<HashMap<Key, Entry>>>,
    folder: Option<Arc<Folder>>,
}

impl Cache {
    /// A cache in memory alone.
    pub fn in_memory() -> Self {
        Cache::default()
    }

    /// A cache that keeps answers in a folder, too, which is made when there is something to keep.
    pub fn in_folder(folder: impl AsRef<Path>) -> Self {
        Cache { folder: Some(Arc::new(Folder::new(folder.as_ref()))), ..Cache::default() }
    }

    /// The answer, where it is known and still counts for someone who would give so much time.
    pub(crate) fn get(&self, key: &Key, limit: Duration) -> Option<Verdict> {
        let now = SystemTime::now();
        let known = self.memory.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        if let Some(entry) = known {
            return entry.counts(limit, now).then_some(entry.verdict);
        }
        let entry = self.folder.as_ref()?.read(key)?;
        let verdict = entry.counts(limit, now).then(|| entry.verdict.clone());
        self.remember(key, entry);
        verdict
    }

    /// Keeps an answer, if it is one to be kept.
    pub(crate) fn put(&self, key: &Key, verdict: &Verdict) {
        if let Verdict::Unknown(why) = verdict
            && !why.lasts()
            && !matches!(why, Why::Time(_) | Why::Memory)
        {
            return;
        }
        let entry = Entry { verdict: verdict.clone(), at: SystemTime::now() };
        if let Some(folder) = &self.folder {
            folder.write(key, &entry);
        }
        self.remember(key, entry);
    }

    fn remember(&self, key: &Key, entry: Entry) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() >= MAX_ANSWERS {
            memory.clear();
        }
        memory.insert(*key, entry);
    }
}
