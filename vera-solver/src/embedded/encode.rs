//! Encodes terms for the solver: clauses of names, negated names and comparisons of sums.
//!
//! Every relevant node gets a name, and its meaning is encoded as clauses, once. So nothing that the solver gets is
//! deep or duplicated; its preprocessing would take exponential time for nested conditions. Conjunctions are defined
//! only in the direction in which they are used (Plaisted and Greenbaum).
//!
//! Applications are only names. The axiom that equal operands give equal results is added for those applications for
//! which a model breaks it (`search`). The solver itself would relate all pairs.

use std::collections::HashSet;
use std::rc::Rc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive};
use rz3::Rz3Solver;
use rz3::ast::{Expr, Type};

use super::term::{Application, Formula, Id, Linear, Node, Operand, Symbol, Terms};

/// How a node is used: that it holds, or that it does not.
type Use = (Id, bool);

/// The clauses in the solver.
pub(super) struct Encoder {
    pub(super) solver: Rz3Solver,
    /// Formulas, with the direction in which they are defined.
    formulas: HashSet<Use>,
    /// Integer nodes that are defined.
    integers: HashSet<Id>,
    /// Integers in clauses: a model has values for them.
    compared: HashSet<Id>,
    /// The factors of products.
    factors: HashSet<Id>,
    /// All sums that are compared with zero.
    pub(super) comparisons: Vec<Rc<Linear>>,
    /// Applications that must be related, with their results.
    pub(super) applications: Vec<(Application, Operand)>,
    /// Products of two factors that also have a name.
    named: HashSet<Id>,
    quotients: Vec<(Id, Rc<Linear>, BigInt)>,
    /// Definitions that are still to be made.
    pending: Vec<Pending>,
    clauses: usize,
    contradiction: bool,
}

enum Pending {
    Clause(Vec<Formula>),
    Formula(Use),
    Integer(Id),
}

/// Maximum number of integers in the solver, because it relates all pairs.
const MAX_INTEGERS: usize = 4_000;
/// Maximum number of clauses in the solver.
const MAX_CLAUSES: usize = 60_000;
/// Number of quotients to which each new one is related.
const RELATED: usize = 8;

/// The name of a node in the solver.
pub(super) fn name(id: Id) -> String {
    format!("n{}", id.index())
}

impl Encoder {
    pub(super) fn new() -> Self {
        Encoder {
            solver: Rz3Solver::new(),
            formulas: HashSet::new(),
            integers: HashSet::new(),
            compared: HashSet::new(),
            factors: HashSet::new(),
            comparisons: Vec::new(),
            applications: Vec::new(),
            named: HashSet::new(),
            quotients: Vec::new(),
            pending: Vec::new(),
            clauses: 0,
            contradiction: false,
        }
    }

    /// Whether the clauses exceed the limits.
    pub(super) fn is_too_large(&self) -> bool {
        self.integers.len() > MAX_INTEGERS || self.clauses > MAX_CLAUSES
    }

    /// Whether a clause is empty.
    pub(super) fn contradicts(&self) -> bool {
        self.contradiction
    }

    /// Asserts that a formula holds, with the next [`Encoder::work`].
    pub(super) fn assert(&mut self, formula: Formula) {
        self.pending.push(Pending::Clause(vec![formula]));
    }

    /// Makes models assign a value to the operand, with the next [`Encoder::work`].
    pub(super) fn define(&mut self, operand: &Operand) {
        match operand {
            Operand::Int(sum) => self.pending.extend(sum.terms.iter().map(|(term, _)| Pending::Integer(*term))),
            Operand::Bool(formula) => {
                self.pending.push(Pending::Formula((formula.node, true)));
                self.pending.push(Pending::Formula((formula.node, false)));
            }
        }
    }

    /// Adds the asserted formulas and their definitions to the solver. `go_on` is called from time to time. This stops
    /// when it returns false, or when the clauses become too large. Returns whether everything was done.
    pub(super) fn work(&mut self, terms: &mut Terms, go_on: &dyn Fn() -> bool) -> bool {
        let mut count = 0_u32;
        while let Some(pending) = self.pending.pop() {
            count += 1;
            if terms.exhausted() || self.is_too_large() || count.is_multiple_of(16) && !go_on() {
                return false;
            }
            match pending {
                Pending::Clause(clause) => self.clause(terms, &clause),
                Pending::Formula(used) => self.formula(terms, used),
                Pending::Integer(id) => self.integer(terms, id),
            }
        }
        true
    }

