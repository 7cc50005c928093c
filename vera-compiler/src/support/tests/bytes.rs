//! Byte strings and integers, compared with Rust's.

use std::cmp::Ordering;

use super::{COMPILED_WITH_FUEL, Guest, Key, MODES, Rng};
use crate::support::SupportFn;
use vera_abi::heap;

/// Random bytes of few different values, so that strings share prefixes and parts.
fn random(rng: &mut Rng, max_len: usize, alphabet: usize) -> Vec<u8> {
    let len = rng.below(max_len + 1);
    (0..len).map(|_| [0, b'a', 0x80, 0xff][rng.below(alphabet)]).collect()
}

#[test]
fn append_and_slice() {
    for stress in MODES {
        let mut guest = Guest::new(stress);
        let mut rng = Rng(5);
        let mut expected = Vec::new();
        let slot = guest.push(heap::EMPTY_BUFFER);
        for _ in 0..if stress == 0 { 2_000 } else { 200 } {
            let part = random(&mut rng, 20, 4);
            let (part_ptr, part_len) = guest.string(&part);
            let current = (guest.read(slot), expected.len() as u32);
            // The argument is not rooted: that is the callee's business.
            let joined: (u32, u32) = guest.call(SupportFn::BytesAppend, (current.0, current.1, part_ptr, part_len));
            expected.extend(part);
            guest.write(slot, joined.0);
            assert_eq!(guest.text(joined), expected);
            let start = rng.below(expected.len() + 1);
            let end = start + rng.below(expected.len() - start + 1);
            let slice: (u32, u32) = guest.call(SupportFn::BytesSlice, (joined.0, joined.1, start as u32, end as u32));
            assert_eq!(guest.text(slice), &expected[start..end]);
        }
    }
}

#[test]
fn append_to_itself_and_to_nothing() {
    for stress in MODES {
        let mut guest = Guest::new(stress);
        let mut text = guest.string(b"ab");
        for round in 1..10 {
            text = guest.call(SupportFn::BytesAppend, (text.0, text.1, text.0, text.1));
            assert_eq!(guest.text(text), b"ab".repeat(1 << round));
        }
        let empty = (heap::EMPTY_BUFFER, 0u32);
        assert_eq!(guest.call::<_, (u32, u32)>(SupportFn::BytesAppend, (text.0, text.1, empty.0, 0u32)), text);
        assert_eq!(guest.call::<_, (u32, u32)>(SupportFn::BytesAppend, (empty.0, 0u32, text.0, text.1)), text);
        assert_eq!(guest.call::<_, (u32, u32)>(SupportFn::BytesAppend, (empty.0, 0u32, empty.0, 0u32)), empty);
        assert_eq!(guest.call::<_, (u32, u32)>(SupportFn::BytesSlice, (text.0, text.1, 5u32, 5u32)), empty);
    }
}

/// Nothing but the callee keeps the arguments alive while it allocates.
#[test]
fn arguments_are_kept_alive_by_the_callee() {
    let mut guest = Guest::new(heap::stress::ALL);
    for len in [3, 100, 3_000, 20_000] {
        let text = vec![b'x'; len];
        let pair = |guest: &mut Guest| {
            let first = guest.string(&text);
            guest.push(first.0);
            let second = guest.string(b"second");
            guest.pop();
            (first, second)
        };
        let (a, b) = pair(&mut guest);
        // One byte less: the end of the buffer is in use, so it is copied.
        let joined: (u32, u32) = guest.call(SupportFn::BytesAppend, (a.0, a.1 - 1, b.0, b.1));
        assert_eq!(guest.text(joined), [&text[1..], b"second"].concat());
        let (a, _) = pair(&mut guest);
        let slice: (u32, u32) = guest.call(SupportFn::BytesSlice, (a.0, a.1, 1u32, a.1));
        assert_eq!(guest.text(slice), &text[1..]);
        let (a, _) = pair(&mut guest);
        let counted: (u32, u32) = guest.call(SupportFn::AppendInt, (a.0, a.1 - 1, -12i64));
        assert_eq!(guest.text(counted), [&text[1..], b"-12"].concat());
    }
}

#[test]
fn equal_and_compare() {
    let mut guest = Guest::new(0);
    let mut rng = Rng(9);
    for _ in 0..5_000 {
        let left = random(&mut rng, 40, 2);
        let mut right = left.clone();
        match rng.below(4) {
            0 => right = random(&mut rng, 40, 4),
            1 if !right.is_empty() => {
                let at = rng.below(right.len());
                right[at] = rng.next() as u8;
            }
            2 => right.truncate(rng.below(right.len() + 1)),
            _ => {}
        }
        let (a, b) = (guest.string(&left), guest.string(&right));
        let params = (a.0, a.1, b.0, b.1);
        assert_eq!(guest.call::<_, u32>(SupportFn::BytesEqual, params), u32::from(left == right));
        let ordering = match left.cmp(&right) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        };
        assert_eq!(guest.call::<_, i32>(SupportFn::BytesCompare, params), ordering, "{left:?} {right:?}");
    }
}

fn find(text: &[u8], needle: &[u8], from: usize) -> i32 {
    if from > text.len() {
        return -1;
    }
    if needle.is_empty() {
        return from as i32;
    }
    let found = text[from..].windows(needle.len()).position(|window| window == needle);
    found.map_or(-1, |at| (from + at) as i32)
}

