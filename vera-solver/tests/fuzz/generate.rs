//! Random formulas, and formulas that mean the same.

use crate::formula::{FLAGS, FUNCTIONS, Formula, Node, VARIABLES};
use crate::random::Random;

const WORD: i128 = 1 << 63;
const NUMBERS: [i128; 16] = [0, 0, 1, 1, 2, 3, 4, 5, 7, 8, 10, 100, -1, -2, -7, WORD - 1];

/// A formula: constants in a range each, some assertions, and at times that a term is not what it is rewritten to.
pub(crate) fn formula(random: &mut Random) -> Formula {
    let mut formula = Formula::default();
    let (mut integers, mut truths) = (Vec::new(), Vec::new());
    let range = random.of(&[5, 100, WORD]);
    for number in 0..VARIABLES {
        let variable = formula.push(Node::Variable(number));
        integers.push(variable);
        // Often without a range.
        if !random.one_in(3) {
            let (least, most) = (formula.push(Node::Number(-range)), formula.push(Node::Number(range - 1)));
            let within = formula.push(Node::Compare("<=", vec![least, variable, most]));
            formula.assertions.push(within);
        }
    }
    for number in 0..FLAGS {
        truths.push(formula.push(Node::Flag(number)));
    }
    // What this formula may use.
    let nonlinear = random.one_in(6);
    let divides = random.one_in(2);
    let calls = random.one_in(2);
    for _ in 0..6 + random.below(20) {
        let integer = |random: &mut Random| integers[random.below(integers.len())];
        let truth = |random: &mut Random| truths[random.below(truths.len())];
        let number = |formula: &mut Formula, random: &mut Random| formula.push(Node::Number(random.of(&NUMBERS)));
        let node = match random.below(14) {
            0 => Node::Number(random.of(&NUMBERS)),
            1 | 2 => Node::Integer(random.of(&["+", "-"]), vec![integer(random), integer(random)]),
            3 => Node::Integer(random.of(&["-", "abs"]), vec![integer(random)]),
            4 if nonlinear => Node::Integer("*", vec![integer(random), integer(random)]),
            4 => Node::Integer("*", vec![number(&mut formula, random), integer(random)]),
            5 if divides => {
                let divisor = match nonlinear {
                    true => integer(random),
                    false => number(&mut formula, random),
                };
                Node::Integer(random.of(&["div", "mod"]), vec![integer(random), divisor])
            }
            6 if calls => {
                let function = random.below(FUNCTIONS.len());
                Node::Call(function, (0..FUNCTIONS[function]).map(|_| integer(random)).collect())
            }
            7 => Node::Choice(truth(random), integer(random), integer(random)),
            8 => Node::Either(truth(random), truth(random), truth(random)),
            9 => {
                Node::Truth(random.of(&["and", "or", "xor"]), (0..2 + random.below(2)).map(|_| truth(random)).collect())
            }
            10 => match random.below(3) {
                0 => Node::Truth("not", vec![truth(random)]),
                1 => Node::Truth("=>", vec![truth(random), truth(random)]),
                _ => Node::Compare("=", vec![truth(random), truth(random)]),
            },
            _ => {
                let operator = random.of(&["=", "<", "<=", ">", ">=", "distinct"]);
                Node::Compare(operator, vec![integer(random), integer(random)])
            }
        };
        let place = formula.push(node);
        if formula.is_truth(place) { truths.push(place) } else { integers.push(place) }
    }
    for _ in 0..1 + random.below(4) {
        // The later ones are of more parts.
        let from = truths.len() / 2;
        let place = truths[from + random.below(truths.len() - from)];
        let place = if random.one_in(2) { place } else { formula.push(Node::Truth("not", vec![place])) };
        formula.assertions.push(place);
    }
    if random.one_in(4) {
        let place = integers[random.below(integers.len())];
        let map = rewritten(&mut formula, random);
        let equal = formula.push(Node::Compare("=", vec![place, map[place]]));
        let refuted = formula.push(Node::Truth("not", vec![equal]));
        formula.assertions.push(refuted);
    }
    formula
}

/// A formula with the same models, written in other ways.
pub(crate) fn same(formula: &Formula, random: &mut Random) -> Formula {
    let mut same = formula.clone();
    let map = rewritten(&mut same, random);
    same.assertions = formula.assertions.iter().rev().map(|place| map[*place]).collect();
    same
}

