//! The values of terms in a model.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::term::{Application, Formula, Id, Linear, Node, Operand, Symbol, Terms};

/// A value of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Value {
    Int(BigInt),
    Bool(bool),
}

/// The first of the numbers for values that are not constrained.
const FREE: u32 = 10_000;

/// The values of all nodes.
pub(super) struct Values {
    of: Vec<Value>,
}

/// The indices of two applications of a function to the same operands with different values.
pub(super) struct Clash {
    pub(super) first: usize,
    pub(super) second: usize,
}

impl Values {
    /// Evaluates all nodes, with a model's values of constants and applications. Constants without a value occur in
    /// assertions only as operands. They all get different numbers, so that fewer operands are equal. An application
    /// without a value gets that of an earlier one with the same operands.
    pub(super) fn new(terms: &Terms, known: impl Fn(Id) -> Option<Value>) -> Self {
        let mut values = Values { of: Vec::with_capacity(terms.nodes().len()) };
        let mut given: HashMap<(Symbol, Vec<Value>), Value> = HashMap::new();
        for (index, node) in terms.nodes().iter().enumerate() {
            let any = || Value::Int(BigInt::from(FREE) + index);
            let known = || known(Id::at(index));
            let value = match node {
                Node::True => Value::Bool(true),
                Node::Flag(_) => known().unwrap_or(Value::Bool(false)),
                Node::Constant(_) => known().unwrap_or_else(any),
                Node::Predicate(application) => {
                    let value = known().unwrap_or(Value::Bool(false));
                    given.entry(values.key(application)).or_insert(value.clone());
                    value
                }
                Node::Apply(application) => {
                    let entry = given.entry(values.key(application));
                    match known() {
                        Some(value) => {
                            entry.or_insert(value.clone());
                            value
                        }
                        None => entry.or_insert_with(any).clone(),
                    }
                }
                Node::QuotientBy(..) | Node::RemainderBy(..) => {
                    values.by_zero(node, known().unwrap_or_else(|| Value::Int(BigInt::zero())))
                }
                Node::And(parts) => Value::Bool(parts.iter().all(|part| values.formula(*part))),
                Node::AtMostZero(sum) => Value::Bool(!values.sum(sum).is_positive()),
                Node::Choice(when, yes, no) => {
                    Value::Int(if values.formula(*when) { values.sum(yes) } else { values.sum(no) })
                }
                Node::Product(factors) => {
                    Value::Int(factors.iter().fold(BigInt::one(), |all, factor| all * values.integer(*factor)))
                }
                Node::Quotient(sum, divisor) => Value::Int(values.sum(sum).div_floor(divisor)),
                Node::Alias(sum) => Value::Int(values.sum(sum)),
            };
            values.of.push(value);
        }
        values
    }

    fn key(&self, application: &Application) -> (Symbol, Vec<Value>) {
        (application.function, application.operands.iter().map(|operand| self.operand(operand)).collect())
    }

    /// Division by a value that is not zero in the model; otherwise its result is that of the model.
    fn by_zero(&self, node: &Node, model: Value) -> Value {
        let (Node::QuotientBy(dividend, divisor) | Node::RemainderBy(dividend, divisor)) = node else { return model };
        let (dividend, divisor) = (self.sum(dividend), self.sum(divisor));
        if divisor.is_zero() {
            return model;
        }
        let quotient = dividend.div_floor(&divisor.abs());
        Value::Int(match node {
            Node::RemainderBy(..) => dividend - quotient * divisor.abs(),
            _ if divisor.is_negative() => -quotient,
            _ => quotient,
        })
    }

    fn integer(&self, id: Id) -> BigInt {
        match &self.of[id.index()] {
            Value::Int(value) => value.clone(),
            Value::Bool(_) => BigInt::zero(),
        }
    }

    pub(super) fn sum(&self, sum: &Linear) -> BigInt {
        let terms = sum.terms.iter().map(|(term, coefficient)| coefficient * self.integer(*term));
        terms.fold(sum.constant.clone(), |all, next| all + next)
    }

    pub(super) fn formula(&self, formula: Formula) -> bool {
        (self.of[formula.node.index()] == Value::Bool(true)) != formula.negated
    }

    pub(super) fn operand(&self, operand: &Operand) -> Value {
        match operand {
            Operand::Int(sum) => Value::Int(self.sum(sum)),
            Operand::Bool(formula) => Value::Bool(self.formula(*formula)),
        }
    }

    /// Applications with the same operands and different results, each paired with the first of them.
    pub(super) fn clashes(&self, applications: &[(Application, Operand)]) -> Vec<Clash> {
        let mut seen = HashMap::new();
        let mut clashes = Vec::new();
        for (second, (application, result)) in applications.iter().enumerate() {
            let first = *seen.entry(self.key(application)).or_insert(second);
            if self.operand(&applications[first].1) != self.operand(result) {
                clashes.push(Clash { first, second });
            }
        }
        clashes
    }
}
