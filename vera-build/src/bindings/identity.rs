//! Whether two Rust types were generated from the same Vera declaration.
//!
//! If a program is told where the types of a module are, those types must be the ones that it would have generated:
//! with the same constructors, fields and types of fields, recursively. Each generated type carries a hash of all of
//! this. Code that uses a type from elsewhere compares the hash at compile time.

use super::types::{RustTypes, generics, type_parameters};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::BTreeMap;
use std::fmt::Write;
use vera_compiler::types::{DataId, Ty, TyKind};

/// The implementation of the trait that carries the hash of a type.
pub(crate) fn declaration(types: &RustTypes<'_>, id: DataId) -> TokenStream {
    let name = types.homes.data(id);
    let parameters = type_parameters(&types.program.data(id).type_params);
    let generics = generics(&parameters, &types.key_parameters[id.index()]);
    let arguments = if parameters.is_empty() { quote!() } else { quote!(<#(#parameters),*>) };
    let number = number(types, id);
    quote! {
        impl #generics ::vera_runtime::__private::Declared for #name #arguments {
            const DECLARATION: u64 = #number;
        }
    }
}

/// Code that compiles only if a type from elsewhere is the one that would be generated.
pub(crate) fn check(types: &RustTypes<'_>, id: DataId, path: &TokenStream) -> TokenStream {
    let data = types.program.data(id);
    let arguments = if data.type_params.is_empty() {
        quote!()
    } else {
        let units = data.type_params.iter().map(|_| quote!(()));
        quote!(<#(#units),*>)
    };
    let number = number(types, id);
    let module = &types.program.modules[data.module.index()].path;
    let message = format!(
        "`{path}` was not generated from `data {}` of the Vera module `{module}` as it is imported here: give the path of \
         a wrapper of the same file",
        data.name,
        path = path.to_string().replace(' ', ""),
    );
    quote! {
        const _: () = ::core::assert!(
            <#path #arguments as ::vera_runtime::__private::Declared>::DECLARATION == #number,
            #message,
        );
    }
}

fn number(types: &RustTypes<'_>, id: DataId) -> Literal {
    Literal::u64_unsuffixed(hash(description(types, id).as_bytes()))
}

/// 64-bit FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// The declaration and those of all types that it reaches, in the order in which they are reached.
fn description(types: &RustTypes<'_>, id: DataId) -> String {
    let mut text = String::new();
    let mut known = Known { order: vec![id], places: BTreeMap::from([(id, 0)]) };
    let mut next = 0;
    while let Some(&id) = known.order.get(next) {
        next += 1;
        let data = types.program.data(id);
        text.push_str(&format!("{}/{}", data.name, data.type_params.len()));
        for constructor in &data.constructors {
            text.push_str(&format!("|{}", constructor.name));
            constructor.fields.iter().for_each(|&field| describe(types, field, &mut known, &mut text));
        }
        text.push(';');
    }
    text
}

/// Data types in the order in which they were reached.
struct Known {
    order: Vec<DataId>,
    places: BTreeMap<DataId, usize>,
}

impl Known {
    fn place(&mut self, id: DataId) -> usize {
        *self.places.entry(id).or_insert_with(|| {
            self.order.push(id);
            self.order.len() - 1
        })
    }
}

fn describe(types: &RustTypes<'_>, ty: Ty, known: &mut Known, text: &mut String) {
    text.push('(');
    match types.kind(ty) {
        TyKind::Array(element) => {
            text.push_str("Array");
            describe(types, *element, known, text);
        }
        TyKind::Tuple(items) => items.iter().for_each(|&item| describe(types, item, known, text)),
        TyKind::Data(id, args) => {
            match types.prelude_type(*id) {
                Some(ty) => text.push_str(ty.name()),
                None => {
                    let index = known.place(*id);
                    // Writing to a string does not fail.
                    let _ = write!(text, "@{index}");
                }
            }
            args.iter().for_each(|&arg| describe(types, arg, known, text));
        }
        TyKind::Param(index) => {
            let _ = write!(text, "#{index}");
        }
        other => {
            let _ = write!(text, "{other:?}");
        }
    }
    text.push(')');
}
