//! Which functions call each other in circles.
//!
//! Only calls written in the program count: a call through a closure value does not.

use super::walk;
use crate::tir::{ExprKind, FnId, Program};

/// The strongly connected components of the call graph.
#[derive(Debug, Default)]
pub(super) struct Recursion {
    component: Vec<u32>,
    calls_itself: Vec<bool>,
}

impl Recursion {
    /// Looks at every call of the program.
    pub(super) fn of(program: &Program) -> Self {
        let calls: Vec<Vec<u32>> = program.functions.iter().map(callees).collect();
        let calls_itself = calls.iter().enumerate().map(|(index, calls)| calls.binary_search(&(index as u32)).is_ok());
        Self { calls_itself: calls_itself.collect(), component: components(&calls) }
    }

    /// Whether a function contains a call of itself.
    pub(super) fn calls_itself(&self, function: FnId) -> bool {
        self.calls_itself[function.index()]
    }

    /// Whether two functions are in one circle (or are the same function).
    pub(super) fn together(&self, a: FnId, b: FnId) -> bool {
        self.component[a.index()] == self.component[b.index()]
    }

    /// The functions in the circle of `function`, itself included, in order of declaration.
    pub(super) fn circle(&self, function: FnId) -> impl Iterator<Item = FnId> {
        let component = self.component[function.index()];
        let all = self.component.iter().enumerate();
        all.filter(move |&(_, &other)| other == component).map(|(index, _)| FnId(index as u32))
    }
}

fn callees(function: &crate::tir::FnDecl) -> Vec<u32> {
    let mut found = Vec::new();
    for root in walk::roots(function) {
        walk::each(root, &mut |expr| {
            if let ExprKind::Call { function, .. } = &expr.kind {
                found.push(function.0);
            }
        });
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Tarjan's algorithm with an explicit stack; the component of each node.
fn components(edges: &[Vec<u32>]) -> Vec<u32> {
    const NEW: u32 = u32::MAX;
    let count = edges.len();
    let (mut order, mut low, mut component) = (vec![NEW; count], vec![0u32; count], vec![NEW; count]);
    let (mut next_order, mut next_component) = (0u32, 0u32);
    let mut pending: Vec<usize> = Vec::new();
    for start in 0..count {
        if order[start] != NEW {
            continue;
        }
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some(&(node, edge)) = path.last() {
            if edge == 0 {
                order[node] = next_order;
                low[node] = next_order;
                next_order += 1;
                pending.push(node);
            }
            if let Some(&target) = edges[node].get(edge) {
                let target = target as usize;
                path.last_mut().into_iter().for_each(|step| step.1 += 1);
                if order[target] == NEW {
                    path.push((target, 0));
                } else if component[target] == NEW {
                    low[node] = low[node].min(order[target]);
                }
                continue;
            }
            path.pop();
            if let Some(&(parent, _)) = path.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] == order[node] {
                while let Some(member) = pending.pop() {
                    component[member] = next_component;
                    if member == node {
                        break;
                    }
                }
                next_component += 1;
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_and_others_stay_apart() {
        let edges = vec![vec![1], vec![2, 3], vec![0], vec![], vec![4], vec![5, 3]];
        let found = components(&edges);
        assert_eq!(found[0], found[1]);
        assert_eq!(found[1], found[2]);
        for (a, b) in [(0, 3), (0, 4), (3, 4), (4, 5), (3, 5)] {
            assert_ne!(found[a], found[b], "{a} and {b}");
        }
        assert!(found.iter().all(|&component| component != u32::MAX));
    }
}
