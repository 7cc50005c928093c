//! Maps in guest memory: writing both forms, and reading entries in insertion order.
//!
//! The shape follows [`vera_abi::map`]. A map that is written here is identical to one that the module's own insertions
//! would make.

use super::{Heap, List, Reader, slice};
use crate::error::{Error, Result};
use crate::meter::Meter;
use crate::raw::Raw;
use vera_abi::heap::BUFFER_DATA;
use vera_abi::layout::{FieldPlace, FixedLayout, Rep, fixed};
use vera_abi::map::{BITS, SMALL, SMALL_MAX, TRIE, TRIE_COLLISION, TRIE_LEAF, TRIE_NODE};

/// The layout of a leaf: hash, number, key, value.
type LeafLayout = FixedLayout<4>;

fn leaf_layout(key: Rep, value: Rep) -> LeafLayout {
    fixed([Rep::I64, Rep::I64, key, value])
}

/// A map under construction. Up to [`SMALL_MAX`] entries have one root each, more entries share one root.
#[derive(Debug)]
pub(crate) struct MapBuilder {
    key: Rep,
    value: Rep,
    mark: u32,
    small: [Entry; SMALL_MAX],
    len: usize,
    large: Option<Box<Large>>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: Raw,
    value: Raw,
    hash: Hash,
}

/// The hash of a key under the instance's hash key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hash {
    /// Known.
    Of(u64),
    /// The hash of the key, which is a string, computed when it is needed.
    OfString,
}

#[derive(Debug)]
struct Large {
    layout: LeafLayout,
    leaves: List,
    /// Whether keys, which are strings, may occur twice.
    merge: bool,
}

impl MapBuilder {
    /// An empty map. Roots made after this are released by [`MapBuilder::finish`].
    pub(crate) fn new(heap: &mut Heap<'_>, key: Rep, value: Rep) -> Self {
        const NONE: Entry = Entry { key: Raw::UNIT, value: Raw::UNIT, hash: Hash::OfString };
        MapBuilder { key, value, mark: heap.mark(), small: [NONE; SMALL_MAX], len: 0, large: None }
    }

    /// Adds an entry whose key is not in the map yet. Key and value need not be rooted.
    pub(crate) fn push(&mut self, heap: &mut Heap<'_>, key: Raw, value: Raw, hash: Hash) -> Result<()> {
        if let Some(entry) = self.small.get_mut(self.len) {
            heap.root_value(self.key, key)?;
            heap.root_value(self.value, value)?;
            *entry = Entry { key, value, hash };
            self.len += 1;
            return Ok(());
        }
        if self.large.is_none() {
            heap.root_value(self.key, key)?;
            heap.root_value(self.value, value)?;
            self.grow(heap)?;
        }
        self.push_leaf(heap, Entry { key, value, hash })
    }

    /// Adds an entry with a string key. It replaces the value of an equal key.
    pub(crate) fn push_member(&mut self, heap: &mut Heap<'_>, key: Raw, value: Raw) -> Result<()> {
        if let Some(index) = self.staged(heap, key)? {
            // The old value's root is the second of the entry's two.
            let slot = self.mark + (index as u32 * 2 + 1) * 4;
            heap.set_root(slot, value.pointer())?;
            if let Some(entry) = self.small.get_mut(index) {
                entry.value = value;
            }
            return Ok(());
        }
        self.push(heap, key, value, Hash::OfString)?;
        if let Some(large) = &mut self.large {
            large.merge = true;
        }
        Ok(())
    }

    fn staged_entries(&self) -> &[Entry] {
        self.small.get(..self.len).unwrap_or(&self.small)
    }

    /// The staged entry with an equal string key.
    fn staged(&self, heap: &Heap<'_>, key: Raw) -> Result<Option<usize>> {
        if self.large.is_none() {
            let memory = heap.bytes();
            let text = string_bytes(memory, key)?;
            for (index, entry) in self.staged_entries().iter().enumerate() {
                if entry.key.len == key.len && string_bytes(memory, entry.key)? == text {
                    return Ok(Some(index));
                }
            }
        }
        Ok(None)
    }

    /// Moves the staged entries into leaves.
    fn grow(&mut self, heap: &mut Heap<'_>) -> Result<()> {
        let leaves = List::new(heap, Rep::Ptr, SMALL_MAX * 4)?;
        self.large = Some(Box::new(Large { layout: leaf_layout(self.key, self.value), leaves, merge: false }));
        self.len = 0;
        for entry in self.small {
            self.push_leaf(heap, entry)?;
        }
        Ok(())
    }

