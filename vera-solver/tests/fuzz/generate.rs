//! Random formulas, and formulas that mean the same.

use crate::formula::{FLAGS, FUNCTIONS, Formula, Node, VARIABLES};
use vera_testing::random::Random;

const WORD: i128 = 1 << 63;
const NUMBERS: [i128; 16] = [0, 0, 1, 1, 2, 3, 4, 5, 7, 8, 10, 100, -1, -2, -7, WORD - 1];
const DIVISORS: [i128; 12] = [2, 2, 3, 4, 4, 5, 6, 8, 12, -2, -3, 1];

/// What a formula is mostly made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Anything,
    /// Quotients and remainders of related sums by numbers that divide each other.
    Division,
    /// Applications to what may be equal.
    Calls,
    /// Products, and division by what is no number.
    Products,
}

/// A formula that is being made.
struct Made<'r> {
    random: &'r mut Random,
    formula: Formula,
    integers: Vec<usize>,
    truths: Vec<usize>,
}

impl Made<'_> {
    fn push(&mut self, node: Node) -> usize {
        let place = self.formula.push(node);
        if self.formula.is_truth(place) {
            self.truths.push(place)
        } else {
            self.integers.push(place)
        }
        place
    }

    fn number(&mut self, of: &[i128]) -> usize {
        let number = self.random.of(of);
        self.formula.push(Node::Number(number))
    }

    /// One of the integers, the later ones more often.
    fn integer(&mut self) -> usize {
        let from = if self.random.one_in(2) { 0 } else { self.integers.len() / 2 };
        self.integers[from + self.random.below(self.integers.len() - from)]
    }

    fn truth(&mut self) -> usize {
        self.truths[self.random.below(self.truths.len())]
    }

    fn variable(&mut self) -> usize {
        // They are the first nodes.
        self.integers[self.random.below(VARIABLES)]
    }

    fn call(&mut self) -> usize {
        let function = self.random.below(FUNCTIONS.len());
        let operands = (0..FUNCTIONS[function]).map(|_| self.integer()).collect();
        self.push(Node::Call(function, operands))
    }

    /// A small multiple of a constant and a number, or of two.
    fn sum(&mut self) -> usize {
        let mut sum = self.variable();
        if self.random.one_in(3) {
            let factor = self.number(&[2, 3, -1, 4, -5, 6, 12]);
            sum = self.push(Node::Integer("*", vec![factor, sum]));
        }
        if self.random.one_in(3) {
            let other = self.variable();
            let operator = self.random.of(&["+", "-"]);
            sum = self.push(Node::Integer(operator, vec![sum, other]));
        }
        if !self.random.one_in(3) {
            let number = self.number(&[1, 2, 3, -1, 5, 7, -4]);
            sum = self.push(Node::Integer("+", vec![sum, number]));
        }
        sum
    }

    fn divided(&mut self) -> usize {
        let (sum, divisor) = (self.sum(), self.number(&DIVISORS));
        let operator = self.random.of(&["div", "mod"]);
        self.push(Node::Integer(operator, vec![sum, divisor]))
    }

    fn compare(&mut self) -> usize {
        let operator = self.random.of(&["=", "=", "<", "<=", ">", ">=", "distinct"]);
        let left = self.integer();
        let right = if self.random.one_in(3) { self.number(&NUMBERS) } else { self.integer() };
        self.push(Node::Compare(operator, vec![left, right]))
    }

    fn step(&mut self, kind: Kind) {
        match (kind, self.random.below(14)) {
            (Kind::Division, 0..6) => _ = self.divided(),
            (Kind::Calls, 0..5) => _ = self.call(),
            (Kind::Products, 0..2) => {
                let operands = vec![self.integer(), self.integer()];
                self.push(Node::Integer("*", operands));
            }
            (Kind::Products, 2) => {
                let (operator, operands) = (self.random.of(&["div", "mod"]), vec![self.integer(), self.integer()]);
                self.push(Node::Integer(operator, operands));
            }
            (Kind::Division | Kind::Calls, 6..10) => _ = self.compare(),
            (_, 0) => {
                let number = self.random.of(&NUMBERS);
                self.push(Node::Number(number));
            }
            (_, 1 | 2) => {
                let (operator, operands) = (self.random.of(&["+", "-"]), vec![self.integer(), self.integer()]);
                self.push(Node::Integer(operator, operands));
            }
            (_, 3) => {
                let (operator, operand) = (self.random.of(&["-", "abs"]), self.integer());
                self.push(Node::Integer(operator, vec![operand]));
            }
            (_, 4) => {
                let operands = vec![self.number(&NUMBERS), self.integer()];
                self.push(Node::Integer("*", operands));
            }
            (_, 5) => _ = self.divided(),
            (_, 6) => _ = self.call(),
            (_, 7) => {
                let (when, yes, no) = (self.truth(), self.integer(), self.integer());
                self.push(Node::Choice(when, yes, no));
            }
            (_, 8) => {
                let (when, yes, no) = (self.truth(), self.truth(), self.truth());
                self.push(Node::Either(when, yes, no));
            }
            (_, 9) => {
                let operands = (0..2 + self.random.below(2)).map(|_| self.truth()).collect();
                let operator = self.random.of(&["and", "or", "xor"]);
                self.push(Node::Truth(operator, operands));
            }
            (_, 10) => {
                let (a, b) = (self.truth(), self.truth());
                let node = match self.random.below(3) {
                    0 => Node::Truth("not", vec![a]),
                    1 => Node::Truth("=>", vec![a, b]),
                    _ => Node::Compare("=", vec![a, b]),
                };
                self.push(node);
            }
            _ => _ = self.compare(),
        }
    }

    fn assert(&mut self) {
        // The later ones are of more parts.
        let from = self.truths.len() / 2;
        let place = self.truths[from + self.random.below(self.truths.len() - from)];
        let positive = self.random.one_in(2);
        let place = if positive { place } else { self.formula.push(Node::Truth("not", vec![place])) };
        self.formula.assertions.push(place);
    }
}

