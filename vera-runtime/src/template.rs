//! Linked modules, and the start of their instances.
//!
//! Work that does not depend on an instance is done once, when a [`Template`] is made: the host's functions are linked
//! and checked against the module, and its exports are found. An instance then needs only a store, a memory and the
//! module's own start.

use crate::engine::Ticker;
use crate::enter::enter;
use crate::error::{Error, Limit, Result, Setting};
use crate::exports::PAGE;
use crate::host::Imports;
use crate::instance::Instance;
use crate::limits::Limits;
use crate::meter::Meter;
use crate::module::{Compiled, Prepared};
use crate::state::{State, get_global};
use crate::{scope, stack, stop};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use vera_abi::heap;
use vera_abi::map::hash::Key;
#[cfg(feature = "async")]
use wasmtime::StoreContextMut;
use wasmtime::{AsContextMut, InstancePre, Store, UpdateDeadline, Val};

/// What instances of a module have in common before the module is linked.
pub(crate) struct Setup {
    pub(crate) prepared: Prepared,
    pub(crate) limits: Limits,
    /// Native stack that Vera calls may use, in bytes.
    pub(crate) native_stack: usize,
    /// Whether calls of the instances are awaited.
    #[cfg(feature = "async")]
    pub(crate) awaited: bool,
}

/// A module that is linked to functions of a host `H`. It makes instances in microseconds, on any thread.
///
/// Use a template when every call needs its own instance, for example requests that must not affect each other. Use it
/// also for a pool of instances that answers many callers.
///
/// ```no_run
/// use vera_runtime::{Compiled, Limits};
/// let compiled = Compiled::new(std::fs::read("pricing.wasm")?);
/// let (template, ()) = compiled.link((), Limits::default())?.template()?;
/// std::thread::scope(|threads| {
///     for _ in 0..4 {
///         threads.spawn(|| {
///             let mut instance = template.instance(())?;
///             let discounted = instance.function::<(u64, u64), u64>("discounted")?;
///             instance.call(&discounted, (200, 15))
///         });
///     }
/// });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a template does nothing: `instance` makes an instance"]
pub struct Template<H = ()> {
    setup: Arc<Setup>,
    linked: InstancePre<State>,
    host: PhantomData<fn(H)>,
}

impl Compiled {
    /// Makes an instance of a module that needs no effects except those that the language itself gives every program.
    ///
    /// # Errors
    /// [`Error::Load`] when the bytes are not a module for this runtime, or when the module imports an effect: use
    /// [`Compiled::link`].
    pub fn instantiate<H: Send + 'static>(&self, host: H, limits: Limits) -> Result<Instance<H>> {
        self.link(host, limits)?.instantiate()
    }

    /// Starts an instance whose effects are implemented by `host`.
    ///
    /// # Errors
    /// [`Error::Load`] when the bytes are not a module for this runtime.
    pub fn link<H: Send + 'static>(&self, host: H, limits: Limits) -> Result<Imports<H>> {
        let most = stack::largest(limits.native_stack);
        if most < limits.native_stack {
            let setting =
                Setting { name: "native_stack", given: limits.native_stack as u64, least: 0, most: most as u64 };
            return Err(Error::limit(Limit::Setting(setting)));
        }
        let (prepared, native_stack) = match self.known(&limits) {
            Some(known) => known,
            None => stack::translate(|| self.prepare(&limits))?,
        };
        let setup = Setup {
            prepared,
            limits,
            native_stack,
            #[cfg(feature = "async")]
            awaited: false,
        };
        Ok(Imports::new(setup, host))
    }
}

