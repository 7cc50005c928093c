//! How a built-in of the host runs: in a guard that also catches its panics.

use crate::error::{Error, Result};
use crate::heap::Heap;
use crate::scope::ShadowGuard;
use crate::stack::entered;
use crate::state::State;
use crate::stop::panic_message;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wasmtime::{AsContextMut, Caller};

/// Runs a walk with its roots released afterwards. The libraries that parse are not ours: should one panic, that is an
/// error of the call too.
pub(super) fn guarded<R>(
    caller: &mut Caller<'_, State>,
    walk: impl FnOnce(&mut Heap<'_>) -> Result<R>,
) -> wasmtime::Result<R> {
    let mut guard = ShadowGuard::from_guest(caller.as_context_mut())?;
    let on_fibers = guard.heap.state().on_fibers();
    let outcome = catch_unwind(AssertUnwindSafe(|| entered(on_fibers, || walk(&mut guard.heap))));
    let outcome = outcome
        .unwrap_or_else(|panic| Err(Error::internal(format!("a parser panicked: {}", panic_message(panic.as_ref())))));
    let outcome = outcome.and_then(|result| guard.heap.meter().check_deadline().map(|()| result));
    outcome.map_err(Into::into)
}
