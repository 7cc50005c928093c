//! Instances of compiled modules.

use crate::call::Function;
use crate::engine::{Ticker, Ticking};
use crate::enter::enter;
use crate::error::{Error, Result};
use crate::exports::Exports;
use crate::heap::Heap;
use crate::host::Recorder;
use crate::limits::Limits;
use crate::module::InterfaceRef;
use crate::scope::{Scope, ShadowGuard};
use crate::stack;
use crate::state::State;
#[cfg(feature = "tracing")]
use crate::trace::TraceValues;
use crate::value::{Arguments, Lift, Params, Value};
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;
use vera_abi::heap::stress;
use vera_abi::layout::Rep;
use vera_abi::names;
use wasmtime::{AsContextMut, Func, Store};

/// An instance of a module: its memory, and the host `H` that implements its effects.
///
/// The instance can be called again after an error, unless the error leaves its memory in an unknown state. Then every
/// later call returns [`Error::Unusable`].
#[must_use = "an instance does nothing until one of its functions is called"]
pub struct Instance<H = ()> {
    store: Store<State>,
    instance: wasmtime::Instance,
    exports: Arc<Exports>,
    /// Whether calls have a budget of fuel or time.
    metered: bool,
    host: PhantomData<fn() -> H>,
}

impl<H: Send + 'static> Instance<H> {
    /// An instance that has been started.
    pub(crate) fn started(store: Store<State>, instance: wasmtime::Instance, exports: Arc<Exports>) -> Self {
        let limits = store.data().limits;
        let metered = limits.fuel.is_some() || limits.deadline.is_some();
        Instance { store, instance, exports, metered, host: PhantomData }
    }

    /// Finds a public function. `P` is a tuple with the Rust type of each parameter, `R` is the type of the result.
    ///
    /// # Errors
    /// [`Error::Load`] when the module has no public function of that name and type.
    pub fn function<P: Params, R: Value>(&mut self, name: &str) -> Result<Function<P, R>> {
        let metadata = self.store.data().metadata.clone();
        let interface = &metadata.interface;
        let (place, description, stack) =
            metadata.function(name).ok_or_else(|| Error::load(format!("it has no public function `{name}`")))?;
        if !P::stand_for(interface, &description.params) || !R::stands_for(interface, interface.ty(description.result))
        {
            return Err(Error::load(format!(
                "function `{name}` has the type {}, not {} -> {}",
                crate::value::dynamic::signature(interface, description),
                std::any::type_name::<P>(),
                std::any::type_name::<R>(),
            )));
        }
        let func = self.exported(place)?;
        let func = func.typed(&self.store).map_err(|error| Error::load(format!("function `{name}`: {error}")))?;
        Ok(Function { func, place, stack, owner: self.store.data().owner })
    }

    /// Calls a function.
    ///
    /// # Errors
    /// Every error of a Vera program; see [`Error`].
    #[inline]
    pub fn call<P: Params, R: Lift>(
        &mut self,
        function: &Function<P, R>,
        arguments: impl Arguments<'static, P>,
    ) -> Result<R> {
        let _budget = self.enter()?;
        let mut heap = Heap::new(self.store.as_context_mut());
        let result = heap.traced(function.place, |heap, span| {
            let raw = heap.invoke(function, arguments, span)?;
            match R::REP {
                Rep::Ptr | Rep::Slice => R::lift(&mut heap.reader(), raw),
                Rep::Unit | Rep::Byte | Rep::I64 | Rep::F64 => R::lift(&mut heap.reader_of_numbers(), raw),
            }
        });
        self.leave(result)
    }

    /// Opens a scope, in which Rust code can hold values of the module.
    ///
    /// # Errors
    /// [`Error::Unusable`], and those of `f`.
    pub fn scope<R>(&mut self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<R>) -> Result<R> {
        let _budget = self.enter()?;
        let result = f(&mut Scope::new(ShadowGuard::from_outside(self.store.as_context_mut())));
        self.leave(result)
    }

    /// Checks that the instance can be used, and gives the call its budget of fuel and time.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<Option<Ticking>> {
        let state = self.store.data_mut();
        state.check()?;
        state.meter.release(0);
        // What a call leaves behind that ended by a panic of its caller.
        if !state.started.is_empty() {
            state.leave_started()?;
        }
        if self.metered { self.begin() } else { Ok(None) }
    }

    /// Ends a call: what it has started is no longer its business.
    #[inline]
    pub(crate) fn leave<R>(&mut self, result: Result<R>) -> Result<R> {
        let state = self.store.data_mut();
        if state.started.is_empty() { result } else { state.leave_started().and(result) }
    }

    #[cold]
    fn begin(&mut self) -> Result<Option<Ticking>> {
        if self.collection_is_near() {
            self.collect_without_budget()?;
        }
        let limits = self.store.data().limits;
        if let Some(fuel) = limits.fuel {
            self.store.data().meter.set_fuel(fuel);
        }
        match limits.deadline {
            Some(_) => {
                self.store.data_mut().meter.start_clock();
                self.store.set_epoch_deadline(1);
                Ticker::run().map(Some)
            }
            None => Ok(None),
        }
    }

    /// Whether earlier calls left so much garbage that a collection would come after as much again, or one that was stopped
    /// has to start over.
    fn collection_is_near(&mut self) -> bool {
        let [allocated, trigger] = self.store.data().guest().collection;
        let [allocated, trigger] =
            [allocated, trigger].map(|global| global.get(&mut self.store).i64().unwrap_or_default());
        allocated >= trigger / 2
    }

    /// Runs a collection that is charged to no call: a call with a budget does not pay for the garbage of earlier calls. If
    /// a budget were too small for a collection, the instance could never answer again. Between calls nothing is
    /// reachable, so the time is that of one look at each block of the heap: some milliseconds for 1 GiB.
    #[cold]
    fn collect_without_budget(&mut self) -> Result<()> {
        const TIME: Duration = Duration::from_secs(60);
        let state = self.store.data_mut();
        state.meter.start_clock_of(TIME);
        if state.limits.fuel.is_some() {
            state.meter.set_fuel(u64::MAX >> 1);
        }
        if state.limits.deadline.is_some() {
            self.store.set_epoch_deadline(1);
        }
        let native_stack = self.store.data().native_stack;
        let mut heap = Heap::new(self.store.as_context_mut());
        stack::enter(native_stack, || heap.collect())
    }

    /// Runs `f` on a stack as large as the instance's limit. Calls of recursive functions inside it do not switch
    /// stacks individually, which makes short calls faster.
    pub fn on_large_stack<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let native_stack = self.store.data().native_stack;
        stack::enter(native_stack, || f(self))
    }

    /// The host that implements the module's effects.
    pub fn host(&self) -> &H {
        let host = self.store.data().host.as_ref();
        host.and_then(|host| <dyn Any>::downcast_ref(host.as_ref())).expect("only taken while an operation runs")
    }

    /// The host, mutably.
    pub fn host_mut(&mut self) -> &mut H {
        let host = self.store.data_mut().host.as_mut();
        host.and_then(|host| <dyn Any>::downcast_mut(host.as_mut())).expect("only taken while an operation runs")
    }

    /// Records the answers of the host from now on. This ends a recording that is in progress.
    pub fn record(&mut self, recorder: Recorder) {
        self.store.data_mut().recorder = Some(recorder);
    }

    /// Lets the spans of this instance show arguments and results, with secrets redacted.
    #[cfg(feature = "tracing")]
    pub fn trace_values(&mut self, values: TraceValues) {
        self.store.data_mut().trace.values = Some(values);
    }

    /// Returns the host.
    pub fn into_host(self) -> H {
        let host = self.store.into_data().host;
        *host.and_then(|host| host.downcast().ok()).expect("only taken while an operation runs")
    }

    /// The description of the module's interface.
    pub fn interface(&self) -> InterfaceRef {
        InterfaceRef(self.store.data().metadata.clone())
    }

    /// The instance's limits.
    pub fn limits(&self) -> &Limits {
        &self.store.data().limits
    }

    /// The current size of linear memory, in bytes.
    pub fn memory_size(&self) -> usize {
        self.store.data().guest().memory.data_size(&self.store)
    }

    /// Turns on the collector's stress mode: a collection at every allocation, poisoned free memory, and a check of the
    /// heap after each collection. For tests; very slow.
    ///
    /// # Errors
    /// [`Error::Load`] when the module has no stress mode.
    pub fn stress(&mut self) -> Result<()> {
        self.support::<i32, ()>(names::SET_STRESS, stress::ALL as i32)
    }

    /// Checks the whole heap.
    ///
    /// # Errors
    /// [`Error::Internal`] when an object is malformed.
    pub fn check_heap(&mut self) -> Result<()> {
        match self.support::<(), i32>(names::CHECK_HEAP, ())? {
            0 => Ok(()),
            address => Err(Error::internal(format!("the object at {address:#x} is malformed"))),
        }
    }

    fn support<P, R>(&mut self, name: &str, params: P) -> Result<R>
    where
        P: wasmtime::WasmParams + Sync,
        R: wasmtime::WasmResults + Sync,
    {
        let _budget = self.enter()?;
        let func = self
            .instance
            .get_typed_func::<P, R>(&mut self.store, name)
            .map_err(|_| Error::load(format!("it has no export `{name}`")))?;
        Heap::new(self.store.as_context_mut()).run_guest(|store| enter(&func, store, params, Some(0)))
    }

    /// The public function at a place of the interface.
    pub(crate) fn exported(&mut self, place: usize) -> Result<Func> {
        let func = self.exports.function(&mut self.store, &self.instance, place);
        func.ok_or_else(|| Error::internal("a function of the interface is not exported"))
    }

    pub(crate) fn store(&mut self) -> &mut Store<State> {
        &mut self.store
    }
}

impl<H> std::fmt::Debug for Instance<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.store.data();
        f.debug_struct("Instance")
            .field("module", &state.metadata.interface.module)
            .field("limits", &state.limits)
            .field("unusable", &state.unusable)
            .finish_non_exhaustive()
    }
}
