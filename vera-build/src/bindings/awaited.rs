//! The async part of a wrapper: for each effect a trait whose operations are futures, an `AsyncModule` with a method per
//! public function, and the builder that composes a host for it.
//!
//! A host implements an effect of the program by futures or by plain methods; the builder has a method for each way. The part of the
//! composed host is marked accordingly (`Awaited`, `Blocking`), and a hidden trait links it by its mark.
//!
//! Capabilities of the language are granted by plain methods. Those whose operations wait have a second method, for futures, and
//! hidden traits of the runtime link them. The single host of `new` implements the plain traits.

use super::effects::{self, Use};
use super::hosts::{Kind, Needs, Reserved, Slot, bound, builder_frame, limits_setter};
use super::linked::Linked;
use super::names::{async_trait, method_name};
use super::types::{Place, RustTypes};
use super::{docs, names};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use vera_abi::interface::EffectId as EffectRef;
use vera_compiler::effects::Capability;
use vera_compiler::tir::{FnDecl, Operation};
use vera_compiler::types::EffectId;

/// The methods of the builder that are not those of an effect.
const OWN: [&str; 4] = ["limits", "replay", "build", "template"];

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
        Kind::User(used) if used.imported() => Some(link(types, used, &slot.link_awaited())),
        Kind::User(_) | Kind::Language(_) => None,
    });
    let builder = builder(types, needs, &slots, reserved, taken);
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

