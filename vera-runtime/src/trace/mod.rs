//! Spans and events for the crate `tracing`, behind the feature of that name.
//!
//! The target is `vera`, the level is `DEBUG`:
//!
//! | | | fields |
//! |---|---|---|
//! | span `call` | a call of a public function from Rust: plain, async, by name, or from a scope | `module`, `function`, `outcome`, `fuel` |
//! | span `operation` | an operation of the host, until its result is in the module | `effect`, `operation`, `started`, `outcome` |
//! | span `collection` | a collection that the host runs, between calls or from a scope | `outcome`, `allocated`, `survived`, `freed` |
//! | event `collection` | collections that the module ran since the last one | `collections`, `allocated`, `survived`, `freed` |
//!
//! * `outcome` is recorded at the end. It is `ok`, the [kind](crate::Error::kind) of the error, `panic`, `left` (an operation that
//!   was started and not awaited) or `dropped` (a call that was dropped).
//! * `fuel` is the fuel that the call used, if its fuel is limited. Sizes are in bytes.
//! * A started operation has `started = true`. Its span ends when its result is awaited.
//!
//! A module collects while it runs, without a call of the host, and it has no clock. So its collections have no span: the
//! runtime reads their number in the module's memory when an operation begins and when a call begins and ends, and
//! reports the difference. `freed` counts whole blocks of large objects, so it is not exact.
//!
//! Arguments and results are fields `arguments` and `result` only if the instance was given [`TraceValues`]. Messages of
//! errors are never in a trace, because they may quote values.
//!
//! Invariant: without a subscriber that listens, nothing is read and nothing is formatted. Without the feature, the types of
//! this module are empty (`off.rs`), so that the code around them is the same.

#[cfg(not(feature = "tracing"))]
mod off;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(feature = "tracing")]
mod values;

#[cfg(all(feature = "async", not(feature = "tracing")))]
pub(crate) use off::Context;
#[cfg(not(feature = "tracing"))]
pub(crate) use off::{CallSpan, OperationSpan, collection, listened_to};
#[cfg(all(feature = "async", feature = "tracing"))]
pub(crate) use spans::Context;
#[cfg(feature = "tracing")]
pub(crate) use spans::{CallSpan, OperationSpan, Tracing, collection, listened_to};
#[cfg(feature = "tracing")]
pub use values::TraceValues;

use crate::error::Result;
use crate::heap::Heap;

impl Heap<'_> {
    /// Runs a call of the public function at a place of the interface in its span.
    #[inline]
    pub(crate) fn traced<R>(&mut self, place: usize, run: impl FnOnce(&mut Self, &CallSpan) -> Result<R>) -> Result<R> {
        let span = CallSpan::begin(self, place);
        let outcome = span.within(|| run(self, &span));
        span.end(self, outcome.as_ref().err());
        outcome
    }
}

/// Polls a future in a span.
#[cfg(feature = "async")]
pub(crate) async fn polled<F: Future>(context: Option<Context>, future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|waking| match &context {
        Some(context) => context.within(|| future.as_mut().poll(waking)),
        None => future.as_mut().poll(waking),
    })
    .await
}
