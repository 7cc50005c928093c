//! The table of abilities of the language: names, operations, their types, documentation. These facts are only here.
//!
//! Which types have an ability, and how its operation works on them, is derived from their structure (`check`,
//! `lower`).

use crate::tir::Ability;

/// An ability of the language. It has one operation.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which one.
    pub ability: Ability,
    /// Its name.
    pub name: &'static str,
    /// Its operation.
    pub operation: &'static str,
    /// The type of the operation, over the type `A` that has the ability.
    pub signature: &'static str,
    /// The release of the language that brought it.
    pub since: &'static str,
    /// What the operation does.
    pub docs: &'static str,
}

/// Every ability of the language.
pub static TABLE: &[Row] = &[
    Row {
        ability: Ability::Eq,
        name: "Eq",
        operation: "eq",
        signature: "fn(A, A -> Bool) effects(pure)",
        since: "0.0.90",
        docs: "Whether two values are equal, part by part.",
    },
    Row {
        ability: Ability::Ord,
        name: "Ord",
        operation: "compare",
        signature: "fn(A, A -> Ordering) effects(pure)",
        since: "0.0.90",
        docs: "How two values are ordered.",
    },
    Row {
        ability: Ability::Hash,
        name: "Hash",
        operation: "hash",
        signature: "fn(A -> Int) effects(pure)",
        since: "0.0.90",
        docs: "A number that is the same for equal values.",
    },
    Row {
        ability: Ability::Show,
        name: "Show",
        operation: "show",
        signature: "fn(A -> String) effects(pure)",
        since: "0.0.90",
        docs: "The value as text, nearly as it is written in a program: strings have no quotes.",
    },
];

/// The row of an ability.
pub fn row(ability: Ability) -> &'static Row {
    &TABLE[ability as usize]
}

/// The ability of that name.
pub fn named(name: &str) -> Option<Ability> {
    TABLE.iter().find(|row| row.name == name).map(|row| row.ability)
}

/// The ability whose operation has that name.
pub fn of_operation(name: &str) -> Option<Ability> {
    TABLE.iter().find(|row| row.operation == name).map(|row| row.ability)
}

#[cfg(test)]
mod tests {
    use super::{TABLE, named, of_operation, row};
    use crate::tir::Ability;

    #[test]
    fn rows_are_found_by_ability_name_and_operation() {
        for ability in [Ability::Eq, Ability::Ord, Ability::Hash, Ability::Show] {
            assert_eq!(row(ability).ability, ability);
            assert_eq!(named(row(ability).name), Some(ability));
            assert_eq!(of_operation(row(ability).operation), Some(ability));
        }
        assert_eq!(TABLE.len(), 4);
        assert_eq!((named("eq"), of_operation("Eq")), (None, None));
    }
}
