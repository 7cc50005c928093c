//! Reads values from memory. Nothing here allocates in the guest, so nothing needs roots.

use super::{Budget, get_u8, get_u32, get_u64, slice};
use crate::error::{Error, Limit, Result};
use crate::meter::{Meter, NODE, text_units};
use crate::raw::Raw;
use crate::stack;
use crate::value::{Lift, Value};
use std::borrow::Cow;
use vera_abi::heap::{BUFFER_DATA, header_tag};
use vera_abi::layout::{FieldPlace, FixedLayout, Rep};

/// A read-only view of an instance's memory.
#[derive(Debug)]
pub struct Reader<'a> {
    pub(crate) memory: &'a [u8],
    pub(crate) meter: &'a Meter,
    budget: Budget,
    full: Budget,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(memory: &'a [u8], budget: Budget, meter: &'a Meter) -> Self {
        Reader { memory, meter, budget, full: budget }
    }

    /// A reader that reads without counting, for what was counted already.
    pub(super) fn uncounted(&self) -> Self {
        Reader { memory: self.memory, meter: self.meter, budget: self.budget, full: self.full }
    }

    /// Counts `nodes` of the value against the limits, and the work on them.
    #[inline]
    pub(crate) fn count_nodes(&mut self, nodes: u64) -> Result<()> {
        self.meter.work(nodes.saturating_mul(NODE))?;
        self.count(nodes)
    }

    /// Counts numbers that are copied together: one node each, but little work.
    pub(crate) fn count_numbers(&mut self, count: u32, size: usize) -> Result<()> {
        self.meter.work(text_units(count as usize * size))?;
        self.count(u64::from(count))
    }

    #[inline]
    fn count(&mut self, nodes: u64) -> Result<()> {
        match self.budget.nodes.checked_sub(nodes) {
            Some(rest) => {
                self.budget.nodes = rest;
                Ok(())
            }
            None => Err(Error::limit(Limit::Nodes(self.full.nodes))),
        }
    }

    /// Runs `f` one level deeper, on more native stack when that is needed.
    #[inline]
    pub(crate) fn deeper<R>(&mut self, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let Some(rest) = self.budget.depth.checked_sub(1) else {
            return Err(Error::limit(Limit::Depth(self.full.depth)));
        };
        self.budget.depth = rest;
        let result = match stack::needed_piece() {
            None => f(self),
            Some(piece) => self.on_piece(piece, f),
        };
        self.budget.depth += 1;
        result
    }

    #[cold]
    fn on_piece<R>(&mut self, piece: usize, f: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let meter = self.meter;
        meter.hold(piece as u64)?;
        let result = stack::with_piece(piece, || f(self)).unwrap_or_else(|| Err(meter.out_of_memory()));
        meter.give_back(piece as u64);
        result
    }

    /// The constructor tag of an object.
    #[inline]
    pub(crate) fn tag(&self, object: Raw) -> Result<u32> {
        Ok(header_tag(get_u32(self.memory, object.pointer())?))
    }

    /// A field of a record.
    #[inline]
    pub(crate) fn field(&self, object: Raw, place: &FieldPlace) -> Result<Raw> {
        let at = object.pointer().wrapping_add(place.offset);
        Ok(match place.rep {
            Rep::Unit => Raw::UNIT,
            Rep::Byte | Rep::Ptr => Raw::from_pointer(get_u32(self.memory, at)?),
            Rep::I64 | Rep::F64 => Raw::from_bits(get_u64(self.memory, at)?),
            Rep::Slice => Raw::from_slice(
                get_u32(self.memory, at)?,
                get_u32(self.memory, object.pointer().wrapping_add(place.len_offset))?,
            ),
        })
    }

    /// An element of an array, at an index below its length.
    #[inline]
    pub(crate) fn element(&self, rep: Rep, array: Raw, index: u32) -> Result<Raw> {
        let at = array.pointer().wrapping_add(BUFFER_DATA).wrapping_add(index.wrapping_mul(rep.element_size()));
        Ok(match rep {
            Rep::Unit => Raw::UNIT,
            Rep::Byte => Raw::from_pointer(u32::from(get_u8(self.memory, at)?)),
            Rep::Ptr => Raw::from_pointer(get_u32(self.memory, at)?),
            Rep::I64 | Rep::F64 => Raw::from_bits(get_u64(self.memory, at)?),
            Rep::Slice => Raw::from_slice(get_u32(self.memory, at)?, get_u32(self.memory, at.wrapping_add(4))?),
        })
    }

    /// The bytes of a string or `Array<Byte>`, counted against the limits with the work on them.
    #[inline]
    pub(crate) fn bytes(&mut self, array: Raw) -> Result<&'a [u8]> {
        self.meter.work(text_units(array.len as usize))?;
        self.budget.bytes = self
            .budget
            .bytes
            .checked_sub(u64::from(array.len))
            .ok_or_else(|| Error::limit(Limit::Bytes(self.full.bytes)))?;
        self.elements(array, 1)
    }

    /// The memory of an array's elements of `size` bytes each.
    pub(crate) fn elements(&self, array: Raw, size: u32) -> Result<&'a [u8]> {
        if array.len == 0 {
            return Ok(&[]);
        }
        slice(self.memory, array.pointer().wrapping_add(BUFFER_DATA), array.len as usize * size as usize)
    }

    /// A string. Vera strings are bytes: invalid UTF-8 becomes U+FFFD.
    #[inline]
    pub(crate) fn str(&mut self, string: Raw) -> Result<Cow<'a, str>> {
        let bytes = self.bytes(string)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(_) => self.lossy(bytes).map(Cow::Owned),
        }
    }

    #[cold]
    fn lossy(&self, bytes: &[u8]) -> Result<String> {
        let mut text = String::new();
        for chunk in bytes.utf8_chunks() {
            self.meter.push_str(&mut text, chunk.valid())?;
            if !chunk.invalid().is_empty() {
                self.meter.push_str(&mut text, "\u{fffd}")?;
            }
        }
        Ok(text)
    }

    /// An owned string, counted as host memory.
    #[inline]
    pub(crate) fn string(&mut self, string: Raw) -> Result<String> {
        match self.str(string)? {
            Cow::Owned(text) => Ok(text),
            Cow::Borrowed(text) => {
                let mut owned = String::new();
                self.meter.reserve(&mut owned, text.len())?;
                owned.push_str(text);
                Ok(owned)
            }
        }
    }

    /// Opens an object of a data type: `f` gets its tag and reads its fields.
    ///
    /// # Errors
    /// When the value exceeds the limits, and those of `f`.
    #[inline]
    pub fn object<R>(&mut self, value: Raw, f: impl FnOnce(&mut Object<'_, 'a>) -> Result<R>) -> Result<R> {
        self.count_nodes(1)?;
        let tag = self.tag(value)?;
        self.deeper(|reader| f(&mut Object { reader, value, tag }))
    }
}

/// An object of a data type being read.
#[derive(Debug)]
pub struct Object<'r, 'a> {
    reader: &'r mut Reader<'a>,
    value: Raw,
    tag: u32,
}

impl Object<'_, '_> {
    /// The constructor's tag.
    #[inline]
    pub fn tag(&self) -> u32 {
        self.tag
    }

    /// A field, by its place in the constructor's layout.
    ///
    /// # Errors
    /// When the value exceeds the limits or is malformed.
    #[inline]
    pub fn field<T: Lift, const N: usize>(&mut self, layout: &FixedLayout<N>, index: usize) -> Result<T> {
        let place = layout.fields.get(index).ok_or_else(|| Error::internal("a field that the constructor has not"))?;
        debug_assert_eq!(place.rep, <T as Value>::REP);
        let raw = self.reader.field(self.value, place)?;
        T::lift(self.reader, raw)
    }

    /// The error for a tag that the type does not have.
    #[cold]
    pub fn unknown(&self, ty: &str) -> Error {
        Error::internal(format!("{ty} has no constructor of tag {}", self.tag))
    }
}
