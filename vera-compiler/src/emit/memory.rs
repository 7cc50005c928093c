//! Loads and stores of values by representation.

use super::function::Emitter;
use crate::core::{Atom, LocalId};
use vera_abi::layout::{FieldPlace, Rep};
use wasm_encoder::{Instruction as I, MemArg};

/// The memory operand of a 4-byte word.
pub(super) const fn word(offset: u32) -> MemArg {
    MemArg { offset: offset as u64, align: 2, memory_index: 0 }
}

/// The memory operand of an 8-byte value.
pub(super) const fn double(offset: u32) -> MemArg {
    MemArg { offset: offset as u64, align: 3, memory_index: 0 }
}

/// The memory operand of a byte.
pub(super) const fn byte(offset: u32) -> MemArg {
    MemArg { offset: offset as u64, align: 0, memory_index: 0 }
}

/// The memory operand of the tag in an object's header.
pub(super) const TAG: MemArg = MemArg { offset: 0, align: 1, memory_index: 0 };

impl Emitter<'_, '_> {
    /// Reads a field of the record at `object` and pushes its values.
    pub(super) fn load_field(&mut self, object: &Atom, place: FieldPlace) {
        let load = match place.rep {
            Rep::Unit => return,
            Rep::Byte | Rep::Ptr | Rep::Slice => I::I32Load(word(place.offset)),
            Rep::I64 => I::I64Load(double(place.offset)),
            Rep::F64 => I::F64Load(double(place.offset)),
        };
        self.pointer(object);
        self.code.push(load);
        if place.rep == Rep::Slice {
            self.pointer(object);
            self.code.push(I::I32Load(word(place.len_offset)));
        }
    }

    /// Writes a field of the record at `object`.
    pub(super) fn replace_field(&mut self, object: &Atom, place: FieldPlace, value: &Atom) {
        match object {
            Atom::Local(local) => {
                let object = self.place(*local);
                self.store_field(object, place, value);
            }
            _ => debug_assert!(false, "static objects are not written to: {object:?}"),
        }
    }

    /// Writes a field of the record whose address is in a WebAssembly local.
    pub(super) fn store_field(&mut self, object: u32, place: FieldPlace, value: &Atom) {
        let store = match place.rep {
            Rep::Unit => return,
            Rep::Byte | Rep::Ptr | Rep::Slice => I::I32Store(word(place.offset)),
            Rep::I64 => I::I64Store(double(place.offset)),
            Rep::F64 => I::F64Store(double(place.offset)),
        };
        self.code.push(I::LocalGet(object));
        match place.rep {
            Rep::Ptr | Rep::Slice => self.pointer(value),
            _ => self.value(value),
        }
        self.code.push(store);
        if place.rep == Rep::Slice {
            self.code.push(I::LocalGet(object));
            self.len(value);
            self.code.push(I::I32Store(word(place.len_offset)));
        }
    }

    /// Reads the array element at the address in a WebAssembly local, plus an offset, into a local.
    pub(super) fn load_element(&mut self, rep: Rep, address: u32, offset: u32, dest: LocalId) {
        let load = match rep {
            Rep::Unit => return,
            Rep::Byte => I::I32Load8U(byte(offset)),
            Rep::Ptr | Rep::Slice => I::I32Load(word(offset)),
            Rep::I64 => I::I64Load(double(offset)),
            Rep::F64 => I::F64Load(double(offset)),
        };
        self.code.extend([I::LocalGet(address), load]);
        if rep == Rep::Slice {
            self.code.extend([I::LocalGet(address), I::I32Load(word(offset + 4))]);
        }
        self.set(dest);
    }

    /// Writes an array element to the address in a WebAssembly local, plus an offset.
    pub(super) fn store_element(&mut self, rep: Rep, address: u32, offset: u32, value: &Atom) {
        let store = match rep {
            Rep::Unit => return,
            Rep::Byte => I::I32Store8(byte(offset)),
            Rep::Ptr | Rep::Slice => I::I32Store(word(offset)),
            Rep::I64 => I::I64Store(double(offset)),
            Rep::F64 => I::F64Store(double(offset)),
        };
        self.code.push(I::LocalGet(address));
        match rep {
            Rep::Ptr | Rep::Slice => self.pointer(value),
            _ => self.value(value),
        }
        self.code.push(store);
        if rep == Rep::Slice {
            self.code.push(I::LocalGet(address));
            self.len(value);
            self.code.push(I::I32Store(word(offset + 4)));
        }
    }
}
