//! The macro by which generated wrappers describe their data types.

/// Makes an enum or struct represent a Vera data type.
///
/// The type itself is declared separately. The macro takes its Vera name (a literal or a constant) and its constructors
/// with their tags and fields, in the order of the Vera declaration. The names in front of the field types are only
/// labels. A type parameter that is the key of a map is written with the bound `Key`.
///
/// ```
/// use vera_runtime::value::Boxed;
///
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum List<T> {
///     Nil,
///     Cons(T, Boxed<List<T>>),
/// }
/// vera_runtime::data! { enum List<T> = "List" { 0 Nil(), 1 Cons(head: T, tail: Boxed<List<T>>) } }
///
/// #[derive(Clone, Debug, PartialEq)]
/// pub struct Point(pub f64, pub f64);
/// vera_runtime::data! { struct Point = "Point"(x: f64, y: f64) }
/// ```
#[macro_export]
macro_rules! data {
    (enum $name:ident $(<$($generic:ident $(: $bound:path)?),*>)? = $vera:tt {
        $($tag:literal $variant:ident ( $($field:ident: $ty:ty),* $(,)? )),* $(,)?
    }) => {
        $crate::__data_value! { $name ($($($generic $(: $bound)?),*)?) $vera [$($variant)*] }

        impl $(<$($generic: $crate::value::Lift $(+ $bound)?),*>)? $crate::value::Lift for $name $(<$($generic),*>)? {
            fn lift(
                reader: &mut $crate::__private::Reader<'_>,
                raw: $crate::value::Raw,
            ) -> $crate::Result<Self> {
                reader.object(raw, |object| match object.tag() {
                    $($tag => $crate::__data_lift!(object, Self::$variant, $($ty),*),)*
                    _ => ::core::result::Result::Err(object.unknown($vera)),
                })
            }
        }

        impl $(<$($generic: $crate::value::Lower $(+ $bound)?),*>)?
            $crate::value::ToVera<'_, $name $(<$($generic),*>)?> for $name $(<$($generic),*>)?
        {
            fn to_vera(&self, heap: &mut $crate::__private::Heap<'_>) -> $crate::Result<$crate::value::Raw> {
                match self {
                    $($crate::__data_pattern!($variant $($field)*) => {
                        $crate::__data_lower!(heap, $tag, $($field: $ty),*)
                    })*
                }
            }
        }
    };
    (struct $name:ident $(<$($generic:ident $(: $bound:path)?),*>)? = $vera:tt ( $($field:ident: $ty:ty),* $(,)? )) => {
        $crate::__data_value! { $name ($($($generic $(: $bound)?),*)?) $vera [$name] }

        impl $(<$($generic: $crate::value::Lift $(+ $bound)?),*>)? $crate::value::Lift for $name $(<$($generic),*>)? {
            fn lift(
                reader: &mut $crate::__private::Reader<'_>,
                raw: $crate::value::Raw,
            ) -> $crate::Result<Self> {
                reader.object(raw, |object| $crate::__data_lift!(object, $name, $($ty),*))
            }
        }

        impl $(<$($generic: $crate::value::Lower $(+ $bound)?),*>)?
            $crate::value::ToVera<'_, $name $(<$($generic),*>)?> for $name $(<$($generic),*>)?
        {
            fn to_vera(&self, heap: &mut $crate::__private::Heap<'_>) -> $crate::Result<$crate::value::Raw> {
                let $name($($field),*) = self;
                $crate::__data_lower!(heap, 0, $($field: $ty),*)
            }
        }
    };
}

/// The part of [`data!`](crate::data) that is the same for enums and structs.
#[doc(hidden)]
#[macro_export]
macro_rules! __data_value {
    ($name:ident ($($generic:ident $(: $bound:path)?),*) $vera:tt [$($variant:ident)*]) => {
        impl<$($generic: $crate::value::Value $(+ $bound)?),*> $crate::value::Value for $name<$($generic),*> {
            type Repr = $crate::value::flat::Ptr;

            fn stands_for(
                interface: &$crate::__private::Interface,
                ty: &$crate::__private::TypeDesc,
            ) -> bool {
                $crate::__private::is_data(
                    interface,
                    ty,
                    $vera,
                    [$(::core::stringify!($variant)),*].len(),
                    &[$(<$generic as $crate::value::Value>::stands_for),*],
                )
            }
        }
    };
}

/// Matches a constructor by reference.
#[doc(hidden)]
#[macro_export]
macro_rules! __data_pattern {
    ($variant:ident) => {
        Self::$variant
    };
    ($variant:ident $($field:ident)+) => {
        Self::$variant($($field),+)
    };
}

/// Reads the fields of a constructor.
#[doc(hidden)]
#[macro_export]
macro_rules! __data_lift {
    ($object:ident, $constructor:path,) => {
        ::core::result::Result::Ok($constructor)
    };
    ($object:ident, $constructor:path, $($ty:ty),+) => {{
        let layout = const { &$crate::__private::fixed([$(<$ty as $crate::value::Value>::REP),+]) };
        let mut field = 0;
        ::core::result::Result::Ok($constructor($({
            field += 1;
            $object.field::<$ty, _>(layout, field - 1)?
        }),+))
    }};
}

/// Writes a constructor.
#[doc(hidden)]
#[macro_export]
macro_rules! __data_lower {
    ($heap:ident, $tag:literal,) => {
        ::core::result::Result::Ok($heap.constant($tag))
    };
    ($heap:ident, $tag:literal, $($field:ident: $ty:ty),+) => {
        $heap.build(
            $tag,
            const { &$crate::__private::fixed([$(<$ty as $crate::value::Value>::REP),+]) },
            |heap| {
                let mut field = 0;
                ::core::result::Result::Ok([$({
                    field += 1;
                    heap.lower_field::<$ty>(field - 1, $field)?
                }),+])
            },
        )
    };
}

use crate::error::Result;
use crate::heap::Heap;
use crate::value::Raw;
use vera_abi::heap::static_constructor;
use vera_abi::interface::{Interface, TypeDesc};
use vera_abi::layout::FixedLayout;

impl Heap<'_> {
    /// A constructor without fields.
    #[doc(hidden)]
    #[inline]
    pub fn constant(&self, tag: u32) -> Raw {
        Raw::from_pointer(static_constructor(tag))
    }

    /// A constructor with the fields that `fields` writes and roots.
    ///
    /// # Errors
    /// When a limit is reached, and those of `fields`.
    #[doc(hidden)]
    pub fn build<const N: usize>(
        &mut self,
        tag: u32,
        layout: &FixedLayout<N>,
        fields: impl FnOnce(&mut Self) -> Result<[Raw; N]>,
    ) -> Result<Raw> {
        let mark = self.mark();
        let fields = self.deeper(fields)?;
        let record = self.record(tag, layout, &fields)?;
        self.release(mark);
        Ok(record)
    }
}

/// A generated type: it carries a hash of the Vera declaration from which it is generated.
#[doc(hidden)]
pub trait Declared {
    /// The number.
    const DECLARATION: u64;
}

/// Whether a type is the data type with that name, number of constructors and type arguments.
#[doc(hidden)]
pub fn is_data(
    interface: &Interface,
    ty: &TypeDesc,
    name: &str,
    constructors: usize,
    arguments: &[fn(&Interface, &TypeDesc) -> bool],
) -> bool {
    let TypeDesc::Data(data) = ty else { return false };
    data.name == name
        && data.constructors.len() == constructors
        && data.arguments.len() == arguments.len()
        && arguments.iter().zip(&data.arguments).all(|(stands_for, &id)| stands_for(interface, interface.ty(id)))
}
