//! Instances with async calls.

use super::call::{Call, run};
use super::enter::{Typed, Wide};
use crate::call::Function;
use crate::error::{Error, Result};
use crate::heap::Heap;
use crate::host::Recorder;
use crate::host::raw_values;
use crate::instance::Instance;
use crate::limits::Limits;
use crate::module::InterfaceRef;
use crate::scope::Scope;
use crate::value::dynamic::{DynValue, WideArguments, lift};
use crate::value::flat::Repr;
use crate::value::{Arguments, Lift, Params, Value};
use std::fmt;
use std::time::{Duration, Instant};
use wasmtime::AsContextMut;

/// An instance with async calls: operations of its host may be futures. Otherwise it is like [`Instance`].
///
/// [`AsyncImports::instantiate`](crate::host::AsyncImports::instantiate) and an [`AsyncTemplate`](crate::AsyncTemplate)
/// make it. It can move to other threads, even during a call.
///
/// A call runs on a separate stack, of the size of [`Limits::native_stack`] if the module recurses. The instance keeps the stack
/// for the next call, with the pages that the deepest call used.
#[must_use = "an instance does nothing until one of its functions is called"]
pub struct AsyncInstance<H = ()> {
    inner: Instance<H>,
}

impl<H: Send + 'static> AsyncInstance<H> {
    pub(super) fn new(inner: Instance<H>) -> Self {
        AsyncInstance { inner }
    }

    /// As [`Instance::function`].
    ///
    /// # Errors
    /// As [`Instance::function`].
    pub fn function<P: Params, R: Value>(&mut self, name: &str) -> Result<Function<P, R>> {
        self.inner.function(name)
    }

    /// Calls a function. The arguments are written into the module now; everything else happens when the call is polled.
    ///
    /// The call returns the errors of [`Instance::call`]. The deadline also ends a call that waits for its host.
    pub fn call_async<P: Params, R: Lift>(
        &mut self,
        function: &Function<P, R>,
        arguments: impl Arguments<'static, P>,
    ) -> Call<'_, R> {
        let flat = self.prepare(|heap| {
            if function.owner != heap.state().owner {
                return Err(Error::argument("the function belongs to another instance"));
            }
            arguments.flatten(heap)
        });
        let func = function.func.clone();
        let store = self.inner.store();
        Call::new(async move {
            let (flat, left) = flat?;
            let returned = run(store, left, Typed(func, flat)).await?;
            R::lift(&mut Heap::new(store.as_context_mut()).reader(), R::Repr::returned(returned))
        })
    }

    /// The async form of [`Instance::call_wide`].
    pub fn call_wide_async<R: Lift>(
        &mut self,
        name: &str,
        add: impl FnOnce(&mut WideArguments<'_, '_>) -> Result<()>,
    ) -> Call<'_, R> {
        let found = self.inner.find(name);
        let prepared = found.and_then(|(func, ..)| Ok((func, self.prepare(|heap| WideArguments::all(heap, add))?)));
        let store = self.inner.store();
        Call::new(async move {
            let (func, (values, left)) = prepared?;
            let returned = run(store, left, Wide { func, values, results: R::REP.values() }).await?;
            let raw = raw_values(&returned)(R::REP)?;
            R::lift(&mut Heap::new(store.as_context_mut()).reader(), raw)
        })
    }

    /// The async form of [`Instance::call_dynamic`].
    pub fn call_dynamic_async(&mut self, name: &str, arguments: &[DynValue]) -> Call<'_, DynValue> {
        let metadata = self.interface().0;
        let found = self.inner.find_dynamic(name, arguments.len());
        let prepared = found.and_then(|(func, description, _)| {
            let flat = self.prepare(|heap| heap.flatten_dynamic(&metadata.interface, &description, arguments))?;
            Ok((func, description, flat))
        });
        let store = self.inner.store();
        Call::new(async move {
            let (func, description, (values, left)) = prepared?;
            let interface = &metadata.interface;
            let rep = interface.ty(description.result).rep();
            let returned = run(store, left, Wide { func, values, results: rep.values() }).await?;
            let raw = raw_values(&returned)(rep)?;
            lift(interface, &mut Heap::new(store.as_context_mut()).reader(), description.result, raw)
        })
    }

    /// As [`Instance::scope`]. A scope cannot wait: a call in it of a function that performs an operation of an async host
    /// returns [`Error::Argument`].
    ///
    /// # Errors
    /// As [`Instance::scope`].
    pub fn scope<R>(&mut self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<R>) -> Result<R> {
        self.free()?.scope(f)
    }

    /// Begins a call: writes its arguments. The second part of the result is the time that is left, if time is limited.
    fn prepare<A>(&mut self, write: impl FnOnce(&mut Heap<'_>) -> Result<A>) -> Result<(A, Option<Duration>)> {
        let inner = self.free()?;
        let _budget = inner.enter()?;
        let mut heap = Heap::new(inner.store().as_context_mut());
        let mark = heap.mark();
        let written = write(&mut heap);
        heap.release(mark);
        let left = heap.meter().deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
        Ok((written?, left))
    }

    /// The instance, if no call of it is in progress. A call stays in progress when its future is leaked.
    fn free(&mut self) -> Result<&mut Instance<H>> {
        let state = self.inner.store().data_mut();
        if state.fibers.as_ref().is_some_and(|fibers| fibers.running) {
            state.unusable.get_or_insert_with(|| "a call of it was leaked while it was under way".into());
        }
        state.check()?;
        Ok(&mut self.inner)
    }

    /// The host that implements the module's effects.
    ///
    /// # Panics
    /// When a call was leaked with `std::mem::forget` while it waited for the host.
    pub fn host(&self) -> &H {
        self.inner.host()
    }

    /// The host, mutably.
    ///
    /// # Panics
    /// As [`AsyncInstance::host`].
    pub fn host_mut(&mut self) -> &mut H {
        self.inner.host_mut()
    }

    /// Returns the host.
    ///
    /// # Panics
    /// As [`AsyncInstance::host`].
    pub fn into_host(self) -> H {
        self.inner.into_host()
    }

    /// As [`Instance::record`].
    pub fn record(&mut self, recorder: Recorder) {
        self.inner.record(recorder);
    }

    /// The description of the module's interface.
    pub fn interface(&self) -> InterfaceRef {
        self.inner.interface()
    }

    /// The instance's limits.
    pub fn limits(&self) -> &Limits {
        self.inner.limits()
    }

    /// The current size of linear memory, in bytes.
    pub fn memory_size(&self) -> usize {
        self.inner.memory_size()
    }

    /// As [`Instance::stress`].
    ///
    /// # Errors
    /// As [`Instance::stress`].
    pub fn stress(&mut self) -> Result<()> {
        self.free()?.stress()
    }

    /// As [`Instance::check_heap`].
    ///
    /// # Errors
    /// As [`Instance::check_heap`].
    pub fn check_heap(&mut self) -> Result<()> {
        self.free()?.check_heap()
    }
}

impl<H> fmt::Debug for AsyncInstance<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
