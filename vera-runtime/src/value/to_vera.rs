//! The Rust values that are accepted where a value of a Vera type is expected: one rule for arguments, for values
//! written in a scope, and for their parts.
//!
//! Invariant: every `ToVera<T>` looks the same to the module as the `T` of equal contents. The contents decide, not the
//! owner. What holds a value for `T` (a reference, a `Box`, an `Arc`, a `Cow`) is accepted for `T` too, and a container
//! of such values is accepted for the container of `T`.
//!
//! Deliberately, a number must have exactly its type, `i64` for `Int` and `u64` for `Nat`. If there were more types to
//! choose from, rustc could not infer the type of a literal such as `200` or of the elements of `[1, 2, 3]`.

use crate::error::Result;
use crate::heap::Heap;
use crate::value::{Raw, Value, array};

/// A value that is accepted where a `T` is expected, in a scope `'s`.
///
/// | for | may be given |
/// |---|---|
/// | `i64`, `u64`, `f64`, `bool`, `u8`, `()` | exactly that |
/// | `String` | `&str`, `String`, `Cow<str>`, `Box<str>`, `Arc<str>`, ... |
/// | `Vec<T>` | slices, arrays and vectors of anything for `T` |
/// | `IndexMap<K, V>` | `IndexMap`, `HashMap` and `BTreeMap` from anything for `K` to anything for `V` |
/// | `IndexSet<T>` | `IndexSet`, `HashSet` and `BTreeSet` of anything for `T` |
/// | `Option<T>`, `Result<T, E>`, tuples | the same of anything for their parts |
/// | a generated type, `serde_json::Value`, ... | exactly that |
/// | any type | a [`Rooted`](crate::Rooted) handle of it, and references, `Box`, `Rc`, `Arc` and `Cow` of what is listed |
///
/// A map keeps the order of an `IndexMap` or `BTreeMap`. A `HashMap` has no order, so it is written in the order of its
/// keys. Equal contents are then always equal for the module.
///
/// The lifetime matters only for handles: they must belong to that scope or one around it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be given to Vera where `{T}` is expected",
    label = "not a value for `{T}`",
    note = "for `String` give `&str`, `String` or `Cow<str>`; for `Vec<T>` a slice, array or vector; for `IndexMap<K, V>` any map \
            of the standard library (the keys of a `HashMap` need `Ord`); numbers are exactly `i64`, `u64`, `f64` or `u8`: \
            convert others with `.into()` or `try_into()`"
)]
pub trait ToVera<'s, T: Value> {
    /// Writes the value. The result is not rooted yet.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) when the value exceeds a limit, [`Error::Argument`](crate::Error::Argument)
    /// when it has no counterpart in Vera.
    fn to_vera(&self, heap: &mut Heap<'_>) -> Result<Raw>;

    /// Writes an array of values.
    ///
    /// # Errors
    /// As [`ToVera::to_vera`].
    fn slice_to_vera(items: &[Self], heap: &mut Heap<'_>) -> Result<Raw>
    where
        Self: Sized,
    {
        array::each_to_vera(items, heap)
    }
}

/// A value that a method of a generated `Module` accepts for a parameter of the type `T`: any [`ToVera`] that is not
/// tied to a scope.
// As of `ToVera`: rustc says one or the other, and takes the text from the trait that it says.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be given to Vera where `{T}` is expected",
    label = "not a value for `{T}`",
    note = "for `String` give `&str`, `String` or `Cow<str>`; for `Vec<T>` a slice, array or vector; for `IndexMap<K, V>` any map \
            of the standard library (the keys of a `HashMap` need `Ord`); numbers are exactly `i64`, `u64`, `f64` or `u8`: \
            convert others with `.into()` or `try_into()`"
)]
pub trait Argument<T: Value>: ToVera<'static, T> {}

impl<T: Value, A: ToVera<'static, T>> Argument<T> for A {}
