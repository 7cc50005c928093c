//! Static objects: field-less constructors, string literals, closures that capture nothing.
//!
//! They look like heap objects but are below the heap, so the collector ignores them. A literal's fill mark is greater
//! than any length, so nothing is appended to it in place.

use crate::core::{Atom, Block, Program};
use indexmap::IndexMap;
use std::sync::Arc;
use vera_abi::heap::{BUFFER_DATA, EMPTY_BUFFER, KIND_RECORD, STATICS, buffer_header, record_header};
use vera_abi::interface::TypeDesc;

/// The fill mark of a literal.
const FULL: u32 = u32::MAX;

/// Largest tag of a field-less constructor of the prelude (`MdThematicBreak`), which host functions may make whatever
/// the program mentions.
const LARGEST_PRELUDE_TAG: u32 = vera_abi::prelude::md_block::THEMATIC_BREAK;

/// The static objects of a module, placed in order of first use.
#[derive(Debug)]
pub(crate) struct Statics {
    /// From [`STATICS`].
    bytes: Vec<u8>,
    strings: IndexMap<Arc<str>, u32>,
    closures: IndexMap<u32, u32>,
}

impl Statics {
    /// With the constructors of the program.
    pub(crate) fn of(program: &Program) -> Self {
        let mut bytes = Vec::new();
        for tag in 0..=largest_tag(program) {
            bytes.extend(record_header(tag, 0).to_le_bytes());
            bytes.extend(0u32.to_le_bytes());
        }
        Self { bytes, strings: IndexMap::new(), closures: IndexMap::new() }
    }

    /// The buffer of a string literal.
    pub(crate) fn string(&mut self, text: &Arc<str>) -> u32 {
        if text.is_empty() {
            return EMPTY_BUFFER;
        }
        if let Some(&address) = self.strings.get(text) {
            return address;
        }
        let address = self.end();
        self.bytes.extend(buffer_header(KIND_RECORD).to_le_bytes());
        self.bytes.extend(FULL.to_le_bytes());
        debug_assert_eq!(self.end() - address, BUFFER_DATA);
        self.bytes.extend(text.as_bytes());
        self.align();
        self.strings.insert(text.clone(), address);
        address
    }

    /// The closure of a function in the table that captures nothing.
    pub(crate) fn closure(&mut self, table_index: u32) -> u32 {
        if let Some(&address) = self.closures.get(&table_index) {
            return address;
        }
        let address = self.end();
        self.bytes.extend(record_header(table_index, 0).to_le_bytes());
        self.bytes.extend(0u32.to_le_bytes());
        self.closures.insert(table_index, address);
        address
    }

    /// The first address after the static objects, a multiple of 8.
    pub(crate) fn end(&self) -> u32 {
        STATICS + self.bytes.len() as u32
    }

    /// The contents of memory from [`STATICS`] on.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
    }
}

/// The largest tag of a field-less constructor that the program mentions or its host may make.
fn largest_tag(program: &Program) -> u32 {
    let mut largest = LARGEST_PRELUDE_TAG;
    let mut mention = |atom: &Atom| {
        if let Atom::Static(tag) = atom {
            largest = largest.max(*tag);
        }
    };
    let mut in_block = |block: &Block| {
        block.stmts.iter().for_each(|stmt| stmt.op.for_each_atom(&mut mention));
        block.end.for_each_atom(&mut mention);
    };
    program.functions.iter().for_each(|function| function.body.for_each_block(&mut in_block));
    for ty in &program.interface.types {
        if let TypeDesc::Data(data) = ty {
            largest = largest.max((data.constructors.len() as u32).saturating_sub(1));
        }
    }
    largest
}
