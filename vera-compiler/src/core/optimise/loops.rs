//! Turns self tail calls into loops, and moves loop-invariant parameters out of loops.

use super::rename::Substitution;
use crate::core::{Atom, Block, End, FnId, Function, Label, LocalId, Op, Stmt};

/// Turns tail calls of a function to itself into jumps to the head of a loop around its body.
pub(super) fn self_calls_to_loop(id: FnId, function: &mut Function) {
    let mut found = false;
    function.body.for_each_block(|block| found |= matches!(&block.end, End::TailCall(callee, _) if *callee == id));
    if !found {
        return;
    }
    let label = Label(function.body.next_label());
    replace_self_calls(&mut function.body, id, label);
    // The loop's parameters take over the names that the body uses; the function gets new ones.
    let inner = std::mem::take(&mut function.params);
    function.params = inner.iter().map(|&param| function.new_local(function.rep(param))).collect();
    let params = inner.into_iter().zip(function.params.iter().map(|&param| Atom::Local(param))).collect();
    let body = std::mem::replace(&mut function.body, Block { stmts: Vec::new(), end: End::Unreachable });
    let dest = function.new_local(function.result);
    let op = Op::Loop { label, params, body: Box::new(body) };
    function.body = Block { stmts: vec![Stmt { dest, op }], end: End::Yield(Atom::Local(dest)) };
}

fn replace_self_calls(block: &mut Block, id: FnId, label: Label) {
    for stmt in &mut block.stmts {
        stmt.op.for_each_inner_mut(|inner| replace_self_calls(inner, id, label));
    }
    if let End::TailCall(callee, args) = &mut block.end
        && *callee == id
    {
        block.end = End::Jump(label, std::mem::take(args));
    }
}

/// Removes the parameters of a loop that every jump leaves as they are; they stand for their first value. Returns
/// what they stand for.
pub(super) fn drop_invariant_params(
    label: Label,
    params: &mut Vec<(LocalId, Atom)>,
    body: &mut Block,
) -> Vec<(LocalId, Atom)> {
    let mut varies = vec![false; params.len()];
    body.for_each_block(|block| {
        if let End::Jump(to, args) = &block.end
            && *to == label
        {
            for ((varies, (param, first)), arg) in varies.iter_mut().zip(params.iter()).zip(args) {
                *varies |= *arg != Atom::Local(*param) && (arg != first || !is_constant(first));
            }
        }
    });
    if varies.iter().all(|&varies| varies) {
        return Vec::new();
    }
    retain_jump_args(body, label, &varies);
    let mut invariant = Vec::new();
    let mut keep = varies.iter();
    params.retain(|(param, first)| {
        let kept = keep.next().copied().unwrap_or(true);
        if !kept {
            invariant.push((*param, first.clone()));
        }
        kept
    });
    invariant
}

/// Constants are the same wherever they stand; a local of an outer scope is too, but then it equals the parameter only
/// when no jump changes it, which the first comparison sees.
fn is_constant(atom: &Atom) -> bool {
    !matches!(atom, Atom::Local(_))
}

fn retain_jump_args(block: &mut Block, label: Label, keep: &[bool]) {
    for stmt in &mut block.stmts {
        stmt.op.for_each_inner_mut(|inner| retain_jump_args(inner, label, keep));
    }
    if let End::Jump(to, args) = &mut block.end
        && *to == label
    {
        let mut keep = keep.iter();
        args.retain(|_| keep.next().copied().unwrap_or(true));
    }
}

/// Whether any jump in a block goes to a label.
pub(super) fn jumps_to(block: &Block, label: Label) -> bool {
    let mut found = false;
    block.for_each_block(|block| found |= matches!(&block.end, End::Jump(to, _) if *to == label));
    found
}

/// Makes locals stand for atoms, for the caller's substitution.
pub(super) fn substitute_all(substitution: &mut Substitution, pairs: Vec<(LocalId, Atom)>) {
    for (local, atom) in pairs {
        substitution.set(local, atom);
    }
}
