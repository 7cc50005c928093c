//! Floats as text.

use crate::scope::ShadowGuard;
use crate::state::State;
use crate::value::Lower;
use crate::value::Raw;
use wasmtime::{AsContextMut, Caller, Func, Store};

/// `float_to_string: (f64) -> (i32, i32)` and `parse_float64: (i32, i32) -> i32`.
pub(crate) fn builtin(store: &mut Store<State>, name: &str) -> Option<Func> {
    match name {
        "float_to_string" => Some(Func::wrap(store, |mut caller: Caller<'_, State>, value: f64| {
            let mut guard = ShadowGuard::from_guest(caller.as_context_mut());
            let text = guard.heap.string(&float_to_string(value))?;
            Ok((text.pointer() as i32, text.len as i32))
        })),
        "parse_float64" => Some(Func::wrap(store, |mut caller: Caller<'_, State>, pointer: i32, len: i32| {
            let mut guard = ShadowGuard::from_guest(caller.as_context_mut());
            let text = guard.heap.reader().bytes(Raw::from_slice(pointer as u32, len as u32)).map(parse)?;
            Ok(text.lower(&mut guard.heap)?.pointer() as i32)
        })),
        _ => None,
    }
}

/// Fixed notation with one to six digits after the point.
pub(crate) fn float_to_string(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    let mut text = format!("{value:.6}");
    let kept = text.trim_end_matches('0').len();
    text.truncate(kept);
    if text.ends_with('.') {
        text.push('0');
    }
    if text == "-0.0" { "0.0".to_owned() } else { text }
}

/// A decimal number without exponent, spaces around it ignored.
fn parse(text: &[u8]) -> Result<f64, String> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err("empty string".to_owned());
    }
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let plain = digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let points = digits.iter().filter(|byte| **byte == b'.').count();
    if !plain || points > 1 || digits.len() == points {
        return Err("invalid character".to_owned());
    }
    let text = String::from_utf8_lossy(text);
    text.parse().map_err(|_| "invalid character".to_owned())
}
