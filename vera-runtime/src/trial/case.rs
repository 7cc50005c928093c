//! What a wrapper says about a function under test, and the outcome of a test.

use crate::error::Error;
use std::fmt;

/// A function to test.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its Vera name.
    pub function: &'static str,
    /// Its parameters' slots.
    pub slots: &'static [&'static str],
    /// Where its conditions on arguments are: lines and columns of parameters and preconditions.
    pub entry: &'static [(u32, u32)],
    /// Numbers that the program mentions, and their neighbours.
    pub numbers: &'static [i64],
    /// Texts that the program mentions.
    pub texts: &'static [&'static str],
    /// Inputs that the build found where random ones do not suffice, each as `(1, "a", Some(2))`.
    pub inputs: &'static [&'static str],
}

/// The outcome of a test. A test that returns it fails on an error, whose text explains the failure.
pub type Outcome = Result<(), Broken>;

/// The message of a failed test. Rust's test harness prints the `Debug` form of an error, so that form is the text
/// itself.
pub struct Broken(String);

impl Broken {
    pub(super) fn of(text: impl fmt::Display) -> Self {
        Broken(text.to_string())
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Broken(error.to_string())
    }
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
