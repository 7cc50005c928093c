//! `Map<K, V>` and `Set<T>` as `IndexMap` and `IndexSet`, in insertion order.

use crate::error::{Result, Step};
use crate::heap::{Hash, Heap, MapBuilder, Reader};
use crate::value::{Boxed, Lift, Lower, Raw, ToVera, Value, flat};
use indexmap::{IndexMap, IndexSet};
use std::cmp::Ordering;
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::Rep;
use vera_abi::map::hash::{OFFSET, step, string};
use vera_abi::prelude::{option, ordering, result};

/// What may be given where a key of the type `K` is expected, with the hash that Vera has for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key of a Vera map or set whose keys are `{K}`",
    label = "not a key for `{K}`"
)]
pub trait ToKey<'s, K: Value>: ToVera<'s, K> {
    /// The value of Vera's `hash` function.
    fn vera_hash(&self) -> u64;
}

/// A type whose values can be keys of maps in Rust and in a module.
pub trait Key: Lower + for<'s> ToKey<'s, Self> + Eq + std::hash::Hash {}

impl<K: Value + for<'s> ToKey<'s, K> + Eq + std::hash::Hash> Key for K {}

macro_rules! keys {
    ($($ty:ty: $value:ident => $hash:expr;)*) => {
        $(impl ToKey<'_, $ty> for $ty {
            fn vera_hash(&self) -> u64 {
                let $value = self;
                $hash
            }
        })*
    };
}

keys! {
    i64: value => *value as u64;
    u64: value => *value;
    u8: value => u64::from(*value);
    bool: value => u64::from(*value);
    (): _unit => 0;
    String: text => string(text.as_bytes());
    Ordering: value => step(OFFSET, u64::from(match value {
        Ordering::Less => ordering::LESS,
        Ordering::Equal => ordering::EQUAL,
        Ordering::Greater => ordering::GREATER,
    }));
}

impl<'s, T: Value, A: ToKey<'s, T>> ToKey<'s, Option<T>> for Option<A> {
    fn vera_hash(&self) -> u64 {
        match self {
            None => step(OFFSET, u64::from(option::NONE)),
            Some(value) => step(step(OFFSET, u64::from(option::SOME)), value.vera_hash()),
        }
    }
}

impl<'s, T: Value, E: Value, A: ToKey<'s, T>, B: ToKey<'s, E>> ToKey<'s, std::result::Result<T, E>>
    for std::result::Result<A, B>
{
    fn vera_hash(&self) -> u64 {
        match self {
            Ok(value) => step(step(OFFSET, u64::from(result::OK)), value.vera_hash()),
            Err(error) => step(step(OFFSET, u64::from(result::ERR)), error.vera_hash()),
        }
    }
}

impl<'s, T: Value, A: ToKey<'s, T>> ToKey<'s, Boxed<T>> for Boxed<A> {
    fn vera_hash(&self) -> u64 {
        crate::stack::recurse(|| A::vera_hash(self))
    }
}

macro_rules! tuple_keys {
    ($($ty:ident $given:ident $index:tt)*) => {
        impl<'s, $($ty: Value, $given: ToKey<'s, $ty>),*> ToKey<'s, ($($ty,)*)> for ($($given,)*) {
            fn vera_hash(&self) -> u64 {
                let hash = step(OFFSET, 0);
                $(let hash = step(hash, self.$index.vera_hash());)*
                hash
            }
        }
    };
}

tuple_keys!(A A0 0);
tuple_keys!(A A0 0 B B0 1);
tuple_keys!(A A0 0 B B0 1 C C0 2);
tuple_keys!(A A0 0 B B0 1 C C0 2 D D0 3);
tuple_keys!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4);
tuple_keys!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5);
tuple_keys!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6);
tuple_keys!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7);
tuple_keys!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7 I I0 8);
tuple_keys!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7 I I0 8 J J0 9);
tuple_keys!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7 I I0 8 J J0 9 K K0 10);
tuple_keys!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7 I I0 8 J J0 9 K K0 10 L L0 11);

/// Implements [`ToKey`](crate::value::ToKey) for a type described by [`data!`](crate::data); same syntax.
#[macro_export]
macro_rules! data_key {
    (enum $name:ident $(<$($generic:ident $(: $bound:path)?),*>)? = $vera:tt {
        $($tag:literal $variant:ident ( $($field:ident: $ty:ty),* $(,)? )),* $(,)?
    }) => {
        impl $(<$($generic: $crate::value::Key $(+ $bound)?),*>)?
            $crate::value::ToKey<'_, $name $(<$($generic),*>)?> for $name $(<$($generic),*>)?
        {
            fn vera_hash(&self) -> u64 {
                match self {
                    $($crate::__data_pattern!($variant $($field)*) => {
                        let hash = $crate::__private::step($crate::__private::OFFSET, $tag);
                        $(let hash = $crate::__private::step(hash, <$ty as $crate::value::ToKey<'_, $ty>>::vera_hash($field));)*
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
            fn vera_hash(&self) -> u64 {
                let $name($($field),*) = self;
                let hash = $crate::__private::step($crate::__private::OFFSET, 0);
                $(let hash = $crate::__private::step(hash, <$ty as $crate::value::ToKey<'_, $ty>>::vera_hash($field));)*
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
            map.push(heap, lowered_key, lowered_value, Hash::Of(key.vera_hash()))?;
        }
        map.finish(heap)
    })
}

impl<K: Lift + Eq + std::hash::Hash, V: Lift> Lift for IndexMap<K, V> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.deeper(|reader| {
            let entries = reader.entries(raw, K::REP, V::REP)?;
            entries.into_iter().map(|(key, value)| Ok((K::lift(reader, key)?, V::lift(reader, value)?))).collect()
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
            map.push(heap, key, Raw::from_bits(1), Hash::Of(item.vera_hash()))?;
        }
        map.finish(heap)
    })
}

impl<T: Lift + Eq + std::hash::Hash> Lift for IndexSet<T> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.deeper(|reader| {
            let entries = reader.entries(raw, T::REP, Rep::Byte)?;
            entries.into_iter().map(|(item, _)| T::lift(reader, item)).collect()
        })
    }
}
