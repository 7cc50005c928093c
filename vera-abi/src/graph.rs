//! Strongly connected components of a graph, to find nodes that call or contain themselves. The compiler and the host
//! use it for calls.

use alloc::vec;
use alloc::vec::Vec;

/// The component of each node, by Tarjan's algorithm without recursion, in time linear in the size of the graph.
/// Components are numbered callees first. An edge is the index of a node.
///
/// # Panics
/// When an edge is not the index of a node.
pub fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let count = edges.len();
    let (mut index, mut low) = (vec![UNSEEN; count], vec![0; count]);
    let mut component = vec![UNSEEN; count];
    let (mut next_index, mut next_component) = (0, 0);
    let mut open = Vec::new();
    for start in 0..count {
        if index[start] != UNSEEN {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if *next == 0 {
                index[node] = next_index;
                low[node] = next_index;
                next_index += 1;
                open.push(node);
            }
            if let Some(&target) = edges[node].get(*next) {
                *next += 1;
                if index[target] == UNSEEN {
                    path.push((target, 0));
                } else if component[target] == UNSEEN {
                    low[node] = low[node].min(index[target]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
            if low[node] == index[node] {
                while let Some(member) = open.pop() {
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
    use super::components;
    use alloc::vec;

    #[test]
    fn finds_cycles() {
        // 0 → 1 ⇄ 2 → 3, 4 alone with a loop
        let found = components(&[vec![1], vec![2], vec![1, 3], vec![], vec![4]]);
        assert_eq!(found[1], found[2]);
        let mut distinct = found.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 4);
        assert!(found[3] < found[1] && found[1] < found[0], "callees come first");
    }

    #[test]
    fn a_node_without_edges_is_visited_once() {
        assert_eq!(components(&[vec![], vec![0, 0], vec![1, 0]]), [0, 1, 2]);
    }
}
