//! The failing side of checks: it stores the values in the trap record and stops the program.
//!
//! A correct run never takes these paths. The first words of the record are globals, so a check of arithmetic or
//! indexing does not make a function touch memory or call anything.

use super::function::Emitter;
use super::memory::double;
use crate::core::{Atom, Prim, Recorded, SiteId};
use crate::support::SupportGlobal;
use vera_abi::heap::TRAP_RECORD;
use vera_abi::layout::Rep;
use vera_abi::trap::{GLOBAL_WORDS, RECORD_WORDS};
use wasm_encoder::Instruction as I;

/// The check of a primitive, and what it looks at.
#[derive(Clone, Copy)]
pub(super) struct Check<'a> {
    site: SiteId,
    recorded: Recorded,
    operands: &'a [Atom],
}

impl<'a> Check<'a> {
    /// The check of a primitive with these operands that has that site.
    pub(super) fn of(prim: Prim, site: SiteId, operands: &'a [Atom]) -> Self {
        Check { site, recorded: prim.recorded(site), operands }
    }
}

impl Emitter<'_, '_> {
    /// Stops the program at the site of a failed check, which records these values.
    pub(super) fn trap(&mut self, site: SiteId, values: &[Atom]) {
        let mut next = 0;
        for atom in values {
            let rep = self.rep(atom);
            let end = next + rep.values() as u32;
            if end > RECORD_WORDS {
                break;
            }
            match rep {
                Rep::Unit => {}
                Rep::I64 => self.note_word(next, |emitter| emitter.value(atom)),
                Rep::F64 => self.note_word(next, |emitter| {
                    emitter.value(atom);
                    emitter.code.push(I::I64ReinterpretF64);
                }),
                Rep::Byte => self.note_word(next, |emitter| {
                    emitter.value(atom);
                    emitter.code.push(I::I64ExtendI32U);
                }),
                Rep::Ptr | Rep::Slice => {
                    self.note_word(next, |emitter| {
                        emitter.pointer(atom);
                        emitter.code.push(I::I64ExtendI32U);
                    });
                    if rep == Rep::Slice {
                        self.note_word(next + 1, |emitter| emitter.recorded_len(atom));
                    }
                }
            }
            next = end;
        }
        self.stop(site.0 as i32);
    }

    /// Stops the program at the site of a primitive's check.
    pub(super) fn fail(&mut self, check: Check<'_>) {
        match (check.recorded, check.operands) {
            (Recorded::IndexAndLength, [slice, index]) => {
                self.note_word(0, |emitter| emitter.value(index));
                self.note_word(1, |emitter| emitter.recorded_len(slice));
                self.stop(check.site.0 as i32);
            }
            (Recorded::First, [first, ..]) => self.trap(check.site, std::slice::from_ref(first)),
            (_, operands) => self.trap(check.site, operands),
        }
    }

    /// Stops the program at the site of a primitive's check when the value on the stack is not zero.
    pub(super) fn fail_if(&mut self, check: Check<'_>) {
        self.code.open_unlikely_if();
        self.fail(check);
        self.code.end();
    }

    /// Stores what `push` pushes, an `i64`, in a word of the record.
    fn note_word(&mut self, word: u32, push: impl FnOnce(&mut Self)) {
        if word < GLOBAL_WORDS {
            push(self);
            let global = self.context.support.global(SupportGlobal::TrapWord(word));
            self.code.push(I::GlobalSet(global));
        } else {
            self.code.push(I::I32Const(0));
            push(self);
            self.code.push(I::I64Store(double(TRAP_RECORD + word * 8)));
        }
    }

    fn recorded_len(&mut self, slice: &Atom) {
        self.len(slice);
        self.code.push(I::I64ExtendI32U);
    }

    /// Stops the program at a site, which may be one of [`vera_abi::trap`].
    pub(super) fn stop(&mut self, site: i32) {
        let trap_site = self.context.support.global(SupportGlobal::TrapSite);
        self.code.extend([I::I32Const(site), I::GlobalSet(trap_site), I::Unreachable]);
    }
}
