//! The mid-level representation: monomorphic, first-order, in administrative normal form.
//!
//! Every operand is an [`Atom`], every intermediate value a local of known [`Rep`], every check that can fail an
//! explicit operation with its trap site, every allocation an explicit operation. Control flow is structured
//! ([`Op::If`], [`Op::Switch`], [`Op::Join`], [`Op::Loop`]), so WebAssembly follows directly and liveness is a walk
//! over a tree.
//!
//! Invariants: a local is assigned exactly once (by a statement, a parameter, a join or a loop) and dominates its
//! uses; locals belong to one function; a block that may [`End::TailCall`] is in tail position of its function; a
//! label is only jumped to from inside the construct that introduces it.
//!
//! Values are those of the language, not of memory: strings, arrays and records are operands of single operations. So
//! an interpreter needs no heap, and only the emitter knows layouts.

#[cfg(test)]
pub(crate) mod build;
mod effects;
pub(crate) mod evidence;
mod handlers;
mod ids;
pub mod interpret;
mod ops;
pub mod optimise;
mod origins;
mod prim;
mod print;
mod validate;
pub(crate) mod visit;

pub use effects::Effects;
pub use handlers::{Answered, Clause, Effect, EffectKind, Handle, Operation, Outside, Perform, Resume, Unhandled};
pub use ids::{ClosureId, EffectId, ExternId, FnId, FrameId, Label, LocalId, RecordId, SiteId};
pub use ops::{Atom, Block, End, Op, Register, Stmt, SwitchOn};
pub use origins::{Origins, Place, PlaceId};
pub use prim::{Prim, Recorded};
pub use validate::Invalid;

use vera_abi::interface::Interface;
use vera_abi::layout::Rep;

/// A whole program, ready to be interpreted or emitted.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Functions; only those reachable from exports after optimisation.
    pub functions: Vec<Function>,
    /// Shapes of records: constructors with fields, and tuples.
    pub records: Vec<RecordShape>,
    /// Shapes of closures: what a lambda captures.
    pub closures: Vec<ClosureShape>,
    /// Imported functions.
    pub externs: Vec<Extern>,
    /// Effects that operations and handlers refer to; empty when they are gone (`core::evidence`).
    pub effects: Vec<Effect>,
    /// Functions the host can call: export name (with its prefix) and function.
    pub exports: Vec<(String, FnId)>,
    /// The interface of the module, trap sites included. `places` and `code` are filled by the emitter, which knows the
    /// final functions.
    pub interface: Interface,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Unique name: the Vera name, with type arguments for instances, such as `map<Int>`.
    pub symbol: String,
    /// What a reader of a backtrace should see; `None` for functions the compiler made.
    pub frame: Option<FrameId>,
    /// The parameters, in order. A closure body's first parameter is the closure itself (`Rep::Ptr`).
    pub params: Vec<LocalId>,
    /// Representation of the result.
    pub result: Rep,
    /// Representation of every local, indexed by [`LocalId`].
    pub locals: Vec<Rep>,
    /// The origins of its statements.
    pub origins: Origins,
    /// The body; its yielded value is the result.
    pub body: Block,
    /// Whether the optimiser should inline it whatever its size (prelude combinators, lambda bodies used once).
    pub inline: bool,
}

/// A constructor with fields, or a tuple (tag 0).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordShape {
    /// Name for printing, such as `Cons<Int>`.
    pub name: String,
    /// Constructor tag.
    pub tag: u32,
    /// Field representations in declaration order; layout is `vera_abi::layout::record`.
    pub fields: Vec<Rep>,
}

/// What a lambda captures and how it is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClosureShape {
    /// The function that is its body: the closure, then the arguments.
    pub function: FnId,
    /// Representations of the captured values.
    pub captures: Vec<Rep>,
}

/// An imported function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Extern {
    /// Import module: `vera` or `effect:...`.
    pub module: String,
    /// Import name.
    pub name: String,
    /// Parameter representations.
    pub params: Vec<Rep>,
    /// Result representation.
    pub result: Rep,
    /// Whether calling it has no effect but its result (so an unused call may be dropped).
    pub pure: bool,
    /// Whether it may allocate guest memory. Numeric functions do not.
    pub allocates: bool,
    /// Whether it never returns.
    pub diverges: bool,
}

impl Function {
    /// Adds a local.
    pub fn new_local(&mut self, rep: Rep) -> LocalId {
        self.locals.push(rep);
        LocalId(self.locals.len() as u32 - 1)
    }

    /// The representation of a local.
    pub fn rep(&self, local: LocalId) -> Rep {
        self.locals[local.index()]
    }
}

impl Program {
    /// The function of an id.
    pub fn function(&self, id: FnId) -> &Function {
        &self.functions[id.index()]
    }
}
