//! `Tuple<...>` as Rust tuples.

use crate::error::Result;
use crate::heap::{Heap, Reader};
use crate::value::{Lift, Lower, Raw, Value, flat};
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::fixed;

macro_rules! tuple {
    ($($ty:ident $index:tt)*) => {
        impl<$($ty: Value),*> Value for ($($ty,)*) {
            type Repr = flat::Ptr;

            fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
                match ty {
                    TypeDesc::Tuple(items) => {
                        let mut items = items.iter();
                        $(items.next().is_some_and(|&id| $ty::stands_for(interface, interface.ty(id))) &&)*
                        items.next().is_none()
                    }
                    _ => false,
                }
            }
        }

        impl<$($ty: Lower),*> Lower for ($($ty,)*) {
            fn lower(&self, heap: &mut Heap<'_>) -> Result<Raw> {
                let mark = heap.mark();
                let fields = heap.deeper(|heap| Ok([$(heap.lower_rooted::<$ty>(&self.$index)?),*]))?;
                let record = heap.record(0, const { &fixed([$($ty::REP),*]) }, &fields)?;
                heap.release(mark);
                Ok(record)
            }
        }

        impl<$($ty: Lift),*> Lift for ($($ty,)*) {
            fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
                reader.object(raw, |object| {
                    let layout = const { &fixed([$($ty::REP),*]) };
                    Ok(($(object.field::<$ty, _>(layout, $index)?,)*))
                })
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0 B 1);
tuple!(A 0 B 1 C 2);
tuple!(A 0 B 1 C 2 D 3);
tuple!(A 0 B 1 C 2 D 3 E 4);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);
