//! Decimals.
//!
//! The prelude's functions on decimals compute with digits, of which proofs need nothing: each is a function of which
//! nothing but its name is known, and constants are computed. Two things are known of a decimal: whether it is NaN (its
//! tag), and its *rank*, an integer with the order of decimals. Zero has rank 0, and the rank of the opposite is the
//! opposite rank. No other rank is a certain number, because between any two decimals there are others.
//!
//! What the context of 28 digits does to an exact result keeps the order: so the sign of a result follows from those of the
//! operands, and a sum with what is not negative is not less. A number with more digits than 28, which only text gives, is
//! rounded by each operation: for it the sign alone is followed. These facts are learnt where a result is compared.

use super::Executor;
use super::path::Flow;
use crate::core::FnId;
use crate::core::interpret::{Limits, NoExterns, Value};
use crate::lower::FunctionKind;
use crate::tir::FnDecl;
use crate::types::TyKind;
use crate::verify::term::{Fun, Node, Sort, Term};
use vera_abi::trap::TrapKind;

/// Most constants, and most conversions of integers, that are compared with each other.
const MAX_COMPARED: usize = 10;
/// Statements that a comparison of constants may execute.
const FUEL: u64 = 100_000;

/// What has been compared, since facts were last forgotten.
#[derive(Debug, Default)]
pub(super) struct Compared {
    constants: Vec<Term>,
    /// Ranks of decimals that are integers, and the integers.
    integers: Vec<(Term, Term)>,
}

/// The tags of the prelude's type.
#[derive(Clone, Copy, Debug)]
struct Tags {
    digits: u32,
    long: u32,
    infinity: u32,
    nan: u32,
}

/// Whether a function of the prelude is one on decimals.
pub(super) fn is_on_decimals(name: &str) -> bool {
    name.starts_with("decimal_")
}

