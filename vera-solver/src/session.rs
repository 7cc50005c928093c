//! A solver made of engines, with a budget and a cache.
//!
//! Tasks run on several threads, each with a session of its own that shares budget and cache. Engines answer the same
//! whatever they were asked before, so outcomes do not depend on which thread runs a task. What does depend on time, as
//! ever, is whether a query that is near a limit is decided.

use std::num::NonZeroUsize;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use vera_compiler::verify::{Answer, Query, Solver, Task};

use crate::budget::Budget;
use crate::cache::{Cache, Key};
use crate::engine::{Engine, Verdict, Why};
use crate::limits::Limits;
use crate::threads;

/// Bytes of stack of a thread that runs tasks, as address space. Deep recursion takes further stacks as it needs them.
const STACK: usize = 16 << 20;

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
    threads: NonZeroUsize,
    /// Sessions of the other threads, made when they are needed first. They keep their engines.
    others: Vec<Session>,
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

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.queries += other.queries;
        self.solved += other.solved;
        self.cached += other.cached;
        self.spent += other.spent;
    }
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
            threads: threads::number(limits.threads),
            others: Vec::new(),
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

    /// A session with engines of its own, and the same limits, budget and cache.
    fn another(&self) -> Option<Session> {
        Some(Session {
            engines: self.engines.iter().map(|engine| engine.another()).collect::<Option<_>>()?,
            name: self.name.clone(),
            limit: self.limit,
            budget: self.budget.clone(),
            cache: self.cache.clone(),
            counts: Counts::default(),
            decided_by: None,
            threads: NonZeroUsize::MIN,
            others: Vec::new(),
        })
    }

    /// Takes tasks until there are none.
    fn take(&mut self, next: &AtomicUsize, count: usize, task: &Task<'_>) {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return;
            }
            self.engines.iter_mut().for_each(|engine| engine.forget());
            task(index, self);
        }
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

    fn for_each(&mut self, count: usize, task: &Task<'_>) {
        let wanted = self.threads.get().min(count).saturating_sub(1);
        while self.others.len() < wanted {
            let Some(another) = self.another() else { break };
            self.others.push(another);
        }
        let mut others = std::mem::take(&mut self.others);
        let next = &AtomicUsize::new(0);
        thread::scope(|scope| {
            let start = |other| {
                let thread = thread::Builder::new().name("vera-verify".to_owned()).stack_size(STACK);
                // Without this thread the others do its work.
                thread.spawn_scoped(scope, move || Session::take(other, next, count, task)).ok()
            };
            let started: Vec<_> = others.iter_mut().take(wanted).filter_map(start).collect();
            self.take(next, count, task);
            for thread in started {
                if let Err(panic) = thread.join() {
                    panic::resume_unwind(panic);
                }
            }
        });
        for other in &mut others {
            self.counts += std::mem::take(&mut other.counts);
        }
        self.others = others;
    }
}
