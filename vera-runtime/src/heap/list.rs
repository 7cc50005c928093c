//! Arrays of unknown length, built element by element with one root each.

use super::Heap;
use super::object::put_element;
use crate::error::{Error, Limit, Result};
use crate::raw::Raw;
use vera_abi::heap::{BUFFER_DATA, BUFFER_FILL, EMPTY_BUFFER};
use vera_abi::layout::Rep;

/// A growing array. Its buffer is rooted in one slot, which is made at the start. Lists nest like the structures that
/// they represent. The code that took the mark before the list releases the roots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct List {
    rep: Rep,
    slot: u32,
    buffer: u32,
    len: usize,
    capacity: usize,
}

impl List {
    /// An empty list with room for `expected` elements.
    pub(crate) fn new(heap: &mut Heap<'_>, rep: Rep, expected: usize) -> Result<Self> {
        let mut list = List { rep, slot: 0, buffer: EMPTY_BUFFER, len: 0, capacity: 0 };
        if expected > 0 {
            list.buffer = heap.buffer(rep, expected, 0)?;
            list.capacity = expected;
        }
        list.slot = heap.root(list.buffer)?;
        Ok(list)
    }

    /// Appends an element. It need not be rooted.
    #[inline]
    pub(crate) fn push(&mut self, heap: &mut Heap<'_>, value: Raw) -> Result<()> {
        if self.len == self.capacity {
            self.grow(heap, value)?;
        }
        let offset = BUFFER_DATA + self.len as u32 * self.rep.element_size();
        let memory = heap.bytes_mut();
        put_element(memory, self.rep, self.buffer + offset, value)?;
        self.len += 1;
        super::put_u32(memory, self.buffer + BUFFER_FILL, self.len as u32)
    }

    #[cold]
    fn grow(&mut self, heap: &mut Heap<'_>, pending: Raw) -> Result<()> {
        let mark = heap.mark();
        heap.root_value(self.rep, pending)?;
        let (buffer, capacity) = self.larger(heap)?;
        let used = self.len * self.rep.element_size() as usize;
        if used > 0 {
            let from = (self.buffer + BUFFER_DATA) as usize;
            let to = (buffer + BUFFER_DATA) as usize;
            heap.bytes_mut().copy_within(from..from + used, to);
        }
        heap.set_root(self.slot, buffer)?;
        heap.release(mark);
        self.buffer = buffer;
        self.capacity = capacity;
        Ok(())
    }

    /// A buffer of twice the capacity. If memory is too small for that, it is smaller, but at least a sixteenth larger
    /// than before, so that the list is not copied for each element when memory runs out.
    fn larger(&self, heap: &mut Heap<'_>) -> Result<(u32, usize)> {
        let mut more = self.capacity.max(4);
        loop {
            let capacity = Heap::roomy(self.rep, self.capacity + more);
            match heap.buffer(self.rep, capacity, self.len) {
                Ok(buffer) => return Ok((buffer, capacity)),
                Err(Error::Limit(reached))
                    if matches!(reached.limit, Limit::Memory(_) | Limit::Buffer(_))
                        && more > self.capacity / 16 + 4 =>
                {
                    more /= 2;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// How many elements it has.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The array. The list's root keeps it until released.
    pub(crate) fn finish(&self) -> Raw {
        Raw::from_slice(self.buffer, self.len as u32)
    }
}
