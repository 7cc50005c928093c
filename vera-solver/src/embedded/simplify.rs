//! Simplifies terms with the facts that are asserted.
//!
//! A constant that is asserted to equal a term becomes that term. So does an application, and its result is stored
//! separately (`Problem::known`). An asserted formula is true in all other terms. After this, more terms may be equal:
//! applications of a function to the same terms are one term. So this is repeated until nothing changes, or a limit is
//! reached.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::One;

use super::read::Problem;
use super::term::{Application, Formula, Id, Linear, Node, Operand, Terms};

/// Maximum number of rounds.
const ROUNDS: usize = 8;
/// Maximum number of terms of a sum that replaces another term.
const MAX_TERMS: usize = 8;

/// Simplifies a query without changing its models.
pub(super) fn simplify(problem: &mut Problem<'_>) {
    for _ in 0..ROUNDS {
        if problem.terms.exhausted() {
            return;
        }
        let Some(facts) = Facts::of(&problem.terms, &problem.assertions) else {
            problem.assertions = vec![Formula::FALSE];
            return;
        };
        let before = problem.terms.nodes().len();
        let goes_on = !facts.equal.is_empty();
        rebuild(problem, &facts, &[]);
        if !goes_on && problem.terms.nodes().len() >= before {
            return;
        }
    }
}

/// Replaces a constant or application by a number.
pub(super) fn assume(problem: &mut Problem<'_>, leaf: Id, number: BigInt) {
    let mut facts = Facts { truths: BTreeMap::new(), equal: HashMap::new() };
    facts.equal.insert(leaf, Linear::constant(number));
    // Assertions stay what they are.
    let kept = problem.assertions.clone();
    rebuild(problem, &facts, &kept);
}

/// Facts that follow directly from assertions.
struct Facts {
    /// Formulas that hold, or do not.
    truths: BTreeMap<Id, bool>,
    /// Integers that equal a sum of earlier ones.
    equal: HashMap<Id, Linear>,
}

impl Facts {
    /// `None` if they contradict each other.
    fn of(terms: &Terms, assertions: &[Formula]) -> Option<Facts> {
        let mut truths = BTreeMap::new();
        let mut rest = assertions.to_vec();
        while let Some(formula) = rest.pop() {
            match terms.get(formula.node) {
                Node::And(parts) if !formula.negated => rest.extend(parts),
                _ => {
                    if truths.insert(formula.node, !formula.negated) == Some(formula.negated) {
                        return None;
                    }
                }
            }
        }
        let mut equal = HashMap::new();
        for (id, _) in truths.iter().filter(|(_, truth)| **truth) {
            // That a sum is zero is: it is at most zero, and one more is not.
            let Node::AtMostZero(sum) = terms.get(*id) else { continue };
            let more = Node::AtMostZero(Rc::new((**sum).clone().plus_constant(&BigInt::one())));
            if terms.find(&more).and_then(|more| truths.get(&more)) != Some(&false) || sum.terms.len() > MAX_TERMS {
                continue;
            }
            let Some((last, coefficient)) = sum.terms.last() else { continue };
            if matches!(terms.get(*last), Node::Constant(_) | Node::Apply(_)) && coefficient.magnitude().is_one() {
                // c·last + rest = 0, where c is its own inverse.
                let mut others = (**sum).clone();
                others.terms.pop();
                equal.entry(*last).or_insert_with(|| others.scaled(&-coefficient));
            }
        }
        Some(Facts { truths, equal })
    }
}

