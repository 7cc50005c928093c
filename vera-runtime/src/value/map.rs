//! `Map<K, V>` and `Set<T>` as `IndexMap` and `IndexSet`, in insertion order.

use crate::error::Result;
use crate::heap::{Hash, Heap, MapBuilder, Reader};
use crate::value::{Boxed, Lift, Lower, Raw, Value, flat};
use indexmap::{IndexMap, IndexSet};
use std::cmp::Ordering;
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::Rep;
use vera_abi::map::hash::{OFFSET, step, string};
use vera_abi::prelude::{option, ordering, result};

/// A type whose values can be keys of a map that is written into a module.
pub trait Key: Lower + Eq + std::hash::Hash {
    /// The value of Vera's `hash` function.
    fn vera_hash(&self) -> u64;
}

macro_rules! keys {
    ($($ty:ty: $value:ident => $hash:expr;)*) => {
        $(impl Key for $ty {
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

impl<T: Key> Key for Vec<T> {
    fn vera_hash(&self) -> u64 {
        self.iter().fold(step(OFFSET, self.len() as u64), |hash, item| step(hash, item.vera_hash()))
    }
}

impl<T: Key> Key for Option<T> {
    fn vera_hash(&self) -> u64 {
        match self {
            None => step(OFFSET, u64::from(option::NONE)),
            Some(value) => step(step(OFFSET, u64::from(option::SOME)), value.vera_hash()),
        }
    }
}

impl<T: Key, E: Key> Key for std::result::Result<T, E> {
    fn vera_hash(&self) -> u64 {
        match self {
            Ok(value) => step(step(OFFSET, u64::from(result::OK)), value.vera_hash()),
            Err(error) => step(step(OFFSET, u64::from(result::ERR)), error.vera_hash()),
        }
    }
}

impl<T: Key> Key for Boxed<T> {
    fn vera_hash(&self) -> u64 {
        crate::stack::recurse(|| T::vera_hash(self))
    }
}

macro_rules! tuple_keys {
    ($($ty:ident $index:tt)*) => {
        impl<$($ty: Key),*> Key for ($($ty,)*) {
            fn vera_hash(&self) -> u64 {
                let hash = step(OFFSET, 0);
                $(let hash = step(hash, self.$index.vera_hash());)*
                hash
            }
        }
    };
}

tuple_keys!(A 0);
tuple_keys!(A 0 B 1);
tuple_keys!(A 0 B 1 C 2);
tuple_keys!(A 0 B 1 C 2 D 3);
tuple_keys!(A 0 B 1 C 2 D 3 E 4);
tuple_keys!(A 0 B 1 C 2 D 3 E 4 F 5);
tuple_keys!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple_keys!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuple_keys!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuple_keys!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuple_keys!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
tuple_keys!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);

/// Implements [`Key`](crate::value::Key) for a type described by [`data!`](crate::data); same syntax.
#[macro_export]
macro_rules! data_key {
    (enum $name:ident $(<$($generic:ident $(: $bound:path)?),*>)? = $vera:literal {
        $($tag:literal $variant:ident ( $($field:ident: $ty:ty),* $(,)? )),* $(,)?
    }) => {
        impl $(<$($generic: $crate::value::Key $(+ $bound)?),*>)? $crate::value::Key for $name $(<$($generic),*>)? {
            fn vera_hash(&self) -> u64 {
                match self {
                    $($crate::__data_pattern!($variant $($field)*) => {
                        let hash = $crate::__private::step($crate::__private::OFFSET, $tag);
                        $(let hash = $crate::__private::step(hash, $crate::value::Key::vera_hash($field));)*
                        hash
                    })*
                }
            }
        }
    };
    (struct $name:ident $(<$($generic:ident $(: $bound:path)?),*>)? = $vera:literal ( $($field:ident: $ty:ty),* $(,)? )) => {
        impl $(<$($generic: $crate::value::Key $(+ $bound)?),*>)? $crate::value::Key for $name $(<$($generic),*>)? {
            fn vera_hash(&self) -> u64 {
                let $name($($field),*) = self;
                let hash = $crate::__private::step($crate::__private::OFFSET, 0);
                $(let hash = $crate::__private::step(hash, $crate::value::Key::vera_hash($field));)*
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

impl<K: Key, V: Lower> Lower for IndexMap<K, V> {
    fn lower(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        let mut map = MapBuilder::new(heap, K::REP, V::REP);
        heap.deeper(|heap| {
            for (key, value) in self {
                let mark = heap.mark();
                let lowered_key = heap.lower_rooted::<K>(key)?;
                let lowered_value = value.lower(heap)?;
                heap.release(mark);
                map.push(heap, lowered_key, lowered_value, Hash::Of(key.vera_hash()))?;
            }
            map.finish(heap)
        })
    }
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

impl<T: Key> Lower for IndexSet<T> {
    fn lower(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        let mut map = MapBuilder::new(heap, T::REP, Rep::Byte);
        heap.deeper(|heap| {
            for item in self {
                let key = item.lower(heap)?;
                map.push(heap, key, Raw::from_bits(1), Hash::Of(item.vera_hash()))?;
            }
            map.finish(heap)
        })
    }
}

impl<T: Lift + Eq + std::hash::Hash> Lift for IndexSet<T> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.deeper(|reader| {
            let entries = reader.entries(raw, T::REP, Rep::Byte)?;
            entries.into_iter().map(|(item, _)| T::lift(reader, item)).collect()
        })
    }
}
