//! What a wrapper says of a function that is tried, and what comes of it.

use crate::error::Error;
use std::fmt;

/// A function to try.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its Vera name.
    pub function: &'static str,
    /// Its parameters' slots.
    pub slots: &'static [&'static str],
    /// Where what it asks of its arguments is written: lines and columns of parameters and preconditions.
    pub entry: &'static [(u32, u32)],
    /// Numbers that the program mentions, and those beside them.
    pub numbers: &'static [i64],
    /// Texts that the program mentions.
    pub texts: &'static [&'static str],
    /// Inputs that the build found where chance finds none, each as `(1, "a", Some(2))`.
    pub inputs: &'static [&'static str],
}

/// What comes of trying: a test that returns it fails on an error, which its text explains.
pub type Outcome = Result<(), Broken>;

/// What is shown when a test fails. A test shows an error as Rust code, so that this is the text itself.
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
