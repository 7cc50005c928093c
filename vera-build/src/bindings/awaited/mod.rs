//! The async part of a wrapper: for each effect a trait whose operations are futures, an `AsyncModule` with a method per
//! public function, and the builder that composes a host for it.
//!
//! A host implements an effect of the program by futures or by plain methods; the builder has a method for each way. The part of the
//! composed host is marked accordingly (`Awaited`, `Blocking`), and a hidden trait links it by its mark.
//!
//! Capabilities of the language are granted by plain methods. Those whose operations wait have a second method, for futures, and
//! hidden traits of the runtime link them. The single host of `new` implements the plain traits.

mod builder;
mod grants;

use super::hosts::{Kind, Needs, Reserved, bound, limits_setter};
use super::linked::Linked;
use super::names::{async_trait, method_name};
use super::types::RustTypes;
use super::{effects, names};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use vera_compiler::tir::FnDecl;
use vera_compiler::types::EffectId;

/// The trait of an effect whose operations are futures.
pub(crate) fn trait_declaration(types: &RustTypes<'_>, id: EffectId) -> TokenStream {
    let effect = types.program.effect(id);
    let text = format!(
        "The Vera effect `{}` for async calls: an operation may be an `async fn`. Implement it with `#[vera_host]`.",
        effect.name
    );
    effects::trait_declaration(types, effect, &async_trait(types.homes.effect(id)), &text, |result| {
        quote! {
            impl ::core::future::Future<Output = impl ::vera_runtime::host::IntoDelivered<#result>>
                + ::core::marker::Send
        }
    })
}

/// Names for what is declared here, next to types of these names.
struct Names {
    module: Ident,
    template: Ident,
    builder: Ident,
}

impl Names {
    fn new(taken: &BTreeSet<Ident>) -> Self {
        let free = |name| names::fresh(name, |candidate| taken.iter().any(|taken| taken == candidate));
        Names { module: free("AsyncModule"), template: free("AsyncTemplate"), builder: free("AsyncBuilder") }
    }
}

/// The narrow functions of a module, as its wrapper keeps them.
pub(crate) struct Kept<'k> {
    pub(crate) fields: &'k [Ident],
    pub(crate) types: &'k [TokenStream],
    pub(crate) names: &'k [Literal],
}

/// `AsyncModule`, its templates and its builder.
pub(crate) fn declaration(
    types: &RustTypes<'_>,
    needs: &Needs,
    reserved: &Reserved,
    taken: &BTreeSet<Ident>,
    kept: &Kept<'_>,
    methods: &[TokenStream],
) -> TokenStream {
    let Names { module, template, .. } = &Names::new(taken);
    let host = &reserved.host;
    let (generics, any, host_type) = if needs.any() {
        (quote!(<#host>), quote!(<#host: ::core::marker::Send + 'static>), quote!(#host))
    } else {
        (quote!(), quote!(), quote!(()))
    };
    let Kept { fields, types: field_types, names: vera_names } = kept;
    let made = if needs.any() { hosted(types, needs, reserved, taken) } else { plain(taken) };
    let linked = Linked {
        template,
        prepare: "prepare_awaited",
        kind: "Async",
        text: "The module with its host's functions linked, for instances with async calls. It makes instances in \
               microseconds, each with its own memory.",
    };
    let linked = linked.declaration(&generics, &any, &host_type);
    quote! {
        ::vera_runtime::__uses_async! {}

        /// An instance of the module with async calls: a method per public function.
        #[derive(Debug)]
        #[must_use = "a module does nothing until one of its functions is called"]
        pub struct #module #generics {
            #(#fields: #field_types,)*
            instance: ::vera_runtime::AsyncInstance<#host_type>,
        }

        fn start_awaited #any(
            mut instance: ::vera_runtime::AsyncInstance<#host_type>,
        ) -> ::vera_runtime::Result<#module #generics> {
            ::core::result::Result::Ok(#module { #(#fields: instance.function(#vera_names)?,)* instance })
        }

        #linked

        #made

        impl #any #module #generics {
            /// The instance itself: its limits, its size, its interface.
            pub fn instance(&self) -> &::vera_runtime::AsyncInstance<#host_type> {
                &self.instance
            }

            /// The same, to be used: scopes, functions by name.
            pub fn instance_mut(&mut self) -> &mut ::vera_runtime::AsyncInstance<#host_type> {
                &mut self.instance
            }

            #(#methods)*
        }
    }
}

/// The name of the method for a public function.
pub(crate) fn async_name(function: &FnDecl) -> Ident {
    let name = method_name(&function.name).to_string();
    format_ident!("{}_async", name.trim_start_matches("r#").trim_end_matches('_'))
}

