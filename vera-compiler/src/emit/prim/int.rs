//! Checked integer arithmetic: the result first, then one test that usually passes.

use super::super::function::Emitter;
use crate::core::{Atom, LocalId};
use crate::emit::trap::Check;
use wasm_encoder::{Instruction as I, ValType};

/// The floats of `-2^63` and `2^63`: the truncation of a float is an `i64` when it is at least the first and less than
/// the second.
const I64_RANGE: [f64; 2] = [-9_223_372_036_854_775_808.0, 9_223_372_036_854_775_808.0];

impl Emitter<'_, '_> {
    pub(super) fn add(&mut self, dest: LocalId, left: &Atom, right: &Atom, check: Check<'_>) {
        // A constant is on the right from here on.
        let (left, right) = if matches!(left, Atom::I64(_)) { (right, left) } else { (left, right) };
        let result = self.binary(dest, left, right, I::I64Add);
        if let Atom::I64(constant) = right {
            // Adding moves away from `left` in the direction of the sign, unless it wrapped.
            self.moved_backwards(result, left, *constant, [I::I64LtS, I::I64GtS], check);
        } else {
            // Overflow: both operands have a sign that the result has not.
            self.value(left);
            self.code.extend([I::LocalGet(result), I::I64Xor]);
            self.value(right);
            self.code.extend([I::LocalGet(result), I::I64Xor, I::I64And]);
            self.fail_if_negative(check);
        }
    }

    pub(super) fn subtract(&mut self, dest: LocalId, left: &Atom, right: &Atom, check: Check<'_>) {
        let result = self.binary(dest, left, right, I::I64Sub);
        if let Atom::I64(constant) = right {
            self.moved_backwards(result, left, *constant, [I::I64GtS, I::I64LtS], check);
        } else {
            // Overflow: the operands' signs differ, and the result's from the left one's.
            self.value(left);
            self.value(right);
            self.code.push(I::I64Xor);
            self.value(left);
            self.code.extend([I::LocalGet(result), I::I64Xor, I::I64And]);
            self.fail_if_negative(check);
        }
    }

