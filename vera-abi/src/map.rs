//! How `Map<K, V>` and `Set<T>` look in memory, and the hash they place keys by.
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
//! The prelude (`vera-compiler/src/prelude/{map,set,trie}.vera`) and hosts make the same shapes by these rules:
//!
//! * **Keys** are equal when the language's `eq` says so, but all NaNs are one key. A key that is put in again keeps its
//!   position and number (and stays as first written, as with -0.0 and 0.0); its value is replaced.
//! * **Small form.** Arrays of equal length, at most [`SMALL_MAX`], in insertion order. A map that gets one entry more
//!   becomes a trie; its entries so far are numbered from 0. A trie that shrinks stays a trie until its last entry goes:
//!   the empty map is small. Hosts read either form at any size, and write the small form up to [`SMALL_MAX`] entries.
//! * **Numbers.** A new key gets `next_number`, which grows by one and never falls. Iteration is by ascending number;
//!   numbers are unique but not dense.
//! * **Hash.** A leaf keeps [`hash::mix`] of the language's `hash` of the key, floats inside hashed by [`hash::float`].
//! * **Shape.** It depends on the set of keys only. A trie of one key is a leaf. A trie of several keys of one hash is a
//!   collision, at whatever level. Any other is a node; the root is level 0, and a node at level `n` branches on the
//!   [`BITS`] bits of the hash from bit `n * BITS` up (the last level has fewer). So a node has a single child only where
//!   hashes share a prefix, and that child is a node. The root may be any of the three.

/// Most entries of the small form.
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
/// Bits of the hash a level branches on.
pub const BITS: u32 = 5;

/// The language's `hash`, as far as hosts need it to place keys.
pub mod hash {
    /// The start of every compound hash (FNV-1a, 64 bits).
    pub const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    /// The FNV-1a multiplier.
    pub const PRIME: u64 = 0x0000_0100_0000_01b3;

    /// Adds a part to a compound hash.
    ///
    /// A constructor hashes its tag and then the hash of each field, an array its length and then the hash of each
    /// element, starting from [`OFFSET`]; a tuple is a constructor of tag 0. `Int`, `Nat` and `Byte` are their own
    /// hash, `Bool` is 1 or 0, `Unit` is 0.
    pub const fn step(hash: u64, part: u64) -> u64 {
        (hash ^ part).wrapping_mul(PRIME)
    }

    /// The hash of a string: [`step`] over its bytes.
    pub const fn string(bytes: &[u8]) -> u64 {
        let mut hash = OFFSET;
        let mut index = 0;
        while index < bytes.len() {
            hash = step(hash, bytes[index] as u64);
            index += 1;
        }
        hash
    }

    /// The hash of a `Float64` as a key: its bits, with one zero and one NaN.
    pub const fn float(value: f64) -> u64 {
        if value == 0.0 {
            0
        } else if value.is_nan() {
            0x7ff8_0000_0000_0000
        } else {
            value.to_bits()
        }
    }

    /// What a leaf keeps of a key's hash: the same entropy in every bit range, since `hash` of an `Int` is the number
    /// itself. One-to-one (the finalizer of MurmurHash3).
    pub const fn mix(hash: u64) -> u64 {
        let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        hash ^ (hash >> 33)
    }
}

#[cfg(test)]
mod tests {
    use super::hash::*;

    #[test]
    fn hashes_are_those_of_the_language() {
        assert_eq!(string(b"") as i64, -3_750_763_034_362_895_579);
        assert_eq!(string(b"abc") as i64, -1_792_535_898_324_117_685);
        assert_eq!(float(1.5), 4_609_434_218_613_702_656);
        assert_eq!(step(step(OFFSET, 1), 1), 589_728_592_215_707_255);
        assert_eq!(step(step(step(OFFSET, 2), 1), 2) as i64, -1_541_176_547_504_009_910);
    }
}
