//! The module's text, and the values of its placeholders `{NAME}`.
//!
//! Numbers that compiled code or the host also use come from `vera-abi`. The rest of the heap's layout is private to
//! the text files and defined here. Every `{NAME}` in the text is in the table, and every entry of the table is used.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vera_abi::heap::LARGEST_CELL;
use vera_abi::{heap, names, trap};

/// The text files, in order: one module when put together.
const FILES: [&str; 10] = [
    include_str!("heap.wat"),
    include_str!("alloc.wat"),
    include_str!("mark.wat"),
    include_str!("collect.wat"),
    include_str!("check.wat"),
    include_str!("buffers.wat"),
    include_str!("bytes.wat"),
    include_str!("hash.wat"),
    include_str!("search.wat"),
    include_str!("integers.wat"),
];

// A class record after the words that the ABI defines.
const CLASS_BLOCK: u32 = 8;
const CLASS_SIZE: u32 = 12;
const CLASS_LAST_BLOCK: u32 = 16;
const CLASS_TABLE_END: u32 = heap::class_record(heap::CLASS_SIZES.len() as u32);

/// Two maps from size to class, a byte for each multiple of a unit: 8 bytes up to the limit, then 512 bytes.
const FINE_MAP: u32 = CLASS_TABLE_END;
const FINE_SHIFT: u32 = 3;
const FINE_LIMIT: u32 = 2048;
const COARSE_MAP: u32 = FINE_MAP + (FINE_LIMIT >> FINE_SHIFT) + 1;
const COARSE_SHIFT: u32 = 9;
const COARSE_MAP_END: u32 = COARSE_MAP + (LARGEST_CELL >> COARSE_SHIFT) + 1;

/// Heads of the lists of free runs; list n has the runs of 2^n to 2^(n+1) - 1 blocks.
const FREE_RUNS: u32 = COARSE_MAP_END.next_multiple_of(4);
const FREE_RUNS_SIZE: u32 = 4 * (MAX_BLOCKS.ilog2() + 1);

// The header of a block. The cell size, between them, is defined by the ABI.
const BLOCK_NEXT: u32 = 0;
const BLOCK_CLASS: u32 = 4;
const BLOCK_LIVE: u32 = 8;
const BLOCK_LIMIT: u32 = 16;
const BLOCK_CAPACITY: u32 = 20;
const BLOCK_RUN: u32 = 24;
/// log2 of the bytes of a cell that one mark byte stands for.
const MARK_SHIFT: u32 = 4;
/// The mark byte of the first cell, and so the first mark byte in use.
const BLOCK_MARKS: u32 = heap::BLOCK_CELLS >> MARK_SHIFT;

// The class word of segments that have no size class; others hold the address of a class record.
const CLASS_NONE: u32 = 0;
const CLASS_LARGE: u32 = 1;

/// Offset in a chunk of the mark stack of the end address of the chunk before.
const CHUNK_PREVIOUS: u32 = 0;
/// Offset of the first entry, past the block header, whose run length must stay as it is.
const CHUNK_ENTRIES: u32 = 32;

/// The bits of a word that hold the size of an element beside a buffer's header, which has none of them.
const ELEMENT_SIZE_MASK: u32 = 0xff;

/// One page less than the address space, so that the end of the heap is an address.
const MEMORY_MAX_PAGES: u32 = 65535;
/// Blocks in the address space.
const MAX_BLOCKS: u32 = heap::BLOCK_MAP_BYTES;
/// Blocks by which memory grows when there is no reason for more or less: 4 MiB.
const GROWTH_BLOCKS: u32 = (4 << 20) / heap::BLOCK;
/// Bytes allocated between collections, at least; more when more is live.
const MIN_TRIGGER: u32 = 4 << 20;

/// Base of the rolling hash of searches; any large odd number with irregular bits.
const HASH_BASE: i64 = 0x1e37_79b9_7f4a_7c15;

