//! What the module says of itself.

use super::*;
use crate::core::{FrameId, Op};
use vera_abi::interface::{CodeDesc, FrameDesc, FunctionDesc, Interface, TypeDesc, TypeId};

/// The interface section of a module.
fn interface_of(wasm: &[u8]) -> Interface {
    let section = wasmparser::Parser::new(0).parse_all(wasm).find_map(|payload| match payload.expect("well formed") {
        wasmparser::Payload::CustomSection(section) if section.name() == names::INTERFACE_SECTION => {
            Some(Interface::from_bytes(section.data()).expect("decodes"))
        }
        _ => None,
    });
    section.expect("there is one")
}

#[test]
fn the_interface_names_the_functions_of_code() {
    let mut builder = ProgramBuilder::default();
    builder.program.interface.types.push(TypeDesc::Int);
    let overflow = builder.site(TrapKind::Overflow);
    let names = ["flat", "tail", "deep", "calls_deep", "indirect"];
    for name in names {
        builder.declare(name, &[I64], I64);
        builder.program.interface.functions.push(FunctionDesc {
            name: name.into(),
            params: vec![TypeId(0)],
            result: TypeId(0),
            effects: "pure".into(),
        });
    }
    let [flat, tail, deep, calls_deep, indirect] = [0, 1, 2, 3, 4].map(crate::core::FnId);
    builder.define(flat, |body, args| End::Yield(body.call(tail, args)));
    builder.define(tail, |_, args| End::TailCall(tail, args.to_vec()));
    builder.define(deep, |body, args| {
        let n = body.call(deep, args);
        End::Yield(body.prim(Prim::AddI64(overflow), &[n, local_i64(1)]))
    });
    builder.define(calls_deep, |_, args| End::TailCall(deep, args.to_vec()));
    let shape = builder.closure(flat, &[]);
    builder.define(indirect, |body, args| {
        let closure = body.op(Ptr, Op::Closure(shape, vec![]));
        End::Yield(body.call_closure(&closure, &[(I64, args[0].clone())], I64))
    });
    let frame = |function: &str, line_end| FrameDesc {
        function: function.into(),
        signature: "@Int -> @Int".into(),
        source: 0,
        line_start: 3,
        line_end,
        builtin: false,
        made: false,
    };
    // The overflow's frame, one that nothing refers to, and two of one name.
    builder.program.interface.frames = vec![frame("flat", 4), frame("gone", 5), frame("deep", 9), frame("deep", 10)];
    builder.program.functions[2].frame = Some(FrameId(2));
    builder.program.functions[4].frame = Some(FrameId(3));

    let emitted = emit(&builder.program);
    let interface = interface_of(&emitted.wasm);
    assert_eq!(interface, emitted.interface);
    assert_eq!(interface.abi_version, vera_abi::ABI_VERSION);
    let lines: Vec<u32> = interface.frames.iter().map(|frame| frame.line_end).collect();
    assert_eq!(lines, [4, 9, 10]);
    let [flat, first, calls_deep, second] = &interface.code[..] else { panic!("{:?}", interface.code) };
    assert_eq!(second.function - first.function, 2);
    let called = |code: &CodeDesc| code.calls.iter().map(|call| call.function).collect::<Vec<_>>();
    assert_eq!(called(flat), [flat.function + 1]);
    assert_eq!((called(first), called(calls_deep)), (vec![first.function], vec![first.function]));
    assert!(second.calls.is_empty());
    let frames = |function| interface.places_of(function, 0).map(|place| place.frame).collect::<Vec<_>>();
    assert_eq!([first.function, first.function + 1, second.function].map(frames), [vec![1], vec![], vec![2]]);
}

/// Leaf code has no trace of root frames, and checks are hinted to be rare.
#[test]
fn leaf_functions_touch_no_frame() {
    let text = wat(&emit(&of_prim(Prim::AddI64(crate::core::SiteId(0)))).wasm).expect("printable");
    let function = text.rsplit("(func $f ").next().expect("named");
    let body = function.split("\n  )").next().expect("ends");
    assert!(!body.contains("global.get"), "{body}");
    assert!(body.contains("branch_hint"), "{body}");
}

#[test]
fn output_is_deterministic_and_valid() {
    let program = of_prim(Prim::StrConcat);
    let wasm = emit(&program).wasm;
    assert_eq!(wasm, emit(&program).wasm);
    let features = wasmparser::WasmFeatures::default() | wasmparser::WasmFeatures::WIDE_ARITHMETIC;
    wasmparser::Validator::new_with_features(features).validate_all(&wasm).expect("valid");
}
