//! The Rust vocabulary agrees with the assembled module.

use wasm_encoder::ValType;
use wasm_encoder::reencode::{Reencode as _, RoundtripReencoder};
use wasmparser::{CompositeInnerType, Operator, Parser, Payload, Validator};

use super::super::{SupportFn, SupportGlobal, function_index, global_index, module};
use vera_abi::heap;

#[test]
fn signatures_are_those_of_the_module() {
    let (mut types, mut functions) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module()) {
        match payload.unwrap() {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group.unwrap().into_types() {
                        let CompositeInnerType::Func(ty) = ty.composite_type.inner else { panic!("only functions") };
                        let encode = |types: &[wasmparser::ValType]| -> Vec<ValType> {
                            types.iter().map(|&ty| RoundtripReencoder.val_type(ty).unwrap()).collect()
                        };
                        types.push((encode(ty.params()), encode(ty.results())));
                    }
                }
            }
            Payload::FunctionSection(section) => functions.extend(section.into_iter().map(Result::unwrap)),
            _ => {}
        }
    }
    for &function in SupportFn::ALL {
        let (params, results) = &types[functions[function_index(function) as usize] as usize];
        assert_eq!((params.as_slice(), results.as_slice()), (function.params(), function.results()), "{function:?}");
    }
}

#[test]
fn the_module_is_valid_and_complete_by_itself() {
    Validator::new().validate_all(module()).unwrap();
    for payload in Parser::new(0).parse_all(module()) {
        match payload.unwrap() {
            Payload::ImportSection(_) | Payload::StartSection { .. } | Payload::ElementSection(_) => {
                panic!("the module imports nothing, starts nothing and has no tables")
            }
            Payload::GlobalSection(section) => {
                for (index, global) in section.into_iter().enumerate() {
                    let global = global.unwrap();
                    let known = SupportGlobal::ALL.iter().find(|&&known| global_index(known) as usize == index);
                    if let Some(known) = known {
                        let word = matches!(known, SupportGlobal::TrapWord(_));
                        let ty = if word { wasmparser::ValType::I64 } else { wasmparser::ValType::I32 };
                        assert!(global.ty.mutable && global.ty.content_type == ty, "{known:?}");
                    }
                    if index as u32 == global_index(SupportGlobal::DataEnd) {
                        let value = global.init_expr.get_operators_reader().read().unwrap();
                        let Operator::I32Const { value } = value else { panic!("a constant") };
                        assert_eq!(value as u32, heap::static_constructor(1));
                    }
                }
            }
            Payload::DataSection(section) => assert_eq!(section.count(), 1),
            _ => {}
        }
    }
}
