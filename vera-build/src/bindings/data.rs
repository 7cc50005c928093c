//! A Rust enum or struct per public data type that a signature reaches.

use super::types::{Place, RustTypes, generics, type_parameters};
use super::{docs, identity, names};
use crate::Config;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::BTreeSet;
use vera_compiler::tir::Constructor;
use vera_compiler::types::DataId;

/// A Rust type that represents a Vera data type.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    /// The type and its description for the runtime.
    pub(crate) tokens: TokenStream,
    /// Its description as the key of a map.
    pub(crate) key: TokenStream,
}

/// The declaration of the Rust type. A type with one constructor that has fields is a struct, any other an enum.
pub(crate) fn declaration(types: &RustTypes<'_>, id: DataId, config: &Config) -> Declaration {
    let data = types.program.data(id);
    let name = types.homes.data(id);
    let vera = &data.name;
    let parameters = type_parameters(&data.type_params);
    let generics = generics(&parameters, &types.key_parameters[id.index()]);
    let is_struct = |constructors: &[Constructor]| matches!(constructors, [only] if !only.fields.is_empty());
    // A struct is its constructor: what the author says of either is said here.
    let of_constructor = data.constructors.first().filter(|_| is_struct(&data.constructors));
    let documentation = docs::attributes(&format!(
        "{}{}The Vera type `{vera}`.",
        docs::comment(data.docs.as_deref()),
        docs::comment(of_constructor.and_then(|only| only.docs.as_deref())),
    ));
    let derives = derives(types, id, config);
    let parameters: Vec<TokenStream> = parameters.iter().map(ToTokens::to_token_stream).collect();
    let knot = knot(types, id);
    let place = Place { params: &parameters, knot: Some(&knot) };
    let fields = |constructor: &Constructor| -> Vec<TokenStream> {
        constructor.fields.iter().map(|&field| types.owned(field, place)).collect()
    };
    let identity = identity::declaration(types, id);
    let described = |item: TokenStream, description: TokenStream| Declaration {
        tokens: quote! {
            #documentation
            #derives
            #item
            ::vera_runtime::data! { #description }
            #identity
        },
        key: quote!(::vera_runtime::data_key! { #description }),
    };

    if let [only] = &data.constructors[..]
        && is_struct(&data.constructors)
    {
        let fields = fields(only);
        let names = field_names(fields.len());
        let items = only.fields.iter().zip(&fields).map(|(&ty, field)| {
            let documentation =
                docs::attributes(&format!("`{}`", docs::vera_type(types.program, ty, &data.type_params)));
            quote!(#documentation pub #field)
        });
        return described(
            quote!(pub struct #name #generics(#(#items),*);),
            quote!(struct #name #generics = #vera(#(#names: #fields),*)),
        );
    }
    let names = names::distinct(data.constructors.iter().map(|constructor| names::camel(&constructor.name)));
    let variants = data
        .constructors
        .iter()
        .zip(&names)
        .map(|(constructor, name)| variant(types, name, constructor, &data.type_params, &fields(constructor)));
    let rows = data.constructors.iter().zip(&names).enumerate().map(|(tag, (constructor, variant))| {
        let tag = Literal::u32_unsuffixed(tag as u32);
        let fields = fields(constructor);
        let names = field_names(fields.len());
        quote!(#tag #variant(#(#names: #fields),*))
    });
    described(quote!(pub enum #name #generics { #(#variants),* }), quote!(enum #name #generics = #vera { #(#rows),* }))
}

fn variant(
    types: &RustTypes<'_>,
    name: &Ident,
    constructor: &Constructor,
    parameters: &[String],
    fields: &[TokenStream],
) -> TokenStream {
    let shown: Vec<_> =
        constructor.fields.iter().map(|&field| docs::vera_type(types.program, field, parameters)).collect();
    let shown = if shown.is_empty() { String::new() } else { format!("({})", shown.join(", ")) };
    let documentation =
        docs::attributes(&format!("{}`{}{shown}`", docs::comment(constructor.docs.as_deref()), constructor.name));
    let fields = if fields.is_empty() { quote!() } else { quote!((#(#fields),*)) };
    quote!(#documentation #name #fields)
}

fn field_names(count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("f{index}")).collect()
}

/// `Debug`, `Clone`, `PartialEq`, `Eq` and `Hash` if every field has them, and the derives of the configuration.
fn derives(types: &RustTypes<'_>, id: DataId, config: &Config) -> TokenStream {
    let mut paths: Vec<&str> = vec!["Debug", "Clone", "PartialEq"];
    if types.fields(id).all(|field| types.hashable(field, &mut BTreeSet::from([id]))) {
        paths.extend(["Eq", "Hash"]);
    }
    let name = &types.program.data(id).name;
    let chosen = config.derives_for.iter().filter(|(data, _)| data == name).map(|(_, path)| path);
    for path in config.derives.iter().chain(chosen) {
        if !paths.contains(&path.as_str()) {
            paths.push(path);
        }
    }
    // What is no path is reported by `Config`.
    let paths = paths
        .iter()
        .filter(|path| syn::parse_str::<syn::Path>(path).is_ok())
        .filter_map(|path| path.parse::<TokenStream>().ok());
    quote!(#[derive(#(#paths),*)])
}

/// The data types that a field of `id` must hold in a box: those that contain an `id` in turn.
fn knot(types: &RustTypes<'_>, id: DataId) -> BTreeSet<DataId> {
    let fields_of = |id: DataId| {
        let mut held = BTreeSet::new();
        types.fields(id).for_each(|field| types.held(field, &mut held));
        held
    };
    fields_of(id).into_iter().filter(|&candidate| fields_of(candidate).contains(&id)).collect()
}
