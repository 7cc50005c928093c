//! Terms: values that depend on inputs.
//!
//! Terms are shared: equal terms are one. Each is made by a function that simplifies it, so a term without inputs is a
//! constant, and a projection of a known value is found. Integers are mathematical integers: that a result fits in 64
//! bits is a separate fact. Strings and arrays are sequences of one kind. Data values are constructors with fields, or
//! unknown with a tag and fields.

mod arithmetic;
pub(crate) mod float;
mod logic;
mod value;

use crate::core::{ClosureId, ExternId, FnId, Prim, RecordId};
use crate::types::Ty;
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::rc::Rc;

/// A term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Term(u32);

impl Term {
    /// `false`
    pub(crate) const FALSE: Term = Term(0);
    /// `true`
    pub(crate) const TRUE: Term = Term(1);
    /// `()`
    pub(crate) const UNIT: Term = Term(2);

    /// The term at a position.
    pub(crate) fn at(index: usize) -> Term {
        Term(index as u32)
    }

    /// The position among all terms: parts come before what they are part of.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a term denotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sort {
    /// A truth value.
    Bool,
    /// An integer.
    Int,
    /// Any other value.
    Value,
}

/// What a term is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// A truth value.
    Bool(bool),
    /// `()`
    Unit,
    /// An integer.
    Int(i128),
    /// A float, by its bits.
    Float(u64),
    /// A string that is not empty.
    Text(Rc<[u8]>),
    /// A value of which nothing is known but facts.
    Unknown(u32, Sort),
    /// Not.
    Not(Term),
    /// And.
    And(Term, Term),
    /// Or.
    Or(Term, Term),
    /// The same value.
    Equal(Term, Term),
    /// Less or equal, of integers.
    AtMost(Term, Term),
    /// Sum.
    Add(Term, Term),
    /// Product.
    Mul(Term, Term),
    /// Quotient, towards zero.
    Div(Term, Term),
    /// Remainder, with the sign of the dividend.
    Rem(Term, Term),
    /// One of two values.
    If(Term, Term, Term),
    /// A constructor without fields.
    Static(u32),
    /// A constructor with fields, and its tag.
    Record(RecordId, u32, Rc<[Term]>),
    /// An array of known length.
    Array(Rc<[Term]>),
    /// A function value.
    Closure(ClosureId, Rc<[Term]>),
    /// A function of which nothing is known but facts.
    Apply(Fun, Sort, Rc<[Term]>),
}

/// What is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fun {
    /// The tag of a data value.
    Tag,
    /// A field of a data value.
    Field(RecordId, u32),
    /// The number of constructors in a value of a type.
    Size(Ty),
    /// The length of a sequence.
    Length,
    /// The element of a sequence at an index.
    Element,
    /// A sequence with an element more.
    Push,
    /// Two sequences.
    Concat,
    /// Elements from an index up to another.
    Slice,
    /// A sequence with an element replaced.
    Set,
    /// The result of a pure function.
    Call(FnId),
    /// The result of a pure function of the host.
    Extern(ExternId),
    /// A primitive that is not modelled further.
    Prim(Prim),
    /// Equality at a type where it is not identity.
    Equality(Ty),
    /// The value of a loop of a function, over what it reads.
    Loop(FnId, u32),
    /// A map or set with an entry more, or another value for a key.
    Insert,
    /// A map or set without a key.
    Remove,
    /// Whether a map or set has a key.
    HasKey,
    /// What an unknown function gives.
    Closure,
    /// Whether a float is NaN.
    FloatIsNan,
    /// The position of a decimal among those of a program.
    DecimalRank,
    /// The number at which a quantifier ended.
    Witness(FnId, u32),
    /// The position of a float among all floats ([`float`]).
    FloatRank,
    /// The integer part of a float.
    FloatToInt,
}

/// All terms.
#[derive(Debug)]
pub(crate) struct Terms {
    nodes: IndexSet<Node, FxBuildHasher>,
    unknowns: u32,
    /// Which terms are integers that are known not to be negative, whatever the path.
    natural: Vec<bool>,
    /// What functions that go through choices gave: values share their parts, so that each is looked at once.
    known: FxHashMap<Question, Term>,
}

