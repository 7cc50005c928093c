//! Buffers appended to, forked and sliced, compared with vectors.

use super::{BYTES, COMPILED, COMPILED_WITH_FUEL, Guest, MODES, POINTERS, Rng, SLICES, place_literal};
use crate::support::SupportFn;
use vera_abi::heap;

/// How elements of a buffer are made from numbers and read back.
#[derive(Clone, Copy, Debug)]
enum Element {
    Nothing,
    Byte,
    Number,
    Boxed,
    Text,
}

impl Element {
    const ALL: [Element; 5] = [Element::Nothing, Element::Byte, Element::Number, Element::Boxed, Element::Text];

    fn size(self) -> u32 {
        match self {
            Element::Nothing => 0,
            Element::Byte => 1,
            Element::Boxed => 4,
            Element::Number | Element::Text => 8,
        }
    }

    fn header(self) -> u32 {
        match self {
            Element::Boxed => POINTERS,
            Element::Text => SLICES,
            _ => BYTES,
        }
    }

    /// The bytes of an element; what it points to is newly allocated.
    fn make(self, guest: &mut Guest, number: u8) -> Vec<u8> {
        match self {
            Element::Nothing => Vec::new(),
            Element::Byte => vec![number],
            Element::Number => (u64::from(number) << 32 | 0x10_0000).to_le_bytes().to_vec(),
            Element::Boxed => guest.record(heap::record_header(5, 0), &[number.into()]).to_le_bytes().to_vec(),
            Element::Text => {
                let (ptr, len) = guest.string(&[number; 3]);
                [ptr.to_le_bytes(), len.to_le_bytes()].concat()
            }
        }
    }

    fn read(self, guest: &Guest, address: u32) -> u8 {
        match self {
            Element::Nothing => 0,
            Element::Byte => guest.bytes(address, 1)[0],
            Element::Number => guest.bytes(address, 8)[4],
            Element::Boxed => guest.bytes(guest.read(address) + 4, 1)[0],
            Element::Text => {
                let text = guest.text((guest.read(address), guest.read(address + 4)));
                assert!(text == [text[0]; 3]);
                text[0]
            }
        }
    }
}

struct Values {
    guest: Guest,
    element: Element,
    /// Values by slot of the shadow stack: length, and what it should hold.
    values: Vec<Vec<u8>>,
}

impl Values {
    fn pointer(&self, slot: usize) -> u32 {
        self.guest.read(self.guest.stack_base + 4 * slot as u32)
    }

    fn set(&mut self, slot: usize, pointer: u32, value: Vec<u8>) {
        self.guest.write(self.guest.stack_base + 4 * slot as u32, pointer);
        self.values[slot] = value;
    }

    fn append(&mut self, from: usize, to: usize, extra: &[u8]) {
        let element = self.element;
        // Elements are made first, as arguments are, and kept on the shadow stack.
        let sp = self.guest.sp();
        let mut bytes = Vec::new();
        for &number in extra {
            let made = element.make(&mut self.guest, number);
            if matches!(element, Element::Boxed | Element::Text) {
                self.guest.push(u32::from_le_bytes(made[..4].try_into().unwrap()));
            }
            bytes.extend(made);
        }
        let len = self.values[from].len() as u32;
        let params = (self.pointer(from), len, extra.len() as u32, element.size(), element.header());
        let buffer: u32 = self.guest.call(SupportFn::BufferReserve, params);
        self.guest.write_bytes(buffer + heap::BUFFER_DATA + len * element.size(), &bytes);
        self.guest.set_sp(sp);
        let value = [self.values[from].as_slice(), extra].concat();
        self.set(to, buffer, value);
    }

    fn slice(&mut self, from: usize, to: usize, start: usize, count: usize) {
        let element = self.element;
        let params = (self.pointer(from), start as u32, count as u32, element.size(), element.header());
        let buffer: u32 = self.guest.call(SupportFn::BufferSlice, params);
        let value = self.values[from][start..start + count].to_vec();
        self.set(to, buffer, value);
    }

