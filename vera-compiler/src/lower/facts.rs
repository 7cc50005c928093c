//! What proofs need to know besides `core`: declared types with their refinements, the bounds of contracts, the places of
//! calls. [`super::proofs`] fills these tables.

pub use super::sites::SiteFacts;
pub use super::work::PredicateKey;
use crate::core::{self, Atom, EffectId, FnId as CoreFnId, Label, LocalId, RecordId};
use crate::source::Span;
use crate::tir::FnId;
use crate::types::{DataId, EffectUse, PredicateId, Row, Ty, Types};
use std::collections::HashMap;

/// A program to prove things of.
#[derive(Debug)]
pub struct Provable {
    /// The core program, with operations and handlers in it. Its exports are empty.
    pub program: core::Program,
    /// The types of the checked program, and behind them those of its instances.
    pub types: Types,
    /// What the functions are.
    pub functions: Vec<FunctionFacts>,
    /// What the records are.
    pub records: HashMap<RecordId, RecordFacts>,
    /// The checks behind trap sites.
    pub sites: Vec<SiteFacts>,
    /// The functions of refinements, by predicate and type arguments.
    pub refinements: HashMap<(PredicateId, Vec<Ty>), CoreFnId>,
    /// The functions of invariants, by data type and type arguments.
    pub invariants: HashMap<(DataId, Vec<Ty>), CoreFnId>,
    /// Effects by what they are in the types.
    pub effects: HashMap<EffectUse, EffectId>,
}

/// What a function is.
#[derive(Clone, Debug)]
pub struct FunctionFacts {
    /// What it was made from.
    pub kind: FunctionKind,
    /// Declared types of the parameters; as far as they are known.
    pub params: Vec<Ty>,
    /// Declared type of the result, if it is known.
    pub result: Option<Ty>,
    /// Where its contract is in its body.
    pub contract: Contract,
    /// Calls of functions of programs: the local that receives the result, and where the call is written.
    pub calls: HashMap<LocalId, Span>,
    /// The loops that are quantifiers.
    pub quantifiers: HashMap<Label, Quantifier>,
}

/// `forall` or `exists`, as a loop whose only parameter counts up from zero to a bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantifier {
    /// Whether it is `exists`.
    pub exists: bool,
    /// The bound.
    pub bound: Atom,
}

/// What a function was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// A declaration at type arguments.
    Instance(FnId, Vec<Ty>),
    /// A lambda, called with its captured values.
    Lambda(Row),
    /// A predicate.
    Predicate(PredicateKey),
    /// Equality of a type.
    Equality(Ty),
    /// The size of a value of a type, added to a number.
    Size(Ty),
    /// Any other function that follows from a type: pure and total.
    Derived,
    /// A check of the parts of a value.
    PartsCheck,
}

/// The contract of a function, as places in the statements of its body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contract {
    /// The number of statements at the start that check the preconditions.
    pub entry: usize,
    /// What checks the postconditions, if control comes so far.
    pub exit: Option<Exit>,
}

/// The part of a body that checks postconditions.
#[derive(Clone, Debug, PartialEq)]
pub struct Exit {
    /// Statements before it that keep states as they were on entry, as positions.
    pub kept: std::ops::Range<usize>,
    /// The result.
    pub result: Atom,
    /// The first of its statements.
    pub from: usize,
}

/// What a record is.
#[derive(Clone, Debug)]
pub struct RecordFacts {
    /// Its type.
    pub ty: Ty,
    /// Declared types of its fields.
    pub fields: Vec<Ty>,
}

/// What is noted while the program is made.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) functions: HashMap<CoreFnId, FunctionFacts>,
    pub(super) records: HashMap<RecordId, RecordFacts>,
    /// Of the function that is being built.
    pub(super) contract: Contract,
    pub(super) calls: HashMap<LocalId, Span>,
    pub(super) quantifiers: HashMap<Label, Quantifier>,
}