#[test]
fn find_agrees_with_a_simple_search() {
    let mut guest = Guest::new(0);
    let mut rng = Rng(21);
    for round in 0..4_000 {
        let max_len = if round % 10 == 0 { 400 } else { 40 };
        let alphabet = 1 + rng.below(4);
        let text = random(&mut rng, max_len, alphabet);
        let needle = match rng.below(3) {
            0 => random(&mut rng, 6, 4),
            // Parts of the text, as they are and with the last byte changed.
            way => {
                let start = rng.below(text.len() + 1);
                let mut part = text[start..start + rng.below(text.len() - start + 1)].to_vec();
                if let (2, Some(last)) = (way, part.last_mut()) {
                    *last ^= 1;
                }
                part
            }
        };
        let from = rng.below(text.len() + 3);
        let (a, b) = (guest.string(&text), guest.string(&needle));
        let found: i32 = guest.call(SupportFn::BytesFind, (a.0, a.1, b.0, b.1, from as u32));
        assert_eq!(found, find(&text, &needle, from), "{text:?} {needle:?} {from}");
    }
}

/// Long runs that nearly match everywhere would take 10^9 steps by comparing at each position.
#[test]
fn find_is_not_quadratic() {
    let mut guest = Guest::with(&COMPILED_WITH_FUEL, 0, 1 << 12, usize::MAX);
    let len = 200_000;
    let mut text = vec![b'a'; len];
    let half = vec![b'a'; len / 2];
    let inside = [&half[..len / 4], b"b", &half[..len / 4]].concat();
    let last = [&half[..], b"b"].concat();
    let first = [b"b", &half[..]].concat();
    for needle in [&inside, &last, &first] {
        for at in [None, Some(len - needle.len() - 11)] {
            text.fill(b'a');
            if let Some(at) = at {
                text[at..at + needle.len()].copy_from_slice(needle);
            }
            let a = guest.string(&text);
            guest.push(a.0);
            let b = guest.string(needle);
            guest.pop();
            let fuel = guest.store.get_fuel().unwrap();
            let found: i32 = guest.call(SupportFn::BytesFind, (a.0, a.1, b.0, b.1, 0u32));
            let steps = fuel - guest.store.get_fuel().unwrap();
            assert!(steps < 100 * len as u64, "{steps}");
            assert_eq!(found, at.map_or(-1, |at| at as i32));
        }
    }
}

#[test]
fn hash_is_fnv_1a() {
    let mut guest = Guest::new(0);
    for (text, hash) in [
        ("", 0xcbf2_9ce4_8422_2325_u64),
        ("a", 0xaf63_dc4c_8601_ec8c),
        ("foobar", 0x8594_4171_f739_67e8),
        ("\u{fc}\u{20ac}", {
            "\u{fc}\u{20ac}"
                .bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
        }),
    ] {
        let (ptr, len) = guest.string(text.as_bytes());
        assert_eq!(guest.call::<_, u64>(SupportFn::BytesHash, (ptr, len)), hash, "{text}");
    }
}

/// For every length of the last word, and whatever is behind it.
#[test]
fn hashes_of_map_keys_are_those_of_the_abi() {
    let mut guest = Guest::new(0);
    let mut rng = Rng(9);
    for key in [Key(0, 0), Key(rng.next(), rng.next())] {
        guest.set_hash_key(key);
        for len in (0..40u32).chain([127, 128, 129, 255, 256, 10_000]) {
            let bytes: Vec<u8> = (0..len).map(|_| rng.next() as u8).collect();
            let (ptr, _) = guest.string(&[bytes.as_slice(), &[0xff; 9]].concat());
            let hash: u64 = guest.call(SupportFn::BytesKeyHash, (ptr, len));
            assert_eq!(hash, key.bytes(&bytes), "{len} bytes");
        }
        for _ in 0..100 {
            let (hash, part) = (rng.next(), rng.next() >> rng.below(64));
            assert_eq!(guest.call::<_, u64>(SupportFn::KeyStep, (hash, part)), key.step(hash, part));
            assert_eq!(guest.call::<_, u64>(SupportFn::KeyNumber, part), key.number(part));
        }
    }
    let empty: u64 = guest.call(SupportFn::BytesKeyHash, (heap::EMPTY_BUFFER, 0u32));
    guest.set_hash_key(Key(0, 0));
    assert_ne!(empty, guest.call::<_, u64>(SupportFn::BytesKeyHash, (heap::EMPTY_BUFFER, 0u32)));
}

#[test]
fn integers_in_decimal() {
    for stress in MODES {
        let mut guest = Guest::new(stress);
        let mut numbers = vec![0, 1, -1, 9, 10, -10, i64::MAX, i64::MIN, i64::MIN + 1];
        numbers.extend((0..19).flat_map(|power| {
            let power = 10_i64.pow(power);
            [power - 1, power, -power, 1 - power]
        }));
        let mut rng = Rng(3);
        numbers.extend((0..100).map(|_| rng.next() as i64 >> rng.below(64)));
        let slot = guest.push(heap::EMPTY_BUFFER);
        let mut all = String::new();
        for number in numbers {
            let text: (u32, u32) = guest.call(SupportFn::IntToString, number);
            assert_eq!(guest.text(text), number.to_string().as_bytes());
            let whole: (u32, u32) = guest.call(SupportFn::AppendInt, (guest.read(slot), all.len() as u32, number));
            guest.write(slot, whole.0);
            all += &number.to_string();
            assert_eq!(guest.text(whole), all.as_bytes());
        }
    }
}