    fn verify(&self) {
        for (slot, value) in self.values.iter().enumerate() {
            let data = self.pointer(slot) + heap::BUFFER_DATA;
            for (i, &number) in value.iter().enumerate() {
                let read = self.element.read(&self.guest, data + i as u32 * self.element.size());
                assert_eq!(read, if self.element.size() == 0 { 0 } else { number }, "{:?}", self.element);
            }
        }
    }
}

#[test]
fn values_are_never_changed_by_appending_to_others() {
    for stress in MODES {
        for element in Element::ALL {
            let mut guest = Guest::new(stress);
            let slots = 12;
            for _ in 0..slots {
                guest.push(heap::EMPTY_BUFFER);
            }
            let mut values = Values { guest, element, values: vec![Vec::new(); slots] };
            let mut rng = Rng(77);
            for step in 0..if stress == 0 { 6_000 } else { 400 } {
                let (from, to) = (rng.below(slots), rng.below(slots));
                let len = values.values[from].len();
                match rng.below(10) {
                    0 => {
                        let start = rng.below(len + 1);
                        let count = rng.below(len - start + 1);
                        values.slice(from, to, start, count);
                    }
                    1 => values.set(to, heap::EMPTY_BUFFER, Vec::new()),
                    // A shorter value of the same buffer.
                    2 => {
                        let value = values.values[from][..rng.below(len + 1)].to_vec();
                        values.set(to, values.pointer(from), value);
                    }
                    _ => {
                        let extra: Vec<u8> = (0..rng.below(6)).map(|_| rng.next() as u8).collect();
                        values.append(from, to, &extra);
                    }
                }
                if step % 50 == 0 {
                    values.verify();
                }
            }
            values.guest.assert_heap_is_sound();
            values.verify();
        }
    }
}

#[test]
fn appending_at_the_end_is_in_place() {
    let mut guest = Guest::new(0);
    let slot = guest.push(heap::EMPTY_BUFFER);
    let mut copies = 0;
    for len in 0..100_000u32 {
        let buffer = guest.read(slot);
        let next: u32 = guest.call(SupportFn::BufferReserve, (buffer, len, 1u32, 8u32, BYTES));
        guest.write(next + heap::BUFFER_DATA + 8 * len, len);
        assert_eq!(guest.read(next + heap::BUFFER_FILL), len + 1);
        copies += u32::from(next != buffer);
        guest.write(slot, next);
    }
    assert!(copies < 25, "{copies} copies");
}

/// Appends one number, as compiled code does; the buffer then.
fn append_number(guest: &mut Guest, slot: u32, len: u32) -> u32 {
    let buffer: u32 = guest.call(SupportFn::BufferReserve, (guest.read(slot), len, 1u32, 8u32, BYTES));
    guest.write(buffer + heap::BUFFER_DATA + 8 * len, len);
    guest.write(slot, buffer);
    buffer
}

#[test]
fn a_large_buffer_grows_where_it_is_when_what_is_behind_it_is_free() {
    const LEN: u32 = 60_000;
    for stress in [0, heap::stress::POISON | heap::stress::CHECK] {
        let mut guest = Guest::new(stress);
        let slot = guest.push(heap::EMPTY_BUFFER);
        let mut moves_when_large = 0;
        for len in 0..LEN {
            let before = guest.read(slot);
            let after = append_number(&mut guest, slot, len);
            moves_when_large += u32::from(before != after && 8 * len > heap::LARGEST_CELL);
        }
        // The first large buffer replaces a small one. It has as much room as is asked for, and blocks of its own.
        assert!(moves_when_large <= 1, "{moves_when_large}");
        guest.assert_heap_is_sound();
        guest.call::<_, ()>(SupportFn::Collect, ());
        guest.assert_heap_is_sound();
        // Behind it is another one now: it moves, and keeps its elements.
        let buffer = guest.read(slot);
        let mut behind = Vec::new();
        for _ in 0..200 {
            let other: u32 = guest.call(SupportFn::BufferNew, (heap::BLOCK, BYTES));
            behind.push(guest.push(other));
        }
        let mut len = LEN;
        while append_number(&mut guest, slot, len) == buffer {
            len += 1;
            assert!(len < 4 * LEN, "what is behind the buffer is not free");
        }
        let moved = guest.read(slot);
        assert!((0..=len).all(|at| guest.read(moved + heap::BUFFER_DATA + 8 * at) == at));
        guest.assert_heap_is_sound();
    }
}

