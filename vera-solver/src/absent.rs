//! No solver.

use std::time::Duration;

use vera_compiler::verify::Query;

use crate::engine::{Engine, Verdict, Why};

/// Decides nothing, and gives the reason.
#[derive(Clone, Debug)]
pub struct Absent {
    why: Why,
}

impl Absent {
    /// Takes the place of a missing solver.
    pub fn new(why: Why) -> Self {
        Absent { why }
    }
}

impl Engine for Absent {
    fn name(&self) -> &str {
        "no solver"
    }

    fn another(&self) -> Option<Box<dyn Engine>> {
        Some(Box::new(self.clone()))
    }

    fn decide(&mut self, _: &Query, _: Duration) -> Verdict {
        Verdict::Unknown(self.why.clone())
    }
}
