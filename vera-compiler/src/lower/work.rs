//! The functions that are still to be built, and their keys.
//!
//! Keys are compared and hashed; the sources of a function are looked up by its key.

use crate::core::ExternId;
use crate::source::Span;
use crate::tir::{FnId, Predicate, Program};
use crate::types::{DataId, PredicateId, Ty};
use std::rc::Rc;

/// Concrete type arguments, shared by everything of one instance.
pub(super) type TypeArgs = Rc<[Ty]>;

/// A lambda with the instance it is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct LambdaId(pub(super) u32);

/// What makes an instance of a function different from others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct InstanceKey {
    /// The declaration.
    pub(super) function: FnId,
    /// Its type arguments.
    pub(super) type_args: TypeArgs,
    /// For each parameter the lambda it is known to be; empty when none is known.
    pub(super) lambdas: Vec<Option<LambdaId>>,
    /// Whether it is the worker that gets the measures of enclosing calls (see [`super::decreases`]).
    pub(super) chained: bool,
}

/// A core function that is still to be built.
#[derive(Debug)]
pub(super) enum Job {
    /// An instance of a function.
    Instance(InstanceKey),
    /// What the host calls: checks what it passes, then calls the function.
    Export(FnId),
    /// The body of a lambda, called directly: captured values, then arguments.
    LambdaDirect(LambdaId),
    /// The body of a lambda, called through a closure value.
    LambdaBoxed(LambdaId),
    /// A predicate.
    Predicate(PredicateKey, TypeArgs),
    /// A derived function.
    Derived(Derivation, Ty, Span),
    /// A check of what a host made.
    Boundary(BoundaryKey),
    /// The result of a started operation.
    Awaited(Awaited),
}

/// A result of the host that is checked when it is awaited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Awaited {
    /// The import that asks the host.
    pub(super) import: ExternId,
    /// The check of the result.
    pub(super) promise: Promise,
    /// The function that performs the operation.
    pub(super) function: Option<FnId>,
}

/// The check of an operation's result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Promise {
    /// The declared type. It has no parameters.
    pub(super) ty: Ty,
    /// How messages begin.
    pub(super) place: Rc<str>,
    /// Where the operation is performed.
    pub(super) span: Span,
}

/// Indices that an error about a part of a value names at most: those of the innermost arrays.
pub(super) const MAX_INDICES: usize = 4;

/// What is checked, and what messages say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct BoundaryKey {
    /// A type without parameters; aliases and refinements kept.
    pub(super) ty: Ty,
    /// The function the value is passed to, or that is given it.
    pub(super) function: Option<FnId>,
    /// How messages begin.
    pub(super) place: Rc<str>,
    /// Where.
    pub(super) span: Span,
    /// Whether naturals are checked too.
    pub(super) naturals: bool,
    /// In how many arrays the value is, up to [`MAX_INDICES`]: its check has the index in each.
    pub(super) indices: u8,
    /// Whether the value is within a type whose parts no program sees, such as an array within a map.
    pub(super) hidden: bool,
}

/// A predicate of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PredicateKey {
    /// Of a refinement type.
    Refinement(PredicateId),
    /// Of a data type.
    Invariant(DataId),
}

impl PredicateKey {
    /// Its declaration.
    pub(super) fn find(self, program: &Program) -> Option<&Predicate> {
        match self {
            PredicateKey::Refinement(id) => Some(program.predicate(id)),
            PredicateKey::Invariant(id) => program.data(id).invariant.as_ref(),
        }
    }
}

/// An operation that follows from a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Derivation {
    /// `eq`: `(a, b) -> Bool`
    Eq,
    /// Equality of map keys, for which all NaNs are one.
    KeyEq,
    /// `hash`: `(a) -> Int`
    Hash,
    /// Hash of map keys, equal for all NaNs and for both zeros.
    KeyHash,
    /// `show`: `(text, a, pending) -> String`: `text` with `a` appended and `pending + 0` closing parentheses.
    Show,
    /// `(text, count) -> String`: `text` with `count` closing parentheses. Of no type.
    ShowClose,
    /// Structural size, for measures: `(a, n) -> Int`: `n` plus the number of constructors in `a`.
    Size,
    /// `(a) -> Unit`: awaits the futures in `a`.
    Settle,
}

impl Derivation {
    /// What symbols call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Derivation::Eq => "eq",
            Derivation::KeyEq => "key_eq",
            Derivation::Hash => "hash",
            Derivation::KeyHash => "key_hash",
            Derivation::Show => "show",
            Derivation::ShowClose => "show_close",
            Derivation::Size => "size",
            Derivation::Settle => "settle",
        }
    }
}
