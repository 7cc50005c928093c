//! Arrays: element access, appending in place, copies with a change.

use super::super::function::Emitter;
use crate::core::{Atom, LocalId, Stmt};
use crate::emit::live::StmtLive;
use crate::emit::locals::Locals;
use crate::emit::memory::word;
use crate::emit::trap::Check;
use crate::support::SupportFn;
use vera_abi::heap::{BLOCK, BLOCK_CELL_SIZE, BUFFER_DATA, BUFFER_FILL, MAX_BUFFER_BYTES, buffer_header};
use vera_abi::layout::Rep;
use wasm_encoder::{Instruction as I, ValType};

impl Emitter<'_, '_> {
    /// Pushes an integer operand that is known to fit, as an `i32`.
    pub(super) fn int_as_i32(&mut self, atom: &Atom) {
        match atom {
            Atom::I64(value) => self.code.push(I::I32Const(*value as i32)),
            _ => {
                self.value(atom);
                self.code.push(I::I32WrapI64);
            }
        }
    }

    /// Traps unless `0 <= index < length`, which is one comparison of unsigned numbers.
    pub(super) fn check_index(&mut self, slice: &Atom, index: &Atom, check: Check<'_>) {
        if let Atom::I64(constant @ 0..=0x7fff_ffff) = index {
            self.len(slice);
            self.code.extend([I::I32Const(*constant as i32), I::I32LeU]);
        } else {
            self.value(index);
            self.len(slice);
            self.code.extend([I::I64ExtendI32U, I::I64GeU]);
        }
        self.fail_if(check);
    }

    pub(super) fn get_element(
        &mut self,
        dest: LocalId,
        rep: Rep,
        array: &Atom,
        index: &Atom,
        check: Option<Check<'_>>,
    ) {
        if let Some(check) = check {
            self.check_index(array, index, check);
        }
        if rep == Rep::Unit {
            return;
        }
        let address = self.code.temp(ValType::I32);
        self.element_address(rep, array, index);
        self.code.push(I::LocalSet(address));
        self.load_element(rep, address, BUFFER_DATA, dest);
        self.code.release(ValType::I32, address);
    }

    /// Pushes the address of an element, less [`BUFFER_DATA`].
    fn element_address(&mut self, rep: Rep, array: &Atom, index: &Atom) {
        self.pointer(array);
        self.int_as_i32(index);
        self.scale(rep);
        self.code.push(I::I32Add);
    }

    /// Turns a number of elements on the stack into bytes.
    fn scale(&mut self, rep: Rep) {
        match rep.element_size() {
            1 => {}
            size => self.code.extend([I::I32Const(size as i32), I::I32Mul]),
        }
    }

    /// The array with one element more. In place when the array ends at its buffer's fill mark and the cell, whose
    /// size its block knows, has room.
    pub(super) fn push_element(&mut self, stmt: &Stmt, live: &StmtLive, rep: Rep, array: &Atom, element: &Atom) {
        let needed = self.needed(stmt, live);
        let leaving = self.leaving(array);
        if leaving.is_none() {
            self.root_many(&needed);
        }
        let pointer = self.place(stmt.dest);
        let len = pointer + 1;
        self.pointer(array);
        self.code.push(I::LocalSet(pointer));
        self.len(array);
        self.code.extend([I::I32Const(1), I::I32Add, I::LocalSet(len)]);

        if rep == Rep::Unit {
            self.root_rarely(&needed, |emitter| emitter.reserve_one(rep, array, pointer));
            return;
        }
        let (known, room) = (self.room_of(array), self.room(stmt.dest));
        if let Some(known) = known {
            // Nobody else appends to this array: where it has room, its end is the buffer's.
            if let Some(room) = room {
                self.code.extend([I::LocalGet(known), I::LocalSet(room)]);
            }
            self.len(array);
            self.code.extend([I::LocalGet(known), I::I32GeU]);
            self.code.open_unlikely_if();
        }
        if let Some(exit) = leaving {
            let frame = self.frame.clone();
            self.leave_to(exit);
            self.frame = frame;
        } else {
            self.has_no_room(rep, array, pointer);
            self.code.open_unlikely_if();
            self.root_rarely(&needed, |emitter| emitter.reserve_one(rep, array, pointer));
            self.code.end();
            if let Some(room) = room {
                self.read_room(rep, pointer, room);
            }
        }
        if known.is_some() {
            self.code.end();
        }
        // A reserved element is counted already; counting it again is less than a branch.
        self.code.extend([I::LocalGet(pointer), I::LocalGet(len), I::I32Store(word(BUFFER_FILL))]);

        let address = self.code.temp(ValType::I32);
        self.code.push(I::LocalGet(pointer));
        self.len(array);
        self.scale(rep);
        self.code.extend([I::I32Add, I::LocalSet(address)]);
        self.store_element(rep, address, BUFFER_DATA, element);
        self.code.release(ValType::I32, address);
    }

