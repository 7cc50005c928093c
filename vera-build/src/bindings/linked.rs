//! The type of a linked module in the generated code. Plain and async calls have one each.

use super::docs;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The type of a linked module, and the function that makes it.
pub(crate) struct Linked<'l> {
    /// The name of the type.
    pub(crate) template: &'l Ident,
    /// The name of the function.
    pub(crate) prepare: &'l str,
    /// What the names of the runtime's types begin with: `Async` for instances with async calls.
    pub(crate) kind: &'l str,
    /// The documentation of the type.
    pub(crate) text: &'l str,
}

impl Linked<'_> {
    /// Its declarations, with the generics of the type and of the function.
    pub(crate) fn declaration(&self, generics: &TokenStream, any: &TokenStream, host: &TokenStream) -> TokenStream {
        let documentation = docs::attributes(self.text);
        let (template, prepare) = (self.template, format_ident!("{}", self.prepare));
        let [linked, imports] = ["Template", "Imports"].map(|name| format_ident!("{}{name}", self.kind));
        quote! {
            #documentation
            #[derive(Clone, Debug)]
            #[must_use = "a template does nothing: `instance` makes an instance"]
            pub struct #template #generics {
                linked: ::vera_runtime::#linked<#host>,
                host: #host,
            }

            fn #prepare #any(imports: ::vera_runtime::host::#imports<#host>) -> ::vera_runtime::Result<#template #generics> {
                let (linked, host) = imports.template()?;
                ::core::result::Result::Ok(#template { linked, host })
            }
        }
    }
}
