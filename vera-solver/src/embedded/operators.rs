//! The meaning of the operators of SMT-LIB's core and integers.

use std::rc::Rc;

use super::read::{Sort, Typed, unsupported};
use super::term::{Formula, Linear, Operand, Terms};
use crate::engine::Why;

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Not,
    And,
    Or,
    Implies,
    Xor,
    Equal,
    Distinct,
    If,
    AtMost,
    Below,
    AtLeast,
    Above,
    Plus,
    Minus,
    Times,
    Quotient,
    Remainder,
    Absolute,
}

const NAMES: [(&str, Operator); 18] = [
    ("not", Operator::Not),
    ("and", Operator::And),
    ("or", Operator::Or),
    ("=>", Operator::Implies),
    ("xor", Operator::Xor),
    ("=", Operator::Equal),
    ("distinct", Operator::Distinct),
    ("ite", Operator::If),
    ("<=", Operator::AtMost),
    ("<", Operator::Below),
    (">=", Operator::AtLeast),
    (">", Operator::Above),
    ("+", Operator::Plus),
    ("-", Operator::Minus),
    ("*", Operator::Times),
    ("div", Operator::Quotient),
    ("mod", Operator::Remainder),
    ("abs", Operator::Absolute),
];

impl Operator {
    pub(super) fn named(name: &str) -> Option<Operator> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, operator)| *operator)
    }
}

/// Whether a name is reserved.
pub(super) fn is_reserved(name: &str) -> bool {
    Operator::named(name).is_some()
        || matches!(name, "true" | "false" | "let" | "forall" | "exists" | "match" | "par" | "as" | "_" | "!")
}

/// Maximum number of operands of `distinct`, because its size grows with their square.
const MAX_DISTINCT: usize = 200;

/// Applies an operator.
pub(super) fn apply(terms: &mut Terms, operator: Operator, operands: &[Typed]) -> Result<Typed, Why> {
    use Operator::{Above, AtLeast, AtMost, Below};
    let wrong = || unsupported(format!("{operator:?} of other operands"));
    terms.spend(operands.len());
    let formula = |formula| Ok(Typed { sort: Sort::Bool, value: Operand::Bool(formula) });
    let integer = |sum| Ok(Typed { sort: Sort::Int, value: Operand::Int(sum) });
    match operator {
        Operator::Not => match &truths(operands).ok_or_else(wrong)?[..] {
            [operand] => formula(!*operand),
            _ => Err(wrong()),
        },
        Operator::And => formula(terms.all(truths(operands).filter(|all| !all.is_empty()).ok_or_else(wrong)?)),
        Operator::Or => formula(terms.any(truths(operands).filter(|all| !all.is_empty()).ok_or_else(wrong)?)),
        Operator::Implies => {
            let mut truths = truths(operands).filter(|all| all.len() > 1).ok_or_else(wrong)?;
            // `(=> a b c)` is `(=> a (=> b c))`.
            let last = truths.pop().ok_or_else(wrong)?;
            let premises = truths.into_iter().map(|premise| !premise).collect::<Vec<_>>();
            formula(terms.any(premises.into_iter().chain([last])))
        }
        Operator::Xor => {
            let truths = truths(operands).filter(|all| all.len() > 1).ok_or_else(wrong)?;
            let rest = truths[1..].iter();
            formula(rest.fold(truths[0], |odd, next| !terms.same_truth(odd, *next)))
        }
        Operator::Equal | Operator::Distinct => {
            if operands.len() < 2 || operands.iter().any(|operand| operand.sort != operands[0].sort) {
                return Err(wrong());
            }
            let mut pairs = Vec::new();
            if operator == Operator::Equal {
                for pair in operands.windows(2) {
                    pairs.push(terms.same(&pair[0].value, &pair[1].value));
                }
            } else if operands.len() > MAX_DISTINCT {
                return Err(Why::TooLarge(format!("`distinct` of {}", operands.len())));
            } else {
                for (index, left) in operands.iter().enumerate() {
                    for right in &operands[index + 1..] {
                        pairs.push(!terms.same(&left.value, &right.value));
                    }
                }
            }
            formula(terms.all(pairs))
        }
        Operator::If => {
            let [when, yes, no] = operands else { return Err(wrong()) };
            let Operand::Bool(when) = when.value else { return Err(wrong()) };
            if yes.sort != no.sort {
                return Err(wrong());
            }
            let value = match (&yes.value, &no.value) {
                (Operand::Int(yes), Operand::Int(no)) => Operand::Int(terms.choice(when, yes, no)),
                (Operand::Bool(yes), Operand::Bool(no)) => Operand::Bool(terms.either(when, *yes, *no)),
                _ => return Err(wrong()),
            };
            Ok(Typed { sort: yes.sort, value })
        }
        AtMost | Below | AtLeast | Above => {
            let sums = sums(operands).filter(|all| all.len() > 1).ok_or_else(wrong)?;
            let mut pairs = Vec::new();
            for pair in sums.windows(2) {
                pairs.push(match operator {
                    AtMost => terms.at_most(&pair[0], &pair[1]),
                    AtLeast => terms.at_most(&pair[1], &pair[0]),
                    Below => terms.below(&pair[0], &pair[1]),
                    _ => terms.below(&pair[1], &pair[0]),
                });
            }
            formula(terms.all(pairs))
        }
        Operator::Minus | Operator::Plus | Operator::Times | Operator::Quotient => {
            let sums = sums(operands).ok_or_else(wrong)?;
            let (first, rest) = sums.split_first().ok_or_else(wrong)?;
            match (operator, rest) {
                (Operator::Minus, []) => return integer(terms.minus(&Linear::default(), first)),
                (Operator::Plus | Operator::Times, _) | (_, [_, ..]) => {}
                _ => return Err(wrong()),
            }
            integer(rest.iter().fold(first.clone(), |all, next| match operator {
                Operator::Plus => terms.plus(&all, next),
                Operator::Minus => terms.minus(&all, next),
                Operator::Times => terms.times(&all, next),
                _ => terms.quotient(&all, next),
            }))
        }
        Operator::Remainder => match &sums(operands).ok_or_else(wrong)?[..] {
            [dividend, divisor] => integer(terms.remainder(dividend, divisor)),
            _ => Err(wrong()),
        },
        Operator::Absolute => match &sums(operands).ok_or_else(wrong)?[..] {
            [sum] => {
                let negative = terms.below(sum, &Linear::default());
                let opposite = terms.minus(&Linear::default(), sum);
                integer(terms.choice(negative, &opposite, sum))
            }
            _ => Err(wrong()),
        },
    }
}

fn truths(operands: &[Typed]) -> Option<Vec<Formula>> {
    let truth = |operand: &Typed| match operand.value {
        Operand::Bool(formula) => Some(formula),
        Operand::Int(_) => None,
    };
    operands.iter().map(truth).collect()
}

fn sums(operands: &[Typed]) -> Option<Vec<Rc<Linear>>> {
    let sum = |operand: &Typed| match (&operand.value, operand.sort) {
        (Operand::Int(sum), Sort::Int) => Some(sum.clone()),
        _ => None,
    };
    operands.iter().map(sum).collect()
}
