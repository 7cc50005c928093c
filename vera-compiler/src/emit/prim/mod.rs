//! Primitives. Most are one instruction; the rest have a file per kind of operand.

mod array;
mod int;
mod string;

use super::function::Emitter;
use crate::core::{Atom, Prim, Stmt};
use crate::emit::live::StmtLive;
use crate::emit::memory::TAG;
use crate::emit::trap::Check;
use crate::support::SupportFn;
use wasm_encoder::Instruction as I;

impl Emitter<'_, '_> {
    pub(super) fn primitive(&mut self, stmt: &Stmt, live: &StmtLive, prim: Prim, args: &[Atom]) {
        use Prim::*;
        let dest = stmt.dest;
        let check = |site| Check::of(prim, site, args);
        match prim {
            AddI64(site) => self.add(dest, &args[0], &args[1], check(site)),
            SubI64(site) => self.subtract(dest, &args[0], &args[1], check(site)),
            MulI64(site) => self.multiply(dest, &args[0], &args[1], check(site)),
            DivI64(zero, overflow) => self.divide(dest, &args[0], &args[1], check(zero), check(overflow)),
            RemI64(zero) => self.remainder(dest, &args[0], &args[1], check(zero)),
            NegI64(site) => self.negate(dest, &args[0], check(site)),
            AddNat(site) => self.add_nat(dest, &args[0], &args[1], check(site)),
            SubNat(site) => self.subtract_nat(dest, &args[0], &args[1], check(site)),
            GuardNat(site) => self.guard_nat(dest, &args[0], check(site)),
            GuardByte(site) => self.guard_byte(dest, &args[0], check(site)),
            EqI64 | NeI64 if is_zero(&args[1]) => self.compare_with_zero(dest, &args[0], prim == EqI64),
            F64ToI64(site) => self.float_to_int(dest, &args[0], check(site)),

            StrLen | ArrayLen(_) => {
                self.len(&args[0]);
                self.code.push(I::I64ExtendI32U);
                self.set(dest);
            }
            StrToBytes | BytesToStr => {
                self.value(&args[0]);
                self.set(dest);
            }
            StrPush => self.push_element(stmt, live, vera_abi::layout::Rep::Byte, &args[0], &args[1]),
            StrByte => self.get_element(dest, vera_abi::layout::Rep::Byte, &args[0], &args[1], None),
            StrByteChecked(site) => self.string_byte_checked(dest, &args[0], &args[1], check(site)),
            StrEq => self.string_equal(dest, &args[0], &args[1]),
            StrConcat | StrSlice | StrCompare | StrFind | StrHash | StrKeyHash | I64ToStr | StrPushI64 => {
                self.string_call(stmt, live, prim, args);
            }

            ArrayGet(rep, site) => self.get_element(dest, rep, &args[0], &args[1], Some(check(site))),
            ArrayGetUnchecked(rep) => self.get_element(dest, rep, &args[0], &args[1], None),
            ArrayPush(rep) => self.push_element(stmt, live, rep, &args[0], &args[1]),
            ArrayConcat(rep) => self.array_concat(stmt, live, rep, &args[0], &args[1]),
            ArraySlice(rep) => self.array_slice(stmt, live, rep, args),
            ArrayWithCapacity(rep) => self.array_with_capacity(stmt, live, rep, &args[0]),
            ArraySet(rep) => self.array_set(stmt, live, rep, args),
            ArrayInsert(rep) => self.array_insert(stmt, live, rep, args),
            ArrayRemove(rep) => self.array_remove(stmt, live, rep, args),

            KeyStep => self.simple(stmt, args, &[I::Call(self.context.support.function(SupportFn::KeyStep))]),
            KeyNumber => self.simple(stmt, args, &[I::Call(self.context.support.function(SupportFn::KeyNumber))]),
            WrapAddI64 => self.simple(stmt, args, &[I::I64Add]),
            WrapSubI64 => self.simple(stmt, args, &[I::I64Sub]),
            WrapMulI64 => self.simple(stmt, args, &[I::I64Mul]),
            AndI64 => self.simple(stmt, args, &[I::I64And]),
            OrI64 => self.simple(stmt, args, &[I::I64Or]),
            XorI64 => self.simple(stmt, args, &[I::I64Xor]),
            ShlI64 => self.simple(stmt, args, &[I::I64Shl]),
            ShrI64 => self.simple(stmt, args, &[I::I64ShrU]),
            PopcountI64 => self.simple(stmt, args, &[I::I64Popcnt]),
            EqI64 => self.simple(stmt, args, &[I::I64Eq]),
            NeI64 => self.simple(stmt, args, &[I::I64Ne]),
            LtI64 => self.simple(stmt, args, &[I::I64LtS]),
            LeI64 => self.simple(stmt, args, &[I::I64LeS]),
            GtI64 => self.simple(stmt, args, &[I::I64GtS]),
            GeI64 => self.simple(stmt, args, &[I::I64GeS]),
            AddF64 => self.simple(stmt, args, &[I::F64Add]),
            SubF64 => self.simple(stmt, args, &[I::F64Sub]),
            MulF64 => self.simple(stmt, args, &[I::F64Mul]),
            DivF64 => self.simple(stmt, args, &[I::F64Div]),
            NegF64 => self.simple(stmt, args, &[I::F64Neg]),
            SqrtF64 => self.simple(stmt, args, &[I::F64Sqrt]),
            FloorF64 => self.simple(stmt, args, &[I::F64Floor]),
            CeilF64 => self.simple(stmt, args, &[I::F64Ceil]),
            TruncF64 => self.simple(stmt, args, &[I::F64Trunc]),
            NearestF64 => self.simple(stmt, args, &[I::F64Nearest]),
            EqF64 => self.simple(stmt, args, &[I::F64Eq]),
            NeF64 => self.simple(stmt, args, &[I::F64Ne]),
            LtF64 => self.simple(stmt, args, &[I::F64Lt]),
            LeF64 => self.simple(stmt, args, &[I::F64Le]),
            GtF64 => self.simple(stmt, args, &[I::F64Gt]),
            GeF64 => self.simple(stmt, args, &[I::F64Ge]),
            I64ToF64 => self.simple(stmt, args, &[I::F64ConvertI64S]),
            F64Bits => self.simple(stmt, args, &[I::I64ReinterpretF64]),
            F64FromBits => self.simple(stmt, args, &[I::F64ReinterpretI64]),
            Not => self.simple(stmt, args, &[I::I32Eqz]),
            EqByte | SameObject => self.simple(stmt, args, &[I::I32Eq]),
            LtByte => self.simple(stmt, args, &[I::I32LtU]),
            ByteToI64 => self.simple(stmt, args, &[I::I64ExtendI32U]),
            I64ToByte => self.simple(stmt, args, &[I::I32WrapI64, I::I32Const(0xff), I::I32And]),
            TagOf => self.simple(stmt, args, &[I::I32Load16U(TAG), I::I64ExtendI32U]),
        }
    }

    /// Operands, then instructions that turn their values into the result's.
    fn simple(&mut self, stmt: &Stmt, args: &[Atom], instructions: &[I<'static>]) {
        args.iter().for_each(|arg| self.value(arg));
        self.code.extend(instructions.iter().cloned());
        self.set(stmt.dest);
    }
}

/// Whether an operand is the integer 0.
fn is_zero(atom: &Atom) -> bool {
    *atom == Atom::I64(0)
}
