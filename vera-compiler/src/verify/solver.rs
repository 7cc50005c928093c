//! The interface between verifier and solver.

/// A question: are the assertions satisfiable together?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// SMT-LIB 2.6: declarations and assertions, without `check-sat`. Sorts are `Int` and `Bool`; there are
    /// uninterpreted functions, no data types and no quantifiers.
    pub script: String,
    /// Declared constants whose values a model must contain.
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

/// The answer of a solver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The assertions are not satisfiable.
    Unsat,
    /// The assertions are satisfiable. The values of [`Query::wanted`] in order; `None` where the solver gives no
    /// suitable value.
    Sat(Vec<Option<Value>>),
    /// Not decided: the reason.
    Unknown(String),
}

/// Decides queries.
pub trait Solver {
    /// Its name in reports.
    fn name(&self) -> &str;

    /// Answers a query. It must return in bounded time for any query, and must not panic.
    fn solve(&mut self, query: &Query) -> Answer;

    /// Runs a task for each index below `count`, once and in any order. A solver may run several tasks at once, on
    /// threads: each task gets this solver, or another one that gives the same answers.
    fn for_each(&mut self, count: usize, task: &Task<'_>) {
        let mut solver = self;
        (0..count).for_each(|index| task(index, &mut solver));
    }
}

/// One of several independent tasks, by index, with the solver for it.
pub type Task<'t> = dyn Fn(usize, &mut dyn Solver) + Sync + 't;

impl<S: Solver + ?Sized> Solver for &mut S {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn solve(&mut self, query: &Query) -> Answer {
        (**self).solve(query)
    }

    fn for_each(&mut self, count: usize, task: &Task<'_>) {
        (**self).for_each(count, task);
    }
}
