//! The requirements of a module on its host, and the builder that composes a host of one value for each effect.
//!
//! A *slot* is an effect that the module performs: a capability of the language's effects, from the table in
//! `vera-abi`, or an effect of the program. Operations are linked in one place, for any host and a function that finds
//! the part of the host that implements the slot. That part is the host itself, or a field of the composed host.

use super::effects::Use;
use super::types::RustTypes;
use super::{docs, names};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use vera_abi::interface::Interface;
use vera_compiler::effects::{self, Capability, Provider};
use vera_compiler::types::EffectId;

/// Methods of the builder that are not those of an effect.
const OWN: [&str; 4] = ["limits", "replay", "build", "template"];

/// The effects that the host of a module implements.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    pub(crate) effects: Vec<Use>,
    pub(crate) capabilities: Vec<&'static Capability>,
    /// Whether the module has mistakes, so that only the possible capabilities are known. Then nothing is required.
    pub(crate) unknown: bool,
}

/// Names for the declarations of a module's host, which no other type in the wrapper has.
pub(crate) struct Reserved {
    /// The type parameter of a single host.
    pub(crate) host: Ident,
    /// The type of a linked module.
    pub(crate) template: Ident,
    builder: Ident,
    pub(crate) hosts: Ident,
    pub(crate) given: Ident,
}

/// An effect that the host of a module implements.
pub(crate) struct Slot<'n> {
    /// The trait, for display.
    pub(crate) name: String,
    /// The same in code.
    pub(crate) bound: TokenStream,
    /// Field of the composed host, and method of the builder.
    pub(crate) field: Ident,
    /// Type parameter of the field.
    pub(crate) param: Ident,
    pub(crate) kind: Kind<'n>,
}

