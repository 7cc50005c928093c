//! The contracts of a module's functions as data: their clauses, and which of them are proved.
//!
//! Generated wrappers have a table of them, `Module::CONTRACTS`. It records what was known when the module was built.
//! It decides nothing: run-time checks stay in the module even when a clause is proved.

use std::fmt;

/// The contract of a public function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Contract {
    /// The Vera name of the function.
    pub function: &'static str,
    /// Its clauses, in the order of the declaration.
    pub clauses: &'static [Clause],
    /// How many checks in its body are proved: arithmetic, indices, conversions, asserts, preconditions of callees.
    pub proved_checks: usize,
    /// How many checks in its body are made at run time.
    pub runtime_checks: usize,
}

impl Contract {
    /// Whether no promise and no check of the function is left to run time.
    ///
    /// Preconditions do not count: they are checked whenever a host calls.
    pub const fn is_proved(&self) -> bool {
        let mut index = 0;
        while index < self.clauses.len() {
            let clause = &self.clauses[index];
            if !matches!((clause.kind, clause.status), (ClauseKind::Requires, _) | (_, ClauseStatus::Proved)) {
                return false;
            }
            index += 1;
        }
        self.runtime_checks == 0
    }
}

/// A clause of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Clause {
    /// Its keyword.
    pub kind: ClauseKind,
    /// The text in its parentheses.
    pub text: &'static str,
    /// Whether it is proved.
    pub status: ClauseStatus,
}

/// The clause `text` in parentheses after its keyword, as in the declaration.
impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.kind, self.text)
    }
}

/// The keyword of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClauseKind {
    /// A precondition.
    Requires,
    /// A postcondition.
    Ensures,
    /// A measure.
    Decreases,
}

/// The keyword as in the source.
impl fmt::Display for ClauseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ClauseKind::Requires => "requires",
            ClauseKind::Ensures => "ensures",
            ClauseKind::Decreases => "decreases",
        })
    }
}

/// Whether a clause is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClauseStatus {
    /// The clause holds for every argument that the preconditions allow.
    Proved,
    /// The clause is checked when the function runs. Preconditions always are, whenever a host calls.
    Checked,
    /// Verification is off for the function. The clause is checked when the function runs.
    NotVerified,
    /// A counterexample is known, and the build was told to accept it. The clause is checked when the function runs.
    Refuted,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(clauses: &'static [Clause], runtime_checks: usize) -> Contract {
        Contract { function: "f", clauses, proved_checks: 1, runtime_checks }
    }

    #[test]
    fn a_function_is_proved_when_nothing_but_preconditions_is_checked() {
        const REQUIRES: Clause =
            Clause { kind: ClauseKind::Requires, text: "@Int.0 > 0", status: ClauseStatus::Checked };
        const PROVED: Clause = Clause { kind: ClauseKind::Ensures, text: "true", status: ClauseStatus::Proved };
        const OPEN: Clause = Clause { kind: ClauseKind::Decreases, text: "@Int.0", status: ClauseStatus::Checked };
        assert!(contract(&[REQUIRES, PROVED], 0).is_proved());
        assert!(!contract(&[REQUIRES, PROVED], 1).is_proved());
        assert!(!contract(&[PROVED, OPEN], 0).is_proved());
        assert_eq!(REQUIRES.to_string(), "requires(@Int.0 > 0)");
    }
}
