//! How an effect of the program is linked to a part of the composed host: by the mark of the part, as futures or as plain
//! methods.

use crate::bindings::effects::{self, Use};
use crate::bindings::hosts::Slot;
use crate::bindings::types::{Place, RustTypes};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use vera_abi::interface::EffectId as EffectRef;
use vera_compiler::tir::Operation;

/// The hidden trait by which a part of the composed host is linked as its mark says. `blocking` is the method of the builder
/// for plain methods.
pub(super) fn grant(types: &RustTypes<'_>, used: &Use, slot: &Slot<'_>, blocking: &Ident) -> TokenStream {
    let grant = slot.grant();
    let (awaited, plain) = (used.bound_awaited(types), used.bound(types));
    let message = format!("nothing carries out the effect `{}`", slot.name);
    let field = slot.field.to_string();
    let label = format!(
        "grant it with `.{field}(host)`, where the host implements `Async{0}`, or with `.{blocking}(host)`, where it \
         implements `{0}`",
        slot.name
    );
    let (link_awaited, link_plain) = if used.imported() {
        let (awaited, plain) = (slot.link_awaited(), slot.link());
        (quote!(#awaited(imports, part)), quote!(imports.blocking(|imports| #plain(imports, part))))
    } else {
        (quote!(::core::result::Result::Ok(imports)), quote!(::core::result::Result::Ok(imports)))
    };
    let implementation = |mark: TokenStream, bound: TokenStream, link: TokenStream| {
        quote! {
            impl<__P: #bound + ::core::marker::Send + 'static> #grant for ::vera_runtime::host::#mark<__P> {
                type Host = __P;

                fn host(&mut self) -> &mut __P {
                    &mut self.0
                }

                fn link<__H: ::core::marker::Send + 'static>(
                    imports: ::vera_runtime::host::AsyncImports<__H>,
                    part: fn(&mut __H) -> &mut __P,
                ) -> ::vera_runtime::Result<::vera_runtime::host::AsyncImports<__H>> {
                    #link
                }
            }
        }
    };
    let awaited = implementation(quote!(Awaited), awaited, link_awaited);
    let plain = implementation(quote!(Blocking), plain, link_plain);
    quote! {
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = #message, label = #label)]
        pub trait #grant {
            type Host;

            fn host(&mut self) -> &mut Self::Host;

            fn link<__H: ::core::marker::Send + 'static>(
                imports: ::vera_runtime::host::AsyncImports<__H>,
                part: fn(&mut __H) -> &mut Self::Host,
            ) -> ::vera_runtime::Result<::vera_runtime::host::AsyncImports<__H>>;
        }

        #awaited
        #plain
    }
}

/// The function `name`, which gives the effect's operations to an instance in the making, as futures of a part of its host.
pub(super) fn link(types: &RustTypes<'_>, used: &Use, name: &Ident) -> TokenStream {
    let bound = used.bound_awaited(types);
    let Some((EffectRef(index), imported)) = used.operations() else { return TokenStream::new() };
    let id = Literal::u32_unsuffixed(*index);
    let params = used.arguments(types);
    let place = Place { params: &params, knot: None };
    let effect = types.program.effect(used.effect);
    let operations = effect.operations.iter().zip(effects::method_names(effect));
    let operations = operations.filter(|(operation, _)| imported.contains(&operation.name));
    let link = |(operation, method): (&Operation, Ident)| {
        let name = Literal::string(&operation.name);
        let arguments = effects::argument_names(operation);
        let owned = operation.params.iter().map(|&ty| types.owned(ty, place));
        let passed = arguments
            .iter()
            .zip(&operation.params)
            .map(|(name, &ty)| if types.by_value(ty) { quote!(#name) } else { quote!(&#name) });
        let result = types.owned(operation.result, place);
        quote! {
            .operation::<(#(#owned,)*), #result, _>(
                ::vera_runtime::host::EffectId(#id),
                #name,
                move |host, (#(#arguments,)*)| {
                    ::std::boxed::Box::pin(async move {
                        let result = <__P as #bound>::#method(part(host) #(, #passed)*).await;
                        ::vera_runtime::host::delivered::<#result>(result)
                    })
                },
            )?
        }
    };
    let operations = operations.map(link);
    quote! {
        fn #name<__H: ::core::marker::Send + 'static, __P: #bound + ::core::marker::Send + 'static>(
            imports: ::vera_runtime::host::AsyncImports<__H>,
            part: fn(&mut __H) -> &mut __P,
        ) -> ::vera_runtime::Result<::vera_runtime::host::AsyncImports<__H>> {
            ::core::result::Result::Ok(imports #(#operations)*)
        }
    }
}
