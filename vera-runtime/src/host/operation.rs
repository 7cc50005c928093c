//! Carrying out an operation: guards, failures and panics, and the recording of what came of it.

use super::record::{Ended, record};
use super::result::{Cause, Failure};
use crate::error::{Error, HostFailure, Result};
use crate::scope::{Scope, ShadowGuard};
use crate::state::State;
use crate::stop::panic_message;
use crate::value::Raw;
use crate::value::dynamic::{DynValue, lift};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use vera_abi::interface::{Interface, TypeId};
use vera_abi::layout::Rep;
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
    /// Runs an operation of the host.
    pub(super) fn perform<H: Send + 'static>(
        &self,
        caller: &mut Caller<'_, State>,
        params: &[Val],
        run: impl for<'s> Fn(&mut H, &mut Scope<'s>, &[Val]) -> Result<Raw, Failure>,
    ) -> wasmtime::Result<Raw> {
        let mut host = self.take_host(caller)?;
        let outcome = ShadowGuard::from_guest(caller.as_context_mut()).and_then(|guard| {
            let mut scope = Scope::new(guard);
            let arguments = self.arguments_to_record(&mut scope, params)?;
            let host = <dyn Any>::downcast_mut::<H>(host.as_mut());
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let host = host.ok_or_else(|| Error::internal("the host has another type than it was linked with"))?;
                run(host, &mut scope, params)
            }));
            if let Some(arguments) = arguments {
                self.record(&mut scope, &arguments, &outcome)?;
            }
            Ok(outcome)
        });
        caller.data_mut().host = Some(host);
        self.settle(caller, outcome?)
    }

    /// The host, which is nobody else's then.
    ///
    /// # Errors
    /// When another of its operations is running.
    pub(crate) fn take_host(&self, caller: &mut Caller<'_, State>) -> Result<Box<dyn Any + Send>> {
        caller.data_mut().host.take().ok_or_else(|| {
            let message = "called while another operation of the same host is running";
            self.failed(message.to_owned(), false, None)
        })
    }

    /// What an operation gives the guest.
    ///
    /// # Errors
    /// What ends the call of the guest.
    pub(crate) fn settle(
        &self,
        caller: &Caller<'_, State>,
        outcome: std::thread::Result<Result<Raw, Failure>>,
    ) -> wasmtime::Result<Raw> {
        match outcome {
            // The program may come to its end before it looks at the clock again.
            Ok(Ok(raw)) => caller.data().meter.check_deadline().map(|()| raw).map_err(Into::into),
            Ok(Err(Failure::Error(error))) => Err(error.into()),
            Ok(Err(Failure::Host(cause))) => Err(self.failed(cause.to_string(), false, Some(cause)).into()),
            Err(panic) => Err(self.failed(panic_message(panic.as_ref()), true, None).into()),
        }
    }

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

    pub(crate) fn record(
        &self,
        scope: &mut Scope<'_>,
        arguments: &[DynValue],
        outcome: &std::thread::Result<Result<Raw, Failure>>,
    ) -> Result<()> {
        let ended = match outcome {
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
        let Some(recorder) = &mut state.recorder else { return Ok(()) };
        let written = record(recorder, &self.effect, &self.name, arguments, &ended);
        written.map_err(|error| self.failed(format!("it cannot be recorded: {error}"), false, None))
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
