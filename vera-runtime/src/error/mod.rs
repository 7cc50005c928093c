//! All errors, and whose fault they are.
//!
//! [`Error`] is two words: its payloads are boxed, so the `Result` of a successful call costs nothing.

mod argument;
mod display;
mod location;

pub use argument::BadArgument;
pub(crate) use argument::Step;
pub use location::{Frame, Location};
pub use vera_abi::trap::TrapKind;

use std::sync::Arc;
use std::time::Duration;

/// The result type of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call, or loading a module, failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A `requires` clause was false: the caller's mistake.
    Requires(Box<Violation>),
    /// An `ensures` clause was false: the module's mistake.
    Ensures(Box<Violation>),
    /// A value did not satisfy its refinement type.
    Refinement(Box<Violation>),
    /// A `decreases` measure did not decrease.
    Decreases(Box<Violation>),
    /// An invariant of a data type was false on construction.
    Invariant(Box<Violation>),
    /// `assert` of a false condition.
    Assert(Box<Violation>),
    /// Another run-time check failed: overflow, division by zero, an index, ...
    Trap(Box<Trap>),
    /// The program threw an exception that no handler handled.
    Exception(Box<Exception>),
    /// A limit of the instance was reached.
    Limit(Box<LimitReached>),
    /// A host operation returned an error or panicked.
    Host(Box<HostFailure>),
    /// The program called `IO.exit`, with this code.
    Exit(i64),
    /// A value of the caller has no counterpart in Vera, such as a `u64` beyond 2^63-1 for a `Nat`.
    Argument(Box<BadArgument>),
    /// An earlier failure left the instance in a state in which it cannot run: make a new one. The text describes that
    /// failure.
    Unusable(Box<str>),
    /// The module cannot be loaded: it is not a Vera module, was made for another ABI version, or lacks a requested
    /// function or type.
    Load(Box<str>),
    /// Module and runtime disagree about a value or an invariant of the heap: a defect of Vera, not of the program.
    Internal(Box<str>),
}

/// A contract that was violated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The function of the contract.
    pub function: String,
    /// Its signature as in the source, such as `@Int, @Int -> @Int`.
    pub signature: String,
    /// The clause as in the source, such as `requires(@Int.0 > 0)`.
    pub clause: String,
    /// Where the clause is.
    pub location: Location,
    /// The values that the check looked at: the function's arguments for [`Error::Requires`] and refinements of
    /// parameters, the slots that any other clause mentions, the value of a refinement, a measure before and in a
    /// recursive call.
    pub values: Vec<NamedValue>,
    /// The active Vera functions, innermost first.
    pub backtrace: Vec<Frame>,
}

/// A value that a failed check looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedValue {
    /// The slot by which the program names it, such as `@Nat.1`, or its role in the operation: `dividend`, `index`.
    pub name: String,
    /// Its Vera type.
    pub ty: String,
    /// The value in Vera syntax: strings are quoted, control characters escaped, and a long value is cut in the middle.
    pub value: String,
}

/// A failed run-time check that is not a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trap {
    /// Which check.
    pub kind: TrapKind,
    /// The function of the check; empty when it is not known.
    pub function: String,
    /// The expression as in the source; empty when it is not known.
    pub text: String,
    /// Where the expression is, when known.
    pub location: Option<Location>,
    /// The values that the check looked at: the operands, or an index and a length.
    pub values: Vec<NamedValue>,
    /// The active Vera functions, innermost first.
    pub backtrace: Vec<Frame>,
}

/// An unhandled exception.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exception {
    /// The Vera type of the thrown value; empty when it is not known.
    pub ty: String,
    /// The thrown value in Vera syntax, shortened when it is long.
    pub value: String,
    /// The function that threw it.
    pub function: String,
    /// Where it was thrown.
    pub location: Location,
    /// The active Vera functions, innermost first.
    pub backtrace: Vec<Frame>,
}

/// A limit that was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitReached {
    /// Which one.
    pub limit: Limit,
    /// The active Vera functions, innermost first; empty when the host was working.
    pub backtrace: Vec<Frame>,
}

/// One of the [`crate::Limits`], with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Linear memory, in bytes.
    Memory(u64),
    /// Fuel of one call.
    Fuel(u64),
    /// Wall-clock time of one call.
    Deadline(Duration),
    /// Depth of calls: the native stack, in bytes.
    Stack(usize),
    /// Depth of calls: the stack of roots, in bytes.
    ShadowStack(u32),
    /// Memory of the host that one call uses, in bytes.
    HostMemory(u64),
    /// Instances that exist at once.
    Instances(u32),
    /// Nodes of one value that passes between host and module.
    Nodes(u64),
    /// Bytes of text of one value that passes between host and module.
    Bytes(u64),
    /// Nesting of one value that passes between host and module.
    Depth(u32),
    /// Size of one string or array, in bytes; a limit of the memory layout.
    Buffer(u32),
    /// A property of a document or selector on which the parsers are slow; a limit of the built-ins.
    Document {
        /// The maximum.
        most: u64,
        /// The property, such as `open elements`.
        of: &'static str,
    },
    /// A property of a regular expression or of a search; a limit of the built-ins.
    Pattern {
        /// The maximum.
        most: u64,
        /// The property, such as `steps of backtracking`.
        of: &'static str,
    },
    /// One of the [`crate::Limits`] has an impossible value, so no instance is made.
    Setting(Setting),
}

/// A field of [`crate::Limits`] with an impossible value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Setting {
    /// The name of the field.
    pub name: &'static str,
    /// Its value.
    pub given: u64,
    /// The least value that the module needs, with the other limits unchanged.
    pub least: u64,
    /// The greatest value that module and system allow.
    pub most: u64,
}

