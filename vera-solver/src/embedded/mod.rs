//! The solver that is part of this library: [`rz3`].
//!
//! It is asked in its own language, through its own strict parser, each query in a fresh solver. What it cannot be
//! trusted with is kept from it:
//!
//! * Its preprocessing recurses and does not look at the clock. A query that is too large or too deep is refused before
//!   (`script`), and it runs on a thread with a large stack.
//! * It may run for ever. The thread is watched from here: when it is late, it is left to itself and another takes its
//!   place. No thread can be stopped from outside, so there is a limit on how many are left behind, in the whole
//!   process; then every query is answered [`Why::Failed`] until one of them ends. A child process can be stopped.
//! * It may panic: that is caught, and nothing is printed.

mod decide;
mod encode;
mod evaluate;
mod operators;
mod read;
mod term;
mod worker;

use std::time::Duration;

use vera_compiler::verify::Query;

use crate::engine::{Engine, Verdict, Why};
use crate::script;
use worker::Worker;

/// The embedded solver, on a thread of its own.
#[derive(Default)]
pub struct Embedded {
    /// Started by the first query; `None` after it was left behind.
    worker: Option<Worker>,
}

impl Embedded {
    /// Its name and version.
    pub const NAME: &str = "rz3 0.2.0";

    /// An embedded solver. Its thread starts with the first query.
    pub fn new() -> Self {
        Embedded::default()
    }
}

impl Engine for Embedded {
    fn name(&self) -> &str {
        Embedded::NAME
    }

    fn decide(&mut self, query: &Query, limit: Duration) -> Verdict {
        if let Err(refused) = script::outline(&query.script) {
            return Verdict::Unknown(refused.into());
        }
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => match Worker::start() {
                Ok(worker) => worker,
                Err(why) => return Verdict::Unknown(Why::Failed(why)),
            },
        };
        let (verdict, worker) = worker.decide(query.clone(), limit);
        self.worker = worker;
        verdict
    }
}
