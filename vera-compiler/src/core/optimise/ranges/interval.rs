//! Intervals of integers, and the results of primitives on them.
//!
//! An interval contains every value that an integer can have, and maybe others. If nothing is known, it is
//! [`Interval::FULL`].

use crate::core::Prim;

/// The integers from `lo` to `hi`, both included; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) lo: i64,
    pub(super) hi: i64,
}

/// Lengths and offsets are addresses of 32 bits at most.
const LENGTH: Interval = Interval::new(0, u32::MAX as i64);

/// Where bounds that keep moving stop next on their way out.
const STEPS: [i64; 7] = [-1, 0, u8::MAX as i64, i32::MAX as i64, u32::MAX as i64, 1 << 53, i64::MAX];

impl Interval {
    pub(super) const FULL: Interval = Interval::new(i64::MIN, i64::MAX);

    pub(super) const fn new(lo: i64, hi: i64) -> Self {
        Interval { lo, hi }
    }

    pub(super) const fn exactly(value: i64) -> Self {
        Interval::new(value, value)
    }

    /// The value, when there is only one.
    pub(super) fn single(self) -> Option<i64> {
        (self.lo == self.hi).then_some(self.lo)
    }

    pub(super) fn is_natural(self) -> bool {
        self.lo >= 0
    }

    /// The least interval around both.
    pub(super) fn join(self, other: Self) -> Self {
        Interval::new(self.lo.min(other.lo), self.hi.max(other.hi))
    }

    /// What is in both; `self` when nothing is, as then the place cannot be reached.
    pub(super) fn meet(self, other: Self) -> Self {
        let (lo, hi) = (self.lo.max(other.lo), self.hi.min(other.hi));
        if lo <= hi { Interval::new(lo, hi) } else { self }
    }

    /// An interval around `next`, which is around `self`: bounds that moved go on to the next of a few values, so that
    /// a loop settles soon.
    pub(super) fn widen(self, next: Self) -> Self {
        let up = |bound: i64| STEPS.into_iter().find(|step| *step >= bound).unwrap_or(i64::MAX);
        let lo = if next.lo < self.lo { !up(!next.lo) } else { self.lo };
        let hi = if next.hi > self.hi { up(next.hi) } else { self.hi };
        Interval::new(lo, hi)
    }

    /// The exact bounds `lo` and `hi`, when no integer between them overflows.
    fn exact(lo: i128, hi: i128) -> Option<Self> {
        Some(Interval::new(i64::try_from(lo).ok()?, i64::try_from(hi).ok()?))
    }

    /// The exact bounds without what overflows.
    fn clamped([lo, hi]: [i128; 2]) -> Self {
        let clamp = |bound: i128| bound.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        Interval::new(clamp(lo), clamp(hi))
    }

    fn sum(self, other: Self) -> [i128; 2] {
        [i128::from(self.lo) + i128::from(other.lo), i128::from(self.hi) + i128::from(other.hi)]
    }

    fn difference(self, other: Self) -> [i128; 2] {
        [i128::from(self.lo) - i128::from(other.hi), i128::from(self.hi) - i128::from(other.lo)]
    }

    fn product(self, other: Self) -> [i128; 2] {
        let corners = [(self.lo, other.lo), (self.lo, other.hi), (self.hi, other.lo), (self.hi, other.hi)];
        let corners = corners.map(|(a, b)| i128::from(a) * i128::from(b));
        corners.into_iter().fold([i128::MAX, i128::MIN], |[lo, hi], corner| [lo.min(corner), hi.max(corner)])
    }

    /// The sum, when it cannot overflow.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let [lo, hi] = self.sum(other);
        Self::exact(lo, hi)
    }

    /// The difference, when it cannot overflow.
    pub(super) fn minus(self, other: Self) -> Option<Self> {
        let [lo, hi] = self.difference(other);
        Self::exact(lo, hi)
    }

    /// The product, when it cannot overflow.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        let [lo, hi] = self.product(other);
        Self::exact(lo, hi)
    }

    /// The quotient towards zero. A divisor of 0 and what overflows trap, so they have no part in it.
    fn quotient(self, divisor: Self) -> Self {
        match divisor.single() {
            Some(by @ 1..) => Interval::new(self.lo / by, self.hi / by),
            _ if self.is_natural() && divisor.lo > 0 => Interval::new(self.lo / divisor.hi, self.hi / divisor.lo),
            _ if self.is_natural() && divisor.is_natural() => Interval::new(0, self.hi),
            _ => Interval::FULL,
        }
    }

    /// The remainder, which has the sign of `self` and is nearer to 0 than the divisor.
    fn remainder(self, divisor: Self) -> Self {
        let most = divisor.lo.unsigned_abs().max(divisor.hi.unsigned_abs()).saturating_sub(1);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let lo = if self.is_natural() { 0 } else { self.lo.max(-most) };
        let hi = if self.hi <= 0 { 0 } else { self.hi.min(most) };
        Interval::new(lo, hi)
    }

    /// All naturals with no more bits than the larger bound.
    fn as_many_bits(self, other: Self) -> Self {
        match (self.is_natural() && other.is_natural()).then(|| (self.hi | other.hi).leading_zeros()) {
            Some(free) => Interval::new(0, (u64::MAX.checked_shr(free).unwrap_or(0)) as i64),
            None => Interval::FULL,
        }
    }
}