/// What makes instances of a module without a host.
fn plain(taken: &BTreeSet<Ident>) -> TokenStream {
    let Names { module, template, builder } = &Names::new(taken);
    let limits = limits_setter();
    quote! {
        impl #module {
            /// Starts an instance.
            ///
            /// # Errors
            /// When the module cannot be loaded.
            pub fn new() -> ::vera_runtime::Result<Self> {
                Self::with_limits(::core::default::Default::default())
            }

            /// The same with limits of your own.
            ///
            /// # Errors
            /// When the module cannot be loaded or the limits are too small for it.
            pub fn with_limits(limits: ::vera_runtime::Limits) -> ::vera_runtime::Result<Self> {
                start_awaited(COMPILED.link((), limits)?.awaited().instantiate()?)
            }

            /// Returns a builder of an instance.
            pub fn builder() -> #builder {
                #builder { limits: ::core::default::Default::default() }
            }
        }

        impl #template {
            /// Makes an instance.
            ///
            /// # Errors
            /// When the limits are too small for the module.
            pub fn instance(&self) -> ::vera_runtime::Result<#module> {
                start_awaited(self.linked.instance(self.host)?)
            }
        }

        /// Makes an instance of the module with async calls.
        #[derive(Clone, Debug)]
        #[must_use = "the instance is made by `build`"]
        pub struct #builder {
            limits: ::vera_runtime::Limits,
        }

        impl #builder {
            #limits

            /// Starts the instance.
            ///
            /// # Errors
            /// When the module cannot be loaded or the limits are too small for it.
            pub fn build(self) -> ::vera_runtime::Result<#module> {
                #module::with_limits(self.limits)
            }

            /// The module, linked: what makes any number of instances, on any thread.
            ///
            /// # Errors
            /// When the module cannot be loaded.
            pub fn template(self) -> ::vera_runtime::Result<#template> {
                prepare_awaited(COMPILED.link((), self.limits)?.awaited())
            }
        }
    }
}

/// What makes instances of a module with a host.
fn hosted(types: &RustTypes<'_>, needs: &Needs, reserved: &Reserved, taken: &BTreeSet<Ident>) -> TokenStream {
    let Names { module, template, .. } = &Names::new(taken);
    let host = &reserved.host;
    let slots = needs.slots(types, reserved, taken);
    let bounds: Vec<TokenStream> = slots
        .iter()
        .filter_map(|slot| match slot.kind {
            Kind::User(used) => Some(types.at(used.declared_at(types), used.bound_awaited(types))),
            Kind::Language(_) if needs.unknown => None,
            Kind::Language(one) => Some(bound(one)),
        })
        .collect();
    let given = needs.host_name(types);
    let traits: Vec<String> = slots
        .iter()
        .filter_map(|slot| match slot.kind {
            Kind::User(_) => Some(format!("`Async{}`", slot.name)),
            Kind::Language(_) if needs.unknown => None,
            Kind::Language(_) => Some(format!("`{}`", slot.name)),
        })
        .collect();
    let performed = format!(" The host, one value, implements {}.", traits.join(", "));
    let language = needs.language_links(&slots, |_| quote!(|host| host));
    let awaited = slots.iter().filter_map(|slot| match slot.kind {
        Kind::User(used) if used.imported() => {
            let link = slot.link_awaited();
            Some(quote!(let imports = #link(imports, |host| host)?;))
        }
        Kind::User(_) | Kind::Language(_) => None,
    });
    let links = slots.iter().filter_map(|slot| match slot.kind {
        Kind::User(used) if used.imported() => Some(grants::link(types, used, &slot.link_awaited())),
        Kind::User(_) | Kind::Language(_) => None,
    });
    let builder = builder::declaration(types, needs, &slots, reserved, taken);
    quote! {
        impl<#host: #(#bounds +)* ::core::marker::Send + 'static> #module<#host> {
            /// Starts an instance whose effects the host carries out.
            ///
            #[doc = #performed]
            ///
            /// # Errors
            /// When the module cannot be loaded.
            pub fn new(#given: #host) -> ::vera_runtime::Result<Self> {
                Self::with_limits(#given, ::core::default::Default::default())
            }

            /// The same with limits of your own.
            ///
            /// # Errors
            /// When the module cannot be loaded or the limits are too small for it.
            pub fn with_limits(#given: #host, limits: ::vera_runtime::Limits) -> ::vera_runtime::Result<Self> {
                let imports = COMPILED.link(#given, limits)?;
                #language
                let imports = imports.awaited();
                #(#awaited)*
                start_awaited(imports.instantiate()?)
            }
        }

        impl<#host: ::core::marker::Send + 'static> #module<#host> {
            /// What carries out the module's effects.
            pub fn host(&self) -> &#host {
                self.instance.host()
            }

            /// The same, to be changed.
            pub fn host_mut(&mut self) -> &mut #host {
                self.instance.host_mut()
            }

            /// Ends the instance and gives back its host.
            pub fn into_host(self) -> #host {
                self.instance.into_host()
            }
        }

        impl<#host: ::core::marker::Send + 'static> #template<#host> {
            /// Makes an instance with a copy of the host that the module was linked with.
            ///
            /// # Errors
            /// When the limits are too small for the module.
            pub fn instance(&self) -> ::vera_runtime::Result<#module<#host>>
            where
                #host: ::core::clone::Clone,
            {
                self.instance_with(::core::clone::Clone::clone(&self.host))
            }

            /// Makes an instance with a host of its own.
            ///
            /// # Errors
            /// When the limits are too small for the module.
            pub fn instance_with(&self, host: #host) -> ::vera_runtime::Result<#module<#host>> {
                start_awaited(self.linked.instance(host)?)
            }
        }

        #(#links)*
        #builder
    }
}