    fn push_leaf(&mut self, heap: &mut Heap<'_>, entry: Entry) -> Result<()> {
        let Some(large) = &mut self.large else { return Ok(()) };
        let mark = heap.mark();
        heap.root_value(self.key, entry.key)?;
        heap.root_value(self.value, entry.value)?;
        let hash = match entry.hash {
            Hash::Of(hash) => hash,
            Hash::OfString => heap.hash_key().bytes(string_bytes(heap.bytes(), entry.key)?),
        };
        let fields = [Raw::from_bits(hash), Raw::from_bits(self.len as u64), entry.key, entry.value];
        let leaf = heap.record(TRIE_LEAF, &large.layout, &fields)?;
        large.leaves.push(heap, leaf)?;
        heap.release(mark);
        self.len += 1;
        Ok(())
    }

    /// The map; it is not rooted.
    pub(crate) fn finish(self, heap: &mut Heap<'_>) -> Result<Raw> {
        let map = match &self.large {
            None => self.finish_small(heap)?,
            Some(large) => self.finish_large(heap, large)?,
        };
        heap.release(self.mark);
        Ok(map)
    }

    fn finish_small(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        let entries = self.staged_entries();
        let keys = heap.buffer(self.key, self.len, self.len)?;
        for (index, entry) in entries.iter().enumerate() {
            heap.put_element(self.key, keys, index, entry.key)?;
        }
        heap.root(keys)?;
        let values = heap.buffer(self.value, self.len, self.len)?;
        for (index, entry) in entries.iter().enumerate() {
            heap.put_element(self.value, values, index, entry.value)?;
        }
        heap.root(values)?;
        let len = self.len as u32;
        let layout = const { &fixed([Rep::Slice, Rep::Slice]) };
        heap.record(SMALL, layout, &[Raw::from_slice(keys, len), Raw::from_slice(values, len)])
    }

    fn finish_large(&self, heap: &mut Heap<'_>, large: &Large) -> Result<Raw> {
        let held = heap.meter().held();
        let map = self.trie_of(heap, large);
        heap.meter().release(held);
        map
    }

    fn trie_of(&self, heap: &mut Heap<'_>, large: &Large) -> Result<Raw> {
        let mut leaves = Vec::new();
        {
            let reader = heap.reader();
            reader.meter.reserve(&mut leaves, large.leaves.len())?;
            let all = large.leaves.finish();
            let [hash, ..] = &large.layout.fields;
            for index in 0..all.len {
                let leaf = reader.element(Rep::Ptr, all, index)?;
                leaves.push((path(reader.field(leaf, hash)?.bits), leaf.pointer()));
            }
        }
        // Stable: leaves of one hash stay in the order of their numbers. Sorting needs as much again.
        heap.meter().hold(Meter::size_of(&leaves))?;
        leaves.sort_by_key(|&(path, _)| path);
        if large.merge {
            self.merge(heap, large, &mut leaves)?;
        }
        let size = leaves.len() as u64;
        let root = trie(heap, &leaves, 0)?;
        heap.root(root)?;
        let layout = const { &fixed([Rep::I64, Rep::I64, Rep::Ptr]) };
        let fields = [Raw::from_bits(size), Raw::from_bits(self.len as u64), Raw::from_pointer(root)];
        heap.record(TRIE, layout, &fields)
    }

    /// Joins leaves of equal keys: the number of the first and the value of the last. Leaves are in the order of their
    /// paths, and those of one path in the order of their numbers.
    fn merge(&self, heap: &mut Heap<'_>, large: &Large, leaves: &mut Vec<(u64, u32)>) -> Result<()> {
        let mut kept: Vec<(u64, u32)> = Vec::new();
        heap.meter().reserve(&mut kept, leaves.len())?;
        for group in leaves.chunk_by(|a, b| a.0 == b.0) {
            if let [leaf] = group {
                kept.push(*leaf);
                continue;
            }
            let Some(&(path, _)) = group.first() else { continue };
            kept.extend(self.joined(heap, large, group)?.into_iter().map(|joined| (path, joined)));
        }
        *leaves = kept;
        Ok(())
    }

