//! Maps and sets of the standard library, as arguments for Vera maps and sets.
//!
//! Vera's maps keep the order of insertion, and a program can see it. A hash map of Rust has another order in every
//! run, so it is written in the order of its keys, like a tree map.

use crate::error::Result;
use crate::heap::Heap;
use crate::value::map::{ToKey, entries_to_vera, items_to_vera};
use crate::value::{Raw, ToVera, Value};
use indexmap::{IndexMap, IndexSet};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

impl<'s, K: Value, V: Value, A: ToKey<'s, K>, B: ToVera<'s, V>> ToVera<'s, IndexMap<K, V>> for BTreeMap<A, B> {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        entries_to_vera::<K, V, _, _>(self, heap)
    }
}

impl<'s, K: Value, V: Value, A: ToKey<'s, K> + Ord, B: ToVera<'s, V>, S> ToVera<'s, IndexMap<K, V>>
    for HashMap<A, B, S>
{
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        let mut entries: Vec<(&A, &B)> = self.iter().collect();
        entries.sort_unstable_by_key(|&(key, _)| key);
        entries_to_vera::<K, V, _, _>(entries, heap)
    }
}

impl<'s, T: Value, A: ToKey<'s, T>> ToVera<'s, IndexSet<T>> for BTreeSet<A> {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        items_to_vera::<T, _>(self, heap)
    }
}

impl<'s, T: Value, A: ToKey<'s, T> + Ord, S> ToVera<'s, IndexSet<T>> for HashSet<A, S> {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        let mut items: Vec<&A> = self.iter().collect();
        items.sort_unstable();
        items_to_vera::<T, _>(items, heap)
    }
}