/// What a primitive makes of integers in these intervals when it does not trap. Operands that are no integers are
/// [`Interval::FULL`].
pub(super) fn result(prim: Prim, args: &[Interval]) -> Interval {
    let [a, b] = [args.first(), args.get(1)].map(|arg| arg.copied().unwrap_or(Interval::FULL));
    match prim {
        Prim::AddI64(_) => Interval::clamped(a.sum(b)),
        Prim::AddNat(_) => Interval::clamped(a.sum(b)).meet(Interval::new(0, i64::MAX)),
        Prim::SubI64(_) => Interval::clamped(a.difference(b)),
        Prim::MulI64(_) => Interval::clamped(a.product(b)),
        Prim::NegI64(_) => Interval::clamped(Interval::exactly(0).difference(a)),
        Prim::SubNat(_) => {
            let difference = Interval::clamped(a.difference(b));
            difference.meet(Interval::new(0, i64::MAX))
        }
        Prim::GuardNat(_) => a.meet(Interval::new(0, i64::MAX)),
        Prim::WrapAddI64 => a.plus(b).unwrap_or(Interval::FULL),
        Prim::WrapSubI64 => a.minus(b).unwrap_or(Interval::FULL),
        Prim::WrapMulI64 => a.times(b).unwrap_or(Interval::FULL),
        Prim::DivI64(..) => a.quotient(b),
        Prim::RemI64(_) => a.remainder(b),
        Prim::AndI64 => match (a.is_natural(), b.is_natural()) {
            (true, true) => Interval::new(0, a.hi.min(b.hi)),
            (true, false) => Interval::new(0, a.hi),
            (false, true) => Interval::new(0, b.hi),
            (false, false) => Interval::FULL,
        },
        Prim::OrI64 | Prim::XorI64 => a.as_many_bits(b),
        Prim::ShrI64 => match b.single().map(|by| by & 63) {
            Some(by) if a.is_natural() => Interval::new(a.lo >> by, a.hi >> by),
            Some(by @ 1..) => Interval::new(0, (u64::MAX >> by) as i64),
            _ => Interval::FULL,
        },
        Prim::PopcountI64 => Interval::new(0, 64),
        Prim::ByteToI64 | Prim::StrByteChecked(_) => Interval::new(0, u8::MAX.into()),
        Prim::StrLen | Prim::ArrayLen(_) => LENGTH,
        Prim::StrFind => Interval::new(-1, LENGTH.hi),
        Prim::StrCompare => Interval::new(-1, 1),
        Prim::TagOf => Interval::new(0, u32::MAX.into()),
        _ => Interval::FULL,
    }
}

/// Whether a comparison of integers in these intervals always comes out the same.
pub(super) fn compared(prim: Prim, a: Interval, b: Interval) -> Option<bool> {
    let less = |a: Interval, b: Interval| match () {
        () if a.hi < b.lo => Some(true),
        () if a.lo >= b.hi => Some(false),
        () => None,
    };
    let equal = match (a.single(), b.single()) {
        (Some(a), Some(b)) => Some(a == b),
        _ if a.hi < b.lo || b.hi < a.lo => Some(false),
        _ => None,
    };
    match prim {
        Prim::LtI64 => less(a, b),
        Prim::GtI64 => less(b, a),
        Prim::LeI64 => less(b, a).map(|less| !less),
        Prim::GeI64 => less(a, b).map(|less| !less),
        Prim::EqI64 => equal,
        Prim::NeI64 => equal.map(|equal| !equal),
        _ => None,
    }
}

/// Both operands of a comparison where it came out as `outcome`.
pub(super) fn assumed(prim: Prim, outcome: bool, a: Interval, b: Interval) -> (Interval, Interval) {
    let below = |a: Interval, b: Interval, apart: i64| {
        let most = Interval::new(i64::MIN, b.hi.saturating_sub(apart));
        let least = Interval::new(a.lo.saturating_add(apart), i64::MAX);
        (a.meet(most), b.meet(least))
    };
    let swapped = |(b, a)| (a, b);
    match (prim, outcome) {
        (Prim::LtI64, true) | (Prim::GeI64, false) => below(a, b, 1),
        (Prim::LeI64, true) | (Prim::GtI64, false) => below(a, b, 0),
        (Prim::GtI64, true) | (Prim::LeI64, false) => swapped(below(b, a, 1)),
        (Prim::GeI64, true) | (Prim::LtI64, false) => swapped(below(b, a, 0)),
        (Prim::EqI64, true) | (Prim::NeI64, false) => (a.meet(b), b.meet(a)),
        (Prim::EqI64, false) | (Prim::NeI64, true) => (without(a, b), without(b, a)),
        _ => (a, b),
    }
}

/// An interval without a value at its edge that it is known not to have.
fn without(interval: Interval, other: Interval) -> Interval {
    match other.single() {
        Some(value) if interval.single().is_some() || (interval.lo != value && interval.hi != value) => interval,
        Some(value) if interval.lo == value => Interval::new(value + 1, interval.hi),
        Some(value) => Interval::new(interval.lo, value - 1),
        None => interval,
    }
}
