//! Values of the caller, or of a host operation, that have no counterpart in Vera, and their place in a structure.
//!
//! The path is collected while a failed conversion returns, innermost step first. Its length is bounded: the middle
//! steps of a long path are left out.

use std::fmt::{self, Display, Formatter};

/// Maximum number of steps of a path that are kept.
const STEPS: usize = 16;

/// A value that cannot be passed to the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadArgument {
    /// Innermost first.
    steps: Vec<Step>,
    /// Whether steps in the middle were left out.
    shortened: bool,
    message: Box<str>,
}

/// A step into a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An argument of a call, from 1.
    Argument(usize),
    /// The result of a host operation.
    Result,
    /// An element of an array, from 0.
    Element(usize),
    /// A component of a tuple or a field of a constructor, from 0.
    Field(usize),
    /// A key of a map or a member of a set, from 0.
    Key(usize),
    /// The value of an entry of a map, from 0.
    Value(usize),
}

impl BadArgument {
    pub(crate) fn new(message: impl Into<Box<str>>) -> Self {
        BadArgument { steps: Vec::new(), shortened: false, message: message.into() }
    }

    /// Adds the step that leads to the value.
    #[cold]
    pub(crate) fn reached_by(&mut self, step: Step) {
        if self.steps.len() == STEPS {
            self.steps.remove(STEPS / 2);
            self.shortened = true;
        }
        self.steps.push(step);
    }

    /// The place of the value, such as `argument 2: [3].0`; empty when it is not known, or when no value is wrong.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for (position, step) in self.steps.iter().enumerate().rev() {
            let text = match step {
                Step::Argument(position) => format!("argument {position}"),
                Step::Result => "result".to_owned(),
                Step::Element(index) => format!("[{index}]"),
                Step::Field(index) => format!(".{index}"),
                Step::Key(index) => format!(".keys[{index}]"),
                Step::Value(index) => format!(".values[{index}]"),
            };
            let is_root = matches!(step, Step::Argument(_) | Step::Result);
            path += &text;
            path += if is_root && position > 0 { ": " } else { "" };
            path += if self.shortened && position == STEPS / 2 { "…" } else { "" };
        }
        path
    }

    /// The reason.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Display for BadArgument {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.steps.is_empty() {
            true => write!(f, "bad argument: {}", self.message),
            false => write!(f, "{}: {}", self.path(), self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_from_outside_and_bounded() {
        let mut argument = BadArgument::new("no");
        assert_eq!(argument.to_string(), "bad argument: no");
        [Step::Field(0), Step::Element(3), Step::Argument(2)].into_iter().for_each(|step| argument.reached_by(step));
        assert_eq!(argument.to_string(), "argument 2: [3].0: no");

        let mut argument = BadArgument::new("no");
        (0..1000).for_each(|index| argument.reached_by(Step::Element(index)));
        argument.reached_by(Step::Argument(1));
        let path = argument.path();
        assert!(path.starts_with("argument 1: [999]") && path.ends_with("[1][0]") && path.contains("…["), "{path}");
    }
}
