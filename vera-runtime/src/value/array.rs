//! `Array<T>` as `Vec<T>`.

use crate::error::{Result, Step};
use crate::heap::{Heap, List, Reader};
use crate::value::map::ToKey;
use crate::value::{HashKey, Lift, Raw, ToVera, Value, flat};
use vera_abi::interface::{Interface, TypeDesc};

impl<T: Value> Value for Vec<T> {
    type Repr = flat::Slice;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        matches!(ty, TypeDesc::Array(element) if T::stands_for(interface, interface.ty(*element)))
    }
}

impl<T: Lift> Lift for Vec<T> {
    #[inline]
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.count_nodes(1)?;
        reader.deeper(|reader| T::lift_array(reader, raw))
    }
}

macro_rules! arrays {
    ($([$($length:tt)*] $array:ty;)*) => {$(
        impl<'s, T: Value, A: ToVera<'s, T>, $($length)*> ToVera<'s, Vec<T>> for $array {
            #[inline]
            fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
                A::slice_to_vera(self, heap)
            }
        }

        impl<'s, T: Value, A: ToKey<'s, T>, $($length)*> ToKey<'s, Vec<T>> for $array {
            fn key_part(&self, key: HashKey) -> u64 {
                self.iter().fold(self.len() as u64, |hash, item| key.step(hash, item.key_part(key)))
            }
        }
    )*};
}

arrays! {
    [] [A];
    [] Vec<A>;
    [const N: usize] [A; N];
}

/// Writes the elements one by one into an array, which is rooted during this.
pub(crate) fn each_to_vera<'s, T: Value, A: ToVera<'s, T>>(items: &[A], heap: &mut Heap<'_>) -> Result<Raw> {
    let mark = heap.mark();
    let mut list = List::new(heap, T::REP, items.len())?;
    heap.deeper(|heap| {
        for (index, item) in items.iter().enumerate() {
            let element = item.to_vera(heap).map_err(|error| error.reached_by(Step::Element(index)))?;
            list.push(heap, element)?;
        }
        Ok(())
    })?;
    heap.release(mark);
    Ok(list.finish())
}
