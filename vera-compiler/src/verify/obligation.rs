//! Obligations and their outcomes.

use crate::source::Span;
use crate::tir::FnId;
use crate::types::{DataId, PredicateId, table_id};
use vera_abi::trap::TrapKind;

table_id! {
    /// An obligation of a program ([`super::obligations::Obligations`]).
    ObligationId;
}

/// What an obligation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A precondition, where it is declared: that it can be relied on in the function.
    Requires,
    /// A postcondition.
    Ensures,
    /// A measure becomes less at each recursive call.
    Decreases,
    /// `assert(p)`.
    Assert,
    /// A precondition of a function, where it is called.
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

/// What an obligation belongs to.
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
    /// Only when an input breaks it.
    WhenRefuted,
}

/// A check of `core` as an obligation knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckKey {
    /// What is checked.
    pub kind: TrapKind,
    /// Where.
    pub place: CheckPlace,
}

/// Where a check is.
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

/// What declares the condition of an obligation.
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

/// Something that must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// What it asks for.
    pub kind: Kind,
    /// What it belongs to.
    pub owner: Owner,
    /// Where: the clause, or the expression.
    pub span: Span,
    /// The clause or expression as written, on one line, cut when it is long. Of a precondition where a function is called
    /// it is the clause.
    pub text: String,
    /// What declares the condition, where that is not the place itself.
    pub about: About,
    /// When it is shown.
    pub listing: Listing,
    /// The checks that carry it out. No check is of two obligations.
    pub checks: Vec<CheckKey>,
}

/// What came of an obligation.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It holds for every input.
    Proved(Proof),
    /// An input breaks it: the interpreter ran the program on it and met the failing check.
    Refuted(Counterexample),
    /// It is left to its check at run time.
    Unproved(Reason),
    /// Nothing can be said of it, because no input gets there: what may be relied on contradicts itself.
    Vacuous(Premises),
}

/// Premises that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Premises {
    /// Those of the function: its parameters' types, its preconditions, its `assume`s.
    Declared,
    /// With what other functions promise.
    Derived,
}

/// How an obligation was proved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Functions whose bodies the proof looks into, besides their contracts.
    pub unfolded: Vec<String>,
    /// The solver that was asked, if one was.
    pub solver: Option<String>,
    /// The places of the `assume`s that it can depend on: those that are met before it is decided.
    pub assumed: Vec<Span>,
}

/// An input that breaks an obligation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counterexample {
    /// Slots and their values, as written in Vera.
    pub values: Vec<(String, String)>,
    /// Whether every input that gets there breaks it, not this one alone.
    pub always: bool,
}

/// Why an obligation is left to run time.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// It is not proved: the input that breaks it, where there is one and it is no mistake of the program that there is.
    Unknown(Option<Counterexample>),
    /// The solver gave up, with its words.
    Solver(String),
    /// A construct that is not modelled, in words.
    Unsupported(String),
    /// The budget of the function or build is used up.
    Budget,
}

/// An obligation with its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// The obligation.
    pub obligation: Obligation,
    /// What came of it.
    pub outcome: Outcome,
}
