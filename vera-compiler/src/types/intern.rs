//! The type interner.

use super::{AliasId, DataId, InferId, PredicateId, Row};
use indexmap::IndexSet;
use rustc_hash::FxHashMap;

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
    /// A type alias in a function type within what it stands for itself, with its arguments. What that is
    /// [`Types::structural`] finds; written out here it would have no end.
    Recursive(AliasId, Vec<Ty>),
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
    /// What recursive aliases stand for, over their own parameters.
    expansions: FxHashMap<AliasId, Ty>,
    /// What each [`TyKind::Recursive`] stands for.
    unfolded: FxHashMap<Ty, Ty>,
}

macro_rules! known {
    ($($index:literal $name:ident $kind:ident;)*) => {
        impl Ty {
            $(#[doc = concat!("`", stringify!($kind), "`")]
            pub const $name: Ty = Ty($index);)*
        }

        impl Default for Types {
            fn default() -> Self {
                let mut types = Self {
                    kinds: IndexSet::new(),
                    expansions: FxHashMap::default(),
                    unfolded: FxHashMap::default(),
                };
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
                TyKind::Recursive(..) => ty = self.unfolded.get(&ty).copied().unwrap_or(Ty::INVALID),
                _ => return ty,
            }
        }
    }

    /// Says what recursive aliases stand for, over the alias's own parameters. Their uses so far and those to come mean
    /// that.
    pub(crate) fn unfold(&mut self, expansions: impl IntoIterator<Item = (AliasId, Ty)>) {
        self.expansions.extend(expansions);
        // Unfolding one use can make others, which come at the end.
        let mut next = 0;
        while let Some(kind) = self.kinds.get_index(next) {
            if let TyKind::Recursive(id, args) = kind {
                let (id, args) = (*id, args.clone());
                self.unfold_use(Ty(next as u32), id, &args);
            }
            next += 1;
        }
    }

    fn unfold_use(&mut self, ty: Ty, id: AliasId, args: &[Ty]) {
        if let Some(&expansion) = self.expansions.get(&id)
            && !self.unfolded.contains_key(&ty)
        {
            self.unfolded.insert(ty, Ty::INVALID);
            let unfolded = self.substitute(expansion, args);
            self.unfolded.insert(ty, unfolded);
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

    /// `ty` with type parameter `i` replaced by `args[i]` and row variable `i` by `rows[i]`, everywhere. Parameters
    /// and variables without a replacement stay.
    pub fn instantiate(&mut self, ty: Ty, args: &[Ty], rows: &[Row]) -> Ty {
        if args.is_empty() && rows.is_empty() {
            return ty;
        }
        let replace = &mut |kind: &TyKind| match kind {
            TyKind::Param(index) => args.get(*index as usize).copied(),
            _ => None,
        };
        self.rebuild(ty, replace, rows, &mut FxHashMap::default())
    }

    /// [`Types::instantiate`] of a row.
    pub fn instantiate_row(&mut self, row: &Row, args: &[Ty], rows: &[Row]) -> Row {
        let replace = &mut |kind: &TyKind| match kind {
            TyKind::Param(index) => args.get(*index as usize).copied(),
            _ => None,
        };
        self.rebuild_row(row, replace, rows, &mut FxHashMap::default())
    }

    /// Rebuilds a type bottom-up; where `replace` gives a type for a kind, that stands instead of it.
    pub fn map(&mut self, ty: Ty, replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Ty {
        self.rebuild(ty, replace, &[], &mut FxHashMap::default())
    }

    /// [`Types::map`] over a list.
    pub fn map_all(&mut self, types: &[Ty], replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Vec<Ty> {
        types.iter().map(|&ty| self.map(ty, replace)).collect()
    }

    /// [`Types::map`] over the type arguments of a row.
    pub fn map_row(&mut self, row: &Row, replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Row {
        self.rebuild_row(row, replace, &[], &mut FxHashMap::default())
    }

    /// `done` holds the results so far: a type that shares its parts, as nested aliases do, is small for its extent.
    fn rebuild(
        &mut self,
        ty: Ty,
        replace: &mut dyn FnMut(&TyKind) -> Option<Ty>,
        rows: &[Row],
        done: &mut FxHashMap<Ty, Ty>,
    ) -> Ty {
        if let Some(&rebuilt) = done.get(&ty) {
            return rebuilt;
        }
        let kind = self.kind(ty).clone();
        if let Some(replacement) = replace(&kind) {
            return replacement;
        }
        let rebuilt = match kind {
            TyKind::Array(element) => TyKind::Array(self.rebuild(element, replace, rows, done)),
            TyKind::Tuple(items) => TyKind::Tuple(self.rebuild_all(&items, replace, rows, done)),
            TyKind::Data(id, args) => TyKind::Data(id, self.rebuild_all(&args, replace, rows, done)),
            TyKind::Fn(function) => TyKind::Fn(FnTy {
                params: self.rebuild_all(&function.params, replace, rows, done),
                result: self.rebuild(function.result, replace, rows, done),
                row: self.rebuild_row(&function.row, replace, rows, done),
            }),
            TyKind::Alias(id, args, expansion) => {
                let args = self.rebuild_all(&args, replace, rows, done);
                TyKind::Alias(id, args, self.rebuild(expansion, replace, rows, done))
            }
            TyKind::Recursive(id, args) => {
                let args = self.rebuild_all(&args, replace, rows, done);
                let rebuilt = self.intern(TyKind::Recursive(id, args.clone()));
                self.unfold_use(rebuilt, id, &args);
                TyKind::Recursive(id, args)
            }
            TyKind::Refined(base, predicate, args) => {
                let args = self.rebuild_all(&args, replace, rows, done);
                TyKind::Refined(self.rebuild(base, replace, rows, done), predicate, args)
            }
            _ => return ty,
        };
        let rebuilt = self.intern(rebuilt);
        done.insert(ty, rebuilt);
        rebuilt
    }

    fn rebuild_all(
        &mut self,
        types: &[Ty],
        replace: &mut dyn FnMut(&TyKind) -> Option<Ty>,
        rows: &[Row],
        done: &mut FxHashMap<Ty, Ty>,
    ) -> Vec<Ty> {
        types.iter().map(|&ty| self.rebuild(ty, replace, rows, done)).collect()
    }

    fn rebuild_row(
        &mut self,
        row: &Row,
        replace: &mut dyn FnMut(&TyKind) -> Option<Ty>,
        rows: &[Row],
        done: &mut FxHashMap<Ty, Ty>,
    ) -> Row {
        let effects = row.effects().iter().map(|used| super::EffectUse {
            effect: used.effect,
            args: self.rebuild_all(&used.args, replace, rows, done),
        });
        let effects = effects.collect();
        let (known, open): (Vec<u32>, Vec<u32>) =
            row.variables().iter().partition(|&&variable| (variable as usize) < rows.len());
        known.iter().fold(Row::new(effects, open), |row, &variable| row.union(&rows[variable as usize]))
    }
}
