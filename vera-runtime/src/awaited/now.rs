//! Guest code that is run where it is called, on a fiber all the same.
//!
//! An instance whose calls are awaited runs nothing but fibers, so the allocator runs on one, too, when the host
//! writes a value. It never waits. What a host calls from within an operation, or from a scope, might want to: it
//! gets an error.

use super::exchange::Exchange;
use crate::error::Error;
use crate::state::State;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use wasmtime::{AsContextMut, StoreContextMut};

/// Runs guest code to its end.
///
/// # Errors
/// What it ended in, or that it waits for its host.
pub(crate) fn now<R>(
    store: &mut StoreContextMut<'_, State>,
    call: impl AsyncFnOnce(StoreContextMut<'_, State>) -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    let Some(fibers) = &mut store.data_mut().fibers else {
        return Err(Error::internal("a call that is not awaited on a fiber").into());
    };
    let (exchange, yields) = (Arc::clone(&fibers.exchange), std::mem::take(&mut fibers.yields));
    let outcome = to_the_end(call(store.as_context_mut()), &exchange);
    if let Some(fibers) = &mut store.data_mut().fibers {
        fibers.yields = yields;
    }
    outcome
}

fn to_the_end<R>(call: impl Future<Output = wasmtime::Result<R>>, exchange: &Exchange) -> wasmtime::Result<R> {
    let mut call = pin!(call);
    loop {
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => return outcome,
            Poll::Pending if exchange.is_asked() => return Err(not_here().into()),
            Poll::Pending => {}
        }
    }
}

#[cold]
fn not_here() -> Error {
    Error::argument(
        "the function performs an operation that is awaited, which no function does that is called from a scope: use `call_async`",
    )
}
