//! The machine code that the build made is what runs. How a wrapper refers to it is no public interface: wrappers of the
//! same release alone make modules of machine code.

use vera_runtime::__private::precompiled;
use vera_runtime::{Compiled, Error, Limits};

const WASM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tariff.wasm"));
const CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tariff.code"));

#[test]
fn the_code_of_the_build_fits_the_default_limits() {
    precompiled(WASM, CODE).check_precompiled(&Limits::default()).expect("the code fits");
}

#[test]
fn what_does_not_fit_is_said() {
    let said = |compiled: Compiled, limits: &Limits| match compiled.check_precompiled(limits) {
        Err(Error::Load(why)) => why.to_string(),
        other => panic!("{other:?}"),
    };
    let metered = Limits { fuel: Some(1_000_000), ..Limits::default() };
    let why = said(precompiled(WASM, CODE), &metered);
    assert!(why.contains("there is none with fuel and without a deadline"), "{why}");
    let why = said(Compiled::from_static(WASM), &Limits::default());
    assert!(why.contains("it is not precompiled"), "{why}");
}