#[test]
fn a_buffer_that_is_interrupted_while_it_grows_is_whole() {
    let mut guest = Guest::with(&COMPILED_WITH_FUEL, heap::stress::POISON | heap::stress::CHECK, 1 << 12, 1 << 26);
    let slot = guest.push(heap::EMPTY_BUFFER);
    let mut interrupted = 0;
    let mut len = 0;
    for fuel in (1u64..).step_by(3) {
        let buffer = guest.read(slot);
        guest.store.set_fuel(fuel).unwrap();
        let sp = guest.sp();
        // Four times as many elements, as far as the limit of memory allows.
        let more = len * 3 + 3_000;
        let grown = guest.try_call::<_, u32>(SupportFn::BufferReserve, (buffer, len, more, 8u32, BYTES));
        guest.set_sp(sp);
        guest.store.set_fuel(u64::MAX).unwrap();
        match grown {
            Ok(buffer) => {
                guest.write(slot, buffer);
                (len..len + more).for_each(|at| guest.write(buffer + heap::BUFFER_DATA + 8 * at, at));
                len += more;
            }
            Err(_) => interrupted += 1,
        }
        guest.assert_heap_is_sound();
        let buffer = guest.read(slot);
        assert!((0..len).step_by(97).all(|at| guest.read(buffer + heap::BUFFER_DATA + 8 * at) == at));
        if len > 1_000_000 {
            break;
        }
    }
    assert!(interrupted > 20, "{interrupted}");
}

#[test]
fn a_second_append_to_the_same_value_copies() {
    for stress in MODES {
        let mut guest = Guest::new(stress);
        let base = guest.string(b"base");
        guest.push(base.0);
        let x = guest.string(b"x");
        guest.push(x.0);
        let first: (u32, u32) = guest.call(SupportFn::BytesAppend, (base.0, base.1, x.0, x.1));
        guest.push(first.0);
        assert_eq!(first.0, base.0);
        let second: (u32, u32) = guest.call(SupportFn::BytesAppend, (base.0, base.1, x.0, x.1));
        assert_ne!(second.0, base.0);
        assert_eq!((guest.text(first), guest.text(second)), (&b"basex"[..], &b"basex"[..]));
    }
}

#[test]
fn literals_and_the_empty_buffer_are_never_written() {
    for stress in MODES {
        let mut guest = Guest::with(&COMPILED, stress, 1 << 12, usize::MAX);
        let literal = place_literal(&mut guest);
        let before = guest.bytes(0, guest.stack_base)[heap::STATICS as usize..].to_vec();
        for (ptr, len) in [literal, (LITERAL_PREFIX.0, LITERAL_PREFIX.1), (heap::EMPTY_BUFFER, 0)] {
            for element_size in [0, 1, 8] {
                let buffer: u32 = guest.call(SupportFn::BufferReserve, (ptr, len, 2u32, element_size, BYTES));
                assert!(buffer > guest.stack_base);
            }
            let appended: (u32, u32) = guest.call(SupportFn::AppendInt, (ptr, len, 7i64));
            assert_eq!(guest.text(appended).last(), Some(&b'7'));
        }
        assert_eq!(guest.bytes(heap::STATICS, before.len() as u32), before);
    }
}

const LITERAL_PREFIX: (u32, u32) = (super::LITERAL, 2);
