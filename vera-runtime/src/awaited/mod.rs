//! Calls that are awaited, and hosts whose operations are futures.
//!
//! An [`AsyncInstance`] runs the module on fibers of the engine: stacks of their own, from which a call can leave and to which it
//! comes back. Where the module performs an operation whose host is a future, the call leaves the fiber, and whoever
//! polls the call polls that future, on the stack of its own thread. Nothing here knows an executor: a call is
//! woken by what its host waits for, by its deadline, and by itself where it computes for long.
//!
//! Invariants:
//! * Nothing suspends a fiber but the wait for an answer and the end of a slice of time, and neither is within a scope: while a
//!   call is away, the roots are the guest's own.
//! * The host of an operation is in one place: in the state, or with the question or the answer, which [`exchange`] holds.
//!   Whatever is dropped puts it back.
//! * What the host waits for is never polled on a fiber, so that it has the stack that its thread says it has.
//!
//! Deliberately, an operation that is no future blocks whoever polls, as it blocks a call that is not awaited.

mod call;
mod enter;
mod exchange;
mod imports;
mod instance;
mod now;
mod operation;
mod result;
mod template;

pub use call::Call;
pub use imports::AsyncImports;
pub use instance::AsyncInstance;
pub(crate) use now::now;
pub use result::{Awaited, Blocking, Delivered, IntoDelivered, OperationFuture, delivered};
pub use template::AsyncTemplate;

use exchange::Exchange;
use std::sync::Arc;

/// What the state of an instance has whose guest code runs on fibers.
#[derive(Debug)]
pub(crate) struct Fibers {
    exchange: Arc<Exchange>,
    /// Whether the guest gives way when the clock ticks.
    pub(crate) yields: bool,
    /// Whether a call is under way.
    running: bool,
}

impl Fibers {
    pub(crate) fn new() -> Self {
        Fibers { exchange: Arc::default(), yields: false, running: false }
    }
}
