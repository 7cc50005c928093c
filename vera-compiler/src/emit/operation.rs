//! Operations other than control flow: calls, reads, checks that fail. Allocation and primitives have files of
//! their own.

use super::function::Emitter;
use super::memory::{double, word};
use crate::core::{Atom, Op, Stmt};
use crate::emit::live::StmtLive;
use crate::support::SupportGlobal;
use vera_abi::heap::{TRAP_RECORD, TRAP_RECORD_WORDS};
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

    /// Stores the arguments of a failed check in the trap record, each value widened to 8 bytes.
    pub(super) fn record_arguments(&mut self, atoms: &[Atom]) {
        let mut index = 0;
        for atom in atoms {
            let rep = self.rep(atom);
            let words = rep.values() as u32;
            if index + words > TRAP_RECORD_WORDS {
                break;
            }
            let address = TRAP_RECORD + index * 8;
            index += words;
            match rep {
                Rep::Unit => {}
                Rep::I64 => {
                    self.code.push(I::I32Const(0));
                    self.value(atom);
                    self.code.push(I::I64Store(double(address)));
                }
                Rep::F64 => {
                    self.code.push(I::I32Const(0));
                    self.value(atom);
                    self.code.push(I::F64Store(double(address)));
                }
                Rep::Byte => {
                    self.code.push(I::I32Const(0));
                    self.value(atom);
                    self.code.extend([I::I64ExtendI32U, I::I64Store(double(address))]);
                }
                Rep::Ptr | Rep::Slice => {
                    self.code.push(I::I32Const(0));
                    self.pointer(atom);
                    self.code.extend([I::I64ExtendI32U, I::I64Store(double(address))]);
                    if rep == Rep::Slice {
                        self.code.push(I::I32Const(0));
                        self.len(atom);
                        self.code.extend([I::I64ExtendI32U, I::I64Store(double(address + 8))]);
                    }
                }
            }
        }
    }

    /// Stops the program at a trap site.
    pub(super) fn fail(&mut self, site: i32) {
        let trap_site = self.context.support.global(SupportGlobal::TrapSite);
        self.code.extend([I::I32Const(site), I::GlobalSet(trap_site), I::Unreachable]);
    }

    /// Stops the program at a trap site when the value on the stack is not zero.
    pub(super) fn fail_if(&mut self, site: crate::core::SiteId) {
        self.code.open_unlikely_if();
        self.fail(site.0 as i32);
        self.code.end();
    }

    /// Pushes the 4-byte word at a constant address.
    pub(super) fn load_absolute(&mut self, address: u32) {
        self.code.extend([I::I32Const(0), I::I32Load(word(address))]);
    }
}
