//! A Rust enum or struct per public data type that a signature reaches.

use super::types::{RustTypes, type_parameter};
use super::{docs, names};
use crate::Config;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use vera_compiler::tir::{Constructor, DataDecl};
use vera_compiler::types::{DataId, Ty, TyKind};

/// The declaration of the Rust type and its description to the runtime. A type with one constructor that has fields
/// is a struct, any other an enum.
pub(crate) fn declaration(types: &RustTypes<'_>, id: DataId, config: &Config) -> TokenStream {
    let data = types.program.data(id);
    let name = names::camel(&data.name);
    let vera = &data.name;
    let generics: Vec<Ident> = (0..data.type_params.len() as u32).map(type_parameter).collect();
    let generics = if generics.is_empty() { quote!() } else { quote!(<#(#generics),*>) };
    let documentation = docs::attributes(&format!("{}The Vera type `{vera}`.", docs::comment(data.docs.as_deref())));
    let derives = derives(types, id, config);
    let boxed = knot(types, id);
    let fields = |constructor: &Constructor| -> Vec<TokenStream> {
        constructor.fields.iter().map(|&field| types.owned(field, &boxed)).collect()
    };

    if let [only] = &data.constructors[..]
        && !only.fields.is_empty()
    {
        let fields = fields(only);
        let names = field_names(fields.len());
        let items = only.fields.iter().zip(&fields).map(|(&ty, field)| {
            let documentation = docs::attributes(&format!("`{}`", docs::vera_type(types.program, ty)));
            quote!(#documentation pub #field)
        });
        return quote! {
            #documentation
            #derives
            pub struct #name #generics(#(#items),*);

            ::vera_runtime::data! { struct #name #generics = #vera(#(#names: #fields),*) }
        };
    }
    let variants = data.constructors.iter().map(|constructor| variant(types, constructor, &fields(constructor)));
    let rows = data.constructors.iter().enumerate().map(|(tag, constructor)| {
        let tag = proc_macro2::Literal::u32_unsuffixed(tag as u32);
        let variant = names::camel(&constructor.name);
        let fields = fields(constructor);
        let names = field_names(fields.len());
        quote!(#tag #variant(#(#names: #fields),*))
    });
    quote! {
        #documentation
        #derives
        pub enum #name #generics {
            #(#variants),*
        }

        ::vera_runtime::data! { enum #name #generics = #vera { #(#rows),* } }
    }
}

fn variant(types: &RustTypes<'_>, constructor: &Constructor, fields: &[TokenStream]) -> TokenStream {
    let name = names::camel(&constructor.name);
    let shown: Vec<_> = constructor.fields.iter().map(|&field| docs::vera_type(types.program, field)).collect();
    let shown = if shown.is_empty() { String::new() } else { format!("({})", shown.join(", ")) };
    let documentation =
        docs::attributes(&format!("{}`{}{shown}`", docs::comment(constructor.docs.as_deref()), constructor.name));
    let fields = if fields.is_empty() { quote!() } else { quote!((#(#fields),*)) };
    quote!(#documentation #name #fields)
}

fn field_names(count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("f{index}")).collect()
}

/// `Debug`, `Clone`, `PartialEq`, `Eq` and `Hash` where every field has them, and what the configuration adds.
fn derives(types: &RustTypes<'_>, id: DataId, config: &Config) -> TokenStream {
    let data = types.program.data(id);
    let mut paths: Vec<String> = ["Debug", "Clone", "PartialEq"].map(String::from).to_vec();
    let fields = data.constructors.iter().flat_map(|constructor| &constructor.fields);
    if fields.copied().all(|field| types.hashable(field, &mut BTreeSet::from([id]))) {
        paths.extend(["Eq", "Hash"].map(String::from));
    }
    let chosen = config.derives_for.iter().filter(|(name, _)| *name == data.name).map(|(_, path)| path);
    for path in config.derives.iter().chain(chosen) {
        if !paths.contains(path) {
            paths.push(path.clone());
        }
    }
    let paths = paths.iter().filter_map(|path| path.parse::<TokenStream>().ok());
    quote!(#[derive(#(#paths),*)])
}

/// The data types that a field of `id` must hold in a box: those that hold an `id` in turn.
fn knot(types: &RustTypes<'_>, id: DataId) -> BTreeSet<DataId> {
    let mut holders = BTreeSet::new();
    let mut reached = BTreeSet::new();
    held(types, types.program.data(id), &mut reached);
    for candidate in reached {
        let mut back = BTreeSet::new();
        held(types, types.program.data(candidate), &mut back);
        if back.contains(&id) {
            holders.insert(candidate);
        }
    }
    holders
}

/// The data types of the program that values of `data` hold without a vector or map in between.
fn held(types: &RustTypes<'_>, data: &DataDecl, found: &mut BTreeSet<DataId>) {
    for &field in data.constructors.iter().flat_map(|constructor| &constructor.fields) {
        held_by(types, field, found);
    }
}

fn held_by(types: &RustTypes<'_>, ty: Ty, found: &mut BTreeSet<DataId>) {
    let program = types.program;
    match program.types.kind(program.types.structural(ty)) {
        TyKind::Tuple(items) => items.iter().for_each(|&item| held_by(types, item, found)),
        TyKind::Data(id, args) => match types.prelude_name(*id) {
            Some("Map" | "Set") => {}
            Some(_) => args.iter().for_each(|&arg| held_by(types, arg, found)),
            None => {
                args.iter().for_each(|&arg| held_by(types, arg, found));
                if found.insert(*id) {
                    held(types, program.data(*id), found);
                }
            }
        },
        _ => {}
    }
}
