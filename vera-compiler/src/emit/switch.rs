//! Choice among many: a branch table if the values are dense, otherwise binary search by comparisons.

use super::function::{Dest, Emitter, stops};
use super::memory::TAG;
use crate::core::{Block, ClosureId, SwitchOn};
use crate::emit::code::Depth;
use crate::emit::live::StmtLive;
use wasm_encoder::{Instruction as I, ValType};

/// Fewest cases for which a branch table is worth its bounds check and load.
const MIN_TABLE: usize = 4;
/// Most values compared one after the other.
const MAX_LINEAR: usize = 3;

impl Emitter<'_, '_> {
    pub(super) fn switch(
        &mut self,
        on: &SwitchOn,
        cases: &[(i64, Block)],
        default: Option<&Block>,
        live: &StmtLive,
        dest: Dest,
    ) {
        // Without a default, the last case takes everything that is left.
        let (tested, rest) = match (default, cases.split_last()) {
            (Some(default), _) => (cases, default),
            (None, Some(((_, last), tested))) => (tested, last),
            (None, None) => {
                self.code.push(I::Unreachable);
                return;
            }
        };
        let rest_live = &live.blocks[tested.len()];
        if tested.is_empty() {
            self.block(rest, rest_live, dest);
            return;
        }

        let ty = if matches!(on, SwitchOn::I64(_)) { ValType::I64 } else { ValType::I32 };
        match on {
            SwitchOn::Tag(object) | SwitchOn::Shape(object) => {
                self.pointer(object);
                self.code.push(I::I32Load16U(TAG));
            }
            SwitchOn::I64(value) | SwitchOn::Byte(value) => self.value(value),
        }
        let (frame, pointers) = (self.frame.clone(), self.live.clone());
        if let [(value, block)] = tested {
            let value = self.tested(on, *value);
            self.equals(ty, value);
            let unlikely = stops(block);
            if unlikely {
                self.code.open_unlikely_if()
            } else {
                self.code.open_if()
            };
            self.block(block, &live.blocks[0], dest);
            self.code.end();
        } else {
            let subject = self.code.temp(ty);
            self.code.push(I::LocalSet(subject));
            let outer = self.code.block();
            let mut targets: Vec<(i64, Depth)> = Vec::with_capacity(tested.len());
            for (value, _) in tested.iter().rev() {
                targets.push((self.tested(on, *value), self.code.block()));
            }
            targets.sort_unstable_by_key(|(value, _)| *value);
            self.dispatch(ty, subject, &targets, outer);
            self.code.release(ty, subject);
            for ((_, block), block_live) in tested.iter().zip(&live.blocks) {
                self.code.end();
                (self.frame, self.live) = (frame.clone(), pointers.clone());
                self.block(block, block_live, dest);
            }
            self.code.end();
        }
        (self.frame, self.live) = (frame, pointers);
        self.block(rest, rest_live, dest);
    }

    /// What is compared for a case: a closure object's tag is the place of its function in the table.
    fn tested(&self, on: &SwitchOn, value: i64) -> i64 {
        match on {
            SwitchOn::Shape(_) => i64::from(self.context.table_index(ClosureId(value as u32))),
            _ => value,
        }
    }

    /// Compares the value on the stack with a constant.
    fn equals(&mut self, ty: ValType, value: i64) {
        match (ty, value) {
            (ValType::I64, 0) => self.code.push(I::I64Eqz),
            (ValType::I64, _) => self.code.extend([I::I64Const(value), I::I64Eq]),
            (_, 0) => self.code.push(I::I32Eqz),
            _ => self.code.extend([I::I32Const(value as i32), I::I32Eq]),
        }
    }

    /// Branches to the target of the subject's value. `targets` is sorted.
    fn dispatch(&mut self, ty: ValType, subject: u32, targets: &[(i64, Depth)], default: Depth) {
        let (first, last) = match targets {
            [] => return self.code.br(default),
            [(first, _), .., (last, _)] => (*first, *last),
            [(only, _)] => (*only, *only),
        };
        let span = last.abs_diff(first);
        if targets.len() >= MIN_TABLE && span < 2 * targets.len() as u64 + 4 {
            self.table(ty, subject, targets, first, span as usize, default);
        } else if targets.len() <= MAX_LINEAR {
            for &(value, target) in targets {
                self.code.push(I::LocalGet(subject));
                self.equals(ty, value);
                self.code.br_if(target);
            }
            self.code.br(default);
        } else {
            let (low, high) = targets.split_at(targets.len() / 2);
            let pivot = high[0].0;
            self.code.push(I::LocalGet(subject));
            match ty {
                ValType::I64 => self.code.extend([I::I64Const(pivot), I::I64LtS]),
                _ => self.code.extend([I::I32Const(pivot as i32), I::I32LtS]),
            }
            self.code.open_if();
            self.dispatch(ty, subject, low, default);
            self.code.end();
            self.dispatch(ty, subject, high, default);
        }
    }

    fn table(&mut self, ty: ValType, subject: u32, targets: &[(i64, Depth)], first: i64, span: usize, default: Depth) {
        if ty == ValType::I64 {
            // The table's index is 32 bits wide, so the range is tested on all 64.
            self.code.extend([I::LocalGet(subject), I::I64Const(first), I::I64Sub]);
            self.code.extend([I::I64Const(span as i64), I::I64GtU]);
            self.code.br_if(default);
            self.code.extend([I::LocalGet(subject), I::I32WrapI64]);
        } else {
            self.code.push(I::LocalGet(subject));
        }
        if first != 0 {
            self.code.extend([I::I32Const(first as i32), I::I32Sub]);
        }
        let default = self.code.relative(default);
        let mut table = vec![default; span + 1];
        for &(value, target) in targets {
            table[value.abs_diff(first) as usize] = self.code.relative(target);
        }
        self.code.push(I::BrTable(table.into(), default));
    }
}
