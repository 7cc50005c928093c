//! `Map<K, V>` and `Set<T>` as `IndexMap` and `IndexSet`, in insertion order.

use crate::error::{Result, Step};
use crate::heap::{Hash, Heap, MapBuilder, Reader};
use crate::value::{Boxed, HashKey, Lift, Lower, Raw, ToVera, Value, flat};
use indexmap::{IndexMap, IndexSet};
use std::cmp::Ordering;
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::Rep;
use vera_abi::prelude::{option, ordering, result};

/// Bytes of a hash map for each entry besides the entry: its hash, and its share of the index table.
pub(super) const PLACE: u64 = 32;

/// A value that is accepted as a key of the type `K`, with the hash by which maps place it, as [`HashKey`] defines.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key of a Vera map or set whose keys are `{K}`",
    label = "not a key for `{K}`"
)]
pub trait ToKey<'s, K: Value>: ToVera<'s, K> {
    /// The contribution of the value to the hash of a key that contains it.
    fn key_part(&self, key: HashKey) -> u64;

    /// The hash of the value as a key. For numbers and similar types it differs from `key_part`.
    fn key_hash(&self, key: HashKey) -> u64 {
        self.key_part(key)
    }
}

/// A type whose values can be keys of maps in Rust and in a module.
pub trait Key: Lower + for<'s> ToKey<'s, Self> + Eq + std::hash::Hash {}

impl<K: Value + for<'s> ToKey<'s, K> + Eq + std::hash::Hash> Key for K {}

macro_rules! number_keys {
    ($($ty:ty: $value:ident => $part:expr;)*) => {
        $(impl ToKey<'_, $ty> for $ty {
            fn key_part(&self, _: HashKey) -> u64 {
                let $value = self;
                $part
            }

            fn key_hash(&self, key: HashKey) -> u64 {
                key.number(self.key_part(key))
            }
        })*
    };
}

number_keys! {
    i64: value => *value as u64;
    u64: value => *value;
    u8: value => u64::from(*value);
    bool: value => u64::from(*value);
    (): _unit => 0;
}

impl ToKey<'_, String> for String {
    fn key_part(&self, key: HashKey) -> u64 {
        key.bytes(self.as_bytes())
    }
}

impl ToKey<'_, Ordering> for Ordering {
    fn key_part(&self, _: HashKey) -> u64 {
        u64::from(match self {
            Ordering::Less => ordering::LESS,
            Ordering::Equal => ordering::EQUAL,
            Ordering::Greater => ordering::GREATER,
        })
    }
}

impl<'s, T: Value, A: ToKey<'s, T>> ToKey<'s, Option<T>> for Option<A> {
    fn key_part(&self, key: HashKey) -> u64 {
        match self {
            None => u64::from(option::NONE),
            Some(value) => key.step(u64::from(option::SOME), value.key_part(key)),
        }
    }
}

impl<'s, T: Value, E: Value, A: ToKey<'s, T>, B: ToKey<'s, E>> ToKey<'s, std::result::Result<T, E>>
    for std::result::Result<A, B>
{
    fn key_part(&self, key: HashKey) -> u64 {
        match self {
            Ok(value) => key.step(u64::from(result::OK), value.key_part(key)),
            Err(error) => key.step(u64::from(result::ERR), error.key_part(key)),
        }
    }
}

impl<'s, T: Value, A: ToKey<'s, T>> ToKey<'s, Boxed<T>> for Boxed<A> {
    fn key_part(&self, key: HashKey) -> u64 {
        crate::stack::recurse(|| A::key_part(self, key))
    }

    fn key_hash(&self, key: HashKey) -> u64 {
        crate::stack::recurse(|| A::key_hash(self, key))
    }
}

