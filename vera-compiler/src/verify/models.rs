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
    /// Its sign, and how it compares with its arguments, as far as that follows from how these compare.
    Order,
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
            Model::Order => "order",
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
        if ORDER.contains(&name) {
            return Model::Order;
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

/// Functions on floats and decimals that keep the order of numbers.
const ORDER: &[&str] = &[
    "ceil",
    "decimal_abs",
    "decimal_add",
    "decimal_compare",
    "decimal_eq",
    "decimal_from_int",
    "decimal_mul",
    "decimal_neg",
    "decimal_round",
    "decimal_sub",
    "float_clamp",
    "float_to_int",
    "floor",
    "int_to_float",
    "round",
    "sqrt",
];

/// What is modelled on constants alone: digits of numbers as text, and the other functions on decimals.
const UNINTERPRETED: &[&str] = &[
    "decimal_div",
    "decimal_from_float",
    "decimal_from_string",
    "decimal_to_float",
    "decimal_to_string",
    "int_to_string",
    "nat_to_string",
    "to_string",
];

#[cfg(test)]
mod tests;
