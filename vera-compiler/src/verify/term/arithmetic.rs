//! Integers.

use super::{Node, Term, Terms};

impl Terms {
    /// An integer.
    pub(crate) fn int(&mut self, value: i128) -> Term {
        self.intern(Node::Int(value))
    }

    /// The integer that a term is, if it is known.
    pub(crate) fn as_int(&self, term: Term) -> Option<i128> {
        match self.node(term) {
            Node::Int(value) => Some(*value),
            Node::Bool(value) => Some(i128::from(*value)),
            _ => None,
        }
    }

    /// A term as another and a constant that is added to it.
    fn offset(&self, term: Term) -> (Option<Term>, i128) {
        match *self.node(term) {
            Node::Int(value) => (None, value),
            Node::Add(base, constant) => match self.node(constant) {
                Node::Int(value) => (Some(base), *value),
                _ => (Some(term), 0),
            },
            _ => (Some(term), 0),
        }
    }

    fn with_offset(&mut self, base: Option<Term>, offset: i128) -> Term {
        let Some(base) = base else { return self.int(offset) };
        if offset == 0 {
            return base;
        }
        let constant = self.int(offset);
        self.intern(Node::Add(base, constant))
    }

    /// Sum.
    pub(crate) fn add(&mut self, a: Term, b: Term) -> Term {
        let ((left, m), (right, n)) = (self.offset(a), self.offset(b));
        let Some(offset) = m.checked_add(n) else { return self.intern(Node::Add(a, b)) };
        match (left, right) {
            (Some(left), Some(right)) => {
                let sum = self.sum(left, right);
                self.with_offset(sum, offset)
            }
            (base, None) | (None, base) => self.with_offset(base, offset),
        }
    }

    /// The sum of terms without constants; `None` for zero.
    fn sum(&mut self, a: Term, b: Term) -> Option<Term> {
        if self.is_negated(a, b) || self.is_negated(b, a) {
            return None;
        }
        // `(x + y) + -y` and `(x - y) + y`
        for (sum, other) in [(a, b), (b, a)] {
            if let Node::Add(x, y) = *self.node(sum) {
                if self.is_negated(other, y) || self.is_negated(y, other) {
                    return Some(x);
                }
                if self.is_negated(other, x) || self.is_negated(x, other) {
                    return Some(y);
                }
            }
        }
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        Some(self.intern(Node::Add(a, b)))
    }

    /// Whether the first is the second, negated.
    fn is_negated(&self, a: Term, b: Term) -> bool {
        match *self.node(a) {
            Node::Mul(inner, factor) => inner == b && matches!(self.node(factor), Node::Int(-1)),
            _ => false,
        }
    }

    /// Negation.
    pub(crate) fn negate(&mut self, a: Term) -> Term {
        let minus = self.int(-1);
        self.mul(a, minus)
    }

    /// Difference.
    pub(crate) fn sub(&mut self, a: Term, b: Term) -> Term {
        let b = self.negate(b);
        self.add(a, b)
    }

    /// Product.
    pub(crate) fn mul(&mut self, a: Term, b: Term) -> Term {
        let (a, b) = if self.as_int(a).is_some() || (self.as_int(b).is_none() && b < a) { (b, a) } else { (a, b) };
        match (self.node(a).clone(), self.node(b).clone()) {
            (_, Node::Int(0)) => return b,
            (_, Node::Int(1)) => return a,
            (Node::Int(m), Node::Int(n)) => {
                if let Some(product) = m.checked_mul(n) {
                    return self.int(product);
                }
            }
            (Node::Mul(inner, factor), Node::Int(n)) => {
                if let Some(product) = self.as_int(factor).and_then(|factor| factor.checked_mul(n)) {
                    let factor = self.int(product);
                    return self.mul(inner, factor);
                }
            }
            (Node::Add(x, y), Node::Int(_)) => {
                let (x, y) = (self.mul(x, b), self.mul(y, b));
                return self.add(x, y);
            }
            _ => {}
        }
        self.intern(Node::Mul(a, b))
    }

