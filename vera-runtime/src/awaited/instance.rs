//! Instances with async calls.

use super::call::{Call, run};
use super::enter::{Enter, Typed, Wide};
use crate::call::Function;
use crate::error::{Error, Result};
use crate::heap::Heap;
use crate::host::Recorder;
use crate::host::raw_values;
use crate::instance::Instance;
use crate::limits::Limits;
use crate::module::InterfaceRef;
use crate::scope::Scope;
use crate::state::State;
#[cfg(feature = "tracing")]
use crate::trace::TraceValues;
use crate::trace::{CallSpan, polled};
use crate::value::dynamic::{DynValue, WideArguments, lift};
use crate::value::flat::{Flat, Repr};
use crate::value::{Arguments, Lift, Params, Value};
use std::fmt;
use std::time::{Duration, Instant};
use wasmtime::{AsContextMut, Store};

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
        let begun = self.begin(function.place, |heap, span| {
            if function.owner != heap.state().owner {
                return Err(Error::argument("the function belongs to another instance"));
            }
            let flat = arguments.flatten(heap)?;
            span.arguments(heap, || P::Flat::values(&flat));
            Ok(Typed(function.func.clone(), flat))
        });
        let store = self.inner.store();
        Call::new(finish(store, begun, |heap, span, returned| {
            let raw = R::Repr::returned(returned);
            span.result(heap, raw);
            R::lift(&mut heap.reader(), raw)
        }))
    }

    /// The async form of [`Instance::call_wide`].
    pub fn call_wide_async<R: Lift>(
        &mut self,
        name: &str,
        add: impl FnOnce(&mut WideArguments<'_, '_>) -> Result<()>,
    ) -> Call<'_, R> {
        let begun = self.inner.find(name).and_then(|found| {
            self.begin(found.place, |heap, span| {
                let values = WideArguments::all(heap, add)?;
                span.arguments(heap, || values.clone());
                Ok(Wide { func: found.func, values, results: R::REP.values() })
            })
        });
        let store = self.inner.store();
        Call::new(finish(store, begun, |heap, span, returned| {
            let raw = raw_values(&returned)(R::REP)?;
            span.result(heap, raw);
            R::lift(&mut heap.reader(), raw)
        }))
    }

    /// The async form of [`Instance::call_dynamic`].
    pub fn call_dynamic_async(&mut self, name: &str, arguments: &[DynValue]) -> Call<'_, DynValue> {
        let metadata = self.interface().0;
        let begun = self.inner.find_dynamic(name, arguments.len()).and_then(|found| {
            let result = found.description.result;
            let begun = self.begin(found.place, |heap, span| {
                let interface = &metadata.interface;
                let values = heap.flatten_dynamic(interface, &found.description, arguments)?;
                span.arguments(heap, || values.clone());
                Ok(Wide { func: found.func, values, results: interface.ty(result).rep().values() })
            });
            Ok((begun?, result))
        });
        let (begun, result) = match begun {
            Ok((begun, result)) => (Ok(begun), Some(result)),
            Err(error) => (Err(error), None),
        };
        let store = self.inner.store();
        Call::new(finish(store, begun, move |heap, span, returned| {
            let result = result.ok_or_else(|| Error::internal("a call of no function"))?;
            let raw = raw_values(&returned)(metadata.interface.ty(result).rep())?;
            span.result(heap, raw);
            lift(&metadata.interface, &mut heap.reader(), result, raw)
        }))
    }

    /// As [`Instance::scope`]. A scope cannot wait: a call in it of a function that performs an operation of an async host
    /// returns [`Error::Argument`].
    ///
    /// # Errors
    /// As [`Instance::scope`].
    pub fn scope<R>(&mut self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<R>) -> Result<R> {
        self.free()?.scope(f)
    }

    /// Begins a call: writes its arguments.
    fn begin<E>(
        &mut self,
        place: usize,
        write: impl FnOnce(&mut Heap<'_>, &CallSpan) -> Result<E>,
    ) -> Result<Begun<E>> {
        let inner = self.free()?;
        let _budget = inner.enter()?;
        let mut heap = Heap::new(inner.store().as_context_mut());
        let span = CallSpan::begin(&mut heap, place);
        let mark = heap.mark();
        let call = span.within(|| write(&mut heap, &span));
        heap.release(mark);
        let left = heap.meter().deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
        Ok(Begun { call, left, span })
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

    /// As [`Instance::trace_values`].
    #[cfg(feature = "tracing")]
    pub fn trace_values(&mut self, values: TraceValues) {
        self.inner.trace_values(values);
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

/// A call that has begun.
struct Begun<E> {
    /// The call with its arguments, or why they could not be written.
    call: Result<E>,
    /// The time that is left, if time is limited.
    left: Option<Duration>,
    span: CallSpan,
}

/// Runs a call to its end and reads its result.
async fn finish<E: Enter, R>(
    store: &mut Store<State>,
    begun: Result<Begun<E>>,
    read: impl FnOnce(&mut Heap<'_>, &CallSpan, E::Returned) -> Result<R> + Send,
) -> Result<R> {
    let Begun { call, left, span } = begun?;
    let outcome = polled(span.context(), async {
        let returned = run(store, left, call?).await?;
        read(&mut Heap::new(store.as_context_mut()), &span, returned)
    });
    let outcome = outcome.await;
    span.end(&mut Heap::new(store.as_context_mut()), outcome.as_ref().err());
    outcome
}

impl<H> fmt::Debug for AsyncInstance<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
