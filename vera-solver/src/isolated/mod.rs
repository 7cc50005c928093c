//! The embedded solver in a child process, which is killed when it takes too long or too much memory.
//!
//! The child is a program that calls [`run_if_worker`] first in its `main`: the `vera` command starts itself, tests
//! start `vera-solver-worker`. It reads queries from standard input and ends when that ends, so it never outlives its
//! parent. The limits are not set in the operating system, which would need `unsafe` code: the parent watches the clock
//! and, on Unix, the memory of its child.

mod worker;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use vera_compiler::verify::Query;

use crate::embedded::Embedded;
use crate::engine::{Engine, Verdict, Why};
use crate::pipe::{Broken, Pipe};
use crate::{script, wire};
pub use worker::run_if_worker;

/// The argument that makes a program a worker.
const ARGUMENT: &str = "--vera-solver-worker";
/// The first line of a worker.
const GREETING: &str = concat!("vera-solver-worker ", env!("CARGO_PKG_VERSION"));
/// How long a worker may take to start.
const START: Duration = Duration::from_secs(5);
/// How much later than requested an answer may come.
const GRACE: Duration = Duration::from_millis(100);
/// How many workers in a row may fail without an answer.
const MAX_FAILURES: u32 = 3;

/// The embedded solver in a child process.
pub struct Isolated {
    program: PathBuf,
    /// Bytes that the child may use.
    memory: u64,
    /// Started by the first query; `None` after it was killed.
    pipe: Option<Pipe>,
    failures: u32,
}

impl Isolated {
    /// A child that runs this program again. Its `main` must begin with [`run_if_worker`].
    ///
    /// # Errors
    /// When the path of this program is not known.
    pub fn this_program(memory: u64) -> std::io::Result<Self> {
        std::env::current_exe().map(|program| Isolated::new(program, memory))
    }

    /// A child that runs a program whose `main` begins with [`run_if_worker`], and may use this number of bytes.
    pub fn new(program: PathBuf, memory: u64) -> Self {
        Isolated { program, memory, pipe: None, failures: 0 }
    }

    fn start(&mut self) -> Result<Pipe, Why> {
        if self.failures >= MAX_FAILURES {
            return Err(Why::Failed(format!("`{}` failed {} times in a row", self.program.display(), self.failures)));
        }
        self.failures += 1;
        let mut command = Command::new(&self.program);
        command.arg(ARGUMENT);
        let told = |what: &str| Why::Failed(format!("`{}`: {what}", self.program.display()));
        let pipe = Pipe::start(&mut command, self.memory).map_err(|error| told(&error.to_string()))?;
        match pipe.line(Instant::now() + START) {
            Ok(line) if line == GREETING => Ok(pipe),
            Ok(line) => Err(told(&format!("it says `{line}`, and is not a solver of this version"))),
            Err(_) => Err(told("it says nothing, and is not a solver")),
        }
    }

    fn ask(&mut self, query: &Query, limit: Duration) -> Result<Verdict, Why> {
        script::outline(&query.script)?;
        let pipe = match self.pipe.take() {
            Some(pipe) => pipe,
            None => self.start()?,
        };
        pipe.send(worker::request(query, limit));
        let limit = limit.min(Duration::from_secs(3600));
        let line = match pipe.line(Instant::now() + limit + GRACE) {
            Ok(line) => line,
            Err(Broken::Late) => {
                self.failures = 0;
                return Err(Why::Time(limit));
            }
            Err(Broken::Memory) => {
                self.failures = 0;
                return Err(Why::Memory);
            }
            Err(Broken::Ended) => return Err(Why::Failed("its process ended".to_owned())),
        };
        let Some(verdict) = wire::read(&line) else {
            return Err(Why::Failed(format!("its process said `{line}`")));
        };
        self.failures = 0;
        // After the time something may still run there.
        if !matches!(verdict, Verdict::Unknown(Why::Time(_))) {
            self.pipe = Some(pipe);
        }
        Ok(verdict)
    }
}

impl Engine for Isolated {
    fn name(&self) -> &str {
        Embedded::NAME
    }

    fn identity(&mut self) -> Result<String, Why> {
        // It is the same solver.
        Embedded::new().identity()
    }

    fn another(&self) -> Option<Box<dyn Engine>> {
        Some(Box::new(Isolated::new(self.program.clone(), self.memory)))
    }

    fn decide(&mut self, query: &Query, limit: Duration) -> Verdict {
        self.ask(query, limit).unwrap_or_else(Verdict::Unknown)
    }
}

/// Whether a program was started as a worker.
fn is_worker(mut arguments: impl Iterator<Item = OsString>) -> bool {
    arguments.nth(1).is_some_and(|argument| argument == ARGUMENT)
}