const _: () = {
    assert!(heap::COLLECTIONS + heap::COLLECTIONS_SURVIVED + 8 <= heap::CLASS_TABLE);
    assert!(heap::buffer_header(heap::KIND_RECORD) & ELEMENT_SIZE_MASK == 0);
    assert!(heap::buffer_header(heap::KIND_POINTERS | heap::KIND_SLICES) & ELEMENT_SIZE_MASK == 0);
    assert!(FREE_RUNS + FREE_RUNS_SIZE <= heap::TRAP_RECORD, "the tables end below the trap record");
    assert!(heap::BLOCK.is_power_of_two() && heap::CLASS_RECORD > CLASS_LAST_BLOCK);
    assert!(BLOCK_RUN + 4 <= CHUNK_ENTRIES && CHUNK_ENTRIES <= BLOCK_MARKS);
    assert!(heap::CLASS_SIZES.len() <= 256 && LARGEST_CELL >= FINE_LIMIT);
    assert!(heap::CLASS_SIZES[0] >= 1 << MARK_SHIFT, "no two cells share a mark byte");
    assert!(BLOCK_NEXT == 0 && CHUNK_PREVIOUS == 0, "a list head is a word like the link at the start of a block");
    // The marker takes the element size from the kind.
    assert!(heap::KIND_POINTERS * 4 == 4 && heap::KIND_SLICES * 4 == 8);
    assert!(
        heap::TAG_BITS == 16 && heap::KIND_RECORD == 0,
        "a record's header shifted by the tag is its pointer count"
    );
};

/// The text of the whole module, with `extra` at its end.
///
/// # Panics
///
/// When a text file names a constant that does not exist, which no input decides.
pub(super) fn module_text(extra: &str) -> String {
    let constants = constants();
    let mut text = String::from("(module\n");
    for file in FILES {
        expand(file, &constants, &mut text);
    }
    text.push_str(extra);
    text.push(')');
    text
}

/// Appends `text` with every `{NAME}` replaced.
fn expand(text: &str, constants: &BTreeMap<&'static str, String>, out: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').expect("every brace in the support text is closed");
        out.push_str(before);
        out.push_str(constants.get(name).unwrap_or_else(|| panic!("the support text names {name}")));
        rest = after;
    }
    out.push_str(rest);
}