/// The builder of an instance whose calls are awaited, and what links the parts of its host.
fn builder(
    types: &RustTypes<'_>,
    needs: &Needs,
    slots: &[Slot<'_>],
    reserved: &Reserved,
    taken: &BTreeSet<Ident>,
) -> TokenStream {
    let Names { module, template, builder } = &Names::new(taken);
    let hosts = &reserved.hosts;
    let params: Vec<&Ident> = slots.iter().map(|slot| &slot.param).collect();
    let text = "Makes an instance of the module with async calls, and grants it its effects one by one.";
    let frame = builder_frame(slots, hosts, builder, module, text);
    let limits = limits_setter();
    let others = other_names(slots);
    let setters = slots.iter().enumerate().map(|(index, slot)| {
        let set = |name: &Ident, bound: TokenStream, mark: Option<TokenStream>, text: TokenStream| {
            setter(slots, index, reserved, builder, (name, bound, mark, text))
        };
        match slot.kind {
            Kind::Language(_) if needs.unknown => set(&slot.field, quote!(), None, slot.documentation()),
            Kind::Language(one) => {
                let bound = &slot.bound;
                let plain = set(&slot.field, quote!(: #bound), None, slot.documentation());
                let awaited = one.awaited.then(|| {
                    let bound = awaited_bound(one);
                    let text = docs::attributes(&format!("Grants {}, implemented by futures.", slot.effect()));
                    set(&others[index], quote!(: #bound), Some(quote!(::vera_runtime::host::Awaited)), text)
                });
                quote!(#plain #awaited)
            }
            Kind::User(used) => {
                let (awaited, plain) = (used.bound_awaited(types), &slot.bound);
                let text = docs::attributes(&format!("Grants the effect `{}`, implemented by futures.", slot.name));
                let plain_text = docs::attributes(&format!(
                    "Grants the effect `{}`, implemented by plain methods. They block the thread that polls a call.",
                    slot.name
                ));
                let awaited = set(&slot.field, quote!(: #awaited), Some(quote!(::vera_runtime::host::Awaited)), text);
                let name = &others[index];
                let plain = set(name, quote!(: #plain), Some(quote!(::vera_runtime::host::Blocking)), plain_text);
                quote!(#awaited #plain)
            }
        }
    });
    let bounds: Vec<TokenStream> = slots
        .iter()
        .map(|slot| {
            let param = &slot.param;
            let bound = match slot.kind {
                Kind::Language(_) if needs.unknown => None,
                Kind::Language(one) if one.awaited => Some(grant_of_runtime(one)),
                Kind::Language(_) => Some(slot.bound.clone()),
                Kind::User(_) => {
                    let grant = slot.grant();
                    Some(quote!(#grant))
                }
            };
            let bound = bound.into_iter();
            quote!(#param: #(#bound +)* ::core::marker::Send + 'static)
        })
        .collect();
    let grants = slots.iter().zip(&others).filter_map(|(slot, blocking)| match slot.kind {
        Kind::User(used) => Some(grant(types, used, slot, blocking)),
        Kind::Language(_) => None,
    });
    let blocking = slots.iter().filter(|slot| !matches!(slot.kind, Kind::Language(one) if one.awaited));
    let language = needs.language_links(blocking, |slot| {
        let field = &slot.field;
        quote!(|hosts| &mut hosts.#field)
    });
    let granted = slots.iter().filter_map(|slot| match slot.kind {
        Kind::Language(one) if one.awaited && !needs.unknown => {
            let (param, field, grant) = (&slot.param, &slot.field, grant_of_runtime(one));
            Some(quote!(let imports = <#param as #grant>::link(imports, |hosts| &mut hosts.#field)?;))
        }
        Kind::User(used) if used.imported() => {
            let (param, field, grant) = (&slot.param, &slot.field, slot.grant());
            Some(quote! {
                let imports = <#param as #grant>::link(imports, |hosts| <#param as #grant>::host(&mut hosts.#field))?;
            })
        }
        Kind::User(_) | Kind::Language(_) => None,
    });
    let linked = quote! {
        let imports = COMPILED.link(self.hosts, self.limits)?;
        #language
        let imports = imports.awaited();
        #(#granted)*
    };
    quote! {
        #(#grants)*

        #frame

        impl<#(#params),*> #builder<#(#params),*> {
            #(#setters)*

            #limits

            /// Starts an instance whose effects are answered from a recording. Granted effects are not used.
            ///
            /// # Errors
            /// When the module cannot be loaded or the limits are too small for it.
            pub fn replay(
                self,
                replay: ::vera_runtime::host::Replay,
            ) -> ::vera_runtime::Result<#module<::vera_runtime::host::Replay>> {
                let imports = COMPILED.link(replay, self.limits)?;
                let imports = imports.replay(|host| host, |_, _| ::core::result::Result::Ok(()))?;
                start_awaited(imports.awaited().instantiate()?)
            }

            /// Starts the instance.
            ///
            /// # Errors
            /// When the module cannot be loaded or the limits are too small for it.
            pub fn build(self) -> ::vera_runtime::Result<#module<#hosts<#(#params),*>>>
            where
                #(#bounds,)*
            {
                #linked
                start_awaited(imports.instantiate()?)
            }

            /// The module, linked to what was granted: what makes any number of instances, on any thread.
            ///
            /// # Errors
            /// When the module cannot be loaded.
            pub fn template(self) -> ::vera_runtime::Result<#template<#hosts<#(#params),*>>>
            where
                #(#bounds,)*
            {
                #linked
                prepare_awaited(imports)
            }
        }
    }
}

/// The second methods of the builder: those that grant an effect of the program by plain methods, and a capability of the
/// language by futures.
fn other_names(slots: &[Slot<'_>]) -> Vec<Ident> {
    let own = OWN.iter().map(|own| names::identifier(own));
    let fields = slots.iter().map(|slot| slot.field.clone());
    let others = slots.iter().map(|slot| {
        let way = match slot.kind {
            Kind::User(_) => "blocking",
            Kind::Language(_) => "awaited",
        };
        format_ident!("{}_{way}", slot.field.to_string().trim_start_matches("r#"))
    });
    names::distinct(own.chain(fields).chain(others)).split_off(OWN.len() + slots.len())
}

/// The trait of a capability whose operations are futures.
fn awaited_bound(one: &Capability) -> TokenStream {
    let name = format_ident!("Async{}", one.name);
    quote!(::vera_runtime::host::#name)
}

/// The hidden trait by which a part of the composed host that implements a capability is linked, in one way or the other.
fn grant_of_runtime(one: &Capability) -> TokenStream {
    let name = format_ident!("Grant{}", one.name);
    quote!(::vera_runtime::host::#name)
}

/// A method of the builder that fills a slot: its name, the bound of the host, the mark of the part, its documentation.
fn setter(
    slots: &[Slot<'_>],
    index: usize,
    reserved: &Reserved,
    builder: &Ident,
    (name, bound, mark, documentation): (&Ident, TokenStream, Option<TokenStream>, TokenStream),
) -> TokenStream {
    let Reserved { hosts, given, .. } = reserved;
    let filled = slots.iter().enumerate().map(|(other, slot)| {
        let param = &slot.param;
        match &mark {
            _ if other != index => quote!(#param),
            Some(mark) => quote!(#mark<#given>),
            None => quote!(#given),
        }
    });
    let values = slots.iter().enumerate().map(|(other, slot)| {
        let field = &slot.field;
        match &mark {
            _ if other != index => quote!(#field: self.hosts.#field),
            Some(mark) => quote!(#field: #mark(host)),
            None => quote!(#field: host),
        }
    });
    quote! {
        #documentation
        pub fn #name<#given #bound>(self, host: #given) -> #builder<#(#filled),*> {
            #builder { hosts: #hosts { #(#values,)* }, limits: self.limits }
        }
    }
}

/// The hidden trait by which a part of the composed host is linked as its mark says. `blocking` is the method of the builder
/// for plain methods.
fn grant(types: &RustTypes<'_>, used: &Use, slot: &Slot<'_>, blocking: &Ident) -> TokenStream {
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
fn link(types: &RustTypes<'_>, used: &Use, name: &Ident) -> TokenStream {
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
