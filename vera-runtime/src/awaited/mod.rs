//! Async calls, and hosts whose operations are futures.
//!
//! An [`AsyncInstance`] runs its module on fibers: separate stacks of the engine, which a call can leave and enter again.
//! When the module performs an operation of an async host, the call leaves its fiber. Whoever polls the call then polls
//! the future of the operation, on the stack of its own thread. No executor is needed. A call is woken by the future
//! of its host, by its deadline, and by itself after a slice of time.
//!
//! Invariants:
//! * A fiber is suspended only while it waits for an answer, and at the end of a slice of time. No scope is open then: the
//!   roots are those of the guest.
//! * The host is in one place: in the state, or with the question or the answer in the [`exchange`]. When a call is dropped,
//!   the host is put back.
//! * A future is never polled on a fiber. So it has the stack that its thread reports.
//!
//! Deliberately, an operation that is not a future blocks the thread, as it does in a plain call, and so does a program that
//! awaits an operation that a plain host has started.

mod call;
mod effects;
mod enter;
mod exchange;
mod imports;
mod instance;
mod now;
mod operation;
mod result;
mod template;

pub use call::Call;
pub use effects::{
    AsyncClock, AsyncDatabase, AsyncHttp, AsyncInference, GrantClock, GrantDatabase, GrantHttp, GrantInference,
};
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
