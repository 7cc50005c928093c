//! Carrying out an operation, at once or started: guards, failures and panics, and the recording of what came of it.

use super::record::{Ended, record};
use super::result::{Cause, Failure, Outcome};
use super::started::Work;
use crate::error::{Error, HostFailure, Result};
use crate::scope::{Scope, ShadowGuard};
use crate::state::State;
use crate::stop::panic_message;
use crate::trace::{self, OperationSpan};
use crate::value::Raw;
use crate::value::dynamic::{DynValue, lift};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use vera_abi::heap;
use vera_abi::interface::{Interface, TypeId};
use vera_abi::layout::{FixedLayout, Rep, fixed, record as record_layout};
use vera_abi::prelude::future;
use wasmtime::{AsContextMut, Caller, Val};

/// An operation that a module imports.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The effect, as it is shown.
    pub(super) effect: String,
    pub(super) name: String,
    pub(super) params: Vec<TypeId>,
    pub(super) result: TypeId,
}

impl Operation {
    /// Runs an operation of the host. `params` are for those who watch it: a recorder, and who listens to traces.
    #[inline]
    pub(super) fn perform<H: Send + 'static>(
        &self,
        caller: &mut Caller<'_, State>,
        params: impl FnOnce() -> Vec<Val>,
        run: impl for<'s> FnOnce(&mut H, &mut Scope<'s>) -> Outcome,
    ) -> wasmtime::Result<Raw> {
        let watched = caller.data().recorder.is_some() || trace::listened_to();
        self.with_host(caller, |host, scope| {
            let run = |host: &mut H, scope: &mut Scope<'_>| run(host, scope).now(scope);
            if !watched {
                return Ok(carry_out(host, |host| run(host, scope)));
            }
            let params = &params();
            let span = self.span(scope, params);
            let done = span.within(|| {
                let arguments = self.arguments_to_record(scope, params)?;
                let done = carry_out(host, |host| run(host, scope));
                self.record(scope, None, arguments, &done)?;
                Ok(done)
            });
            self.end_span(span, scope, &done);
            done
        })
    }

    /// Starts an operation of the host, or runs it at once if it cannot be started. The result is the record of a future. The
    /// last argument is the tag of a started future.
    pub(super) fn start<H: Send + 'static>(
        self: &Arc<Self>,
        caller: &mut Caller<'_, State>,
        params: &[Val],
        run: impl for<'s> Fn(&mut H, &mut Scope<'s>, &[Val]) -> Outcome,
    ) -> wasmtime::Result<Raw> {
        let Some((tag, params)) = params.split_last() else {
            return Err(Error::internal("an operation is started without a tag").into());
        };
        let tag = tag.i64().and_then(|tag| u32::try_from(tag).ok()).filter(|&tag| tag <= heap::MAX_TAG);
        let tag = tag.ok_or_else(|| Error::internal("an operation is started with a tag that is none"))?;
        self.with_host(caller, |host, scope| {
            let span = self.span(scope, params);
            let mut started = None;
            let done = span.within(|| {
                let arguments = self.arguments_to_record(scope, params)?;
                let state = scope.heap().state();
                scope.starting = (state.started.len() as u64) < u64::from(state.limits.started);
                let done = carry_out(host, |host| match run(host, scope, params) {
                    Outcome::Later(work) if scope.starting => {
                        started = Some(work);
                        Ok(Raw::UNIT)
                    }
                    outcome => outcome.now(scope),
                });
                scope.starting = false;
                if started.is_none() {
                    self.record(scope, None, arguments, &done)?;
                    return Ok((None, done));
                }
                Ok((arguments, done))
            });
            match (started, done) {
                (Some(work), Ok((arguments, _))) => {
                    self.begin(scope, tag, arguments, span, work).map(|future| Ok(Ok(future)))
                }
                (_, done) => {
                    let done = done.map(|(_, done)| done);
                    self.end_span(span, scope, &done);
                    match done? {
                        Ok(Ok(raw)) => self.finished(scope, raw).map(|future| Ok(Ok(future))),
                        failed => Ok(failed),
                    }
                }
            }
        })
    }

    /// Starts the work of an operation, and makes the record of its future.
    fn begin(
        self: &Arc<Self>,
        scope: &mut Scope<'_>,
        tag: u32,
        arguments: Option<Vec<DynValue>>,
        span: OperationSpan,
        work: Work,
    ) -> Result<Raw> {
        const STARTED: FixedLayout<2> = fixed(future::STARTED);
        const CELL: FixedLayout<1> = fixed(future::CELL);
        let recorded = arguments.is_some();
        let (_, state) = scope.heap().view();
        let number = state.started.start(Arc::clone(self), arguments, span, work);
        if recorded && let Some(recorder) = &mut state.recorder {
            recorder.reserve(number);
        }
        let heap = scope.heap();
        heap.reset_budget();
        let none = heap.constant(future::FUTURE);
        let cell = heap.record(0, &CELL, &[none])?;
        heap.root(cell.pointer())?;
        heap.record(tag, &STARTED, &[Raw::from_bits(number), cell])
    }

    /// Waits for the result of an operation that was started.
    pub(super) fn wait(self: &Arc<Self>, caller: &mut Caller<'_, State>, params: &[Val]) -> wasmtime::Result<Raw> {
        let number = params.first().and_then(Val::i64).and_then(|number| u64::try_from(number).ok());
        let Some(number) = number else { return Err(self.not_started().into()) };
        let entry = caller.data_mut().started.take(number);
        let Some(mut entry) = entry.filter(|entry| Arc::ptr_eq(&entry.operation, self)) else {
            return Err(self.not_started().into());
        };
        let carried = ShadowGuard::from_guest(caller.as_context_mut()).and_then(|guard| {
            let mut scope = Scope::new(guard);
            let (arguments, span) = (entry.arguments.take(), entry.span.take());
            let waited = entry.wait(&scope);
            let done = match waited {
                Ok(Ok(finish)) => catch_unwind(AssertUnwindSafe(|| finish(&mut scope))),
                Ok(Err(panic)) => Err(panic),
                Err(late) => Ok(Err(Failure::Error(late))),
            };
            let done = self.record(&mut scope, Some(number), arguments, &done).map(|()| done);
            if let Some(span) = span {
                self.end_span(span, &mut scope, &done);
            }
            done
        });
        self.settle(caller, carried?)
    }

    /// The span of the operation, with its arguments if they are shown.
    pub(crate) fn span(&self, scope: &mut Scope<'_>, params: &[Val]) -> OperationSpan {
        let heap = scope.heap();
        let span = OperationSpan::begin(heap, &self.effect, &self.name);
        span.arguments(heap, &self.params, params);
        span
    }

    /// Ends the span with what came of the operation.
    pub(crate) fn end_span(
        &self,
        span: OperationSpan,
        scope: &mut Scope<'_>,
        done: &Result<std::thread::Result<Result<Raw, Failure>>>,
    ) {
        let outcome = match done {
            Ok(Ok(Ok(raw))) => {
                span.result(scope.heap(), self.result, *raw);
                "ok"
            }
            Ok(Ok(Err(Failure::Host(_)))) => "host_error",
            Ok(Ok(Err(Failure::Error(error)))) | Err(error) => error.kind(),
            Ok(Err(_)) => "panic",
        };
        span.end(outcome);
    }

    /// The error for a number that no operation has, which no module of the compiler asks for.
    pub(crate) fn not_started(&self) -> Error {
        Error::internal(format!("{}.{} was not started, or was awaited", self.effect, self.name))
    }

    /// Makes the finished future of a result that nothing roots.
    pub(crate) fn finished(&self, scope: &mut Scope<'_>, result: Raw) -> Result<Raw> {
        let rep = scope.heap().state().metadata.interface.ty(self.result).rep();
        let heap = scope.heap();
        heap.reset_budget();
        heap.root_value(rep, result)?;
        heap.record_dyn(future::FUTURE, &record_layout(&[rep]), &[result])
    }

    /// Does something with the host, which is absent meanwhile.
    #[inline]
    fn with_host<H: Send + 'static>(
        &self,
        caller: &mut Caller<'_, State>,
        work: impl FnOnce(Option<&mut H>, &mut Scope<'_>) -> Result<std::thread::Result<Result<Raw, Failure>>>,
    ) -> wasmtime::Result<Raw> {
        let mut host = self.take_host(caller)?;
        let carried = ShadowGuard::from_guest(caller.as_context_mut()).and_then(|guard| {
            let mut scope = Scope::new(guard);
            work(<dyn Any>::downcast_mut::<H>(host.as_mut()), &mut scope)
        });
        caller.data_mut().host = Some(host);
        self.settle(caller, carried?)
    }

    /// The host, which is nobody else's then.
    ///
    /// # Errors
    /// When another of its operations is running.
    #[inline]
    pub(crate) fn take_host(&self, caller: &mut Caller<'_, State>) -> Result<Box<dyn Any + Send>> {
        match caller.data_mut().host.take() {
            Some(host) => Ok(host),
            None => Err(self.host_is_taken()),
        }
    }

    #[cold]
    fn host_is_taken(&self) -> Error {
        let message = "called while another operation of the same host is running";
        self.failed(message.to_owned(), false, None)
    }

    /// What an operation gives the guest.
    ///
    /// # Errors
    /// What ends the call of the guest.
    #[inline]
    pub(crate) fn settle(
        &self,
        caller: &Caller<'_, State>,
        outcome: std::thread::Result<Result<Raw, Failure>>,
    ) -> wasmtime::Result<Raw> {
        let error = match outcome {
            // The program may come to its end before it looks at the clock again.
            Ok(Ok(raw)) => match caller.data().meter.check_deadline() {
                Ok(()) => return Ok(raw),
                Err(late) => late,
            },
            Ok(Err(failure)) => self.error_of(failure),
            Err(panic) => self.failed(panic_message(panic.as_ref()), true, None),
        };
        Err(error.into())
    }

    #[cold]
    fn error_of(&self, failure: Failure) -> Error {
        match failure {
            Failure::Error(error) => error,
            Failure::Host(cause) => self.failed(cause.to_string(), false, Some(cause)),
        }
    }

    #[cold]
    fn failed(&self, message: String, panicked: bool, cause: Option<Cause>) -> Error {
        let (effect, operation, cause) = (self.effect.clone(), self.name.clone(), cause.map(Arc::from));
        Error::Host(Box::new(HostFailure { effect, operation, message, panicked, cause, backtrace: Vec::new() }))
    }

    /// The arguments as values of any type.
    pub(super) fn arguments(
        &self,
        interface: &Interface,
        scope: &mut Scope<'_>,
        params: &[Val],
    ) -> Result<Vec<DynValue>> {
        let mut next = raw_values(params);
        let held = scope.heap().meter().held();
        let arguments = self.params.iter().map(|&id| {
            let raw = next(interface.ty(id).rep())?;
            lift(interface, &mut scope.heap().reader(), id, raw)
        });
        let arguments: Result<_> = arguments.collect();
        scope.heap().meter().release(held);
        arguments
    }

    /// The arguments, when the instance is recorded.
    pub(crate) fn arguments_to_record(&self, scope: &mut Scope<'_>, params: &[Val]) -> Result<Option<Vec<DynValue>>> {
        if scope.heap().state().recorder.is_none() {
            return Ok(None);
        }
        let metadata = Arc::clone(&scope.heap().state().metadata);
        self.arguments(&metadata.interface, scope, params).map(Some)
    }

    /// Records what came of the operation, if there are `arguments`. `number` is that of a started one.
    pub(crate) fn record(
        &self,
        scope: &mut Scope<'_>,
        number: Option<u64>,
        arguments: Option<Vec<DynValue>>,
        done: &std::thread::Result<Result<Raw, Failure>>,
    ) -> Result<()> {
        let Some(arguments) = arguments else { return Ok(()) };
        let ended = match done {
            Ok(Ok(raw)) => {
                let metadata = Arc::clone(&scope.heap().state().metadata);
                let held = scope.heap().meter().held();
                let result = lift(&metadata.interface, &mut scope.heap().reader(), self.result, *raw);
                scope.heap().meter().release(held);
                Ended::Result(result?)
            }
            Ok(Err(Failure::Error(Error::Exit(code)))) => Ended::Exit(*code),
            Ok(Err(Failure::Error(error))) => Ended::Error(error.to_string()),
            Ok(Err(Failure::Host(cause))) => Ended::Error(cause.to_string()),
            Err(panic) => Ended::Error(panic_message(panic.as_ref())),
        };
        let (_, state) = scope.heap().view();
        self.write(state, number, &arguments, &ended)
    }

    fn write(&self, state: &mut State, number: Option<u64>, arguments: &[DynValue], ended: &Ended) -> Result<()> {
        let Some(recorder) = &mut state.recorder else { return Ok(()) };
        let written = record(recorder, number, &self.effect, &self.name, arguments, ended);
        written.map_err(|error| self.failed(format!("it cannot be recorded: {error}"), false, None))
    }
}

