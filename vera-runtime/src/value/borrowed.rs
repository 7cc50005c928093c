//! Borrowed, shared and boxed values: their contents decide which types they are accepted for.

use crate::error::Result;
use crate::heap::Heap;
use crate::value::map::ToKey;
use crate::value::{HashKey, Raw, ToVera, Value};
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

macro_rules! holders {
    ($($holder:ty;)*) => {$(
        impl<'s, T: Value, A: ToVera<'s, T> + ?Sized> ToVera<'s, T> for $holder {
            #[inline]
            fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
                A::to_vera(self, heap)
            }
        }

        impl<'s, T: Value, A: ToKey<'s, T> + ?Sized> ToKey<'s, T> for $holder {
            fn key_part(&self, key: HashKey) -> u64 {
                A::key_part(self, key)
            }

            fn key_hash(&self, key: HashKey) -> u64 {
                A::key_hash(self, key)
            }
        }
    )*};
}

holders! {
    &A;
    &mut A;
    Box<A>;
    Rc<A>;
    Arc<A>;
}

impl<'s, T: Value, A: ToVera<'s, T> + ToOwned + ?Sized> ToVera<'s, T> for Cow<'_, A> {
    #[inline]
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        A::to_vera(self, heap)
    }
}

impl<'s, T: Value, A: ToKey<'s, T> + ToOwned + ?Sized> ToKey<'s, T> for Cow<'_, A> {
    fn key_part(&self, key: HashKey) -> u64 {
        A::key_part(self, key)
    }

    fn key_hash(&self, key: HashKey) -> u64 {
        A::key_hash(self, key)
    }
}

impl ToVera<'_, String> for str {
    #[inline]
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        heap.string(self)
    }
}

impl ToKey<'_, String> for str {
    fn key_part(&self, key: HashKey) -> u64 {
        key.bytes(self.as_bytes())
    }
}
