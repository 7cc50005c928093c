//! The layout of linear memory, and the headers of heap objects.
//!
//! ```text
//! 0            unused; no object has address 0
//! COLLECTIONS  what the collector counts
//! CLASS_TABLE  one 32-byte record per size class
//! TRAP_RECORD  what a failed check looked at, written before the trap
//! STATICS      8 bytes per field-less constructor tag: header word, zero word
//! ...          literals (static objects, laid out like heap objects)
//! ...          shadow stack
//! heap base    32 KiB blocks, 32 KiB-aligned, to the end of memory
//! ```
//!
//! An object starts with a 4-byte header. Records keep all their pointer words first, so the header says
//! exactly which words the collector follows:
//!
//! ```text
//! bits  0..16  constructor tag
//! bits 16..30  number of pointer words, at +4, +8, ...        (kind RECORD)
//! bits 30..32  kind
//! ```
//!
//! A buffer is the storage of strings and arrays: header, fill mark, elements from [`BUFFER_DATA`]. The fill mark (in
//! elements) is the end of the part that any value uses. A value `(ptr, len)` with `len == fill` can be appended to in
//! place as long as the cell has room. A buffer without pointers is a RECORD of zero pointer words.

/// Address of what the collector counts over the life of the instance: three `u64` words, written at the end of each
/// collection. They are the collections, the bytes that were allocated before the last one, and the bytes that survived
/// it.
pub const COLLECTIONS: u32 = 8;
/// Offset of the bytes that were allocated.
pub const COLLECTIONS_ALLOCATED: u32 = 8;
/// Offset of the bytes that survived.
pub const COLLECTIONS_SURVIVED: u32 = 16;
/// Address of the first class record.
pub const CLASS_TABLE: u32 = 64;
/// Bytes per class record.
pub const CLASS_RECORD: u32 = 32;
/// Offset in a class record: next free cell (`u32` address).
pub const CLASS_CUR: u32 = 0;
/// Offset in a class record: end of the hole that `cur` is in (`u32` address); `cur == end` means that no free cell is
/// available.
pub const CLASS_END: u32 = 4;
/// Cell sizes in bytes of the size classes, ascending. Larger objects take whole blocks.
pub const CLASS_SIZES: [u32; 23] = [
    16, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 5120, 7680, 10240,
    15360,
];

/// The size in bytes of the largest cell; larger objects take whole blocks.
pub const LARGEST_CELL: u32 = CLASS_SIZES[CLASS_SIZES.len() - 1];

/// The size in bytes of the cells of a class, which is one of [`size_class`].
///
/// # Panics
/// When there is no such class.
pub const fn cell_size(class: u32) -> u32 {
    CLASS_SIZES[class as usize]
}

/// The size class of an object of `bytes`, or `None` when it is a large object.
pub const fn size_class(bytes: u32) -> Option<u32> {
    let mut class = 0;
    while class < CLASS_SIZES.len() {
        if bytes <= CLASS_SIZES[class] {
            return Some(class as u32);
        }
        class += 1;
    }
    None
}

/// Address of the record of a size class.
pub const fn class_record(class: u32) -> u32 {
    CLASS_TABLE + class * CLASS_RECORD
}

/// Address of the trap record ([`crate::trap`]). Its first words are globals; their place here is unused.
pub const TRAP_RECORD: u32 = 0x800;

/// Address of the static objects of field-less constructors.
pub const STATICS: u32 = 0x1000;
/// The empty buffer: the static object of tag 0, whose zero word is its fill mark.
pub const EMPTY_BUFFER: u32 = STATICS;

/// The value of a field-less constructor.
pub const fn static_constructor(tag: u32) -> u32 {
    STATICS + tag * 8
}

/// Bytes per block, and the alignment of blocks.
pub const BLOCK: u32 = 32 * 1024;
/// Bytes of the allocator's map of blocks: one byte for each block in the address space.
pub const BLOCK_MAP_BYTES: u32 = u32::MAX / BLOCK + 1;
/// Offset of the first cell in a block; before it are the block header and one mark byte per 16 bytes.
pub const BLOCK_CELLS: u32 = 2048;
/// Offset in a block header of the cell size in bytes (`u32`); in the head block of a large object its size.
pub const BLOCK_CELL_SIZE: u32 = 12;

/// Bits the tag takes in a header.
pub const TAG_BITS: u32 = 16;
/// Largest constructor tag.
pub const MAX_TAG: u32 = 0xffff;
/// Largest number of pointer words in a record.
pub const MAX_POINTERS: u32 = (1 << 14) - 1;
/// Position of the kind in a header.
pub const KIND_SHIFT: u32 = 30;

/// Kind: constructor, tuple, closure, or buffer without pointers.
pub const KIND_RECORD: u32 = 0;
/// Kind: buffer whose elements are pointers (4 bytes each).
pub const KIND_POINTERS: u32 = 1;
/// Kind: buffer whose elements are `(ptr, len)` pairs (8 bytes each); the first word is followed.
pub const KIND_SLICES: u32 = 2;
/// Kind of poisoned memory, which no live object has.
pub const KIND_POISON: u32 = 3;

/// The header of a record with `pointers` pointer words.
pub const fn record_header(tag: u32, pointers: u32) -> u32 {
    tag | (pointers << TAG_BITS)
}

/// The header of a buffer of the given kind.
pub const fn buffer_header(kind: u32) -> u32 {
    kind << KIND_SHIFT
}

/// The constructor tag in a header.
pub const fn header_tag(header: u32) -> u32 {
    header & MAX_TAG
}

/// Offset in a buffer of the fill mark, in elements (`u32`).
pub const BUFFER_FILL: u32 = 4;
/// Offset in a buffer of the first element.
pub const BUFFER_DATA: u32 = 8;
/// Most bytes a buffer's elements may take.
pub const MAX_BUFFER_BYTES: u32 = 0x7fff_0000;

/// Flags of the collector's stress mode.
pub mod stress {
    /// Collect before every allocation.
    pub const COLLECT_ALWAYS: u32 = 1;
    /// Fill freed cells with a pattern that no valid object has.
    pub const POISON: u32 = 2;
    /// Check every reachable object after each collection and trap when one is malformed.
    pub const CHECK: u32 = 4;
    /// All of them.
    pub const ALL: u32 = COLLECT_ALWAYS | POISON | CHECK;
}
