//! How `Map<K, V>` and `Set<T>` look in memory.
//!
//! A map is a prelude data type of two constructors. Up to [`SMALL_MAX`] entries it is a pair of parallel arrays in
//! insertion order; beyond, a hash array mapped trie whose leaves remember their insertion number. `Set<T>` is
//! `Map<T, Bool>` with every value `true`.
//!
//! ```text
//! MapSmall(Array<K>, Array<V>)
//! MapTrie(Nat size, Nat next_number, Trie<K, V>)
//!
//! TrieLeaf(Int hash, Nat number, K, V)
//! TrieNode(Int bitmap, Array<Trie<K, V>>)          children of the set bits, ascending
//! TrieCollision(Array<Trie<K, V>>)                 leaves of equal hash
//! ```

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