/// Rebuilds all terms with the facts; `kept` are assertions that are not facts.
fn rebuild(problem: &mut Problem<'_>, facts: &Facts, kept: &[Formula]) {
    let old = problem.terms.successor();
    let old = std::mem::replace(&mut problem.terms, old);
    let mut rebuilt = Rebuilt { terms: &mut problem.terms, of: Vec::with_capacity(old.nodes().len()) };
    let (mut assertions, mut known) = (Vec::new(), Vec::new());
    for (index, node) in old.nodes().iter().enumerate() {
        let id = Id::at(index);
        let made = match (facts.equal.get(&id), node) {
            (Some(equal), node) => {
                let result = Operand::Int(rebuilt.sum(equal));
                if let Node::Apply(application) = node {
                    known.push((rebuilt.application(application), result.clone()));
                }
                result
            }
            (None, node) => rebuilt.node(node),
        };
        let made = match (facts.truths.get(&id), made) {
            (Some(truth), Operand::Bool(formula)) => {
                assertions.push(if *truth { formula } else { !formula });
                Operand::Bool(Formula::of(*truth))
            }
            (_, made) => made,
        };
        rebuilt.of.push(made);
        if rebuilt.terms.exhausted() {
            return;
        }
    }
    known.extend(
        problem.known.iter().map(|(application, result)| (rebuilt.application(application), rebuilt.operand(result))),
    );
    for value in problem.names.values_mut() {
        value.update(|value| rebuilt.operand(value));
    }
    assertions.extend(kept.iter().map(|formula| rebuilt.formula(*formula)));
    assertions.retain(|formula| *formula != Formula::TRUE);
    problem.assertions = assertions;
    problem.known = known;
}

/// The new terms of the nodes so far.
struct Rebuilt<'t> {
    terms: &'t mut Terms,
    of: Vec<Operand>,
}

impl Rebuilt<'_> {
    fn integer(&self, id: Id) -> Linear {
        match self.of.get(id.index()) {
            Some(Operand::Int(sum)) => (**sum).clone(),
            // Parts of integers come before them, and are integers.
            _ => Linear::default(),
        }
    }

    fn sum(&mut self, sum: &Linear) -> Rc<Linear> {
        let mut all = Linear::constant(sum.constant.clone());
        for (term, coefficient) in &sum.terms {
            all = all.plus(&self.integer(*term).scaled(coefficient));
            self.terms.spend(all.terms.len());
        }
        Rc::new(all)
    }

    fn formula(&self, formula: Formula) -> Formula {
        match self.of.get(formula.node.index()) {
            Some(Operand::Bool(made)) => Formula { negated: made.negated != formula.negated, ..*made },
            _ => Formula::FALSE,
        }
    }

    fn operand(&mut self, operand: &Operand) -> Operand {
        match operand {
            Operand::Int(sum) => Operand::Int(self.sum(sum)),
            Operand::Bool(formula) => Operand::Bool(self.formula(*formula)),
        }
    }

    fn application(&mut self, application: &Application) -> Application {
        let operands = application.operands.iter().map(|operand| self.operand(operand)).collect();
        Application { function: application.function, operands }
    }

    fn node(&mut self, node: &Node) -> Operand {
        let sum = match node {
            Node::True => return Operand::Bool(Formula::TRUE),
            Node::Flag(symbol) => return Operand::Bool(self.terms.flag(*symbol)),
            Node::Predicate(application) => {
                let application = self.application(application);
                return Operand::Bool(self.terms.predicate(application));
            }
            Node::And(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.formula(*part)).collect();
                return Operand::Bool(self.terms.all(parts));
            }
            Node::AtMostZero(sum) => {
                let sum = self.sum(sum);
                return Operand::Bool(self.terms.at_most_zero(&sum));
            }
            Node::Constant(symbol) => self.terms.constant(*symbol),
            Node::Apply(application) => {
                let application = self.application(application);
                self.terms.apply(application)
            }
            Node::Choice(when, yes, no) => {
                let (when, yes, no) = (self.formula(*when), self.sum(yes), self.sum(no));
                self.terms.choice(when, &yes, &no)
            }
            Node::Product(factors) => {
                let mut product = Rc::new(Linear::constant(BigInt::one()));
                for factor in factors {
                    product = self.terms.times(&product, &self.integer(*factor));
                }
                product
            }
            Node::Quotient(sum, divisor) => {
                let (sum, divisor) = (self.sum(sum), Rc::new(Linear::constant(divisor.clone())));
                self.terms.quotient(&sum, &divisor)
            }
            Node::QuotientBy(dividend, divisor) => {
                let (dividend, divisor) = (self.sum(dividend), self.sum(divisor));
                self.terms.quotient(&dividend, &divisor)
            }
            Node::RemainderBy(dividend, divisor) => {
                let (dividend, divisor) = (self.sum(dividend), self.sum(divisor));
                self.terms.remainder(&dividend, &divisor)
            }
            Node::Alias(sum) => {
                let sum = self.sum(sum);
                self.terms.alias(&sum)
            }
        };
        Operand::Int(sum)
    }
}
