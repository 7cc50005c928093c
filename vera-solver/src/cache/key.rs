//! What an answer is found by.

use sha2::{Digest, Sha256};
use vera_compiler::verify::Query;

/// The hash of everything that an answer depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(pub(super) [u8; 32]);

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

    pub(super) fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
