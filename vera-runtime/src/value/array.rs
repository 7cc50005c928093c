//! `Array<T>` as `Vec<T>`.

use crate::error::Result;
use crate::heap::{Heap, List, Reader};
use crate::value::{Lift, Lower, Raw, Value, flat};
use vera_abi::interface::{Interface, TypeDesc};

impl<T: Value> Value for Vec<T> {
    type Repr = flat::Slice;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        matches!(ty, TypeDesc::Array(element) if T::stands_for(interface, interface.ty(*element)))
    }
}

impl<T: Lower> Lower for Vec<T> {
    #[inline]
    fn lower(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        T::lower_array(self, heap)
    }
}

impl<T: Lift> Lift for Vec<T> {
    #[inline]
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.count_nodes(1)?;
        reader.deeper(|reader| T::lift_array(reader, raw))
    }
}

/// Writes the elements one by one into an array that is rooted meanwhile.
pub(crate) fn lower_each<T: Lower>(items: &[T], heap: &mut Heap<'_>) -> Result<Raw> {
    let mark = heap.mark();
    let mut list = List::new(heap, T::REP, items.len())?;
    heap.deeper(|heap| {
        for item in items {
            let element = item.lower(heap)?;
            list.push(heap, element)?;
        }
        Ok(())
    })?;
    heap.release(mark);
    Ok(list.finish())
}
