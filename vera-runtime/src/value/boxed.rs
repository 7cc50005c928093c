//! The box of recursive generated types.

use crate::error::Result;
use crate::heap::{Heap, Reader};
use crate::stack::recurse;
use crate::value::{Lift, Raw, ToVera, Value};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};
use vera_abi::interface::{Interface, TypeDesc};

/// A `Box` that may be nested without limit. Dropping, cloning, comparing, hashing and printing a chain of a million of
/// them does not overflow the stack, unlike with plain boxes.
pub struct Boxed<T>(Option<Box<T>>);

/// Bytes that a box needs besides its value: the overhead of the allocator, and the stack for dropping one level of a
/// deep value.
const LEVEL: u64 = 256;

impl<T> Boxed<T> {
    /// Moves a value to the heap.
    pub fn new(value: T) -> Self {
        Boxed(Some(Box::new(value)))
    }

    /// Moves the value out.
    pub fn into_inner(mut self) -> T {
        *self.0.take().expect("only taken when consumed")
    }
}

impl<T> Drop for Boxed<T> {
    fn drop(&mut self) {
        if std::mem::needs_drop::<T>()
            && let Some(value) = self.0.take()
        {
            recurse(|| drop(value));
        }
    }
}

impl<T> Deref for Boxed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("only taken when consumed")
    }
}

impl<T> DerefMut for Boxed<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("only taken when consumed")
    }
}

impl<T> From<T> for Boxed<T> {
    fn from(value: T) -> Self {
        Boxed::new(value)
    }
}

impl<T> From<Box<T>> for Boxed<T> {
    fn from(value: Box<T>) -> Self {
        Boxed(Some(value))
    }
}

impl<T: Clone> Clone for Boxed<T> {
    fn clone(&self) -> Self {
        recurse(|| Boxed::new(T::clone(self)))
    }
}

impl<T: PartialEq> PartialEq for Boxed<T> {
    fn eq(&self, other: &Self) -> bool {
        recurse(|| T::eq(self, other))
    }
}

impl<T: Eq> Eq for Boxed<T> {}

impl<T: PartialOrd> PartialOrd for Boxed<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        recurse(|| T::partial_cmp(self, other))
    }
}

impl<T: Ord> Ord for Boxed<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        recurse(|| T::cmp(self, other))
    }
}

impl<T: Hash> Hash for Boxed<T> {
    fn hash<S: Hasher>(&self, state: &mut S) {
        recurse(|| T::hash(self, state));
    }
}

impl<T: fmt::Debug> fmt::Debug for Boxed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        recurse(|| T::fmt(self, f))
    }
}

impl<T: Default> Default for Boxed<T> {
    fn default() -> Self {
        Boxed::new(T::default())
    }
}

impl<T: Value> Value for Boxed<T> {
    type Repr = T::Repr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        T::stands_for(interface, ty)
    }
}

impl<T: Lift> Lift for Boxed<T> {
    #[inline]
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.meter.hold(size_of::<T>() as u64 + LEVEL)?;
        T::lift(reader, raw).map(Boxed::new)
    }
}

impl<'s, T: Value, A: ToVera<'s, T>> ToVera<'s, Boxed<T>> for Boxed<A> {
    #[inline]
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        A::to_vera(self, heap)
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Boxed<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        recurse(|| T::serialize(self, serializer))
    }
}

#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Boxed<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        recurse(|| T::deserialize(deserializer)).map(Boxed::new)
    }
}
