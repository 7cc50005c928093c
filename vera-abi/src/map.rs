//! How `Map<K, V>` and `Set<T>` look in memory.
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
//! # Rules
//!
//! Who reads accepts every map of this shape; who builds one keeps to all of it. Operations of the prelude
//! (`vera-compiler/src/prelude/{map,set,trie}.vera`) and hosts make the same shapes.
//!
//! * **Keys** are equal when the language's `eq` says so, but all NaNs are one key. Putting in a key that is there
//!   keeps the key, its position and its number, and replaces the value. Of equal keys in a list the first gives the
//!   position and the last gives the value.
//! * **Small form.** The arrays have equal length, at most [`SMALL_MAX`], and are in order of insertion. A map becomes
//!   a trie when it gets its entry number [`SMALL_MAX`]` + 1`: the entries so far are numbered from 0 in their order.
//!   A trie that shrinks stays a trie, whatever its size, until its last entry goes: the empty map is small.
//! * **Numbers.** A new entry takes `next_number`, which grows by one and never shrinks. Removing a key and putting it in
//!   again gives it a new number. Iteration is by ascending number. Numbers are unique but need not be dense.
//! * **Hash.** A leaf's `hash` is [`mix`] of the key's hash. A key's hash is the language's `hash`, except that every
//!   NaN hashes like the canonical one (`0x7ff8_0000_0000_0000`) and -0.0 like 0.0, wherever in the key they are.
//! * **Shape.** It follows from the entries alone. A trie of one entry is its leaf. A trie of several entries of one
//!   hash is a collision, at whatever level. Any other trie is a node, which divides its entries by [`digit`] of their
//!   hash at the node's level; the root is level 0 and each node is one level above its children. Bit `d` of the bitmap
//!   is set when some entry has digit `d`, and the children are the tries of those entries, by ascending digit. So a
//!   node has one child only when that child is a node, and no node is below level [`LEVELS`]` - 1`.

/// Most entries of the small form.
pub const SMALL_MAX: usize = 8;
/// Tag of `MapSmall` and `SetSmall`.
pub const SMALL: u32 = 0;
/// Tag of `MapTrie` and `SetTrie`.
pub const TRIE: u32 = 1;
/// Tag of `TrieLeaf`.
pub const TRIE_LEAF: u32 = 0;
/// Tag of `TrieNode`.
pub const TRIE_NODE: u32 = 1;
/// Tag of `TrieCollision`.
pub const TRIE_COLLISION: u32 = 2;
/// Bits of a hash that a level of a trie uses.
pub const BITS: u32 = 5;
/// Number of levels after which all bits of a hash are used.
pub const LEVELS: u32 = 13;

/// Spreads the bits of a key's hash, because `hash` of an integer is the integer. A bijection (the finalizer of
/// MurmurHash3).
pub const fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// The digit of a mixed hash at a level of a trie, 0 to 31: the lowest bits at level 0. The last level has 4 bits only.
///
/// # Panics
/// When the level is not below [`LEVELS`] and overflow checks are on.
pub const fn digit(hash: u64, level: u32) -> u32 {
    (hash >> (level * BITS)) as u32 & 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_is_that_of_the_prelude() {
        assert_eq!(0xff51_afd7_ed55_8ccd_u64 as i64, -49064778989728563);
        assert_eq!(0xc4ce_b9fe_1a85_ec53_u64 as i64, -4265267296055464877);
        assert_eq!(mix(0), 0);
        assert_eq!(mix(1), 0xb456_bcfc_34c2_cb2c);
    }

    #[test]
    fn levels_use_every_bit() {
        let hash = 0xb456_bcfc_34c2_cb2c;
        let rebuilt = (0..LEVELS).fold(0, |bits, level| bits | u64::from(digit(hash, level)) << (level * BITS));
        assert_eq!(rebuilt, hash);
    }
}
