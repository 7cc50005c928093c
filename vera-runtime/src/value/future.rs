//! `Future<T>`.
//!
//! A module awaits every future before its host reads it. The record may still be that of a started future; its cell then
//! holds the finished future ([`vera_abi::prelude::future`]).

use crate::error::{Error, Result};
use crate::heap::{Heap, Reader};
use crate::value::data::is_data;
use crate::value::{HashKey, Lift, Raw, ToKey, ToVera, Value, flat};
use vera_abi::heap::static_constructor;
use vera_abi::interface::{DataDesc, Interface, TypeDesc};
use vera_abi::layout::{FieldPlace, FixedLayout, fixed};
use vera_abi::prelude::{PreludeType, future};

/// A `Future<T>` of Vera with its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Future<T>(
    /// The value.
    pub T,
);

impl<T: Value> Value for Future<T> {
    type Repr = flat::Ptr;

    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool {
        is_data(interface, ty, PreludeType::Future.name(), 1, &[T::stands_for])
    }
}

impl<'s, T: Value, A: ToVera<'s, T>> ToVera<'s, Future<T>> for Future<A> {
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        heap.build(future::FUTURE, const { &fixed([T::REP]) }, |heap| Ok([heap.lower_field::<T>(0, &self.0)?]))
    }
}

impl<T: Lift> Lift for Future<T> {
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self> {
        let raw = reader.awaited(raw)?;
        reader.object(raw, |object| object.field(const { &fixed([T::REP]) }, 0).map(Future))
    }
}

impl<'s, T: Value, A: ToKey<'s, T>> ToKey<'s, Future<T>> for Future<A> {
    fn key_part(&self, key: HashKey) -> u64 {
        key.step(u64::from(future::FUTURE), self.0.key_part(key))
    }
}

/// Whether a type is described like `Future<T>` of the language.
pub(crate) fn is_future(data: &DataDesc) -> bool {
    data.name == PreludeType::Future.name() && data.arguments.len() == 1 && data.constructors.len() == 1
}

impl Reader<'_> {
    /// The record of a finished future.
    ///
    /// # Errors
    /// [`Error::Internal`] when it has not been awaited.
    pub(crate) fn awaited(&self, raw: Raw) -> Result<Raw> {
        const STARTED: FixedLayout<2> = fixed(future::STARTED);
        const CELL: FixedLayout<1> = fixed(future::CELL);
        if self.tag(raw)? == future::FUTURE {
            return Ok(raw);
        }
        #[expect(clippy::indexing_slicing, reason = "a constant: checked while it is compiled")]
        const FINISHED: FieldPlace = STARTED.fields[future::FINISHED as usize];
        let cell = self.field(raw, &FINISHED)?;
        let known = self.field(cell, &CELL.fields[0])?;
        if known.pointer() == static_constructor(future::FUTURE) || self.tag(known)? != future::FUTURE {
            return Err(Error::internal("a future that was not awaited"));
        }
        Ok(known)
    }
}
