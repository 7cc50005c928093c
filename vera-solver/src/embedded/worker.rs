//! The thread that runs the solver, and its supervision.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use vera_compiler::verify::Query;

use crate::engine::{Verdict, Why};

/// Bytes of stack. Nothing here recurses on a query, but the solver may recurse on its own data. This is address space:
/// memory is used only as needed.
const STACK: usize = 64 << 20;
/// How much later than requested an answer may come.
const GRACE: Duration = Duration::from_millis(50);
/// Maximum number of abandoned threads.
const MAX_LATE: usize = 4;
const THREAD: &str = "vera-solver";

/// Abandoned threads that still run.
static LATE: AtomicUsize = AtomicUsize::new(0);

/// A function that decides a query until a deadline.
pub(super) type Decide = fn(&Query, Instant) -> Verdict;

struct Job {
    query: Query,
    deadline: Instant,
    reply: SyncSender<Verdict>,
}

/// A thread that decides queries.
pub(super) struct Worker {
    jobs: Sender<Job>,
}

impl Worker {
    pub(super) fn start(decide: Decide) -> Result<Self, String> {
        let late = LATE.load(Ordering::Relaxed);
        if late >= MAX_LATE {
            return Err(format!("{late} queries that took too long still run"));
        }
        hush();
        let (jobs, inbox) = channel();
        let thread = thread::Builder::new().name(THREAD.to_owned()).stack_size(STACK);
        thread.spawn(move || serve(&inbox, decide)).map_err(|error| format!("no thread for it: {error}"))?;
        Ok(Worker { jobs })
    }

    /// Decides a query. The worker is returned if it can be asked again.
    pub(super) fn decide(self, query: Query, limit: Duration) -> (Verdict, Option<Self>) {
        let (reply, answer) = sync_channel(1);
        let deadline = Instant::now().checked_add(limit);
        let deadline = deadline.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
        if self.jobs.send(Job { query, deadline, reply }).is_err() {
            return (Verdict::Unknown(Why::Failed("its thread ended".to_owned())), None);
        }
        match answer.recv_timeout(limit.saturating_add(GRACE)) {
            Ok(Verdict::Unknown(Why::Time(_))) => (Verdict::Unknown(Why::Time(limit)), Some(self)),
            Ok(verdict) => (verdict, Some(self)),
            Err(RecvTimeoutError::Disconnected) => (Verdict::Unknown(Why::Failed("its thread ended".to_owned())), None),
            Err(RecvTimeoutError::Timeout) => {
                leave(answer);
                (Verdict::Unknown(Why::Time(limit)), None)
            }
        }
    }
}

/// Counts a thread as late until it answers.
fn leave(answer: Receiver<Verdict>) {
    LATE.fetch_add(1, Ordering::Relaxed);
    let wait = move || {
        // Either way it is done.
        _ = answer.recv();
        LATE.fetch_sub(1, Ordering::Relaxed);
    };
    // Where there is no thread to wait with, it counts as late for good.
    _ = thread::Builder::new().name(THREAD.to_owned()).spawn(wait);
}

fn serve(inbox: &Receiver<Job>, decide: Decide) {
    while let Ok(Job { query, deadline, reply }) = inbox.recv() {
        let verdict = panic::catch_unwind(AssertUnwindSafe(|| decide(&query, deadline)))
            .unwrap_or_else(|panic| Verdict::Unknown(Why::Failed(message(&*panic))));
        // Nobody waits any more when it is late.
        _ = reply.send(verdict);
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("no message"))
}

/// Panics of these threads become answers and are not printed (by rustc, in a macro). All other panics are reported as
/// before.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(THREAD) {
                report(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(worker: Worker, script: &str) -> (Verdict, Option<Worker>) {
        worker.decide(Query { script: script.to_owned(), wanted: Vec::new() }, Duration::from_millis(10))
    }

    /// Does what the script says.
    fn act(query: &Query, _: Instant) -> Verdict {
        match query.script.as_str() {
            "hang" => {
                thread::sleep(Duration::from_millis(600));
                Verdict::Unsat
            }
            "panic" => panic!("no way"),
            _ => Verdict::Sat(Vec::new()),
        }
    }

    #[test]
    fn panics_are_answers_and_late_threads_are_left_behind_up_to_a_number() {
        let (verdict, worker) = ask(Worker::start(act).unwrap(), "panic");
        assert_eq!(verdict, Verdict::Unknown(Why::Failed("panicked: no way".to_owned())));
        let (verdict, worker) = ask(worker.unwrap(), "answer");
        assert_eq!((verdict, worker.is_some()), (Verdict::Sat(Vec::new()), true));
        for _ in 0..MAX_LATE {
            let (verdict, worker) = ask(Worker::start(act).unwrap(), "hang");
            assert_eq!(verdict, Verdict::Unknown(Why::Time(Duration::from_millis(10))));
            assert!(worker.is_none());
        }
        assert_eq!(Worker::start(act).err().unwrap(), "4 queries that took too long still run");
        // They come to an end after all.
        while LATE.load(Ordering::Relaxed) > 0 {
            thread::sleep(Duration::from_millis(10));
        }
        assert!(Worker::start(act).is_ok());
    }
}
