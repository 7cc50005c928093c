//! What solving may take.

use std::time::Duration;

/// What solving may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for one query.
    pub query: Duration,
    /// Time for all queries of a [`Session`](crate::Session) together; cached answers take none. `None`: no limit.
    pub total: Option<Duration>,
    /// Bytes of memory for a solver that is a process.
    pub memory: u64,
}

impl Default for Limits {
    /// One second a query, 30 seconds in all, and 2 GiB.
    fn default() -> Self {
        Limits { query: Duration::from_secs(1), total: Some(Duration::from_secs(30)), memory: 2 << 30 }
    }
}
