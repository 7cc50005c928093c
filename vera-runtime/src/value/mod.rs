//! Which Rust types stand for which Vera types, and how values pass between them.
//!
//! [`Value`] ties a Rust type to a representation, [`Lift`] reads it out of a module, [`Lower`] writes it into one,
//! and [`IntoVera`] lists what may be given where a type is expected (`&str` for `String`, a
//! [`Rooted`](crate::Rooted) handle for anything).
//!
//! | Vera | Rust |
//! |---|---|
//! | `Int`, `Nat`, `Float64`, `Bool`, `Byte`, `Unit` | `i64`, `u64`, `f64`, `bool`, `u8`, `()` |
//! | `String`, `Array<T>` | `String`, `Vec<T>` |
//! | `Option<T>`, `Result<T, E>`, `Tuple<...>`, `Ordering` | `Option<T>`, `Result<T, E>`, tuples, `Ordering` |
//! | `Map<K, V>`, `Set<T>` | `IndexMap<K, V>`, `IndexSet<T>` |
//! | `Json`, `HtmlNode`, `MdBlock`, `MdInline`, `UrlParts` | `serde_json::Value`, [`html`], [`markdown`], [`UrlParts`] |
//! | `data` | generated enums and structs, by [`data!`](crate::data) |
//!
//! Values of any depth can pass: recursion continues on heap-allocated stack, within [`Limits`](crate::Limits).

pub(crate) mod arguments;
mod array;
mod boxed;
pub(crate) mod data;
pub mod dynamic;
pub mod flat;
pub mod html;
mod json;
mod map;
pub mod markdown;
mod scalar;
mod sum;
mod tuple;
mod url;

pub use arguments::{Arguments, Params};
pub use boxed::Boxed;
pub use map::Key;
pub use url::UrlParts;

use crate::error::Result;
use crate::heap::{Heap, Reader};
use flat::Repr;
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::Rep;

/// A value as the module has it: a number, or an address and a length. It means something only to the instance and
/// the moment it comes from; programs handle [`Rooted`](crate::Rooted) values instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw {
    pub(crate) bits: u64,
    pub(crate) len: u32,
}

impl Raw {
    pub(crate) const UNIT: Raw = Raw { bits: 0, len: 0 };

    #[inline]
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Raw { bits, len: 0 }
    }

    #[inline]
    pub(crate) const fn from_pointer(pointer: u32) -> Self {
        Raw { bits: pointer as u64, len: 0 }
    }

    #[inline]
    pub(crate) const fn from_slice(pointer: u32, len: u32) -> Self {
        Raw { bits: pointer as u64, len }
    }

    #[inline]
    pub(crate) const fn pointer(self) -> u32 {
        self.bits as u32
    }
}

/// A Rust type that stands for a Vera type.
pub trait Value: 'static {
    /// The representation, as a type.
    type Repr: Repr;
    /// The representation.
    const REP: Rep = <Self::Repr as Repr>::REP;

    /// Whether the type stands for this Vera type. Data types are compared by name.
    fn stands_for(interface: &Interface, ty: &TypeDesc) -> bool;
}

/// A type whose values can be read out of a module.
pub trait Lift: Value + Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when it exceeds the limits on values.
    fn lift(reader: &mut Reader<'_>, raw: Raw) -> Result<Self>;

    /// Reads all elements of an array.
    ///
    /// # Errors
    /// As [`Lift::lift`].
    fn lift_array(reader: &mut Reader<'_>, array: Raw) -> Result<Vec<Self>> {
        reader.count_nodes(u64::from(array.len))?;
        (0..array.len)
            .map(|index| {
                let element = reader.element(Self::REP, array, index)?;
                Self::lift(reader, element)
            })
            .collect()
    }
}

/// A type whose values can be written into a module.
pub trait Lower: Value {
    /// Writes the value. The result is not rooted yet.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when the value exceeds a limit, [`Error::Argument`](crate::Error::Argument)
    /// when it has no counterpart in Vera.
    fn lower(&self, heap: &mut Heap<'_>) -> Result<Raw>;

    /// Writes an array of values.
    ///
    /// # Errors
    /// As [`Lower::lower`].
    fn lower_array(items: &[Self], heap: &mut Heap<'_>) -> Result<Raw>
    where
        Self: Sized,
    {
        array::lower_each(items, heap)
    }
}

/// What may be given where a `T` is expected, in a scope `'s`.
///
/// The lifetime matters to handles only: they are of that scope or one around it.
pub trait IntoVera<'s, T: Value> {
    /// Writes the value. The result is not rooted yet.
    ///
    /// # Errors
    /// As [`Lower::lower`].
    fn into_vera(self, heap: &mut Heap<'_>) -> Result<Raw>;
}

impl<T: Lower> IntoVera<'_, T> for T {
    #[inline]
    fn into_vera(self, heap: &mut Heap<'_>) -> Result<Raw> {
        self.lower(heap)
    }
}

impl<T: Lower> IntoVera<'_, T> for &T {
    #[inline]
    fn into_vera(self, heap: &mut Heap<'_>) -> Result<Raw> {
        self.lower(heap)
    }
}

impl IntoVera<'_, String> for &str {
    #[inline]
    fn into_vera(self, heap: &mut Heap<'_>) -> Result<Raw> {
        heap.string(self)
    }
}

impl<T: Lower> IntoVera<'_, Vec<T>> for &[T] {
    #[inline]
    fn into_vera(self, heap: &mut Heap<'_>) -> Result<Raw> {
        T::lower_array(self, heap)
    }
}

impl<T: Lower, const N: usize> IntoVera<'_, Vec<T>> for &[T; N] {
    #[inline]
    fn into_vera(self, heap: &mut Heap<'_>) -> Result<Raw> {
        T::lower_array(self, heap)
    }
}

impl Heap<'_> {
    /// Writes a value and roots it, until the mark taken before is released.
    ///
    /// # Errors
    /// As [`Lower::lower`].
    #[inline]
    pub fn lower_rooted<'s, T: Value>(&mut self, value: impl IntoVera<'s, T>) -> Result<Raw> {
        let raw = value.into_vera(self)?;
        self.root_value(T::REP, raw)
    }
}