/// Adds nodes that mean what the others mean, and says which. Applications and what is in them stay, so that a model of
/// these is one of the others.
fn rewritten(formula: &mut Formula, random: &mut Random) -> Vec<usize> {
    let mut map: Vec<usize> = Vec::new();
    for place in 0..formula.nodes.len() {
        let node = formula.nodes[place].clone();
        let place = match &node {
            Node::Number(_) | Node::Variable(_) | Node::Flag(_) | Node::Call(..) => place,
            Node::Integer("+", of) => formula.push(Node::Integer("+", vec![map[of[1]], map[of[0]]])),
            Node::Integer("-", of) if of.len() == 2 => {
                let opposite = formula.push(Node::Integer("-", vec![map[of[1]]]));
                formula.push(Node::Integer("+", vec![opposite, map[of[0]]]))
            }
            Node::Integer("*", of) => formula.push(Node::Integer("*", vec![map[of[1]], map[of[0]]])),
            Node::Integer("div", of) if random.one_in(2) => {
                // (a + b·k) div b is (a div b) + k, unless b is zero.
                let (a, b) = (map[of[0]], map[of[1]]);
                let more = formula.push(Node::Integer("+", vec![a, b]));
                let quotient = formula.push(Node::Integer("div", vec![more, b]));
                let one = formula.push(Node::Number(1));
                let less = formula.push(Node::Integer("-", vec![quotient, one]));
                let (zero, plain) = (formula.push(Node::Number(0)), formula.push(Node::Integer("div", vec![a, b])));
                let by_zero = formula.push(Node::Compare("=", vec![b, zero]));
                formula.push(Node::Choice(by_zero, plain, less))
            }
            Node::Integer("mod", of) if random.one_in(2) => {
                // a mod b is a - b·(a div b), unless b is zero.
                let (a, b) = (map[of[0]], map[of[1]]);
                let quotient = formula.push(Node::Integer("div", vec![a, b]));
                let whole = formula.push(Node::Integer("*", vec![b, quotient]));
                let rest = formula.push(Node::Integer("-", vec![a, whole]));
                let (zero, plain) = (formula.push(Node::Number(0)), formula.push(Node::Integer("mod", vec![a, b])));
                let by_zero = formula.push(Node::Compare("=", vec![b, zero]));
                formula.push(Node::Choice(by_zero, plain, rest))
            }
            Node::Integer(operator, of) => {
                formula.push(Node::Integer(operator, of.iter().map(|operand| map[*operand]).collect()))
            }
            Node::Compare(operator @ ("<" | "<=" | ">" | ">="), of) if of.len() == 2 => {
                let opposite = match *operator {
                    "<" => ">=",
                    "<=" => ">",
                    ">" => "<=",
                    _ => "<",
                };
                let opposite = formula.push(Node::Compare(opposite, vec![map[of[0]], map[of[1]]]));
                formula.push(Node::Truth("not", vec![opposite]))
            }
            Node::Compare("=", of) if of.len() == 2 && !formula.is_truth(of[0]) => {
                let most = formula.push(Node::Compare("<=", vec![map[of[0]], map[of[1]]]));
                let least = formula.push(Node::Compare(">=", vec![map[of[0]], map[of[1]]]));
                formula.push(Node::Truth("and", vec![least, most]))
            }
            Node::Compare(operator, of) => {
                formula.push(Node::Compare(operator, of.iter().map(|operand| map[*operand]).collect()))
            }
            Node::Truth(operator @ ("and" | "or"), of) => {
                let negated: Vec<_> =
                    of.iter().map(|operand| formula.push(Node::Truth("not", vec![map[*operand]]))).collect();
                let dual = formula.push(Node::Truth(if *operator == "and" { "or" } else { "and" }, negated));
                formula.push(Node::Truth("not", vec![dual]))
            }
            Node::Truth(operator, of) => {
                formula.push(Node::Truth(operator, of.iter().map(|operand| map[*operand]).collect()))
            }
            Node::Choice(when, yes, no) => {
                let otherwise = formula.push(Node::Truth("not", vec![map[*when]]));
                formula.push(Node::Choice(otherwise, map[*no], map[*yes]))
            }
            Node::Either(when, yes, no) => {
                let otherwise = formula.push(Node::Truth("not", vec![map[*when]]));
                let first = formula.push(Node::Truth("or", vec![otherwise, map[*yes]]));
                let second = formula.push(Node::Truth("or", vec![map[*when], map[*no]]));
                formula.push(Node::Truth("and", vec![first, second]))
            }
        };
        map.push(place);
    }
    map
}
