//! Formulas of the fragment, how they are written and what they mean.

use std::collections::HashMap;
use std::fmt::Write as _;

/// An operation on earlier nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Number(i128),
    /// An integer constant.
    Variable(usize),
    /// `true` and `false` constants.
    Flag(usize),
    /// An operator of integers.
    Integer(&'static str, Vec<usize>),
    /// A function of integers.
    Call(usize, Vec<usize>),
    /// A comparison, of integers or truth values.
    Compare(&'static str, Vec<usize>),
    /// An operator of truth values.
    Truth(&'static str, Vec<usize>),
    /// `ite`, of integers.
    Choice(usize, usize, usize),
    /// `ite`, of truth values.
    Either(usize, usize, usize),
}

/// Assertions over shared nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Formula {
    pub(crate) nodes: Vec<Node>,
    pub(crate) assertions: Vec<usize>,
}

/// How shared nodes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Every node is a constant that is asserted to equal it.
    Constants,
    /// Every node is named by a `let` in each assertion.
    Lets,
    /// Nodes are written where they are used; only applications are constants.
    Inline,
}

pub(crate) const VARIABLES: usize = 3;
pub(crate) const FLAGS: usize = 2;
/// Operands of the functions.
pub(crate) const FUNCTIONS: [usize; 3] = [1, 1, 2];

/// What constants are, and what functions give.
pub(crate) struct Model {
    pub(crate) variables: Vec<i128>,
    pub(crate) flags: Vec<bool>,
    /// By the place of the application.
    pub(crate) calls: HashMap<usize, i128>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    Int(i128),
    Bool(bool),
}

impl Formula {
    pub(crate) fn push(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(crate) fn is_truth(&self, node: usize) -> bool {
        matches!(self.nodes[node], Node::Flag(_) | Node::Compare(..) | Node::Truth(..) | Node::Either(..))
    }

    /// The places of applications.
    pub(crate) fn calls(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|place| matches!(self.nodes[*place], Node::Call(..))).collect()
    }

    /// The names of the constants whose values make a [`Model`].
    pub(crate) fn wanted(&self) -> Vec<String> {
        let variables = (0..VARIABLES).map(|number| format!("x{number}"));
        let flags = (0..FLAGS).map(|number| format!("b{number}"));
        variables.chain(flags).chain(self.calls().iter().map(|place| format!("t{place}"))).collect()
    }

    pub(crate) fn script(&self, style: Style) -> String {
        let mut script = String::new();
        for number in 0..VARIABLES {
            _ = writeln!(script, "(declare-const x{number} Int)");
        }
        for number in 0..FLAGS {
            _ = writeln!(script, "(declare-const b{number} Bool)");
        }
        for (number, operands) in FUNCTIONS.iter().enumerate() {
            _ = writeln!(script, "(declare-fun f{number} ({}) Int)", vec!["Int"; *operands].join(" "));
        }
        let mut texts: Vec<String> = Vec::new();
        let mut lets = Vec::new();
        for (place, node) in self.nodes.iter().enumerate() {
            let text = write(node, &texts);
            let leaf = matches!(node, Node::Number(_) | Node::Variable(_) | Node::Flag(_));
            let call = matches!(node, Node::Call(..));
            texts.push(match style {
                _ if leaf => text,
                Style::Inline if !call && text.len() < 2000 => text,
                Style::Lets if !call => {
                    lets.push(format!("(let ((l{place} {text})) "));
                    format!("l{place}")
                }
                _ => {
                    let sort = if self.is_truth(place) { "Bool" } else { "Int" };
                    // A `let` is not in scope where a constant is defined.
                    let (open, close) = (lets.concat(), ")".repeat(lets.len()));
                    let text = if style == Style::Lets { format!("{open}{text}{close}") } else { text };
                    _ = writeln!(script, "(declare-const t{place} {sort})\n(assert (= t{place} {text}))");
                    format!("t{place}")
                }
            });
        }
        for place in &self.assertions {
            _ = writeln!(script, "(assert {}{}{})", lets.concat(), texts[*place], ")".repeat(lets.len()));
        }
        script
    }

    /// Whether all assertions hold; `None` where a number is too large for this evaluator. Division by zero gives what
    /// `by_zero` says.
    pub(crate) fn holds(&self, model: &Model, by_zero: &dyn Fn(&str, i128) -> i128) -> Option<bool> {
        let mut values = Vec::new();
        for (place, node) in self.nodes.iter().enumerate() {
            let value = self.value(place, node, &values, model, by_zero)?;
            values.push(value);
        }
        Some(self.assertions.iter().all(|place| values[*place] == Value::Bool(true)))
    }

