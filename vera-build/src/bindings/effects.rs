//! A Rust trait per user-declared effect, and the code that makes an implementation of it the module's import.

use super::reach::NotExpressible;
use super::types::{Place, RustTypes, type_parameters};
use super::{docs, names};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::BTreeSet;
use vera_abi::interface::EffectId as EffectRef;
use vera_compiler::driver::Compilation;
use vera_compiler::source::Span;
use vera_compiler::tir::{EffectDecl, FnDecl, Operation};
use vera_compiler::types::{DataId, EffectId, EffectUse, Ty};

/// The trait of an effect. Type parameters of the effect are type parameters of the trait.
pub(crate) fn declaration(types: &RustTypes<'_>, id: EffectId) -> TokenStream {
    let effect = types.program.effect(id);
    let text = format!("The Vera effect `{}`. Implement it with `#[vera_host]`.", effect.name);
    trait_declaration(
        types,
        effect,
        types.homes.effect(id),
        &text,
        |result| quote!(impl for<'s> ::vera_runtime::host::IntoHostResult<'s, #result>),
    )
}

/// A trait with a method for each operation of an effect. `text` follows the effect's comment in its documentation, and
/// `returned` is what a method returns, by the Rust type of the operation's result.
pub(crate) fn trait_declaration(
    types: &RustTypes<'_>,
    effect: &EffectDecl,
    name: &Ident,
    text: &str,
    returned: impl Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let documentation = docs::attributes(&format!("{}{text}", docs::comment(effect.docs.as_deref())));
    let (generics, params) = generics(types, effect);
    let place = Place { params: &params, knot: None };
    let operations = effect.operations.iter().zip(method_names(effect)).map(|(operation, method)| {
        let documentation = operation_documentation(types, effect, operation);
        let arguments = argument_names(operation).into_iter().zip(&operation.params).map(|(name, &ty)| {
            let ty = types.parameter(ty, place);
            quote!(#name: #ty)
        });
        let returned = returned(types.owned(operation.result, place));
        let method = quote! {
            #documentation
            fn #method(&mut self #(, #arguments)*) -> #returned;
        };
        types.at(operation.name_span, method)
    });
    quote! {
        #documentation
        pub trait #name #generics {
            // By which `#[vera_host]` knows the trait of an effect.
            #[doc(hidden)]
            fn __vera_effect(&self) {}

            #(#operations)*
        }
    }
}

/// The type parameters of the trait of an effect, with their bounds, and as types.
pub(crate) fn generics(types: &RustTypes<'_>, effect: &EffectDecl) -> (TokenStream, Vec<TokenStream>) {
    let parameters = type_parameters(&effect.type_params);
    let keys = key_parameters(types, effect);
    let bounds = (0..).zip(&parameters).map(|(index, parameter)| {
        let key = keys.contains(&index).then(|| quote!(+ ::vera_runtime::value::Key));
        quote!(#parameter: ::vera_runtime::value::Lift + ::vera_runtime::value::Lower #key)
    });
    let generics = if parameters.is_empty() { quote!() } else { quote!(<#(#bounds),*>) };
    (generics, parameters.iter().map(ToTokens::to_token_stream).collect())
}

/// What a host reads of an operation.
pub(crate) fn operation_documentation(
    types: &RustTypes<'_>,
    effect: &EffectDecl,
    operation: &Operation,
) -> TokenStream {
    let shown = |ty: Ty| docs::vera_type(types.program, ty, &effect.type_params);
    let signature = operation.params.iter().map(|&ty| shown(ty)).collect::<Vec<_>>().join(", ");
    docs::attributes(&format!(
        "{}`{}.{}({signature} -> {})`\n\nAn `Err` ends the call of the module with `Error::Host`.",
        docs::comment(operation.docs.as_deref()),
        effect.name,
        operation.name,
        shown(operation.result),
    ))
}

/// The data types that the signature of an operation reaches.
///
/// # Errors
/// The reason why a host cannot implement the operation.
pub(crate) fn check(types: &RustTypes<'_>, operation: &Operation) -> Result<BTreeSet<DataId>, NotExpressible> {
    if !types.is_narrow(operation.params.iter().copied()) {
        return Err(NotExpressible::ManyParameters(operation.params.len()));
    }
    let mut reached = BTreeSet::new();
    let mut signature = operation.params.iter().chain([&operation.result]);
    signature.try_for_each(|&ty| types.reach(ty, &mut reached))?;
    Ok(reached)
}

/// The type parameters of an effect that are keys of a map or set in its operations.
pub(crate) fn key_parameters(types: &RustTypes<'_>, effect: &EffectDecl) -> BTreeSet<u32> {
    let mut keys = BTreeSet::new();
    for operation in &effect.operations {
        operation.params.iter().chain([&operation.result]).for_each(|&ty| types.key_uses(ty, false, &mut keys));
    }
    keys
}

/// The method of each operation.
pub(crate) fn method_names(effect: &EffectDecl) -> Vec<Ident> {
    names::distinct(effect.operations.iter().map(|operation| names::snake(&operation.name)))
}

pub(crate) fn argument_names(operation: &Operation) -> Vec<Ident> {
    (0..operation.params.len()).map(|index| format_ident!("a{index}")).collect()
}

/// A user effect that the host of a module implements: its declaration and its type arguments.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) effect: EffectId,
    pub(crate) args: Vec<Ty>,
    /// Its place in the interface, with the operations that the module imports; `None` if mistakes prevent the program
    /// from being compiled.
    imported: Option<(EffectRef, Vec<String>)>,
}

/// The user effects a compiled module imports.
pub(crate) fn imported(compilation: &Compilation) -> Vec<Use> {
    let described = (0..).zip(&compilation.interface.effects).zip(&compilation.effects);
    let user = described.filter(|((_, description), _)| description.user);
    user.map(|((index, description), used)| {
        let operations = description.operations.iter().map(|operation| operation.name.clone()).collect();
        Use { effect: used.effect, args: used.args.clone(), imported: Some((EffectRef(index), operations)) }
    })
    .collect()
}

/// The user effects that a module will import once its mistakes are fixed, taken from the rows of its public functions.
pub(crate) fn declared<'f>(types: &RustTypes<'_>, functions: impl Iterator<Item = &'f FnDecl>) -> Vec<Use> {
    let rows = functions.flat_map(|function| function.row.effects());
    let user = rows.filter(|used| types.program.effect(used.effect).module.is_some());
    let mut found: Vec<Use> = Vec::new();
    for EffectUse { effect, args } in user {
        let same = |other: &Use| {
            other.effect == *effect && other.args.iter().zip(args).all(|(&one, &other)| types.equal(one, other))
        };
        if !found.iter().any(same) {
            found.push(Use { effect: *effect, args: args.clone(), imported: None });
        }
    }
    found
}

impl Use {
    /// The trait with its type arguments, as a bound.
    pub(crate) fn bound(&self, types: &RustTypes<'_>) -> TokenStream {
        let name = types.effect(self.effect);
        let args = self.arguments(types);
        if args.is_empty() { quote!(#name) } else { quote!(#name<#(#args),*>) }
    }

    /// The trait whose operations are futures, as a bound.
    pub(crate) fn bound_awaited(&self, types: &RustTypes<'_>) -> TokenStream {
        let name = types.effect_awaited(self.effect);
        let args = self.arguments(types);
        if args.is_empty() { quote!(#name) } else { quote!(#name<#(#args),*>) }
    }

    /// Where the effect is declared.
    pub(crate) fn declared_at(&self, types: &RustTypes<'_>) -> Option<Span> {
        types.program.effect(self.effect).span
    }

    pub(crate) fn arguments(&self, types: &RustTypes<'_>) -> Vec<TokenStream> {
        self.args.iter().map(|&arg| types.concrete(arg)).collect()
    }

    /// Whether it is known which operations the module imports.
    pub(crate) fn imported(&self) -> bool {
        self.imported.is_some()
    }

    /// The effect's place in the interface, with the operations that the module imports, when that is known.
    pub(crate) fn operations(&self) -> Option<&(EffectRef, Vec<String>)> {
        self.imported.as_ref()
    }

    /// The function `name`, which links the effect's operations in the imports of an instance to a part of its host.
    pub(crate) fn link(&self, types: &RustTypes<'_>, name: &Ident) -> TokenStream {
        let bound = self.bound(types);
        let Some((EffectRef(index), imported)) = &self.imported else { return TokenStream::new() };
        let id = Literal::u32_unsuffixed(*index);
        let params = self.arguments(types);
        let place = Place { params: &params, knot: None };
        let effect = types.program.effect(self.effect);
        let operations = effect.operations.iter().zip(method_names(effect));
        let operations = operations.filter(|(operation, _)| imported.contains(&operation.name));
        // Names of type parameters hide types of the wrapper: these are none of Vera's.
        let (host, part) = (format_ident!("__H"), format_ident!("__P"));
        let link = |(operation, method): (&Operation, Ident)| {
            let name = Literal::string(&operation.name);
            let arguments = argument_names(operation);
            let owned = operation.params.iter().map(|&ty| types.owned(ty, place));
            let passed = arguments
                .iter()
                .zip(&operation.params)
                .map(|(name, &ty)| if types.by_value(ty) { quote!(#name) } else { quote!(&#name) });
            let result = types.owned(operation.result, place);
            quote! {
                .operation(
                    ::vera_runtime::host::EffectId(#id),
                    #name,
                    move |host: &mut #host, scope, (#(#arguments,)*): (#(#owned,)*)| {
                        let result = <#part as #bound>::#method(part(host) #(, #passed)*);
                        scope.finish::<#result, _>(result)
                    },
                )?
            }
        };
        let operations = operations.map(link);
        quote! {
            fn #name<#host: ::core::marker::Send + 'static, #part: #bound + 'static>(
                imports: ::vera_runtime::host::Imports<#host>,
                part: fn(&mut #host) -> &mut #part,
            ) -> ::vera_runtime::Result<::vera_runtime::host::Imports<#host>> {
                ::core::result::Result::Ok(imports #(#operations)*)
            }
        }
    }
}
