//! Facts about the whole program that the emitter needs before it writes a function: which functions may allocate, and
//! which externs and closures are used.
//!
//! An indirect call is assumed to allocate, because the possible functions of a closure value are not tracked.

use crate::core::{ClosureId, End, ExternId, FnId, Op, Program};
use crate::emit::site::Site;
use std::collections::BTreeSet;

/// Facts of the call graph.
#[derive(Debug)]
pub(crate) struct CallGraph {
    /// By function: whether a call of it may allocate, and so collect.
    pub(crate) may_allocate: Vec<bool>,
    /// The imported functions that are called.
    pub(crate) externs: BTreeSet<ExternId>,
    /// The closures that are made.
    pub(crate) closures: BTreeSet<ClosureId>,
}

#[derive(Default)]
struct Node {
    callees: BTreeSet<FnId>,
    allocates: bool,
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
                            node.callees.insert(*callee);
                            continue;
                        }
                        Op::CallClosure { .. } => node.allocates = true,
                        Op::Extern(id, _) => {
                            externs.insert(*id);
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
                        node.callees.insert(*callee);
                    }
                    End::TailCallClosure { .. } => node.allocates = true,
                    _ => {}
                }
            });
            nodes.push(node);
        }

        let callers = callers(&nodes);
        let may_allocate = reaching(&callers, |index| nodes[index].allocates);
        Self { may_allocate, externs, closures }
    }
}

fn callers(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut callers = vec![Vec::new(); nodes.len()];
    for (caller, node) in nodes.iter().enumerate() {
        for callee in &node.callees {
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
