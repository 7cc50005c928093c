//! A solver made of engines, with a budget and a cache.

use std::time::{Duration, Instant};

use vera_compiler::verify::{Answer, Query, Solver};

use crate::budget::Budget;
use crate::cache::{Cache, Key};
use crate::engine::{Engine, Verdict, Why};
use crate::limits::Limits;

/// A [`Solver`] that asks its engines in order until one decides, with a time for each query and a time in total. A
/// query that an engine answered before is not asked again.
pub struct Session {
    engines: Vec<Box<dyn Engine>>,
    name: String,
    /// Time for one query and engine.
    limit: Duration,
    budget: Budget,
    cache: Cache,
    counts: Counts,
    decided_by: Option<usize>,
}

/// Statistics of a [`Session`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Queries.
    pub queries: usize,
    /// Answers of engines.
    pub solved: usize,
    /// Answers of engines that came from the cache.
    pub cached: usize,
    /// Time that engines used.
    pub spent: Duration,
}

impl Session {
    /// A session with its own budget and a cache in memory.
    pub fn new(engines: Vec<Box<dyn Engine>>, limits: Limits) -> Self {
        let name = engines.iter().map(|engine| engine.name()).collect::<Vec<_>>().join(", ");
        Session {
            engines,
            name,
            limit: limits.query,
            budget: Budget::new(limits.total),
            cache: Cache::in_memory(),
            counts: Counts::default(),
            decided_by: None,
        }
    }

    /// The session with a budget that it shares with others.
    #[must_use]
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// The session with another cache.
    #[must_use]
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = cache;
        self
    }

    /// The statistics so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The engine that decided the last query; `None` when none did.
    pub fn decided_by(&self) -> Option<&str> {
        self.decided_by.map(|index| self.engines[index].name())
    }

    /// Decides a query.
    pub fn decide(&mut self, query: &Query) -> Verdict {
        self.counts.queries += 1;
        self.decided_by = None;
        let mut first = None;
        for index in 0..self.engines.len() {
            match self.ask(index, query) {
                // Others are asked for what the first leaves open: its reason is the one to know.
                Verdict::Unknown(why) => _ = first.get_or_insert(why),
                decided => {
                    self.decided_by = Some(index);
                    return decided;
                }
            }
        }
        Verdict::Unknown(first.unwrap_or(Why::Off))
    }

    fn ask(&mut self, index: usize, query: &Query) -> Verdict {
        let engine = &mut self.engines[index];
        let key = match engine.identity() {
            Ok(identity) => Key::new(&identity, query),
            Err(why) => return Verdict::Unknown(why),
        };
        if let Some(verdict) = self.cache.get(&key, self.limit) {
            self.counts.cached += 1;
            return verdict;
        }
        let limit = self.limit.min(self.budget.left());
        if limit.is_zero() {
            return Verdict::Unknown(Why::Budget);
        }
        let started = Instant::now();
        let verdict = engine.decide(query, limit);
        let time = started.elapsed();
        self.counts.solved += 1;
        self.counts.spent += time;
        self.budget.spend(time);
        self.cache.put(&key, &verdict);
        match verdict {
            // It was not given what a query is given.
            Verdict::Unknown(Why::Time(had)) if had < self.limit => Verdict::Unknown(Why::Budget),
            verdict => verdict,
        }
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
