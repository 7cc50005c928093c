//! The builder of an instance whose calls are awaited: a method per effect and way of granting it, and the functions that make
//! instances of what was granted.

use super::Names;
use super::grants::grant;
use crate::bindings::docs;
use crate::bindings::hosts::{Kind, Needs, Reserved, Slot, builder_frame, limits_setter};
use crate::bindings::names;
use crate::bindings::types::RustTypes;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use vera_compiler::effects::Capability;

/// The methods of the builder that are not those of an effect.
const OWN: [&str; 4] = ["limits", "replay", "build", "template"];

/// The builder, and what links the parts of its host.
pub(super) fn declaration(
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
    let setters = setters(types, needs, slots, reserved, builder, &others);
    let bounds = bounds(needs, slots);
    let linked = linked(needs, slots);
    let grants = slots.iter().zip(&others).filter_map(|(slot, blocking)| match slot.kind {
        Kind::User(used) => Some(grant(types, used, slot, blocking)),
        Kind::Language(_) => None,
    });
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

/// The methods that grant effects.
fn setters(
    types: &RustTypes<'_>,
    needs: &Needs,
    slots: &[Slot<'_>],
    reserved: &Reserved,
    builder: &Ident,
    others: &[Ident],
) -> Vec<TokenStream> {
    let of_slot = |(index, slot): (usize, &Slot<'_>)| {
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
    };
    slots.iter().enumerate().map(of_slot).collect()
}

/// What each part of the composed host must implement.
fn bounds(needs: &Needs, slots: &[Slot<'_>]) -> Vec<TokenStream> {
    let of_slot = |slot: &Slot<'_>| {
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
    };
    slots.iter().map(of_slot).collect()
}

/// The imports of the module, linked to what was granted.
fn linked(needs: &Needs, slots: &[Slot<'_>]) -> TokenStream {
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
    quote! {
        let imports = COMPILED.link(self.hosts, self.limits)?;
        #language
        let imports = imports.awaited();
        #(#granted)*
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
