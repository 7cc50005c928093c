//! What happens at limits: of memory, of the shadow stack, of sizes; and that free memory is used again.

use super::{BYTES, COMPILED, Guest, MODES};
use crate::support::{SupportFn, SupportGlobal};
use vera_abi::{heap, trap};

const CONS: u32 = heap::record_header(1, 1);

/// Keeps allocating and linking until that traps; returns the site and the number of objects.
fn fill(guest: &mut Guest, slot: u32, bytes: u32) -> (i32, u32) {
    for count in 0.. {
        match guest.try_call::<_, u32>(SupportFn::Alloc, bytes) {
            Ok(cell) => {
                let tail = guest.read(slot);
                guest.write(cell, CONS);
                guest.write(cell + 4, tail);
                guest.write(cell + 8, count);
                guest.write(slot, cell);
            }
            Err(_) => return (guest.trap_site(), count),
        }
    }
    unreachable!("memory is limited")
}

#[test]
fn an_exhausted_heap_is_usable_again() {
    for (stress, limit, sizes) in
        [(0, 6 << 20, &[16, 200, 2048, 5000, 100_000][..]), (heap::stress::ALL, 1 << 19, &[400, 7000])]
    {
        for &bytes in sizes {
            let mut guest = Guest::with(&COMPILED, stress, 1 << 12, limit);
            let slot = guest.push(0);
            let (site, count) = fill(&mut guest, slot, bytes);
            assert_eq!(site, trap::SITE_HEAP_EXHAUSTED);
            assert!(
                guest.memory_bytes() + bytes as usize + 0x20000 > limit,
                "nearly everything was used before giving up"
            );
            let mut cell = guest.read(slot);
            for number in (0..count).rev() {
                assert_eq!(guest.read(cell + 8), number);
                cell = guest.read(cell + 4);
            }
            guest.assert_heap_is_sound();
            guest.write(slot, 0);
            // Another shape, so blocks change their class.
            let (_, large) = fill(&mut guest, slot, 40_000);
            guest.write(slot, 0);
            let (site, again) = fill(&mut guest, slot, bytes);
            assert_eq!(site, trap::SITE_HEAP_EXHAUSTED);
            assert!(large > 1 && again >= count, "{large} {again} {count}");
            guest.write(slot, 0);
            guest.assert_heap_is_sound();
        }
    }
}

/// Every size gets a cell of the class that the ABI names for it, or a run of blocks.
#[test]
fn sizes_and_classes() {
    let mut guest = Guest::new(0);
    let largest = heap::LARGEST_CELL;
    for bytes in (0..largest + 100).step_by(4).chain(heap::CLASS_SIZES.map(|size| size + 1)) {
        let cell: u32 = guest.call(SupportFn::Alloc, bytes);
        guest.write(cell, BYTES);
        let size = guest.read((cell & !(heap::BLOCK - 1)) + heap::BLOCK_CELL_SIZE);
        match heap::size_class(bytes) {
            Some(class) => assert_eq!(size, heap::cell_size(class), "{bytes}"),
            None => assert_eq!(size, heap::BLOCK - heap::BLOCK_CELLS, "{bytes}"),
        }
    }
}

#[test]
fn absurd_sizes_are_refused() {
    let mut guest = Guest::with(&COMPILED, 0, 1 << 12, 1 << 24);
    for bytes in [u32::MAX, u32::MAX - 7, 0xffff_0000, 0x8000_0000, 1 << 24] {
        assert_eq!(guest.trap_of::<_, u32>(SupportFn::Alloc, bytes), trap::SITE_HEAP_EXHAUSTED);
    }
    for bytes in [u32::MAX, heap::MAX_BUFFER_BYTES + 1] {
        assert_eq!(guest.trap_of::<_, u32>(SupportFn::BufferNew, (bytes, BYTES)), trap::SITE_BUFFER_TOO_LARGE);
    }
    let most = heap::MAX_BUFFER_BYTES;
    for (len, extra, element_size) in [(0, most + 1, 1), (0, u32::MAX, 8), (u32::MAX, u32::MAX, 8), (1, most, 0)] {
        let params = (heap::EMPTY_BUFFER, len, extra, element_size, BYTES);
        assert_eq!(guest.trap_of::<_, u32>(SupportFn::BufferReserve, params), trap::SITE_BUFFER_TOO_LARGE);
    }
    guest.assert_heap_is_sound();
}

/// Near the end of memory a buffer that is appended to gets less than twice its room, but never so little that many
/// appends copy it.
#[test]
fn appending_goes_on_where_doubling_does_not_fit() {
    const LIMIT: usize = 16 << 20;
    for (stress, step) in [(0, 1000), (heap::stress::ALL, 60_000), (0, 3 << 20)] {
        let mut guest = Guest::with(&COMPILED, stress, 1 << 12, LIMIT);
        let slot = guest.push(heap::EMPTY_BUFFER);
        let (mut len, mut copies) = (0, 0);
        let site = loop {
            let old = guest.read(slot);
            match guest.try_call::<_, u32>(SupportFn::BufferReserve, (old, len, step, 1u32, BYTES)) {
                Ok(buffer) => {
                    guest.write_bytes(buffer + heap::BUFFER_DATA + len, &[len as u8]);
                    copies += u32::from(buffer != old);
                    guest.write(slot, buffer);
                }
                Err(_) => break guest.trap_site(),
            }
            for at in [0, len / step / 2 * step, len] {
                assert_eq!(guest.bytes(guest.read(slot) + heap::BUFFER_DATA + at, 1), [at as u8]);
            }
            len += step;
        };
        assert_eq!(site, trap::SITE_HEAP_EXHAUSTED);
        // Two copies do not fit beyond half of memory.
        assert!((len + step) as usize > LIMIT * 2 / 5, "{len} of {LIMIT} bytes were appended by steps of {step}");
        assert!(copies < 30, "{copies} copies for {} appends", len / step);
        guest.assert_heap_is_sound();
    }
}

