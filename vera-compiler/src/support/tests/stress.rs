//! The stress modes find what they are there to find.

use super::{BYTES, Guest, LITERALS_END, POINTERS, SLICES};
use crate::support::{SupportFn, SupportGlobal};
use vera_abi::{heap, trap};

#[test]
fn an_unrooted_object_is_poisoned_by_the_next_allocation() {
    for bytes in [16, 64, 2048, 9_000, 70_000] {
        let mut guest = Guest::new(heap::stress::ALL);
        let kept = guest.record(heap::record_header(1, 0), &[1, 2, 3]);
        guest.push(kept);
        let lost: u32 = guest.call(SupportFn::Alloc, bytes);
        guest.write(lost, heap::record_header(1, 0));
        let next = guest.alloc_inline(3);
        guest.write(next, heap::record_header(1, 0));
        // The freed block may be in use again, from its first cell on.
        assert!(lost == next || guest.read(lost) == u32::MAX);
        assert_eq!(guest.read(lost + bytes - 4), u32::MAX);
        assert_eq!(guest.read(kept), heap::record_header(1, 0));
    }
}

#[test]
fn every_kind_of_allocation_collects_when_told_to() {
    let mut guest = Guest::new(0);
    // Holes are open already when the mode is set.
    for class in 0..heap::CLASS_SIZES.len() as u32 {
        let cell = guest.alloc_inline(class);
        guest.write(cell, heap::record_header(0, 0));
    }
    guest.call::<_, ()>(SupportFn::SetStress, heap::stress::ALL);
    for class in 0..heap::CLASS_SIZES.len() as u32 {
        for way in 0..3 {
            let lost = guest.record(heap::record_header(1, 0), &[0; 3]);
            let cell = match way {
                0 => guest.alloc_inline(class),
                1 => guest.alloc_refill(class),
                _ => guest.call(SupportFn::Alloc, heap::CLASS_SIZES[class as usize]),
            };
            guest.write(cell, heap::record_header(0, 0));
            assert!(lost == cell || guest.read(lost) == u32::MAX, "class {class}, way {way}");
        }
    }
}

#[test]
fn malformed_references_are_found() {
    let large_bytes = 100_000;
    let mut guest = Guest::new(0);
    let holder = guest.record(heap::record_header(9, 1), &[0, 0, 0]);
    let slot = guest.push(holder);
    let good = guest.record(heap::record_header(1, 0), &[0, 0, 0]);
    guest.push(good);
    let large: u32 = guest.call(SupportFn::Alloc, large_bytes);
    guest.write(large, BYTES);
    guest.push(large);
    let free: u32 = guest.call(SupportFn::Alloc, large_bytes);
    guest.collect();
    let heap_base = guest.global(SupportGlobal::HeapBase);
    let memory = guest.memory_bytes() as u32;
    let bad = [
        good + 4,
        good + 8,
        good & !(heap::BLOCK - 1),
        (good & !(heap::BLOCK - 1)) + heap::BLOCK_CELLS - 8,
        large + 8,
        large + heap::BLOCK,
        large & !(heap::BLOCK - 1),
        free,
        memory - 8,
        memory,
        u32::MAX,
        heap_base - 8,
        guest.stack_base,
        LITERALS_END,
        heap::CLASS_TABLE,
        heap::STATICS + 2,
        1,
    ];
    for bad in bad {
        for place in [slot, holder + 4] {
            let before = guest.read(place);
            guest.write(place, bad);
            guest.call::<_, ()>(SupportFn::SetStress, heap::stress::CHECK);
            assert_eq!(guest.trap_of::<_, ()>(SupportFn::Collect, ()), trap::SITE_HEAP_CORRUPT, "{bad:#x}");
            guest.call::<_, ()>(SupportFn::SetStress, 0);
            // As a root in place of the holder it would have freed it.
            assert_eq!(guest.call::<_, u32>(SupportFn::CheckHeap, ()), bad);
            guest.write(place, before);
            if place == slot {
                // The holder was unreachable; it is not used again until something of its class is allocated.
                assert_eq!(guest.read(holder), heap::record_header(9, 1));
            }
            guest.assert_heap_is_sound();
        }
    }
}

#[test]
fn headers_that_do_not_fit_are_found() {
    let mut guest = Guest::new(0);
    let object: u32 = guest.call(SupportFn::Alloc, 48u32);
    guest.push(object);
    // Keeps the block when the object itself is not taken for one.
    let neighbour = guest.record(heap::record_header(0, 0), &[0; 11]);
    guest.push(neighbour);
    for (header, fill, sound) in [
        (heap::record_header(0, 11), 0, true),
        (heap::record_header(0, 12), 0, false),
        (heap::record_header(0, heap::MAX_POINTERS), 0, false),
        (POINTERS, 10, true),
        (POINTERS, 11, false),
        (POINTERS, u32::MAX, false),
        (SLICES, 5, true),
        (SLICES, 6, false),
        (SLICES, 1 << 29, false),
        (BYTES, u32::MAX, true),
        (heap::buffer_header(heap::KIND_POISON), 0, false),
        (u32::MAX, 0, false),
    ] {
        guest.write_bytes(object, &[0; 48]);
        guest.write(object, header);
        if header != heap::record_header(0, 11) {
            guest.write(object + heap::BUFFER_FILL, fill);
        }
        let found = guest.call::<_, u32>(SupportFn::CheckHeap, ());
        assert_eq!(found, if sound { 0 } else { object }, "{header:#x} {fill}");
    }
}
