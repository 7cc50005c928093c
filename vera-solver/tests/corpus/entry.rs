//! One line of the corpus.

use serde_json::Value;

/// What z3 said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Sat,
    Unsat,
    Unknown,
}

/// A query with its verdict.
pub(crate) struct Entry {
    pub(crate) id: String,
    /// Its theories.
    pub(crate) kind: String,
    pub(crate) expected: Expected,
    /// Without what is no declaration or assertion.
    pub(crate) script: String,
}

impl Entry {
    pub(crate) fn read(line: &str) -> Self {
        let entry: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| entry[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {line}")).to_owned();
        let kind = match &entry["theories"] {
            Value::Array(theories) => theories.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            _ => text("kind"),
        };
        let expected = match text("verdict").as_str() {
            "sat" => Expected::Sat,
            "unsat" => Expected::Unsat,
            "unknown" => Expected::Unknown,
            other => panic!("the verdict {other}"),
        };
        // Names with `@` belong to solvers.
        let script = text("smt2").replace("(set-logic ALL)", "").replace("(check-sat)", "").replace('@', "at-");
        Entry { id: text("id"), kind, expected, script }
    }
}
