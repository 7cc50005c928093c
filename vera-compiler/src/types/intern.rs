//! The type interner.

use super::{AliasId, DataId, EffectUse, InferId, PredicateId, Row};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

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
    kinds: IndexSet<TyKind, FxBuildHasher>,
    /// What is somewhere inside each type.
    contents: Vec<Contents>,
    /// What recursive aliases stand for, over their own parameters.
    expansions: FxHashMap<AliasId, Ty>,
    /// What each [`TyKind::Recursive`] stands for.
    unfolded: FxHashMap<Ty, Ty>,
}

/// What may be somewhere inside a type: walks over types skip those in which nothing is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Contents(u8);

impl Contents {
    const NOTHING: Self = Self(0);
    const PARAM: Self = Self(1);
    const ROW_VARIABLE: Self = Self(2);
    const INFER: Self = Self(4);
    const UNIT: Self = Self(8);
    const ANYTHING: Self = Self(16);
    const INVALID: Self = Self(32);

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
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
                    kinds: IndexSet::default(),
                    contents: Vec::new(),
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
        let index = self.kinds.insert_full(kind).0;
        if index == self.contents.len() {
            let contents = self.contents_of(&self.kinds[index]);
            self.contents.push(contents);
        }
        Ty(index as u32)
    }

    fn contents_of(&self, kind: &TyKind) -> Contents {
        let of = |ty: &Ty| self.contents[ty.0 as usize];
        let all = |types: &[Ty]| types.iter().map(of).fold(Contents::NOTHING, Contents::with);
        let inside = match kind {
            TyKind::Unit => Contents::UNIT,
            TyKind::Param(_) => Contents::PARAM,
            TyKind::Infer(_) => Contents::INFER,
            TyKind::Invalid => Contents::INVALID,
            TyKind::Array(element) => of(element),
            TyKind::Tuple(items) | TyKind::Data(_, items) | TyKind::Recursive(_, items) => all(items),
            TyKind::Fn(function) => {
                let effects = function.row.effects().iter().map(|used| all(&used.args));
                let parts = effects.fold(all(&function.params).with(of(&function.result)), Contents::with);
                if function.row.variables().is_empty() { parts } else { parts.with(Contents::ROW_VARIABLE) }
            }
            TyKind::Alias(_, args, inner) | TyKind::Refined(inner, _, args) => all(args).with(of(inner)),
            _ => Contents::NOTHING,
        };
        inside.with(Contents::ANYTHING)
    }

    /// Whether a type parameter or a row variable is somewhere inside a type.
    pub fn is_generic(&self, ty: Ty) -> bool {
        self.contents[ty.0 as usize].meets(Contents::PARAM.with(Contents::ROW_VARIABLE))
    }

    /// Whether a variable of unification is somewhere inside a type.
    pub fn has_infer(&self, ty: Ty) -> bool {
        self.contents[ty.0 as usize].meets(Contents::INFER)
    }

    /// Whether something wrong is somewhere inside a type.
    pub fn has_invalid(&self, ty: Ty) -> bool {
        self.contents[ty.0 as usize].meets(Contents::INVALID)
    }

    /// Whether `Unit` is somewhere inside a type.
    pub fn has_unit(&self, ty: Ty) -> bool {
        self.contents[ty.0 as usize].meets(Contents::UNIT)
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
        let replace = &mut |kind: &TyKind| match kind {
            TyKind::Param(index) => Some(args[*index as usize]),
            _ => None,
        };
        Rebuild::new(self, Contents::PARAM, replace, &[]).ty(ty)
    }

    /// `ty` with type parameter `i` replaced by `args[i]` and row variable `i` by `rows[i]`, everywhere. Parameters
    /// and variables without a replacement stay.
    pub fn instantiate(&mut self, ty: Ty, args: &[Ty], rows: &[Row]) -> Ty {
        if (args.is_empty() && rows.is_empty()) || !self.is_generic(ty) {
            return ty;
        }
        let wanted = Contents::PARAM.with(Contents::ROW_VARIABLE);
        let replace = &mut |kind: &TyKind| param(kind, args);
        Rebuild::new(self, wanted, replace, rows).ty(ty)
    }

    /// [`Types::instantiate`] of a row.
    pub fn instantiate_row(&mut self, row: &Row, args: &[Ty], rows: &[Row]) -> Row {
        if row.is_pure() {
            return Row::pure();
        }
        let wanted = Contents::PARAM.with(Contents::ROW_VARIABLE);
        let replace = &mut |kind: &TyKind| param(kind, args);
        Rebuild::new(self, wanted, replace, rows).row(row)
    }

    /// `ty` with each variable of unification replaced by what `replace` gives for it, if anything, and so on within
    /// that: a variable must not lead back to itself.
    pub fn map_infer(&mut self, ty: Ty, replace: &mut dyn FnMut(InferId) -> Option<Ty>) -> Ty {
        if !self.has_infer(ty) {
            return ty;
        }
        let replace = &mut |kind: &TyKind| match kind {
            TyKind::Infer(id) => replace(*id),
            _ => None,
        };
        Rebuild { follow: true, ..Rebuild::new(self, Contents::INFER, replace, &[]) }.ty(ty)
    }

    /// Rebuilds a type bottom-up; where `replace` gives a type for a kind, that stands instead of it.
    pub fn map(&mut self, ty: Ty, replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Ty {
        Rebuild::new(self, Contents::ANYTHING, replace, &[]).ty(ty)
    }

    /// [`Types::map`] over a list.
    pub fn map_all(&mut self, types: &[Ty], replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Vec<Ty> {
        types.iter().map(|&ty| self.map(ty, replace)).collect()
    }

    /// [`Types::map`] over the type arguments of a row.
    pub fn map_row(&mut self, row: &Row, replace: &mut dyn FnMut(&TyKind) -> Option<Ty>) -> Row {
        Rebuild::new(self, Contents::ANYTHING, replace, &[]).row(row)
    }
}

fn param(kind: &TyKind, args: &[Ty]) -> Option<Ty> {
    match kind {
        TyKind::Param(index) => args.get(*index as usize).copied(),
        _ => None,
    }
}

/// A walk that rebuilds types.
struct Rebuild<'a> {
    types: &'a mut Types,
    /// Types in which there is none of this stay as they are.
    wanted: Contents,
    replace: &'a mut dyn FnMut(&TyKind) -> Option<Ty>,
    /// Whether replacements are rebuilt as well.
    follow: bool,
    /// What stands for row variables, by position.
    rows: &'a [Row],
    /// How many types have been rebuilt.
    steps: u32,
    /// Results, once there have been many steps: a type that shares its parts, as nested aliases do, is small for its
    /// extent.
    done: FxHashMap<Ty, Ty>,
}