    /// Pushes whether an array cannot get another element in place. Its buffer is in a WebAssembly local.
    fn has_no_room(&mut self, rep: Rep, array: &Atom, pointer: u32) {
        self.code.extend([I::LocalGet(pointer), I::I32Load(word(BUFFER_FILL))]);
        self.len(array);
        self.code.push(I::I32Ne);
        self.len(array);
        self.code.extend([I::I32Const(1), I::I32Add]);
        self.scale(rep);
        self.code.extend([I::I32Const(BUFFER_DATA as i32), I::I32Add]);
        self.code.extend([I::LocalGet(pointer), I::I32Const(-(BLOCK as i32)), I::I32And]);
        self.code.extend([I::I32Load(word(BLOCK_CELL_SIZE)), I::I32GtU, I::I32Or]);
    }

    /// Gives an array that carries its room a buffer with room for one element more, and the room that this has.
    pub(in crate::emit) fn make_room(&mut self, rep: Rep, array: LocalId, needed: &Locals) {
        let pointer = self.place(array);
        let atom = Atom::Local(array);
        self.has_no_room(rep, &atom, pointer);
        self.code.open_if();
        self.root_rarely(needed, |emitter| emitter.reserve_one(rep, &atom, pointer));
        // The element is not there yet.
        self.code.push(I::LocalGet(pointer));
        self.len(&atom);
        self.code.push(I::I32Store(word(BUFFER_FILL)));
        self.code.end();
        if let Some(room) = self.room(array) {
            self.read_room(rep, pointer, room);
        }
    }

    /// Puts the number of elements that a buffer's cell holds in a WebAssembly local.
    fn read_room(&mut self, rep: Rep, pointer: u32, room: u32) {
        self.code.extend([I::LocalGet(pointer), I::I32Const(-(BLOCK as i32)), I::I32And]);
        self.code.extend([I::I32Load(word(BLOCK_CELL_SIZE)), I::I32Const(BUFFER_DATA as i32), I::I32Sub]);
        self.code.extend([I::I32Const(rep.element_size().trailing_zeros() as i32), I::I32ShrU, I::LocalSet(room)]);
    }

    /// Puts a buffer that has the array's elements and room for one more, already counted, in a WebAssembly local.
    fn reserve_one(&mut self, rep: Rep, array: &Atom, pointer: u32) {
        self.value(array);
        self.code.extend([
            I::I32Const(1),
            I::I32Const(rep.element_size() as i32),
            I::I32Const(buffer_header(rep.buffer_kind()) as i32),
            I::Call(self.context.support.function(SupportFn::BufferReserve)),
            I::LocalSet(pointer),
        ]);
    }

