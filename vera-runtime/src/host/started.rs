//! Operations that run while the program goes on.
//!
//! A method of a host may return [`Started`] instead of its result. If the program gives the operation to `async`, the work
//! runs on its own thread until the program awaits the result. Otherwise it runs at once. The thread of the call writes
//! the result into the module when it is awaited, so no other thread ever touches the module.
//!
//! Started operations belong to one call from Rust. Those that are not awaited when it ends are abandoned: their results
//! are dropped. Each has a number that is never used again, so no later call can ask for it. Their count is limited
//! ([`Limits::started`](crate::Limits::started), and [`MAX_THREADS`] for all instances). Beyond the limit an operation
//! runs at once.
//!
//! This module does not stop threads. Their work must end by itself; the hosts of this crate end it at the deadline of the
//! call.

use super::operation::Operation;
use super::result::{Failure, Lowered, Outcome};
use crate::error::{Error, Limit, Result};
use crate::host::IntoHostResult;
use crate::scope::Scope;
use crate::trace::OperationSpan;
use crate::value::dynamic::DynValue;
use crate::value::{Raw, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The most threads for started operations in a process.
const MAX_THREADS: usize = 1024;

/// The threads that run now.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// The result of an operation that can run while the program goes on. A method of a host returns it.
///
/// ```
/// use vera_runtime::host::Started;
/// # fn slow_lookup(_: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
/// fn lookup(name: &str) -> Started<Result<String, std::io::Error>> {
///     let name = name.to_owned();
///     Started::thread(move || slow_lookup(&name))
/// }
/// ```
///
/// In a program, `async(Directory.lookup(name))` starts the operation and `await` gives its result. Without `async` the
/// work runs at once, on the thread of the call.
///
/// The work should end by the deadline of the call ([`Scope::deadline`]). `await` does not wait longer, but the thread
/// keeps running.
pub struct Started<T> {
    work: Box<dyn FnOnce() -> T + Send>,
}

impl<T: Send + 'static> Started<T> {
    /// Runs `work` on its own thread if the program gives the operation to `async`.
    ///
    /// A panic in it ends the call that awaits the result with [`Error::Host`](crate::Error::Host).
    pub fn thread(work: impl FnOnce() -> T + Send + 'static) -> Self {
        Started { work: Box::new(work) }
    }
}

impl<T> fmt::Debug for Started<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Started")
    }
}

impl<'s, R: Value, T> IntoHostResult<'s, R> for Started<T>
where
    T: for<'t> IntoHostResult<'t, R> + Send + 'static,
{
    fn into_host_result(self, _scope: &mut Scope<'s>) -> Lowered<R> {
        let work = move || {
            let value = (self.work)();
            Box::new(move |scope: &mut Scope<'_>| value.into_host_result(scope).into_outcome().now(scope)) as Finish
        };
        Lowered::new(Outcome::Later(Work::Thread(Box::new(work))))
    }
}

/// Writes a result into the module, in the scope of the import that asks for it.
pub(crate) type Finish = Box<dyn for<'s> FnOnce(&mut Scope<'s>) -> Result<Raw, Failure> + Send>;

/// The work that gives a result.
pub(crate) enum Work {
    /// It is done.
    Ready(Finish),
    /// It can run on a thread.
    Thread(Box<dyn FnOnce() -> Finish + Send>),
}

impl Work {
    /// Runs it at once.
    pub(crate) fn now(self, scope: &mut Scope<'_>) -> Result<Raw, Failure> {
        match self {
            Work::Ready(finish) => finish(scope),
            Work::Thread(work) => work()(scope),
        }
    }
}

/// How the work of a thread ended: its result or its panic.
type Done = std::thread::Result<Finish>;

/// The state that a thread shares with the instance.
#[derive(Default)]
struct Shared {
    work: Mutex<Option<Box<dyn FnOnce() -> Finish + Send>>>,
    done: Mutex<Option<Done>>,
    signal: Condvar,
}

