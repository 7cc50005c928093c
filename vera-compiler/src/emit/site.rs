//! The operations that may collect, and the roots that they need meanwhile.

use crate::core::{Atom, FnId, Op, Prim, Program, RecordShape};
use vera_abi::heap::{BUFFER_DATA, LARGEST_CELL};
use vera_abi::layout::{Rep, record};

/// How an operation can reach the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// It cannot.
    None,
    /// Only on a rare path, which roots by itself what it needs.
    Cold,
    /// On its usual path.
    Hot,
}

impl Site {
    /// The site of an operation, given which functions may allocate.
    pub(crate) fn of_op(program: &Program, op: &Op, may_allocate: impl Fn(FnId) -> bool) -> Self {
        if !op.effects(program).allocates {
            return Site::None;
        }
        match op {
            Op::Call(callee, _) if !may_allocate(*callee) => Site::None,
            Op::Record(id, _) | Op::Cell(id, _) => Self::of_allocation(record_size(&program.records[id.index()])),
            Op::Closure(id, _) => Self::of_allocation(record(&program.closures[id.index()].captures).size),
            Op::Array(rep, items) => Self::of_allocation(array_size(*rep, items.len())),
            Op::Prim(Prim::ArrayPush(_) | Prim::StrPush, _) => Site::Cold,
            _ => Site::Hot,
        }
    }

    fn of_allocation(size: u32) -> Self {
        if size <= LARGEST_CELL { Site::Cold } else { Site::Hot }
    }
}

/// Bytes of a record.
pub(crate) fn record_size(shape: &RecordShape) -> u32 {
    record(&shape.fields).size
}

/// Bytes of a buffer that holds exactly `count` elements.
pub(crate) fn array_size(rep: Rep, count: usize) -> u32 {
    BUFFER_DATA + rep.element_size() * count as u32
}

/// The operands that the operation still reads after it has allocated. Callees, and the functions of the support
/// module, keep alive what they are given.
pub(crate) fn operands_kept(op: &Op) -> &[Atom] {
    match op {
        Op::Record(_, args) | Op::Closure(_, args) | Op::Array(_, args) => args,
        Op::Cell(_, first) => std::slice::from_ref(first),
        Op::Prim(Prim::ArrayPush(_) | Prim::ArrayConcat(_), args) => &args[1..],
        Op::Prim(Prim::ArraySet(_), args) => &args[2..],
        Op::Prim(Prim::ArrayInsert(_) | Prim::ArrayRemove(_), args) => args,
        _ => &[],
    }
}
