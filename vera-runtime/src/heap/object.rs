//! Building objects: records, strings, buffers.

use super::{Heap, put_u32, slice_mut};
use crate::error::{Error, Limit, Result};
use crate::raw::Raw;
use vera_abi::heap::{
    BUFFER_DATA, BUFFER_FILL, EMPTY_BUFFER, LARGEST_CELL, MAX_BUFFER_BYTES, buffer_header, cell_size, record_header,
    size_class, static_constructor,
};
use vera_abi::layout::{FieldPlace, FixedLayout, RecordLayout, Rep, fixed};

impl Heap<'_> {
    /// A record of a constructor, from field values that are rooted or need no rooting.
    #[inline]
    pub(crate) fn record<const N: usize>(
        &mut self,
        tag: u32,
        layout: &FixedLayout<N>,
        values: &[Raw; N],
    ) -> Result<Raw> {
        if N == 0 {
            return Ok(Raw::from_pointer(static_constructor(tag)));
        }
        self.record_of(tag, &layout.fields, layout.pointers, layout.size, values)
    }

    /// The same for a layout computed at run time.
    pub(crate) fn record_dyn(&mut self, tag: u32, layout: &RecordLayout, values: &[Raw]) -> Result<Raw> {
        if values.is_empty() {
            return Ok(Raw::from_pointer(static_constructor(tag)));
        }
        self.record_of(tag, &layout.fields, layout.pointers, layout.size, values)
    }

    #[inline]
    fn record_of(&mut self, tag: u32, fields: &[FieldPlace], pointers: u32, size: u32, values: &[Raw]) -> Result<Raw> {
        self.count_node()?;
        let address = self.alloc(size)?;
        let cell = slice_mut(self.bytes_mut(), address, size as usize)?;
        put_u32(cell, 0, record_header(tag, pointers))?;
        for (place, value) in fields.iter().zip(values) {
            store(cell, place, *value)?;
        }
        Ok(Raw::from_pointer(address))
    }

    /// A buffer for `capacity` elements with `fill` of them in use. The elements are zero when they hold pointers,
    /// otherwise undefined.
    pub(crate) fn buffer(&mut self, rep: Rep, capacity: usize, fill: usize) -> Result<u32> {
        if capacity == 0 {
            return Ok(EMPTY_BUFFER);
        }
        let bytes = (rep.element_size() as usize)
            .checked_mul(capacity)
            .filter(|&bytes| bytes <= (MAX_BUFFER_BYTES - BUFFER_DATA) as usize)
            .ok_or_else(|| Error::limit(Limit::Buffer(MAX_BUFFER_BYTES)))? as u32;
        let address = self.alloc(BUFFER_DATA + bytes)?;
        let cell = slice_mut(self.bytes_mut(), address, (BUFFER_DATA + bytes) as usize)?;
        put_u32(cell, 0, buffer_header(rep.buffer_kind()))?;
        put_u32(cell, BUFFER_FILL, fill as u32)?;
        if rep.has_pointer() {
            payload(cell)?.fill(0);
        }
        Ok(address)
    }

    /// The number of elements, at least `elements`, that fit a buffer without a larger cell.
    pub(crate) fn roomy(rep: Rep, elements: usize) -> usize {
        let size = rep.element_size().max(1);
        let bytes = (elements as u64 * u64::from(size) + u64::from(BUFFER_DATA)).min(u64::from(u32::MAX)) as u32;
        match size_class(bytes) {
            Some(class) => ((cell_size(class) - BUFFER_DATA) / size) as usize,
            None => elements,
        }
    }

    /// A string or `Array<Byte>`.
    #[inline]
    pub(crate) fn byte_buffer(&mut self, bytes: &[u8]) -> Result<Raw> {
        self.count_bytes(bytes.len())?;
        if bytes.is_empty() {
            return Ok(Raw::from_slice(EMPTY_BUFFER, 0));
        }
        if bytes.len() > (MAX_BUFFER_BYTES - BUFFER_DATA) as usize {
            return Err(Error::limit(Limit::Buffer(MAX_BUFFER_BYTES)));
        }
        let size = BUFFER_DATA as usize + bytes.len();
        let address = self.alloc(size as u32)?;
        write_bytes(slice_mut(self.bytes_mut(), address, size)?, bytes)?;
        Ok(Raw::from_slice(address, bytes.len() as u32))
    }

    /// A record whose only field is a string: text of a tree.
    pub(crate) fn text_record(&mut self, tag: u32, text: &str) -> Result<Raw> {
        const LAYOUT: FixedLayout<1> = fixed([Rep::Slice]);
        if let Some(record) = self.text_record_at_hand(tag, text.as_bytes())? {
            return Ok(record);
        }
        let mark = self.mark();
        let text = self.string(text)?;
        self.root(text.pointer())?;
        let record = self.record(tag, &LAYOUT, &[text])?;
        self.release(mark);
        Ok(record)
    }

    /// Allocates both objects of a text record from free cells. No collection can happen between them, and memory is
    /// looked up once.
    #[inline]
    fn text_record_at_hand(&mut self, tag: u32, text: &[u8]) -> Result<Option<Raw>> {
        const LAYOUT: FixedLayout<1> = fixed([Rep::Slice]);
        const RECORD_CLASS: u32 = match size_class(LAYOUT.size) {
            Some(class) => class,
            None => panic!("a small record"),
        };
        if text.is_empty() || text.len() > LARGEST_CELL as usize {
            return Ok(None);
        }
        let size = BUFFER_DATA as usize + text.len();
        let Some(class) = size_class(size as u32) else { return Ok(None) };
        self.count_node()?;
        self.count_bytes(text.len())?;
        let (memory, state) = self.view();
        let Some((buffer, record)) = state.holes.take_two(class as usize, RECORD_CLASS as usize) else {
            self.uncount(text.len());
            return Ok(None);
        };
        write_bytes(slice_mut(memory, buffer, size)?, text)?;
        let cell = slice_mut(memory, record, LAYOUT.size as usize)?;
        put_u32(cell, 0, record_header(tag, LAYOUT.pointers))?;
        store(cell, &LAYOUT.fields[0], Raw::from_slice(buffer, text.len() as u32))?;
        Ok(Some(Raw::from_pointer(record)))
    }

    /// A string.
    #[inline]
    pub(crate) fn string(&mut self, text: &str) -> Result<Raw> {
        self.byte_buffer(text.as_bytes())
    }

    /// Writes an element of a buffer.
    #[inline]
    pub(crate) fn put_element(&mut self, rep: Rep, buffer: u32, index: usize, value: Raw) -> Result<()> {
        let address = buffer + BUFFER_DATA + index as u32 * rep.element_size();
        put_element(self.bytes_mut(), rep, address, value)
    }
}

