//! Removes dead code.

use crate::core::{Atom, Block, Function, LocalId, Op, Program};

/// Removes operations whose result is not used and that can be left out.
pub(super) fn remove(program: &Program, function: &mut Function) {
    let mut used = vec![false; function.locals.len()];
    block(program, &mut function.body, &mut used);
}

fn mark(used: &mut [bool], atom: &Atom) {
    if let Atom::Local(LocalId(index)) = atom {
        used[*index as usize] = true;
    }
}

/// Definitions come before uses, so a walk from the end has seen every use of a local when it meets its definition.
fn block(program: &Program, body: &mut Block, used: &mut Vec<bool>) {
    body.end.for_each_atom(|atom| mark(used, atom));
    let mut kept = Vec::with_capacity(body.stmts.len());
    while let Some(mut stmt) = body.stmts.pop() {
        if !used[stmt.dest.index()] && removable(program, &stmt.op) {
            continue;
        }
        match &mut stmt.op {
            Op::Join { body, target, .. } => {
                block(program, target, used);
                block(program, body, used);
            }
            op => op.for_each_inner_mut(|inner| block(program, inner, used)),
        }
        stmt.op.for_each_atom(|atom| mark(used, atom));
        kept.push(stmt);
    }
    kept.reverse();
    body.stmts = kept;
}

/// Whether leaving the operation out changes nothing but the number of cells allocated. What is in blocks stays.
fn removable(program: &Program, op: &Op) -> bool {
    let construct = matches!(op, Op::If(..) | Op::Switch { .. } | Op::Join { .. } | Op::Loop { .. });
    !construct && op.effects(program).can_be_dropped()
}
