//! Carrying out an operation that is a future: the part of it that runs on the fiber.

use super::exchange::{Exchange, Host, Outcome, Question, Start};
use crate::error::{Error, Result};
use crate::host::{Failure, Operation};
use crate::scope::{Scope, ShadowGuard};
use crate::stack::on_fiber;
use crate::state::State;
use crate::trace::{Context, OperationSpan, polled};
use crate::value::Raw;
use crate::value::dynamic::DynValue;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use wasmtime::{AsContextMut, Caller, Val};

/// Reads the arguments of an operation and makes what starts it.
pub(super) type Prepare = Box<dyn Fn(&mut Scope<'_>, &[Val]) -> Result<Start> + Send + Sync>;

/// An operation that a module imports, and whose host is a future.
pub(super) struct AwaitedOperation {
    pub(super) operation: Operation,
    pub(super) prepare: Prepare,
}

impl AwaitedOperation {
    /// Asks for the operation, waits, and writes its result.
    pub(super) async fn perform(&self, caller: &mut Caller<'_, State>, params: &[Val]) -> wasmtime::Result<Raw> {
        let exchange = match &caller.data().fibers {
            Some(fibers) => Arc::clone(&fibers.exchange),
            None => return Err(Error::internal("an operation is awaited outside of a fiber").into()),
        };
        let asked = on_fiber(|| self.ask(caller, &exchange, params))?;
        let (host, outcome) = {
            let waiting = Waiting { caller, exchange: &exchange };
            poll_fn(|_| waiting.exchange.answered().map_or(Poll::Pending, Poll::Ready)).await
        };
        caller.data_mut().host = Some(host);
        on_fiber(|| self.finish(caller, asked, outcome))
    }

    /// What `async` makes of the operation: a finished future. Its host is borrowed while it is awaited, so that the program
    /// cannot go on meanwhile. The last argument is the tag of a started future.
    pub(super) async fn start(&self, mut caller: Caller<'_, State>, params: &[Val]) -> wasmtime::Result<Raw> {
        let params = params.split_last().map_or(params, |(_, params)| params);
        let result = self.perform(&mut caller, params).await?;
        let future = on_fiber(|| {
            let guard = ShadowGuard::from_guest(caller.as_context_mut())?;
            self.operation.finished(&mut Scope::new(guard), result)
        });
        future.map_err(Into::into)
    }

    /// Asks for the operation.
    fn ask(&self, caller: &mut Caller<'_, State>, exchange: &Exchange, params: &[Val]) -> wasmtime::Result<Asked> {
        let host = self.operation.take_host(caller)?;
        let prepared = ShadowGuard::from_guest(caller.as_context_mut()).and_then(|guard| {
            let mut scope = Scope::new(guard);
            let span = self.operation.span(&mut scope, params);
            let prepared = self.operation.arguments_to_record(&mut scope, params);
            let prepared = prepared.and_then(|recorded| Ok((recorded, (self.prepare)(&mut scope, params)?)));
            match prepared {
                Ok((recorded, start)) => Ok((Asked { recorded, span }, start)),
                Err(error) => {
                    span.end(error.kind());
                    Err(error)
                }
            }
        });
        match prepared {
            Ok((asked, start)) => {
                let start = match asked.span.context() {
                    None => start,
                    Some(context) => in_span(context, start),
                };
                exchange.ask(Question { host, start });
                Ok(asked)
            }
            Err(error) => {
                caller.data_mut().host = Some(host);
                Err(error.into())
            }
        }
    }

    fn finish(
        &self,
        caller: &mut Caller<'_, State>,
        Asked { recorded, span }: Asked,
        outcome: Outcome,
    ) -> wasmtime::Result<Raw> {
        let outcome = ShadowGuard::from_guest(caller.as_context_mut()).and_then(|guard| {
            let mut scope = Scope::new(guard);
            let outcome = match outcome {
                Ok(Ok(lowering)) => catch_unwind(AssertUnwindSafe(|| lowering(&mut scope).map_err(Failure::Error))),
                Ok(Err(failure)) => Ok(Err(failure)),
                Err(panic) => Err(panic),
            };
            let outcome = self.operation.record(&mut scope, None, recorded, &outcome).map(|()| outcome);
            self.operation.end_span(span, &mut scope, &outcome);
            outcome
        });
        self.operation.settle(caller, outcome?)
    }
}

/// An operation that was asked for.
struct Asked {
    /// Its arguments, when the instance is recorded.
    recorded: Option<Vec<DynValue>>,
    span: OperationSpan,
}

/// Starts and polls the operation in its span, on whichever thread polls the call.
fn in_span(context: Context, start: Start) -> Start {
    Box::new(move |host| {
        let operation = context.within(|| start(host));
        Box::pin(polled(Some(context), operation))
    })
}

/// Puts the host back when the call is dropped.
struct Waiting<'w, 'c> {
    caller: &'w mut Caller<'c, State>,
    exchange: &'w Exchange,
}

impl Drop for Waiting<'_, '_> {
    fn drop(&mut self) {
        if let Some(host) = self.exchange.recall() {
            self.caller.data_mut().host = Some(host);
        }
    }
}

/// The future of an operation of one kind of host.
pub(super) fn of_host<H: 'static>(host: &mut Host) -> Result<&mut H, Failure> {
    let found = host.as_mut().downcast_mut::<H>();
    found.ok_or_else(|| Error::internal("the host has another type than it was linked with").into())
}
