//! Allocation of records, closures and array literals.
//!
//! Small objects are allocated inline from the hole of their size class. Only an empty hole takes a call, and only then
//! are pointers saved. Every field is stored before anything else can allocate, so no memory is zeroed.

use super::function::Emitter;
use super::memory::word;
use crate::core::{Atom, ClosureId, RecordId, Stmt};
use crate::emit::live::StmtLive;
use crate::emit::site::array_size;
use crate::support::SupportFn;
use vera_abi::heap::{
    BUFFER_DATA, BUFFER_FILL, CLASS_CUR, CLASS_END, EMPTY_BUFFER, buffer_header, cell_size, class_record,
    record_header, size_class,
};
use vera_abi::layout::{RecordLayout, Rep};
use wasm_encoder::Instruction as I;

impl Emitter<'_, '_> {
    pub(super) fn record(&mut self, stmt: &Stmt, live: &StmtLive, id: RecordId, args: &[Atom]) {
        let layout = self.context.records[id.index()].clone();
        let tag = self.context.program.records[id.index()].tag;
        self.object(stmt, live, &layout, tag, args);
    }

    pub(super) fn closure(&mut self, stmt: &Stmt, live: &StmtLive, id: ClosureId, captures: &[Atom]) {
        let table_index = self.context.table_index(id);
        if captures.is_empty() {
            let address = self.context.statics.closure(table_index);
            self.code.push(I::I32Const(address as i32));
            self.set(stmt.dest);
            return;
        }
        let layout = self.context.closures[id.index()].clone();
        self.object(stmt, live, &layout, table_index, captures);
    }

    pub(super) fn array(&mut self, stmt: &Stmt, live: &StmtLive, rep: Rep, items: &[Atom]) {
        let pointer = self.place(stmt.dest);
        if items.is_empty() {
            self.code.extend([
                I::I32Const(EMPTY_BUFFER as i32),
                I::LocalSet(pointer),
                I::I32Const(0),
                I::LocalSet(pointer + 1),
            ]);
            return;
        }
        let count = items.len() as i32;
        self.allocate(stmt, live, array_size(rep, items.len()), pointer);
        self.store_word(pointer, 0, buffer_header(rep.buffer_kind()));
        self.store_word(pointer, BUFFER_FILL, count as u32);
        for (index, item) in (0..).zip(items) {
            self.store_element(rep, pointer, BUFFER_DATA + index * rep.element_size(), item);
        }
        self.code.extend([I::I32Const(count), I::LocalSet(pointer + 1)]);
    }

    fn object(&mut self, stmt: &Stmt, live: &StmtLive, layout: &RecordLayout, tag: u32, fields: &[Atom]) {
        let object = self.place(stmt.dest);
        self.allocate(stmt, live, layout.size, object);
        self.store_word(object, 0, record_header(tag, layout.pointers));
        for (place, field) in layout.fields.iter().zip(fields) {
            self.store_field(object, *place, field);
        }
    }

    /// Puts the address of an uninitialised cell of at least `size` bytes in a WebAssembly local.
    fn allocate(&mut self, stmt: &Stmt, live: &StmtLive, size: u32, object: u32) {
        let needed = self.needed(stmt, live);
        let Some(class) = size_class(size) else {
            self.root(&needed);
            let alloc = self.context.support.function(SupportFn::Alloc);
            self.code.extend([I::I32Const(size as i32), I::Call(alloc), I::LocalSet(object)]);
            return;
        };
        self.root_many(&needed);
        let record = class_record(class);
        self.load_absolute(record + CLASS_CUR);
        self.code.push(I::LocalTee(object));
        self.load_absolute(record + CLASS_END);
        self.code.push(I::I32Eq);
        self.code.open_unlikely_if();
        self.root_rarely(&needed, |emitter| {
            let alloc_slow = emitter.context.support.function(SupportFn::AllocSlow);
            emitter.code.extend([I::I32Const(record as i32), I::Call(alloc_slow), I::LocalSet(object)]);
        });
        self.code.open_else();
        self.code.extend([
            I::I32Const(0),
            I::LocalGet(object),
            I::I32Const(cell_size(class) as i32),
            I::I32Add,
            I::I32Store(word(record + CLASS_CUR)),
        ]);
        self.code.end();
    }

    /// Stores a constant word at an offset from a WebAssembly local.
    pub(super) fn store_word(&mut self, base: u32, offset: u32, value: u32) {
        self.code.extend([I::LocalGet(base), I::I32Const(value as i32), I::I32Store(word(offset))]);
    }
}
