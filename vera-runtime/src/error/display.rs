//! Errors as text for people. The first two lines of a contract violation are those of the reference implementation.

use super::{
    Error, Exception, HostFailure, Limit, LimitReached, Location, NamedValue, Setting, Trap, TrapKind, Violation,
};
use std::fmt::{self, Display, Formatter};

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Error::Requires(violation) => contract(f, violation, "Precondition violation"),
            Error::Ensures(violation) => contract(f, violation, "Postcondition violation"),
            Error::Invariant(violation) => contract(f, violation, "Invariant violation"),
            Error::Assert(violation) => contract(f, violation, "Assertion failed"),
            Error::Refinement(violation) => contract(f, violation, "Refinement violation"),
            Error::Decreases(violation) => {
                writeln!(
                    f,
                    "{} measure in '{}' failed to decrease: the termination metric must strictly decrease and \
                     stay non-negative on every recursive call",
                    violation.clause, violation.function
                )?;
                context(f, &violation.values, Some(&violation.location))
            }
            Error::Trap(trap) => Display::fmt(trap, f),
            Error::Exception(exception) => Display::fmt(exception, f),
            Error::Limit(limit) => Display::fmt(limit, f),
            Error::Host(failure) => Display::fmt(failure, f),
            Error::Exit(code) => write!(f, "the program exited with code {code}"),
            Error::Argument(argument) => Display::fmt(argument, f),
            Error::Unusable(text) => write!(f, "the instance cannot be used after an earlier failure: {text}"),
            Error::Load(text) => write!(f, "cannot load the Vera module: {text}"),
            Error::Internal(text) => write!(f, "internal error of the Vera runtime: {text}"),
        }
    }
}

/// `clause` is a complete clause, such as `requires(@Int.0 > 0)`.
fn contract(f: &mut Formatter<'_>, violation: &Violation, title: &str) -> fmt::Result {
    writeln!(f, "{title} in {}({})", violation.function, violation.signature)?;
    writeln!(f, "  {} failed", violation.clause)?;
    context(f, &violation.values, Some(&violation.location))
}

/// The lines below the failed clause, the last one without its line end.
fn context(f: &mut Formatter<'_>, values: &[NamedValue], location: Option<&Location>) -> fmt::Result {
    for (position, NamedValue { name, value, .. }) in values.iter().enumerate() {
        f.write_str(if position == 0 { "  with " } else { ", " })?;
        write!(f, "{name} = {value}")?;
    }
    match location {
        Some(location) if values.is_empty() => write!(f, "  at {location}"),
        Some(location) => write!(f, "\n  at {location}"),
        None => Ok(()),
    }
}

impl Display for Trap {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TrapKind::Overflow => "Integer overflow",
            TrapKind::DivideByZero => "Integer division by zero",
            TrapKind::NatGuard => "Negative value bound into a @Nat slot",
            TrapKind::NatUnderflow => "@Nat subtraction would be negative",
            TrapKind::IndexOutOfBounds => "Array index out of bounds",
            TrapKind::StringIndexOutOfBounds => "String index out of bounds",
            TrapKind::FloatConversion => "Float64 value has no Int in range",
            TrapKind::Decimal => "Decimal operation without a result",
            TrapKind::JsonNumber => "JSON has no number for this value",
            TrapKind::ByteGuard => "Value outside 0..=255 bound into a @Byte slot",
            TrapKind::Unreachable => "Unreachable code reached",
            // Broken contracts and exceptions are errors of their own.
            kind => kind.as_str(),
        })?;
        if !self.text.is_empty() {
            write!(f, ": `{}`", self.text)?;
        }
        if !self.function.is_empty() {
            write!(f, " in {}", self.function)?;
        }
        if !self.values.is_empty() || self.location.is_some() {
            writeln!(f)?;
        }
        context(f, &self.values, self.location.as_ref())
    }
}

impl Display for Exception {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Uncaught exception Exn<{}>", self.ty)?;
        if !self.value.is_empty() {
            write!(f, ": {}", self.value)?;
        }
        write!(f, "\n  thrown in {} at {}", self.function, self.location)
    }
}

impl Display for LimitReached {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.limit, f)
    }
}

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Memory(bytes) => write!(f, "Heap exhausted: the memory limit of {bytes} bytes is reached"),
            Limit::Fuel(fuel) => write!(f, "Fuel exhausted: the call used its {fuel} units"),
            Limit::Deadline(time) => write!(f, "Deadline exceeded: the call took longer than {time:?}"),
            Limit::Stack(bytes) => write!(f, "Call stack exhausted: calls nest deeper than {bytes} bytes allow"),
            Limit::ShadowStack(bytes) => write!(f, "Root stack exhausted: more live values than {bytes} bytes hold"),
            Limit::HostMemory(bytes) => {
                write!(f, "Host memory exhausted: the call needs more than {bytes} bytes of it")
            }
            Limit::Instances(count) => write!(f, "Instances exhausted: {count} exist already"),
            Limit::Nodes(count) => write!(f, "Value too large: more than {count} nodes"),
            Limit::Bytes(count) => write!(f, "Value too large: more than {count} bytes of text"),
            Limit::Depth(depth) => write!(f, "Value too deep: nested more than {depth} levels"),
            Limit::Setting(Setting { name, given, least, most }) => {
                write!(f, "Limit `{name}` cannot be {given}: between {least} and {most} is possible here")
            }
            Limit::Pattern { most, of } => write!(f, "Regular expression too complex: more than {most} {of}"),
            Limit::Document { most, of } => write!(f, "Document too complex: more than {most} {of}"),
            Limit::Buffer(bytes) => write!(f, "String or array too large: more than {bytes} bytes"),
        }
    }
}

impl Display for HostFailure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let verb = if self.panicked { "panicked" } else { "failed" };
        write!(f, "Host operation {}.{} {verb}: {}", self.effect, self.operation, self.message)
    }
}
