//! Floats as text.

use super::{Added, Library};
use crate::error::Error;
use crate::scope::ShadowGuard;
use crate::state::State;
use crate::value::Raw;
use wasmtime::{AsContextMut, Caller};

/// Adds `float_to_string` and `prim_float_shortest: (f64) -> (i32, i32)`, and `prim_parse_float: (i32, i32) -> f64`.
pub(super) fn add(library: &mut Library<'_>, name: &str) -> Added {
    match name {
        "float_to_string" => library.wrap(name, |mut caller: Caller<'_, State>, value: f64| {
            let mut guard = ShadowGuard::from_guest(caller.as_context_mut())?;
            let text = guard.heap.string(&float_to_string(value))?;
            Ok((text.pointer() as i32, text.len as i32))
        }),
        "prim_float_shortest" => library.wrap(name, |mut caller: Caller<'_, State>, value: f64| {
            let mut guard = ShadowGuard::from_guest(caller.as_context_mut())?;
            let text = guard.heap.string(&float_to_source(value))?;
            Ok((text.pointer() as i32, text.len as i32))
        }),
        "prim_parse_float" => library.wrap(name, |mut caller: Caller<'_, State>, pointer: i32, len: i32| {
            let guard = ShadowGuard::from_guest(caller.as_context_mut())?;
            let text = guard.heap.reader().bytes(Raw::from_slice(pointer as u32, len as u32))?;
            std::str::from_utf8(text)
                .ok()
                .and_then(|text| text.parse::<f64>().ok())
                .ok_or_else(|| Error::internal("a numeral that the prelude checked is none").into())
        }),
        _ => None,
    }
}

/// The shortest text that reads back as the same float, for error messages: `0.1`, `1e300`, `nan`.
pub(crate) fn float_to_source(value: f64) -> String {
    match value {
        value if value.is_nan() => "nan".to_owned(),
        value => format!("{value:?}"),
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
    // The language rounds the product, not the exact value: 0.1234565 is 0.123457.
    let (mut whole, fraction) = (value.abs().trunc(), value.abs().fract());
    let mut millionths = (fraction * 1e6 + 0.5).floor();
    if millionths >= 1e6 {
        whole += 1.0;
        millionths = 0.0;
    }
    let sign = if value < 0.0 && (whole, millionths) != (0.0, 0.0) { "-" } else { "" };
    let digits = format!("{:06}", millionths as u32);
    let digits = digits.trim_end_matches('0');
    format!("{sign}{whole:.0}.{}", if digits.is_empty() { "0" } else { digits })
}

#[cfg(test)]
mod tests {
    use super::float_to_string;

    #[test]
    fn fixed_notation() {
        let cases = [
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333"),
            (123_456_789.123_456_79, "123456789.123457"),
            (1.999_999_999_9, "2.0"),
            (0.123_456_5, "0.123457"),
            (1e-7, "0.0"),
            (-1e-9, "0.0"),
            (-0.0, "0.0"),
            (-1.5, "-1.5"),
            (-0.05, "-0.05"),
            (-0.999_999_9, "-1.0"),
            (100.0, "100.0"),
            (1e20, "100000000000000000000.0"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (value, text) in cases {
            assert_eq!(float_to_string(value), text);
        }
    }
}
