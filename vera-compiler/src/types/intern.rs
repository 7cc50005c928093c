//! The type interner.

use super::{AliasId, DataId, InferId, PredicateId, Row};
use indexmap::IndexSet;

/// An interned type. Two types are the same exactly when their ids are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ty(u32);

/// What a type is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TyKind {
    /// `Int`
    Int,
    /// `Nat`
    Nat,
    /// `Bool`
    Bool,
    /// `Byte`
    Byte,
    /// `Float64`
    Float64,
    /// `String`
    String,
    /// `Unit`
    Unit,
    /// `Never`
    Never,
    /// `Array<T>`
    Array(Ty),
    /// `Tuple<A, B, ...>`
    Tuple(Vec<Ty>),
    /// A data type (of the program or the prelude: `Option`, `Map`, `Json`, ...) with its arguments.
    Data(DataId, Vec<Ty>),
    /// A function type.
    Fn(FnTy),
    /// A type parameter of the enclosing declaration, by position.
    Param(u32),
    /// A type alias with its arguments: opaque for slots, otherwise its expansion (the last part).
    Alias(AliasId, Vec<Ty>, Ty),
    /// `{ @T | P }`: the base, the predicate, and the type arguments the predicate is instantiated with (those of
    /// the generic declaration it is written in; empty outside of one).
    Refined(Ty, PredicateId, Vec<Ty>),
    /// To be found by unification; never in a checked program.
    Infer(InferId),
    /// The type of something wrong; compatible with everything, so that one mistake is reported once.
    Invalid,
}

/// A function type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FnTy {
    /// Parameter types.
    pub params: Vec<Ty>,
    /// Result type.
    pub result: Ty,
    /// Effects of a call.
    pub row: Row,
}

/// All types of a compilation.
#[derive(Clone, Debug)]
pub struct Types {
    kinds: IndexSet<TyKind>,
}

macro_rules! known {
    ($($index:literal $name:ident $kind:ident;)*) => {
        impl Ty {
            $(#[doc = concat!("`", stringify!($kind), "`")]
            pub const $name: Ty = Ty($index);)*
        }

        impl Default for Types {
            fn default() -> Self {
                let mut types = Self { kinds: IndexSet::new() };
                $(let known = types.intern(TyKind::$kind);
                debug_assert_eq!(known, Ty::$name);)*
                types
            }
        }
    };
}

known! {
    0 INT Int;
    1 NAT Nat;
    2 BOOL Bool;
    3 BYTE Byte;
    4 FLOAT64 Float64;
    5 STRING String;
    6 UNIT Unit;
    7 NEVER Never;
    8 INVALID Invalid;
}

impl Types {
    /// The primitive types only.
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of a type.
    pub fn intern(&mut self, kind: TyKind) -> Ty {
        Ty(self.kinds.insert_full(kind).0 as u32)
    }

    /// What a type is.
    pub fn kind(&self, ty: Ty) -> &TyKind {
        &self.kinds[ty.0 as usize]
    }

    /// The type that values of `ty` have: alias heads and refinements stripped until neither is outermost.
    pub fn structural(&self, mut ty: Ty) -> Ty {
        loop {
            match self.kind(ty) {
                TyKind::Alias(_, _, inner) | TyKind::Refined(inner, _, _) => ty = *inner,
                _ => return ty,
            }
        }
    }

    /// `Array<T>`
    pub fn array(&mut self, element: Ty) -> Ty {
        self.intern(TyKind::Array(element))
    }

    /// `ty` with type parameter `i` replaced by `args[i]`, everywhere.
    ///
    /// # Panics
    /// When a parameter has no argument; the checker makes sure that every one has.
    pub fn substitute(&mut self, ty: Ty, args: &[Ty]) -> Ty {
        if args.is_empty() {
            return ty;
        }
        self.map(ty, &mut |kind| match kind {
            TyKind::Param(index) => Some(args[*index as usize]),
            _ => None,
        })
    }

    /// Rebuilds a type bottom-up; where `replace` gives a type for a kind, that stands instead of it.
    pub fn map(&mut self, ty: Ty, replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Ty {
        let kind = self.kind(ty).clone();
        if let Some(replacement) = replace(&kind) {
            return replacement;
        }
        let mapped = match kind {
            TyKind::Array(element) => TyKind::Array(self.map(element, replace)),
            TyKind::Tuple(items) => TyKind::Tuple(self.map_all(&items, replace)),
            TyKind::Data(id, args) => TyKind::Data(id, self.map_all(&args, replace)),
            TyKind::Fn(function) => TyKind::Fn(FnTy {
                params: self.map_all(&function.params, replace),
                result: self.map(function.result, replace),
                row: self.map_row(&function.row, replace),
            }),
            TyKind::Alias(id, args, expansion) => {
                TyKind::Alias(id, self.map_all(&args, replace), self.map(expansion, replace))
            }
            TyKind::Refined(base, predicate, args) => {
                TyKind::Refined(self.map(base, replace), predicate, self.map_all(&args, replace))
            }
            leaf => leaf,
        };
        self.intern(mapped)
    }

    /// [`Types::map`] over a list.
    pub fn map_all(&mut self, types: &[Ty], replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Vec<Ty> {
        types.iter().map(|&ty| self.map(ty, replace)).collect()
    }

    /// [`Types::map`] over the type arguments of a row.
    pub fn map_row(&mut self, row: &Row, replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Row {
        let effects = row
            .effects()
            .iter()
            .map(|used| super::EffectUse { effect: used.effect, args: self.map_all(&used.args, replace) });
        Row::new(effects.collect(), row.variables().to_vec())
    }
}
