//! Limits on time and memory of solving.

use std::time::Duration;

/// Limits on time and memory of solving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for one query.
    pub query: Duration,
    /// Time for all queries of a [`Session`](crate::Session) together; cached answers cost no time. `None`: no limit.
    pub total: Option<Duration>,
    /// Bytes of memory for a solver that runs as a process.
    pub memory: u64,
}

impl Default for Limits {
    /// One second per query, 30 seconds in total, and 2 GiB.
    fn default() -> Self {
        Limits { query: Duration::from_secs(1), total: Some(Duration::from_secs(30)), memory: 2 << 30 }
    }
}
