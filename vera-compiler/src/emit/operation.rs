//! Operations other than control flow: calls and reads. Allocation and primitives have files of their own.

use super::function::Emitter;
use super::memory::word;
use crate::core::{Atom, Op, Stmt};
use crate::emit::live::StmtLive;
use vera_abi::layout::Rep;
use wasm_encoder::Instruction as I;

impl Emitter<'_, '_> {
    /// Emits a statement that is no construct.
    pub(super) fn operation(&mut self, stmt: &Stmt, live: &StmtLive) {
        match &stmt.op {
            Op::Use(atom) => {
                self.value(atom);
                self.set(stmt.dest);
            }
            Op::Prim(prim, args) => self.primitive(stmt, live, *prim, args),
            Op::Call(callee, args) => {
                self.root_for(stmt, live);
                args.iter().for_each(|arg| self.value(arg));
                self.code.push(I::Call(self.context.function(*callee)));
                self.set(stmt.dest);
            }
            Op::Extern(id, args) => {
                self.root_for(stmt, live);
                args.iter().for_each(|arg| self.value(arg));
                self.code.push(I::Call(self.context.import(*id)));
                self.set(stmt.dest);
            }
            Op::CallClosure { closure, args, params, result } => {
                self.root_for(stmt, live);
                let type_index = self.closure_arguments(closure, args, params, *result);
                self.code.push(I::CallIndirect { type_index, table_index: 0 });
                self.set(stmt.dest);
            }
            Op::Record(id, args) => self.record(stmt, live, *id, args),
            Op::Closure(id, captures) => self.closure(stmt, live, *id, captures),
            Op::Array(rep, items) => self.array(stmt, live, *rep, items),
            Op::Field(record, object, field) => {
                let place = self.context.records[record.index()].fields[*field as usize];
                self.load_field(object, place);
                self.set(stmt.dest);
            }
            Op::Capture(shape, closure, capture) => {
                let place = self.context.closures[shape.index()].fields[*capture as usize];
                self.load_field(closure, place);
                self.set(stmt.dest);
            }
            Op::Cell(id, first) => self.record(stmt, live, *id, std::slice::from_ref(first)),
            Op::CellGet(id, cell) => {
                let place = self.context.records[id.index()].fields[0];
                self.load_field(cell, place);
                self.set(stmt.dest);
            }
            Op::CellSet(id, cell, value) => {
                let place = self.context.records[id.index()].fields[0];
                self.replace_field(cell, place, value);
            }
            Op::Get(register) => {
                let globals = self.context.register(*register);
                self.code.extend(globals.map(I::GlobalGet));
                self.set(stmt.dest);
            }
            Op::Set(register, value) => {
                let globals = self.context.register(*register);
                self.value(value);
                self.code.extend(globals.rev().map(I::GlobalSet));
            }
            Op::Perform(_) | Op::Answered(_) | Op::Handle(_) | Op::Outside(_) | Op::Resume(_) => {
                debug_assert!(false, "a valid program has no effects");
            }
            Op::If(..) | Op::Switch { .. } | Op::Join { .. } | Op::Loop { .. } => {
                debug_assert!(false, "constructs are emitted elsewhere");
            }
        }
    }

    /// Pushes the operands of an indirect call: closure, arguments, table position. The function's type is returned.
    pub(super) fn closure_arguments(&mut self, closure: &Atom, args: &[Atom], params: &[Rep], result: Rep) -> u32 {
        self.pointer(closure);
        args.iter().for_each(|arg| self.value(arg));
        self.pointer(closure);
        self.code.push(I::I32Load16U(super::memory::TAG));
        self.context.types.of_reps([Rep::Ptr].into_iter().chain(params.iter().copied()), result)
    }

    /// Pushes the 4-byte word at a constant address.
    pub(super) fn load_absolute(&mut self, address: u32) {
        self.code.extend([I::I32Const(0), I::I32Load(word(address))]);
    }
}
