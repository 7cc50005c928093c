//! WebAssembly engines, one per kind of limit, shared by the whole process.
//!
//! Metering is compiled into the code. An instance with fuel or a deadline needs a module that was compiled for it; all
//! others run unmetered. Only engine features that Vera modules use are enabled.

use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::stack::{SHALLOW_CALLS, SMALLEST_STACK};
#[cfg(feature = "async")]
use std::collections::BTreeMap;
#[cfg(feature = "async")]
use std::sync::atomic::AtomicU64;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
#[cfg(feature = "async")]
use std::task::Waker;
use std::time::Duration;
#[cfg(feature = "async")]
use std::time::Instant;
use vera_engine::Metering;
use wasmtime::{Engine, EngineWeak};

/// Time between two looks at the clock of a call with a deadline.
const TICK: Duration = Duration::from_millis(2);

/// What decides which engine an instance needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EngineKey {
    metering: Metering,
    native_stack: usize,
    pool: Option<Pool>,
}

/// Memory that is reserved for instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pool {
    instances: u32,
    /// Linear memory of each, in bytes.
    memory: u64,
}

impl EngineKey {
    /// `deep` is whether the module has functions that use much native stack.
    pub(crate) fn of(limits: &Limits, deep: bool) -> Self {
        let most = if deep { limits.native_stack } else { limits.native_stack.min(SHALLOW_CALLS) };
        EngineKey {
            metering: Metering { fuel: limits.fuel.is_some(), deadline: limits.deadline.is_some() },
            native_stack: most.max(SMALLEST_STACK),
            pool: limits.instances.map(|instances| Pool { instances, memory: limits.memory }),
        }
    }

    /// The same without a pool: machine code does not depend on it.
    pub(crate) fn unpooled(self) -> Self {
        EngineKey { pool: None, ..self }
    }

    /// Whether instances get their memory from a pool.
    #[cfg(feature = "compiler")]
    pub(crate) fn is_pooled(self) -> bool {
        self.pool.is_some()
    }

    /// What code for the engine counts.
    pub(crate) fn metering(self) -> Metering {
        self.metering
    }

    /// Native stack that Vera calls may use, in bytes.
    pub(crate) fn native_stack(self) -> usize {
        self.native_stack
    }
}

/// Locks, ignoring that another thread panicked: nothing guarded here can be left half-changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The engine for a kind of limits.
pub(crate) fn engine(key: EngineKey) -> Result<Engine> {
    static ENGINES: Mutex<Vec<(EngineKey, Engine)>> = Mutex::new(Vec::new());
    if let Some(pool) = key.pool {
        return pooled(key, pool);
    }
    let mut engines = lock(&ENGINES);
    if let Some((_, engine)) = engines.iter().find(|(known, _)| *known == key) {
        return Ok(engine.clone());
    }
    let engine = Engine::new(&vera_engine::config(key.metering, key.native_stack))
        .map_err(|error| Error::load(format!("no WebAssembly engine: {error:#}")))?;
    if key.metering.deadline {
        Ticker::get().add(&engine);
    }
    engines.push((key, engine.clone()));
    Ok(engine)
}

/// An engine with a pool, which belongs to who asks for it: instances of other modules do not use it up.
#[cfg(feature = "pooling")]
fn pooled(key: EngineKey, Pool { instances, memory }: Pool) -> Result<Engine> {
    /// What WebAssembly addresses.
    const MOST: u64 = 1 << 32;
    let mut config = vera_engine::config(key.metering, key.native_stack);
    let memory = usize::try_from(memory.min(MOST)).unwrap_or(usize::MAX);
    vera_engine::pool(&mut config, instances, memory, key.native_stack);
    let engine = Engine::new(&config);
    let engine = engine
        .map_err(|error| Error::load(format!("no memory can be reserved for {instances} instances: {error:#}")))?;
    if key.metering.deadline {
        Ticker::get().add(&engine);
    }
    Ok(engine)
}

#[cfg(not(feature = "pooling"))]
fn pooled(_: EngineKey, Pool { instances, memory: _ }: Pool) -> Result<Engine> {
    Err(Error::load(format!(
        "memory for {instances} instances is reserved with the feature `pooling` of vera-runtime only"
    )))
}

/// Keeps the machine code of modules that this process translates from now on in a folder, and loads it from there. So
/// a module is translated once per machine and not once per process. This is for programs that compile modules at run
/// time, and for development builds. Precompile a module that is part of the program.
///
/// The folder is created when it is needed, for its owner only. It holds up to 256 MiB and may be deleted at any time.
/// Anyone who can write to it can run code in this process, so a folder that others may write to is not used.
#[cfg(feature = "cache")]
pub fn keep_machine_code(folder: impl Into<std::path::PathBuf>) {
    *lock(&CACHE) = Some(vera_engine::Cache::new(folder));
}

#[cfg(feature = "cache")]
static CACHE: Mutex<Option<vera_engine::Cache>> = Mutex::new(None);