/// A host operation that failed. Two failures are equal when their texts are equal: their causes are not compared.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HostFailure {
    /// The effect.
    pub effect: String,
    /// Its operation.
    pub operation: String,
    /// The error or panic message.
    pub message: String,
    /// Whether the operation panicked.
    pub panicked: bool,
    /// The error that the operation returned. It is the [`source`](std::error::Error::source) of [`Error`] and can be
    /// downcast. `None` after a panic.
    pub cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
    /// The active Vera functions, innermost first.
    pub backtrace: Vec<Frame>,
}

impl PartialEq for HostFailure {
    fn eq(&self, other: &Self) -> bool {
        let HostFailure { effect, operation, message, panicked, cause: _, backtrace } = self;
        (effect, operation, message, panicked, backtrace)
            == (&other.effect, &other.operation, &other.message, &other.panicked, &other.backtrace)
    }
}

impl Eq for HostFailure {}

impl Error {
    /// An error about a limit that the host's own work reached.
    pub(crate) fn limit(limit: Limit) -> Self {
        Error::Limit(Box::new(LimitReached { limit, backtrace: Vec::new() }))
    }

    /// A value of the caller has no counterpart in Vera.
    #[cold]
    pub(crate) fn argument(message: impl Into<Box<str>>) -> Self {
        Error::Argument(Box::new(BadArgument::new(message)))
    }

    /// The same error, with this step to the value added to its path.
    #[cold]
    pub(crate) fn reached_by(mut self, step: Step) -> Self {
        if let Error::Argument(argument) = &mut self {
            argument.reached_by(step);
        }
        self
    }

    /// Module and runtime disagree.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Error::Internal(message.into().into_boxed_str())
    }

    /// A module cannot be loaded.
    pub(crate) fn load(message: impl Into<String>) -> Self {
        Error::Load(message.into().into_boxed_str())
    }

    /// The violated contract, when the error is a violation.
    pub fn violation(&self) -> Option<&Violation> {
        match self {
            Error::Requires(violation)
            | Error::Ensures(violation)
            | Error::Refinement(violation)
            | Error::Decreases(violation)
            | Error::Invariant(violation)
            | Error::Assert(violation) => Some(violation),
            _ => None,
        }
    }

    /// The values that the failed check looked at, when the error is a failed check.
    pub fn values(&self) -> &[NamedValue] {
        match self {
            Error::Trap(trap) => &trap.values,
            _ => self.violation().map_or(&[], |violation| &violation.values),
        }
    }

    /// Where in the Vera source the failed check is, when the error is one.
    pub fn location(&self) -> Option<&Location> {
        match self {
            Error::Trap(trap) => trap.location.as_ref(),
            Error::Exception(exception) => Some(&exception.location),
            _ => self.violation().map(|violation| &violation.location),
        }
    }

    /// The Vera functions that were active, innermost first.
    pub fn backtrace(&self) -> &[Frame] {
        match self {
            Error::Trap(trap) => &trap.backtrace,
            Error::Exception(exception) => &exception.backtrace,
            Error::Limit(limit) => &limit.backtrace,
            Error::Host(host) => &host.backtrace,
            _ => self.violation().map_or(&[], |violation| &violation.backtrace),
        }
    }

    /// Adds the frames of a call that failed inside the host.
    pub(crate) fn with_backtrace(mut self, frames: Vec<Frame>) -> Self {
        match &mut self {
            Error::Limit(limit) if limit.backtrace.is_empty() => limit.backtrace = frames,
            Error::Host(host) if host.backtrace.is_empty() => host.backtrace = frames,
            Error::Trap(trap) if trap.backtrace.is_empty() => trap.backtrace = frames,
            _ => {}
        }
        self
    }

    /// The kind of error in machine-readable output, such as `contract_violation` or `heap_exhausted`.
    pub fn kind(&self) -> &'static str {
        match self {
            Error::Requires(_) => TrapKind::Requires.as_str(),
            Error::Ensures(_) => TrapKind::Ensures.as_str(),
            Error::Refinement(_) => TrapKind::Refinement.as_str(),
            Error::Decreases(_) => TrapKind::Decreases.as_str(),
            Error::Invariant(_) => TrapKind::Invariant.as_str(),
            Error::Assert(_) => TrapKind::Assert.as_str(),
            Error::Trap(trap) => trap.kind.as_str(),
            Error::Exception(_) => TrapKind::UncaughtException.as_str(),
            Error::Limit(reached) => match reached.limit {
                Limit::Memory(_) => "heap_exhausted",
                Limit::HostMemory(_) => "host_memory_exhausted",
                Limit::Stack(_) | Limit::ShadowStack(_) => "stack_exhausted",
                Limit::Fuel(_) => "fuel_exhausted",
                Limit::Deadline(_) => "deadline_exceeded",
                Limit::Setting(_) => "limit_setting",
                Limit::Instances(_) => "instances_exhausted",
                Limit::Pattern { .. } => "pattern_limit",
                Limit::Nodes(_) | Limit::Bytes(_) | Limit::Depth(_) | Limit::Buffer(_) | Limit::Document { .. } => {
                    "value_too_large"
                }
            },
            Error::Host(_) => "host_error",
            Error::Exit(_) => "exit",
            Error::Argument(_) => "argument",
            Error::Unusable(_) => "unusable",
            Error::Load(_) => "load",
            Error::Internal(_) => "unknown",
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Host(failure) => Some(failure.cause.as_deref()?),
            _ => None,
        }
    }
}
