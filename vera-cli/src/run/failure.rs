//! A run that failed, as text and as JSON.

use crate::output::Output;
use serde_json::{Value, json};
use vera_runtime::Error;
use vera_runtime::error::{Frame, Limit, TrapKind};

/// Prints the failure, where it happened, and what can be done.
pub(super) fn print(output: &mut Output, error: &Error) {
    output.message(format_args!("Error: {error}"));
    let frames = error.backtrace();
    if !frames.is_empty() {
        output.message("Source backtrace:");
    }
    for same in frames.chunk_by(are_alike) {
        let times = if same.len() == 1 { String::new() } else { format!("  ({} times)", same.len()) };
        let line = same.iter().find_map(|frame| frame.line);
        let line = line.map_or_else(String::new, |line| format!(" at line {line}"));
        output.message(format_args!("  in {}  ({}){line}{times}", same[0].function, place(&same[0])));
    }
    if let Some(fix) = fix(error) {
        output.message(format_args!("Fix:\n  {fix}"));
    }
}

/// Whether two frames are of one function at one line, as far as it is known.
fn are_alike(one: &Frame, next: &Frame) -> bool {
    let declared = |frame: &Frame| (frame.function.clone(), frame.file.clone(), frame.line_start, frame.line_end);
    declared(one) == declared(next) && (one.line == next.line || one.line.is_none() || next.line.is_none())
}

fn place(frame: &Frame) -> String {
    match frame.line_start == frame.line_end {
        true => format!("{}:{}", frame.file, frame.line_start),
        false => format!("{}:{}-{}", frame.file, frame.line_start, frame.line_end),
    }
}

/// The report of a failed run.
pub(super) fn report(file: &str, stdout: &str, error: &Error) -> Value {
    let location = error.location();
    let frames = error.backtrace().iter().map(|frame| {
        json!({
            "func": frame.function,
            "file": frame.file.to_string(),
            "line_start": frame.line_start,
            "line_end": frame.line_end,
            "line": frame.line,
            "is_builtin": frame.builtin,
        })
    });
    let values = error.values().iter().map(|seen| json!({ "name": seen.name, "type": seen.ty, "value": seen.value }));
    let mut place = json!({
        "line": location.map_or(0, |location| location.line),
        "column": location.map_or(0, |location| location.column),
    });
    if let Some(location) = location {
        place["file"] = json!(location.file.to_string());
    }
    let diagnostic = json!({
        "severity": "error",
        "description": error.to_string(),
        "trap_kind": error.kind(),
        "location": place,
        "values": values.collect::<Vec<_>>(),
        "frames": frames.collect::<Vec<_>>(),
        "fix": fix(error).unwrap_or_default(),
    });
    json!({ "ok": false, "file": file, "diagnostics": [diagnostic], "warnings": [], "stdout": stdout })
}

/// What can be done about it, where there is a usual answer. A broken contract says itself what was asked.
fn fix(error: &Error) -> Option<&'static str> {
    match error {
        Error::Trap(trap) => Some(match trap.kind {
            TrapKind::Overflow => "Keep operands in range with `requires(...)`, or test them before the operation.",
            TrapKind::DivideByZero => {
                "State that the divisor is not 0, such as `requires(@Int.0 != 0)`, or test it with `if` before dividing."
            }
            TrapKind::NatGuard => "State that the value is not negative with `requires(...)`, or use `int_to_nat`.",
            TrapKind::NatUnderflow => {
                "State that the first operand is not smaller, such as `requires(@Nat.1 >= @Nat.0)`, or subtract as `Int`."
            }
            TrapKind::ByteGuard => "Convert with `int_to_byte`, which gives `None` outside of 0 to 255.",
            TrapKind::IndexOutOfBounds => "Test the index against `array_length` before using it.",
            TrapKind::StringIndexOutOfBounds => "Test the index against `string_length` before using it.",
            TrapKind::FloatConversion => {
                "Test with `float_is_nan` and `float_is_infinite`, and that the value is in the range of `Int`."
            }
            TrapKind::Decimal => {
                "Test floats with `float_is_nan` and `float_is_infinite` before making decimals of them, and keep exponents small."
            }
            TrapKind::JsonNumber => {
                "Test with `float_is_nan` and `float_is_infinite`, and write `JNull` or a string for such a value."
            }
            _ => return None,
        }),
        Error::Limit(reached) => match reached.limit {
            Limit::Fuel(_) => Some("Give it more with `--fuel N`, or none of this limit without the option."),
            Limit::Deadline(_) => Some("Give it more time with `--deadline TIME`, such as `--deadline 10s`."),
            Limit::Memory(_) => Some("Give it more with `--memory SIZE`, such as `--memory 2GiB`."),
            Limit::Stack(_) => {
                Some("Make the calls tail calls, or give it more with `--stack SIZE`, such as `--stack 1GiB`.")
            }
            _ => None,
        },
        Error::Exception(_) => Some("Handle it with `handle[Exn<...>] { throw(...) -> ... } in { ... }` in a caller."),
        _ => None,
    }
}
