//! The solver that is part of this library: [`rz3`].
//!
//! The stages of a query: `read` parses the text to terms, `term` keeps them in normal form, `simplify` uses the
//! assertions, `encode` makes flat clauses for the solver, `search` asks it, `evaluate` checks the model, and `decide`
//! has the strategy. The solver's own parser is not used, because its treatment of terms as they are written is its
//! weak side:
//!
//! * Its preprocessing recurses, ignores its time limit, and takes exponential time for nested conditions (20 of them:
//!   2.6 GB within 10 s). It gets nothing that is nested.
//! * It relates every two applications of a function (50 of them: 5 s). It gets only the relations that a model breaks
//!   (1 ms).
//! * It does not terminate on `(x + 2) mod 2 = x mod 2`. Remainders are in normal form and related.
//!
//! Of 359 random formulas of the fragment, the solver alone left 12 open within 2 s each; with these terms 3 are open.
//! **For writers of queries:** a term that is used more than once may be named by `let` or by a constant,
//! `(declare-const t Int)` and then `(assert (= t term))` before `t` is used; both are the same term, at no cost.
//! Constants are better: parentheses do not nest, and a model gives their values. Conditions may be nested, in any
//! place. Names must not begin with a digit, `@`, `.` or `__`.
//!
//! Other risks for a build:
//!
//! * The solver may run forever. Its thread is watched: when it is late, it is abandoned and another thread takes its
//!   place. No thread can be stopped from outside, so the number of abandoned threads is limited for the whole process.
//!   At the limit every query is answered by [`Why::Failed`] until one of them ends. A child process can be stopped.
//! * The solver may panic. The panic is caught, and nothing is printed.
//! * The solver may need much memory. There are limits on the query, on terms and on the input of the solver. Within
//!   these limits it has used up to 200 MB in a second.

mod decide;
mod encode;
mod evaluate;
mod operators;
mod read;
mod search;
mod simplify;
mod spread;
mod term;
mod worker;

use std::time::Duration;

use vera_compiler::verify::Query;

use crate::engine::{Engine, Verdict, Why};
use crate::script;
use worker::Worker;

/// Checks whether a text is a query. A text that is too large counts as one.
///
/// # Errors
/// [`Why::Unsupported`]: it is in another language.
pub(crate) fn check(query: &Query) -> Result<(), Why> {
    let checked = read::read(&query.script)
        .and_then(|problem| query.wanted.iter().try_for_each(|name| problem.constant(name).map(|_| ())));
    match checked {
        Err(why @ Why::Unsupported(_)) => Err(why),
        _ => Ok(()),
    }
}

/// The embedded solver, on its own thread.
#[derive(Default)]
pub struct Embedded {
    /// Started by the first query; `None` after it was abandoned.
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

    fn identity(&mut self) -> Result<String, Why> {
        // What is done here changes with the version of this crate, too.
        Ok(concat!("rz3 0.2.0, vera-solver ", env!("CARGO_PKG_VERSION")).to_owned())
    }

    fn another(&self) -> Option<Box<dyn Engine>> {
        Some(Box::new(Embedded::new()))
    }

    fn decide(&mut self, query: &Query, limit: Duration) -> Verdict {
        if let Err(refused) = script::outline(&query.script) {
            return Verdict::Unknown(refused.into());
        }
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => match Worker::start(decide::decide) {
                Ok(worker) => worker,
                Err(why) => return Verdict::Unknown(Why::Failed(why)),
            },
        };
        let (verdict, worker) = worker.decide(query.clone(), limit);
        self.worker = worker;
        verdict
    }
}
