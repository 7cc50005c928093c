//! Two engines that must not contradict each other, for tests.

use std::time::Duration;

use vera_compiler::verify::Query;

use crate::engine::{Engine, Verdict, Why};

/// Asks a second engine the same query, and trusts neither when they contradict each other. Then the verdict is
/// [`Why::Failed`], with both verdicts and the query, which a test should report.
pub struct CrossChecked {
    engine: Box<dyn Engine>,
    other: Box<dyn Engine>,
    name: String,
}

impl CrossChecked {
    /// The verdicts of the first engine, checked by the second one.
    pub fn new(engine: Box<dyn Engine>, other: Box<dyn Engine>) -> Self {
        let name = format!("{}, checked by {}", engine.name(), other.name());
        CrossChecked { engine, other, name }
    }
}

impl Engine for CrossChecked {
    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&mut self) -> Result<String, Why> {
        Ok(format!("{}, checked by {}", self.engine.identity()?, self.other.identity()?))
    }

    fn another(&self) -> Option<Box<dyn Engine>> {
        Some(Box::new(CrossChecked::new(self.engine.another()?, self.other.another()?)))
    }

    fn forget(&mut self) {
        self.engine.forget();
        self.other.forget();
    }

    fn decide(&mut self, query: &Query, limit: Duration) -> Verdict {
        let verdict = self.engine.decide(query, limit);
        let other = match verdict {
            Verdict::Unknown(_) => return verdict,
            _ => self.other.decide(query, limit),
        };
        let contradiction =
            matches!((&verdict, &other), (Verdict::Sat(_), Verdict::Unsat) | (Verdict::Unsat, Verdict::Sat(_)));
        if !contradiction {
            return verdict;
        }
        let says = |verdict: &Verdict| if *verdict == Verdict::Unsat { "unsat" } else { "sat" };
        Verdict::Unknown(Why::Failed(format!(
            "contradiction: {} says {}, {} says {}, of {}",
            self.engine.name(),
            says(&verdict),
            self.other.name(),
            says(&other),
            query.script
        )))
    }
}
