//! Calls of closures that can have only a few shapes become calls of their functions.
//!
//! Which closures of a signature exist is known once the program is whole: a value of that signature is one of them.
//! One shape is a direct call. A tail call through a table costs much more than a choice between direct ones (a factor
//! of two to three, measured); a call that returns does not. So only tail calls become choices, and only among few
//! shapes, because the code of a choice is at each call.

use super::reach;
use crate::core::{Atom, Block, ClosureId, End, FnId, Function, Op, Program, Stmt, SwitchOn};
use std::collections::{BTreeMap, BTreeSet};
use vera_abi::layout::Rep;

/// Most shapes that a tail call chooses between.
const MAX_CHOICE: usize = 12;

/// The shapes of each signature, in order.
type Shapes = BTreeMap<(Vec<Rep>, Rep), Vec<(ClosureId, FnId)>>;

/// Rewrites a whole program. Gives the functions that changed.
pub(super) fn resolve(program: &mut Program) -> Vec<FnId> {
    let shapes = shapes(program);
    let mut changed = Vec::new();
    for (index, function) in program.functions.iter_mut().enumerate() {
        let mut body = std::mem::replace(&mut function.body, Block { stmts: Vec::new(), end: End::Unreachable });
        let mut found = false;
        body.for_each_block_mut(|block| found |= calls(block, &shapes, function));
        function.body = body;
        if found {
            changed.push(FnId(index as u32));
        }
    }
    changed
}

/// Drops what is for shapes that nothing makes any more: cases, and what follows where one's captured value is read.
/// Whether there was any.
pub(super) fn drop_impossible(program: &mut Program) -> bool {
    let made = made(program);
    let mut dropped = false;
    for function in &mut program.functions {
        function.body.for_each_block_mut(|block| {
            let read = |stmt: &Stmt| matches!(&stmt.op, Op::Capture(shape, ..) if !made.contains(shape));
            if let Some(position) = block.stmts.iter().position(read) {
                block.stmts.truncate(position);
                block.end = End::Unreachable;
                dropped = true;
            }
            for stmt in &mut block.stmts {
                if let Op::Switch { on: SwitchOn::Shape(_), cases, .. } = &mut stmt.op {
                    let count = cases.len();
                    cases.retain(|(shape, _)| made.contains(&ClosureId(*shape as u32)));
                    dropped |= cases.len() < count;
                }
            }
        });
    }
    dropped
}

/// The shapes that some function makes which an export reaches.
fn made(program: &Program) -> BTreeSet<ClosureId> {
    let mut made = BTreeSet::new();
    for id in reach::callees_first(program) {
        program.function(id).body.for_each_block(|block| {
            for stmt in &block.stmts {
                if let Op::Closure(shape, _) = &stmt.op {
                    made.insert(*shape);
                }
            }
        });
    }
    made
}

fn shapes(program: &Program) -> Shapes {
    let mut shapes = Shapes::new();
    for id in made(program) {
        let function = program.closures[id.index()].function;
        let body = program.function(function);
        let params = body.params.iter().skip(1).map(|&param| body.rep(param)).collect();
        shapes.entry((params, body.result)).or_default().push((id, function));
    }
    shapes
}

/// Rewrites the calls directly in a block; whether there were any.
fn calls(block: &mut Block, shapes: &Shapes, function: &mut Function) -> bool {
    let mut found = false;
    for stmt in &mut block.stmts {
        if let Op::CallClosure { closure, args, params, result } = &mut stmt.op
            && let Some([(_, only)]) = shapes.get(&(params.clone(), *result)).map(Vec::as_slice)
        {
            let args = std::iter::once(closure.clone()).chain(args.drain(..)).collect();
            stmt.op = Op::Call(*only, args);
            found = true;
        }
    }
    let End::TailCallClosure { closure, args, params, result } = &mut block.end else { return found };
    let Some(known) = shapes.get(&(params.clone(), *result)) else { return found };
    if known.len() > MAX_CHOICE {
        return found;
    }
    let args: Vec<Atom> = std::iter::once(closure.clone()).chain(args.drain(..)).collect();
    let call = |callee: FnId| End::TailCall(callee, args.clone());
    block.end = match known[..] {
        [(_, only)] => call(only),
        _ => {
            let case = |&(shape, callee): &(ClosureId, FnId)| {
                (i64::from(shape.0), Block { stmts: Vec::new(), end: call(callee) })
            };
            let op = Op::Switch {
                on: SwitchOn::Shape(closure.clone()),
                cases: known.iter().map(case).collect(),
                default: None,
            };
            let dest = function.new_local(*result);
            block.stmts.push(Stmt { dest, op });
            End::Yield(Atom::Local(dest))
        }
    };
    true
}
