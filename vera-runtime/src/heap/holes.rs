//! Free cells that the host has taken over, one hole per size class.

#![expect(clippy::indexing_slicing, reason = "classes come from `size_class`, or are set bits of `taken`")]

use super::{get_u32, put_u32};
use crate::error::Result;
use vera_abi::heap::{CLASS_CUR, CLASS_END, CLASS_SIZES, cell_size, class_record};

/// The available holes. The hole of a class whose bit in `taken` is clear is empty.
#[derive(Debug, Default)]
pub(crate) struct Holes {
    holes: [Hole; CLASS_SIZES.len()],
    taken: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Hole {
    next: u32,
    end: u32,
}

impl Holes {
    /// Cuts a cell off the class's hole.
    #[inline]
    pub(crate) fn take(&mut self, class: usize) -> Option<u32> {
        let hole = &mut self.holes[class];
        if hole.next == hole.end {
            return None;
        }
        let cell = hole.next;
        hole.next += cell_size(class as u32);
        Some(cell)
    }

    /// Cuts a cell off each of two classes' holes, or neither.
    #[inline]
    pub(crate) fn take_two(&mut self, first: usize, second: usize) -> Option<(u32, u32)> {
        let cell = self.take(first)?;
        match self.take(second) {
            Some(other) => Some((cell, other)),
            None => {
                self.holes[first].next = cell;
                None
            }
        }
    }

    /// Takes the module's hole of a class; the module sees an empty one.
    pub(crate) fn open(&mut self, class: usize, memory: &mut [u8]) -> Result<()> {
        if self.taken & (1 << class) != 0 {
            return Ok(());
        }
        let record = class_record(class as u32);
        let hole = Hole { next: get_u32(memory, record + CLASS_CUR)?, end: get_u32(memory, record + CLASS_END)? };
        put_u32(memory, record + CLASS_CUR, hole.end)?;
        self.holes[class] = hole;
        self.taken |= 1 << class;
        Ok(())
    }

    #[inline]
    pub(crate) fn any_taken(&self) -> bool {
        self.taken != 0
    }

    /// Returns the rest of all holes to the module.
    pub(crate) fn hand_back(&mut self, memory: &mut [u8]) -> Result<()> {
        while self.taken != 0 {
            let class = self.taken.trailing_zeros() as usize;
            put_u32(memory, class_record(class as u32) + CLASS_CUR, self.holes[class].next)?;
            self.holes[class] = Hole::default();
            self.taken &= self.taken - 1;
        }
        Ok(())
    }
}