    /// The leaves of one path, one for each key, in the order of their numbers. It sorts, so many keys with one hash,
    /// or one key many times, do not take quadratic time.
    fn joined(&self, heap: &mut Heap<'_>, large: &Large, group: &[(u64, u32)]) -> Result<Vec<u32>> {
        let [hash_place, number_place, key_place, value_place] = &large.layout.fields;
        let field = |heap: &Heap<'_>, leaf, place| heap.reader().field(Raw::from_pointer(leaf), place);
        // For the vectors below.
        heap.meter().hold(group.len() as u64 * 64)?;
        let mut keys = Vec::with_capacity(group.len());
        for &(_, leaf) in group {
            let key = string_bytes(heap.bytes(), field(heap, leaf, key_place)?)?;
            keys.push((key, leaf));
        }
        // Stable: equal keys stay in the order of their numbers.
        keys.sort_by_key(|&(key, _)| key);
        let equal: Vec<(u32, u32)> =
            keys.chunk_by(|a, b| a.0 == b.0).filter_map(|same| Some((same.first()?.1, same.last()?.1))).collect();
        let mut joined = Vec::with_capacity(equal.len());
        for (first, last) in equal {
            let number = field(heap, first, number_place)?;
            if first == last {
                joined.push((number.bits, first));
                continue;
            }
            let key = field(heap, first, key_place)?;
            let fields = [field(heap, first, hash_place)?, number, key, field(heap, last, value_place)?];
            let leaf = heap.record(TRIE_LEAF, &large.layout, &fields)?;
            // Not in the list of leaves, which keeps the key and the value; a root of its own until the end.
            heap.root(leaf.pointer())?;
            joined.push((number.bits, leaf.pointer()));
        }
        joined.sort_unstable();
        Ok(joined.into_iter().map(|(_, leaf)| leaf).collect())
    }
}

/// The bytes of a string.
fn string_bytes(memory: &[u8], string: Raw) -> Result<&[u8]> {
    if string.len == 0 { Ok(&[]) } else { slice(memory, string.pointer() + BUFFER_DATA, string.len as usize) }
}

/// The digits on which a trie branches, the first in the highest bits, so that numeric order is the order of the trie.
fn path(hash: u64) -> u64 {
    let mut path = 0;
    let mut level = 0;
    while level * BITS < 64 {
        let digit = hash >> (level * BITS) & ((1 << BITS) - 1);
        let width = BITS.min(64 - level * BITS);
        path = path << width | digit;
        level += 1;
    }
    path
}

fn digit(path: u64, level: u32) -> u32 {
    let from_top = level * BITS;
    let width = BITS.min(64 - from_top);
    (path << from_top >> (64 - width)) as u32
}

/// The trie of leaves in path order; there is at least one leaf. The recursion is as deep as a hash has digits.
fn trie(heap: &mut Heap<'_>, leaves: &[(u64, u32)], level: u32) -> Result<u32> {
    let mark = heap.mark();
    let (first, last) = match leaves {
        [] => return Err(Error::internal("a trie of no leaves")),
        [(_, leaf)] => return Ok(*leaf),
        [first, .., last] => (first.0, last.0),
    };
    let mut children = Vec::new();
    let mut bitmap = 0u64;
    let equal = first == last;
    if equal {
        children.extend(leaves.iter().map(|&(_, leaf)| leaf));
    } else {
        for group in leaves.chunk_by(|a, b| digit(a.0, level) == digit(b.0, level)) {
            bitmap |= group.first().map_or(0, |&(path, _)| 1 << digit(path, level));
            let child = trie(heap, group, level + 1)?;
            heap.root(child)?;
            children.push(child);
        }
    }
    let buffer = heap.buffer(Rep::Ptr, children.len(), children.len())?;
    for (index, &child) in children.iter().enumerate() {
        heap.put_element(Rep::Ptr, buffer, index, Raw::from_pointer(child))?;
    }
    heap.root(buffer)?;
    let array = Raw::from_slice(buffer, children.len() as u32);
    let node = if equal {
        heap.record(TRIE_COLLISION, const { &fixed([Rep::Slice]) }, &[array])?
    } else {
        heap.record(TRIE_NODE, const { &fixed([Rep::I64, Rep::Slice]) }, &[Raw::from_bits(bitmap), array])?
    };
    heap.release(mark);
    Ok(node.pointer())
}