    /// Quotient, towards zero. The divisor is not zero.
    pub(crate) fn div(&mut self, a: Term, b: Term) -> Term {
        match (self.as_int(a), self.as_int(b)) {
            (Some(m), Some(n)) if n != 0 => self.int(m / n),
            (_, Some(1)) => a,
            _ => self.intern(Node::Div(a, b)),
        }
    }

    /// Remainder, with the sign of the dividend. The divisor is not zero.
    pub(crate) fn rem(&mut self, a: Term, b: Term) -> Term {
        match (self.as_int(a), self.as_int(b)) {
            (Some(m), Some(n)) if n != 0 => self.int(m % n),
            (_, Some(1 | -1)) => self.int(0),
            _ => self.intern(Node::Rem(a, b)),
        }
    }

    /// Less or equal.
    pub(crate) fn at_most(&mut self, a: Term, b: Term) -> Term {
        let ((left, m), (right, n)) = (self.offset(a), self.offset(b));
        if left == right {
            return self.bool(m <= n);
        }
        if let (Some(left), Some(right)) = (left, right)
            && let Some(offset) = m.checked_sub(n)
        {
            let a = self.with_offset(Some(left), offset);
            return self.intern(Node::AtMost(a, right));
        }
        // A natural against a constant.
        match (left, right) {
            (None, Some(right)) if self.is_natural(right) && m <= n => Term::TRUE,
            (Some(left), None) if self.is_natural(left) && m > n => Term::FALSE,
            (None, Some(right)) => {
                let bound = self.int(m - n);
                self.intern(Node::AtMost(bound, right))
            }
            (Some(left), None) => {
                let bound = self.int(n - m);
                self.intern(Node::AtMost(left, bound))
            }
            _ => self.intern(Node::AtMost(a, b)),
        }
    }

    /// Less.
    pub(crate) fn less(&mut self, a: Term, b: Term) -> Term {
        let reverse = self.at_most(b, a);
        self.not(reverse)
    }

    /// Whether a value is in a range, its ends included.
    pub(crate) fn within(&mut self, low: i128, value: Term, high: i128) -> Term {
        let (low, high) = (self.int(low), self.int(high));
        let (above, below) = (self.at_most(low, value), self.at_most(value, high));
        self.and(above, below)
    }

    pub(super) fn equal_integers(&mut self, a: Term, b: Term) -> Term {
        let (a, b) = self.of_integers(a, b);
        let ((left, m), (right, n)) = (self.offset(a), self.offset(b));
        if left == right {
            return self.bool(m == n);
        }
        let Some(offset) = m.checked_sub(n) else { return self.intern(Node::Equal(a, b)) };
        match (left, right) {
            (Some(left), Some(right)) => {
                let left = self.with_offset(Some(left), offset);
                let (left, right) = if left < right { (left, right) } else { (right, left) };
                self.intern(Node::Equal(left, right))
            }
            (Some(term), None) => {
                let constant = self.int(-offset);
                self.equal_constant(term, constant)
            }
            (None, Some(term)) => {
                let constant = self.int(offset);
                self.equal_constant(term, constant)
            }
            (None, None) => self.bool(m == n),
        }
    }

    fn equal_constant(&mut self, term: Term, constant: Term) -> Term {
        if self.is_natural(term) && self.as_int(constant).is_some_and(|value| value < 0) {
            return Term::FALSE;
        }
        if let Node::If(condition, then, otherwise) = *self.node(term)
            && (self.as_int(then).is_some() || self.as_int(otherwise).is_some())
        {
            let (then, otherwise) = (self.equal(then, constant), self.equal(otherwise, constant));
            return self.choose(condition, then, otherwise);
        }
        self.intern(Node::Equal(term, constant))
    }

    fn of_integers(&mut self, a: Term, b: Term) -> (Term, Term) {
        (self.byte(a), self.byte(b))
    }
}
