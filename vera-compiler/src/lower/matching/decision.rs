//! Decisions: the part to test, and the target of each outcome.
//!
//! Decisions form an acyclic graph. Equal decisions are one node, and a test whose outcomes all lead to one node is
//! dropped, so shared decisions are found by identity. A node's outcomes have smaller ids than the node.

use super::parts::Occurrence;
use std::collections::HashMap;

/// A decision of a [`Decisions`] graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(u32);

impl NodeId {
    /// Its position in the graph.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What to do with a matched value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Decision<'p> {
    /// Take an arm.
    Arm(usize),
    /// Look at a constructor tag. Without a default the cases are all there are.
    Tag(Occurrence, Vec<(u32, NodeId)>, Option<NodeId>),
    /// Look at an integer.
    Int(Occurrence, Vec<(i64, NodeId)>, NodeId),
    /// Look at a `Bool`: true, false.
    Bool(Occurrence, NodeId, NodeId),
    /// Compare with strings, in ascending order.
    String(Occurrence, Vec<(&'p str, NodeId)>, NodeId),
    /// No pattern matches; the checker makes sure that no value gets here.
    Never,
}

impl Decision<'_> {
    /// The part that is looked at.
    pub(super) fn part(&self) -> Option<Occurrence> {
        match self {
            Decision::Arm(_) | Decision::Never => None,
            Decision::Tag(part, ..)
            | Decision::Int(part, ..)
            | Decision::Bool(part, ..)
            | Decision::String(part, ..) => Some(*part),
        }
    }

    fn for_each_outcome(&self, mut visit: impl FnMut(NodeId)) {
        match self {
            Decision::Arm(_) | Decision::Never => {}
            Decision::Tag(_, cases, default) => {
                cases.iter().for_each(|(_, outcome)| visit(*outcome));
                default.iter().for_each(|outcome| visit(*outcome));
            }
            Decision::Int(_, cases, default) => {
                cases.iter().for_each(|(_, outcome)| visit(*outcome));
                visit(*default);
            }
            Decision::String(_, cases, default) => {
                cases.iter().for_each(|(_, outcome)| visit(*outcome));
                visit(*default);
            }
            Decision::Bool(_, then, otherwise) => {
                visit(*then);
                visit(*otherwise);
            }
        }
    }

    /// Where all outcomes lead, if to one place.
    fn only_outcome(&self) -> Option<NodeId> {
        let mut outcomes = (None, true);
        self.for_each_outcome(|outcome| {
            outcomes = (Some(outcome), outcomes.1 && outcomes.0.is_none_or(|other| other == outcome));
        });
        outcomes.0.filter(|_| outcomes.1)
    }

    /// Leaves out cases that lead where the default leads.
    fn without_needless_cases(mut self) -> Self {
        match &mut self {
            Decision::Tag(_, cases, Some(default)) => cases.retain(|(_, outcome)| outcome != default),
            Decision::Int(_, cases, default) => cases.retain(|(_, outcome)| outcome != default),
            Decision::String(_, cases, default) => cases.retain(|(_, outcome)| outcome != default),
            _ => {}
        }
        self
    }
}

/// A graph of decisions.
#[derive(Debug, Default)]
pub(super) struct Decisions<'p> {
    nodes: Vec<Decision<'p>>,
    known: HashMap<Decision<'p>, NodeId>,
}

impl<'p> Decisions<'p> {
    /// The node of a decision between nodes of the graph.
    pub(super) fn node(&mut self, decision: Decision<'p>) -> NodeId {
        if let Some(only) = decision.only_outcome() {
            return only;
        }
        let decision = decision.without_needless_cases();
        if let Some(&known) = self.known.get(&decision) {
            return known;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(decision.clone());
        self.known.insert(decision, id);
        id
    }

    /// The decision of a node.
    pub(super) fn get(&self, id: NodeId) -> &Decision<'p> {
        &self.nodes[id.index()]
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// What several outcomes lead to, by the last node that is on all paths there: the inner list of a node holds what
    /// is shared within it and not within one of its outcomes, in ascending order. A node of such a list leads to earlier
    /// ones of it at most.
    pub(super) fn shared(&self, root: NodeId) -> Vec<Vec<NodeId>> {
        let mut arrivals = vec![0_u32; self.nodes.len()];
        let mut gates = Gates::new(self.nodes.len());
        gates.place(root, None);
        // Whatever leads to a node has a larger id, so it is complete when the node's turn comes.
        for index in (0..=root.index()).rev() {
            let id = NodeId(index as u32);
            if id != root && arrivals[index] == 0 {
                continue;
            }
            gates.settle(id);
            self.nodes[index].for_each_outcome(|outcome| {
                arrivals[outcome.index()] += 1;
                gates.arrive(outcome, id);
            });
        }
        let mut shared = vec![Vec::new(); self.nodes.len()];
        for (index, _) in arrivals.iter().enumerate().filter(|(_, arrivals)| **arrivals > 1) {
            if let Some(gate) = gates.of[index] {
                shared[gate.index()].push(NodeId(index as u32));
            }
        }
        shared
    }
}

/// The immediate dominators of nodes: the last other node that is on every path to a node.
///
/// They form a tree. Each node of it knows an ancestor far above (a skew-binary jump), so that the nearest common
/// ancestor of two takes logarithmic time.
struct Gates {
    of: Vec<Option<NodeId>>,
    depth: Vec<u32>,
    jump: Vec<NodeId>,
}

impl Gates {
    fn new(count: usize) -> Self {
        Self { of: vec![None; count], depth: vec![0; count], jump: vec![NodeId(0); count] }
    }

    /// Another way to a node.
    fn arrive(&mut self, node: NodeId, from: NodeId) {
        self.of[node.index()] = Some(self.of[node.index()].map_or(from, |gate| self.common(gate, from)));
    }

    /// All ways to the node are known.
    fn settle(&mut self, node: NodeId) {
        self.place(node, self.of[node.index()]);
    }

    fn place(&mut self, node: NodeId, gate: Option<NodeId>) {
        let at = node.index();
        let Some(gate) = gate else {
            self.jump[at] = node;
            return;
        };
        self.depth[at] = self.depth[gate.index()] + 1;
        let once = self.jump[gate.index()];
        let twice = self.jump[once.index()];
        let depth = |node: NodeId| self.depth[node.index()];
        let equal_steps = depth(gate) - depth(once) == depth(once) - depth(twice);
        self.jump[at] = if equal_steps { twice } else { gate };
    }

    /// The nearest common ancestor, either of them included.
    fn common(&self, mut one: NodeId, mut other: NodeId) -> NodeId {
        if self.depth[one.index()] < self.depth[other.index()] {
            (one, other) = (other, one);
        }
        while self.depth[one.index()] > self.depth[other.index()] {
            let jump = self.jump[one.index()];
            let far = self.depth[jump.index()] >= self.depth[other.index()];
            one = if far { jump } else { self.gate(one) };
        }
        while one != other {
            let jumps = (self.jump[one.index()], self.jump[other.index()]);
            (one, other) = if jumps.0 == jumps.1 { (self.gate(one), self.gate(other)) } else { jumps };
        }
        one
    }

    fn gate(&self, node: NodeId) -> NodeId {
        self.of[node.index()].unwrap_or(node)
    }
}
