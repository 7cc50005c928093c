//! What is known of floats that are not constants: whether they are NaN, and their ranks.
//!
//! The *rank* of a float is its position among all floats that are not NaN: an integer, with the order of the floats.
//! It is the float's bits, and for a negative float the bits of its magnitude, negated. Both zeros have rank 0. The
//! rank of a NaN is an integer of which nothing may be said.

use super::{Fun, Node, Question, Sort, Term, Terms};
use crate::core::Prim;
use crate::core::visit::with_stack;

/// The rank of infinity, which is the largest.
pub(crate) const INFINITY: i128 = rank(f64::INFINITY);

/// The rank of a float that is not NaN.
pub(crate) const fn rank(value: f64) -> i128 {
    let magnitude = (value.to_bits() & (u64::MAX >> 1)) as i128;
    if value.is_sign_negative() { -magnitude } else { magnitude }
}

/// The float with a rank.
pub(crate) fn of_rank(rank: i128) -> Option<f64> {
    let magnitude = u64::try_from(rank.unsigned_abs()).ok().filter(|_| rank.abs() <= INFINITY)?;
    let value = f64::from_bits(magnitude);
    Some(if rank < 0 { -value } else { value })
}

impl Terms {
    /// The float that a term is, if it is known.
    pub(crate) fn as_float(&self, term: Term) -> Option<f64> {
        match self.node(term) {
            Node::Float(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    /// Whether a float is NaN.
    pub(crate) fn is_nan(&mut self, value: Term) -> Term {
        self.answer(Question::Nan(value), |terms| with_stack(|| terms.find_nan(value)))
    }

    fn find_nan(&mut self, value: Term) -> Term {
        match *self.node(value) {
            Node::Float(bits) => self.bool(f64::from_bits(bits).is_nan()),
            Node::If(condition, then, otherwise) => {
                let (then, otherwise) = (self.is_nan(then), self.is_nan(otherwise));
                self.choose(condition, then, otherwise)
            }
            Node::Apply(Fun::Prim(Prim::NegF64), _, ref parts) => self.is_nan(parts[0]),
            _ => self.apply(Fun::FloatIsNan, Sort::Bool, vec![value]),
        }
    }

    /// The rank of a float.
    pub(crate) fn float_rank(&mut self, value: Term) -> Term {
        self.answer(Question::Rank(value), |terms| with_stack(|| terms.find_rank(value)))
    }

    fn find_rank(&mut self, value: Term) -> Term {
        match *self.node(value) {
            Node::Float(bits) if !f64::from_bits(bits).is_nan() => self.int(rank(f64::from_bits(bits))),
            Node::If(condition, then, otherwise) => {
                let (then, otherwise) = (self.float_rank(then), self.float_rank(otherwise));
                self.choose(condition, then, otherwise)
            }
            Node::Apply(Fun::Prim(Prim::NegF64), _, ref parts) => {
                let rank = self.float_rank(parts[0]);
                self.negate(rank)
            }
            _ => self.apply(Fun::FloatRank, Sort::Int, vec![value]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_in_the_order_of_floats_and_lead_back_to_them() {
        let sorted = [
            f64::NEG_INFINITY,
            f64::MIN,
            -1.0,
            -f64::MIN_POSITIVE,
            -5e-324,
            0.0,
            5e-324,
            f64::EPSILON,
            1.0,
            1.0 + f64::EPSILON,
            9_223_372_036_854_775_808.0,
            f64::MAX,
            f64::INFINITY,
        ];
        for pair in sorted.windows(2) {
            assert!(rank(pair[0]) < rank(pair[1]), "{pair:?}");
        }
        assert_eq!(rank(-0.0), rank(0.0));
        // Neighbours have neighbouring ranks: nothing is between them.
        assert_eq!(rank(5e-324) - rank(0.0), 1);
        assert_eq!(rank(f64::INFINITY) - rank(f64::MAX), 1);
        for value in sorted {
            assert_eq!(of_rank(rank(value)), Some(value));
        }
        assert_eq!((of_rank(INFINITY + 1), of_rank(-INFINITY - 1), of_rank(i128::MIN)), (None, None, None));
    }
}
