//! `Option`, `Result` and `Ordering`.

use crate::error::{Error, Result};
use crate::heap::{Heap, Reader};
use crate::value::data::is_data;
use crate::value::{IntoVera, Lift, Lower, Raw, Value, flat};
use std::cmp::Ordering;
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::fixed;
use vera_abi::prelude::{option, ordering, result};

impl<T: Value> Value for Option<T> {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        is_data(interface, ty, "Option", 2, &[T::stands_for])
    }
}

impl<T: Lower> Lower for Option<T> {
    fn lower(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        some(heap, self.as_ref())
    }
}

impl IntoVera<'_, Option<String>> for Option<&str> {
    fn into_vera(self, heap: &mut Heap<'_>) -> Result<Raw> {
        some::<String>(heap, self)
    }
}

fn some<'s, T: Value>(heap: &mut Heap<'_>, value: Option<impl IntoVera<'s, T>>) -> Result<Raw> {
    match value {
        None => Ok(heap.constant(option::NONE)),
        Some(value) => {
            heap.build(option::SOME, const { &fixed([T::REP]) }, |heap| Ok([heap.lower_rooted::<T>(value)?]))
        }
    }
}

impl<T: Lift> Lift for Option<T> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.object(raw, |object| match object.tag() {
            option::NONE => Ok(None),
            option::SOME => object.field(const { &fixed([T::REP]) }, 0).map(Some),
            _ => Err(object.unknown("Option")),
        })
    }
}

impl<T: Value, E: Value> Value for std::result::Result<T, E> {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        is_data(interface, ty, "Result", 2, &[T::stands_for, E::stands_for])
    }
}

impl<T: Lower, E: Lower> Lower for std::result::Result<T, E> {
    fn lower(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        match self {
            Ok(value) => {
                heap.build(result::OK, const { &fixed([T::REP]) }, |heap| Ok([heap.lower_rooted::<T>(value)?]))
            }
            Err(error) => {
                heap.build(result::ERR, const { &fixed([E::REP]) }, |heap| Ok([heap.lower_rooted::<E>(error)?]))
            }
        }
    }
}

impl<T: Lift, E: Lift> Lift for std::result::Result<T, E> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        reader.object(raw, |object| match object.tag() {
            result::OK => object.field(const { &fixed([T::REP]) }, 0).map(Ok),
            result::ERR => object.field(const { &fixed([E::REP]) }, 0).map(Err),
            _ => Err(object.unknown("Result")),
        })
    }
}

impl Value for Ordering {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        is_data(interface, ty, "Ordering", 3, &[])
    }
}

impl Lower for Ordering {
    fn lower(&self, heap: &mut Heap<'_>) -> Result<Raw> {
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