    fn give(&mut self, clause: &Expr) {
        self.clauses += 1;
        self.solver.assert(clause);
    }

    /// Asserts a disjunction of formulas.
    fn clause(&mut self, terms: &mut Terms, clause: &[Formula]) {
        if let [formula] = clause {
            match terms.get(formula.node) {
                Node::And(parts) if !formula.negated => {
                    self.pending.extend(parts.iter().map(|part| Pending::Clause(vec![*part])));
                    return;
                }
                Node::And(parts) => {
                    let parts: Vec<_> = parts.iter().map(|part| !*part).collect();
                    return self.clause(terms, &parts);
                }
                _ => {}
            }
        }
        let mut literals = Vec::with_capacity(clause.len());
        for formula in clause {
            match terms.get(formula.node) {
                Node::True if formula.negated => {}
                Node::True => return,
                _ => {
                    self.pending.push(Pending::Formula((formula.node, !formula.negated)));
                    literals.push(literal(terms, *formula));
                }
            }
        }
        match literals.len() {
            0 => self.contradiction = true,
            1 => self.give(&literals[0]),
            _ => self.give(&Expr::Or(literals)),
        }
    }

    /// Defines a formula, as far as it is used.
    fn formula(&mut self, terms: &mut Terms, used: Use) {
        if !self.formulas.insert(used) {
            return;
        }
        let (id, holds) = used;
        match terms.get(id) {
            Node::AtMostZero(sum) => {
                // Both directions are the same.
                self.formulas.insert((id, !holds));
                self.comparisons.push(sum.clone());
                for (term, _) in &sum.terms {
                    self.compared.insert(*term);
                    self.pending.push(Pending::Integer(*term));
                }
            }
            Node::And(parts) => {
                let parts = parts.clone();
                let name = Expr::Var(name(id), Type::Bool);
                let mut all = Vec::new();
                for part in parts {
                    self.pending.push(Pending::Formula((part.node, part.negated != holds)));
                    let part = literal(terms, part);
                    if holds {
                        self.give(&Expr::Or(vec![Expr::Not(Box::new(name.clone())), part]));
                    } else {
                        all.push(Expr::Not(Box::new(part)));
                    }
                }
                if !holds {
                    all.push(name);
                    self.give(&Expr::Or(all));
                }
            }
            Node::Flag(_) | Node::Predicate(_) => {
                self.formulas.insert((id, !holds));
                self.solver.declare_fun(name(id), Type::Bool);
                if let Node::Predicate(application) = terms.get(id) {
                    let result = Operand::Bool(Formula { node: id, negated: false });
                    self.relate_application(application.clone(), result);
                }
            }
            _ => {}
        }
    }

    /// Relates an application to the others, and makes models assign values to its parts.
    pub(super) fn relate_application(&mut self, application: Application, result: Operand) {
        for operand in application.operands.iter().chain([&result]) {
            self.define(operand);
        }
        self.applications.push((application, result));
    }

    /// The factors of products, in order.
    pub(super) fn factors(&self) -> Vec<Id> {
        let mut factors: Vec<_> = self.factors.iter().copied().collect();
        factors.sort_unstable();
        factors
    }

    /// Whether an integer occurs in more than comparisons.
    pub(super) fn is_fixed(&self, id: Id) -> bool {
        self.factors.contains(&id)
    }

    /// Whether the solver's model has a value of an integer.
    pub(super) fn is_compared(&self, id: Id) -> bool {
        self.compared.contains(&id)
    }

    /// Defines an integer.
    fn integer(&mut self, terms: &mut Terms, id: Id) {
        if !self.integers.insert(id) {
            return;
        }
        self.solver.declare_fun(name(id), Type::Int);
        let this = Linear::term(id);
        match terms.get(id).clone() {
            Node::Choice(when, yes, no) => {
                for (unless, value) in [(!when, yes), (when, no)] {
                    let difference = terms.minus(&this, &value);
                    let (most, least) = (terms.comparison(&difference), terms.comparison(&difference.negated()));
                    self.pending.push(Pending::Clause(vec![unless, most]));
                    self.pending.push(Pending::Clause(vec![unless, least]));
                }
            }
            Node::Alias(sum) => self.equal(terms, &this, &sum),
            Node::Product(factors) => self.product(terms, id, &factors),
            Node::Quotient(sum, divisor) => {
                let rest = sum.minus(&this.scaled(&divisor));
                let least = terms.comparison(&rest.negated());
                let most = terms.comparison(&rest.plus_constant(&(1 - &divisor)));
                self.assert(least);
                self.assert(most);
                self.relate(terms, id, &sum, &divisor);
            }
            Node::QuotientBy(dividend, divisor) | Node::RemainderBy(dividend, divisor) => {
                self.by_unknown(terms, id, &dividend, &divisor);
            }
            Node::Apply(application) => self.relate_application(application, Operand::Int(this.into())),
            _ => {}
        }
    }