    pub(super) fn array_concat(&mut self, stmt: &Stmt, live: &StmtLive, rep: Rep, first: &Atom, second: &Atom) {
        // An empty operand leaves the other one as it is, without a copy.
        self.root_for(stmt, live);
        let pointer = self.place(stmt.dest);
        self.len(second);
        self.code.push(I::I32Eqz);
        self.code.open_if();
        self.value(first);
        self.set(stmt.dest);
        self.code.open_else();
        self.len(first);
        self.code.push(I::I32Eqz);
        self.code.open_if();
        self.value(second);
        self.set(stmt.dest);
        self.code.open_else();
        self.value(first);
        self.len(second);
        self.code.extend([
            I::I32Const(rep.element_size() as i32),
            I::I32Const(buffer_header(rep.buffer_kind()) as i32),
            I::Call(self.context.support.function(SupportFn::BufferReserve)),
            I::LocalSet(pointer),
        ]);
        self.len(first);
        self.len(second);
        self.code.extend([I::I32Add, I::LocalSet(pointer + 1)]);
        if rep != Rep::Unit {
            self.code.push(I::LocalGet(pointer));
            self.len(first);
            self.scale(rep);
            self.code.extend([I::I32Add, I::I32Const(BUFFER_DATA as i32), I::I32Add]);
            self.pointer(second);
            self.code.extend([I::I32Const(BUFFER_DATA as i32), I::I32Add]);
            self.len(second);
            self.scale(rep);
            self.code.push(MOVE);
        }
        self.code.end();
        self.code.end();
    }

    pub(super) fn array_slice(&mut self, stmt: &Stmt, live: &StmtLive, rep: Rep, args: &[Atom]) {
        self.root_for(stmt, live);
        let pointer = self.place(stmt.dest);
        self.pointer(&args[0]);
        self.int_as_i32(&args[1]);
        self.int_as_i32(&args[2]);
        self.buffer_slice(rep);
        self.code.push(I::LocalSet(pointer));
        self.int_as_i32(&args[2]);
        self.code.push(I::LocalSet(pointer + 1));
    }

    fn buffer_slice(&mut self, rep: Rep) {
        self.code.extend([
            I::I32Const(rep.element_size() as i32),
            I::I32Const(buffer_header(rep.buffer_kind()) as i32),
            I::Call(self.context.support.function(SupportFn::BufferSlice)),
        ]);
    }

    pub(super) fn array_with_capacity(&mut self, stmt: &Stmt, live: &StmtLive, rep: Rep, count: &Atom) {
        self.root_for(stmt, live);
        let pointer = self.place(stmt.dest);
        let size = i64::from(rep.element_size());
        // One element more than a buffer may have is enough to be refused.
        let most_elements = i64::from(MAX_BUFFER_BYTES).checked_div(size).map_or(0, |elements| elements + 1);
        if let Atom::I64(count) = count {
            self.code.push(I::I32Const(((*count).clamp(0, most_elements) * size) as i32));
        } else {
            let elements = self.code.temp(ValType::I64);
            self.value(count);
            self.code.extend([I::I64Const(0)]);
            self.value(count);
            self.code.extend([I::I64Const(0), I::I64GtS, I::Select, I::LocalTee(elements)]);
            self.code.extend([I::I64Const(most_elements)]);
            self.code.extend([I::LocalGet(elements), I::I64Const(most_elements), I::I64LtS, I::Select]);
            self.code.push(I::I32WrapI64);
            self.scale(rep);
            self.code.release(ValType::I64, elements);
        }
        self.code.extend([
            I::I32Const(buffer_header(rep.buffer_kind()) as i32),
            I::Call(self.context.support.function(SupportFn::BufferNew)),
            I::LocalSet(pointer),
            I::I32Const(0),
            I::LocalSet(pointer + 1),
        ]);
        if let Some(room) = self.room(stmt.dest) {
            self.read_room(rep, pointer, room);
        }
    }

    pub(super) fn array_set(&mut self, stmt: &Stmt, live: &StmtLive, rep: Rep, args: &[Atom]) {
        let [array, index, element] = args else { return };
        self.root_for(stmt, live);
        let pointer = self.place(stmt.dest);
        self.pointer(array);
        self.code.push(I::I32Const(0));
        self.len(array);
        self.buffer_slice(rep);
        self.code.push(I::LocalSet(pointer));
        self.len(array);
        self.code.push(I::LocalSet(pointer + 1));
        self.store_at(rep, pointer, index, element);
    }

