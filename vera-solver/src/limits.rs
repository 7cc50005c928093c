//! How long solving may take.

use std::time::Duration;

/// How long solving may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for one query.
    pub query: Duration,
    /// Time for all queries of a [`Session`](crate::Session) together; cached answers take none. `None`: no limit.
    pub total: Option<Duration>,
}

impl Default for Limits {
    /// One second a query and 30 seconds in all.
    fn default() -> Self {
        Limits { query: Duration::from_secs(1), total: Some(Duration::from_secs(30)) }
    }
}
