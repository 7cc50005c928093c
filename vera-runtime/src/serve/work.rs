//! Where handlers run.
//!
//! A handler may block, and whoever waits for it may give up waiting, so it belongs on a thread of its own. But most handlers
//! are short, and a hop to another thread and back costs more than they do. So a handler whose last calls were all short
//! runs on the thread that has read its request. Meanwhile tokio gives the other tasks of that thread to another thread. If it
//! turns out to be long this time, nobody waits for it but its own request, and the next ones get threads of their own again.
//!
//! A runtime of one thread has no other thread to give its tasks to. There, every handler has a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::{block_in_place, spawn_blocking};

/// The time of a short call. On a busy machine, a thread waits longer for a processor than most handlers run.
const SHORT: Duration = Duration::from_millis(50);
/// So many calls must have been short in a row.
const IN_A_ROW: u32 = 16;

/// What is known of the handlers of a service.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Calls since the last one that was not short.
    short: AtomicU32,
    /// Whether tokio has refused to run one in place, as it does in a `LocalSet`.
    refused: AtomicBool,
}

impl Work {
    /// Runs a handler to its end, also when nobody waits for it. It has the same [`Work`], and calls it through
    /// [`Work::timed`]. `None` when it panics.
    pub(super) async fn run<R: Send + 'static>(&self, handler: impl FnOnce() -> R + Send + 'static) -> Option<R> {
        let mut handler = Some(handler);
        if self.is_in_place() {
            let mut run = || handler.take().map(|handler| handler());
            match catch_unwind(AssertUnwindSafe(|| block_in_place(&mut run))) {
                Ok(result) => return result,
                Err(_) if handler.is_none() => return None,
                Err(_) => self.refused.store(true, Ordering::Relaxed),
            }
        }
        spawn_blocking(handler?).await.ok()
    }

    /// Runs a part of a handler and remembers whether it was short.
    pub(super) fn timed<R>(&self, run: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = run();
        if start.elapsed() <= SHORT {
            self.short.fetch_add(1, Ordering::Relaxed);
        } else {
            self.short.store(0, Ordering::Relaxed);
        }
        result
    }

    fn is_in_place(&self) -> bool {
        self.short.load(Ordering::Relaxed) >= IN_A_ROW
            && !self.refused.load(Ordering::Relaxed)
            && Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread
    }
}
