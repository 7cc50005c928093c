//! A solver with a budget.

use std::time::{Duration, Instant};

use vera_compiler::verify::{Answer, Query, Solver};

use crate::engine::{Engine, Verdict, Why};
use crate::limits::Limits;

/// A [`Solver`]: an [`Engine`] that may take a time for each query and a time in all.
pub struct Session {
    engine: Box<dyn Engine>,
    limits: Limits,
    /// Time that the engine has had.
    spent: Duration,
}

impl Session {
    /// A session that has its whole budget.
    pub fn new(engine: Box<dyn Engine>, limits: Limits) -> Self {
        Session { engine, limits, spent: Duration::ZERO }
    }

    fn decide(&mut self, query: &Query) -> Verdict {
        let left = self.limits.total.map_or(Duration::MAX, |total| total.saturating_sub(self.spent));
        if left.is_zero() {
            return Verdict::Unknown(Why::Budget);
        }
        let started = Instant::now();
        let verdict = self.engine.decide(query, self.limits.query.min(left));
        self.spent += started.elapsed();
        verdict
    }
}

impl Solver for Session {
    fn name(&self) -> &str {
        self.engine.name()
    }

    fn solve(&mut self, query: &Query) -> Answer {
        self.decide(query).into()
    }
}
