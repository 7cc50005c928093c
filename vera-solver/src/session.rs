//! A solver with a budget, made of engines.

use std::time::{Duration, Instant};

use vera_compiler::verify::{Answer, Query, Solver};

use crate::engine::{Engine, Verdict, Why};
use crate::limits::Limits;

/// A [`Solver`]: engines that are asked in order until one decides, with a time for each query and a time in all.
pub struct Session {
    engines: Vec<Box<dyn Engine>>,
    name: String,
    limits: Limits,
    /// Time that the engines have had.
    spent: Duration,
}

impl Session {
    /// A session that has its whole budget.
    pub fn new(engines: Vec<Box<dyn Engine>>, limits: Limits) -> Self {
        let name = engines.iter().map(|engine| engine.name()).collect::<Vec<_>>().join(", ");
        Session { engines, name, limits, spent: Duration::ZERO }
    }

    fn decide(&mut self, query: &Query) -> Verdict {
        let mut reasons = Vec::new();
        for engine in &mut self.engines {
            let left = self.limits.total.map_or(Duration::MAX, |total| total.saturating_sub(self.spent));
            if left.is_zero() {
                reasons.push(Why::Budget);
                break;
            }
            let started = Instant::now();
            let verdict = engine.decide(query, self.limits.query.min(left));
            self.spent += started.elapsed();
            match verdict {
                Verdict::Unknown(why) => reasons.push(why),
                decided => return decided,
            }
        }
        // The first one's: others are asked for what it leaves open.
        Verdict::Unknown(reasons.into_iter().next().unwrap_or(Why::Off))
    }
}

impl Solver for Session {
    fn name(&self) -> &str {
        &self.name
    }

    fn solve(&mut self, query: &Query) -> Answer {
        self.decide(query).into()
    }
}