/// Fills the cell of a byte buffer.
#[inline]
fn write_bytes(cell: &mut [u8], bytes: &[u8]) -> Result<()> {
    put_u32(cell, 0, buffer_header(Rep::Byte.buffer_kind()))?;
    put_u32(cell, BUFFER_FILL, bytes.len() as u32)?;
    payload(cell)?.copy_from_slice(bytes);
    Ok(())
}

/// The elements in the cell of a buffer.
#[inline]
fn payload(cell: &mut [u8]) -> Result<&mut [u8]> {
    cell.get_mut(BUFFER_DATA as usize..).ok_or_else(|| Error::internal("a buffer without its header"))
}

/// Writes a value as an array element.
#[inline]
pub(crate) fn put_element(memory: &mut [u8], rep: Rep, address: u32, value: Raw) -> Result<()> {
    match rep {
        Rep::Unit => {}
        Rep::Byte => slice_mut(memory, address, 1)?.fill(value.bits as u8),
        Rep::Ptr => put_u32(memory, address, value.bits as u32)?,
        Rep::I64 | Rep::F64 => slice_mut(memory, address, 8)?.copy_from_slice(&value.bits.to_le_bytes()),
        Rep::Slice => {
            put_u32(memory, address, value.bits as u32)?;
            put_u32(memory, address + 4, value.len)?;
        }
    }
    Ok(())
}

/// Writes a field of a record whose cell is `cell`.
#[inline]
fn store(cell: &mut [u8], place: &FieldPlace, value: Raw) -> Result<()> {
    match place.rep {
        Rep::Unit => {}
        Rep::Byte | Rep::Ptr => put_u32(cell, place.offset, value.bits as u32)?,
        Rep::I64 | Rep::F64 => slice_mut(cell, place.offset, 8)?.copy_from_slice(&value.bits.to_le_bytes()),
        Rep::Slice => {
            put_u32(cell, place.offset, value.bits as u32)?;
            put_u32(cell, place.len_offset, value.len)?;
        }
    }
    Ok(())
}
