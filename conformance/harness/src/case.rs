//! A program of a suite with its expected outcome, from any source.

use std::path::PathBuf;

/// The last stage for a program.
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

/// The expected outcome of the last stage.
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

/// A program with its expected outcome.
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
    /// The last stage for the program.
    pub level: Level,
    /// The expected outcome.
    pub outcome: Outcome,
    /// Codes of expected warnings.
    pub warnings: Vec<String>,
    /// A text that the message of a failed run must contain.
    pub message: Option<String>,
    /// The expected output of a run.
    pub output: Option<String>,
    /// The standard input of a run.
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
