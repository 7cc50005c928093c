//! Blocks, statements, operations.

use super::{
    Answered, ClosureId, ExternId, FnId, Handle, Label, LocalId, Outside, Perform, Prim, RecordId, Resume, SiteId,
};
use std::sync::Arc;
use vera_abi::layout::Rep;

/// An operand.
#[derive(Clone, Debug, PartialEq)]
pub enum Atom {
    /// The value of a local.
    Local(LocalId),
    /// `()`.
    Unit,
    /// A `Bool` (0 or 1) or a `Byte`.
    Byte(u8),
    /// An `Int` or `Nat`.
    I64(i64),
    /// A `Float64`.
    F64(f64),
    /// A string literal (static data).
    Str(Arc<str>),
    /// The empty array, of any element type.
    EmptyArray,
    /// A constructor without fields.
    Static(u32),
}

/// Statements, then how the block ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Executed in order.
    pub stmts: Vec<Stmt>,
    /// What happens then.
    pub end: End,
}

/// Computes an operation into a local.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// Receives the result. Its representation is that of the operation's result.
    pub dest: LocalId,
    /// The operation.
    pub op: Op,
}

/// How a block ends.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The block's value; of a function body: the function's result.
    Yield(Atom),
    /// To the target of an enclosing [`Op::Join`], or back to the head of an enclosing [`Op::Loop`].
    Jump(Label, Vec<Atom>),
    /// A call whose result is the function's result (in tail position only).
    TailCall(FnId, Vec<Atom>),
    /// The same through a closure value. Representations of the arguments and of the result as in [`Op::CallClosure`].
    TailCallClosure {
        /// The closure value.
        closure: Atom,
        /// The arguments.
        args: Vec<Atom>,
        /// Representations of the arguments.
        params: Vec<Rep>,
        /// Representation of the result.
        result: Rep,
    },
    /// A failed check. The atoms are what it looked at, as its site lists them; they go into the trap record.
    Trap(SiteId, Vec<Atom>),
    /// Within a clause of a handler: goes on with the handled block; the clause's value is what that gives. Gone after
    /// `core::evidence`.
    Resume(Resume),
    /// A point that control cannot reach, such as after a call that never returns.
    Unreachable,
}

/// What a switch looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum SwitchOn {
    /// The constructor tag of a data value.
    Tag(Atom),
    /// The shape of a closure value, by [`ClosureId`].
    Shape(Atom),
    /// An `i64`.
    I64(Atom),
    /// A `Byte` or `Bool`.
    Byte(Atom),
}

impl SwitchOn {
    /// The operand, to be changed.
    pub fn atom_mut(&mut self) -> &mut Atom {
        match self {
            SwitchOn::Tag(atom) | SwitchOn::Shape(atom) | SwitchOn::I64(atom) | SwitchOn::Byte(atom) => atom,
        }
    }
}

/// A place outside of memory that holds a value for a moment: from where it is set to where control arrives, while
/// nothing is allocated and no other function is entered. Pointers in it are not rooted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Register {
    /// The prompt that control unwinds to; [`Atom::NONE`] when it does not unwind.
    Raised,
    /// The position of the operation that unwinds.
    Operation,
    /// What is carried, by representation.
    Value(Rep),
}

impl Register {
    /// The representation of what it holds.
    pub fn rep(self) -> Rep {
        match self {
            Register::Raised => Rep::Ptr,
            Register::Operation => Rep::I64,
            Register::Value(rep) => rep,
        }
    }
}

impl Atom {
    /// The pointer that stands for no handler, no prompt, no continuation.
    pub const NONE: Atom = Atom::Static(0);

    /// The representation of the operand, in a function with those locals.
    pub fn rep(&self, locals: &[Rep]) -> Rep {
        match self {
            Atom::Local(local) => locals[local.index()],
            Atom::Unit => Rep::Unit,
            Atom::Byte(_) => Rep::Byte,
            Atom::I64(_) => Rep::I64,
            Atom::F64(_) => Rep::F64,
            Atom::Str(_) | Atom::EmptyArray => Rep::Slice,
            Atom::Static(_) => Rep::Ptr,
        }
    }

    /// An operand of a representation for a value that nobody reads.
    pub fn nothing(rep: Rep) -> Self {
        match rep {
            Rep::Unit => Atom::Unit,
            Rep::Byte => Atom::Byte(0),
            Rep::I64 => Atom::I64(0),
            Rep::F64 => Atom::F64(0.0),
            Rep::Ptr => Atom::NONE,
            Rep::Slice => Atom::EmptyArray,
        }
    }
}

/// An operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// The operand itself.
    Use(Atom),
    /// A primitive.
    Prim(Prim, Vec<Atom>),
    /// A call.
    Call(FnId, Vec<Atom>),
    /// A call of an imported function.
    Extern(ExternId, Vec<Atom>),
    /// A call through a closure value.
    CallClosure {
        /// The closure value.
        closure: Atom,
        /// The arguments.
        args: Vec<Atom>,
        /// Representations of the arguments.
        params: Vec<Rep>,
        /// Representation of the result.
        result: Rep,
    },
    /// Allocates a record.
    Record(RecordId, Vec<Atom>),
    /// Reads a field of a record known to have that shape.
    Field(RecordId, Atom, u32),
    /// Allocates a closure (a static object when nothing is captured).
    Closure(ClosureId, Vec<Atom>),
    /// Reads a captured value from the closure a body was called with.
    Capture(ClosureId, Atom, u32),
    /// Allocates a cell: an object of one field that can be replaced. The shape has that one field.
    Cell(RecordId, Atom),
    /// What a cell holds.
    CellGet(RecordId, Atom),
    /// Replaces what a cell holds.
    CellSet(RecordId, Atom, Atom),
    /// What a register holds.
    Get(Register),
    /// Sets a register.
    Set(Register, Atom),
    /// An operation of an effect. Gone after `core::evidence`, as are the next four.
    Perform(Box<Perform>),
    /// The value of one of two blocks, by who answers the operations of an effect.
    Answered(Box<Answered>),
    /// The value of a block under a handler.
    Handle(Box<Handle>),
    /// Within a clause of a handler: the value of a block that handlers in the clause do not answer.
    Outside(Box<Outside>),
    /// Within a clause of a handler: the value of the handled block that goes on.
    Resume(Resume),
    /// Allocates an array of the given elements.
    Array(Rep, Vec<Atom>),
    /// The value of one of two blocks. The condition is a `Bool`.
    If(Atom, Box<Block>, Box<Block>),
    /// The value of one of several blocks. Without a default one of the cases always applies.
    Switch {
        /// What to look at.
        on: SwitchOn,
        /// Case values, distinct, and their blocks.
        cases: Vec<(i64, Block)>,
        /// Where every other value goes.
        default: Option<Box<Block>>,
    },
    /// The value of `body`, in which [`End::Jump`] to `label` continues with `target`.
    Join {
        /// The join point.
        label: Label,
        /// Locals that receive the jump's operands.
        params: Vec<LocalId>,
        /// Where jumps come from.
        body: Box<Block>,
        /// Where they go. `label` is not visible in it.
        target: Box<Block>,
    },
    /// The value of `body`, which [`End::Jump`] to `label` starts again with new parameter values.
    Loop {
        /// The loop's head.
        label: Label,
        /// Parameters and their first values.
        params: Vec<(LocalId, Atom)>,
        /// The body.
        body: Box<Block>,
    },
}
