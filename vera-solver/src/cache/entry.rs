//! One answer, and its text form.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use super::key::Key;
use crate::engine::{Verdict, Why};
use crate::wire;
use sha2::{Digest, Sha256};

/// The first word of an entry. Its number changes with the format.
const FORMAT: &str = "vera-solver-answer-1";
/// How long the answer is valid that a query was not decided in time.
pub const TIMEOUTS_LAST: Duration = Duration::from_secs(24 * 60 * 60);
/// Maximum length of an entry, in bytes.
pub(super) const MAX_BYTES: usize = 4096;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) verdict: Verdict,
    /// When it was given.
    pub(super) at: SystemTime,
}

impl Entry {
    /// Whether the answer is valid for a caller who would give this much time.
    pub(super) fn counts(&self, limit: Duration, now: SystemTime) -> bool {
        let enough = match &self.verdict {
            Verdict::Unknown(Why::Time(had)) => limit <= *had,
            Verdict::Unknown(Why::Memory) => true,
            _ => return true,
        };
        // What comes from the future was written with another clock.
        enough && now.duration_since(self.at).is_ok_and(|age| age < TIMEOUTS_LAST)
    }

    /// The entry as text, with its key and a hash of everything; `None` if it is too long.
    pub(super) fn write(&self, key: &Key) -> Option<String> {
        let since = self.at.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        let mut text = format!("{FORMAT}\n{}\n{since}\n", key.hex());
        text.push_str(&wire::write(&self.verdict));
        text.push('\n');
        let hash = Sha256::digest(&text);
        for byte in hash {
            _ = write!(text, "{byte:02x}");
        }
        text.push('\n');
        (text.len() <= MAX_BYTES).then_some(text)
    }

    /// Reads what [`Entry::write`] wrote for the same key, and nothing else.
    pub(super) fn read(text: &str, key: &Key) -> Option<Self> {
        let (body, hash) = text.strip_suffix('\n')?.rsplit_once('\n')?;
        let body = &text[..=body.len()];
        let expected: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        if hash != expected {
            return None;
        }
        let mut lines = body.lines();
        if lines.next()? != FORMAT || lines.next()? != key.hex() {
            return None;
        }
        let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(lines.next()?.parse().ok()?))?;
        let (answer, None) = (lines.next()?, lines.next()) else { return None };
        let verdict = wire::read(answer)?;
        Some(Entry { verdict, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_that_differs_in_a_byte() {
        let key = Key([7; 32]);
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        for verdict in wire::tests::all() {
            let text = Entry { verdict: verdict.clone(), at }.write(&key).unwrap();
            let read = Entry::read(&text, &key).unwrap();
            assert_eq!(read.at, at);
            assert_eq!(read.verdict, verdict);
            assert_eq!(Entry::read(&text, &Key([8; 32])), None);
            for end in 0..text.len() {
                assert_eq!(Entry::read(&text[..end], &key), None);
                let mut wrong = text.clone().into_bytes();
                wrong[end] ^= 1;
                assert_eq!(Entry::read(&String::from_utf8(wrong).unwrap(), &key), None);
            }
        }
    }

    #[test]
    fn what_took_too_long_counts_for_a_day_and_for_those_who_give_no_more_time() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let entry = Entry { verdict: Verdict::Unknown(Why::Time(Duration::from_secs(1))), at };
        let hour = Duration::from_secs(3600);
        let counts = |milliseconds, now| entry.counts(Duration::from_millis(milliseconds), now);
        assert!(counts(1000, at) && counts(10, at + 23 * hour));
        assert!(!counts(1001, at) && !counts(10, at + 24 * hour) && !counts(10, at - hour));
        let proved = Entry { verdict: Verdict::Unsat, at };
        assert!(proved.counts(hour, at + 1_000_000 * hour) && proved.counts(hour, at - hour));
    }
}