/// Every name that the text may use.
fn constants() -> BTreeMap<&'static str, String> {
    macro_rules! table {
        ($($name:literal = $value:expr;)*) => { BTreeMap::from([$(($name, $value.to_string())),*]) };
    }
    table! {
        // Exports.
        "MEMORY" = names::MEMORY;
        "GC_SP" = names::GC_SP;
        "GC_STACK_LIMIT" = names::GC_STACK_LIMIT;
        "TRAP_SITE" = names::TRAP_SITE;
        "TRAP_0" = names::TRAP_WORDS[0];
        "TRAP_1" = names::TRAP_WORDS[1];
        "HASH_KEY_0" = names::HASH_KEY[0];
        "HASH_KEY_1" = names::HASH_KEY[1];
        "ALLOCATED" = names::COLLECTION[0];
        "TRIGGER" = names::COLLECTION[1];
        "INIT" = names::INIT;
        "ALLOC" = names::ALLOC;
        "REFILL" = names::REFILL;
        "COLLECT" = names::COLLECT;
        "SET_STRESS" = names::SET_STRESS;
        "CHECK_HEAP" = names::CHECK_HEAP;
        // Trap sites.
        "NO_SITE" = trap::NO_SITE;
        "SITE_HEAP_EXHAUSTED" = trap::SITE_HEAP_EXHAUSTED;
        "SITE_SHADOW_STACK_EXHAUSTED" = trap::SITE_SHADOW_STACK_EXHAUSTED;
        "SITE_HEAP_CORRUPT" = trap::SITE_HEAP_CORRUPT;
        "SITE_BUFFER_TOO_LARGE" = trap::SITE_BUFFER_TOO_LARGE;
        // What the collector counts.
        "COLLECTIONS" = heap::COLLECTIONS;
        "COLLECTIONS_ALLOCATED" = heap::COLLECTIONS_ALLOCATED;
        "COLLECTIONS_SURVIVED" = heap::COLLECTIONS_SURVIVED;
        // Size classes.
        "CLASS_TABLE" = heap::CLASS_TABLE;
        "CLASS_TABLE_END" = CLASS_TABLE_END;
        "CLASS_TABLE_IMAGE" = class_table_image();
        "CLASS_RECORD" = heap::CLASS_RECORD;
        "CLASS_COUNT" = heap::CLASS_SIZES.len();
        "CLASS_CUR" = heap::CLASS_CUR;
        "CLASS_END" = heap::CLASS_END;
        "CLASS_BLOCK" = CLASS_BLOCK;
        "CLASS_SIZE" = CLASS_SIZE;
        "CLASS_LAST_BLOCK" = CLASS_LAST_BLOCK;
        "CLASS_NONE" = CLASS_NONE;
        "CLASS_LARGE" = CLASS_LARGE;
        "LARGEST_CELL" = LARGEST_CELL;
        "LARGEST_ROOM" = LARGEST_CELL - heap::BUFFER_DATA;
        "FINE_MAP" = FINE_MAP;
        "FINE_SHIFT" = FINE_SHIFT;
        "FINE_ROUND" = (1 << FINE_SHIFT) - 1;
        "FINE_LIMIT" = FINE_LIMIT;
        "COARSE_MAP" = COARSE_MAP;
        "COARSE_SHIFT" = COARSE_SHIFT;
        "COARSE_ROUND" = (1 << COARSE_SHIFT) - 1;
        // Blocks.
        "BLOCK" = heap::BLOCK;
        "BLOCK_SHIFT" = heap::BLOCK.ilog2();
        "BLOCK_OFFSET_MASK" = heap::BLOCK - 1;
        "BLOCK_BASE_MASK" = -i64::from(heap::BLOCK);
        "BLOCK_NEXT" = BLOCK_NEXT;
        "BLOCK_CLASS" = BLOCK_CLASS;
        "BLOCK_LIVE" = BLOCK_LIVE;
        "BLOCK_CELL_SIZE" = heap::BLOCK_CELL_SIZE;
        "BLOCK_LIMIT" = BLOCK_LIMIT;
        "BLOCK_CAPACITY" = BLOCK_CAPACITY;
        "BLOCK_RUN" = BLOCK_RUN;
        "BLOCK_MARKS" = BLOCK_MARKS;
        "BLOCK_MARKS_SIZE" = heap::BLOCK_CELLS - BLOCK_MARKS;
        "BLOCK_CELLS" = heap::BLOCK_CELLS;
        "BLOCK_CELL_BYTES" = heap::BLOCK - heap::BLOCK_CELLS;
        "BLOCK_MAP_SIZE_ROUNDED" = MAX_BLOCKS + heap::BLOCK - 1;
        "LARGE_OVERHEAD_ROUNDED" = heap::BLOCK_CELLS + heap::BLOCK - 1;
        "LARGE_BUFFER_OVERHEAD_ROUNDED" = heap::BUFFER_DATA + heap::BLOCK_CELLS + heap::BLOCK - 1;
        "MARK_SHIFT" = MARK_SHIFT;
        "CHUNK_PREVIOUS" = CHUNK_PREVIOUS;
        "CHUNK_ENTRIES" = CHUNK_ENTRIES;
        "FREE_RUNS" = FREE_RUNS;
        "FREE_RUNS_END" = FREE_RUNS + FREE_RUNS_SIZE;
        "FREE_RUNS_SIZE" = FREE_RUNS_SIZE;
        "MEMORY_MAX_PAGES" = MEMORY_MAX_PAGES;
        "GROWTH_BLOCKS" = GROWTH_BLOCKS;
        "MIN_TRIGGER" = MIN_TRIGGER;
        // Objects.
        "STATICS" = heap::STATICS;
        "STATICS_END" = heap::static_constructor(1);
        "EMPTY_BUFFER" = heap::EMPTY_BUFFER;
        "TAG_BITS" = heap::TAG_BITS;
        "KIND_SHIFT" = heap::KIND_SHIFT;
        "KIND_RECORD" = heap::KIND_RECORD;
        "KIND_POISON" = heap::KIND_POISON;
        "RECORD_POINTERS" = 4;
        "ELEMENT_SIZE_MASK" = ELEMENT_SIZE_MASK;
        "BUFFER_HEADER_MASK" = !i64::from(ELEMENT_SIZE_MASK);
        "FIRST_BUFFER_HEADER" = heap::buffer_header(heap::KIND_POINTERS);
        "BYTES_HEADER" = heap::buffer_header(heap::KIND_RECORD);
        "BUFFER_FILL" = heap::BUFFER_FILL;
        "BUFFER_DATA" = heap::BUFFER_DATA;
        "MAX_BUFFER_BYTES" = heap::MAX_BUFFER_BYTES;
        "HASH_BASE" = HASH_BASE;
        // SipHash-1-3 over the locals v0 to v3: the state for the key, a word of the message, and the result.
        "SIP_LOCALS" = (0..4).map(|n| format!("(local $v{n} i64)")).collect::<String>();
        "SIP_START" = SIP_START;
        "SIP_ABSORB" = format!("{}{}{}", xor("$v3", "$word"), sip_round(), xor("$v0", "$word"));
        "SIP_FINISH" = format!("{SIP_LAST}{}{SIP_RESULT}", sip_round().repeat(3));
        // Stress flags.
        "STRESS_COLLECT_ALWAYS" = heap::stress::COLLECT_ALWAYS;
        "STRESS_POISON" = heap::stress::POISON;
        "STRESS_CHECK" = heap::stress::CHECK;
    }
}

