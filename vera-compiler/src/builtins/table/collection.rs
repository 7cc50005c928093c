//! Maps and sets.

super::builtins! {
    /// Whether the map has an entry for the key.
    map_contains<K, V> where Eq<K>, Hash<K>: "fn(Map<K, V>, K -> Bool) effects(pure)" = vera, "0.0.94";
    /// The value of a key.
    map_get<K, V> where Eq<K>, Hash<K>: "fn(Map<K, V>, K -> Option<V>) effects(pure)" = vera, "0.0.94";
    /// The map with the key's value set. A key that is there already keeps its position.
    map_insert<K, V> where Eq<K>, Hash<K>: "fn(Map<K, V>, K, V -> Map<K, V>) effects(pure)" = vera, "0.0.94";
    /// The keys, in order of insertion.
    map_keys<K, V> where Eq<K>, Hash<K>: "fn(Map<K, V> -> Array<K>) effects(pure)" = vera, "0.0.94";
    /// The empty map.
    map_new<K, V> where Eq<K>, Hash<K>: "fn(-> Map<K, V>) effects(pure)" = vera, "0.0.94";
    /// The map without the key.
    map_remove<K, V> where Eq<K>, Hash<K>: "fn(Map<K, V>, K -> Map<K, V>) effects(pure)" = vera, "0.0.94";
    /// Number of entries.
    map_size<K, V> where Eq<K>, Hash<K>: "fn(Map<K, V> -> Int) effects(pure)" = vera, "0.0.94";
    /// The values, in order of their keys' insertion.
    map_values<K, V> where Eq<K>, Hash<K>: "fn(Map<K, V> -> Array<V>) effects(pure)" = vera, "0.0.94";
    /// The set with the element in it. An element that is there already keeps its position.
    set_add<T> where Eq<T>, Hash<T>: "fn(Set<T>, T -> Set<T>) effects(pure)" = vera, "0.0.95";
    /// Whether the element is in the set.
    set_contains<T> where Eq<T>, Hash<T>: "fn(Set<T>, T -> Bool) effects(pure)" = vera, "0.0.95";
    /// The empty set.
    set_new<T> where Eq<T>, Hash<T>: "fn(-> Set<T>) effects(pure)" = vera, "0.0.95";
    /// The set without the element.
    set_remove<T> where Eq<T>, Hash<T>: "fn(Set<T>, T -> Set<T>) effects(pure)" = vera, "0.0.95";
    /// Number of elements.
    set_size<T> where Eq<T>, Hash<T>: "fn(Set<T> -> Int) effects(pure)" = vera, "0.0.95";
    /// The elements, in order of insertion.
    set_to_array<T> where Eq<T>, Hash<T>: "fn(Set<T> -> Array<T>) effects(pure)" = vera, "0.0.95";
}