    fn value(
        &self,
        place: usize,
        node: &Node,
        values: &[Value],
        model: &Model,
        by_zero: &dyn Fn(&str, i128) -> i128,
    ) -> Option<Value> {
        let number = |place: &usize| match values[*place] {
            Value::Int(value) => value,
            Value::Bool(_) => panic!("node {place} is no number"),
        };
        let truth = |place: &usize| values[*place] == Value::Bool(true);
        Some(match node {
            Node::Number(value) => Value::Int(*value),
            Node::Variable(number) => Value::Int(model.variables[*number]),
            Node::Flag(number) => Value::Bool(model.flags[*number]),
            Node::Call(..) => Value::Int(*model.calls.get(&place)?),
            Node::Choice(when, yes, no) => values[if truth(when) { *yes } else { *no }],
            Node::Either(when, yes, no) => Value::Bool(truth(if truth(when) { yes } else { no })),
            Node::Truth(operator, operands) => {
                let mut operands = operands.iter().map(truth);
                Value::Bool(match *operator {
                    "not" => !operands.next()?,
                    "and" => operands.all(|one| one),
                    "or" => operands.any(|one| one),
                    "xor" => operands.fold(false, |odd, one| odd != one),
                    "=>" => !operands.next()? || operands.next()?,
                    other => panic!("{other}"),
                })
            }
            Node::Compare(operator, operands) => {
                let pairs = operands.windows(2);
                let holds = |pair: &[usize]| {
                    let (a, b) = (values[pair[0]], values[pair[1]]);
                    match *operator {
                        "=" => a == b,
                        "distinct" => a != b,
                        "<" => number(&pair[0]) < number(&pair[1]),
                        "<=" => number(&pair[0]) <= number(&pair[1]),
                        ">" => number(&pair[0]) > number(&pair[1]),
                        ">=" => number(&pair[0]) >= number(&pair[1]),
                        other => panic!("{other}"),
                    }
                };
                Value::Bool(pairs.into_iter().all(holds))
            }
            Node::Integer(operator, operands) => {
                let mut operands = operands.iter().map(number);
                let first = operands.next()?;
                Value::Int(match (*operator, operands.next()) {
                    ("-", None) => first.checked_neg()?,
                    ("abs", None) => first.checked_abs()?,
                    ("+", Some(second)) => first.checked_add(second)?,
                    ("-", Some(second)) => first.checked_sub(second)?,
                    ("*", Some(second)) => first.checked_mul(second)?,
                    (operator @ ("div" | "mod"), Some(0)) => by_zero(operator, first),
                    ("div", Some(second)) => first.checked_div_euclid(second)?,
                    ("mod", Some(second)) => first.checked_rem_euclid(second)?,
                    other => panic!("{other:?}"),
                })
            }
        })
    }

    /// Fills in what the applications give, by a function for each; whether no number is too large.
    pub(crate) fn interpret(
        &self,
        model: &mut Model,
        by_zero: &dyn Fn(&str, i128) -> i128,
        functions: &dyn Fn(usize, &[i128]) -> i128,
    ) -> bool {
        let mut values = Vec::new();
        for (place, node) in self.nodes.iter().enumerate() {
            if let Node::Call(function, operands) = node {
                let number = |operand: &usize| match values[*operand] {
                    Value::Int(value) => value,
                    Value::Bool(_) => panic!("node {operand} is no number"),
                };
                let operands: Vec<_> = operands.iter().map(number).collect();
                model.calls.insert(place, functions(*function, &operands));
            }
            match self.value(place, node, &values, model, by_zero) {
                Some(value) => values.push(value),
                None => return false,
            }
        }
        true
    }

    /// Whether the same function of the same numbers gives the same number; `None` as in [`Formula::holds`].
    pub(crate) fn is_functional(&self, model: &Model, by_zero: &dyn Fn(&str, i128) -> i128) -> Option<bool> {
        let (mut values, mut seen) = (Vec::new(), HashMap::new());
        for (place, node) in self.nodes.iter().enumerate() {
            let value = self.value(place, node, &values, model, by_zero)?;
            values.push(value);
            if let Node::Call(function, operands) = node {
                let operands: Vec<_> = operands.iter().map(|operand| values[*operand]).collect();
                if *seen.entry((*function, operands)).or_insert(value) != value {
                    return Some(false);
                }
            }
        }
        Some(true)
    }
}

fn write(node: &Node, texts: &[String]) -> String {
    let list = |operator: &str, operands: &[usize]| {
        let operands: Vec<_> = operands.iter().map(|operand| texts[*operand].as_str()).collect();
        format!("({operator} {})", operands.join(" "))
    };
    match node {
        Node::Number(number) if *number < 0 => format!("(- {})", number.unsigned_abs()),
        Node::Number(number) => number.to_string(),
        Node::Variable(number) => format!("x{number}"),
        Node::Flag(number) => format!("b{number}"),
        Node::Call(function, operands) => list(&format!("f{function}"), operands),
        Node::Integer(operator, operands) | Node::Compare(operator, operands) | Node::Truth(operator, operands) => {
            list(operator, operands)
        }
        Node::Choice(when, yes, no) | Node::Either(when, yes, no) => list("ite", &[*when, *yes, *no]),
    }
}