    fn equal(&mut self, terms: &mut Terms, a: &Linear, b: &Linear) {
        let difference = a.minus(b);
        let (most, least) = (terms.comparison(&difference), terms.comparison(&difference.negated()));
        self.assert(most);
        self.assert(least);
    }

    /// The solver multiplies two names, in a sum. If there are more factors, the product, and the product of all but
    /// the last factor, get names.
    fn product(&mut self, terms: &mut Terms, id: Id, factors: &[Id]) {
        let Some((last, rest)) = factors.split_last() else { return };
        self.compared.extend(factors);
        self.factors.extend(factors);
        self.pending.push(Pending::Integer(*last));
        if let [one] = rest {
            return self.pending.push(Pending::Integer(*one));
        }
        let rest_id = terms.product(rest);
        self.compared.insert(rest_id);
        self.factors.insert(rest_id);
        self.pending.push(Pending::Integer(rest_id));
        if let [a, b] = rest
            && self.named.insert(rest_id)
        {
            self.name_product(rest_id, [*a, *b]);
        }
        self.name_product(id, [rest_id, *last]);
    }

    fn name_product(&mut self, id: Id, factors: [Id; 2]) {
        let product = Box::new(Expr::Mul(factors.map(variable).to_vec()));
        for id in [id, factors[0], factors[1]] {
            self.solver.declare_fun(name(id), Type::Int);
        }
        self.give(&Expr::Le(Box::new(variable(id)), product.clone()));
        self.give(&Expr::Ge(Box::new(variable(id)), product));
    }

    /// Consequences for a quotient from other quotients of the same sum, which the solver finds only by trying numbers.
    fn relate(&mut self, terms: &mut Terms, id: Id, sum: &Rc<Linear>, divisor: &BigInt) {
        let this = Linear::term(id);
        let others = self.quotients.iter().rev().filter(|(_, other, _)| other.terms == sum.terms);
        let others: Vec<_> = others.take(RELATED).cloned().collect();
        for (other, other_sum, other_divisor) in others {
            let other = Linear::term(other);
            if other_divisor == *divisor {
                // ⌊(s + k)/n⌋ and ⌊(s + l)/n⌋, with 0 <= k < l < n.
                let (low, low_sum, high, distance) = if other_sum.constant <= sum.constant {
                    (&other, &other_sum, &this, &sum.constant - &other_sum.constant)
                } else {
                    (&this, sum, &other, &other_sum.constant - &sum.constant)
                };
                let step = high.minus(low);
                let not_less = terms.comparison(&step.negated());
                let one_at_most = terms.comparison(&step.clone().plus_constant(&-BigInt::one()));
                self.assert(not_less);
                self.assert(one_at_most);
                // It is one more where the remainder is so large.
                let remainder = low_sum.minus(&low.scaled(divisor));
                let enough = terms.comparison(&remainder.negated().plus_constant(&(divisor - distance)));
                let more = terms.comparison(&step.negated().plus_constant(&BigInt::one()));
                self.pending.push(Pending::Clause(vec![!enough, more]));
                self.pending.push(Pending::Clause(vec![enough, !more]));
            } else if other_sum.constant == sum.constant {
                let (fine, coarse, times) = if divisor.is_multiple_of(&other_divisor) {
                    (&other, &this, divisor / &other_divisor)
                } else if other_divisor.is_multiple_of(divisor) {
                    (&this, &other, &other_divisor / divisor)
                } else {
                    continue;
                };
                // ⌊s/mn⌋ is ⌊⌊s/m⌋/n⌋.
                let rest = fine.minus(&coarse.scaled(&times));
                let least = terms.comparison(&rest.negated());
                let most = terms.comparison(&rest.plus_constant(&(1 - times)));
                self.assert(least);
                self.assert(most);
            }
        }
        self.quotients.push((id, sum.clone(), divisor.clone()));
    }

