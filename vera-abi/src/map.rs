//! The layout of `Map<K, V>` and `Set<T>` in memory, and the hash that places keys.
//!
//! A map is a prelude data type of two constructors: a pair of parallel arrays in insertion order, or a hash array
//! mapped trie whose leaves remember their insertion number. A set is laid out as a map whose values are all `true`.
//!
//! ```text
//! MapSmall(Array<K>, Array<V>)                     SetSmall(Array<T>, Array<Bool>)
//! MapTrie(Nat size, Nat next_number, Trie<K, V>)   SetTrie(Nat size, Nat next_number, Trie<T, Bool>)
//!
//! TrieLeaf(Int hash, Nat number, K, V)
//! TrieNode(Int bitmap, Array<Trie<K, V>>)          children of the set bits, ascending
//! TrieCollision(Array<Trie<K, V>>)                 leaves of equal hash, ascending by number
//! ```
//!
//! The prelude (`vera-compiler/src/prelude/{map,set,trie}.vera`) and hosts build the same shapes by these rules:
//!
//! * **Keys** are equal when the language's `eq` says so, except that all NaNs are one key. A key that is inserted
//!   again keeps its position, its number and its first form (as with -0.0 and 0.0); its value is replaced.
//! * **Small form.** Arrays of equal length, at most [`SMALL_MAX`], in insertion order. When a full small map gets
//!   another entry, it becomes a trie, and its existing entries are numbered from 0. A trie that shrinks stays a trie
//!   until its last entry is removed: the empty map is small. Hosts read both forms at any size, and write the small
//!   form up to [`SMALL_MAX`] entries.
//! * **Numbers.** A new key gets `next_number`, which is then increased by one and never decreased. Iteration is by
//!   ascending number; numbers are unique but not dense.
//! * **Hash.** A leaf stores the hash of its key under the instance's [`hash::Key`]. The hash key is secret and
//!   different for each instance, so nobody can choose map keys that collide. It is not the language's `hash`, which is
//!   the same everywhere.
//! * **Shape.** It depends on the set of keys only. A trie of one key is a leaf. A trie of several keys of one hash is
//!   a collision, at any level. Any other trie is a node. The root is level 0, and a node at level `n` branches on the
//!   [`BITS`] bits of the hash from bit `n * BITS` up (the last level has fewer). So a node has a single child only
//!   where hashes share a prefix, and that child is a node. The root may be any of the three.

/// The maximum number of entries of the small form.
pub const SMALL_MAX: usize = 8;
/// Tag of `MapSmall`.
pub const SMALL: u32 = 0;
/// Tag of `MapTrie`.
pub const TRIE: u32 = 1;
/// Tag of `TrieLeaf`.
pub const TRIE_LEAF: u32 = 0;
/// Tag of `TrieNode`.
pub const TRIE_NODE: u32 = 1;
/// Tag of `TrieCollision`.
pub const TRIE_COLLISION: u32 = 2;
/// Number of bits of the hash on which a level branches.
pub const BITS: u32 = 5;

/// The hash that places the keys of maps.
pub mod hash {
    /// The hash key of an instance: 128 bits that nobody who chooses map keys knows.
    ///
    /// The *part* of a value is its contribution to the hash of the key that contains it. For most types it is also the
    /// hash of the value as a key:
    ///
    /// * `Int`, `Nat`, `Byte`: the number; `Bool`: 1 or 0; `Unit`: 0; `Float64`: [`float`]. A key of such a type has
    ///   the hash [`Key::number`] of its part.
    /// * `String`: [`Key::bytes`].
    /// * A constructor: its tag, and by [`Key::step`] the part of each field after it. A tuple is a constructor of tag 0.
    ///   An array: its length, and the part of each element after it.
    /// * `Map`: the wrapping sum over its entries of [`Key::step`] of the key's hash and the value's hash. `Set`: the same
    ///   with 0 for the value's hash.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Key(pub u64, pub u64);