const SIP_START: &str = "
  (local.set $v0 (i64.xor (global.get $hash_key_0) (i64.const 0x736f6d6570736575)))
  (local.set $v1 (i64.xor (global.get $hash_key_1) (i64.const 0x646f72616e646f6d)))
  (local.set $v2 (i64.xor (global.get $hash_key_0) (i64.const 0x6c7967656e657261)))
  (local.set $v3 (i64.xor (global.get $hash_key_1) (i64.const 0x7465646279746573)))";
const SIP_LAST: &str = "(local.set $v2 (i64.xor (local.get $v2) (i64.const 0xff)))";
const SIP_RESULT: &str =
    "(i64.xor (i64.xor (local.get $v0) (local.get $v1)) (i64.xor (local.get $v2) (local.get $v3)))";

/// A round of SipHash.
fn sip_round() -> String {
    let add = |to, from| format!("(local.set {to} (i64.add (local.get {to}) (local.get {from})))");
    let rotate = |to, by| format!("(local.set {to} (i64.rotl (local.get {to}) (i64.const {by})))");
    [
        [add("$v0", "$v1"), rotate("$v1", 13), xor("$v1", "$v0"), rotate("$v0", 32)].concat(),
        [add("$v2", "$v3"), rotate("$v3", 16), xor("$v3", "$v2")].concat(),
        [add("$v0", "$v3"), rotate("$v3", 21), xor("$v3", "$v0")].concat(),
        [add("$v2", "$v1"), rotate("$v1", 17), xor("$v1", "$v2"), rotate("$v2", 32)].concat(),
    ]
    .concat()
}

fn xor(to: &str, from: &str) -> String {
    format!("(local.set {to} (i64.xor (local.get {to}) (local.get {from})))")
}

/// The initial bytes of class table and size maps, as the inside of a string of the text format.
fn class_table_image() -> String {
    let mut image = Vec::new();
    for size in heap::CLASS_SIZES {
        let mut record = [0; heap::CLASS_RECORD as usize];
        record[CLASS_SIZE as usize..][..4].copy_from_slice(&size.to_le_bytes());
        image.extend(record);
    }
    let fine = (0..=FINE_LIMIT >> FINE_SHIFT).map(|units| units << FINE_SHIFT);
    let coarse = (0..=LARGEST_CELL >> COARSE_SHIFT).map(|units| units << COARSE_SHIFT);
    for size in fine.chain(coarse) {
        let class = heap::size_class(size).expect("the maps end at the largest cell");
        image.push(u8::try_from(class).expect("there are few classes"));
    }
    image.iter().fold(String::new(), |mut text, byte| {
        write!(text, "\\{byte:02x}").expect("writing to a string");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constant_is_used() {
        let text = FILES.concat();
        let unused: Vec<_> = constants().into_keys().filter(|name| !text.contains(&format!("{{{name}}}"))).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }
}
