//! Terms of a query, shared and in normal form.
//!
//! An integer is a sum of multiples of integer nodes ([`Linear`]); products are multiplied out while they are small. A
//! formula is a node or its negation. Equal nodes are one node, and a node's parts come before it, so every pass works
//! in the order of the nodes and nothing recurses.
//!
//! The terms hold in exactly the models of the query. There is fuel for making them. When it is used up, the terms have
//! no meaning any more, so the reader of a query checks [`Terms::exhausted`] before it uses them.

mod divide;
mod linear;

use std::collections::HashMap;
use std::rc::Rc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Zero};

pub(crate) use linear::Linear;

/// A node, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(u32);

impl Id {
    /// The node at an index of [`Terms::nodes`].
    pub(crate) fn at(index: usize) -> Self {
        Id(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A formula: a node with a truth value, or its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Formula {
    pub(crate) node: Id,
    pub(crate) negated: bool,
}

impl Formula {
    pub(crate) const TRUE: Formula = Formula { node: Id(0), negated: false };
    pub(crate) const FALSE: Formula = Formula { node: Id(0), negated: true };

    pub(crate) fn of(truth: bool) -> Self {
        if truth { Formula::TRUE } else { Formula::FALSE }
    }
}

impl std::ops::Not for Formula {
    type Output = Formula;

    fn not(self) -> Formula {
        Formula { negated: !self.negated, ..self }
    }
}

/// A function symbol, or constant symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Symbol(pub(crate) u32);

impl Symbol {
    /// The result of division by zero, as a function of dividend and divisor.
    pub(crate) const QUOTIENT_BY_ZERO: Symbol = Symbol(u32::MAX);
    /// The remainder of division by zero.
    pub(crate) const REMAINDER_BY_ZERO: Symbol = Symbol(u32::MAX - 1);
}

/// A value: of a name, or an operand of a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operand {
    Int(Rc<Linear>),
    Bool(Formula),
}

/// A function with its operands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Application {
    pub(crate) function: Symbol,
    pub(crate) operands: Box<[Operand]>,
}

impl Application {
    fn size(&self) -> usize {
        let size = |operand: &Operand| match operand {
            Operand::Int(sum) => 1 + sum.terms.len(),
            Operand::Bool(_) => 1,
        };
        self.operands.iter().map(size).sum()
    }
}

/// A node. First those of formulas, then those of integers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    True,
    /// A constant that is a truth value.
    Flag(Symbol),
    /// A function whose result is a truth value.
    Predicate(Application),
    /// Conjunction: at least two formulas, ascending, none with its negation.
    And(Box<[Formula]>),
    /// The sum is at most zero. Its coefficients have no common divisor, and the first is positive.
    AtMostZero(Rc<Linear>),
    Constant(Symbol),
    Apply(Application),
    /// An integer that depends on a formula that is not negated.
    Choice(Formula, Rc<Linear>, Rc<Linear>),
    /// At least two factors, ascending, none of them a product.
    Product(Box<[Id]>),
    /// The sum divided by a number above one, rounded down.
    Quotient(Rc<Linear>, BigInt),
    /// SMT-LIB's `div` by a value that may be zero.
    QuotientBy(Rc<Linear>, Rc<Linear>),
    /// SMT-LIB's `mod` by a value that may be zero.
    RemainderBy(Rc<Linear>, Rc<Linear>),
    /// A name for a sum, where it is used as one term.
    Alias(Rc<Linear>),
}

/// Maximum number of steps for one query: nodes, and their parts.
const FUEL: usize = 4_000_000;
/// Maximum size of a number, in bits.
const MAX_BITS: u64 = 4096;
/// A conjunction with more parts is not merged into another one.
const FLAT: usize = 16;
/// Products of sums with more terms in total are not multiplied out.
const MULTIPLIED_OUT: usize = 16;
/// Maximum number of factors of a product that is multiplied out.
const DEGREE: usize = 6;
/// Sums with more terms get a name where they are shared.
pub(crate) const SHARED: usize = 24;

/// All nodes of a query.
#[derive(Clone)]
pub(crate) struct Terms {
    nodes: Vec<Node>,
    ids: HashMap<Node, Id>,
    fuel: usize,
}

impl Terms {
    pub(crate) fn new() -> Self {
        Terms::with(FUEL)
    }

    fn with(fuel: usize) -> Self {
        let mut terms = Terms { nodes: Vec::new(), ids: HashMap::new(), fuel };
        terms.node(Node::True, 1);
        terms
    }

    /// No terms, and the rest of the fuel.
    pub(crate) fn successor(&self) -> Self {
        Terms::with(self.fuel)
    }

    /// The node, if it exists.
    pub(crate) fn find(&self, node: &Node) -> Option<Id> {
        self.ids.get(node).copied()
    }