/// Implements [`ToKey`](crate::value::ToKey) for a type described by [`data!`](crate::data); same syntax.
#[macro_export]
macro_rules! data_key {
    (enum $name:ident $(<$($generic:ident $(: $bound:path)?),*>)? = $vera:tt {
        $($tag:literal $variant:ident ( $($field:ident: $ty:ty),* $(,)? )),* $(,)?
    }) => {
        impl $(<$($generic: $crate::value::Key $(+ $bound)?),*>)?
            $crate::value::ToKey<'_, $name $(<$($generic),*>)?> for $name $(<$($generic),*>)?
        {
            fn key_part(&self, key: $crate::value::HashKey) -> u64 {
                match self {
                    $($crate::__data_pattern!($variant $($field)*) => {
                        let hash = $tag;
                        $(let hash = key.step(hash, <$ty as $crate::value::ToKey<'_, $ty>>::key_part($field, key));)*
                        hash
                    })*
                }
            }
        }
    };
    (struct $name:ident $(<$($generic:ident $(: $bound:path)?),*>)? = $vera:tt ( $($field:ident: $ty:ty),* $(,)? )) => {
        impl $(<$($generic: $crate::value::Key $(+ $bound)?),*>)?
            $crate::value::ToKey<'_, $name $(<$($generic),*>)?> for $name $(<$($generic),*>)?
        {
            fn key_part(&self, key: $crate::value::HashKey) -> u64 {
                let $name($($field),*) = self;
                let hash = 0;
                $(let hash = key.step(hash, <$ty as $crate::value::ToKey<'_, $ty>>::key_part($field, key));)*
                hash
            }
        }
    };
}

impl<K: Value, V: Value> Value for IndexMap<K, V> {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        matches!(ty, TypeDesc::Map(key, value)
            if K::stands_for(interface, interface.ty(*key)) && V::stands_for(interface, interface.ty(*value)))
    }
}

impl<'s, K: Value, V: Value, A: ToKey<'s, K>, B: ToVera<'s, V>, S> ToVera<'s, IndexMap<K, V>> for IndexMap<A, B, S> {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        entries_to_vera::<K, V, _, _>(self, heap)
    }
}

/// Writes a map; no two keys are equal.
pub(super) fn entries_to_vera<'a, 's, K: Value, V: Value, A: ToKey<'s, K> + 'a, B: ToVera<'s, V> + 'a>(
    entries: impl IntoIterator<Item = (&'a A, &'a B)>,
    heap: &mut Heap<'_>,
) -> Result<Raw> {
    let mut map = MapBuilder::new(heap, K::REP, V::REP);
    heap.deeper(|heap| {
        for (index, (key, value)) in entries.into_iter().enumerate() {
            let mark = heap.mark();
            let lowered_key = heap.lower_rooted::<K>(key).map_err(|error| error.reached_by(Step::Key(index)))?;
            let lowered_value = value.to_vera(heap).map_err(|error| error.reached_by(Step::Value(index)))?;
            heap.release(mark);
            map.push(heap, lowered_key, lowered_value, Hash::Of(key.key_hash(heap.hash_key())))?;
        }
        map.finish(heap)
    })
}

impl<K: Lift + Eq + std::hash::Hash, V: Lift> Lift for IndexMap<K, V> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.deeper(|reader| {
            let entries = reader.entries(raw, K::REP, V::REP)?;
            let meter = reader.meter;
            let mut map = IndexMap::new();
            meter.hold(entries.len() as u64 * (size_of::<(K, V)>() as u64 + PLACE))?;
            map.try_reserve(entries.len()).map_err(|_| meter.out_of_memory())?;
            for entry in entries.iter() {
                let (key, value) = entry?;
                map.insert(K::lift(reader, key)?, V::lift(reader, value)?);
            }
            Ok(map)
        })
    }
}

impl<T: Value> Value for IndexSet<T> {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        matches!(ty, TypeDesc::Set(item) if T::stands_for(interface, interface.ty(*item)))
    }
}

impl<'s, T: Value, A: ToKey<'s, T>, S> ToVera<'s, IndexSet<T>> for IndexSet<A, S> {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        items_to_vera::<T, _>(self, heap)
    }
}

/// Writes a set; no two items are equal.
pub(super) fn items_to_vera<'a, 's, T: Value, A: ToKey<'s, T> + 'a>(
    items: impl IntoIterator<Item = &'a A>,
    heap: &mut Heap<'_>,
) -> Result<Raw> {
    let mut map = MapBuilder::new(heap, T::REP, Rep::Byte);
    heap.deeper(|heap| {
        for (index, item) in items.into_iter().enumerate() {
            let key = item.to_vera(heap).map_err(|error| error.reached_by(Step::Key(index)))?;
            map.push(heap, key, Raw::from_bits(1), Hash::Of(item.key_hash(heap.hash_key())))?;
        }
        map.finish(heap)
    })
}

impl<T: Lift + Eq + std::hash::Hash> Lift for IndexSet<T> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.deeper(|reader| {
            let entries = reader.entries(raw, T::REP, Rep::Byte)?;
            let meter = reader.meter;
            let mut set = IndexSet::new();
            meter.hold(entries.len() as u64 * (size_of::<T>() as u64 + PLACE))?;
            set.try_reserve(entries.len()).map_err(|_| meter.out_of_memory())?;
            for entry in entries.iter() {
                set.insert(T::lift(reader, entry?.0)?);
            }
            Ok(set)
        })
    }
}
