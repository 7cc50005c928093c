//! The return types of methods that implement operations.

use super::started::Work;
use crate::error::{Error, Result, Step};
use crate::scope::{Rooted, Scope};
use crate::value::{Lower, Raw, Value};
use std::marker::PhantomData;

/// A valid return value of an operation of result type `R`: `R` itself, a handle of a value that was built in the
/// scope, or a `Result` of either. An error ends the program's call. It is a text, or any error that can be sent to
/// other threads, and becomes the [`source`](std::error::Error::source) of the call's error.
/// [`Started`](super::Started) gives any of these, except a handle, while the program goes on.
///
/// Generated traits require it for every lifetime: a handle can only come from [`WithScope`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by an operation whose result is `{R}`",
    label = "return `{R}`, `Rooted<'_, {R}>`, or a `Result` of one of them with an error, a `String` or a `&str`"
)]
pub trait IntoHostResult<'s, R: Value> {
    /// Writes the result into the module.
    fn into_host_result(self, scope: &mut Scope<'s>) -> Lowered<R>;
}

/// The result of an operation, written into the module, its failure, or the work that gives it.
pub struct Lowered<R> {
    outcome: Outcome,
    result: PhantomData<fn() -> R>,
}

impl<R> std::fmt::Debug for Lowered<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.outcome {
            Outcome::Now(outcome) => f.debug_tuple("Lowered").field(outcome).finish(),
            Outcome::Later(_) => f.write_str("Lowered(started)"),
        }
    }
}

/// What came of an operation.
pub(crate) enum Outcome {
    /// Its result.
    Now(Result<Raw, Failure>),
    /// What gives its result.
    Later(Work),
}

impl Outcome {
    /// The result, when it must be there at once.
    #[inline]
    pub(crate) fn now(self, scope: &mut Scope<'_>) -> Result<Raw, Failure> {
        match self {
            Outcome::Now(result) => result,
            Outcome::Later(work) => work.now(scope),
        }
    }
}

/// An error of the host.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why an operation has no result.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The method's own error.
    Host(Cause),
    /// An error of the runtime.
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Error(error)
    }
}

impl<R> Lowered<R> {
    #[inline]
    pub(super) fn new(outcome: Outcome) -> Self {
        Lowered { outcome, result: PhantomData }
    }

    #[inline]
    pub(crate) fn now(result: Result<Raw, Failure>) -> Self {
        Self::new(Outcome::Now(result))
    }

    #[inline]
    pub(crate) fn into_outcome(self) -> Outcome {
        self.outcome
    }
}

/// An error of the runtime stays what it is; any other is kept as the cause.
pub(crate) fn failure(error: impl Into<Cause>) -> Failure {
    match error.into().downcast::<Error>() {
        Ok(own) => Failure::Error(*own),
        Err(cause) => Failure::Host(cause),
    }
}

impl<'s, R: Lower> IntoHostResult<'s, R> for R {
    #[inline]
    fn into_host_result(self, scope: &mut Scope<'s>) -> Lowered<R> {
        scope.heap().reset_budget();
        let lowered = self.lower(scope.heap());
        Lowered::now(lowered.map_err(|error| Failure::Error(error.reached_by(Step::Result))))
    }
}

impl<'s, R: Lower, E: Into<Cause>> IntoHostResult<'s, R> for Result<R, E> {
    #[inline]
    fn into_host_result(self, scope: &mut Scope<'s>) -> Lowered<R> {
        match self {
            Ok(value) => value.into_host_result(scope),
            Err(error) => Lowered::now(Err(failure(error))),
        }
    }
}

impl<'s, R: Value> IntoHostResult<'s, R> for Rooted<'s, R> {
    #[inline]
    fn into_host_result(self, _scope: &mut Scope<'s>) -> Lowered<R> {
        Lowered::now(Ok(self.raw))
    }
}

impl<'s, R: Value, E: Into<Cause>> IntoHostResult<'s, R> for Result<Rooted<'s, R>, E> {
    #[inline]
    fn into_host_result(self, scope: &mut Scope<'s>) -> Lowered<R> {
        match self {
            Ok(value) => value.into_host_result(scope),
            Err(error) => Lowered::now(Err(failure(error))),
        }
    }
}

/// The result of a method with a scope parameter under `#[vera_host]`: a function that runs in the operation's scope.
pub struct WithScope<F>(
    /// Takes the operation's scope and returns what the method returns.
    pub F,
);

impl<F> std::fmt::Debug for WithScope<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WithScope")
    }
}

impl<'s, R: Value, F, T> IntoHostResult<'s, R> for WithScope<F>
where
    F: FnOnce(&mut Scope<'s>) -> T,
    T: IntoHostResult<'s, R>,
{
    #[inline]
    fn into_host_result(self, scope: &mut Scope<'s>) -> Lowered<R> {
        (self.0)(scope).into_host_result(scope)
    }
}

/// A method that `#[vera_host]` finds only on a host whose trait is not that of an effect.
#[doc(hidden)]
pub trait NotAnEffect {
    /// Effect traits have a callable method of this name.
    fn __vera_effect(&self)
    where
        PhantomData<Self>: EffectTrait,
    {
    }
}

impl<T: ?Sized> NotAnEffect for T {}

/// Never implemented.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`#[vera_host]` goes on an `impl` of a trait that Vera made from an `effect`",
    label = "this trait is not the trait of a Vera effect",
    note = "the traits of `vera_runtime::host` are implemented without `#[vera_host]`"
)]
pub trait EffectTrait {}
