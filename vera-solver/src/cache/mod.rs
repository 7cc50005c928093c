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
mod key;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::engine::{Verdict, Why};
use entry::Entry;
use folder::Folder;

pub use entry::TIMEOUTS_LAST;
pub(crate) use key::Key;

/// Maximum number of answers in memory.
const MAX_ANSWERS: usize = 100_000;

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
