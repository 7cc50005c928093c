//! Async calls in progress. Polling one runs the guest, or the future of the operation that the guest waits for.

use super::enter::Enter;
use super::exchange::{Answer, Exchange, Host, Operation, Outcome, Question};
use crate::engine::{Alarm, Ticker, Ticking};
use crate::error::{Error, Limit, Result};
use crate::failure;
use crate::heap::Heap;
use crate::host::Failure;
use crate::state::State;
use crate::stop;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use wasmtime::{AsContextMut, Store};

/// An async call of a function. It runs while it is polled, on any executor.
///
/// Guest code runs within `poll`. If the instance has a deadline, guest code yields every few milliseconds, so several
/// calls on one thread make progress together. Without a deadline it runs until it ends or waits for its host. The
/// deadline includes the time between polls.
///
/// When the call is dropped, it ends. The future of its host is dropped too, and the instance answers the next call.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<'i, R>(Pin<Box<dyn Future<Output = Result<R>> + Send + 'i>>);

impl<'i, R> Call<'i, R> {
    pub(super) fn new(call: impl Future<Output = Result<R>> + Send + 'i) -> Self {
        Call(Box::pin(call))
    }
}

impl<R> Future for Call<'_, R> {
    type Output = Result<R>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<R>> {
        self.0.as_mut().poll(context)
    }
}

impl<R> fmt::Debug for Call<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}

/// Runs guest code to its end. `left` is the time that the call has, when it has a limit.
pub(super) async fn run<E: Enter>(store: &mut Store<State>, left: Option<Duration>, call: E) -> Result<E::Returned> {
    let running = Running::begin(store, left)?;
    let exchange = running.exchange()?;
    let (deadline, limit) = (running.store.data().meter.deadline(), running.store.data().limits.deadline);
    let outcome = {
        let mut guest = pin!(call.enter(running.store));
        loop {
            // A guest that is suspended has asked a question, or its slice of time is over.
            let step = poll_fn(|context| match guest.as_mut().poll(context) {
                Poll::Ready(outcome) => Poll::Ready(Step::Ended(outcome)),
                Poll::Pending => exchange.question().map_or(Poll::Pending, |asked| Poll::Ready(Step::Asked(asked))),
            });
            match step.await {
                Step::Ended(outcome) => break outcome,
                Step::Asked(Question { host, start }) => {
                    let mut lent = Lent { host: Some(host), exchange: &exchange };
                    let Some(host) = &mut lent.host else { continue };
                    let outcome = match catch_unwind(AssertUnwindSafe(|| start(host))) {
                        Ok(operation) => {
                            let alarm = deadline.map(Alarm::new);
                            let over = || Error::limit(Limit::Deadline(limit.unwrap_or_default()));
                            within(operation, alarm, over).await
                        }
                        Err(panic) => Err(panic),
                    };
                    lent.answer(outcome);
                }
            }
        }
    };
    running.end(outcome)
}

enum Step<R> {
    Ended(wasmtime::Result<R>),
    Asked(Question),
}

/// The outcome of an operation, or the error that its time is over.
async fn within(mut operation: Operation<'_>, alarm: Option<Alarm>, over: impl Fn() -> Error) -> Outcome {
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| operation.as_mut().poll(context))) {
        Ok(Poll::Ready(outcome)) => Poll::Ready(Ok(outcome)),
        Ok(Poll::Pending) if alarm.as_ref().is_some_and(|alarm| alarm.set(context.waker())) => {
            Poll::Ready(Ok(Err(Failure::Error(over()))))
        }
        Ok(Poll::Pending) => Poll::Pending,
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// A host that is lent to an operation; it goes back through the exchange, also when the call is dropped.
struct Lent<'e> {
    host: Option<Host>,
    exchange: &'e Exchange,
}

impl Lent<'_> {
    fn answer(mut self, outcome: Outcome) {
        self.give_back(Some(outcome));
    }

    fn give_back(&mut self, outcome: Option<Outcome>) {
        if let Some(host) = self.host.take() {
            self.exchange.answer(Answer { host, outcome });
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.give_back(None);
    }
}

/// An instance during a call. If it is dropped before the end, the instance is as after an error.
struct Running<'i> {
    store: &'i mut Store<State>,
    ended: bool,
    _ticking: Option<Ticking>,
}

impl<'i> Running<'i> {
    fn begin(store: &'i mut Store<State>, left: Option<Duration>) -> Result<Self> {
        let state = store.data_mut();
        let mut ticking = None;
        if state.limits.deadline.is_some() {
            state.meter.resume_clock(left);
            store.set_epoch_deadline(1);
            ticking = Some(Ticker::run()?);
        }
        Heap::new(store.as_context_mut()).publish()?;
        if let Some(fibers) = &mut store.data_mut().fibers {
            fibers.running = true;
            fibers.yields = ticking.is_some();
        }
        Ok(Running { store, ended: false, _ticking: ticking })
    }

    fn exchange(&self) -> Result<Arc<Exchange>> {
        let fibers = self.store.data().fibers.as_ref();
        fibers.map(|fibers| Arc::clone(&fibers.exchange)).ok_or_else(|| Error::internal("an instance without fibers"))
    }

    fn end<R>(mut self, outcome: wasmtime::Result<R>) -> Result<R> {
        self.ended = true;
        let mut heap = Heap::new(self.store.as_context_mut());
        heap.take_fuel()?;
        let outcome = outcome.map_err(|error| failure::convert(heap.store(), &error));
        self.store.data_mut().leave_started().and(outcome)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(fibers) = &mut self.store.data_mut().fibers {
            (fibers.running, fibers.yields) = (false, false);
        }
        if !self.ended {
            // A recording that cannot be written has nobody to report to here.
            let _ = self.store.data_mut().leave_started();
            stop::given_up(&mut self.store.as_context_mut());
        }
    }
}
