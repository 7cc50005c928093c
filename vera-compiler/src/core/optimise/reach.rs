//! The call graph: an order with callees before callers, and what no export reaches.

use super::walk;
use crate::core::{Block, End, FnId, Op, Program};

/// Every function that an export reaches, callees first (as far as recursion allows), in a fixed order.
pub(super) fn callees_first(program: &Program) -> Vec<FnId> {
    let mut order = Vec::new();
    let mut seen = vec![false; program.functions.len()];
    for &(_, root) in &program.exports {
        // Depth first with an explicit stack: chains of calls can be as long as the program.
        let mut stack = vec![(root, None::<std::vec::IntoIter<FnId>>)];
        while let Some((id, rest)) = stack.last_mut() {
            let rest = match rest {
                Some(rest) => rest,
                None => {
                    if std::mem::replace(&mut seen[id.index()], true) {
                        stack.pop();
                        continue;
                    }
                    let mut list = Vec::new();
                    walk::callees(program, &program.function(*id).body, &mut |callee| list.push(callee));
                    rest.insert(list.into_iter())
                }
            };
            match rest.next() {
                Some(next) => {
                    if !seen[next.index()] {
                        stack.push((next, None));
                    }
                }
                None => {
                    order.push(*id);
                    stack.pop();
                }
            }
        }
    }
    order
}

/// Removes functions that no export reaches, and renumbers the rest.
pub(super) fn drop_unreachable(program: &mut Program) {
    let mut reached = vec![false; program.functions.len()];
    for id in callees_first(program) {
        reached[id.index()] = true;
    }
    let mut next = 0;
    let renumbered: Vec<FnId> = reached
        .iter()
        .map(|&kept| {
            let id = FnId(next);
            next += u32::from(kept);
            id
        })
        .collect();
    let mut keep = reached.iter();
    program.functions.retain(|_| keep.next().copied().unwrap_or(false));
    for function in &mut program.functions {
        renumber(&mut function.body, &renumbered);
    }
    for (_, id) in &mut program.exports {
        *id = renumbered[id.index()];
    }
    // A closure shape whose body is gone is never made; it may point anywhere.
    for shape in &mut program.closures {
        let kept = reached.get(shape.function.index()).copied().unwrap_or(false);
        shape.function = if kept { renumbered[shape.function.index()] } else { FnId(0) };
    }
}

fn renumber(block: &mut Block, renumbered: &[FnId]) {
    for stmt in &mut block.stmts {
        if let Op::Call(callee, _) = &mut stmt.op {
            *callee = renumbered[callee.index()];
        }
        walk::blocks_mut(&mut stmt.op, &mut |inner| renumber(inner, renumbered));
    }
    if let End::TailCall(callee, _) = &mut block.end {
        *callee = renumbered[callee.index()];
    }
}
