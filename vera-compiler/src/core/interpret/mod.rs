//! Runs a program without WebAssembly: to fold constants, to replay counterexamples, and to check the emitter.
//!
//! Pure and bounded: every statement and every copied element takes fuel, the nesting of calls is limited, and nothing
//! recurses on the host's stack, however deep the program's calls or data are. Imported functions are refused unless
//! [`Externs`] supplies them. The program must be valid ([`Program::validate`]).
//!
//! Differences from compiled code: memory is limited only by fuel, and the bits of a NaN may differ.

mod machine;
mod prim;
mod value;

pub use value::{Array, Bytes, Cell, Closure, Record, Value};

use super::{ExternId, FnId, Program, SiteId};

/// Supplies imported functions.
pub trait Externs {
    /// The result of a call, or `None` when the function is not supplied.
    fn call(&mut self, module: &str, name: &str, args: &[Value]) -> Option<Value>;
}

/// Supplies no imported function.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoExterns;

impl Externs for NoExterns {
    fn call(&mut self, _module: &str, _name: &str, _args: &[Value]) -> Option<Value> {
        None
    }
}

/// How far a run may go.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Statements executed and elements copied.
    pub fuel: u64,
    /// Nested calls that are not tail calls.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fuel: 10_000_000, depth: 100_000 }
    }
}

/// Why a run ended without a result.
#[derive(Clone, Debug)]
pub enum Stop {
    /// A check failed. The values are what it looked at, as compiled code records them.
    Trap(SiteId, Vec<Value>),
    /// The fuel is used up.
    OutOfFuel,
    /// Calls nest deeper than allowed.
    TooDeep,
    /// An imported function is not supplied.
    Unsupported(ExternId),
    /// Control came to a point that a call which never returns, or a check, should have kept it from.
    Unreachable,
}

impl Program {
    /// Calls a function.
    ///
    /// # Errors
    /// When the run ends without a result.
    ///
    /// # Panics
    /// When the program is not valid or the arguments are not of the parameters' representations.
    pub fn interpret(
        &self,
        function: FnId,
        args: Vec<Value>,
        limits: Limits,
        externs: &mut dyn Externs,
    ) -> Result<Value, Stop> {
        machine::Machine::new(self, limits, externs).run(function, args)
    }
}

#[cfg(test)]
mod tests;