/// The entries of a map in insertion order, read from memory one by one. What it takes to order them counts as host
/// memory while they live.
#[derive(Debug)]
pub(crate) struct Entries<'m> {
    reader: Reader<'m>,
    list: EntryList,
}

#[derive(Debug)]
enum EntryList {
    Small { keys: (Rep, Raw), values: (Rep, Raw) },
    Leaves { key: FieldPlace, value: FieldPlace, leaves: Vec<u32> },
}

impl Drop for Entries<'_> {
    fn drop(&mut self) {
        if let EntryList::Leaves { leaves, .. } = &self.list {
            self.reader.meter.give_back(Meter::size_of(leaves));
        }
    }
}

impl Entries<'_> {
    /// Their number.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        match &self.list {
            EntryList::Small { keys: (_, keys), .. } => keys.len as usize,
            EntryList::Leaves { leaves, .. } => leaves.len(),
        }
    }

    /// Key and value of an entry, `None` behind the last one.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Result<Option<(Raw, Raw)>> {
        if index < self.len() { self.entry(index).map(Some) } else { Ok(None) }
    }

    /// Keys and values.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Result<(Raw, Raw)>> {
        (0..self.len()).map(|index| self.entry(index))
    }

    #[inline]
    fn entry(&self, index: usize) -> Result<(Raw, Raw)> {
        let reader = &self.reader;
        match &self.list {
            EntryList::Small { keys: (key, keys), values: (value, values) } => {
                // Lengths have 32 bits.
                let index = index as u32;
                Ok((reader.element(*key, *keys, index)?, reader.element(*value, *values, index)?))
            }
            EntryList::Leaves { key, value, leaves } => {
                let leaf = leaves.get(index).ok_or_else(|| Error::internal("an entry that the map has not"))?;
                let leaf = Raw::from_pointer(*leaf);
                Ok((reader.field(leaf, key)?, reader.field(leaf, value)?))
            }
        }
    }
}

impl<'m> Reader<'m> {
    /// The entries of a map.
    pub(crate) fn entries(&mut self, map: Raw, key: Rep, value: Rep) -> Result<Entries<'m>> {
        let list = if self.tag(map)? == SMALL {
            let layout = const { &fixed([Rep::Slice, Rep::Slice]) };
            let (keys, values) = (self.field(map, &layout.fields[0])?, self.field(map, &layout.fields[1])?);
            self.count_nodes(u64::from(keys.len))?;
            EntryList::Small { keys: (key, keys), values: (value, values) }
        } else {
            let [_, number, key, value] = leaf_layout(key, value).fields;
            EntryList::Leaves { key, value, leaves: self.leaves(map, &number)? }
        };
        Ok(Entries { reader: self.uncounted(), list })
    }

    /// The leaves of a trie by number.
    fn leaves(&mut self, map: Raw, number: &FieldPlace) -> Result<Vec<u32>> {
        let layout = const { &fixed([Rep::I64, Rep::I64, Rep::Ptr]) };
        let [size, next_number, root] = &layout.fields;
        let (size, next_number) = (self.field(map, size)?.bits, self.field(map, next_number)?.bits);
        self.count_nodes(size)?;
        let mut found = Leaves::new(self.meter, size, next_number)?;
        // A leaf has at most a node for each digit of its hash above it.
        let mut nodes = size.saturating_mul(u64::from(64u32.div_ceil(BITS)) + 2).saturating_add(1);
        // Nodes and leaves are spread over memory in the order of their hashes. They are read level by level: then one
        // read does not depend on the one before, and the machine waits for many of them at once.
        let (mut level, mut below) = (Vec::new(), Vec::new());
        self.meter.push(&mut level, self.field(map, root)?.pointer())?;
        while !level.is_empty() {
            nodes -= level.len() as u64;
            for some in level.chunks(AT_ONCE) {
                // A short loop, so that many reads are under way. What is no leaf has no number, and that read is not used.
                let mut numbers = [[0; 8]; AT_ONCE];
                for (number_read, &node) in numbers.iter_mut().zip(some) {
                    let at = node.wrapping_add(number.offset) as usize;
                    *number_read =
                        self.memory.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
                }
                for (&node, &number) in some.iter().zip(&numbers) {
                    let node = Raw::from_pointer(node);
                    let children = match self.tag(node)? {
                        TRIE_LEAF => {
                            found.add(self.meter, u64::from_le_bytes(number), node.pointer())?;
                            continue;
                        }
                        TRIE_NODE => self.field(node, const { &fixed([Rep::I64, Rep::Slice]).fields[1] })?,
                        TRIE_COLLISION => self.field(node, const { &fixed([Rep::Slice]).fields[0] })?,
                        tag => return Err(Error::internal(format!("a trie has no constructor of tag {tag}"))),
                    };
                    let children = self.elements(children, Rep::Ptr.element_size())?.as_chunks().0;
                    if (below.len() + children.len()) as u64 > nodes {
                        return Err(Error::internal("a trie has more nodes than its size allows"));
                    }
                    self.meter.reserve(&mut below, children.len())?;
                    below.extend(children.iter().map(|&child| u32::from_le_bytes(child)));
                }
            }
            level.clear();
            std::mem::swap(&mut level, &mut below);
        }
        self.meter.give_back(Meter::size_of(&level) + Meter::size_of(&below));
        found.finish(self.meter)
    }
}

