//! Decimals as the library of Vera has them, in Rust: the arithmetic that the ledger needs, on coefficients of two halves of
//! 14 digits.

/// One more than a half can be.
const HALF: i64 = 100_000_000_000_000;
const PART: i64 = 10_000_000;

#[derive(Clone, Copy, Debug)]
struct Decimal {
    high: i64,
    low: i64,
    exponent: i64,
    negative: bool,
}

fn digits(n: i64) -> u32 {
    n.checked_ilog10().map_or(0, |power| power + 1)
}

fn power(n: u32) -> i64 {
    10i64.pow(n)
}

impl Decimal {
    fn new(high: i64, low: i64, exponent: i64, negative: bool) -> Self {
        Decimal { high, low, exponent, negative }
    }

    fn from_int(n: i64) -> Self {
        let size = n.unsigned_abs();
        Decimal::new((size / HALF as u64) as i64, (size % HALF as u64) as i64, 0, n < 0)
    }

    fn length(self) -> u32 {
        if self.high == 0 { digits(self.low) } else { 14 + digits(self.high) }
    }

    fn is_zero(self) -> bool {
        self.high | self.low == 0
    }

    /// Times a power of ten; it still has 28 digits at most.
    fn shifted(self, by: u32) -> Self {
        let exponent = self.exponent - i64::from(by);
        if by < 14 {
            let (up, over) = (power(by), power(14 - by));
            let high = self.high % over * up + self.low / over;
            return Decimal { high, low: self.low % over * up, exponent, ..self };
        }
        let by = by - 14;
        Decimal { high: self.low % power(14 - by) * power(by), low: 0, exponent, ..self }
    }

    /// Without its last digits, ties to even; `rest` tells that something stood below them.
    fn rounded_off(self, by: u32, rest: bool) -> Self {
        if by > 14 {
            let rest = rest || self.low != 0;
            return Decimal { high: 0, low: self.high, exponent: self.exponent + 14, ..self }
                .rounded_off(by - 14, rest);
        }
        let (down, over) = (power(by), power(14 - by));
        let dropped = self.low % down;
        let (mut high, mut low) = (self.high / down, self.low / down + self.high % down * over);
        if 2 * dropped > down || 2 * dropped == down && (rest || low % 2 == 1) {
            low += 1;
            high += i64::from(low == HALF);
            low %= HALF;
        }
        Decimal { high, low, exponent: self.exponent + i64::from(by), ..self }
    }

    fn add(self, other: Self) -> Self {
        let (a, b) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        if a.is_zero() {
            return b;
        }
        let shift = (a.exponent - b.exponent) as u32;
        assert!(a.length() + shift <= 28, "the ledger's numbers are short");
        let a = if shift == 0 { a } else { a.shifted(shift) };
        if a.negative == b.negative {
            let low = a.low + b.low;
            let carry = i64::from(low >= HALF);
            return Decimal { high: a.high + b.high + carry, low: low - carry * HALF, ..a };
        }
        let (x, y) = if (a.high, a.low) >= (b.high, b.low) { (a, b) } else { (b, a) };
        let low = x.low - y.low;
        let borrow = i64::from(low < 0);
        Decimal { high: x.high - y.high - borrow, low: low + borrow * HALF, ..x }
    }

    fn negated(self) -> Self {
        Decimal { negative: !self.negative, ..self }
    }

    fn mul(self, other: Self) -> Self {
        assert!(self.high | other.high == 0, "the ledger's factors are short");
        let (a1, a0, b1, b0) = (self.low / PART, self.low % PART, other.low / PART, other.low % PART);
        let middle = a0 * b1 + a1 * b0;
        let low = a0 * b0 + middle % PART * PART;
        let carry = i64::from(low >= HALF);
        let high = a1 * b1 + middle / PART + carry;
        Decimal::new(high, low - carry * HALF, self.exponent + other.exponent, self.negative != other.negative)
    }

    /// Divided by a number of up to 11 digits.
    fn div(self, by: i64) -> Self {
        let mut parts = [0i64; 8];
        let mut rest = 0;
        for part in [self.high / PART, self.high % PART, self.low / PART, self.low % PART] {
            let n = rest * PART + part;
            parts.rotate_left(1);
            parts[7] = n / by;
            rest = n % by;
        }
        let mut exponent = self.exponent;
        while rest != 0 && parts[2] == 0 && parts[3] == 0 {
            let n = rest * PART;
            parts.rotate_left(1);
            parts[7] = n / by;
            rest = n % by;
            exponent -= 7;
        }
        let halves = [parts[2] * PART + parts[3], parts[4] * PART + parts[5], parts[6] * PART + parts[7]];
        if halves[0] == 0 {
            return Decimal::new(halves[1], halves[2], exponent, self.negative);
        }
        let drop = digits(halves[0]);
        let (down, over) = (power(drop), power(14 - drop));
        let dropped = halves[2] % down;
        let high = halves[1] / down + halves[0] * over;
        let mut low = halves[2] / down + halves[1] % down * over;
        low += i64::from(2 * dropped > down || 2 * dropped == down && (rest != 0 || low % 2 == 1));
        Decimal::new(high, low, exponent + i64::from(drop), self.negative)
    }

    fn round(self, places: i64) -> Self {
        let shift = self.exponent + places;
        match shift {
            0.. if self.length() + shift as u32 <= 28 => self.shifted(shift as u32),
            0.. => self,
            _ => self.rounded_off(shift.unsigned_abs() as u32, false),
        }
    }

    fn to_f64(self) -> f64 {
        let digits = i128::from(self.high) * i128::from(HALF) + i128::from(self.low);
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{digits}e{}", self.exponent).parse().unwrap_or_default()
    }
}

/// See `programs/decimal_ledger.vera`.
pub(crate) fn ledger(n: i64) -> i64 {
    let (cent, rate) = (Decimal::new(0, 1, -2, false), Decimal::new(0, 375, -4, false));
    let mut balance = Decimal::new(0, 0, -2, false);
    for i in 1..=n {
        let amount = Decimal::from_int(i * 7919 % 100_003).mul(cent);
        let interest = amount.mul(rate).round(2);
        balance = balance.add(amount.add(interest));
        if i % 8 == 0 {
            balance = balance.add(balance.div(7).round(2).negated());
        }
    }
    (balance.to_f64() * 100.0) as i64 % 1_000_003
}
