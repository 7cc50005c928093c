//! Primitives.

use super::Executor;
use crate::core::Prim;
use crate::verify::term::{Fun, Node, Term};
use vera_abi::layout::Rep;

const MIN: i128 = i64::MIN as i128;
const MAX: i128 = i64::MAX as i128;

impl Executor<'_> {
    /// The value of a primitive; its checks are met.
    pub(super) fn prim(&mut self, prim: Prim, args: &[Term], rep: Rep) -> Term {
        use Prim::*;
        let bytes: Vec<Term> = args.iter().map(|&arg| self.terms.byte(arg)).collect();
        let args = &bytes[..];
        match prim {
            AddI64(site) | AddNat(site) => {
                let value = self.terms.add(args[0], args[1]);
                self.must_fit(site, value)
            }
            SubI64(site) => {
                let value = self.terms.sub(args[0], args[1]);
                self.must_fit(site, value)
            }
            MulI64(site) => {
                let value = self.terms.mul(args[0], args[1]);
                self.must_fit(site, value)
            }
            NegI64(site) => {
                let value = self.terms.negate(args[0]);
                self.must_fit(site, value)
            }
            SubNat(site) => {
                let value = self.terms.sub(args[0], args[1]);
                self.must_be_natural(site, value)
            }
            GuardNat(site) => self.must_be_natural(site, args[0]),
            GuardByte(site) => {
                let within = self.terms.within(0, args[0], 255);
                let fails = self.terms.not(within);
                self.check(site, fails);
                args[0]
            }
            DivI64(zero, overflow) => {
                self.must_divide(zero, args[1]);
                let value = self.terms.div(args[0], args[1]);
                let (least, minus) = (self.terms.int(MIN), self.terms.int(-1));
                let (least, minus) = (self.terms.equal(args[0], least), self.terms.equal(args[1], minus));
                let fails = self.terms.and(least, minus);
                self.check(overflow, fails);
                self.quotient_facts(args[0], args[1], value);
                value
            }
            RemI64(zero) => {
                self.must_divide(zero, args[1]);
                let value = self.terms.rem(args[0], args[1]);
                self.remainder_facts(args[0], args[1], value);
                value
            }
            WrapAddI64 => {
                let value = self.terms.add(args[0], args[1]);
                self.wrapped(prim, args, value)
            }
            WrapSubI64 => {
                let value = self.terms.sub(args[0], args[1]);
                self.wrapped(prim, args, value)
            }
            WrapMulI64 => {
                let value = self.terms.mul(args[0], args[1]);
                self.wrapped(prim, args, value)
            }
            EqI64 | EqByte => self.terms.equal(args[0], args[1]),
            NeI64 => {
                let same = self.terms.equal(args[0], args[1]);
                self.terms.not(same)
            }
            LtI64 | LtByte => self.terms.less(args[0], args[1]),
            LeI64 => self.terms.at_most(args[0], args[1]),
            GtI64 => self.terms.less(args[1], args[0]),
            GeI64 => self.terms.at_most(args[1], args[0]),
            Not => {
                let truth = self.terms.truth(args[0]);
                self.terms.not(truth)
            }
            ByteToI64 => args[0],
            I64ToByte => match self.terms.as_int(args[0]) {
                Some(value) => self.terms.int(value & 255),
                None => self.opaque(prim, args, rep),
            },
            AndI64 | OrI64 | XorI64 | ShlI64 | ShrI64 | PopcountI64 => self.bits(prim, args, rep),
            StrLen | ArrayLen(_) => self.length_of(args[0]),
            StrConcat | ArrayConcat(_) => self.terms.concat(args[0], args[1]),
            StrPush | ArrayPush(Rep::Byte) => self.terms.push_byte(args[0], args[1]),
            ArrayPush(_) => self.terms.push(args[0], args[1]),
            StrEq => self.terms.equal(args[0], args[1]),
            StrSlice => self.terms.slice(args[0], args[1], args[2]),
            ArraySlice(_) => {
                let end = self.terms.add(args[1], args[2]);
                let value = self.terms.slice(args[0], args[1], end);
                self.like(value, args[0])
            }
            StrByte => self.element_of(args[0], args[1], Rep::Byte),
            StrByteChecked(site) => {
                self.must_be_inside(site, args[0], args[1]);
                self.element_of(args[0], args[1], Rep::Byte)
            }
            ArrayGet(rep, site) => {
                self.must_be_inside(site, args[0], args[1]);
                self.element_of(args[0], args[1], rep)
            }
            ArrayGetUnchecked(rep) => self.element_of(args[0], args[1], rep),
            ArraySet(_) => self.terms.set(args[0], args[1], args[2]),
            ArrayWithCapacity(_) => self.terms.array(Vec::new()),
            StrToBytes | BytesToStr => args[0],
            TagOf => self.tag_of(args[0]),
            F64ToI64(site) => self.float_to_int(site, args[0]),
            F64FromBits => match self.terms.as_int(args[0]) {
                Some(bits) => self.terms.float(f64::from_bits(bits as i64 as u64)),
                None => self.opaque(prim, args, rep),
            },
            I64ToF64 => match self.terms.as_int(args[0]) {
                Some(value) => self.terms.float(value as i64 as f64),
                None => self.opaque(prim, args, rep),
            },
            AddF64 | SubF64 | MulF64 | DivF64 | NegF64 | SqrtF64 | FloorF64 | CeilF64 | TruncF64 | NearestF64
            | F64Bits => self.floats(prim, args, rep),
            EqF64 | NeF64 | LtF64 | LeF64 | GtF64 | GeF64 => self.compare_floats(prim, args),
            I64ToStr => match self.terms.as_int(args[0]) {
                Some(value) => self.terms.text(value.to_string().as_bytes()),
                None => self.opaque(prim, args, rep),
            },
            StrPushI64 => {
                let digits = self.prim(Prim::I64ToStr, &args[1..], rep);
                self.terms.concat(args[0], digits)
            }
            StrCompare => match (self.as_bytes(args[0]), self.as_bytes(args[1])) {
                (Some(a), Some(b)) => self.terms.int(a.cmp(&b) as i128),
                _ => self.opaque(prim, args, rep),
            },
            StrFind | StrHash | StrKeyHash | KeyStep | KeyNumber | ArrayInsert(_) | ArrayRemove(_) => {
                self.opaque(prim, args, rep)
            }
            // What it skips gives the same.
            SameObject => Term::FALSE,
        }
    }

    /// A value that depends on the operands alone, and of which no more is known.
    pub(super) fn opaque(&mut self, prim: Prim, args: &[Term], rep: Rep) -> Term {
        let sort = super::sort_of_rep(rep);
        let value = self.terms.apply(Fun::Prim(prim), sort, args.to_vec());
        self.type_facts_of_rep(value, rep);
        if prim == Prim::StrCompare {
            let within = self.terms.within(-1, value, 1);
            self.learn_everywhere(within);
            let (zero, same) = (self.terms.int(0), self.terms.equal(args[0], args[1]));
            let equal = self.terms.equal(value, zero);
            for (if_, then) in [(equal, same), (same, equal)] {
                let fact = self.terms.implies(if_, then);
                self.learn_everywhere(fact);
            }
        }
        value
    }

    /// Says that a sequence has the type of the one that it is part of.
    fn like(&mut self, value: Term, other: Term) -> Term {
        if let Some(&ty) = self.type_of.get(&other) {
            self.type_of.entry(value).or_insert(ty);
        }
        value
    }

    fn must_fit(&mut self, site: crate::core::SiteId, value: Term) -> Term {
        let within = self.terms.within(MIN, value, MAX);
        let fails = self.terms.not(within);
        self.check(site, fails);
        value
    }

    fn must_be_natural(&mut self, site: crate::core::SiteId, value: Term) -> Term {
        let zero = self.terms.int(0);
        let fails = self.terms.less(value, zero);
        self.check(site, fails);
        value
    }

    fn must_divide(&mut self, site: crate::core::SiteId, divisor: Term) {
        let zero = self.terms.int(0);
        let fails = self.terms.equal(divisor, zero);
        self.check(site, fails);
    }

    fn must_be_inside(&mut self, site: crate::core::SiteId, sequence: Term, index: Term) {
        let (zero, length) = (self.terms.int(0), self.length_of(sequence));
        let (above, below) = (self.terms.at_most(zero, index), self.terms.less(index, length));
        let inside = self.terms.and(above, below);
        let fails = self.terms.not(inside);
        self.check(site, fails);
    }

    /// A quotient is not larger than its dividend in size, and has the sign that follows.
    fn quotient_facts(&mut self, a: Term, b: Term, value: Term) {
        if self.terms.as_int(value).is_some() {
            return;
        }
        let zero = self.terms.int(0);
        let (a_natural, b_natural) = (self.terms.at_most(zero, a), self.terms.at_most(zero, b));
        let both = self.terms.and(a_natural, b_natural);
        let (positive, smaller) = (self.terms.at_most(zero, value), self.terms.at_most(value, a));
        let in_range = self.terms.and(positive, smaller);
        let fact = self.terms.implies(both, in_range);
        self.learn(fact);
        // Where the divisor may be negative only the size is known.
        let minus = self.terms.negate(a);
        for (is, least, most) in [(a_natural, minus, a), (self.terms.not(a_natural), a, minus)] {
            let (above, below) = (self.terms.at_most(least, value), self.terms.at_most(value, most));
            let in_range = self.terms.and(above, below);
            let fact = self.terms.implies(is, in_range);
            self.learn(fact);
        }
        let within = self.terms.within(MIN, value, MAX);
        self.learn(within);
    }

    /// A remainder is smaller than its divisor, and has the sign of the dividend.
    fn remainder_facts(&mut self, a: Term, b: Term, value: Term) {
        if self.terms.as_int(value).is_some() {
            return;
        }
        let zero = self.terms.int(0);
        let (a_natural, b_natural) = (self.terms.at_most(zero, a), self.terms.at_most(zero, b));
        let positive = self.terms.at_most(zero, value);
        let fact = self.terms.implies(a_natural, positive);
        self.learn(fact);
        let smaller = self.terms.less(value, b);
        let fact = self.terms.implies(b_natural, smaller);
        self.learn(fact);
        let within = self.terms.within(MIN, value, MAX);
        self.learn(within);
    }

    /// A result modulo 2⁶⁴.
    fn wrapped(&mut self, prim: Prim, args: &[Term], value: Term) -> Term {
        if let Some(value) = self.terms.as_int(value) {
            return self.terms.int(i128::from(value as i64));
        }
        // Where it fits it is the result.
        let within = self.terms.within(MIN, value, MAX);
        if within == Term::TRUE {
            return value;
        }
        let other = self.opaque(prim, args, Rep::I64);
        let same = self.terms.equal(other, value);
        let fact = self.terms.implies(within, same);
        self.learn_everywhere(fact);
        other
    }

    fn bits(&mut self, prim: Prim, args: &[Term], rep: Rep) -> Term {
        let known: Option<Vec<i64>> =
            args.iter().map(|&arg| self.terms.as_int(arg).map(|value| value as i64)).collect();
        let Some(known) = known else { return self.opaque(prim, args, rep) };
        let value = match (prim, &known[..]) {
            (Prim::AndI64, [a, b]) => a & b,
            (Prim::OrI64, [a, b]) => a | b,
            (Prim::XorI64, [a, b]) => a ^ b,
            (Prim::ShlI64, [a, b]) => a.wrapping_shl(*b as u32),
            (Prim::ShrI64, [a, b]) => (*a as u64).wrapping_shr(*b as u32) as i64,
            (Prim::PopcountI64, [a]) => i64::from(a.count_ones()),
            _ => return self.opaque(prim, args, rep),
        };
        self.terms.int(i128::from(value))
    }

    /// The bytes of a text that is known.
    fn as_bytes(&self, term: Term) -> Option<Vec<u8>> {
        match self.terms.node(term) {
            Node::Text(text) => Some(text.to_vec()),
            Node::Array(items) if items.is_empty() => Some(Vec::new()),
            _ => None,
        }
    }
}
