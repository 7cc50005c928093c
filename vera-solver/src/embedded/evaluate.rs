//! The values of terms in a model.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::term::{Formula, Id, Linear, Node, Operand, Symbol, Terms};

/// A value of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Value {
    Int(BigInt),
    Bool(bool),
}

/// The values of all nodes.
pub(super) struct Values {
    of: Vec<Value>,
}

/// A function was given the same operands twice, and has two values.
pub(super) struct Clash {
    pub(super) first: Id,
    pub(super) second: Id,
}

impl Values {
    /// Evaluates all nodes, by what a model says of constants and applications. What it does not know is zero, or false
    /// where a truth value is needed.
    pub(super) fn new(terms: &Terms, known: impl Fn(Id) -> Option<Value>) -> Self {
        let mut values = Values { of: Vec::with_capacity(terms.nodes().len()) };
        for (index, node) in terms.nodes().iter().enumerate() {
            let value = match node {
                Node::True => Value::Bool(true),
                Node::Constant(_) | Node::Apply(..) | Node::QuotientBy(..) | Node::RemainderBy(..) => {
                    let model = known(Id::at(index)).unwrap_or(Value::Int(BigInt::zero()));
                    values.by_zero(node, model)
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

    /// Division by what the model says is not zero; otherwise its result is what the model says.
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

    pub(super) fn is_integer(&self, id: Id) -> bool {
        matches!(self.of[id.index()], Value::Int(_))
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

    /// Applications with the same operands and different results, each with the first of them.
    pub(super) fn clashes(&self, terms: &Terms, applications: &[Id]) -> Vec<Clash> {
        let mut seen: HashMap<(Symbol, Vec<Value>), Id> = HashMap::new();
        let mut clashes = Vec::new();
        for second in applications {
            let (function, operands) = match terms.get(*second) {
                Node::Apply(function, operands) => {
                    (*function, operands.iter().map(|operand| self.operand(operand)).collect())
                }
                Node::QuotientBy(dividend, divisor) => {
                    (Symbol::QUOTIENT_BY_ZERO, vec![Value::Int(self.sum(dividend)), Value::Int(self.sum(divisor))])
                }
                Node::RemainderBy(dividend, divisor) => {
                    (Symbol::REMAINDER_BY_ZERO, vec![Value::Int(self.sum(dividend)), Value::Int(self.sum(divisor))])
                }
                _ => continue,
            };
            let first = *seen.entry((function, operands)).or_insert(*second);
            if self.of[first.index()] != self.of[second.index()] {
                clashes.push(Clash { first, second: *second });
            }
        }
        clashes
    }
}
