//! Strings: calls of the support module, unless a comparison of lengths decides.

use super::super::function::Emitter;
use crate::core::{Atom, LocalId, Prim, Stmt};
use crate::emit::live::StmtLive;
use crate::emit::memory::byte;
use crate::emit::trap::Check;
use crate::support::SupportFn;
use vera_abi::heap::BUFFER_DATA;
use wasm_encoder::Instruction as I;

impl Emitter<'_, '_> {
    pub(super) fn string_equal(&mut self, dest: LocalId, left: &Atom, right: &Atom) {
        self.len(left);
        self.len(right);
        self.code.push(I::I32Eq);
        self.set(dest);
        let result = self.place(dest);
        self.code.push(I::LocalGet(result));
        self.code.open_if();
        self.value(left);
        self.value(right);
        self.code.push(I::Call(self.context.support.function(SupportFn::BytesEqual)));
        self.set(dest);
        self.code.end();
    }

    pub(super) fn string_byte_checked(&mut self, dest: LocalId, string: &Atom, index: &Atom, check: Check<'_>) {
        self.check_index(string, index, check);
        self.pointer(string);
        self.int_as_i32(index);
        self.code.extend([I::I32Add, I::I64Load8U(byte(BUFFER_DATA))]);
        self.set(dest);
    }

    pub(super) fn string_call(&mut self, stmt: &Stmt, live: &StmtLive, prim: Prim, args: &[Atom]) {
        let (callee, result): (SupportFn, &[I<'static>]) = match prim {
            Prim::StrConcat => (SupportFn::BytesAppend, &[]),
            Prim::StrSlice => (SupportFn::BytesSlice, &[]),
            Prim::StrCompare => (SupportFn::BytesCompare, &[I::I64ExtendI32S]),
            Prim::StrFind => (SupportFn::BytesFind, &[I::I64ExtendI32S]),
            Prim::StrHash => (SupportFn::BytesHash, &[]),
            Prim::StrKeyHash => (SupportFn::BytesKeyHash, &[]),
            Prim::I64ToStr => (SupportFn::IntToString, &[]),
            _ => (SupportFn::AppendInt, &[]),
        };
        let offsets_from = match prim {
            Prim::StrSlice => 1,
            Prim::StrFind => 2,
            _ => args.len(),
        };
        self.root_for(stmt, live);
        for (position, arg) in args.iter().enumerate() {
            if position < offsets_from {
                self.value(arg);
            } else {
                self.int_as_i32(arg);
            }
        }
        self.code.push(I::Call(self.context.support.function(callee)));
        self.code.extend(result.iter().cloned());
        self.set(stmt.dest);
    }
}