impl<H: Send + 'static> Template<H> {
    pub(crate) fn new(setup: Setup, linked: InstancePre<State>) -> Self {
        Template { setup: Arc::new(setup), linked, host: PhantomData }
    }

    /// Makes an instance with a host of its own.
    ///
    /// # Errors
    /// [`Error::Limit`] when the memory limit is too small for the module, [`Error::Load`] when the system has no memory for
    /// another instance.
    pub fn instance(&self, host: H) -> Result<Instance<H>> {
        let Setup { prepared, limits, .. } = &*self.setup;
        if limits.memory < prepared.exports.initial_memory {
            return Err(too_little_memory(limits, prepared.exports.initial_memory));
        }
        let mut store = self.store(host)?;
        let _ticking = match limits.deadline {
            Some(_) => {
                store.data_mut().meter.start_clock_of(STARTING_TIME);
                Some(Ticker::run()?)
            }
            None => None,
        };
        let instance = self.instantiate(&mut store).map_err(|error| self.refused(&error))?;
        let guest = prepared.exports.guest(&mut store.as_context_mut(), &instance)?;
        store.data_mut().guest = Some(Arc::new(guest));
        let (init, hash_key) = prepared.exports.start(&mut store.as_context_mut(), &instance)?;
        let key = store.data().hash_key;
        for (global, value) in hash_key.into_iter().zip([key.0, key.1]) {
            let set = global.set(&mut store, Val::I64(value as i64));
            set.map_err(|error| Error::internal(format!("the key of hashes cannot be set: {error}")))?;
        }
        let mut context = store.as_context_mut();
        let started = enter(&init, &mut context, limits.shadow_stack as i32, Some(0));
        if let Err(error) = started {
            let gc_sp = context.data().guest().gc_sp;
            let data_end = get_global(&mut context, gc_sp) as u32;
            return Err(match stop::of_allocator(&mut context, &error) {
                Error::Limit(reached) if matches!(reached.limit, Limit::Memory(_)) => {
                    too_little_memory(limits, u64::from(data_end))
                }
                error => error,
            });
        }
        let stack_limit = context.data().guest().gc_stack_limit;
        let stack_limit = get_global(&mut context, stack_limit) as u32;
        scope::start(&mut context, stack_limit)?;
        Ok(Instance::started(store, instance, Arc::clone(&prepared.exports)))
    }

    fn instantiate(&self, store: &mut Store<State>) -> wasmtime::Result<wasmtime::Instance> {
        // Whatever runs here is shallow (`depth::of_functions`): most threads have the stack for it.
        stack::call(0, self.setup.native_stack, || {
            #[cfg(feature = "async")]
            if store.data().on_fibers() {
                let instantiate = async |store: StoreContextMut<'_, State>| self.linked.instantiate_async(store).await;
                return crate::awaited::now(&mut store.as_context_mut(), instantiate);
            }
            self.linked.instantiate(&mut *store)
        })
    }

    /// A store for one instance, with its limits.
    fn store(&self, host: H) -> Result<Store<State>> {
        static OWNERS: AtomicU64 = AtomicU64::new(0);
        let Setup { prepared, limits, native_stack, .. } = &*self.setup;
        let mut store = Store::new(
            prepared.module.engine(),
            State {
                metadata: Arc::clone(&prepared.metadata),
                limits: *limits,
                guest: None,
                roots: Default::default(),
                holes: Default::default(),
                host: Some(Box::new(host)),
                started: Default::default(),
                recorder: None,
                #[cfg(feature = "tracing")]
                trace: Default::default(),
                unusable: None,
                meter: Meter::new(limits),
                native_stack: *native_stack,
                hash_key: hash_key(limits),
                #[cfg(feature = "regex")]
                patterns: Default::default(),
                owner: OWNERS.fetch_add(1, Ordering::Relaxed),
                #[cfg(feature = "async")]
                fibers: self.setup.awaited.then(crate::awaited::Fibers::new),
            },
        );
        store.limiter(|state| state);
        if limits.deadline.is_some() {
            store.epoch_deadline_callback(|store| match store.data().meter.deadline() {
                Some(deadline) if Instant::now() >= deadline => Ok(UpdateDeadline::Interrupt),
                #[cfg(feature = "async")]
                _ if store.data().fibers.as_ref().is_some_and(|fibers| fibers.yields) => Ok(UpdateDeadline::Yield(1)),
                _ => Ok(UpdateDeadline::Continue(1)),
            });
            store.set_epoch_deadline(1);
        }
        // A module may run code of its own when it is instantiated, which is no call and must end all the same.
        if let Some(fuel) = limits.fuel {
            let set = store.set_fuel(fuel.max(STARTING_FUEL));
            set.map_err(|error| Error::internal(format!("fuel cannot be set: {error}")))?;
        }
        Ok(store)
    }

    /// Why the module could not be instantiated.
    fn refused(&self, error: &wasmtime::Error) -> Error {
        let Setup { limits, native_stack, .. } = &*self.setup;
        #[cfg(feature = "pooling")]
        if error.is::<wasmtime::PoolConcurrencyLimitError>() {
            return Error::limit(Limit::Instances(limits.instances.unwrap_or_default()));
        }
        match error.downcast_ref::<wasmtime::Trap>() {
            Some(wasmtime::Trap::OutOfFuel) => Error::limit(Limit::Fuel(limits.fuel.unwrap_or_default())),
            Some(wasmtime::Trap::Interrupt) => Error::limit(Limit::Deadline(limits.deadline.unwrap_or_default())),
            Some(wasmtime::Trap::StackOverflow) => Error::limit(Limit::Stack(*native_stack)),
            _ => Error::load(format!("{error:#}")),
        }
    }
}

impl<H> Clone for Template<H> {
    fn clone(&self) -> Self {
        Template { setup: Arc::clone(&self.setup), linked: self.linked.clone(), host: PhantomData }
    }
}

impl<H> fmt::Debug for Template<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Setup { prepared, limits, .. } = &*self.setup;
        f.debug_struct("Template")
            .field("module", &prepared.metadata.interface.module)
            .field("limits", limits)
            .finish_non_exhaustive()
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

/// Least budgets of instantiation. What the compiler's modules do then takes some hundred units and some microseconds.
const STARTING_FUEL: u64 = 1 << 20;
const STARTING_TIME: Duration = Duration::from_secs(5);

/// The error for a limit on memory below what the module needs before it does anything. `data` is the size of its data.
fn too_little_memory(limits: &Limits, data: u64) -> Error {
    let allocator = u64::from(heap::BLOCK_MAP_BYTES + 3 * heap::BLOCK);
    let least = (data + u64::from(limits.shadow_stack) + allocator).next_multiple_of(PAGE);
    let setting = Setting { name: "memory", given: limits.memory, least, most: 1 << 32 };
    Error::limit(Limit::Setting(setting))
}