/// Nodes of a trie that are read at once.
const AT_ONCE: usize = 64;

/// Leaves that are put in the order of their numbers. Numbers are distinct, and have few gaps if few entries were
/// removed.
enum Leaves {
    /// By number; 0 is no leaf.
    Places(Vec<u32>),
    Numbered(Vec<(u64, u32)>),
}

impl Leaves {
    /// For so many leaves with smaller numbers than the next.
    fn new(meter: &Meter, size: u64, next_number: u64) -> Result<Self> {
        if next_number > size.saturating_mul(2) {
            return Ok(Leaves::Numbered(Vec::new()));
        }
        let count = usize::try_from(next_number).map_err(|_| meter.out_of_memory())?;
        let mut places = Vec::new();
        meter.reserve(&mut places, count)?;
        places.resize(count, 0);
        Ok(Leaves::Places(places))
    }

    #[inline]
    fn add(&mut self, meter: &Meter, number: u64, leaf: u32) -> Result<()> {
        match self {
            Leaves::Numbered(leaves) => meter.push(leaves, (number, leaf)),
            Leaves::Places(places) => match usize::try_from(number).ok().and_then(|number| places.get_mut(number)) {
                Some(place) => {
                    *place = leaf;
                    Ok(())
                }
                None => Err(Error::internal("a trie has a number that its map has not given yet")),
            },
        }
    }

    fn finish(self, meter: &Meter) -> Result<Vec<u32>> {
        match self {
            Leaves::Places(mut places) => {
                places.retain(|&leaf| leaf != 0);
                Ok(places)
            }
            Leaves::Numbered(mut leaves) => {
                leaves.sort_unstable();
                let mut ordered = Vec::new();
                meter.reserve(&mut ordered, leaves.len())?;
                ordered.extend(leaves.iter().map(|&(_, leaf)| leaf));
                meter.give_back(Meter::size_of(&leaves));
                Ok(ordered)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_come_by_number() {
        for step in [1, 2, 3] {
            let meter = Meter::new(&crate::Limits::default());
            let mut leaves = Leaves::new(&meter, 50, 49 * step + 1).unwrap();
            assert_eq!(matches!(leaves, Leaves::Places(_)), step < 3);
            for number in (0..50).rev() {
                leaves.add(&meter, number * step, number as u32 + 1).unwrap();
            }
            let ordered = leaves.finish(&meter).unwrap();
            assert_eq!(ordered, (1..=50).collect::<Vec<_>>());
            meter.give_back(Meter::size_of(&ordered));
            assert_eq!(meter.held(), 0);
        }
    }

    #[test]
    fn a_number_beyond_those_that_were_given_is_an_error() {
        let meter = Meter::new(&crate::Limits::default());
        let mut leaves = Leaves::new(&meter, 2, 3).unwrap();
        leaves.add(&meter, 2, 64).unwrap();
        assert!(leaves.add(&meter, 3, 96).is_err());
    }

    #[test]
    fn paths_hold_every_bit_of_the_hash_in_trie_order() {
        let hash = 0xfedc_ba98_7654_3211;
        for level in 0..13 {
            assert_eq!(u64::from(digit(path(hash), level)), hash >> (5 * level) & 31, "level {level}");
        }
        assert_ne!(path(1 << 63), path(0));
    }
}
