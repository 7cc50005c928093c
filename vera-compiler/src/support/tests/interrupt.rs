//! A collection that runs out of fuel at any point does no harm.

use super::{BYTES, COMPILED_WITH_FUEL, Guest, POINTERS};
use crate::support::SupportFn;
use vera_abi::heap;

/// A tree with shared leaves, some large objects, and garbage between.
fn populate(guest: &mut Guest) -> Vec<(u32, Vec<u8>)> {
    let mut expected = Vec::new();
    for round in 0..40u32 {
        let text = vec![round as u8; 10 + (round as usize * 1777) % 40_000];
        let (leaf, _) = guest.string(&text);
        guest.push(leaf);
        let garbage: u32 = guest.call(SupportFn::BufferNew, (3_000 * round, BYTES));
        let pair = guest.record(heap::record_header(1, 2), &[leaf, leaf, garbage]);
        guest.pop();
        guest.push(pair);
        expected.push((leaf, text));
    }
    expected
}

#[test]
fn a_collection_out_of_fuel_is_started_over() {
    for stress in [0, heap::stress::POISON | heap::stress::CHECK] {
        let mut guest = Guest::with(&COMPILED_WITH_FUEL, stress, 1 << 12, 1 << 26);
        let expected = populate(&mut guest);
        let array: u32 = guest.call(SupportFn::BufferNew, (4 * 200u32, POINTERS));
        guest.push(array);
        let mut interrupted = 0;
        for round in 0u64.. {
            guest.store.set_fuel(1 + round * 37).unwrap();
            let sp = guest.sp();
            // By itself, or in the middle of an allocation.
            let done = if round % 2 == 0 {
                guest.try_call::<_, ()>(SupportFn::Collect, ()).is_ok()
            } else {
                guest.try_call::<_, u32>(SupportFn::Alloc, 5_000_000u32).is_ok()
            };
            guest.set_sp(sp);
            guest.store.set_fuel(u64::MAX).unwrap();
            interrupted += u32::from(!done);
            let class = (round % heap::CLASS_SIZES.len() as u64) as u32;
            let cell = guest.alloc_inline(class);
            guest.write(cell, heap::record_header(0, 0));
            guest.write(cell + 4, u32::MAX);
            for (address, text) in &expected {
                assert_eq!(guest.text((*address, text.len() as u32)), text, "round {round}");
            }
            if done && round > 200 {
                break;
            }
        }
        assert!(interrupted > 50, "{interrupted}");
        guest.assert_heap_is_sound();
    }
}
