//! The interface between verifier and solver.

/// A question: can the assertions hold together?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// SMT-LIB 2.6: declarations and assertions, without `check-sat`. Sorts are `Int` and `Bool`; there are
    /// uninterpreted functions, no data types and no quantifiers.
    pub script: String,
    /// Declared constants whose values a model must give.
    pub wanted: Vec<String>,
}

/// A value in a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// An integer.
    Int(i128),
    /// A truth value.
    Bool(bool),
}

/// What a solver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They cannot hold together.
    Unsat,
    /// They can. The values of [`Query::wanted`] in order; `None` where the solver gives none that fits.
    Sat(Vec<Option<Value>>),
    /// Not decided: why, in the solver's words or ours.
    Unknown(String),
}

/// Decides queries.
pub trait Solver {
    /// How reports name it.
    fn name(&self) -> &str;

    /// Answers a query. Must come back in bounded time whatever it is asked, and must not panic.
    fn solve(&mut self, query: &Query) -> Answer;
}