/// Runs a method of the host.
#[inline]
fn carry_out<H, R>(
    host: Option<&mut H>,
    run: impl FnOnce(&mut H) -> Result<R, Failure>,
) -> std::thread::Result<Result<R, Failure>> {
    catch_unwind(AssertUnwindSafe(|| {
        let host = host.ok_or_else(|| Error::internal("the host has another type than it was linked with"))?;
        run(host)
    }))
}

impl State {
    /// Leaves behind what the call that ends has started and not awaited.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub(crate) fn leave_started(&mut self) -> Result<()> {
        let mut outcome = Ok(());
        for (number, entry) in self.started.take_all() {
            if let Some(span) = entry.span {
                span.end("left");
            }
            if let Some(arguments) = &entry.arguments {
                let written = entry.operation.write(self, Some(number), arguments, &Ended::Left);
                outcome = outcome.and(written);
            }
        }
        outcome
    }
}

/// Reads WebAssembly values in order, as values of Vera representations.
pub(crate) fn raw_values(params: &[Val]) -> impl FnMut(Rep) -> Result<Raw> {
    let mut params = params.iter();
    move |rep| {
        let mut next = || params.next().ok_or_else(|| Error::internal("an operation got too few arguments"));
        Ok(match rep {
            Rep::Unit => Raw::UNIT,
            Rep::Byte | Rep::Ptr => Raw::from_pointer(next()?.i32().unwrap_or_default() as u32),
            Rep::I64 => Raw::from_bits(next()?.i64().unwrap_or_default() as u64),
            Rep::F64 => match next()? {
                Val::F64(bits) => Raw::from_bits(*bits),
                _ => return Err(Error::internal("an operation got an argument of another type")),
            },
            Rep::Slice => {
                let pointer = next()?.i32().unwrap_or_default() as u32;
                Raw::from_slice(pointer, next()?.i32().unwrap_or_default() as u32)
            }
        })
    }
}
