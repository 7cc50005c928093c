//! Borrowed, shared and boxed values: what they hold decides.

use crate::error::Result;
use crate::heap::Heap;
use crate::value::map::ToKey;
use crate::value::{Raw, ToVera, Value};
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;
use vera_abi::map::hash::string;

macro_rules! holders {
    ($($holder:ty;)*) => {$(
        impl<'s, T: Value, A: ToVera<'s, T> + ?Sized> ToVera<'s, T> for $holder {
            #[inline]
            fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
                A::to_vera(self, heap)
            }
        }

        impl<'s, T: Value, A: ToKey<'s, T> + ?Sized> ToKey<'s, T> for $holder {
            fn vera_hash(&self) -> u64 {
                A::vera_hash(self)
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
    fn vera_hash(&self) -> u64 {
        A::vera_hash(self)
    }
}

impl ToVera<'_, String> for str {
    #[inline]
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        heap.string(self)
    }
}

impl ToKey<'_, String> for str {
    fn vera_hash(&self) -> u64 {
        string(self.as_bytes())
    }
}
