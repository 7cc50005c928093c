//! A Rust trait per user-declared effect, and the glue that makes an implementation of it the module's import.

use super::types::RustTypes;
use super::{docs, names};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use vera_abi::interface::{EffectDesc, Interface};
use vera_compiler::tir::{EffectDecl, Operation, Program};
use vera_compiler::types::{EffectId, Ty};

/// The trait of an effect. Type parameters of the effect are type parameters of the trait.
pub(crate) fn declaration(types: &RustTypes<'_>, effect: &EffectDecl) -> TokenStream {
    let name = names::camel(&effect.name);
    let documentation = docs::attributes(&format!(
        "{}The Vera effect `{}`. Implement it with `#[vera_host]`.",
        docs::comment(effect.docs.as_deref()),
        effect.name
    ));
    let params: Vec<_> = (0..effect.type_params.len() as u32).map(super::types::type_parameter).collect();
    let generics = if params.is_empty() {
        quote!()
    } else {
        quote!(<#(#params: ::vera_runtime::value::Lift + ::vera_runtime::value::Lower),*>)
    };
    let operations = effect.operations.iter().map(|operation| {
        let method = names::snake(&operation.name);
        let shown =
            operation.params.iter().map(|&ty| docs::vera_type(types.program, ty)).collect::<Vec<_>>().join(", ");
        let result = docs::vera_type(types.program, operation.result);
        let documentation = docs::attributes(&format!(
            "{}`{}.{}({shown} -> {result})`\n\nAn `Err` ends the call of the module with `Error::Host`.",
            docs::comment(operation.docs.as_deref()),
            effect.name,
            operation.name,
        ));
        let parameters = parameters(operation).into_iter().zip(&operation.params).map(|(name, &ty)| {
            let ty = types.parameter(ty);
            quote!(#name: #ty)
        });
        let result = types.owned(operation.result, &BTreeSet::new());
        quote! {
            #documentation
            fn #method<'s>(
                &mut self,
                scope: &mut ::vera_runtime::Scope<'s>,
                #(#parameters),*
            ) -> impl ::vera_runtime::host::IntoHostResult<'s, #result> + use<'s, Self #(, #params)*>;
        }
    });
    quote! {
        #documentation
        pub trait #name #generics {
            #(#operations)*
        }
    }
}

fn parameters(operation: &Operation) -> Vec<Ident> {
    (0..operation.params.len()).map(|index| format_ident!("a{index}")).collect()
}

/// A use of a user effect in the compiled module: which declaration, at which types, and what it imports.
pub(crate) struct Use<'a> {
    pub(crate) effect: EffectId,
    pub(crate) args: Vec<Ty>,
    pub(crate) description: &'a EffectDesc,
}

/// The user effects a compiled module imports, with the row each comes from.
pub(crate) fn used<'a>(program: &Program, interface: &'a Interface) -> Vec<Use<'a>> {
    let rows = program.functions.iter().flat_map(|function| function.row.effects());
    let mut found: Vec<Use<'a>> = Vec::new();
    for used in rows {
        let declaration = program.effect(used.effect);
        let shown: Vec<_> = used.args.iter().map(|&ty| docs::vera_type(program, ty)).collect();
        let name = if shown.is_empty() {
            declaration.name.clone()
        } else {
            format!("{}<{}>", declaration.name, shown.join(", "))
        };
        let Some(description) = interface.effects.iter().find(|effect| effect.user && effect.name == name) else {
            continue;
        };
        if !found.iter().any(|other| other.description.name == name) {
            found.push(Use { effect: used.effect, args: used.args.clone(), description });
        }
    }
    found.sort_by(|a, b| a.description.name.cmp(&b.description.name));
    found
}

impl Use<'_> {
    /// The trait with its type arguments, as a bound.
    pub(crate) fn bound(&self, types: &RustTypes<'_>) -> TokenStream {
        let name = names::camel(&types.program.effect(self.effect).name);
        let args: Vec<_> = self.args.iter().map(|&arg| types.owned(arg, &BTreeSet::new())).collect();
        if args.is_empty() { quote!(#name) } else { quote!(#name<#(#args),*>) }
    }

    /// The calls that give the effect's operations to the import list of an instance in the making.
    pub(crate) fn links(&self, types: &RustTypes<'_>) -> Vec<TokenStream> {
        let effect = types.program.effect(self.effect);
        let bound = self.bound(types);
        let effect_name = Literal::string(&self.description.name);
        let imported =
            |operation: &&Operation| self.description.operations.iter().any(|used| used.name == operation.name);
        let link = |operation: &Operation| {
            let method = names::snake(&operation.name);
            let name = Literal::string(&operation.name);
            let parameters = parameters(operation);
            let owned = operation.params.iter().map(|&ty| self.owned(types, ty));
            let passed = parameters
                .iter()
                .zip(&operation.params)
                .map(|(name, &ty)| if types.is_copy(ty) { quote!(#name) } else { quote!(&#name) });
            let result = self.owned(types, operation.result);
            quote! {
                .operation(#effect_name, #name, |host: &mut H, scope, (#(#parameters,)*): (#(#owned,)*)| {
                    let result = <H as #bound>::#method(host, scope, #(#passed),*);
                    scope.finish::<#result, _>(result)
                })?
            }
        };
        effect.operations.iter().filter(imported).map(link).collect()
    }

    /// A type of the declaration at this use's type arguments.
    fn owned(&self, types: &RustTypes<'_>, ty: Ty) -> TokenStream {
        let args: Vec<_> = self.args.iter().map(|&arg| types.owned(arg, &BTreeSet::new())).collect();
        types.instantiated(ty, &args)
    }
}