impl Executor<'_> {
    /// A call of a function on decimals.
    pub(super) fn call_decimal(&mut self, id: FnId, decl: &FnDecl, args: &[Term]) -> Flow {
        if let ("decimal_compare" | "decimal_eq", &[a, b]) = (decl.name.as_str(), args)
            && let Some(tags) = self.decimal_tags(decl)
        {
            return match decl.name.as_str() {
                "decimal_eq" => Flow::Value(self.equal_decimals(tags, a, b)),
                _ => self.compare_decimals(id, tags, a, b),
            };
        }
        self.leave_open(id, |_| true);
        Flow::Value(self.opaque_result(id, args))
    }

    fn decimal_tags(&self, decl: &FnDecl) -> Option<Tags> {
        let ty = decl.params.first().map(|param| decl.locals[param.index()].ty)?;
        let TyKind::Data(data, _) = self.types.kind(self.types.structural(ty)) else { return None };
        let tag = |name: &str| {
            let constructors = self.tir.data(*data).constructors.iter();
            constructors.into_iter().position(|each| each.name == name).map(|tag| tag as u32)
        };
        Some(Tags {
            digits: tag("DecimalDigits")?,
            long: tag("DecimalLong")?,
            infinity: tag("DecimalInfinity")?,
            nan: tag("DecimalNan")?,
        })
    }

    fn equal_decimals(&mut self, tags: Tags, a: Term, b: Term) -> Term {
        let (first, second) = (self.decimal(tags, a), self.decimal(tags, b));
        let (numbers, same) = (self.are_numbers(tags, &[a, b]), self.terms.equal(first, second));
        self.terms.and(numbers, same)
    }

    /// `decimal_compare`, which stops the program where one is NaN.
    fn compare_decimals(&mut self, id: FnId, tags: Tags, a: Term, b: Term) -> Flow {
        let (first, second) = (self.decimal(tags, a), self.decimal(tags, b));
        let numbers = self.are_numbers(tags, &[a, b]);
        let fails = self.terms.not(numbers);
        for site in self.sites_of(id, |kind| kind == TrapKind::Decimal) {
            self.check(site, fails);
        }
        self.leave_open(id, |kind| kind != TrapKind::Decimal);
        // What it returns, it returns for numbers.
        self.learn(numbers);
        let Some(ty) = self.provable.functions[id.index()].result else {
            return Flow::Value(self.opaque_result(id, &[a, b]));
        };
        let names = ["Less", "Equal", "Greater"].map(|name| self.constructor_tag(ty, name));
        let [Some(less), Some(equal), Some(greater)] = names else {
            return Flow::Value(self.opaque_result(id, &[a, b]));
        };
        let [less, equal, greater] = [less, equal, greater].map(|tag| self.terms.constructor(tag));
        let (below, same) = (self.terms.less(first, second), self.terms.equal(first, second));
        let rest = self.terms.choose(same, equal, greater);
        Flow::Value(self.terms.choose(below, less, rest))
    }

    fn is_decimal_nan(&mut self, tags: Tags, value: Term) -> Term {
        self.terms.has_tag(value, tags.nan)
    }

    fn are_numbers(&mut self, tags: Tags, values: &[Term]) -> Term {
        values.iter().fold(Term::TRUE, |all, &value| {
            let nan = self.is_decimal_nan(tags, value);
            let number = self.terms.not(nan);
            self.terms.and(all, number)
        })
    }

    /// The rank of a decimal; what is known of it is learnt.
    fn decimal(&mut self, tags: Tags, value: Term) -> Term {
        self.decimal_facts(tags, value);
        self.decimal_rank(tags, value)
    }

    fn decimal_rank(&mut self, tags: Tags, value: Term) -> Term {
        match *self.terms.node(value) {
            Node::If(condition, then, otherwise) => {
                let (then, otherwise) = (self.decimal_rank(tags, then), self.decimal_rank(tags, otherwise));
                self.terms.choose(condition, then, otherwise)
            }
            _ if self.sign_of_constant(tags, value) == Some(0) => self.terms.int(0),
            _ => self.terms.apply(Fun::DecimalRank, Sort::Int, vec![value]),
        }
    }

    /// Learns what holds of a decimal and of those that it was made from.
    fn decimal_facts(&mut self, tags: Tags, value: Term) {
        let mut rest = vec![value];
        while let Some(value) = rest.pop() {
            match self.terms.node(value).clone() {
                Node::If(_, then, otherwise) => rest.extend([then, otherwise]),
                _ if !self.ranked.insert(value) => {}
                _ if self.terms.is_constant(value) => self.constant_facts(tags, value),
                Node::Apply(Fun::Call(id), _, parts) => {
                    if let Some(name) = self.library_name(id) {
                        rest.extend(self.result_facts(tags, name, value, &parts));
                    }
                }
                _ => {}
            }
        }
    }

    /// The sign of a constant that is not NaN.
    fn sign_of_constant(&self, tags: Tags, value: Term) -> Option<i128> {
        let Node::Record(_, tag, fields) = self.terms.node(value) else { return None };
        let word = fields.last().and_then(|&word| self.terms.as_int(word))?;
        if *tag == tags.infinity {
            return Some(if word == 0 { 1 } else { -1 });
        }
        if *tag == tags.digits {
            let parts = fields.iter().map(|&part| self.terms.as_int(part)).collect::<Option<Vec<_>>>()?;
            if let [0, 0, _] = parts[..] {
                return Some(0);
            }
        }
        (*tag == tags.digits || *tag == tags.long).then_some(1 - 2 * (word & 1))
    }

    fn constant_facts(&mut self, tags: Tags, value: Term) {
        let Some(sign) = self.sign_of_constant(tags, value).filter(|sign| *sign != 0) else { return };
        let rank = self.decimal_rank(tags, value);
        let one = self.terms.int(1);
        let minus = self.terms.int(-1);
        let signed = if sign > 0 { self.terms.at_most(one, rank) } else { self.terms.at_most(rank, minus) };
        self.learn_everywhere(signed);
        if let Some(integer) = self.integer_of_constant(tags, value) {
            let integer = self.terms.int(integer);
            self.integer_facts(rank, integer);
        }
        if self.compared.constants.len() >= MAX_COMPARED {
            return;
        }
        for other in self.compared.constants.clone() {
            let Some(order) = self.order_of_constants(value, other) else { continue };
            let other = self.decimal_rank(tags, other);
            let fact = match order {
                std::cmp::Ordering::Less => self.terms.less(rank, other),
                std::cmp::Ordering::Equal => self.terms.equal(rank, other),
                std::cmp::Ordering::Greater => self.terms.less(other, rank),
            };
            self.learn_everywhere(fact);
        }
        self.compared.constants.push(value);
    }

    /// The integer that a constant is, if it is a small one.
    fn integer_of_constant(&self, tags: Tags, value: Term) -> Option<i128> {
        let Node::Record(_, tag, fields) = self.terms.node(value) else { return None };
        let parts = fields.iter().map(|&part| self.terms.as_int(part)).collect::<Option<Vec<_>>>()?;
        let [high, low, word] = parts[..] else { return None };
        let exponent = u32::try_from((word - (word & 1)) / 2).ok().filter(|exponent| *exponent <= 9)?;
        let digits = high * 100_000_000_000_000 + low;
        (*tag == tags.digits).then_some((1 - 2 * (word & 1)) * digits * 10_i128.pow(exponent))
    }

    /// How two constants compare, as the program compares them.
    fn order_of_constants(&mut self, a: Term, b: Term) -> Option<std::cmp::Ordering> {
        let functions = self.provable.functions.iter();
        let compare = functions.into_iter().position(|facts| match &facts.kind {
            FunctionKind::Instance(decl, _) => {
                let decl = self.tir.function(*decl);
                decl.name == "decimal_compare" && self.tir.modules[decl.module.index()].prelude
            }
            _ => false,
        })?;
        let id = FnId(compare as u32);
        let ty = *self.provable.functions[compare].params.first()?;
        let (a, b) = (self.lower_term(a, ty)?, self.lower_term(b, ty)?);
        let limits = Limits { fuel: FUEL, depth: 1_000 };
        let Ok(Value::Static(tag)) = self.ground.interpret(id, vec![a, b], limits, &mut NoExterns) else { return None };
        let result = self.provable.functions[compare].result?;
        let is = |name: &str| self.constructor_tag(result, name) == Some(tag);
        let orders = [
            ("Less", std::cmp::Ordering::Less),
            ("Equal", std::cmp::Ordering::Equal),
            ("Greater", std::cmp::Ordering::Greater),
        ];
        orders.into_iter().find(|(name, _)| is(name)).map(|(_, order)| order)
    }

    /// Decimals that are integers are in the order of these.
    fn integer_facts(&mut self, rank: Term, integer: Term) {
        if self.compared.integers.len() >= MAX_COMPARED {
            return;
        }
        let zero = self.terms.int(0);
        for (other_rank, other) in self.compared.integers.clone().into_iter().chain([(zero, zero)]) {
            for ((a, b), (m, n)) in [((rank, other_rank), (integer, other)), ((other_rank, rank), (other, integer))] {
                let (ranks, integers) = (self.terms.at_most(a, b), self.terms.at_most(m, n));
                let fact = self.terms.equal(ranks, integers);
                self.learn_everywhere(fact);
            }
        }
        self.compared.integers.push((rank, integer));
    }

    /// Learns how a result is to the operands. Gives the operands that are decimals.
    fn result_facts(&mut self, tags: Tags, name: &str, value: Term, parts: &[Term]) -> Vec<Term> {
        let rank = self.decimal_rank(tags, value);
        let zero = self.terms.int(0);
        let operands = match (name, parts) {
            ("decimal_neg" | "decimal_abs" | "decimal_round", [of, ..]) => vec![*of],
            ("decimal_add" | "decimal_sub" | "decimal_mul", [a, b]) => vec![*a, *b],
            _ => Vec::new(),
        };
        // What is NaN stays NaN.
        let (number, numbers) = (self.are_numbers(tags, &[value]), self.are_numbers(tags, &operands));
        self.decimal_fact(&[number], numbers);
        match (name, parts) {
            ("decimal_from_int", &[integer]) => {
                let digits = self.terms.has_tag(value, tags.digits);
                self.learn_everywhere(digits);
                self.integer_facts(rank, integer);
            }
            ("decimal_neg" | "decimal_abs" | "decimal_round", &[of, ..]) => {
                let (numbers, short) = (self.are_numbers(tags, &[value, of]), self.is_short(tags, of));
                let of_rank = self.decimal_rank(tags, of);
                let (up, down) = (self.terms.at_most(zero, of_rank), self.terms.at_most(of_rank, zero));
                let (above, below) = (self.terms.at_most(zero, rank), self.terms.at_most(rank, zero));
                let opposite = self.terms.negate(of_rank);
                let (same, negated) = (self.terms.equal(rank, of_rank), self.terms.equal(rank, opposite));
                match name {
                    "decimal_neg" => {
                        self.decimal_fact(&[numbers, up], below);
                        self.decimal_fact(&[numbers, down], above);
                        self.decimal_fact(&[numbers, short], negated);
                    }
                    "decimal_abs" => {
                        self.decimal_fact(&[numbers], above);
                        self.decimal_fact(&[numbers, short, up], same);
                        self.decimal_fact(&[numbers, short, down], negated);
                    }
                    _ => {
                        self.decimal_fact(&[numbers, up], above);
                        self.decimal_fact(&[numbers, down], below);
                    }
                }
            }
            ("decimal_add" | "decimal_sub", &[a, b]) => {
                self.sum_of_decimals(tags, name == "decimal_sub", value, [a, b]);
            }
            ("decimal_mul", &[a, b]) => {
                let numbers = self.are_numbers(tags, &[value, a, b]);
                let ranks = [self.decimal_rank(tags, a), self.decimal_rank(tags, b)];
                let [first, second] =
                    ranks.map(|rank| [self.terms.at_most(zero, rank), self.terms.at_most(rank, zero)]);
                let signs = [self.terms.at_most(zero, rank), self.terms.at_most(rank, zero)];
                for (one, other, sign) in [(0, 0, 0), (1, 1, 0), (0, 1, 1), (1, 0, 1)] {
                    self.decimal_fact(&[numbers, first[one], second[other]], signs[sign]);
                }
            }
            _ => {}
        }
        operands
    }

    fn sum_of_decimals(&mut self, tags: Tags, subtracted: bool, value: Term, [a, b]: [Term; 2]) {
        let numbers = self.are_numbers(tags, &[value, a, b]);
        let (rank, zero) = (self.decimal_rank(tags, value), self.terms.int(0));
        let first = self.decimal_rank(tags, a);
        let plain = self.decimal_rank(tags, b);
        let second = if subtracted { self.terms.negate(plain) } else { plain };
        // The sign of a sum is that of the exact sum.
        let opposite = self.terms.negate(second);
        for (less, sign) in [
            (self.terms.less(first, opposite), self.terms.less(rank, zero)),
            (self.terms.less(opposite, first), self.terms.less(zero, rank)),
        ] {
            let fact = self.terms.equal(less, sign);
            self.decimal_fact(&[numbers], fact);
        }
        for ((of, of_rank), by) in [((a, first), second), ((b, second), first)] {
            let short = self.is_short(tags, of);
            let (up, down) = (self.terms.at_most(zero, by), self.terms.at_most(by, zero));
            let (above, below) = (self.terms.at_most(of_rank, rank), self.terms.at_most(rank, of_rank));
            self.decimal_fact(&[numbers, short, up], above);
            self.decimal_fact(&[numbers, short, down], below);
        }
    }

    /// Whether a decimal has no more digits than results have.
    fn is_short(&mut self, tags: Tags, value: Term) -> Term {
        if let Node::Apply(Fun::Call(id), ..) = *self.terms.node(value)
            && self.library_name(id).is_some_and(|name| SHORT.contains(&name))
        {
            return Term::TRUE;
        }
        let long = self.terms.has_tag(value, tags.long);
        self.terms.not(long)
    }

    fn decimal_fact(&mut self, conditions: &[Term], then: Term) {
        let all = self.terms.all(conditions.iter().copied());
        let fact = self.terms.implies(all, then);
        self.learn_everywhere(fact);
    }
}

/// Functions whose results have at most the digits of the context.
const SHORT: &[&str] = &["decimal_from_int", "decimal_neg", "decimal_abs", "decimal_add", "decimal_sub", "decimal_mul"];
