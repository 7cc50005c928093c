//! Handles of guest values.

use crate::error::Result;
use crate::heap::Heap;
use crate::value::{Raw, ToVera, Value};
use std::fmt;
use std::marker::PhantomData;

/// A value in a module's memory that the collector keeps while the scope `'s` is open.
///
/// It is rooted from its creation and does not borrow its scope, so many handles can be held at once. The lifetime is a
/// brand: it is invariant and belongs to one [`Scope`](crate::Scope). So a handle cannot leave its scope or be used
/// with another instance.
pub struct Rooted<'s, T> {
    pub(crate) raw: Raw,
    brand: PhantomData<Brand<'s>>,
    value: PhantomData<*const T>,
}

/// Invariant in `'s`.
pub(crate) type Brand<'s> = fn(&'s ()) -> &'s ();

impl<T> Rooted<'_, T> {
    pub(crate) fn new(raw: Raw) -> Self {
        Rooted { raw, brand: PhantomData, value: PhantomData }
    }
}

impl<T> Clone for Rooted<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Rooted<'_, T> {}

impl<T> fmt::Debug for Rooted<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rooted<{}>", std::any::type_name::<T>())
    }
}

/// A handle may be used in its own scope and in scopes inside it.
impl<'s, 'h: 's, T: Value> ToVera<'s, T> for Rooted<'h, T> {
    #[inline]
    fn to_vera(&self, _heap: &mut Heap<'_>) -> Result<Raw> {
        Ok(self.raw)
    }
}
