//! What operations do besides computing a value: the only place where passes look it up.

use super::{Op, Program};

/// What an operation does besides giving a value; its nested blocks do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// It reads cells or registers, which others write.
    pub reads: bool,
    /// It writes cells or registers, or has an effect outside of the program.
    pub writes: bool,
    /// It can stop the program, as a failed check does, or never return.
    pub traps: bool,
    /// It can allocate, and so collect.
    pub allocates: bool,
    /// It runs other code of the program: what that does is not said here.
    pub calls: bool,
}

impl Effects {
    /// Whether the operation can be left out when nobody reads its value. How many cells are allocated does not count.
    pub fn can_be_dropped(self) -> bool {
        !self.writes && !self.traps && !self.calls
    }
}

impl Op {
    /// What the operation itself does.
    pub fn effects(&self, program: &Program) -> Effects {
        let nothing = Effects::default();
        match self {
            Op::Use(_)
            | Op::Field(..)
            | Op::Capture(..)
            | Op::Answered(_)
            | Op::Outside(_)
            | Op::If(..)
            | Op::Switch { .. }
            | Op::Join { .. }
            | Op::Loop { .. } => nothing,
            Op::Prim(prim, _) => Effects { traps: prim.can_trap(), allocates: prim.allocates(), ..nothing },
            Op::Record(..) | Op::Cell(..) => Effects { allocates: true, ..nothing },
            Op::Closure(_, captures) => Effects { allocates: !captures.is_empty(), ..nothing },
            Op::Array(_, items) => Effects { allocates: !items.is_empty(), ..nothing },
            Op::CellGet(..) | Op::Get(_) => Effects { reads: true, ..nothing },
            Op::CellSet(..) | Op::Set(..) => Effects { writes: true, ..nothing },
            Op::Extern(id, _) => {
                let import = &program.externs[id.index()];
                let (writes, allocates) = (!import.pure, import.allocates);
                Effects { reads: writes, writes, traps: import.diverges, allocates, ..nothing }
            }
            Op::Call(..) | Op::CallClosure { .. } => Effects { calls: true, allocates: true, ..nothing },
            Op::Perform(_) | Op::Handle(_) | Op::Resume(_) => {
                Effects { reads: true, writes: true, traps: true, allocates: true, calls: true }
            }
        }
    }
}
