//! Obligations and their outcomes.

use crate::source::Span;
use crate::tir::FnId;
use crate::types::{DataId, PredicateId, table_id};
use vera_abi::trap::TrapKind;

table_id! {
    /// An obligation of a program ([`super::obligations::Obligations`]).
    ObligationId;
}

/// The kind of an obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A precondition, at its declaration: the function may rely on it.
    Requires,
    /// A postcondition.
    Ensures,
    /// A measure decreases at each recursive call.
    Decreases,
    /// `assert(p)`.
    Assert,
    /// A precondition of a function, at a call.
    CallPre,
    /// A subtraction of naturals is not negative.
    NatSub,
    /// An integer used as a natural is not negative.
    NatBind,
    /// A value used at a refined type satisfies the predicate.
    RefineBind,
    /// A value satisfies the invariant of its type.
    Invariant,
    /// A divisor is not zero.
    DivZero,
    /// An index is inside its array.
    IndexBounds,
    /// A result fits in 64 bits.
    IntOverflow,
    /// A float has an integer value in range.
    FloatToIntDomain,
}

impl Kind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Requires => "requires",
            Kind::Ensures => "ensures",
            Kind::Decreases => "decreases",
            Kind::Assert => "assert",
            Kind::CallPre => "call_pre",
            Kind::NatSub => "nat_sub",
            Kind::NatBind => "nat_bind",
            Kind::RefineBind => "refine_bind",
            Kind::Invariant => "invariant",
            Kind::DivZero => "div_zero",
            Kind::IndexBounds => "index_bounds",
            Kind::IntOverflow => "int_overflow",
            Kind::FloatToIntDomain => "float_to_int_domain",
        }
    }
}

/// The owner of an obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A function: its clauses and its body, closures and clauses of handlers within it included.
    Function(FnId),
    /// The predicate of a refinement type.
    Refinement(PredicateId),
    /// The invariant of a data type.
    Invariant(DataId),
}

impl Owner {
    /// The function, if it is one.
    pub fn function(self) -> Option<FnId> {
        match self {
            Owner::Function(function) => Some(function),
            Owner::Refinement(_) | Owner::Invariant(_) => None,
        }
    }
}

/// When an obligation is shown and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listing {
    /// Always.
    Always,
    /// Unless it is proved.
    UnlessProved,
    /// Only when it is refuted.
    WhenRefuted,
}

/// The key by which a check of `core` finds its obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckKey {
    /// The kind of the check.
    pub kind: TrapKind,
    /// Its place.
    pub place: CheckPlace,
}

/// The place of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckPlace {
    /// In the code of the owner: the place of the check.
    Here(Span),
    /// On entry of a function that the owner calls: the call, and the place of the check in the callee, which is a
    /// precondition or a parameter.
    Entry(Span, Span),
    /// Within a function of the prelude that the owner calls, or one that this calls in turn: the call.
    Prelude(Span),
}

/// The declaration of an obligation's condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The place itself: a clause, an `assert`; or the language, for an operator.
    Itself,
    /// A function that is called, by the precondition at that place.
    Callee(FnId, Span),
    /// A built-in that is called.
    Builtin(FnId),
    /// A refinement type.
    Refinement(PredicateId),
    /// The invariant of a data type.
    Invariant(DataId),
}

/// A condition that must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// Its kind.
    pub kind: Kind,
    /// Its owner.
    pub owner: Owner,
    /// Its place: the clause, or the expression.
    pub span: Span,
    /// The clause or expression as in the source, on one line, shortened when it is long. For a precondition at a call
    /// it is the clause.
    pub text: String,
    /// The declaration of the condition, if that is not the place itself.
    pub about: About,
    /// When it is shown.
    pub listing: Listing,
    /// The checks of the obligation. No check belongs to two obligations.
    pub checks: Vec<CheckKey>,
}

/// The outcome of an obligation.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It holds for every input.
    Proved(Proof),
    /// It is refuted: the interpreter ran the program on a counterexample and the check failed.
    Refuted(Counterexample),
    /// It is left to run time.
    Unproved(Reason),
    /// It is vacuous: no input reaches it, because the premises contradict each other.
    Vacuous(Premises),
}

/// Contradictory premises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Premises {
    /// Those of the function: its parameters' types, its preconditions, its `assume`s.
    Declared,
    /// Those together with the postconditions of other functions.
    Derived,
}

/// How an obligation was proved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Functions whose bodies the proof uses, besides their contracts.
    pub unfolded: Vec<String>,
    /// The solver that was asked, if one was.
    pub solver: Option<String>,
    /// The places of the `assume`s on which it may depend: those that are reached before it is decided.
    pub assumed: Vec<Span>,
}

/// An input that refutes an obligation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counterexample {
    /// Slots and their values, in Vera syntax.
    pub values: Vec<(String, String)>,
    /// Whether every input that reaches it fails, not only this one.
    pub always: bool,
}

/// Why an obligation is left to run time.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// It is not proved. If there is an input that fails, but the existence of one is not an error of the program, it
    /// is given here.
    Unknown(Option<Counterexample>),
    /// The solver gave up, with this message.
    Solver(String),
    /// A construct that is not modelled, as text.
    Unsupported(String),
    /// The budget of the function or build is used up.
    Budget,
}

/// An obligation with its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The obligation.
    pub obligation: Obligation,
    /// Its outcome.
    pub outcome: Outcome,
    /// Whether the compiled program has all its checks. Some measures are compared by proofs only.
    pub is_checked: bool,
}
