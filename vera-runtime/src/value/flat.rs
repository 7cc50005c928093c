//! Representations as types, and lists of them as the tuples WebAssembly functions take and return.
//!
//! A parameter list is first a chain of pairs, `(i64, (i32, (i32, ())))`, which grows by one representation at a
//! time, and then a tuple, `(i64, i32, i32)`.

use crate::state::State;
use crate::value::Raw;
use vera_abi::interface::{Interface, TypeId};
use vera_abi::layout::Rep;
use wasmtime::{Caller, Linker, Val, ValType, WasmParams, WasmResults, WasmRet, WasmTy};

/// The WebAssembly values that values of these types are passed as.
pub(crate) fn wasm_types<'i>(interface: &'i Interface, ids: &'i [TypeId]) -> impl Iterator<Item = ValType> + 'i {
    ids.iter().flat_map(|&id| {
        let types: &[ValType] = match interface.ty(id).rep() {
            Rep::Unit => &[],
            Rep::Byte | Rep::Ptr => &[ValType::I32],
            Rep::I64 => &[ValType::I64],
            Rep::F64 => &[ValType::F64],
            Rep::Slice => &[ValType::I32, ValType::I32],
        };
        types.iter().cloned()
    })
}

/// A representation.
pub trait Repr: 'static {
    /// Which.
    const REP: Rep;
    /// A chain with this representation's values in front of `Rest`.
    type Chain<Rest>;
    /// The return type of a function whose result has this representation.
    type Returned: WasmResults + WasmRet + Sync;

    /// Puts a value in front of a chain.
    fn prepend<Rest>(raw: Raw, rest: Rest) -> Self::Chain<Rest>;

    /// Takes the value in front of a chain.
    fn split<Rest>(chain: Self::Chain<Rest>) -> (Raw, Rest);

    /// The value a function returned.
    fn returned(result: Self::Returned) -> Raw;

    /// What a function returns for a value.
    fn result(raw: Raw) -> Self::Returned;
}

macro_rules! single {
    ($($(#[$doc:meta])* $name:ident: $wasm:ty = $rep:ident, $from:expr, $into:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl Repr for $name {
            const REP: Rep = Rep::$rep;
            type Chain<Rest> = ($wasm, Rest);
            type Returned = $wasm;

            #[inline]
            fn prepend<Rest>(raw: Raw, rest: Rest) -> ($wasm, Rest) {
                ($into(raw), rest)
            }

            #[inline]
            fn split<Rest>((value, rest): ($wasm, Rest)) -> (Raw, Rest) {
                ($from(value), rest)
            }

            #[inline]
            fn returned(result: $wasm) -> Raw {
                $from(result)
            }

            #[inline]
            fn result(raw: Raw) -> $wasm {
                $into(raw)
            }
        }
    )*};
}

single! {
    /// `Int`, `Nat`.
    I64: i64 = I64, |value: i64| Raw::from_bits(value as u64), |raw: Raw| raw.bits as i64;
    /// `Float64`.
    F64: f64 = F64, |value: f64| Raw::from_bits(value.to_bits()), |raw: Raw| f64::from_bits(raw.bits);
    /// `Bool`, `Byte`.
    Byte: i32 = Byte, |value: i32| Raw::from_pointer(value as u32), |raw: Raw| raw.bits as i32;
    /// Data, tuples, maps.
    Ptr: i32 = Ptr, |value: i32| Raw::from_pointer(value as u32), |raw: Raw| raw.bits as i32;
}

/// `Unit`.
#[derive(Debug)]
pub enum Unit {}

impl Repr for Unit {
    const REP: Rep = Rep::Unit;
    type Chain<Rest> = Rest;
    type Returned = ();

    #[inline]
    fn prepend<Rest>(_raw: Raw, rest: Rest) -> Rest {
        rest
    }

    #[inline]
    fn split<Rest>(rest: Rest) -> (Raw, Rest) {
        (Raw::UNIT, rest)
    }

    #[inline]
    fn returned((): ()) -> Raw {
        Raw::UNIT
    }

    #[inline]
    fn result(_raw: Raw) {}
}

/// `String`, `Array`.
#[derive(Debug)]
pub enum Slice {}

impl Repr for Slice {
    const REP: Rep = Rep::Slice;
    type Chain<Rest> = (i32, (i32, Rest));
    type Returned = (i32, i32);

    #[inline]
    fn prepend<Rest>(raw: Raw, rest: Rest) -> (i32, (i32, Rest)) {
        (raw.bits as i32, (raw.len as i32, rest))
    }