pub(crate) enum Kind<'n> {
    Language(&'static Capability),
    User(&'n Use),
}

impl Needs {
    /// The needs of a compiled module, from its imports.
    pub(crate) fn imported(effects: Vec<Use>, interface: &Interface) -> Self {
        let used = |one: &&Capability| {
            let effect = interface.effects.iter().find(|effect| !effect.user && effect.name == one.effect);
            let mut operations = effect.iter().flat_map(|effect| &effect.operations);
            operations.any(|operation| one.operations.contains(&operation.name.as_str()))
        };
        let capabilities = vera_abi::capability::CAPABILITIES.iter().filter(used).collect();
        Needs { effects, capabilities, unknown: false }
    }

    /// The possible needs of a module with mistakes whose functions declare these effects of the language.
    pub(crate) fn declared(effects: Vec<Use>, language: impl Iterator<Item = EffectId>) -> Self {
        let language: BTreeSet<EffectId> = language.collect();
        let of_host = |id: EffectId| effects::builtin(id).filter(|effect| effect.provider == Provider::Runtime);
        let capabilities: Vec<_> =
            language.into_iter().filter_map(of_host).flat_map(effects::Effect::capabilities).collect();
        let unknown = !capabilities.is_empty();
        Needs { effects, capabilities, unknown }
    }

    /// Whether the module has a host at all.
    pub(crate) fn any(&self) -> bool {
        !self.effects.is_empty() || !self.capabilities.is_empty()
    }

    /// The capabilities that the host needs.
    fn asked(&self) -> &[&'static Capability] {
        if self.unknown { &[] } else { &self.capabilities }
    }

    /// The traits that the host implements, for display.
    fn traits(&self, types: &RustTypes<'_>) -> Vec<String> {
        let effects = self.effects.iter().map(|used| types.homes.effect(used.effect).to_string());
        let mut traits: Vec<String> = effects.chain(self.asked().iter().map(|one| one.name.to_owned())).collect();
        traits.dedup();
        traits
    }

    /// The name of the parameter for the host. rustc shows it when the argument is missing, so it says what is
    /// required.
    pub(crate) fn host_name(&self, types: &RustTypes<'_>) -> Ident {
        const MOST: usize = 4;
        let traits: Vec<_> =
            self.traits(types).iter().map(|name| names::to_snake(name.trim_start_matches("r#"))).collect();
        match traits.split_last() {
            Some((last, [])) => format_ident!("host_of_{last}"),
            Some((last, others)) if others.len() < MOST => format_ident!("host_of_{}_and_{last}", others.join("_")),
            _ => format_ident!("host"),
        }
    }

    /// The name of the type parameter of the host. rustc shows it for a value that does not implement all traits. The
    /// name says that one value implements them all.
    fn host_type(&self, types: &RustTypes<'_>) -> &'static str {
        if self.traits(types).len() > 1 { "OneHost" } else { "H" }
    }

    /// Names for the declarations of the host that differ from the names of these types.
    pub(crate) fn reserve(&self, types: &RustTypes<'_>, taken: &BTreeSet<Ident>) -> Reserved {
        let free = |name| names::fresh(name, |candidate| taken.iter().any(|taken| taken == candidate));
        Reserved {
            host: free(self.host_type(types)),
            template: free("Template"),
            builder: free("Builder"),
            hosts: free("Hosts"),
            given: free("Given"),
        }
    }

    /// The bounds of a single host.
    pub(crate) fn bounds(&self, types: &RustTypes<'_>) -> Vec<TokenStream> {
        let effects = self.effects.iter().map(|used| types.at(used.declared_at(types), used.bound(types)));
        effects.chain(self.asked().iter().map(|one| bound(one))).collect()
    }

    /// The sentence about what the host implements.
    pub(crate) fn documentation(&self, types: &RustTypes<'_>) -> TokenStream {
        let traits: Vec<_> = self.traits(types).iter().map(|name| format!("`{name}`")).collect();
        let line = match traits.split_last() {
            Some((last, [])) => format!(" The host implements {last}."),
            Some((last, others)) => format!(" The host, one value, implements {} and {last}.", others.join(", ")),
            None => " What the host implements is known when the program is without mistakes.".to_owned(),
        };
        quote!(#[doc = #line])
    }

    pub(crate) fn slots(&self, types: &RustTypes<'_>, reserved: &Reserved, taken: &BTreeSet<Ident>) -> Vec<Slot<'_>> {
        let effects = self.effects.iter().map(|used| {
            let name = types.homes.effect(used.effect).to_string();
            let bound = types.at(used.declared_at(types), used.bound(types));
            (name.trim_start_matches("r#").to_owned(), bound, Kind::User(used))
        });
        let language = self.capabilities.iter().map(|one| (one.name.to_owned(), bound(one), Kind::Language(one)));
        let all: Vec<_> = effects.chain(language).collect();
        let wanted = all.iter().map(|(name, _, kind)| match kind {
            Kind::Language(one) => names::snake(one.method),
            Kind::User(_) => names::snake(name),
        });
        let own = OWN.iter().map(|own| names::identifier(own));
        let fields = names::distinct(own.chain(wanted)).split_off(OWN.len());
        let mut types_taken: Vec<Ident> = taken.iter().cloned().collect();
        let Reserved { host, template, builder, hosts, given } = reserved;
        types_taken.extend([host, template, builder, hosts, given].map(Ident::clone));
        let mut slots = Vec::new();
        for ((name, bound, kind), field) in all.into_iter().zip(fields) {
            let param = names::fresh(&format!("{name}Host"), |one| types_taken.iter().any(|taken| taken == one));
            types_taken.push(param.clone());
            slots.push(Slot { name, bound, field, param, kind });
        }
        slots
    }

    /// The calls that link a single host in the imports of an instance.
    pub(crate) fn links(&self, types: &RustTypes<'_>, reserved: &Reserved, taken: &BTreeSet<Ident>) -> TokenStream {
        self.linked(&self.slots(types, reserved, taken), |_| quote!(|host| host))
    }

    fn linked(&self, slots: &[Slot<'_>], part: impl Fn(&Slot<'_>) -> TokenStream) -> TokenStream {
        let links = slots.iter().filter_map(|slot| match &slot.kind {
            Kind::Language(one) => self.language_link(one, part(slot)),
            Kind::User(used) => used.imported().then(|| {
                let (link, part) = (slot.link(), part(slot));
                quote!(let imports = #link(imports, #part)?;)
            }),
        });
        quote!(#(#links)*)
    }

    /// The calls that give the capabilities of the language to the import list of an instance in the making.
    pub(crate) fn language_links<'s>(
        &self,
        slots: impl IntoIterator<Item = &'s Slot<'s>>,
        part: impl Fn(&Slot<'_>) -> TokenStream,
    ) -> TokenStream {
        let links = slots.into_iter().filter_map(|slot| match &slot.kind {
            Kind::Language(one) => self.language_link(one, part(slot)),
            Kind::User(_) => None,
        });
        quote!(#(#links)*)
    }

    fn language_link(&self, one: &Capability, part: TokenStream) -> Option<TokenStream> {
        let method = format_ident!("{}", one.method);
        (!self.unknown).then(|| quote!(let imports = imports.#method(#part)?;))
    }

    /// The functions that link effects of the program, and, for a module with a host, the composed host and its builder.
    pub(crate) fn declarations(
        &self,
        types: &RustTypes<'_>,
        reserved: &Reserved,
        taken: &BTreeSet<Ident>,
    ) -> TokenStream {
        let slots = self.slots(types, reserved, taken);
        let links = slots.iter().filter_map(|slot| match &slot.kind {
            Kind::User(used) if used.imported() => Some(used.link(types, &slot.link())),
            Kind::User(_) | Kind::Language(_) => None,
        });
        let builder = if slots.is_empty() { self.plain_builder(reserved) } else { self.builder(&slots, reserved) };
        quote!(#(#links)* #builder)
    }

    /// The builder of a module without a host.
    fn plain_builder(&self, reserved: &Reserved) -> TokenStream {
        let Reserved { builder, template, .. } = reserved;
        let limits = limits_setter();
        quote! {
            /// Makes an instance of the module.
            #[derive(Clone, Debug)]
            #[must_use = "the instance is made by `build`"]
            pub struct #builder {
                limits: ::vera_runtime::Limits,
            }

            impl Module {
                /// Returns a builder of an instance.
                pub fn builder() -> #builder {
                    #builder { limits: ::core::default::Default::default() }
                }
            }

            impl #builder {
                #limits

                /// Starts the instance.
                ///
                /// # Errors
                /// When the module cannot be loaded or the limits are too small for it.
                pub fn build(self) -> ::vera_runtime::Result<Module> {
                    Module::with_limits(self.limits)
                }

                /// Links the module. The template makes any number of instances, on any thread.
                ///
                /// # Errors
                /// When the module cannot be loaded.
                pub fn template(self) -> ::vera_runtime::Result<#template> {
                    prepare(COMPILED.link((), self.limits)?)
                }
            }
        }
    }

    /// The composed host of a module, and its builder.
    fn builder(&self, slots: &[Slot<'_>], reserved: &Reserved) -> TokenStream {
        let Reserved { builder, hosts, template, .. } = reserved;
        let params: Vec<&Ident> = slots.iter().map(|slot| &slot.param).collect();
        let fields = slots.iter().map(|slot| &slot.field);
        let documentation: Vec<String> = slots.iter().map(|slot| format!(" Implements {}.", slot.effect())).collect();
        let text = "Makes an instance of the module, and grants it its effects one by one.";
        let (frame, limits) = (builder_frame(slots, hosts, builder, &format_ident!("Module"), text), limits_setter());
        let setters = (0..slots.len()).map(|index| self.setter(slots, index, reserved));
        let bounds: Vec<TokenStream> = slots
            .iter()
            .map(|Slot { param, bound, kind, .. }| match kind {
                Kind::Language(_) if self.unknown => quote!(#param: ::core::marker::Send + 'static),
                Kind::Language(_) | Kind::User(_) => quote!(#param: #bound + ::core::marker::Send + 'static),
            })
            .collect();
        let links = self.linked(slots, |slot| {
            let field = &slot.field;
            quote!(|hosts| &mut hosts.#field)
        });
        quote! {
            /// A host with one value for each effect that the module performs.
            #[derive(Clone, Copy, Debug, Default)]
            pub struct #hosts<#(#params),*> {
                #(#[doc = #documentation] pub #fields: #params,)*
            }

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
                ) -> ::vera_runtime::Result<Module<::vera_runtime::host::Replay>> {
                    let imports = COMPILED.link(replay, self.limits)?;
                    start(imports.replay(|host| host, |_, _| ::core::result::Result::Ok(()))?.instantiate()?)
                }

                /// Starts the instance.
                ///
                /// # Errors
                /// When the module cannot be loaded or the limits are too small for it.
                pub fn build(self) -> ::vera_runtime::Result<Module<#hosts<#(#params),*>>>
                where
                    #(#bounds,)*
                {
                    let imports = COMPILED.link(self.hosts, self.limits)?;
                    #links
                    start(imports.instantiate()?)
                }

                /// Links the module to the granted effects. The template makes any number of instances, on any thread.
                ///
                /// # Errors
                /// When the module cannot be loaded.
                pub fn template(self) -> ::vera_runtime::Result<#template<#hosts<#(#params),*>>>
                where
                    #(#bounds,)*
                {
                    let imports = COMPILED.link(self.hosts, self.limits)?;
                    #links
                    prepare(imports)
                }
            }
        }
    }

    /// The method of the builder that fills a slot.
    fn setter(&self, slots: &[Slot<'_>], index: usize, reserved: &Reserved) -> TokenStream {
        let Reserved { builder, hosts, given, .. } = reserved;
        let Slot { field, bound, kind, .. } = &slots[index];
        let documentation = slots[index].documentation();
        let bound = match kind {
            Kind::Language(_) if self.unknown => quote!(),
            Kind::Language(_) | Kind::User(_) => quote!(: #bound),
        };
        let filled: Vec<&Ident> =
            slots.iter().enumerate().map(|(other, slot)| if other == index { given } else { &slot.param }).collect();
        let values = slots.iter().enumerate().map(|(other, slot)| {
            let field = &slot.field;
            if other == index { quote!(#field: host) } else { quote!(#field: self.hosts.#field) }
        });
        quote! {
            #documentation
            pub fn #field<#given #bound>(self, host: #given) -> #builder<#(#filled),*> {
                #builder { hosts: #hosts { #(#values,)* }, limits: self.limits }
            }
        }
    }
}

/// The builder type of a module with a composed host, and the function that makes one to which nothing is granted.
pub(crate) fn builder_frame(
    slots: &[Slot<'_>],
    hosts: &Ident,
    builder: &Ident,
    module: &Ident,
    text: &str,
) -> TokenStream {
    let documentation = docs::attributes(text);
    let params: Vec<&Ident> = slots.iter().map(|slot| &slot.param).collect();
    let fields = slots.iter().map(|slot| &slot.field);
    let nothing = vec![quote!(::vera_runtime::host::NotGranted); slots.len()];
    quote! {
        #documentation
        #[derive(Clone, Debug)]
        #[must_use = "the instance is made by `build`"]
        pub struct #builder<#(#params),*> {
            hosts: #hosts<#(#params),*>,
            limits: ::vera_runtime::Limits,
        }

        impl #module<::vera_runtime::host::NotGranted> {
            /// Returns a builder to which no effect is granted yet. A missing effect is an error of
            /// `build` when this crate is compiled.
            pub fn builder() -> #builder<#(#nothing),*> {
                #builder {
                    hosts: #hosts { #(#fields: #nothing,)* },
                    limits: ::core::default::Default::default(),
                }
            }
        }
    }
}

/// The method of a builder that sets limits.
pub(crate) fn limits_setter() -> TokenStream {
    quote! {
        /// Sets the limits of the instance.
        pub fn limits(mut self, limits: ::vera_runtime::Limits) -> Self {
            self.limits = limits;
            self
        }
    }
}

impl Slot<'_> {
    /// The effect, for documentation.
    pub(crate) fn effect(&self) -> String {
        match &self.kind {
            Kind::Language(one) if one.effect != one.name => {
                format!("the capability `{}` of the effect `{}`", one.name, one.effect)
            }
            Kind::Language(_) | Kind::User(_) => format!("the effect `{}`", self.name),
        }
    }

    /// The function that links an effect of the program.
    pub(crate) fn link(&self) -> Ident {
        format_ident!("link_{}", self.field.to_string().trim_start_matches("r#"))
    }

    /// The function that links an effect of the program to futures.
    pub(crate) fn link_awaited(&self) -> Ident {
        format_ident!("{}_awaited", self.link())
    }

    /// The trait of a part of the composed host that carries out the effect, in one way or the other.
    pub(crate) fn grant(&self) -> Ident {
        format_ident!("__Grant{}", self.param)
    }

    /// The documentation of the builder's method.
    pub(crate) fn documentation(&self) -> TokenStream {
        let mut text = format!("Grants {}", self.effect());
        match &self.kind {
            Kind::User(_) => text.push('.'),
            Kind::Language(one) => {
                let operations: Vec<_> =
                    one.operations.iter().map(|operation| format!("`{}.{operation}`", one.effect)).collect();
                text.push_str(&format!(": {}.", operations.join(", ")));
                let ready = one.ready.iter().map(|ready| match ready.feature {
                    Some(feature) => format!("`{}` (feature `{feature}`)", ready.name),
                    None => format!("`{}`", ready.name),
                });
                let ready: Vec<_> = ready.collect();
                if !ready.is_empty() {
                    let (module, ready) = (one.module, ready.join(", "));
                    text.push_str(&format!("\n\nHosts for it in `vera_runtime::host::{module}`: {ready}."));
                }
            }
        }
        docs::attributes(&text)
    }
}

/// The trait of a capability, in code.
pub(crate) fn bound(one: &Capability) -> TokenStream {
    let (module, name) = (format_ident!("{}", one.module), format_ident!("{}", one.name));
    quote!(::vera_runtime::host::#module::#name)
}
