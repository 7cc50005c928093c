//! A cache of earlier answers.
//!
//! An answer is found by the hash of everything it depends on: the text of the query, the requested constants, and the
//! name and version of the engine. Each engine has separate answers.
//!
//! What is cached, and for how long:
//!
//! * Decided queries, and queries that the same engine would leave open with any amount of time ([`Why::lasts`]):
//!   forever.
//! * Queries that ran out of time or memory: for [`TIMEOUTS_LAST`], and only for callers who give no more time. On
//!   another day the machine may be less busy.
//! * Failures of an engine, and queries without a budget: not at all.
//!
//! Answers are kept in memory and, on request, in a folder. The folder may be deleted at any time and used by many
//! processes at once. An entry that cannot be read counts as absent; an answer that cannot be written is not kept.

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

/// How long the answer is valid that a query was not decided in time.
pub const TIMEOUTS_LAST: Duration = Duration::from_secs(24 * 60 * 60);
/// Maximum number of answers in memory.
const MAX_ANSWERS: usize = 100_000;

/// The hash of everything that an answer depends on.
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

/// A cache of earlier answers. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    memory: Arc<Mutex<HashMap<Key, Entry>>>,
    folder: Option<Arc<Folder>>,
}

impl Cache {
    /// A cache in memory only.
    pub fn in_memory() -> Self {
        Cache::default()
    }

    /// A cache that also keeps answers in a folder, which is created when there is something to keep.
    pub fn in_folder(folder: impl AsRef<Path>) -> Self {
        Cache { folder: Some(Arc::new(Folder::new(folder.as_ref()))), ..Cache::default() }
    }

    /// The answer, if it is known and still valid for a caller who would give this much time.
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

    /// Stores an answer, if answers of its kind are stored.
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
