//! A program of a suite and what must come of it, wherever that was written.

use std::path::PathBuf;

/// How deep a program is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Read only.
    Parse,
    /// Checked.
    Check,
    /// Checked, and verified: no input breaks a contract.
    Verify,
    /// Compiled and run.
    Run,
}

impl Level {
    /// All of them.
    pub const ALL: [Level; 4] = [Level::Parse, Level::Check, Level::Verify, Level::Run];

    /// The level's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Parse => "parse",
            Level::Check => "check",
            Level::Verify => "verify",
            Level::Run => "run",
        }
    }
}

/// What must come of the deepest level of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is accepted, and a run ends well.
    Accepted,
    /// It is refused with these codes.
    Refused(Vec<String>),
    /// A run ends with a failure of this kind, such as `overflow`.
    Traps(String),
    /// A run exits with this code.
    Exits(i64),
}

/// A program with what must come of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Unique name in the suite.
    pub id: String,
    /// The program's file.
    pub path: PathBuf,
    /// Chapter of the specification.
    pub chapter: u32,
    /// The rule, in a sentence.
    pub title: String,
    /// The section of the specification.
    pub section: String,
    /// How deep the program is taken.
    pub level: Level,
    /// What must come of it.
    pub outcome: Outcome,
    /// Codes the program must be warned of.
    pub warnings: Vec<String>,
    /// What the message of a failed run must contain.
    pub message: Option<String>,
    /// What a run must print.
    pub output: Option<String>,
    /// What a run reads from standard input.
    pub input: String,
    /// Whether the language's stricter rules are errors.
    pub strict: bool,
    /// Whether the program is written in canonical format.
    pub canonical: bool,
}

impl Case {
    /// The codes it must be refused with; none when it must be accepted.
    pub fn expected_errors(&self) -> &[String] {
        match &self.outcome {
            Outcome::Refused(codes) => codes,
            Outcome::Accepted | Outcome::Traps(_) | Outcome::Exits(_) => &[],
        }
    }
}
