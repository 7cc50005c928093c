//! Results of operations that are futures.

use crate::error::{Result, Step};
use crate::host::{Cause, Failure, failure};
use crate::scope::Scope;
use crate::value::{Lower, Raw};
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;

/// What writes a result into the module.
pub(super) type Lowering = Box<dyn FnOnce(&mut Scope<'_>) -> Result<Raw> + Send>;

/// The future of an operation, as [`AsyncImports::operation`](crate::host::AsyncImports::operation) takes it.
pub type OperationFuture<'h, R> = Pin<Box<dyn Future<Output = Delivered<R>> + Send + 'h>>;

/// The output of a future that implements an operation with result type `R`: `R` itself, or a `Result` of it. An error ends
/// the program's call. It may be any error that can be sent to other threads, or a text.
///
/// A future has no scope, so it cannot return handles of values in the module.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by an operation whose result is `{R}`",
    label = "return `{R}` or a `Result` of it with an error, a `String` or a `&str`"
)]
pub trait IntoDelivered<R> {
    /// Makes the result.
    fn into_delivered(self) -> Delivered<R>;
}

/// The result of an operation, before it is written into the module.
pub struct Delivered<R> {
    outcome: Result<Lowering, Failure>,
    result: PhantomData<fn() -> R>,
}

impl<R> Delivered<R> {
    pub(super) fn into_outcome(self) -> Result<Lowering, Failure> {
        self.outcome
    }
}

impl<R> fmt::Debug for Delivered<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivered").field("failure", &self.outcome.as_ref().err()).finish_non_exhaustive()
    }
}

/// The result of an operation of result type `R`; see [`IntoDelivered`].
pub fn delivered<R>(result: impl IntoDelivered<R>) -> Delivered<R> {
    result.into_delivered()
}

impl<R: Lower + Send> IntoDelivered<R> for R {
    fn into_delivered(self) -> Delivered<R> {
        let lowering: Lowering = Box::new(move |scope| {
            scope.heap().reset_budget();
            self.lower(scope.heap()).map_err(|error| error.reached_by(Step::Result))
        });
        Delivered { outcome: Ok(lowering), result: PhantomData }
    }
}

impl<R: Lower + Send, E: Into<Cause>> IntoDelivered<R> for Result<R, E> {
    fn into_delivered(self) -> Delivered<R> {
        match self {
            Ok(value) => value.into_delivered(),
            Err(error) => Delivered { outcome: Err(failure(error)), result: PhantomData },
        }
    }
}

/// A part of a composed host with plain methods, in an instance with async calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Blocking<T>(
    /// The host.
    pub T,
);

/// A part of a composed host with operations that are futures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Awaited<T>(
    /// The host.
    pub T,
);
