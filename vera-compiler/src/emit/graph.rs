//! Facts about the whole program that the emitter needs before it writes a function: which functions may allocate,
//! which exports use native stack in proportion to their input, and which externs and closures are used.
//!
//! An indirect call is assumed to allocate and to recurse, because the possible functions of a closure value are not
//! tracked.

use crate::core::{ClosureId, End, ExternId, FnId, Op, Program};
use crate::emit::site::Site;
use std::collections::BTreeSet;
use vera_abi::graph::components;
use vera_abi::names::imported_effect;

/// Facts of the call graph.
#[derive(Debug)]
pub(crate) struct CallGraph {
    /// By function: whether a call of it may allocate, and so collect.
    pub(crate) may_allocate: Vec<bool>,
    /// By function: whether a call of it can reach an indirect call, a cycle that has a call which is no tail call, or
    /// an operation whose host may call such a function of the module back.
    pub(crate) deep: Vec<bool>,
    /// The imported functions that are called.
    pub(crate) externs: BTreeSet<ExternId>,
    /// The closures that are made.
    pub(crate) closures: BTreeSet<ClosureId>,
}

#[derive(Default)]
struct Node {
    /// Callees, and whether the call is a tail call.
    calls: BTreeSet<(FnId, bool)>,
    indirect: bool,
    allocates: bool,
    /// Whether it performs an operation, whose host may call any exported function.
    performs: bool,
}

impl CallGraph {
    /// Analyses a program.
    pub(crate) fn of(program: &Program) -> Self {
        let mut externs = BTreeSet::new();
        let mut closures = BTreeSet::new();
        let mut nodes = Vec::with_capacity(program.functions.len());
        for function in &program.functions {
            let mut node = Node::default();
            function.body.for_each_block(|block| {
                for stmt in &block.stmts {
                    match &stmt.op {
                        Op::Call(callee, _) => {
                            node.calls.insert((*callee, false));
                            continue;
                        }
                        Op::CallClosure { .. } => node.indirect = true,
                        Op::Extern(id, _) => {
                            externs.insert(*id);
                            let import = &program.externs[id.index()];
                            node.performs |= imported_effect(&import.module).is_some();
                        }
                        Op::Closure(id, _) => {
                            closures.insert(*id);
                        }
                        _ => {}
                    }
                    node.allocates |= Site::of_op(program, &stmt.op, |_| false) != Site::None;
                }
                match &block.end {
                    End::TailCall(callee, _) => {
                        node.calls.insert((*callee, true));
                    }
                    End::TailCallClosure { .. } => node.indirect = true,
                    _ => {}
                }
            });
            node.allocates |= node.indirect;
            nodes.push(node);
        }

        let callers = callers(&nodes);
        let may_allocate = reaching(&callers, |index| nodes[index].allocates);
        let exported: Vec<usize> = program.exports.iter().map(|(_, id)| id.index()).collect();
        let deep = deep(&nodes, &callers, &exported);
        Self { may_allocate, deep, externs, closures }
    }
}

/// See [`CallGraph::deep`].
fn deep(nodes: &[Node], callers: &[Vec<usize>], exported: &[usize]) -> Vec<bool> {
    let component = components(&callees(nodes));
    let recurses = |index: usize| {
        let node = &nodes[index];
        let again = |&(callee, tail): &(FnId, bool)| !tail && component[callee.index()] == component[index];
        node.indirect || node.calls.iter().any(again)
    };
    let deep = reaching(callers, recurses);
    if exported.iter().any(|&index| deep[index]) {
        reaching(callers, |index| deep[index] || nodes[index].performs)
    } else {
        deep
    }
}

fn callees(nodes: &[Node]) -> Vec<Vec<usize>> {
    nodes.iter().map(|node| node.calls.iter().map(|(callee, _)| callee.index()).collect()).collect()
}

fn callers(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut callers = vec![Vec::new(); nodes.len()];
    for (caller, node) in nodes.iter().enumerate() {
        for (callee, _) in &node.calls {
            callers[callee.index()].push(caller);
        }
    }
    callers
}

/// The nodes that satisfy `seed` or reach one that does.
fn reaching(callers: &[Vec<usize>], seed: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut reached: Vec<bool> = (0..callers.len()).map(seed).collect();
    let mut work: Vec<usize> = (0..callers.len()).filter(|&index| reached[index]).collect();
    while let Some(index) = work.pop() {
        for &caller in &callers[index] {
            if !reached[caller] {
                reached[caller] = true;
                work.push(caller);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(edges: &[(u32, u32, bool)], count: usize) -> Vec<Node> {
        let mut nodes: Vec<Node> = (0..count).map(|_| Node::default()).collect();
        for &(from, to, tail) in edges {
            nodes[from as usize].calls.insert((FnId(to), tail));
        }
        nodes
    }

    #[test]
    fn only_cycles_with_a_call_that_returns_are_deep() {
        // 0 -> 1 <-> 2 by tail calls; 3 -> 4 -> 3 with one plain call; 5 -> 3; 6 alone; 7 calls itself.
        let edges =
            [(0, 1, false), (1, 2, true), (2, 1, true), (3, 4, true), (4, 3, false), (5, 3, true), (7, 7, false)];
        let nodes = nodes(&edges, 8);
        assert_eq!(deep(&nodes, &callers(&nodes), &[]), [false, false, false, true, true, true, false, true]);
        let component = components(&callees(&nodes));
        assert_eq!(component[1], component[2]);
        assert_eq!(component[3], component[4]);
        assert_ne!(component[0], component[1]);
        assert_ne!(component[5], component[3]);
    }

    #[test]
    fn operations_are_deep_where_their_host_can_call_a_deep_function() {
        // 0 -> 1, which performs; 2 calls itself; 3 alone.
        let mut nodes = nodes(&[(0, 1, false), (2, 2, false)], 4);
        nodes[1].performs = true;
        let callers = callers(&nodes);
        assert_eq!(deep(&nodes, &callers, &[0, 2, 3]), [true, true, true, false]);
        assert_eq!(deep(&nodes, &callers, &[0, 3]), [false, false, true, false], "no host reaches function 2");
    }
}
