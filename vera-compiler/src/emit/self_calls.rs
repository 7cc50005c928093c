//! Turns self tail calls into jumps to a loop around the body, which cost a third of a tail call. Parameters that every
//! such call passes on unchanged stay outside the loop, where one save in the root frame serves all iterations.

use crate::core::{Atom, Block, End, FnId, Function, Label, Op, Stmt};
use std::borrow::Cow;

/// The function with its tail calls of itself turned into a loop; as it is when it has none.
pub(crate) fn to_loop(id: FnId, function: &Function) -> Cow<'_, Function> {
    let mut calls_itself = false;
    let mut next_label = 0;
    let mut changes = vec![false; function.params.len()];
    function.body.for_each_block(|block| {
        if let End::TailCall(callee, args) = &block.end
            && *callee == id
        {
            calls_itself = true;
            for ((changes, param), arg) in changes.iter_mut().zip(&function.params).zip(args) {
                *changes |= arg.local() != Some(*param);
            }
        }
        for stmt in &block.stmts {
            if let Op::Join { label, .. } | Op::Loop { label, .. } = stmt.op {
                next_label = next_label.max(label.0 + 1);
            }
        }
    });
    if !calls_itself {
        return Cow::Borrowed(function);
    }

    let mut function = function.clone();
    let label = Label(next_label);
    let mut body = std::mem::replace(&mut function.body, Block { stmts: Vec::new(), end: End::Unreachable });
    body.for_each_block_mut(|block| {
        if let End::TailCall(callee, args) = &mut block.end
            && *callee == id
        {
            let args = std::mem::take(args).into_iter().zip(&changes);
            block.end = End::Jump(label, args.filter(|(_, changes)| **changes).map(|(arg, _)| arg).collect());
        }
    });
    let mut params = Vec::with_capacity(function.params.len());
    for (position, changes) in changes.into_iter().enumerate() {
        if changes {
            let carried = function.params[position];
            function.params[position] = function.new_local(function.rep(carried));
            params.push((carried, Atom::Local(function.params[position])));
        }
    }
    let dest = function.new_local(function.result);
    function.body = Block {
        stmts: vec![Stmt { dest, op: Op::Loop { label, params, body: Box::new(body) } }],
        end: End::Yield(Atom::Local(dest)),
    };
    Cow::Owned(function)
}