/// The machine code of a module.
#[cfg(feature = "compiler")]
pub(crate) fn translate(engine: &Engine, wasm: &[u8], metering: Metering) -> wasmtime::Result<wasmtime::Module> {
    #[cfg(feature = "cache")]
    if let Some(cache) = lock(&CACHE).clone() {
        return cache.module(engine, wasm, metering);
    }
    #[cfg(not(feature = "cache"))]
    let _ = metering;
    wasmtime::Module::from_binary(engine, wasm)
}

/// The thread that makes calls with a deadline look at the clock; it sleeps while there are none.
///
/// A call counts itself before it looks whether the thread waits, and the thread says that it waits before it looks at the
/// count: one of them sees the other. So the calls of a server do not wait for a lock.
pub(crate) struct Ticker {
    /// Calls that are under way.
    active: AtomicUsize,
    /// Whether the thread has to be woken for a call, or has not been started.
    waiting: AtomicBool,
    state: Mutex<TickerState>,
    wake: Condvar,
}

#[derive(Default)]
struct TickerState {
    /// Those that still exist.
    engines: Vec<EngineWeak>,
    /// Whether there is a thread.
    started: bool,
    /// Calls that wait for their hosts, by when they must end.
    #[cfg(feature = "async")]
    alarms: BTreeMap<(Instant, u64), Waker>,
}

impl Ticker {
    fn get() -> &'static Arc<Ticker> {
        static TICKER: OnceLock<Arc<Ticker>> = OnceLock::new();
        TICKER.get_or_init(|| {
            Arc::new(Ticker {
                active: AtomicUsize::new(0),
                waiting: AtomicBool::new(true),
                state: Mutex::default(),
                wake: Condvar::new(),
            })
        })
    }

    fn add(&self, engine: &Engine) {
        lock(&self.state).engines.push(engine.weak());
    }

    /// Keeps the clock running while the result lives.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(crate) fn run() -> Result<Ticking> {
        let ticker = Ticker::get();
        ticker.active.fetch_add(1, Ordering::SeqCst);
        let ticking = Ticking(());
        if ticker.waiting.load(Ordering::SeqCst) {
            ticker.wake_thread()?;
        }
        Ok(ticking)
    }

    /// Wakes the thread, or starts it.
    #[cold]
    fn wake_thread(self: &Arc<Ticker>) -> Result<()> {
        let mut state = lock(&self.state);
        if !state.started {
            let own = Arc::clone(self);
            std::thread::Builder::new()
                .name("vera-deadlines".into())
                .spawn(move || own.tick_forever())
                .map_err(|error| Error::load(format!("no thread for deadlines: {error}")))?;
            state.started = true;
        }
        self.waiting.store(false, Ordering::SeqCst);
        self.wake.notify_one();
        Ok(())
    }

    fn tick_forever(&self) {
        loop {
            let mut state = lock(&self.state);
            self.waiting.store(true, Ordering::SeqCst);
            while self.active.load(Ordering::SeqCst) == 0 {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
                self.waiting.store(true, Ordering::SeqCst);
            }
            self.waiting.store(false, Ordering::SeqCst);
            state.engines.retain(|engine| engine.upgrade().inspect(Engine::increment_epoch).is_some());
            #[cfg(feature = "async")]
            let due = state.due();
            drop(state);
            #[cfg(feature = "async")]
            due.into_values().for_each(Waker::wake);
            std::thread::sleep(TICK);
        }
    }
}

/// A call with a deadline is under way.
#[derive(Debug)]
pub(crate) struct Ticking(());

impl Drop for Ticking {
    fn drop(&mut self) {
        Ticker::get().active.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(feature = "async")]
impl TickerState {
    /// Takes the alarms whose time has come.
    fn due(&mut self) -> BTreeMap<(Instant, u64), Waker> {
        let later = self.alarms.split_off(&(Instant::now(), u64::MAX));
        std::mem::replace(&mut self.alarms, later)
    }
}

/// Wakes a call that waits for its host when its time is over, while a [`Ticking`] lives.
#[cfg(feature = "async")]
#[derive(Debug)]
pub(crate) struct Alarm {
    deadline: Instant,
    number: u64,
}

#[cfg(feature = "async")]
impl Alarm {
    pub(crate) fn new(deadline: Instant) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        Alarm { deadline, number: NUMBERS.fetch_add(1, Ordering::Relaxed) }
    }

    /// Whom to wake from here on; whether the time is over already.
    pub(crate) fn set(&self, waker: &Waker) -> bool {
        if Instant::now() >= self.deadline {
            return true;
        }
        // What wakers do when they are cloned and dropped is not done under the lock.
        let waker = waker.clone();
        let replaced = lock(&Ticker::get().state).alarms.insert((self.deadline, self.number), waker);
        drop(replaced);
        false
    }
}

#[cfg(feature = "async")]
impl Drop for Alarm {
    fn drop(&mut self) {
        let taken = lock(&Ticker::get().state).alarms.remove(&(self.deadline, self.number));
        drop(taken);
    }
}
