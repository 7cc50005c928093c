//! The rows of the table, one file per topic.

mod array;
mod collection;
mod data;
mod document;
mod internal;
mod number;
mod string;
mod text;

use super::Builtin;

/// Every built-in, public ones first.
pub static TABLE: &[Builtin] = &ALL;

const GROUPS: &[&[Builtin]] = &[
    array::ROWS,
    collection::ROWS,
    data::ROWS,
    document::ROWS,
    number::ROWS,
    string::ROWS,
    text::ROWS,
    internal::ROWS,
];

static ALL: [Builtin; count(GROUPS)] = flatten(GROUPS);

const fn count(groups: &[&[Builtin]]) -> usize {
    let mut total = 0;
    let mut group = 0;
    while group < groups.len() {
        total += groups[group].len();
        group += 1;
    }
    total
}

const fn flatten<const N: usize>(groups: &[&[Builtin]]) -> [Builtin; N] {
    let mut all = [groups[0][0]; N];
    let mut filled = 0;
    let mut group = 0;
    while group < groups.len() {
        let mut row = 0;
        while row < groups[group].len() {
            all[filled] = groups[group][row];
            filled += 1;
            row += 1;
        }
        group += 1;
    }
    all
}

/// Rows, one a line below its documentation:
///
/// ```text
/// name<T> where Eq<T>: "type" = vera, "0.0.90";          written in Vera
/// name: "type" = intrinsic Variant, "0.0.90";            by instructions
/// name: "type" = host, "0.0.90";                         by the host, without allocating guest memory
/// name: "type" = host allocates, "0.0.90";               by the host
/// name: "type" = internal intrinsic Variant;             for the prelude only
/// ```
///
/// What stands last is the release of the language that brought it.
macro_rules! builtins {
    ($($(#[doc = $docs:literal])+ $name:ident $(<$($param:ident),*>)?
        $(where $($ability:ident<$constrained:ident>),*)?: $signature:literal = $($how:ident)+ $(, $since:literal)?;)*) => {
        pub(super) const ROWS: &[$crate::builtins::Builtin] = &[$($crate::builtins::Builtin {
            name: stringify!($name),
            forall: &[$($(stringify!($param)),*)?],
            abilities: &[$($((stringify!($ability), stringify!($constrained))),*)?],
            signature: $signature,
            since: $crate::builtins::table::release!($($since)?),
            docs: concat!($($docs),+).trim_ascii(),
            ..$crate::builtins::table::implementation!($($how)+)
        }),*];
    };
}
use builtins;

/// The release part of a row.
macro_rules! release {
    () => {
        None
    };
    ($since:literal) => {
        Some($since)
    };
}
use release;

/// The implementation part of a row; the rest is blank.
macro_rules! implementation {
    (vera) => {
        $crate::builtins::table::blank(None)
    };
    (intrinsic $variant:ident) => {
        $crate::builtins::table::blank(Some($crate::builtins::Implementation::Intrinsic(
            $crate::builtins::Intrinsic::$variant,
        )))
    };
    (host) => {
        $crate::builtins::table::blank(Some($crate::builtins::Implementation::Host { allocates: false }))
    };
    (host allocates) => {
        $crate::builtins::table::blank(Some($crate::builtins::Implementation::Host { allocates: true }))
    };
    (internal $($how:ident)+) => {
        $crate::builtins::Builtin { internal: true, ..$crate::builtins::table::implementation!($($how)+) }
    };
}
use implementation;

const fn blank(implementation: Option<super::Implementation>) -> Builtin {
    Builtin {
        name: "",
        forall: &[],
        abilities: &[],
        signature: "",
        implementation,
        internal: false,
        since: None,
        docs: "",
    }
}
