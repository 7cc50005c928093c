//! Engines, which decide queries one at a time.

use std::fmt;
use std::time::Duration;

use vera_compiler::verify::{Answer, Query, Value};

/// Decides one query at a time.
pub trait Engine: Send {
    /// Its name in reports.
    fn name(&self) -> &str;

    /// Its name and version for the cache. Engines that may answer differently must have different identities.
    ///
    /// # Errors
    /// The reason why it cannot be asked at all.
    fn identity(&mut self) -> Result<String, Why> {
        Ok(self.name().to_owned())
    }

    /// Another engine that decides as this one does, for another thread. `None`: there is only this one.
    fn another(&self) -> Option<Box<dyn Engine>> {
        None
    }

    /// Forgets what it was asked, as far as its answers could depend on it.
    fn forget(&mut self) {}

    /// Decides whether the assertions are satisfiable together. It returns soon after `limit`, and does not panic.
    fn decide(&mut self, query: &Query, limit: Duration) -> Verdict;
}

/// The answer of an [`Engine`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The assertions are not satisfiable.
    Unsat,
    /// The assertions are satisfiable: the values of [`Query::wanted`] in order, `None` where there is none or it is
    /// too large.
    Sat(Vec<Option<Value>>),
    /// The query was not decided.
    Unknown(Why),
}

/// Why a query was not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// No solver is used.
    Off,
    /// The solver is not installed: what was looked for.
    Missing(String),
    /// The query is not in the language of queries, or not in the part that the solver supports.
    Unsupported(String),
    /// The query exceeds a size limit: which one.
    TooLarge(String),
    /// The solver gave up, with its message.
    Incomplete(String),
    /// The time for one query, which is given here, is over.
    Time(Duration),
    /// The solver needed more memory than it may use.
    Memory,
    /// The solver panicked, died, or gave an invalid answer: with its message.
    Failed(String),
    /// The time for all queries is over.
    Budget,
}

impl Why {
    /// Whether the same solver would give the same answer again, with any amount of time.
    pub fn lasts(&self) -> bool {
        matches!(self, Why::Unsupported(_) | Why::TooLarge(_) | Why::Incomplete(_))
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Off => f.write_str("no solver is used"),
            Why::Missing(what) => write!(f, "no solver: {what}"),
            Why::Unsupported(what) => write!(f, "unsupported: {what}"),
            Why::TooLarge(what) => write!(f, "too large: {what}"),
            Why::Incomplete(what) => write!(f, "the solver gave up: {what}"),
            Why::Time(limit) => write!(f, "not decided within {} ms", limit.as_millis()),
            Why::Memory => f.write_str("the solver ran out of memory"),
            Why::Failed(what) => write!(f, "the solver failed: {what}"),
            Why::Budget => f.write_str("budget"),
        }
    }
}

impl From<Verdict> for Answer {
    fn from(verdict: Verdict) -> Answer {
        match verdict {
            Verdict::Unsat => Answer::Unsat,
            Verdict::Sat(model) => Answer::Sat(model),
            Verdict::Unknown(why) => Answer::Unknown(why.to_string()),
        }
    }
}
