//! The call graph: an order with callees before callers, and the functions that no export reaches.

use crate::core::{Block, ClosureId, End, FnId, Op, Program, SwitchOn};

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
                    program.for_each_callee(&program.function(*id).body, |callee| list.push(callee));
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

/// Removes functions that no export reaches, and the closure shapes of removed bodies, and renumbers the rest.
pub(super) fn drop_unreachable(program: &mut Program) {
    let mut reached = vec![false; program.functions.len()];
    for id in callees_first(program) {
        reached[id.index()] = true;
    }
    let made: Vec<bool> = program.closures.iter().map(|shape| reached[shape.function.index()]).collect();
    let numbers = Numbers { functions: renumbered(&reached), closures: renumbered(&made) };
    retain(&mut program.functions, &reached);
    retain(&mut program.closures, &made);
    for function in &mut program.functions {
        numbers.apply(&mut function.body);
    }
    for shape in &mut program.closures {
        shape.function = FnId(numbers.functions[shape.function.index()]);
    }
    for (_, id) in &mut program.exports {
        *id = FnId(numbers.functions[id.index()]);
    }
}

fn retain<T>(items: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    items.retain(|_| keep.next().copied().unwrap_or(false));
}

/// The new position of each kept item.
fn renumbered(keep: &[bool]) -> Vec<u32> {
    let mut next = 0;
    let number = |&kept: &bool| {
        let position = next;
        next += u32::from(kept);
        position
    };
    keep.iter().map(number).collect()
}

struct Numbers {
    functions: Vec<u32>,
    closures: Vec<u32>,
}

impl Numbers {
    fn apply(&self, block: &mut Block) {
        for stmt in &mut block.stmts {
            match &mut stmt.op {
                Op::Call(callee, _) => *callee = FnId(self.functions[callee.index()]),
                Op::Switch { on: SwitchOn::Shape(_), cases, .. } => {
                    for (shape, block) in cases {
                        *shape = i64::from(self.closures[*shape as usize]);
                        self.apply(block);
                    }
                }
                Op::Closure(shape, _) | Op::Capture(shape, ..) => *shape = ClosureId(self.closures[shape.index()]),
                op => op.for_each_inner_mut(|inner| self.apply(inner)),
            }
        }
        if let End::TailCall(callee, _) = &mut block.end {
            *callee = FnId(self.functions[callee.index()]);
        }
    }
}
