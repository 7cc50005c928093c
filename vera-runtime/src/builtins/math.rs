//! Mathematical functions that WebAssembly has no instructions for.

use crate::state::State;
use wasmtime::{Func, Store};

/// The function of that import name: `(f64) -> f64` or `(f64, f64) -> f64`.
pub(crate) fn builtin(store: &mut Store<State>, name: &str) -> Option<Func> {
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
        "atan2" => return Some(Func::wrap(store, |y: f64, x: f64| y.atan2(x))),
        "prim_fmod" => return Some(Func::wrap(store, |a: f64, b: f64| a % b)),
        _ => return None,
    };
    Some(Func::wrap(store, unary))
}
