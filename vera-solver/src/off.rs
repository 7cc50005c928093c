//! No solver.

use std::time::Duration;

use vera_compiler::verify::Query;

use crate::engine::{Engine, Verdict, Why};

/// Decides nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Off;

impl Engine for Off {
    fn name(&self) -> &str {
        "off"
    }

    fn decide(&mut self, _: &Query, _: Duration) -> Verdict {
        Verdict::Unknown(Why::Off)
    }
}
