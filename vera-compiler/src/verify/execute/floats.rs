//! Floats.
//!
//! Constants are computed. Of other floats two things are known: whether they are NaN, and their ranks
//! ([`crate::verify::term::float`]). Comparisons are comparisons of ranks. Operations are functions of which IEEE 754 says
//! how the result is to the operands: rounding keeps the order, so what holds of an exact result and a float holds of the
//! rounded one. These facts are learnt where the result of an operation is compared; nothing is said of what nobody
//! compares.

use super::Executor;
use crate::core::{FnId, Prim, SiteId};
use crate::verify::term::float::{INFINITY, rank};
use crate::verify::term::{Fun, Node, Sort, Term};
use vera_abi::layout::Rep;

/// The floats between which a conversion to an integer is defined; they are not.
const INTEGERS: (f64, f64) = (-9_223_372_036_854_777_856.0, 9_223_372_036_854_775_808.0);

/// A float: whether it is NaN, and its rank.
#[derive(Clone, Copy)]
struct Known {
    nan: Term,
    rank: Term,
}

impl Executor<'_> {
    /// An operation on floats.
    pub(super) fn floats(&mut self, prim: Prim, args: &[Term], rep: Rep) -> Term {
        let known: Option<Vec<f64>> = args.iter().map(|&arg| self.terms.as_float(arg)).collect();
        let Some(known) = known else { return self.opaque(prim, args, rep) };
        let value = match (prim, &known[..]) {
            (Prim::AddF64, [a, b]) => a + b,
            (Prim::SubF64, [a, b]) => a - b,
            (Prim::MulF64, [a, b]) => a * b,
            (Prim::DivF64, [a, b]) => a / b,
            (Prim::NegF64, [a]) => -a,
            (Prim::SqrtF64, [a]) => a.sqrt(),
            (Prim::FloorF64, [a]) => a.floor(),
            (Prim::CeilF64, [a]) => a.ceil(),
            (Prim::TruncF64, [a]) => a.trunc(),
            (Prim::NearestF64, [a]) => a.round_ties_even(),
            (Prim::F64Bits, [a]) if !a.is_nan() => return self.terms.int(i128::from(a.to_bits() as i64)),
            _ => return self.opaque(prim, args, rep),
        };
        self.terms.float(value)
    }

    /// A comparison of floats: false where one is NaN, except for `!=`.
    pub(super) fn compare_floats(&mut self, prim: Prim, args: &[Term]) -> Term {
        if prim == Prim::NeF64 {
            let same = self.compare_floats(Prim::EqF64, args);
            return self.terms.not(same);
        }
        let (a, b) = (self.known_float(args[0]), self.known_float(args[1]));
        let holds = match prim {
            Prim::EqF64 => self.terms.equal(a.rank, b.rank),
            Prim::LtF64 => self.terms.less(a.rank, b.rank),
            Prim::LeF64 => self.terms.at_most(a.rank, b.rank),
            Prim::GtF64 => self.terms.less(b.rank, a.rank),
            _ => self.terms.at_most(b.rank, a.rank),
        };
        let numbers = self.numbers(&[a, b]);
        self.terms.and(numbers, holds)
    }

    /// The smaller or larger of two floats; NaN where one is. Of two zeros it is one.
    pub(super) fn float_extreme(&mut self, id: FnId, [a, b]: [Term; 2], larger: bool) -> Term {
        let value = self.opaque_result(id, &[a, b]);
        let (result, a, b) = (self.known_float(value), self.known_float(a), self.known_float(b));
        let nan = self.terms.or(a.nan, b.nan);
        let same = self.terms.equal(result.nan, nan);
        self.learn_everywhere(same);
        let first = if larger { self.terms.at_most(b.rank, a.rank) } else { self.terms.at_most(a.rank, b.rank) };
        let rank = self.terms.choose(first, a.rank, b.rank);
        let (number, same) = (self.terms.not(nan), self.terms.equal(result.rank, rank));
        self.follows(&[number], same);
        value
    }

    /// A float as an integer, towards zero.
    pub(super) fn float_to_int(&mut self, site: SiteId, arg: Term) -> Term {
        let float = self.known_float(arg);
        let number = self.numbers(&[float]);
        let within = self.terms.within(rank(INTEGERS.0) + 1, float.rank, rank(INTEGERS.1) - 1);
        let fits = self.terms.and(number, within);
        let fails = self.terms.not(fits);
        self.check(site, fails);
        if let Some(value) = self.terms.as_float(arg)
            && fits == Term::TRUE
        {
            return self.terms.int(value as i64 as i128);
        }
        let value = self.terms.apply(Fun::FloatToInt, Sort::Int, vec![arg]);
        self.type_facts_of_rep(value, Rep::I64);
        // `x >= n` and `trunc(x) >= n` are the same for n > 0, as are `x <= -n` and `trunc(x) <= -n`.
        let one = rank(1.0);
        for (integer, bound) in [(1, one), (0, 1 - one)] {
            let (integer, bound) = (self.terms.int(integer), self.terms.int(bound));
            let (above, reached) = (self.terms.at_most(integer, value), self.terms.at_most(bound, float.rank));
            let same = self.terms.equal(above, reached);
            self.learn(same);
        }
        value
    }

    /// None of them is NaN.
    fn numbers(&mut self, floats: &[Known]) -> Term {
        floats.iter().fold(Term::TRUE, |all, float| {
            let number = self.terms.not(float.nan);
            self.terms.and(all, number)
        })
    }

    /// What is known of a float.
    fn known_float(&mut self, value: Term) -> Known {
        let known = self.float(value);
        self.float_facts(value);
        known
    }

    fn float(&mut self, value: Term) -> Known {
        Known { nan: self.terms.is_nan(value), rank: self.terms.float_rank(value) }
    }

    /// Learns what holds of a float and of those that it was made from.
    fn float_facts(&mut self, value: Term) {
        let mut rest = vec![value];
        while let Some(value) = rest.pop() {
            match self.terms.node(value).clone() {
                Node::If(_, then, otherwise) => rest.extend([then, otherwise]),
                Node::Float(_) => {}
                node if self.typed.insert(value) => {
                    let rank = self.terms.float_rank(value);
                    let within = self.terms.within(-INFINITY, rank, INFINITY);
                    self.learn_everywhere(within);
                    if let Node::Apply(Fun::Prim(prim), _, parts) = node {
                        self.operation_facts(prim, value, &parts);
                        if prim != Prim::I64ToF64 && prim != Prim::F64FromBits {
                            rest.extend(parts.iter());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Learns how the result of an operation is to its operands.
    fn operation_facts(&mut self, prim: Prim, value: Term, parts: &[Term]) {
        let result = self.float(value);
        match (prim, parts) {
            (Prim::I64ToF64, &[integer]) => self.conversion_facts(result, integer),
            (Prim::AddF64 | Prim::SubF64, &[a, b]) => {
                let (a, mut b) = (self.float(a), self.float(b));
                if prim == Prim::SubF64 {
                    b.rank = self.terms.negate(b.rank);
                }
                self.sum_facts(result, a, b);
            }
            (Prim::MulF64, &[a, b]) => {
                let (a, b) = (self.float(a), self.float(b));
                self.product_facts(result, a, b);
            }
            (Prim::DivF64, &[a, b]) => {
                let (a, b) = (self.float(a), self.float(b));
                self.quotient_of_floats(result, a, b);
            }
            (Prim::SqrtF64 | Prim::FloorF64 | Prim::CeilF64 | Prim::TruncF64 | Prim::NearestF64, &[a]) => {
                let a = self.float(a);
                self.rounding_facts(prim, result, a);
            }
            _ => {}
        }
    }

    fn conversion_facts(&mut self, result: Known, integer: Term) {
        let number = self.numbers(&[result]);
        self.learn_everywhere(number);
        let within = self.terms.within(rank(i64::MIN as f64), result.rank, rank(i64::MAX as f64));
        self.learn_everywhere(within);
        // The nearest float of n is at least 1 exactly where n is, it is above -1 exactly where n is, and it has its sign.
        for (least, bound) in [(1, rank(1.0)), (0, 1 - rank(1.0)), (0, 0), (1, 1)] {
            let (least, bound) = (self.terms.int(least), self.terms.int(bound));
            let (above, reached) = (self.terms.at_most(least, integer), self.terms.at_most(bound, result.rank));
            let same = self.terms.equal(above, reached);
            self.learn_everywhere(same);
        }
    }

    /// The sum of two floats, both directions of infinity apart.
    fn sum_facts(&mut self, result: Known, a: Known, b: Known) {
        let infinities = {
            let opposite = self.terms.negate(b.rank);
            let (same, large) = (self.terms.equal(a.rank, opposite), self.is_infinite(a));
            self.terms.and(same, large)
        };
        self.nan_unless(result, &[a, b], infinities);
        let number = self.numbers(&[result]);
        let zero = self.terms.int(0);
        for (one, other) in [(a, b), (b, a)] {
            let (up, down) = (self.terms.at_most(zero, other.rank), self.terms.at_most(other.rank, zero));
            let (above, below) = (self.terms.at_most(one.rank, result.rank), self.terms.at_most(result.rank, one.rank));
            self.follows(&[number, up], above);
            self.follows(&[number, down], below);
        }
        // A difference that is not zero is not rounded to zero.
        let opposite = self.terms.negate(b.rank);
        let (less, more) = (self.terms.less(a.rank, opposite), self.terms.less(opposite, a.rank));
        let (negative, positive) = (self.terms.less(result.rank, zero), self.terms.less(zero, result.rank));
        for (of, sign) in [(less, negative), (more, positive)] {
            let same = self.terms.equal(of, sign);
            self.follows(&[number], same);
        }
    }

    fn product_facts(&mut self, result: Known, a: Known, b: Known) {
        let zero = self.terms.int(0);
        let undefined = [(a, b), (b, a)].map(|(one, other)| {
            let (none, infinite) = (self.terms.equal(one.rank, zero), self.is_infinite(other));
            self.terms.and(none, infinite)
        });
        let undefined = self.terms.or(undefined[0], undefined[1]);
        self.nan_unless(result, &[a, b], undefined);
        let number = self.numbers(&[result]);
        self.sign_facts(number, result, [a, b], false);
        self.scaling_facts(number, result, a, b, true);
        self.scaling_facts(number, result, b, a, true);
    }

    fn quotient_of_floats(&mut self, result: Known, a: Known, b: Known) {
        let zero = self.terms.int(0);
        let (by_zero, large) = (self.terms.equal(b.rank, zero), [self.is_infinite(a), self.is_infinite(b)]);
        let large = self.terms.and(large[0], large[1]);
        let undefined = self.terms.or(by_zero, large);
        self.nan_unless(result, &[a, b], undefined);
        let number = self.numbers(&[result]);
        // The sign of a zero divisor is not in its rank.
        self.sign_facts(number, result, [a, b], true);
        let by_some = self.terms.not(by_zero);
        let number = self.terms.and(number, by_some);
        self.scaling_facts(number, result, a, b, false);
    }

    /// The sign of a product or quotient. `strict`: where the second operand is zero, nothing is said.
    fn sign_facts(&mut self, number: Term, result: Known, [a, b]: [Known; 2], strict: bool) {
        let zero = self.terms.int(0);
        let signs = |run: &mut Self, float: Known, strict: bool| {
            if strict {
                [run.terms.less(zero, float.rank), run.terms.less(float.rank, zero)]
            } else {
                [run.terms.at_most(zero, float.rank), run.terms.at_most(float.rank, zero)]
            }
        };
        let (first, second) = (signs(self, a, false), signs(self, b, strict));
        let [up, down] = signs(self, result, false);
        for (one, other, sign) in [(0, 0, up), (1, 1, up), (0, 1, down), (1, 0, down)] {
            self.follows(&[number, first[one], second[other]], sign);
        }
    }

    /// How a factor or divisor that is at most or at least 1 changes the size of a float that is not negative.
    fn scaling_facts(&mut self, number: Term, result: Known, of: Known, by: Known, multiplied: bool) {
        let (zero, one) = (self.terms.int(0), self.terms.int(rank(1.0)));
        let positive = self.terms.at_most(zero, of.rank);
        let (not_negative, small) = (self.terms.at_most(zero, by.rank), self.terms.at_most(by.rank, one));
        let small = self.terms.and(not_negative, small);
        let large = self.terms.at_most(one, by.rank);
        let (shrinks, grows) = if multiplied { (small, large) } else { (large, small) };
        let (below, above) = (self.terms.at_most(result.rank, of.rank), self.terms.at_most(of.rank, result.rank));
        self.follows(&[number, positive, shrinks], below);
        self.follows(&[number, positive, grows], above);
    }

    fn rounding_facts(&mut self, prim: Prim, result: Known, a: Known) {
        let (zero, number) = (self.terms.int(0), self.numbers(&[a]));
        let (up, down) = (self.terms.at_most(zero, a.rank), self.terms.at_most(a.rank, zero));
        let (above, below) = (self.terms.at_most(zero, result.rank), self.terms.at_most(result.rank, zero));
        if prim == Prim::SqrtF64 {
            let (defined, not) = (self.terms.and(number, up), self.terms.not(result.nan));
            let same = self.terms.equal(defined, not);
            self.learn_everywhere(same);
            self.follows(&[defined], above);
            return;
        }
        let same = self.terms.equal(result.nan, a.nan);
        self.learn_everywhere(same);
        // The sign stays, as far as it is one.
        self.follows(&[number, up], above);
        self.follows(&[number, down], below);
        let (smaller, larger) = (self.terms.at_most(result.rank, a.rank), self.terms.at_most(a.rank, result.rank));
        match prim {
            Prim::FloorF64 => self.follows(&[number], smaller),
            Prim::CeilF64 => self.follows(&[number], larger),
            Prim::TruncF64 => {
                self.follows(&[number, up], smaller);
                self.follows(&[number, down], larger);
            }
            _ => {}
        }
    }

    /// A result is NaN where an operand is, or where it is not defined, and nowhere else. `undefined` may say more.
    fn nan_unless(&mut self, result: Known, operands: &[Known], undefined: Term) {
        let (numbers, number) = (self.numbers(operands), self.numbers(&[result]));
        self.follows(&[number], numbers);
        let defined = self.terms.not(undefined);
        self.follows(&[numbers, defined], number);
    }

    fn is_infinite(&mut self, float: Known) -> Term {
        let (most, least) = (self.terms.int(INFINITY), self.terms.int(-INFINITY));
        let (up, down) = (self.terms.equal(float.rank, most), self.terms.equal(float.rank, least));
        self.terms.or(up, down)
    }

    /// Learns that something follows from conditions.
    fn follows(&mut self, conditions: &[Term], then: Term) {
        let all = self.terms.all(conditions.iter().copied());
        let fact = self.terms.implies(all, then);
        self.learn_everywhere(fact);
    }
}