/// What was asked of terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Question {
    Tag(Term),
    Field(RecordId, u32, Term),
    Length(Term),
    Element(Term, Term),
    Equal(Term, Term),
    Nan(Term),
    Rank(Term),
}

impl Default for Terms {
    fn default() -> Self {
        let mut terms =
            Self { nodes: IndexSet::default(), unknowns: 0, natural: Vec::new(), known: FxHashMap::default() };
        terms.intern(Node::Bool(false));
        terms.intern(Node::Bool(true));
        terms.intern(Node::Unit);
        terms
    }
}

impl Terms {
    /// The truth values and `()`.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// What a term is.
    pub(crate) fn node(&self, term: Term) -> &Node {
        &self.nodes[term.index()]
    }

    /// How many terms there are.
    pub(crate) fn count(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn intern(&mut self, node: Node) -> Term {
        let natural = match &node {
            Node::Int(value) => *value >= 0,
            Node::Add(a, b) | Node::Mul(a, b) | Node::Div(a, b) => self.is_natural(*a) && self.is_natural(*b),
            Node::Rem(a, _) => self.is_natural(*a),
            Node::If(_, a, b) => self.is_natural(*a) && self.is_natural(*b),
            Node::Apply(Fun::Length | Fun::Tag | Fun::Size(_), ..) => true,
            _ => false,
        };
        let (index, new) = self.nodes.insert_full(node);
        if new {
            self.natural.push(natural);
        }
        Term(index as u32)
    }

    /// Whether an integer is known not to be negative, whatever the path.
    pub(crate) fn is_natural(&self, term: Term) -> bool {
        self.natural[term.index()]
    }

    /// Notes that an integer is never negative.
    pub(crate) fn set_natural(&mut self, term: Term) {
        self.natural[term.index()] = true;
    }

    /// A value of which nothing is known.
    pub(crate) fn unknown(&mut self, sort: Sort) -> Term {
        self.unknowns += 1;
        self.intern(Node::Unknown(self.unknowns - 1, sort))
    }

    /// The answer to a question, found once.
    fn answer(&mut self, question: Question, find: impl FnOnce(&mut Self) -> Term) -> Term {
        if let Some(&known) = self.known.get(&question) {
            return known;
        }
        let found = find(self);
        self.known.insert(question, found);
        found
    }

    /// What a term denotes.
    pub(crate) fn sort(&self, term: Term) -> Sort {
        match self.node(term) {
            Node::Bool(_) | Node::Not(_) | Node::And(..) | Node::Or(..) | Node::Equal(..) | Node::AtMost(..) => {
                Sort::Bool
            }
            Node::Int(_) | Node::Add(..) | Node::Mul(..) | Node::Div(..) | Node::Rem(..) => Sort::Int,
            Node::Unknown(_, sort) | Node::Apply(_, sort, _) => *sort,
            Node::If(_, then, _) => self.sort(*then),
            Node::Unit
            | Node::Float(_)
            | Node::Text(_)
            | Node::Static(_)
            | Node::Record(..)
            | Node::Array(_)
            | Node::Closure(..) => Sort::Value,
        }
    }

    /// The terms directly inside a term.
    pub(crate) fn parts(&self, term: Term) -> Vec<Term> {
        match self.node(term) {
            Node::Bool(_)
            | Node::Unit
            | Node::Int(_)
            | Node::Float(_)
            | Node::Text(_)
            | Node::Unknown(..)
            | Node::Static(_) => Vec::new(),
            Node::Not(a) => vec![*a],
            Node::And(a, b)
            | Node::Or(a, b)
            | Node::Equal(a, b)
            | Node::AtMost(a, b)
            | Node::Add(a, b)
            | Node::Mul(a, b)
            | Node::Div(a, b)
            | Node::Rem(a, b) => vec![*a, *b],
            Node::If(a, b, c) => vec![*a, *b, *c],
            Node::Record(_, _, parts) | Node::Array(parts) | Node::Closure(_, parts) | Node::Apply(_, _, parts) => {
                parts.to_vec()
            }
        }
    }

    /// A function applied, without simplification.
    pub(crate) fn apply(&mut self, fun: Fun, sort: Sort, args: Vec<Term>) -> Term {
        self.intern(Node::Apply(fun, sort, args.into()))
    }
}
