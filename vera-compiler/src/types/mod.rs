//! Types as the checker and every later stage know them: interned, compared by id.
//!
//! A [`Ty`] is the meaning of a type expression. Alias heads stay visible ([`TyKind::Alias`]), because slots are
//! counted by them. Type arguments are stored with their aliases resolved, because slots do not distinguish those.
//! [`Types::structural`] strips alias heads and refinements and returns the type of the values.

mod depth;
mod intern;
mod params;
mod row;

pub use intern::{FnTy, Ty, TyKind, Types};
pub use row::{EffectUse, Row};

macro_rules! table_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        })*
    };
}
pub(crate) use table_id;

table_id! {
    /// A data type declaration (`tir::Checked::data`).
    DataId;
    /// A type alias declaration (`tir::Checked::aliases`).
    AliasId;
    /// An effect declaration (`tir::Checked::effects`).
    EffectId;
    /// A refinement predicate (`tir::Checked::predicates`).
    PredicateId;
    /// A unification variable; never in a checked program.
    InferId;
}
