//! The contracts of a module's functions as data: what they say, and what of it is proved.
//!
//! Generated wrappers have a table of them, `Module::CONTRACTS`. It says what was known when the module was built. Nothing is
//! decided by it: checks are part of the module, whatever is proved.

use std::fmt;

/// The contract of a public function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Contract {
    /// The Vera name of the function.
    pub function: &'static str,
    /// Its clauses, in the order of the declaration.
    pub clauses: &'static [Clause],
    /// How many of the checks in its body are proved: arithmetic, indices, conversions, asserts, what it calls.
    pub proved_checks: usize,
    /// How many of them decide when the function runs.
    pub runtime_checks: usize,
}

impl Contract {
    /// Whether nothing that the function promises or does is left to run time.
    ///
    /// Preconditions are: they are checked whenever a host calls.
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
    /// What is written in its parentheses.
    pub text: &'static str,
    /// Whether it is proved.
    pub status: ClauseStatus,
}

/// The clause `text` in parentheses behind its keyword, as in the declaration.
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

/// The keyword as it is written.
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
    /// It holds for every argument that the preconditions allow.
    Proved,
    /// It is checked when the function runs. So are preconditions, whenever a host calls.
    Checked,
    /// It was not looked at: verification is off for the function. It is checked when the function runs.
    NotVerified,
    /// An input is known that breaks it, which the build was told to accept. It is checked when the function runs.
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
