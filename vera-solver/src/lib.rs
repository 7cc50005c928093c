//! Solvers for the Vera verifier.
//!
//! `vera-compiler` defines queries ([`Query`]) and answers ([`Answer`]). It is pure: it has no clock, no processes, no
//! solver. This crate has them.
//!
//! ```
//! use vera_compiler::verify::{Answer, Query};
//! use vera_solver::{Choice, Limits, solver};
//!
//! let mut solver = solver(Choice::Embedded, Limits::default());
//! let script = "(declare-const x Int) (assert (< 2 (* 2 x) 6))".to_owned();
//! let answer = solver.solve(&Query { script, wanted: vec!["x".to_owned()] });
//! assert!(matches!(answer, Answer::Sat(model) if model.len() == 1));
//! ```
//!
//! An [`Engine`] decides one query within a time. A [`Session`] is a [`Solver`] that consists of engines. It has a
//! [`Budget`], which several sessions can share, and asks a [`Cache`] first. It runs the tasks of a verification on
//! several threads ([`Limits::threads`]), each with engines of its own. Invariant of all engines: for any query,
//! they return soon after the time they were given, and do not panic. A query that they cannot decide is
//! [`Verdict::Unknown`] with a [`Why`].
//!
//! Nothing here judges an answer: the interpreter shows whether a model breaks a contract.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

mod absent;
mod budget;
mod cache;
mod choice;
mod cross_checked;
mod embedded;
mod engine;
mod isolated;
mod limits;
mod pipe;
mod process;
mod script;
mod session;
mod threads;
mod wire;

pub use absent::Absent;
pub use budget::Budget;
pub use cache::{Cache, TIMEOUTS_LAST};
pub use choice::{Choice, UnknownChoice};
pub use cross_checked::CrossChecked;
pub use embedded::Embedded;
pub use engine::{Engine, Verdict, Why};
pub use isolated::{Isolated, run_if_worker};
pub use limits::Limits;
pub use process::{Process, Z3_VARIABLE};
pub use script::{MAX_BYTES, MAX_TOKENS};
pub use session::{Counts, Session};
pub use threads::UnknownNumber;
pub use vera_compiler::verify::{Answer, Query, Solver, Value};

/// The solver for a choice. It runs within this process, except for z3.
pub fn solver(choice: Choice, limits: Limits) -> Box<dyn Solver> {
    Box::new(Session::new(engines(choice, &limits), limits))
}

/// The engines of a choice, in the order in which they are asked. The embedded solver runs on a thread, for places
/// where no child process can be started, such as a build.
pub fn engines(choice: Choice, limits: &Limits) -> Vec<Box<dyn Engine>> {
    engines_with(choice, limits, || Box::new(Embedded::new()))
}

/// The engines of a choice, with another engine for the embedded solver: [`Isolated`], in a command.
pub fn engines_with(
    choice: Choice,
    limits: &Limits,
    embedded: impl FnOnce() -> Box<dyn Engine>,
) -> Vec<Box<dyn Engine>> {
    let mut engines: Vec<Box<dyn Engine>> = Vec::new();
    if matches!(choice, Choice::Auto | Choice::Embedded) {
        engines.push(embedded());
    }
    if matches!(choice, Choice::Auto | Choice::Z3) {
        match Process::find(limits.memory) {
            Ok(process) => engines.push(Box::new(process)),
            Err(why) if choice == Choice::Z3 => engines.push(Box::new(Absent::new(why))),
            Err(_) => {}
        }
    }
    if engines.is_empty() {
        engines.push(Box::new(Absent::new(Why::Off)));
    }
    engines
}
