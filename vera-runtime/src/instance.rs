//! Instances of compiled modules.

use crate::builtins::Patterns;
use crate::call::Function;
use crate::engine::{Ticker, Ticking};
use crate::error::{Error, Limit, Result, Setting};
use crate::heap::{Heap, Reader};
use crate::host::{Imports, Recorder};
use crate::limits::Limits;
use crate::meter::Meter;
use crate::module::{Compiled, InterfaceRef, Prepared};
use crate::scope::{Scope, ShadowGuard, start};
use crate::state::{Guest, State, get_global};
use crate::value::{Arguments, Lift, Params, Value};
use crate::{stack, stop};
use std::any::Any;
use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use vera_abi::heap::{self, stress};
use vera_abi::layout::Rep;
use vera_abi::map::hash::Key;
use vera_abi::names;
use wasmtime::{AsContextMut, Store, UpdateDeadline, Val};

/// A module at work: its memory, and the host `H` that implements its effects.
///
/// After an error the instance can be called again, unless the error was such that nothing can be said about its
/// memory any more; then every later call gives [`Error::Unusable`].
#[must_use = "an instance does nothing until one of its functions is called"]
pub struct Instance<H = ()> {
    store: Store<State>,
    exports: wasmtime::Instance,
    /// Whether calls have a budget of fuel or time.
    metered: bool,
    host: PhantomData<fn() -> H>,
}

impl Compiled {
    /// Makes an instance of a module that needs no effects but those the language itself gives every program.
    ///
    /// # Errors
    /// [`Error::Load`] when the bytes are no module for this runtime, or when it imports an effect: use
    /// [`Compiled::link`].
    pub fn instantiate<H: Send + 'static>(&self, host: H, limits: Limits) -> Result<Instance<H>> {
        self.link(host, limits)?.instantiate()
    }

    /// Starts an instance whose effects are implemented by `host`.
    ///
    /// # Errors
    /// [`Error::Load`] when the bytes are no module for this runtime.
    pub fn link<H: Send + 'static>(&self, host: H, limits: Limits) -> Result<Imports<H>> {
        static OWNERS: AtomicU64 = AtomicU64::new(0);
        let most = stack::largest(limits.native_stack);
        if most < limits.native_stack {
            let setting =
                Setting { name: "native_stack", given: limits.native_stack as u64, least: 0, most: most as u64 };
            return Err(Error::limit(Limit::Setting(setting)));
        }
        let (Prepared { module, metadata }, native_stack) = stack::translate(|| self.prepare(&limits))?;
        let mut store = Store::new(
            module.engine(),
            State {
                metadata,
                limits,
                guest: None,
                roots: Default::default(),
                holes: Default::default(),
                host: Some(Box::new(host)),
                recorder: None,
                unusable: None,
                meter: Meter::new(&limits),
                native_stack,
                hash_key: hash_key(&limits),
                patterns: Patterns::default(),
                owner: OWNERS.fetch_add(1, Ordering::Relaxed),
            },
        );
        store.limiter(|state| state);
        if limits.deadline.is_some() {
            store.epoch_deadline_callback(|store| match store.data().meter.deadline() {
                Some(deadline) if Instant::now() >= deadline => Ok(UpdateDeadline::Interrupt),
                _ => Ok(UpdateDeadline::Continue(1)),
            });
            store.set_epoch_deadline(1);
        }
        // A module may run code of its own when it is instantiated, which is no call and must end all the same.
        if let Some(fuel) = limits.fuel {
            set_fuel(&mut store, fuel.max(STARTING_FUEL))?;
        }
        Ok(Imports::new(store, module))
    }
}

/// The key for the hashes of one instance's map keys.
fn hash_key(limits: &Limits) -> Key {
    let [first, second] = limits.hash_key.unwrap_or_else(|| {
        // The standard library's source of random keys, each of its states another one.
        [0, 1].map(|part: u64| RandomState::new().hash_one(part))
    });
    Key(first, second)
}

fn set_fuel(store: &mut Store<State>, fuel: u64) -> Result<()> {
    store.set_fuel(fuel).map_err(|error| Error::internal(format!("fuel cannot be set: {error}")))
}

/// Least budgets of instantiation. What the compiler's modules do then takes some hundred units and some microseconds.
const STARTING_FUEL: u64 = 1 << 20;
const STARTING_TIME: Duration = Duration::from_secs(5);