    #[inline]
    fn split<Rest>((pointer, (len, rest)): (i32, (i32, Rest))) -> (Raw, Rest) {
        (Raw::from_slice(pointer as u32, len as u32), rest)
    }

    #[inline]
    fn returned((pointer, len): (i32, i32)) -> Raw {
        Raw::from_slice(pointer as u32, len as u32)
    }

    #[inline]
    fn result(raw: Raw) -> (i32, i32) {
        (raw.bits as i32, raw.len as i32)
    }
}

/// An import of a module, to be linked.
pub struct ImportSlot<'l> {
    pub(crate) linker: &'l mut Linker<State>,
    pub(crate) module: &'l str,
    pub(crate) name: &'l str,
}

impl std::fmt::Debug for ImportSlot<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportSlot").field("module", &self.module).field("name", &self.name).finish_non_exhaustive()
    }
}

/// The instance that calls an import.
pub struct Calling<'c>(pub(crate) Caller<'c, State>);

impl std::fmt::Debug for Calling<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Calling")
    }
}

/// A chain of at most 16 WebAssembly values.
pub trait Flat: Sized + 'static {
    /// The same as a tuple.
    type Tuple: WasmParams + WasmResults + Copy + Sync;

    /// Chain to tuple.
    fn tuple(self) -> Self::Tuple;

    /// Tuple to chain.
    fn chain(tuple: Self::Tuple) -> Self;

    /// The values of a tuple, in order.
    fn values(tuple: &Self::Tuple) -> Vec<Val>;

    /// Links an import with these parameters.
    ///
    /// # Errors
    /// When the linker has no memory for it.
    fn link<R: WasmRet + 'static>(
        import: ImportSlot<'_>,
        f: impl Fn(Calling<'_>, Self::Tuple) -> wasmtime::Result<R> + Send + Sync + 'static,
    ) -> wasmtime::Result<()>;
}

/// A WebAssembly value that a parameter may be.
pub trait Word: WasmTy + Copy + Sync + 'static {
    /// The same with its type.
    fn val(self) -> Val;
}

macro_rules! words {
    ($($wasm:ty: $val:expr;)*) => {$(
        impl Word for $wasm {
            fn val(self) -> Val {
                $val(self)
            }
        }
    )*};
}

words! {
    i32: Val::I32;
    i64: Val::I64;
    f64: |value: f64| Val::F64(value.to_bits());
}

macro_rules! chain_type {
    () => { () };
    ($head:ident $($tail:ident)*) => { ($head, chain_type!($($tail)*)) };
}

macro_rules! flat {
    ($($value:ident)*) => {
        impl<$($value: Word),*> Flat for chain_type!($($value)*) {
            type Tuple = ($($value,)*);

            #[inline]
            #[allow(non_snake_case, clippy::unused_unit)]
            fn tuple(self) -> Self::Tuple {
                let chain_type!($($value)*) = self;
                ($($value,)*)
            }

            #[inline]
            #[allow(non_snake_case, clippy::let_unit_value)]
            fn chain(tuple: Self::Tuple) -> Self {
                let ($($value,)*) = tuple;
                chain_type!($($value)*)
            }

            #[allow(non_snake_case)]
            fn values(tuple: &Self::Tuple) -> Vec<Val> {
                let ($($value,)*) = *tuple;
                vec![$($value.val()),*]
            }

            #[allow(non_snake_case)]
            fn link<R: WasmRet + 'static>(
                import: ImportSlot<'_>,
                f: impl Fn(Calling<'_>, Self::Tuple) -> wasmtime::Result<R> + Send + Sync + 'static,
            ) -> wasmtime::Result<()> {
                let ImportSlot { linker, module, name } = import;
                let f = move |caller: Caller<'_, State>, $($value: $value),*| f(Calling(caller), ($($value,)*));
                linker.func_wrap(module, name, f).map(drop)
            }
        }
    };
}

flat!();
flat!(A);
flat!(A B);
flat!(A B C);
flat!(A B C D);
flat!(A B C D E);
flat!(A B C D E F);
flat!(A B C D E F G);
flat!(A B C D E F G H);
flat!(A B C D E F G H I);
flat!(A B C D E F G H I J);
flat!(A B C D E F G H I J K);
flat!(A B C D E F G H I J K L);
flat!(A B C D E F G H I J K L M);
flat!(A B C D E F G H I J K L M N);
flat!(A B C D E F G H I J K L M N O);
flat!(A B C D E F G H I J K L M N O P);
