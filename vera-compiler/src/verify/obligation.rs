//! Obligations and what came of them.

use crate::source::Span;
use crate::tir::FnId;

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

/// Something that must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// What it asks for.
    pub kind: Kind,
    /// The function that it belongs to.
    pub function: FnId,
    /// Where: the clause, or the expression. Together with the kind it tells the obligation apart from others.
    pub span: Span,
    /// The clause or expression as written.
    pub text: String,
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
}

/// How an obligation was proved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Functions whose bodies the proof looks into, besides their contracts.
    pub unfolded: Vec<String>,
    /// The solver that was asked, if one was.
    pub solver: Option<String>,
}

/// An input that breaks an obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// Slots and their values, as written in Vera.
    pub values: Vec<(String, String)>,
}

/// Why an obligation is left to run time.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The solver did not decide, or the model is not precise enough: an input that might break it, if there is one.
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
