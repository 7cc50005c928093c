//! Mathematical functions that WebAssembly has no instructions for.

use super::{Added, Library};

/// Adds the function of that import name: `(f64) -> f64` or `(f64, f64) -> f64`.
pub(super) fn add(library: &mut Library<'_>, name: &str) -> Added {
    let unary: fn(f64) -> f64 = match name {
        "sin" => f64::sin,
        "cos" => f64::cos,
        "tan" => f64::tan,
        "asin" => f64::asin,
        "acos" => f64::acos,
        "atan" => f64::atan,
        "log" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        "atan2" => return library.wrap(name, |y: f64, x: f64| y.atan2(x)),
        "prim_fmod" => return library.wrap(name, |a: f64, b: f64| a % b),
        _ => return None,
    };
    library.wrap(name, unary)
}
