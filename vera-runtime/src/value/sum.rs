//! `Option`, `Result` and `Ordering`.

use crate::error::{Error, Result};
use crate::heap::{Heap, Reader};
use crate::value::data::is_data;
use crate::value::{Lift, Raw, ToVera, Value, flat};
use std::cmp::Ordering;
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::fixed;
use vera_abi::prelude::{PreludeType, option, ordering, result};

impl<T: Value> Value for Option<T> {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        is_data(interface, ty, PreludeType::Option.name(), 2, &[T::stands_for])
    }
}

impl<'s, T: Value, A: ToVera<'s, T>> ToVera<'s, Option<T>> for Option<A> {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        match self {
            None => Ok(heap.constant(option::NONE)),
            Some(value) => {
                heap.build(option::SOME, const { &fixed([T::REP]) }, |heap| Ok([heap.lower_field::<T>(0, value)?]))
            }
        }
    }
}

impl<T: Lift> Lift for Option<T> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.object(raw, |object| match object.tag() {
            option::NONE => Ok(None),
            option::SOME => object.field(const { &fixed([T::REP]) }, 0).map(Some),
            _ => Err(object.unknown(PreludeType::Option.name())),
        })
    }
}

impl<T: Value, E: Value> Value for std::result::Result<T, E> {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        is_data(interface, ty, PreludeType::Result.name(), 2, &[T::stands_for, E::stands_for])
    }
}

impl<'s, T: Value, E: Value, A: ToVera<'s, T>, B: ToVera<'s, E>> ToVera<'s, std::result::Result<T, E>>
    for std::result::Result<A, B>
{
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        match self {
            Ok(value) => {
                heap.build(result::OK, const { &fixed([T::REP]) }, |heap| Ok([heap.lower_field::<T>(0, value)?]))
            }
            Err(error) => {
                heap.build(result::ERR, const { &fixed([E::REP]) }, |heap| Ok([heap.lower_field::<E>(0, error)?]))
            }
        }
    }
}

impl<T: Lift, E: Lift> Lift for std::result::Result<T, E> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.object(raw, |object| match object.tag() {
            result::OK => object.field(const { &fixed([T::REP]) }, 0).map(Ok),
            result::ERR => object.field(const { &fixed([E::REP]) }, 0).map(Err),
            _ => Err(object.unknown(PreludeType::Result.name())),
        })
    }
}

impl Value for Ordering {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        is_data(interface, ty, PreludeType::Ordering.name(), 3, &[])
    }
}

impl ToVera<'_, Ordering> for Ordering {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        Ok(heap.constant(match self {
            Ordering::Less => ordering::LESS,
            Ordering::Equal => ordering::EQUAL,
            Ordering::Greater => ordering::GREATER,
        }))
    }
}

impl Lift for Ordering {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        match reader.tag(raw)? {
            ordering::LESS => Ok(Ordering::Less),
            ordering::EQUAL => Ok(Ordering::Equal),
            ordering::GREATER => Ok(Ordering::Greater),
            tag => Err(Error::internal(format!("Ordering has no constructor of tag {tag}"))),
        }
    }
}