/// A formula: constants in a range each, some assertions, and at times that a term is not what it is rewritten to. Says
/// how large the constants may be, where all of them have a small range.
pub(crate) fn formula(random: &mut Random) -> (Formula, Option<i128>) {
    let kind = random.of(&[Kind::Anything, Kind::Division, Kind::Division, Kind::Calls, Kind::Calls, Kind::Products]);
    let range = random.of(&[SMALL, SMALL, 100, WORD]);
    let mut made = Made { random, formula: Formula::default(), integers: Vec::new(), truths: Vec::new() };
    for number in 0..VARIABLES {
        made.push(Node::Variable(number));
    }
    for variable in 0..VARIABLES {
        // The others often have none.
        if range == SMALL || !made.random.one_in(3) {
            let (least, most) = (made.number(&[-range]), made.number(&[range - 1]));
            let within = made.formula.push(Node::Compare("<=", vec![least, variable, most]));
            made.formula.assertions.push(within);
        }
    }
    for number in 0..FLAGS {
        made.push(Node::Flag(number));
    }
    made.compare();
    for _ in 0..6 + made.random.below(20) {
        made.step(kind);
    }
    for _ in 0..1 + made.random.below(4) {
        made.assert();
    }
    if made.random.one_in(4) {
        let place = made.integer();
        let Made { random, mut formula, .. } = made;
        let map = rewritten(&mut formula, random);
        let equal = formula.push(Node::Compare("=", vec![place, map[place]]));
        let refuted = formula.push(Node::Truth("not", vec![equal]));
        formula.assertions.push(refuted);
        return (formula, (range == SMALL).then_some(SMALL));
    }
    (made.formula, (range == SMALL).then_some(SMALL))
}

/// Constants of a small range are at least minus this, and below it.
const SMALL: i128 = 4;

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
