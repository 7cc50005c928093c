//! A set of elements of a document, by their numbers: one bit per element.

use crate::error::Result;
use crate::meter::{Meter, text_units};

/// Elements in a word.
pub(super) const WORD: usize = u64::BITS as usize;

/// A set of elements.
#[derive(Debug)]
pub(super) struct Set {
    words: Vec<u64>,
}

impl Set {
    /// The empty set, with room for elements up to `len`.
    pub(super) fn new(len: usize, meter: &Meter) -> Result<Self> {
        let mut words = Vec::new();
        let len = len.div_ceil(WORD);
        meter.work(text_units(len * size_of::<u64>()))?;
        meter.reserve(&mut words, len)?;
        words.resize(len, 0);
        Ok(Set { words })
    }

    /// Bytes of host memory that it counts for.
    pub(super) fn size(&self) -> u64 {
        Meter::size_of(&self.words)
    }

    #[inline]
    pub(super) fn has(&self, index: usize) -> bool {
        self.words[index / WORD] >> (index % WORD) & 1 == 1
    }

    #[inline]
    pub(super) fn add(&mut self, index: usize) {
        self.words[index / WORD] |= 1 << (index % WORD);
    }

    #[inline]
    pub(super) fn remove(&mut self, index: usize) {
        self.words[index / WORD] &= !(1 << (index % WORD));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Adds all elements below `len`, for which the set was made.
    pub(super) fn fill(&mut self, len: usize) {
        self.words.fill(u64::MAX);
        if let Some(last) = self.words.last_mut() {
            *last >>= (WORD - len % WORD) % WORD;
        }
    }

    pub(super) fn clear(&mut self) {
        self.words.fill(0);
    }

    pub(super) fn unite(&mut self, other: &Set) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    pub(super) fn intersect(&mut self, other: &Set) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    pub(super) fn subtract(&mut self, other: &Set) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// Keeps the elements that pass a test, which is called in order. Counts the work of walking over the set.
    pub(super) fn retain(&mut self, meter: &Meter, mut test: impl FnMut(usize) -> Result<bool>) -> Result<()> {
        for at in 0..self.words.len() {
            meter.work(1)?;
            let mut rest = self.words[at];
            while rest != 0 {
                let index = at * WORD + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                if !test(index)? {
                    self.remove(index);
                }
            }
        }
        Ok(())
    }

    /// Its elements, in order.
    pub(super) fn ones(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            std::iter::successors(Some(word), |rest| Some(rest & rest.wrapping_sub(1)))
                .take_while(|&rest| rest != 0)
                .map(move |rest| index * WORD + rest.trailing_zeros() as usize)
        })
    }
}
