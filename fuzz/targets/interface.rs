//! Interface sections of any bytes: an error, or a description that can be used.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vera_abi::interface::{Interface, TypeId};
use vera_runtime::value::dynamic::{DynValue, signature, type_name};

fuzz_target!(|data: &[u8]| {
    let Ok(interface) = Interface::from_bytes(data) else { return };
    assert_eq!(Interface::from_bytes(&interface.to_bytes()).as_ref(), Ok(&interface));
    for id in (0..interface.types.len() as u32).map(TypeId) {
        assert!(type_name(&interface, id).len() < 10_000 + data.len());
        for text in ["1", "()", "\"a\"", "[[1]]", "((1, 2), 3)", "{1: 2}", "A(B, C(1))", "[[[[", "(((("] {
            let _ = DynValue::parse(&interface, id, text);
        }
    }
    for function in &interface.functions {
        signature(&interface, function);
    }
});
