//! The time for all queries together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Time that engines may still use. Clones share it, so sessions of several threads have one budget.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Nanoseconds; `None` when there is no limit.
    left: Option<Arc<AtomicU64>>,
}

impl Budget {
    /// A budget of this time; `None` for no limit.
    pub fn new(total: Option<Duration>) -> Self {
        Budget { left: total.map(|total| Arc::new(AtomicU64::new(nanoseconds(total)))) }
    }

    /// The remaining time.
    pub fn left(&self) -> Duration {
        match &self.left {
            Some(left) => Duration::from_nanos(left.load(Ordering::Relaxed)),
            None => Duration::MAX,
        }
    }

    /// Subtracts time, down to zero.
    pub(crate) fn spend(&self, time: Duration) {
        if let Some(left) = &self.left {
            let less = |left: u64| Some(left.saturating_sub(nanoseconds(time)));
            // The closure always gives a value.
            _ = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