    /// Division by a value that may be zero. Division by zero is some function of the dividend.
    fn by_unknown(&mut self, terms: &mut Terms, id: Id, dividend: &Rc<Linear>, divisor: &Rc<Linear>) {
        let quotient = terms.quotient_by(dividend, divisor);
        let remainder = terms.remainder_by(dividend, divisor);
        let both = [quotient, remainder];
        // The other one comes here, too, and finds everything done.
        let first = both.iter().all(|one| *one == id || !self.integers.contains(one));
        let function = if id == quotient { Symbol::QUOTIENT_BY_ZERO } else { Symbol::REMAINDER_BY_ZERO };
        let operands = [dividend, divisor].map(|sum| Operand::Int(sum.clone()));
        let application = Application { function, operands: operands.into() };
        self.applications.push((application, Operand::Int(Linear::term(id).into())));
        self.pending.extend(both.map(Pending::Integer));
        for sum in [dividend, divisor] {
            self.pending.extend(sum.terms.iter().map(|(term, _)| Pending::Integer(*term)));
        }
        if !first {
            return;
        }
        let zero = Linear::default();
        let (quotient, remainder) = (Linear::term(quotient), Linear::term(remainder));
        let product = terms.times(&quotient, divisor);
        let is_zero = terms.same_number(divisor, &zero);
        let whole = product.plus(&remainder);
        let exact = terms.same_number(&whole, dividend);
        let least = terms.at_most(&zero, &remainder);
        let (below, above) = (terms.below(&remainder, divisor), terms.below(&remainder, &divisor.negated()));
        let (positive, negative) = (terms.below(&zero, divisor), terms.below(divisor, &zero));
        let mut clauses =
            vec![vec![is_zero, exact], vec![is_zero, least], vec![!positive, below], vec![!negative, above]];
        // What follows, and the solver would look for among products: signs, and that nothing grows.
        let natural = terms.at_most(&zero, dividend);
        let no_more = terms.at_most(&remainder, dividend);
        clauses.push(vec![is_zero, !natural, no_more]);
        let opposite = quotient.negated();
        for (of, size) in [(natural, (**dividend).clone()), (!natural, dividend.negated())] {
            for quotient in [&quotient, &opposite] {
                let no_more = terms.at_most(quotient, &size);
                clauses.push(vec![is_zero, !of, no_more]);
            }
        }
        for (of, quotient) in [(positive, &quotient), (negative, &opposite)] {
            let (not_negative, below_zero) = (terms.at_most(&zero, quotient), terms.below(quotient, &zero));
            clauses.push(vec![!of, !natural, not_negative]);
            clauses.push(vec![!of, natural, below_zero]);
        }
        self.pending.extend(clauses.into_iter().map(Pending::Clause));
    }
}

/// A formula in the solver's representation.
fn literal(terms: &Terms, formula: Formula) -> Expr {
    let positive = match terms.get(formula.node) {
        Node::True => Expr::Bool(true),
        Node::AtMostZero(sum) => comparison(terms, sum),
        _ => Expr::Var(name(formula.node), Type::Bool),
    };
    if formula.negated { Expr::Not(Box::new(positive)) } else { positive }
}

fn variable(id: Id) -> Expr {
    Expr::Var(name(id), Type::Int)
}

fn comparison(terms: &Terms, sum: &Linear) -> Expr {
    let term = |(id, coefficient): &(Id, BigInt)| {
        let factors = match terms.get(*id) {
            Node::Product(factors) if factors.len() == 2 => factors.iter().copied().map(variable).collect(),
            _ => vec![variable(*id)],
        };
        let coefficient = (!coefficient.is_one()).then(|| number(coefficient));
        let mut factors: Vec<_> = coefficient.into_iter().chain(factors).collect();
        if factors.len() == 1 { factors.remove(0) } else { Expr::Mul(factors) }
    };
    let mut terms: Vec<_> = sum.terms.iter().map(term).collect();
    let left = if terms.len() == 1 { terms.remove(0) } else { Expr::Add(terms) };
    Expr::Le(Box::new(left), Box::new(number(&-&sum.constant)))
}

fn number(number: &BigInt) -> Expr {
    match number.to_i64() {
        Some(number) => Expr::Int(number),
        None => Expr::from_rational(&BigRational::from_integer(number.clone())),
    }
}
