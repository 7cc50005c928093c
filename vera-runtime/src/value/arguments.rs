//! Parameter lists: tuples of value types, and tuples of the arguments that are accepted for them.

use crate::error::{Result, Step};
use crate::heap::{Heap, Reader};
use crate::value::flat::{Flat, Repr};
use crate::value::{Lift, Raw, ToVera, Value};
use vera_abi::interface::{Interface, TypeId};
use vera_abi::layout::Rep;

/// The parameter types of a function: a tuple of [`Value`] types.
pub trait Params: 'static {
    /// The WebAssembly parameters.
    type Flat: Flat;

    /// Whether the types represent these Vera types.
    fn stand_for(interface: &Interface, types: &[TypeId]) -> bool;
}

/// A parameter list that a host operation can receive.
pub trait LiftParams: Params + Sized {
    /// Reads the parameters; `next` gives the raw values in order.
    ///
    /// # Errors
    /// As [`Lift::lift`], and those of `next`.
    fn lift_all(reader: &mut Reader<'_>, next: &mut dyn FnMut(Rep) -> Result<Raw>) -> Result<Self>;

    /// Whether the parameters are numbers, which are read without the memory of the module.
    const NUMBERS: bool;

    /// Reads the parameters from the WebAssembly parameters.
    ///
    /// # Errors
    /// As [`Lift::lift`].
    fn lift_flat(reader: &mut Reader<'_>, flat: <Self::Flat as Flat>::Tuple) -> Result<Self>;
}

/// Arguments for the parameter types `P`, in a scope `'s`: a tuple with a [`ToVera`] value for each type.
pub trait Arguments<'s, P: Params> {
    /// Writes the arguments into the module. The result is not rooted: the callee roots its parameters.
    ///
    /// # Errors
    /// As [`ToVera::to_vera`].
    fn flatten(self, heap: &mut Heap<'_>) -> Result<<P::Flat as Flat>::Tuple>;
}

macro_rules! chain {
    () => { () };
    ($head:ident $($tail:ident)*) => { <$head::Repr as Repr>::Chain<chain!($($tail)*)> };
}

macro_rules! prepend {
    () => { () };
    ($head:ident $head_type:ident $($tail:tt)*) => { <$head_type::Repr as Repr>::prepend($head, prepend!($($tail)*)) };
}

macro_rules! split {
    ($reader:ident $chain:ident) => {};
    ($reader:ident $chain:ident $head:ident $value:ident $($tail:ident $tail_value:ident)*) => {
        let ($value, $chain) = <$head::Repr as Repr>::split::<chain!($($tail)*)>($chain);
        let $value = $head::lift($reader, $value)?;
        split!($reader $chain $($tail $tail_value)*);
    };
}

macro_rules! count {
    () => { 0 };
    ($head:ident $($tail:ident)*) => { 1 + count!($($tail)*) };
}

macro_rules! params {
    ($($ty:ident $argument:ident $value:ident)*) => {
        impl<$($ty: Value),*> Params for ($($ty,)*)
        where
            chain!($($ty)*): Flat,
        {
            type Flat = chain!($($ty)*);

            #[allow(unused_variables, unused_mut)]
            fn stand_for(interface: &Interface, types: &[TypeId]) -> bool {
                let mut types_left = types.iter();
                types.len() == count!($($ty)*)
                    $(&& types_left.next().is_some_and(|&id| $ty::stands_for(interface, interface.ty(id))))*
            }
        }

        impl<$($ty: Lift),*> LiftParams for ($($ty,)*)
        where
            chain!($($ty)*): Flat,
        {
            #[allow(unused_variables, clippy::unused_unit)]
            fn lift_all(reader: &mut Reader<'_>, next: &mut dyn FnMut(Rep) -> Result<Raw>) -> Result<Self> {
                $(let $value = next($ty::REP)?;)*
                Ok(($($ty::lift(reader, $value)?,)*))
            }

            const NUMBERS: bool = true $(&& !$ty::REP.has_pointer())*;

            #[inline]
            #[allow(unused_variables, clippy::let_unit_value)]
            fn lift_flat(reader: &mut Reader<'_>, flat: <Self::Flat as Flat>::Tuple) -> Result<Self> {
                let chain = <Self::Flat as Flat>::chain(flat);
                split!(reader chain $($ty $value)*);
                Ok(($($value,)*))
            }
        }

        impl<'s, $($ty: Value, $argument: ToVera<'s, $ty>),*> Arguments<'s, ($($ty,)*)> for ($($argument,)*)
        where
            chain!($($ty)*): Flat,
        {
            #[inline]
            #[allow(non_snake_case, unused_variables, unused_mut, unused_assignments)]
            fn flatten(self, heap: &mut Heap<'_>) -> Result<<chain!($($ty)*) as Flat>::Tuple> {
                let ($($argument,)*) = self;
                let mut position = 0;
                $(
                    position += 1;
                    let lowered = heap.lower_rooted::<$ty>(&$argument);
                    let $value = lowered.map_err(|error| error.reached_by(Step::Argument(position)))?;
                )*
                Ok(Flat::tuple(prepend!($($value $ty)*)))
            }
        }
    };
}

params!();
params!(A A0 a);
params!(A A0 a B B0 b);
params!(A A0 a B B0 b C C0 c);
params!(A A0 a B B0 b C C0 c D D0 d);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g H H0 h);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g H H0 h I I0 i);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g H H0 h I I0 i J J0 j);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g H H0 h I I0 i J J0 j K K0 k);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g H H0 h I I0 i J J0 j K K0 k L L0 l);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g H H0 h I I0 i J J0 j K K0 k L L0 l M M0 m);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g H H0 h I I0 i J J0 j K K0 k L L0 l M M0 m N N0 n);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g H H0 h I I0 i J J0 j K K0 k L L0 l M M0 m N N0 n O O0 o);
params!(A A0 a B B0 b C C0 c D D0 d E E0 e F F0 f G G0 g H H0 h I I0 i J J0 j K K0 k L L0 l M M0 m N N0 n O O0 o P P0 p);
