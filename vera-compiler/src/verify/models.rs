//! What proofs know of each built-in: one table, which explains why something is left to run time.
//!
//! The functions are modelled in [`super::execute`]; a test runs each on unknown arguments and compares the result with
//! the table.

use super::execute::{EXACT, is_known_by_length};
use crate::builtins::{Builtin, Implementation};

/// What proofs know of the result of a built-in whose arguments are not constants. Pure built-ins are run on constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Model {
    /// The exact result.
    Exact,
    /// What its definition in Vera implies.
    Body,
    /// Its length, or that it is not longer than an argument.
    Length,
    /// That it is the same for the same arguments, and has its type.
    Uninterpreted,
    /// Only its type.
    Nothing,
}

impl Model {
    /// The word for it in listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Model::Exact => "exact",
            Model::Body => "body",
            Model::Length => "length",
            Model::Uninterpreted => "uninterpreted",
            Model::Nothing => "nothing",
        }
    }

    /// What proofs know of a built-in.
    pub fn of(builtin: &Builtin) -> Self {
        let name = builtin.name;
        if EXACT.contains(&name) {
            return Model::Exact;
        }
        if is_known_by_length(name) {
            return Model::Length;
        }
        if UNINTERPRETED.contains(&name) {
            return Model::Uninterpreted;
        }
        match builtin.implementation {
            Some(Implementation::Host { .. }) => Model::Uninterpreted,
            Some(Implementation::Intrinsic(_)) => Model::Exact,
            None => Model::Body,
        }
    }
}

/// What is carried out by instructions that are modelled on constants alone: of floats, and numbers as text.
const UNINTERPRETED: &[&str] =
    &["ceil", "float_to_int", "floor", "int_to_float", "int_to_string", "nat_to_string", "round", "sqrt", "to_string"];

#[cfg(test)]
mod tests;
