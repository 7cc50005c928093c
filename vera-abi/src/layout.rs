//! The representation of values, and how they are passed and placed in records and buffers.

use crate::heap::{KIND_POINTERS, KIND_RECORD, KIND_SLICES};
use alloc::vec::Vec;

/// The maximum number of parameters of a function that hosts call through a typed handle, and of an operation that
/// hosts implement. It applies both to Vera parameters and to WebAssembly values.
pub const TYPED_PARAMETERS: usize = 16;

/// The representation of a Vera type in WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rep {
    /// No value: `Unit`, `Never`.
    Unit,
    /// `i32` holding 0 or 1 (`Bool`), or 0..=255 (`Byte`).
    Byte,
    /// `i64`: `Int`, `Nat`.
    I64,
    /// `f64`: `Float64`.
    F64,
    /// `i32` address of an object: data, tuples, maps, closures.
    Ptr,
    /// Two `i32`: address of a buffer, and length in elements: `String`, `Array`.
    Slice,
}

impl Rep {
    /// Number of WebAssembly values it takes as a parameter, result or local.
    pub const fn values(self) -> usize {
        match self {
            Rep::Unit => 0,
            Rep::Slice => 2,
            Rep::Byte | Rep::I64 | Rep::F64 | Rep::Ptr => 1,
        }
    }

    /// Bytes of an array element.
    pub const fn element_size(self) -> u32 {
        match self {
            Rep::Unit => 0,
            Rep::Byte => 1,
            Rep::Ptr => 4,
            Rep::I64 | Rep::F64 | Rep::Slice => 8,
        }
    }

    /// The kind of the buffer that holds elements of this representation.
    pub const fn buffer_kind(self) -> u32 {
        match self {
            Rep::Ptr => KIND_POINTERS,
            Rep::Slice => KIND_SLICES,
            Rep::Unit | Rep::Byte | Rep::I64 | Rep::F64 => KIND_RECORD,
        }
    }

    /// Whether a value of it holds a pointer.
    pub const fn has_pointer(self) -> bool {
        matches!(self, Rep::Ptr | Rep::Slice)
    }
}

/// The place of a field in its record, as byte offsets from the start of the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldPlace {
    /// The field's representation.
    pub rep: Rep,
    /// Offset of the value, or of the pointer word of a slice; 0 for `Unit`.
    pub offset: u32,
    /// Offset of the length word of a slice; 0 otherwise.
    pub len_offset: u32,
}

/// The layout of a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordLayout {
    /// One place per field, in declaration order.
    pub fields: Vec<FieldPlace>,
    /// Number of pointer words, which start at offset 4.
    pub pointers: u32,
    /// Size in bytes, header included, a multiple of 8, at least 16.
    pub size: u32,
}

/// Lays out a record: header, pointer words in field order, then 4-byte words (slice lengths, `Bool`, `Byte`) in field
/// order, then 8-byte words.
pub fn record(fields: &[Rep]) -> RecordLayout {
    let mut offset = 4;
    let mut places: Vec<FieldPlace> = fields.iter().map(|&rep| FieldPlace { rep, offset: 0, len_offset: 0 }).collect();
    let mut pointers = 0;
    for place in places.iter_mut().filter(|place| place.rep.has_pointer()) {
        place.offset = offset;
        offset += 4;
        pointers += 1;
    }
    for place in &mut places {
        match place.rep {
            Rep::Slice => place.len_offset = offset,
            Rep::Byte => place.offset = offset,
            Rep::Unit | Rep::I64 | Rep::F64 | Rep::Ptr => continue,
        }
        offset += 4;
    }
    for place in &mut places {
        if matches!(place.rep, Rep::I64 | Rep::F64) {
            offset = offset.next_multiple_of(8);
            place.offset = offset;
            offset += 8;
        }
    }
    RecordLayout { fields: places, pointers, size: offset.next_multiple_of(8).max(16) }
}

/// The layout of a record whose number of fields is known when the host is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedLayout<const N: usize> {
    /// One place per field, in declaration order.
    pub fields: [FieldPlace; N],
    /// Number of pointer words, which start at offset 4.
    pub pointers: u32,
    /// Size in bytes, header included, a multiple of 8, at least 16.
    pub size: u32,
}

/// [`record`] as a constant.
pub const fn fixed<const N: usize>(reps: [Rep; N]) -> FixedLayout<N> {
    let mut fields = [FieldPlace { rep: Rep::Unit, offset: 0, len_offset: 0 }; N];
    let (mut offset, mut pointers) = (4, 0);
    let mut pass = 0;
    while pass < 3 {
        let mut index = 0;
        while index < N {
            let place = &mut fields[index];
            place.rep = reps[index];
            match (pass, place.rep) {
                (0, Rep::Ptr | Rep::Slice) => {
                    place.offset = offset;
                    offset += 4;
                    pointers += 1;
                }
                (1, Rep::Slice) => {
                    place.len_offset = offset;
                    offset += 4;
                }
                (1, Rep::Byte) => {
                    place.offset = offset;
                    offset += 4;
                }
                (2, Rep::I64 | Rep::F64) => {
                    offset = offset.next_multiple_of(8);
                    place.offset = offset;
                    offset += 8;
                }
                _ => {}
            }
            index += 1;
        }
        pass += 1;
    }
    let size = offset.next_multiple_of(8);
    FixedLayout { fields, pointers, size: if size < 16 { 16 } else { size } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constant_layout_is_the_same() {
        use Rep::*;
        let all = [Unit, Byte, I64, F64, Ptr, Slice];
        for a in all {
            for b in all {
                for c in all {
                    for d in all {
                        let (list, constant) = (record(&[a, b, c, d]), fixed([a, b, c, d]));
                        assert_eq!(list.fields, constant.fields);
                        assert_eq!((list.pointers, list.size), (constant.pointers, constant.size));
                    }
                }
            }
        }
        assert_eq!(fixed([]).size, record(&[]).size);
    }

    #[test]
    fn pointers_come_first_and_words_are_aligned() {
        let cons = record(&[Rep::I64, Rep::Ptr]);
        assert_eq!((cons.fields[1].offset, cons.fields[0].offset, cons.size, cons.pointers), (4, 8, 16, 1));
        let string = record(&[Rep::Slice]);
        assert_eq!((string.fields[0].offset, string.fields[0].len_offset, string.size), (4, 8, 16));
        let mixed = record(&[Rep::Byte, Rep::Slice, Rep::F64, Rep::Unit, Rep::Ptr]);
        assert_eq!(mixed.pointers, 2);
        assert_eq!(mixed.fields[1].offset, 4);
        assert_eq!(mixed.fields[4].offset, 8);
        assert_eq!(mixed.fields[0].offset, 12);
        assert_eq!(mixed.fields[1].len_offset, 16);
        assert_eq!(mixed.fields[2].offset, 24);
        assert_eq!(mixed.size, 32);
        assert_eq!(record(&[]).size, 16);
    }
}
