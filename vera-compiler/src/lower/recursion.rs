//! Which functions call each other in cycles.
//!
//! Only calls written in the program count: a call through a closure value does not.

use crate::tir::{ExprKind, FnId, Program};
use vera_abi::graph::components;

/// The strongly connected components of the call graph.
#[derive(Debug, Default)]
pub(super) struct Recursion {
    component: Vec<usize>,
    calls_itself: Vec<bool>,
}

impl Recursion {
    /// Looks at every call of the program.
    pub(super) fn of(program: &Program) -> Self {
        let calls: Vec<Vec<usize>> = program.functions.iter().map(callees).collect();
        let calls_itself = calls.iter().enumerate().map(|(index, calls)| calls.binary_search(&index).is_ok());
        Self { calls_itself: calls_itself.collect(), component: components(&calls) }
    }

    /// Whether a function contains a call of itself.
    pub(super) fn calls_itself(&self, function: FnId) -> bool {
        self.calls_itself[function.index()]
    }

    /// Whether two functions are in one cycle (or are the same function).
    pub(super) fn together(&self, a: FnId, b: FnId) -> bool {
        self.component[a.index()] == self.component[b.index()]
    }

    /// The functions in the cycle of `function`, itself included, in order of declaration.
    pub(super) fn cycle(&self, function: FnId) -> impl Iterator<Item = FnId> {
        let component = self.component[function.index()];
        let all = self.component.iter().enumerate();
        all.filter(move |&(_, &other)| other == component).map(|(index, _)| FnId(index as u32))
    }
}

fn callees(function: &crate::tir::FnDecl) -> Vec<usize> {
    let mut found = Vec::new();
    function.walk(&mut |expr| {
        if let ExprKind::Call { function, .. } = &expr.kind {
            found.push(function.index());
        }
    });
    found.sort_unstable();
    found.dedup();
    found
}
