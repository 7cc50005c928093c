//! Effects after lowering: operations that are performed, and handlers around blocks.
//!
//! [`super::evidence`] turns all of this into calls, closures, cells and registers; no later pass sees it.
//!
//! An operation is answered by the innermost active handler of its effect; without one, [`Unhandled`] says what
//! happens. A clause runs outside its handler. It can end in three ways. It yields, which gives the value of the whole
//! handler. [`super::End::Resume`] continues with the handled block and returns its value. [`super::Op::Resume`] does
//! the same as an operation, after which the clause continues.
//!
//! The state that `resume` continues with is computed at the place of `resume`. A handler of the clause around that place
//! does not answer what is performed there: the block is [`Outside`] of it.

use super::{Atom, Block, EffectId, ExternId, FrameId, LocalId, SiteId};
use vera_abi::layout::Rep;

/// An effect at concrete type arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Its name with its type arguments, such as `State<Int>`.
    pub name: String,
    /// What its operations are.
    pub kind: EffectKind,
}

/// What the operations of an effect are.
#[derive(Clone, Debug, PartialEq)]
pub enum EffectKind {
    /// `State<T>`: a cell of a representation that operation 0 reads and operation 1 writes. Its value where a host calls
    /// is given, unless the type has no value that is at hand.
    Cell(Rep, Result<Atom, SiteId>),
    /// Operations that the clauses of handlers carry out.
    Operations(Vec<Operation>),
}

/// An operation of an effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// Representations of the arguments.
    pub params: Vec<Rep>,
    /// Representation of the result.
    pub result: Rep,
}

/// An operation that is performed.
#[derive(Clone, Debug, PartialEq)]
pub struct Perform {
    /// The effect.
    pub effect: EffectId,
    /// Position of the operation in the effect.
    pub operation: u32,
    /// The arguments.
    pub args: Vec<Atom>,
    /// What happens where no handler is active.
    pub unhandled: Unhandled,
}

/// What an operation does that no handler answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unhandled {
    /// The host carries it out.
    Host(ExternId),
    /// The program stops; the site shows the arguments.
    Trap(SiteId),
    /// That cannot be: every activation has a handler.
    Never,
}

/// A choice by who answers the operations of an effect where it is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The effect.
    pub effect: EffectId,
    /// What is done where the host does, because no handler is active.
    pub by_host: Block,
    /// What is done where a handler does.
    pub by_handler: Block,
}

/// A handler around a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Handle {
    /// The handled effect.
    pub effect: EffectId,
    /// The first value of the handler's state, or of the cell; for an effect of kind [`EffectKind::Cell`] always there.
    pub state: Option<(Rep, Atom)>,
    /// The cell that a resumption's state replaces, where the handler has none of its own: the innermost one around the
    /// handler.
    pub cell: Option<EffectId>,
    /// What the operations do, by position; none for a cell.
    pub clauses: Vec<Clause>,
    /// The handled block.
    pub body: Block,
}

/// What a handler does with an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Position of the operation in the effect.
    pub operation: u32,
    /// Receive the arguments.
    pub params: Vec<LocalId>,
    /// Receives the state as it is when the operation is performed.
    pub state: Option<LocalId>,
    /// What backtraces show of it; what they show of the function around it when there is none.
    pub frame: Option<FrameId>,
    /// Names for the handlers around the clause, to be used by [`Outside`] in it: pairs of a name and an effect.
    pub around: Vec<(EffectId, EffectId)>,
    /// The code.
    pub body: Block,
}

/// A block that some handlers around do not answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Outside {
    /// Pairs of an effect and the name of the handler that answers it in the block, from [`Clause::around`].
    pub effects: Vec<(EffectId, EffectId)>,
    /// The block. It does not resume.
    pub body: Block,
}

/// Going on with the handled block.
#[derive(Clone, Debug, PartialEq)]
pub struct Resume {
    /// What the operation gives.
    pub value: Atom,
    /// The state from now on; as the clause found it when there is none.
    pub state: Option<Atom>,
}
