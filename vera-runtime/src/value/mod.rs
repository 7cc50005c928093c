//! Which Rust types represent which Vera types, and how values pass between them.
//!
//! [`Value`] ties a Rust type to a representation, [`Lift`] reads it from a module, [`Lower`] writes it into one, and
//! [`ToVera`] says which Rust values are accepted where a type is expected.
//!
//! | Vera | Rust |
//! |---|---|
//! | `Int`, `Nat`, `Float64`, `Bool`, `Byte`, `Unit` | `i64`, `u64`, `f64`, `bool`, `u8`, `()` |
//! | `String`, `Array<T>` | `String`, `Vec<T>` |
//! | `Option<T>`, `Result<T, E>`, `Tuple<...>`, `Ordering` | `Option<T>`, `Result<T, E>`, tuples, `Ordering` |
//! | `Map<K, V>`, `Set<T>` | `IndexMap<K, V>`, `IndexSet<T>` |
//! | `Json`, `HtmlNode`, `MdBlock`, `MdInline`, `UrlParts` | `serde_json::Value`, [`html`], [`markdown`], [`UrlParts`] |
//! | `Request`, `Response` | [`Request`], [`Response`] |
//! | `Decimal` | [`Decimal`] |
//! | `data` | generated enums and structs, by [`data!`](crate::data) |
//!
//! Values of any depth can pass: recursion continues on stack that is allocated on the heap, within
//! [`Limits`](crate::Limits).

#![warn(clippy::indexing_slicing)]

pub(crate) mod arguments;
mod array;
mod borrowed;
mod boxed;
pub(crate) mod data;
pub mod decimal;
pub mod dynamic;
pub mod flat;
mod future;
pub mod html;
mod http;
mod json;
mod map;
pub mod markdown;
mod scalar;
mod std_map;
mod sum;
mod to_vera;
mod tuple;
mod url;

pub use arguments::{Arguments, Params};
pub use boxed::Boxed;
pub use decimal::{Decimal, ParseDecimalError};
pub use future::Future;
pub(crate) use future::is_future;
pub use http::{Request, Response};
pub use map::{Key, ToKey};
pub use to_vera::{Argument, ToVera};
pub use url::UrlParts;
pub use vera_abi::map::hash::Key as HashKey;

use crate::error::{Result, Step};
use crate::heap::{Heap, Reader};
pub use crate::raw::Raw;
use flat::Repr;
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::Rep;

/// A Rust type that represents a Vera type.
pub trait Value: 'static {
    /// The representation, as a type.
    type Repr: Repr;
    /// The representation.
    const REP: Rep = <Self::Repr as Repr>::REP;

    /// Whether the type represents this Vera type. Data types are compared by name.
    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool;
}

/// A type whose values can be read from a module.
pub trait Lift: Value + Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when the value exceeds the limits on values.
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self>;

    /// Reads all elements of an array.
    ///
    /// # Errors
    /// As [`Lift::lift`].
    fn lift_array(reader: &mut Reader<'_>, array: Raw) -> Result<Vec<Self>> {
        reader.count_nodes(u64::from(array.len))?;
        let mut items = Vec::new();
        reader.meter.reserve(&mut items, array.len as usize)?;
        for index in 0..array.len {
            let element = reader.element(Self::REP, array, index)?;
            items.push(Self::lift(reader, element)?);
        }
        Ok(items)
    }
}

/// A type whose values can be written into a module as values of the Vera type that it represents.
pub trait Lower: Value + for<'s> ToVera<'s, Self> + Sized {
    /// Writes the value. The result is not rooted yet.
    ///
    /// # Errors
    /// As [`ToVera::to_vera`].
    #[inline]
    fn lower(&self, heap: &mut Heap<'_>) -> Result<Raw> {
        self.to_vera(heap)
    }
}

impl<T: Value + for<'s> ToVera<'s, T>> Lower for T {}

impl Heap<'_> {
    /// Writes a value and roots it, until the mark taken before is released.
    ///
    /// # Errors
    /// As [`ToVera::to_vera`].
    #[inline]
    pub fn lower_rooted<'s, T: Value>(&mut self, value: impl ToVera<'s, T>) -> Result<Raw> {
        let raw = value.to_vera(self)?;
        self.root_value(T::REP, raw)
    }

    /// Writes and roots the value of a field of a structure. Errors name its position (from 0).
    ///
    /// # Errors
    /// As [`ToVera::to_vera`].
    #[inline]
    pub fn lower_field<'s, T: Value>(&mut self, position: usize, value: impl ToVera<'s, T>) -> Result<Raw> {
        self.lower_rooted::<T>(value).map_err(|error| error.reached_by(Step::Field(position)))
    }
}