#[test]
fn init_places_the_stack_or_says_why_not() {
    for shadow_stack_bytes in [0, 1, 4, 1000, 1 << 22] {
        let mut guest = Guest::with(&COMPILED, heap::stress::ALL, shadow_stack_bytes, 1 << 26);
        let base = guest.global(SupportGlobal::HeapBase);
        let limit = guest.global(SupportGlobal::GcStackLimit);
        assert!(base.is_multiple_of(heap::BLOCK) && guest.stack_base <= limit && limit <= base);
        assert_eq!(limit, guest.stack_base + shadow_stack_bytes / 8 * 8);
        let cell: u32 = guest.call(SupportFn::Alloc, 16u32);
        assert!(cell >= base + heap::BLOCK_CELLS);
    }
    let mut guest = Guest::with(&COMPILED, 0, 0, 1 << 20);
    for shadow_stack_bytes in [1 << 20, 0x7fff_ffff, u32::MAX] {
        assert_eq!(guest.trap_of::<_, ()>(SupportFn::Init, shadow_stack_bytes), trap::SITE_HEAP_EXHAUSTED);
    }
}

#[test]
fn the_shadow_stack_ends_at_its_limit() {
    for stress in MODES {
        let mut guest = Guest::with(&COMPILED, stress, 16, usize::MAX);
        let (ptr, len) = guest.string(b"seven");
        for _ in 0..4 {
            guest.push(ptr);
        }
        assert_eq!(
            guest.trap_of::<_, u32>(SupportFn::BufferSlice, (ptr, 1u32, 2u32, 1u32, BYTES)),
            trap::SITE_SHADOW_STACK_EXHAUSTED
        );
        // Both strings must be kept, and there is room for one.
        guest.pop();
        assert_eq!(
            guest.trap_of::<_, (u32, u32)>(SupportFn::BytesAppend, (ptr, len - 1, ptr, len)),
            trap::SITE_SHADOW_STACK_EXHAUSTED
        );
        guest.pop();
        let joined = guest.call(SupportFn::BytesAppend, (ptr, len - 1, ptr, len));
        assert_eq!(guest.text(joined), b"seveseven");
    }
}

/// Growing by doubling leaves a trail of ever larger buffers; what is free is used for the next.
#[test]
fn a_buffer_grows_to_a_hundred_megabytes_again_and_again() {
    let mut guest = Guest::with(&COMPILED, 0, 1 << 12, 420 << 20);
    for _ in 0..4 {
        let slot = guest.push(heap::EMPTY_BUFFER);
        let mut len = 0;
        while len < 100 << 20 {
            let buffer = guest.read(slot);
            let extra = 100_000;
            let buffer: u32 = guest.call(SupportFn::BufferReserve, (buffer, len, extra, 1u32, BYTES));
            guest.write(buffer + heap::BUFFER_DATA + len, len);
            len += extra;
            guest.write(slot, buffer);
        }
        let buffer = guest.pop();
        for at in (0..len).step_by(100_000) {
            assert_eq!(guest.read(buffer + heap::BUFFER_DATA + at), at);
        }
    }
}

#[test]
fn blocks_of_cells_become_large_objects() {
    for stress in [0, heap::stress::POISON | heap::stress::CHECK] {
        let mut guest = Guest::new(stress);
        let slot = guest.push(0);
        for _ in 0..400_000 {
            let cell = guest.alloc_inline(heap::size_class(24).unwrap());
            let tail = guest.read(slot);
            guest.write(cell, CONS);
            guest.write(cell + 4, tail);
            guest.write(slot, cell);
        }
        guest.write(slot, 0);
        guest.collect();
        let memory = guest.memory_bytes();
        for _ in 0..20 {
            let buffer: u32 = guest.call(SupportFn::BufferNew, (4 << 20, BYTES));
            guest.write(slot, buffer);
        }
        assert_eq!(guest.memory_bytes(), memory);
    }
}

#[test]
fn large_garbage_counts() {
    let mut guest = Guest::new(0);
    for _ in 0..200 {
        guest.call::<_, u32>(SupportFn::BufferNew, (1 << 20, BYTES));
    }
    assert!(guest.memory_bytes() < 16 << 20);
}

/// A request that does not fit the free run at the end of memory grows memory by what is missing only.
#[test]
fn memory_grows_by_what_is_missing() {
    let limit = 21 << 20;
    let mut guest = Guest::with(&COMPILED, 0, 1 << 12, limit);
    let cell = guest.record(BYTES, &[0]);
    guest.push(cell);
    // Free: all but a block of a 4 MiB step at the end. 20 MiB fit only together with it.
    let large: u32 = guest.call(SupportFn::BufferNew, (20 << 20, BYTES));
    guest.push(large);
    assert!(guest.memory_bytes() <= limit);
    guest.assert_heap_is_sound();
}