    /// Traps when a positive (negative) constant led to a result that compares to `left` by the first (second)
    /// instruction.
    fn moved_backwards(
        &mut self,
        result: u32,
        left: &Atom,
        constant: i64,
        [positive, negative]: [I<'static>; 2],
        check: Check<'_>,
    ) {
        if constant == 0 {
            return;
        }
        self.code.push(I::LocalGet(result));
        self.value(left);
        self.code.push(if constant > 0 { positive } else { negative });
        self.fail_if(check);
    }

    pub(super) fn multiply(&mut self, dest: LocalId, left: &Atom, right: &Atom, check: Check<'_>) {
        let (left, right) = if matches!(left, Atom::I64(_)) { (right, left) } else { (left, right) };
        match right {
            Atom::I64(0 | 1) => {
                self.binary(dest, left, right, I::I64Mul);
            }
            Atom::I64(-1) => self.negate(dest, left, check),
            Atom::I64(constant) => {
                // The factors whose product fits are a range: one comparison, and the product is plain.
                let (least, most) = match i64::signum(*constant) {
                    1 => (i64::MIN / constant, i64::MAX / constant),
                    _ => (i64::MAX / constant, i64::MIN / constant),
                };
                self.value(left);
                self.code.extend([I::I64Const(least), I::I64Sub, I::I64Const(most.wrapping_sub(least)), I::I64GtU]);
                self.fail_if(check);
                self.binary(dest, left, right, I::I64Mul);
            }
            _ => {
                // The upper half of the wide product must repeat the sign of the lower.
                let result = self.place(dest);
                let high = self.code.temp(ValType::I64);
                self.value(left);
                self.value(right);
                self.code.extend([I::I64MulWideS, I::LocalSet(high), I::LocalSet(result)]);
                self.code.extend([I::LocalGet(result), I::I64Const(63), I::I64ShrS]);
                self.code.extend([I::LocalGet(high), I::I64Ne]);
                self.code.release(ValType::I64, high);
                self.fail_if(check);
            }
        }
    }

    pub(super) fn divide(&mut self, dest: LocalId, left: &Atom, right: &Atom, zero: Check<'_>, overflow: Check<'_>) {
        match right {
            Atom::I64(0) => self.fail(zero),
            Atom::I64(-1) => self.negate(dest, left, overflow),
            Atom::I64(_) => {
                self.binary(dest, left, right, I::I64DivS);
            }
            _ => {
                // Both exceptional divisors, 0 and -1, are found by one comparison.
                self.value(right);
                self.code.extend([I::I64Const(1), I::I64Add, I::I64Const(1), I::I64LeU]);
                self.code.open_unlikely_if();
                self.value(right);
                self.code.push(I::I64Eqz);
                self.fail_if(zero);
                self.value(left);
                self.code.extend([I::I64Const(i64::MIN), I::I64Eq]);
                self.fail_if(overflow);
                self.code.end();
                self.binary(dest, left, right, I::I64DivS);
            }
        }
    }

    pub(super) fn remainder(&mut self, dest: LocalId, left: &Atom, right: &Atom, zero: Check<'_>) {
        match right {
            Atom::I64(0) => return self.fail(zero),
            Atom::I64(by) => {
                if *by > 1 && by.count_ones() == 1 {
                    self.remainders.insert(dest, (left.clone(), *by));
                }
            }
            _ => {
                self.value(right);
                self.code.push(I::I64Eqz);
                self.fail_if(zero);
            }
        }
        self.binary(dest, left, right, I::I64RemS);
    }

    /// Whether an operand is 0, or whether it is not. A remainder by a power of two is 0 where the low bits are, whatever the
    /// sign; a division takes more.
    pub(super) fn compare_with_zero(&mut self, dest: LocalId, operand: &Atom, equal: bool) {
        match operand.local().and_then(|local| self.remainders.get(&local)).cloned() {
            Some((of, by)) => {
                self.value(&of);
                self.code.extend([I::I64Const(by - 1), I::I64And]);
            }
            None => self.value(operand),
        }
        self.code.extend(if equal { vec![I::I64Eqz] } else { vec![I::I64Const(0), I::I64Ne] });
        self.set(dest);
    }

    pub(super) fn negate(&mut self, dest: LocalId, operand: &Atom, check: Check<'_>) {
        self.value(operand);
        self.code.extend([I::I64Const(i64::MIN), I::I64Eq]);
        self.fail_if(check);
        self.binary(dest, &Atom::I64(0), operand, I::I64Sub);
    }

    pub(super) fn add_nat(&mut self, dest: LocalId, left: &Atom, right: &Atom, check: Check<'_>) {
        let result = self.binary(dest, left, right, I::I64Add);
        self.code.push(I::LocalGet(result));
        self.fail_if_negative(check);
    }

    pub(super) fn subtract_nat(&mut self, dest: LocalId, left: &Atom, right: &Atom, check: Check<'_>) {
        let result = self.binary(dest, left, right, I::I64Sub);
        self.code.push(I::LocalGet(result));
        self.fail_if_negative(check);
    }

    pub(super) fn guard_nat(&mut self, dest: LocalId, operand: &Atom, check: Check<'_>) {
        self.value(operand);
        self.fail_if_negative(check);
        self.value(operand);
        self.set(dest);
    }

    pub(super) fn guard_byte(&mut self, dest: LocalId, operand: &Atom, check: Check<'_>) {
        self.value(operand);
        self.code.extend([I::I64Const(255), I::I64GtU]);
        self.fail_if(check);
        self.value(operand);
        self.code.push(I::I32WrapI64);
        self.set(dest);
    }

    pub(super) fn float_to_int(&mut self, dest: LocalId, operand: &Atom, check: Check<'_>) {
        let [least, end] = I64_RANGE;
        self.value(operand);
        self.code.extend([I::F64Const(least.into()), I::F64Ge]);
        self.value(operand);
        self.code.extend([I::F64Const(end.into()), I::F64Lt, I::I32And, I::I32Eqz]);
        self.fail_if(check);
        self.value(operand);
        self.code.push(I::I64TruncF64S);
        self.set(dest);
    }

    fn binary(&mut self, dest: LocalId, left: &Atom, right: &Atom, instruction: I<'static>) -> u32 {
        self.value(left);
        self.value(right);
        self.code.push(instruction);
        self.set(dest);
        self.place(dest)
    }

    fn fail_if_negative(&mut self, check: Check<'_>) {
        self.code.extend([I::I64Const(0), I::I64LtS]);
        self.fail_if(check);
    }
}
