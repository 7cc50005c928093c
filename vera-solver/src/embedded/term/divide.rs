//! Division as in SMT-LIB: the remainder is never negative.
//!
//! A remainder is expressed by a quotient, so there are only quotients. Their dividends are made as small as possible:
//! multiples of the divisor are taken out of them, and their first coefficient is positive. So `x mod 2` and
//! `(x + 2) mod 2` are one term.

use std::rc::Rc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::{Id, Linear, Node, Terms};

impl Terms {
    /// SMT-LIB's `div`.
    pub(crate) fn quotient(&mut self, dividend: &Rc<Linear>, divisor: &Rc<Linear>) -> Rc<Linear> {
        match divisor.as_constant() {
            Some(number) if number.is_positive() => {
                let quotient = self.floor(dividend, number);
                self.counted(quotient)
            }
            Some(number) if number.is_negative() => {
                let quotient = self.floor(dividend, &-number).negated();
                self.counted(quotient)
            }
            _ => Rc::new(Linear::term(self.quotient_by(dividend, divisor))),
        }
    }

    /// SMT-LIB's `mod`.
    pub(crate) fn remainder(&mut self, dividend: &Rc<Linear>, divisor: &Rc<Linear>) -> Rc<Linear> {
        match divisor.as_constant() {
            Some(number) if !number.is_zero() => {
                let number = number.abs();
                let quotient = self.floor(dividend, &number);
                self.counted(dividend.minus(&quotient.scaled(&number)))
            }
            _ => Rc::new(Linear::term(self.remainder_by(dividend, divisor))),
        }
    }

    pub(crate) fn quotient_by(&mut self, dividend: &Rc<Linear>, divisor: &Rc<Linear>) -> Id {
        let parts = dividend.terms.len() + divisor.terms.len();
        self.node(Node::QuotientBy(dividend.clone(), divisor.clone()), parts)
    }

    pub(crate) fn remainder_by(&mut self, dividend: &Rc<Linear>, divisor: &Rc<Linear>) -> Id {
        let parts = dividend.terms.len() + divisor.terms.len();
        self.node(Node::RemainderBy(dividend.clone(), divisor.clone()), parts)
    }

    /// The sum divided by a positive number, rounded down.
    fn floor(&mut self, sum: &Linear, divisor: &BigInt) -> Linear {
        // What is divided without a remainder.
        let (mut whole, mut rest) = (Linear::default(), Linear::default());
        for (term, coefficient) in &sum.terms {
            // The remainder nearest to zero.
            let twice: BigInt = coefficient * 2 + divisor;
            let times = twice.div_floor(&(divisor * 2));
            let left = coefficient - &times * divisor;
            if !times.is_zero() {
                whole.terms.push((*term, times));
            }
            if !left.is_zero() {
                rest.terms.push((*term, left));
            }
        }
        (whole.constant, rest.constant) = sum.constant.div_mod_floor(divisor);
        self.spend(sum.terms.len());
        if rest.is_constant() {
            // The constant is at least zero and below the divisor.
            return whole;
        }
        let common = rest.content().gcd(divisor);
        let divisor = divisor / &common;
        rest.constant = rest.constant.div_floor(&common);
        for (_, coefficient) in &mut rest.terms {
            *coefficient /= &common;
        }
        if divisor.is_one() {
            return whole.plus(&rest);
        }
        // ⌊-a/n⌋ = -⌊(a + n - 1)/n⌋
        let opposite = rest.leads_negative();
        if opposite {
            // The constant is still at least zero and below the divisor.
            rest = rest.negated().plus_constant(&(&divisor - 1));
        }
        let parts = rest.terms.len();
        let rest = self.counted(rest);
        let quotient = Linear::term(self.node(Node::Quotient(rest, divisor), parts));
        if opposite { whole.minus(&quotient) } else { whole.plus(&quotient) }
    }
}
