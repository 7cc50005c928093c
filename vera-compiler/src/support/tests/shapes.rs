//! Graphs that are hard on a marker: deep, wide, and full of numbers that look like addresses.

use super::{BYTES, COMPILED, Guest, MODES, POINTERS, SLICES};
use crate::support::SupportFn;
use vera_abi::heap;

const CONS: u32 = heap::record_header(1, 1);
const PAIR: u32 = heap::record_header(2, 2);

fn scaled(stress: u32, full: u32) -> u32 {
    if stress == 0 { full } else { full / 1000 }
}

/// A list `len - 1, ..., 1, 0` whose cells are `header, tail, number`, in a root.
fn list(guest: &mut Guest, len: u32) -> u32 {
    let class = heap::size_class(16).unwrap();
    let slot = guest.push(0);
    for number in 0..len {
        let cell = guest.alloc_inline(class);
        let tail = guest.read(slot);
        guest.write(cell, CONS);
        guest.write(cell + 4, tail);
        guest.write(cell + 8, number);
        guest.write(slot, cell);
    }
    slot
}

fn assert_list(guest: &Guest, slot: u32, len: u32) {
    let mut cell = guest.read(slot);
    for number in (0..len).rev() {
        assert_eq!((guest.read(cell), guest.read(cell + 8)), (CONS, number));
        cell = guest.read(cell + 4);
    }
    assert_eq!(cell, 0);
}

#[test]
fn a_list_of_a_million() {
    for stress in MODES {
        let len = scaled(stress, 1_000_000);
        let mut guest = Guest::new(stress);
        let slot = list(&mut guest, len);
        guest.assert_heap_is_sound();
        assert_list(&guest, slot, len);
    }
}

/// The spine is the first pointer, so every cell's box or the spine waits on the mark stack.
#[test]
fn a_list_that_needs_the_mark_stack() {
    for (stress, spine, value) in MODES.into_iter().flat_map(|stress| [(stress, 4, 8), (stress, 8, 4)]) {
        let len = scaled(stress, 100_000);
        let mut guest = Guest::new(stress);
        let slot = guest.push(0);
        let boxed = guest.push(0);
        for number in 0..len {
            let leaf = guest.record(heap::record_header(3, 0), &[number, 0]);
            guest.write(boxed, leaf);
            let cell = guest.alloc_inline(heap::size_class(16).unwrap());
            let tail = guest.read(slot);
            guest.write(cell, PAIR);
            guest.write(cell + spine, tail);
            guest.write(cell + value, leaf);
            guest.write(slot, cell);
        }
        guest.assert_heap_is_sound();
        let mut cell = guest.read(slot);
        for number in (0..len).rev() {
            assert_eq!(guest.read(guest.read(cell + value) + 4), number);
            cell = guest.read(cell + spine);
        }
    }
}

/// A wide array pushes its elements all at once: many chunks of the mark stack, taken and given back.
#[test]
fn wide_arrays() {
    for stress in MODES {
        for (header, stride) in [(POINTERS, 4), (SLICES, 8)] {
            let len = scaled(stress, 60_000);
            let mut guest = Guest::new(stress);
            let array: u32 = guest.call(SupportFn::BufferNew, (stride * len, header));
            guest.push(array);
            for number in 0..len {
                let leaf = guest.record(heap::record_header(0, 0), &[number, number]);
                let element = array + heap::BUFFER_DATA + stride * number;
                guest.write(element, leaf);
                guest.write(array + heap::BUFFER_FILL, number + 1);
                if stride == 8 {
                    // A length that looks like an address of nothing.
                    guest.write(element + 4, array + 4);
                }
            }
            for _ in 0..3 {
                guest.collect();
            }
            guest.assert_heap_is_sound();
            let memory = guest.memory_bytes();
            for _ in 0..3 {
                guest.collect();
            }
            assert_eq!(guest.memory_bytes(), memory, "the mark stack's chunks are free again");
            for number in 0..len {
                let leaf = guest.read(array + heap::BUFFER_DATA + stride * number);
                assert_eq!(guest.read(leaf + 4), number);
            }
        }
    }
}

/// With memory at its limit the mark stack cannot grow; everything reachable is found all the same.
#[test]
fn marking_without_memory_for_the_stack() {
    let limit = 4 << 20;
    let mut guest = Guest::with(&COMPILED, 0, 1 << 16, limit);
    let len = 80_000;
    let array: u32 = guest.call(SupportFn::BufferNew, (4 * len, POINTERS));
    guest.push(array);
    // Each element is a list of two, so that a child hangs below every object that was dropped from the stack.
    for number in 0..len {
        let leaf = guest.record(heap::record_header(7, 0), &[number, 0, 0]);
        guest.push(leaf);
        let cell = guest.record(CONS, &[leaf, number, 0]);
        guest.pop();
        guest.write(array + heap::BUFFER_DATA + 4 * number, cell);
        guest.write(array + heap::BUFFER_FILL, number + 1);
    }
    // Use up what is left.
    let filler = guest.push(0);
    while let Ok(cell) = guest.try_call::<_, u32>(SupportFn::Alloc, 30_000u32) {
        let rest = guest.read(filler);
        guest.write(cell, CONS);
        guest.write(cell + 4, rest);
        guest.write(filler, cell);
    }
    // What is not found is overwritten.
    guest.call::<_, ()>(SupportFn::SetStress, heap::stress::POISON);
    guest.collect();
    guest.assert_heap_is_sound();
    for number in 0..len {
        let cell = guest.read(array + heap::BUFFER_DATA + 4 * number);
        assert_eq!((guest.read(cell), guest.read(cell + 8)), (CONS, number));
        let leaf = guest.read(cell + 4);
        assert_eq!((guest.read(leaf), guest.read(leaf + 4)), (heap::record_header(7, 0), number));
    }
    assert!(guest.memory_bytes() <= limit);
}

#[test]
fn numbers_are_not_pointers() {
    for stress in MODES.map(|stress| stress | heap::stress::POISON) {
        let mut guest = Guest::new(stress);
        let numbers: u32 = guest.call(SupportFn::BufferNew, (8 * 64u32, BYTES));
        guest.push(numbers);
        let mut addresses = Vec::new();
        for i in 0..64 {
            let lost = guest.record(CONS, &[0, i, 0]);
            addresses.push(lost);
            // As an Int, and the interior of an object for every other one.
            guest.write(numbers + heap::BUFFER_DATA + 8 * i, lost + (i % 2) * 4);
            guest.write(numbers + heap::BUFFER_DATA + 8 * i + 4, 0);
        }
        guest.write(numbers + heap::BUFFER_FILL, 64);
        guest.assert_heap_is_sound();
        for (i, &lost) in addresses.iter().enumerate() {
            let number = guest.read(numbers + heap::BUFFER_DATA + 8 * i as u32);
            assert_eq!(number, lost + (i as u32 % 2) * 4, "the array is as it was");
            assert_eq!(guest.read(lost), u32::MAX, "what only numbers refer to is gone");
        }
    }
}

#[test]
fn cycles_are_no_trouble() {
    for stress in MODES {
        let mut guest = Guest::new(stress);
        let first = guest.record(PAIR, &[0, 0, 0]);
        guest.push(first);
        let second = guest.record(PAIR, &[first, first, 0]);
        guest.write(first + 4, second);
        guest.write(first + 8, first);
        guest.assert_heap_is_sound();
        assert_eq!((guest.read(first + 4), guest.read(second + 8)), (second, first));
    }
}