    // A secret is not printed.
    impl core::fmt::Debug for Key {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("Key(..)")
        }
    }

    impl Key {
        /// The hash of a number. It is one-to-one and has the same entropy in every bit range (the finalizer of
        /// MurmurHash3).
        pub const fn number(self, number: u64) -> u64 {
            let hash = number ^ self.0;
            let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
            let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
            hash ^ (hash >> 33)
        }

        /// The hash of bytes: SipHash-1-3.
        pub fn bytes(self, bytes: &[u8]) -> u64 {
            let mut state = State::new(self);
            let (words, rest) = bytes.as_chunks::<8>();
            for word in words {
                state.absorb(u64::from_le_bytes(*word));
            }
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            last[7] = bytes.len() as u8;
            state.absorb(u64::from_le_bytes(last));
            state.finish()
        }

        /// Combines a hash with another part: SipHash-1-3 of the two words, without their length.
        pub const fn step(self, hash: u64, part: u64) -> u64 {
            let mut state = State::new(self);
            state.absorb(hash);
            state.absorb(part);
            state.finish()
        }
    }

    /// The state of SipHash.
    struct State {
        v0: u64,
        v1: u64,
        v2: u64,
        v3: u64,
    }

    impl State {
        const fn new(key: Key) -> Self {
            State {
                v0: key.0 ^ 0x736f_6d65_7073_6575,
                v1: key.1 ^ 0x646f_7261_6e64_6f6d,
                v2: key.0 ^ 0x6c79_6765_6e65_7261,
                v3: key.1 ^ 0x7465_6462_7974_6573,
            }
        }

        #[inline]
        const fn absorb(&mut self, word: u64) {
            self.v3 ^= word;
            self.round();
            self.v0 ^= word;
        }

        #[inline]
        const fn finish(mut self) -> u64 {
            self.v2 ^= 0xff;
            self.round();
            self.round();
            self.round();
            self.v0 ^ self.v1 ^ self.v2 ^ self.v3
        }

        #[inline]
        const fn round(&mut self) {
            self.v0 = self.v0.wrapping_add(self.v1);
            self.v1 = self.v1.rotate_left(13) ^ self.v0;
            self.v0 = self.v0.rotate_left(32);
            self.v2 = self.v2.wrapping_add(self.v3);
            self.v3 = self.v3.rotate_left(16) ^ self.v2;
            self.v0 = self.v0.wrapping_add(self.v3);
            self.v3 = self.v3.rotate_left(21) ^ self.v0;
            self.v2 = self.v2.wrapping_add(self.v1);
            self.v1 = self.v1.rotate_left(17) ^ self.v2;
            self.v2 = self.v2.rotate_left(32);
        }
    }

    /// The part of a `Float64`: its bits, where both zeros are equal and all NaNs are equal.
    pub const fn float(value: f64) -> u64 {
        if value == 0.0 {
            0
        } else if value.is_nan() {
            0x7ff8_0000_0000_0000
        } else {
            value.to_bits()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::hash::*;

    /// Values of the reference implementation of SipHash-1-3.
    #[test]
    fn bytes_are_hashed_by_siphash() {
        let key = Key(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        assert_eq!(key.bytes(&[]), 0xabac_0158_050f_c4dc);
        extern crate std;
        use core::hash::Hasher;
        for len in 0..100u8 {
            let bytes: alloc::vec::Vec<u8> = (0..len).collect();
            // That of the standard library is SipHash-1-3 with a key of zeros.
            let mut hasher = std::collections::hash_map::DefaultHasher::new();
            hasher.write(&bytes);
            assert_eq!(Key(0, 0).bytes(&bytes), hasher.finish(), "{len} bytes");
        }
    }

    #[test]
    fn every_hash_depends_on_the_key() {
        let (one, other) = (Key(1, 2), Key(3, 4));
        assert_ne!(one.bytes(b"text"), other.bytes(b"text"));
        assert_ne!(one.number(5), other.number(5));
        assert_ne!(one.step(5, 6), other.step(5, 6));
        assert_ne!(one.step(5, 6), one.step(6, 5));
        assert_eq!(one.step(5, 6), one.step(5, 6));
    }
}
