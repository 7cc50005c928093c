//! Running compiled code where the interpreter cannot go on.
//!
//! The interpreter has no functions of the host library: parsers, printers, regular expressions, and numeric functions.
//! A caller that can run modules supplies a [`Machine`]. Without one, a run that reaches such a function is undecided.

/// Calls public functions of the compiled program.
pub trait Machine {
    /// Calls a function with arguments in the text form of the host: `(1, "a", Some(2))`.
    fn call(&mut self, function: &str, arguments: &str) -> Called;
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// With a result.
    Returned,
    /// A check failed.
    Failed {
        /// The kind of the check, as [`TrapKind::as_str`](vera_abi::trap::TrapKind::as_str) says.
        kind: &'static str,
        /// The name of its file.
        file: String,
        /// Its line, from 1.
        line: u32,
        /// Its column in characters, from 1.
        column: u32,
    },
    /// In another way, or there was no call.
    Undecided,
}

/// Calls nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoMachine;

impl Machine for NoMachine {
    fn call(&mut self, _function: &str, _arguments: &str) -> Called {
        Called::Undecided
    }
}