    pub(crate) fn get(&self, id: Id) -> &Node {
        &self.nodes[id.index()]
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Whether the query exceeds the limits.
    pub(crate) fn exhausted(&self) -> bool {
        self.fuel == 0
    }

    pub(crate) fn spend(&mut self, steps: usize) {
        self.fuel = self.fuel.saturating_sub(steps);
    }

    fn node(&mut self, node: Node, parts: usize) -> Id {
        self.spend(1 + parts);
        if let Some(id) = self.ids.get(&node) {
            return *id;
        }
        let Ok(index) = u32::try_from(self.nodes.len()) else {
            self.fuel = 0;
            return Id(0);
        };
        self.nodes.push(node.clone());
        self.ids.insert(node, Id(index));
        Id(index)
    }

    fn formula(&mut self, node: Node, parts: usize) -> Formula {
        Formula { node: self.node(node, parts), negated: false }
    }

    /// Counts a sum that was made.
    fn counted(&mut self, sum: Linear) -> Rc<Linear> {
        self.spend(1 + sum.terms.len());
        if sum.bits() > MAX_BITS {
            self.fuel = 0;
        }
        Rc::new(sum)
    }

    // Integers.

    pub(crate) fn number(&mut self, number: BigInt) -> Rc<Linear> {
        self.counted(Linear::constant(number))
    }

    pub(crate) fn constant(&mut self, symbol: Symbol) -> Rc<Linear> {
        Rc::new(Linear::term(self.node(Node::Constant(symbol), 0)))
    }

    pub(crate) fn plus(&mut self, a: &Linear, b: &Linear) -> Rc<Linear> {
        self.counted(a.plus(b))
    }

    pub(crate) fn minus(&mut self, a: &Linear, b: &Linear) -> Rc<Linear> {
        self.counted(a.minus(b))
    }

    pub(crate) fn times(&mut self, a: &Linear, b: &Linear) -> Rc<Linear> {
        if let Some(factor) = a.as_constant() {
            return self.counted(b.scaled(factor));
        }
        if let Some(factor) = b.as_constant() {
            return self.counted(a.scaled(factor));
        }
        let small = (a.terms.len() + 1) * (b.terms.len() + 1) <= MULTIPLIED_OUT
            && self.degree(a).saturating_add(self.degree(b)) <= DEGREE;
        if !small {
            let (a, b) = (self.named(a), self.named(b));
            return Rc::new(Linear::term(self.product(&[a, b])));
        }
        let mut sum = b.scaled(&a.constant);
        for (left, coefficient) in &a.terms {
            sum = sum.plus(&Linear::term(*left).scaled(&(coefficient * &b.constant)));
            for (right, other) in &b.terms {
                let product = self.product(&[*left, *right]);
                sum = sum.plus(&Linear::term(product).scaled(&(coefficient * other)));
                self.spend(sum.terms.len());
            }
        }
        self.counted(sum)
    }

    /// The most factors in one of its terms.
    fn degree(&self, sum: &Linear) -> usize {
        let factors = |(term, _): &(Id, BigInt)| match self.get(*term) {
            Node::Product(factors) => factors.len(),
            _ => 1,
        };
        sum.terms.iter().map(factors).max().unwrap_or(0)
    }

    pub(crate) fn product(&mut self, of: &[Id]) -> Id {
        let mut factors = Vec::new();
        for id in of {
            match self.get(*id) {
                Node::Product(inner) => factors.extend(inner.iter().copied()),
                _ => factors.push(*id),
            }
        }
        if factors.len() > DEGREE {
            factors = of.iter().map(|id| self.hidden(*id)).collect();
        }
        factors.sort_unstable();
        let parts = factors.len();
        self.node(Node::Product(factors.into()), parts)
    }

    /// A term that is not a product, equal to a term.
    fn hidden(&mut self, id: Id) -> Id {
        match self.get(id) {
            Node::Product(_) => self.node(Node::Alias(Rc::new(Linear::term(id))), 1),
            _ => id,
        }
    }

    /// A name for a long sum; a short sum unchanged.
    pub(crate) fn alias(&mut self, sum: &Rc<Linear>) -> Rc<Linear> {
        if sum.terms.len() > SHARED { Rc::new(Linear::term(self.named(sum))) } else { sum.clone() }
    }

    /// One term for a sum.
    fn named(&mut self, sum: &Linear) -> Id {
        match &sum.terms[..] {
            [(term, one)] if one.is_one() && sum.constant.is_zero() => *term,
            terms => self.node(Node::Alias(Rc::new(sum.clone())), terms.len()),
        }
    }

    /// A value that is used in many places: one term, if it is long.
    pub(crate) fn shared(&mut self, value: Operand) -> Operand {
        match value {
            Operand::Int(sum) => Operand::Int(self.alias(&sum)),
            value => value,
        }
    }

    pub(crate) fn apply(&mut self, application: Application) -> Rc<Linear> {
        let size = application.size();
        Rc::new(Linear::term(self.node(Node::Apply(application), size)))
    }

    pub(crate) fn choice(&mut self, when: Formula, yes: &Rc<Linear>, no: &Rc<Linear>) -> Rc<Linear> {
        if when == Formula::TRUE || yes == no {
            return yes.clone();
        }
        if when == Formula::FALSE {
            return no.clone();
        }
        let (when, yes, no) = if when.negated { (!when, no, yes) } else { (when, yes, no) };
        let node = Node::Choice(when, yes.clone(), no.clone());
        let parts = yes.terms.len() + no.terms.len();
        Rc::new(Linear::term(self.node(node, parts)))
    }

    // Formulas.

    pub(crate) fn flag(&mut self, symbol: Symbol) -> Formula {
        self.formula(Node::Flag(symbol), 0)
    }

    pub(crate) fn predicate(&mut self, application: Application) -> Formula {
        let size = application.size();
        self.formula(Node::Predicate(application), size)
    }

    pub(crate) fn all(&mut self, of: impl IntoIterator<Item = Formula>) -> Formula {
        let mut parts = Vec::new();
        for part in of {
            match self.get(part.node) {
                Node::True if part.negated => return Formula::FALSE,
                Node::True => {}
                Node::And(inner) if !part.negated && inner.len() <= FLAT => parts.extend(inner.iter().copied()),
                _ => parts.push(part),
            }
        }
        parts.sort_unstable();
        parts.dedup();
        self.spend(parts.len());
        if parts.windows(2).any(|pair| pair[0].node == pair[1].node) {
            return Formula::FALSE;
        }
        match parts[..] {
            [] => Formula::TRUE,
            [part] => part,
            _ => self.formula(Node::And(parts.into()), 0),
        }
    }

    pub(crate) fn any(&mut self, of: impl IntoIterator<Item = Formula>) -> Formula {
        !self.all(of.into_iter().map(|part| !part))
    }

    /// `yes` where `when` holds, `no` where it does not.
    pub(crate) fn either(&mut self, when: Formula, yes: Formula, no: Formula) -> Formula {
        if yes == no {
            return yes;
        }
        let (first, second) = (self.any([!when, yes]), self.any([when, no]));
        self.all([first, second])
    }

    pub(crate) fn same_truth(&mut self, a: Formula, b: Formula) -> Formula {
        if a == b {
            return Formula::TRUE;
        }
        self.either(a, b, !b)
    }

    /// The formula that the sum is at most zero.
    pub(crate) fn at_most_zero(&mut self, sum: &Linear) -> Formula {
        match self.of_choice(sum) {
            Some((when, yes, no)) => self.either(when, yes, no),
            None => self.comparison(sum),
        }
    }

    /// Whether the sum is at most zero, when all its terms are choices between two numbers.
    fn of_choice(&self, sum: &Linear) -> Option<(Formula, Formula, Formula)> {
        let [(term, coefficient)] = &sum.terms[..] else { return None };
        let Node::Choice(when, yes, no) = self.get(*term) else { return None };
        let holds = |value: &BigInt| Formula::of(coefficient * value + &sum.constant <= BigInt::zero());
        Some((*when, holds(yes.as_constant()?), holds(no.as_constant()?)))
    }

    /// The formula that the sum is at most zero, with its terms unchanged: for their definitions.
    pub(crate) fn comparison(&mut self, sum: &Linear) -> Formula {
        let divisor = sum.content();
        if divisor.is_zero() {
            return Formula::of(sum.constant <= BigInt::zero());
        }
        let mut terms = sum.terms.clone();
        for (_, coefficient) in &mut terms {
            *coefficient /= &divisor;
        }
        let sum = Linear { constant: sum.constant.div_ceil(&divisor), terms };
        if sum.leads_negative() {
            // Not above zero, so: the opposite is below one.
            let opposite = sum.negated().plus_constant(&BigInt::one());
            let opposite = self.counted(opposite);
            let parts = opposite.terms.len();
            return !self.formula(Node::AtMostZero(opposite), parts);
        }
        let parts = sum.terms.len();
        let sum = self.counted(sum);
        self.formula(Node::AtMostZero(sum), parts)
    }

    pub(crate) fn at_most(&mut self, a: &Linear, b: &Linear) -> Formula {
        let sum = self.minus(a, b);
        self.at_most_zero(&sum)
    }

    pub(crate) fn below(&mut self, a: &Linear, b: &Linear) -> Formula {
        !self.at_most(b, a)
    }

    pub(crate) fn same_number(&mut self, a: &Linear, b: &Linear) -> Formula {
        let sum = self.minus(a, b);
        let divisor = sum.content();
        if !divisor.is_zero() && !sum.constant.is_multiple_of(&divisor) {
            return Formula::FALSE;
        }
        let (most, least) = (self.at_most_zero(&sum), self.at_most_zero(&sum.negated()));
        self.all([most, least])
    }

    pub(crate) fn same(&mut self, a: &Operand, b: &Operand) -> Formula {
        match (a, b) {
            (Operand::Int(a), Operand::Int(b)) => self.same_number(a, b),
            (Operand::Bool(a), Operand::Bool(b)) => self.same_truth(*a, *b),
            // They are of one sort.
            _ => Formula::FALSE,
        }
    }
}