/// Bytes of a page of linear memory.
const PAGE: u64 = 64 << 10;

/// Why the module could not be instantiated.
fn refused(store: &Store<State>, limits: &Limits, error: &wasmtime::Error) -> Error {
    match error.downcast_ref::<wasmtime::Trap>() {
        Some(wasmtime::Trap::OutOfFuel) => Error::limit(Limit::Fuel(limits.fuel.unwrap_or_default())),
        Some(wasmtime::Trap::Interrupt) => Error::limit(Limit::Deadline(limits.deadline.unwrap_or_default())),
        Some(wasmtime::Trap::StackOverflow) => Error::limit(Limit::Stack(store.data().native_stack)),
        _ => Error::load(format!("{error:#}")),
    }
}

/// The error for a limit on memory below what the module needs before it does anything. `data` is the size of its data.
fn too_little_memory(limits: &Limits, data: u64) -> Error {
    let allocator = u64::from(heap::BLOCK_MAP_BYTES + 3 * heap::BLOCK);
    let least = (data + u64::from(limits.shadow_stack) + allocator).next_multiple_of(PAGE);
    let setting = Setting { name: "memory", given: limits.memory, least, most: 1 << 32 };
    Error::limit(Limit::Setting(setting))
}

impl<H: Send + 'static> Instance<H> {
    pub(crate) fn start(
        mut store: Store<State>,
        module: &wasmtime::Module,
        imports: &[wasmtime::Extern],
    ) -> Result<Self> {
        let limits = store.data().limits;
        let initial = module.exports().find_map(|export| export.ty().memory().map(|ty| ty.minimum()));
        let initial = initial.unwrap_or_default().saturating_mul(PAGE);
        if limits.memory < initial {
            return Err(too_little_memory(&limits, initial));
        }
        let _ticking = match limits.deadline {
            Some(_) => {
                store.data_mut().meter.start_clock_of(STARTING_TIME);
                Some(Ticker::run()?)
            }
            None => None,
        };
        let exports = stack::translate(|| wasmtime::Instance::new(&mut store, module, imports))
            .map_err(|error| refused(&store, &limits, &error))?;
        let guest = Guest::find(&mut store.as_context_mut(), &exports)?;
        store.data_mut().guest = Some(std::sync::Arc::new(guest));
        let init = exports
            .get_typed_func::<i32, ()>(&mut store, names::INIT)
            .map_err(|_| Error::load(format!("it has no export `{}`", names::INIT)))?;
        let key = store.data().hash_key;
        for (name, value) in names::HASH_KEY.into_iter().zip([key.0, key.1]) {
            let global = exports.get_global(&mut store, name);
            global
                .and_then(|global| global.set(&mut store, Val::I64(value as i64)).ok())
                .ok_or_else(|| Error::load(format!("it has no export `{name}` of the expected type")))?;
        }
        let native_stack = store.data().native_stack;
        let outcome = stack::call(0, native_stack, || init.call(&mut store, limits.shadow_stack as i32));
        if let Err(error) = outcome {
            let mut store = store.as_context_mut();
            let gc_sp = store.data().guest().gc_sp;
            let data_end = get_global(&mut store, gc_sp) as u32;
            return Err(match stop::of_allocator(&mut store, &error) {
                Error::Limit(reached) if matches!(reached.limit, Limit::Memory(_)) => {
                    too_little_memory(&limits, u64::from(data_end))
                }
                error => error,
            });
        }
        let limit = store.data().guest().gc_stack_limit;
        let limit = get_global(&mut store.as_context_mut(), limit) as u32;
        start(&mut store.as_context_mut(), limit)?;
        let metered = limits.fuel.is_some() || limits.deadline.is_some();
        Ok(Instance { store, exports, metered, host: PhantomData })
    }

    /// Finds a public function. `P` is a tuple with the Rust type of each parameter, `R` the result's.
    ///
    /// # Errors
    /// [`Error::Load`] when the module has no public function of that name and type.
    pub fn function<P: Params, R: Value>(&mut self, name: &str) -> Result<Function<P, R>> {
        let metadata = self.store.data().metadata.clone();
        let interface = &metadata.interface;
        let (description, stack) =
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
        let func = self
            .exports
            .get_typed_func(&mut self.store, &format!("{}{name}", names::FUNCTION_PREFIX))
            .map_err(|error| Error::load(format!("function `{name}`: {error}")))?;
        Ok(Function { func, stack, owner: self.store.data().owner })
    }

    /// Calls a function.
    ///
    /// # Errors
    /// Everything a Vera program can end in; see [`Error`].
    #[inline]
    pub fn call<P: Params, R: Lift>(
        &mut self,
        function: &Function<P, R>,
        arguments: impl Arguments<'static, P>,
    ) -> Result<R> {
        let _budget = self.enter()?;
        let mut heap = Heap::new(self.store.as_context_mut());
        let raw = heap.invoke(function, arguments)?;
        // Looking memory up costs as much as the rest of a scalar call.
        match R::REP {
            Rep::Ptr | Rep::Slice => R::lift(&mut heap.reader(), raw),
            Rep::Unit | Rep::Byte | Rep::I64 | Rep::F64 => {
                R::lift(&mut Reader::new(&[], heap.budget, heap.meter()), raw)
            }
        }
    }

    /// Opens a scope, in which values of the module can be held.
    ///
    /// # Errors
    /// [`Error::Unusable`], and those of `f`.
    pub fn scope<R>(&mut self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<R>) -> Result<R> {
        let _budget = self.enter()?;
        f(&mut Scope::new(ShadowGuard::from_outside(self.store.as_context_mut())))
    }

    /// Checks that the instance can be used, and gives the call its budget of fuel and time.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<Option<Ticking>> {
        let state = self.store.data();
        state.check()?;
        state.meter.release(0);
        if self.metered { self.begin() } else { Ok(None) }
    }

    #[cold]
    fn begin(&mut self) -> Result<Option<Ticking>> {
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

    /// Runs `f` on a stack as large as the instance's limit. Calls of recursive functions inside it need not switch
    /// stacks one by one, which makes short ones faster.
    pub fn on_large_stack<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let native_stack = self.store.data().native_stack;
        stack::enter(native_stack, || f(self))
    }

    /// The host that implements the module's effects.
    pub fn host(&self) -> &H {
        let host = self.store.data().host.as_ref();
        host.and_then(|host| <dyn Any>::downcast_ref(host.as_ref())).expect("only taken while an operation runs")
    }

    /// The same, for changing it.
    pub fn host_mut(&mut self) -> &mut H {
        let host = self.store.data_mut().host.as_mut();
        host.and_then(|host| <dyn Any>::downcast_mut(host.as_mut())).expect("only taken while an operation runs")
    }

    /// Records what the host answers from here on; a recording that was under way ends.
    pub fn record(&mut self, recorder: Recorder) {
        self.store.data_mut().recorder = Some(recorder);
    }

    /// Gives the host back.
    pub fn into_host(self) -> H {
        let host = self.store.into_data().host;
        *host.and_then(|host| host.downcast().ok()).expect("only taken while an operation runs")
    }

    /// The module's description of itself.
    pub fn interface(&self) -> InterfaceRef {
        InterfaceRef(self.store.data().metadata.clone())
    }

    /// The instance's limits.
    pub fn limits(&self) -> &Limits {
        &self.store.data().limits
    }

    /// Bytes of linear memory at present.
    pub fn memory_size(&self) -> usize {
        self.store.data().guest().memory.data_size(&self.store)
    }

    /// Turns the collector's stress mode on: a collection at every allocation, poisoned free memory, and a check of
    /// the heap after each collection. For tests; very slow.
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

    fn support<P: wasmtime::WasmParams, R: wasmtime::WasmResults>(&mut self, name: &str, params: P) -> Result<R> {
        let _budget = self.enter()?;
        let func = self
            .exports
            .get_typed_func::<P, R>(&mut self.store, name)
            .map_err(|_| Error::load(format!("it has no export `{name}`")))?;
        let native_stack = self.store.data().native_stack;
        let mut heap = Heap::new(self.store.as_context_mut());
        heap.run_guest(|store| stack::call(0, native_stack, || func.call(store.as_context_mut(), params)))
    }

    pub(crate) fn parts(&mut self) -> (&mut Store<State>, &wasmtime::Instance) {
        (&mut self.store, &self.exports)
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