    pub(super) fn array_insert(&mut self, stmt: &Stmt, live: &StmtLive, rep: Rep, args: &[Atom]) {
        let [array, index, element] = args else { return };
        self.root_for(stmt, live);
        let pointer = self.place(stmt.dest);
        self.resized(rep, pointer, array, 1);
        self.copy_before(rep, pointer, array, index);
        self.copy_after(rep, (pointer, 1), (array, 0), index);
        self.store_at(rep, pointer, index, element);
    }

    pub(super) fn array_remove(&mut self, stmt: &Stmt, live: &StmtLive, rep: Rep, args: &[Atom]) {
        let [array, index] = args else { return };
        self.root_for(stmt, live);
        let pointer = self.place(stmt.dest);
        self.resized(rep, pointer, array, -1);
        self.copy_before(rep, pointer, array, index);
        self.copy_after(rep, (pointer, 0), (array, 1), index);
    }

    /// A fresh buffer for as many elements as `array` has and `more`, marked full; the caller stores them all.
    fn resized(&mut self, rep: Rep, pointer: u32, array: &Atom, more: i32) {
        self.len(array);
        self.code.extend([I::I32Const(more), I::I32Add, I::LocalTee(pointer + 1)]);
        self.scale(rep);
        self.code.extend([
            I::I32Const(buffer_header(rep.buffer_kind()) as i32),
            I::Call(self.context.support.function(SupportFn::BufferNew)),
            I::LocalTee(pointer),
            I::LocalGet(pointer + 1),
            I::I32Store(word(BUFFER_FILL)),
        ]);
    }

    /// Copies the elements of an array before an index to the same places of a buffer.
    fn copy_before(&mut self, rep: Rep, buffer: u32, array: &Atom, index: &Atom) {
        if rep == Rep::Unit {
            return;
        }
        self.code.extend([I::LocalGet(buffer), I::I32Const(BUFFER_DATA as i32), I::I32Add]);
        self.pointer(array);
        self.code.extend([I::I32Const(BUFFER_DATA as i32), I::I32Add]);
        self.int_as_i32(index);
        self.scale(rep);
        self.code.push(MOVE);
    }

    /// Copies the elements of an array from `index + skipped` on to a buffer's places from `index + left` on.
    fn copy_after(&mut self, rep: Rep, (buffer, left): (u32, i32), (array, skipped): (&Atom, i32), index: &Atom) {
        if rep == Rep::Unit {
            return;
        }
        let beyond = |elements: i32| BUFFER_DATA as i32 + elements * rep.element_size() as i32;
        for (array, offset) in [(None, beyond(left)), (Some(array), beyond(skipped))] {
            match array {
                None => self.code.push(I::LocalGet(buffer)),
                Some(array) => self.pointer(array),
            }
            self.int_as_i32(index);
            self.scale(rep);
            self.code.extend([I::I32Add, I::I32Const(offset), I::I32Add]);
        }
        self.len(array);
        self.int_as_i32(index);
        self.code.extend([I::I32Sub, I::I32Const(skipped), I::I32Sub]);
        self.scale(rep);
        self.code.push(MOVE);
    }

    fn store_at(&mut self, rep: Rep, pointer: u32, index: &Atom, element: &Atom) {
        if rep == Rep::Unit {
            return;
        }
        let address = self.code.temp(ValType::I32);
        self.code.push(I::LocalGet(pointer));
        self.int_as_i32(index);
        self.scale(rep);
        self.code.extend([I::I32Add, I::LocalSet(address)]);
        self.store_element(rep, address, BUFFER_DATA, element);
        self.code.release(ValType::I32, address);
    }
}

const MOVE: I<'static> = I::MemoryCopy { src_mem: 0, dst_mem: 0 };
