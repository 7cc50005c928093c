//! Random object graphs, mirrored in Rust.

use std::collections::BTreeSet;

use super::{BYTES, Guest, POINTERS, Rng, SLICES};
use crate::support::SupportFn;
use vera_abi::heap;

/// What the heap should hold at an address.
struct Object {
    address: u32,
    header: u32,
    /// Every word after the header.
    words: Vec<Word>,
}

#[derive(Clone, Copy)]
enum Word {
    Plain(u32),
    Pointer(Option<usize>),
}

struct Model {
    guest: Guest,
    rng: Rng,
    objects: Vec<Object>,
    /// The object in each slot of the shadow stack.
    roots: Vec<Option<usize>>,
}

impl Model {
    fn new(stress: u32, seed: u64, roots: usize) -> Self {
        let mut guest = Guest::new(stress);
        for _ in 0..roots {
            guest.push(0);
        }
        Self { guest, rng: Rng(seed), objects: Vec::new(), roots: vec![None; roots] }
    }

    fn address(&self, object: Option<usize>) -> u32 {
        match object {
            Some(object) => self.objects[object].address,
            // Both are pointers to nothing on the heap.
            None if self.objects.len().is_multiple_of(2) => 0,
            None => heap::static_constructor(3),
        }
    }

    /// An object that a root points to, directly or by one step, or none.
    fn pick(&mut self) -> Option<usize> {
        let root = self.roots[self.rng.below(self.roots.len())]?;
        let words = &self.objects[root].words;
        if !words.is_empty()
            && self.rng.below(2) == 0
            && let Word::Pointer(Some(child)) = words[self.rng.below(words.len())]
        {
            return Some(child);
        }
        Some(root)
    }

    fn set_root(&mut self, slot: usize, object: Option<usize>) {
        let address = self.address(object);
        self.roots[slot] = object;
        self.guest.write(self.guest.stack_base + 4 * slot as u32, address);
    }

    /// Makes an object of random shape, with pointers to reachable ones, and roots it.
    fn allocate(&mut self) {
        let limit = match self.rng.below(100) {
            0 => 60_000,
            1..10 => 600,
            _ => 12,
        };
        let len = self.rng.below(limit);
        let (header, words) = match self.rng.below(5) {
            0 => {
                let words: Vec<_> = (0..len.max(1)).map(|_| Word::Plain(self.rng.next() as u32)).collect();
                (BYTES, words)
            }
            1 => {
                let mut words = vec![Word::Plain(len as u32)];
                words.extend((0..len).map(|_| Word::Pointer(self.pick())));
                (POINTERS, words)
            }
            2 => {
                let mut words = vec![Word::Plain(len as u32)];
                for _ in 0..len {
                    words.push(Word::Pointer(self.pick()));
                    words.push(Word::Plain(self.rng.next() as u32));
                }
                (SLICES, words)
            }
            _ => {
                let len = len.min(5000);
                let pointers = self.rng.below(len + 1);
                let tag = self.rng.below(heap::MAX_TAG as usize + 1) as u32;
                let mut words: Vec<_> = (0..pointers).map(|_| Word::Pointer(self.pick())).collect();
                words.extend((pointers..len).map(|_| Word::Plain(self.rng.next() as u32)));
                (heap::record_header(tag, pointers as u32), words)
            }
        };
        let bytes = 4 + 4 * words.len() as u32;
        let address = match (heap::size_class(bytes), self.rng.below(3)) {
            (Some(class), 0) => self.guest.alloc_inline(class),
            (Some(class), 1) => self.guest.alloc_refill(class),
            _ => self.guest.call(SupportFn::Alloc, bytes),
        };
        assert!(address.is_multiple_of(8));
        self.guest.write(address, header);
        // One write for all: objects may be large.
        let contents: Vec<u8> = words
            .iter()
            .flat_map(|&word| match word {
                Word::Plain(word) => word.to_le_bytes(),
                Word::Pointer(object) => self.address(object).to_le_bytes(),
            })
            .collect();
        self.guest.write_bytes(address + 4, &contents);
        // What is "nothing" depends on the number of objects; write it down as it was.
        let words = words
            .into_iter()
            .map(|word| match word {
                Word::Pointer(None) => Word::Plain(self.address(None)),
                word => word,
            })
            .collect();
        self.objects.push(Object { address, header, words });
        let slot = self.rng.below(self.roots.len());
        self.set_root(slot, Some(self.objects.len() - 1));
    }

    fn reachable(&self) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<usize> = self.roots.iter().copied().flatten().collect();
        while let Some(object) = waiting.pop() {
            if seen.insert(object) {
                waiting.extend(self.objects[object].words.iter().filter_map(|&word| match word {
                    Word::Pointer(child) => child,
                    Word::Plain(_) => None,
                }));
            }
        }
        seen
    }

    /// Every reachable object is where and what it should be, and no two overlap.
    fn verify(&self) {
        let mut ends = Vec::new();
        for object in self.reachable() {
            let Object { address, header, words } = &self.objects[object];
            assert_eq!(self.guest.read(*address), *header);
            let len = 4 * words.len() as u32;
            for (&word, bytes) in words.iter().zip(self.guest.bytes(address + 4, len).as_chunks().0) {
                let expected = match word {
                    Word::Plain(word) => word,
                    Word::Pointer(object) => self.address(object),
                };
                assert_eq!(u32::from_le_bytes(*bytes), expected);
            }
            ends.push((*address, address + 4 + len));
        }
        ends.sort_unstable();
        assert!(ends.windows(2).all(|pair| pair[0].1 <= pair[1].0), "live objects do not overlap");
    }
}

fn run(stress: u32, seed: u64, steps: usize) {
    let mut model = Model::new(stress, seed, 40);
    for step in 0..steps {
        match model.rng.below(20) {
            0..4 => {
                let slot = model.rng.below(model.roots.len());
                model.set_root(slot, None);
            }
            4 if model.rng.below(20) == 0 => model.guest.collect(),
            5 if model.rng.below(100) == 0 => model.guest.assert_heap_is_sound(),
            6 if model.rng.below(100) == 0 => {
                for slot in 0..model.roots.len() {
                    model.set_root(slot, None);
                }
            }
            _ => model.allocate(),
        }
        if step % 500 == 0 {
            model.verify();
        }
    }
    model.guest.assert_heap_is_sound();
    model.verify();
}

#[test]
fn random_graphs_survive() {
    for seed in 1..3 {
        run(0, seed, 10_000);
    }
}

#[test]
fn random_graphs_survive_stress() {
    run(heap::stress::ALL, 4, 2_000);
    run(heap::stress::POISON | heap::stress::CHECK, 5, 5_000);
}

#[test]
fn dropped_graphs_give_their_memory_back() {
    for stress in [0, heap::stress::POISON] {
        let mut model = Model::new(stress, 11, 40);
        let mut memory = 0;
        for round in 0..12 {
            for _ in 0..2_000 {
                model.allocate();
            }
            for slot in 0..model.roots.len() {
                model.set_root(slot, None);
            }
            if round == 3 {
                memory = model.guest.memory_bytes();
            }
        }
        assert!(model.guest.memory_bytes() <= 2 * memory, "{memory} -> {}", model.guest.memory_bytes());
    }
}
