//! Limits on time, memory and threads of solving.

use crate::threads::{self, UnknownNumber};
use std::num::NonZeroUsize;
use std::time::Duration;

/// Limits on time, memory and threads of solving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for one query.
    pub query: Duration,
    /// Time for all queries of a [`Session`](crate::Session) together; cached answers cost no time. `None`: no limit.
    pub total: Option<Duration>,
    /// Bytes of memory for a solver that runs as a process. Each thread has its own process.
    pub memory: u64,
    /// How many functions are verified at once. `None`: as many as the machine runs threads at once. The outcomes are
    /// the same for any number.
    pub threads: Option<NonZeroUsize>,
}

impl Default for Limits {
    /// One second per query, 30 seconds in total, 2 GiB, and as many threads as the machine runs at once.
    fn default() -> Self {
        Limits { query: Duration::from_secs(1), total: Some(Duration::from_secs(30)), memory: 2 << 30, threads: None }
    }
}

impl Limits {
    /// The environment variable that [`Limits::or_environment`] reads.
    pub const THREADS_VARIABLE: &str = threads::VARIABLE;

    /// The limits, with the number of threads that the environment variable `VERA_THREADS` gives unless they have one.
    ///
    /// # Errors
    /// [`UnknownNumber`]: the value of the variable is not a number of threads.
    pub fn or_environment(self) -> Result<Limits, UnknownNumber> {
        match self.threads {
            Some(_) => Ok(self),
            None => Ok(Limits { threads: threads::from_environment()?, ..self }),
        }
    }
}
