//! `Tuple<...>` as Rust tuples.

use crate::error::Result;
use crate::heap::{Heap, Reader};
use crate::value::{HashKey, Lift, Raw, ToKey, ToVera, Value, flat};
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::fixed;

macro_rules! tuple {
    ($($ty:ident $given:ident $index:tt)*) => {
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

        impl<'s, $($ty: Value, $given: ToVera<'s, $ty>),*> ToVera<'s, ($($ty,)*)> for ($($given,)*) {
            fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
                let mark = heap.mark();
                let fields = heap.deeper(|heap| Ok([$(heap.lower_field::<$ty>($index, &self.$index)?),*]))?;
                let record = heap.record(0, const { &fixed([$($ty::REP),*]) }, &fields)?;
                heap.release(mark);
                Ok(record)
            }
        }

        impl<'s, $($ty: Value, $given: ToKey<'s, $ty>),*> ToKey<'s, ($($ty,)*)> for ($($given,)*) {
            fn key_part(&self, key: HashKey) -> u64 {
                let hash = 0;
                $(let hash = key.step(hash, self.$index.key_part(key));)*
                hash
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

tuple!(A A0 0);
tuple!(A A0 0 B B0 1);
tuple!(A A0 0 B B0 1 C C0 2);
tuple!(A A0 0 B B0 1 C C0 2 D D0 3);
tuple!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4);
tuple!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5);
tuple!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6);
tuple!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7);
tuple!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7 I I0 8);
tuple!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7 I I0 8 J J0 9);
tuple!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7 I I0 8 J J0 9 K K0 10);
tuple!(A A0 0 B B0 1 C C0 2 D D0 3 E E0 4 F F0 5 G G0 6 H H0 7 I I0 8 J J0 9 K K0 10 L L0 11);