/// So many types are rebuilt before results are kept: a table costs more than the few steps of an ordinary type.
const STEPS_WITHOUT_TABLE: u32 = 32;

impl<'a> Rebuild<'a> {
    fn new(
        types: &'a mut Types,
        wanted: Contents,
        replace: &'a mut dyn FnMut(&TyKind) -> Option<Ty>,
        rows: &'a [Row],
    ) -> Self {
        Self { types, wanted, replace, follow: false, rows, steps: 0, done: FxHashMap::default() }
    }

    fn ty(&mut self, ty: Ty) -> Ty {
        if !self.types.contents[ty.0 as usize].meets(self.wanted) {
            return ty;
        }
        if let Some(&rebuilt) = self.done.get(&ty) {
            return rebuilt;
        }
        if let Some(replacement) = (self.replace)(self.types.kind(ty)) {
            return if self.follow { self.ty(replacement) } else { replacement };
        }
        // Its parts are read one by one: a copy of the whole would be made for nothing.
        let rebuilt = match self.types.kind(ty) {
            &TyKind::Array(element) => TyKind::Array(self.ty(element)),
            TyKind::Tuple(items) => TyKind::Tuple(self.parts(ty, items.len())),
            &TyKind::Data(id, ref args) => TyKind::Data(id, self.parts(ty, args.len())),
            TyKind::Fn(function) => {
                let function = function.clone();
                TyKind::Fn(FnTy {
                    params: self.all(&function.params),
                    result: self.ty(function.result),
                    row: self.row(&function.row),
                })
            }
            &TyKind::Alias(id, ref args, expansion) => {
                let args = self.parts(ty, args.len());
                TyKind::Alias(id, args, self.ty(expansion))
            }
            &TyKind::Recursive(id, ref args) => {
                let args = self.parts(ty, args.len());
                let rebuilt = self.types.intern(TyKind::Recursive(id, args.clone()));
                self.types.unfold_use(rebuilt, id, &args);
                TyKind::Recursive(id, args)
            }
            &TyKind::Refined(base, predicate, ref args) => {
                let args = self.parts(ty, args.len());
                TyKind::Refined(self.ty(base), predicate, args)
            }
            _ => return ty,
        };
        let rebuilt = self.types.intern(rebuilt);
        self.steps += 1;
        if self.steps > STEPS_WITHOUT_TABLE {
            self.done.insert(ty, rebuilt);
        }
        rebuilt
    }

    /// The first parts of a type, rebuilt.
    fn parts(&mut self, ty: Ty, count: usize) -> Vec<Ty> {
        let part = |types: &Types, index: usize| match types.kind(ty) {
            TyKind::Tuple(parts)
            | TyKind::Data(_, parts)
            | TyKind::Alias(_, parts, _)
            | TyKind::Recursive(_, parts)
            | TyKind::Refined(_, _, parts) => parts[index],
            _ => ty,
        };
        (0..count).map(|index| self.ty(part(self.types, index))).collect()
    }

    fn all(&mut self, types: &[Ty]) -> Vec<Ty> {
        types.iter().map(|&ty| self.ty(ty)).collect()
    }

    fn row(&mut self, row: &Row) -> Row {
        let effects = row.effects().iter();
        let effects = effects.map(|used| EffectUse { effect: used.effect, args: self.all(&used.args) }).collect();
        let (known, open): (Vec<u32>, Vec<u32>) =
            row.variables().iter().partition(|&&variable| (variable as usize) < self.rows.len());
        known.iter().fold(Row::new(effects, open), |row, &variable| row.union(&self.rows[variable as usize]))
    }
}