impl Shared {
    /// Runs the work, unless that was done already.
    fn run(&self) {
        let Some(work) = locked(&self.work).take() else { return };
        let done = catch_unwind(AssertUnwindSafe(work));
        *locked(&self.done) = Some(done);
        self.signal.notify_all();
    }

    /// Waits for the result; `None` if the deadline comes first.
    fn wait(&self, deadline: Option<Instant>) -> Option<Done> {
        let mut done = locked(&self.done);
        loop {
            if let Some(done) = done.take() {
                return Some(done);
            }
            done = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => self.signal.wait(done).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return None,
                Some(left) => self.signal.wait_timeout(done, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }
}

/// Locks a mutex. No foreign code runs under these locks, so a poisoned one is sound.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place among the threads of the process.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let more = |count: usize| (count < MAX_THREADS).then_some(count + 1);
        THREADS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(|_| Place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        THREADS.fetch_sub(1, Ordering::Relaxed);
    }
}

enum Pending {
    Ready(Finish),
    Thread(Arc<Shared>),
}

/// An operation that was started and not awaited.
pub(super) struct Entry {
    pub(super) operation: Arc<Operation>,
    /// The arguments, when the instance is recorded.
    pub(super) arguments: Option<Vec<DynValue>>,
    /// Its span, until it ends.
    pub(super) span: Option<OperationSpan>,
    pending: Pending,
}

impl Entry {
    /// Waits for the result until the deadline of the call.
    ///
    /// # Errors
    /// [`Limit::Deadline`].
    pub(super) fn wait(self, scope: &Scope<'_>) -> Result<Done> {
        match self.pending {
            Pending::Ready(finish) => Ok(Ok(finish)),
            Pending::Thread(shared) => shared.wait(scope.deadline()).ok_or_else(|| {
                let limit = scope.time_limit().unwrap_or_default();
                Error::limit(Limit::Deadline(limit))
            }),
        }
    }
}

/// The operations that the current call has started and not awaited, by number.
#[derive(Default)]
pub(crate) struct StartedOperations {
    entries: BTreeMap<u64, Entry>,
    /// The next number. 64 bits are never used up.
    next: u64,
}

impl StartedOperations {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Their count.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Starts an operation and gives its number.
    pub(super) fn start(
        &mut self,
        operation: Arc<Operation>,
        arguments: Option<Vec<DynValue>>,
        span: OperationSpan,
        work: Work,
    ) -> u64 {
        span.started();
        let pending = match (work, span.context()) {
            (Work::Ready(finish), _) => Pending::Ready(finish),
            (Work::Thread(work), None) => Pending::Thread(run_on_thread(work)),
            (Work::Thread(work), Some(context)) => {
                Pending::Thread(run_on_thread(Box::new(move || context.within(work))))
            }
        };
        let number = self.next;
        self.next += 1;
        self.entries.insert(number, Entry { operation, arguments, span: Some(span), pending });
        number
    }

    /// Removes the operation of a number.
    pub(super) fn take(&mut self, number: u64) -> Option<Entry> {
        self.entries.remove(&number)
    }

    /// Removes all operations, in the order in which they were started.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = (u64, Entry)> + use<> {
        std::mem::take(&mut self.entries).into_iter()
    }
}

impl fmt::Debug for StartedOperations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartedOperations").field("count", &self.len()).finish_non_exhaustive()
    }
}

/// Runs work on a thread, or at once if there cannot be another thread.
fn run_on_thread(work: Box<dyn FnOnce() -> Finish + Send>) -> Arc<Shared> {
    let shared = Arc::new(Shared { work: Mutex::new(Some(work)), ..Shared::default() });
    let on_thread = Place::take().is_some_and(|place| {
        let shared = Arc::clone(&shared);
        let run = move || {
            shared.run();
            drop(place);
        };
        std::thread::Builder::new().name("vera-started".to_owned()).spawn(run).is_ok()
    });
    if !on_thread {
        shared.run();
    }
    shared
}
