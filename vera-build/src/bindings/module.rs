//! The `Module` struct: an instance of the compiled module with a method per public function.

use super::effects::{self, Use};
use super::types::RustTypes;
use super::{Embedding, docs, names};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;
use vera_compiler::tir::{FnDecl, Local};
use vera_compiler::types::{Ty, TyKind};

/// Names of `Module`'s own methods; a Vera function of such a name gets an underscore.
const OWN: [&str; 5] = ["new", "with_limits", "instance", "host", "into_host"];

/// The static with the compiled module, and the struct around an instance of it.
pub(crate) fn declaration(
    types: &RustTypes<'_>,
    functions: &[&FnDecl],
    uses: &[Use<'_>],
    io: &[TokenStream],
    embedding: &Embedding,
) -> TokenStream {
    let compiled = embedding.tokens();
    let needs_host = !uses.is_empty() || !io.is_empty();
    let fields: Vec<Ident> = (0..functions.len()).map(|index| format_ident!("f{index}")).collect();
    let field_types = functions.iter().map(|function| {
        let params = function.params.iter().map(|&param| types.owned(local(function, param).ty, &Default::default()));
        let result = types.owned(function.result, &Default::default());
        quote!(::vera_runtime::Function<(#(#params,)*), #result>)
    });
    let vera_names = functions.iter().map(|function| Literal::string(&function.name));
    let methods = functions.iter().zip(&fields).map(|(function, field)| method(types, function, field));
    let links = uses.iter().flat_map(|used| used.links(types)).collect::<Vec<_>>();
    let bounds = uses.iter().map(|used| used.bound(types)).chain(io.iter().cloned());
    let start = quote! {
        Ok(Self { #(#fields: instance.function(#vera_names)?,)* instance })
    };

    let (declared, generics, bound, host_type) = if needs_host {
        (quote!(<H>), quote!(<H>), quote!(<H: #(#bounds +)* ::core::marker::Send + 'static>), quote!(H))
    } else {
        (quote!(), quote!(), quote!(), quote!(()))
    };
    let constructors = if needs_host {
        let io_links = (!io.is_empty()).then(|| quote!(let imports = ::vera_runtime::io::link(imports)?;));
        quote! {
            /// Starts an instance whose effects `host` carries out.
            ///
            /// # Errors
            /// When the module cannot be loaded.
            pub fn new(host: H) -> ::vera_runtime::Result<Self> {
                Self::with_limits(host, ::vera_runtime::Limits::default())
            }

            /// The same with limits of your own.
            ///
            /// # Errors
            /// When the module cannot be loaded or the limits are too small for it.
            pub fn with_limits(host: H, limits: ::vera_runtime::Limits) -> ::vera_runtime::Result<Self> {
                let imports = COMPILED.link(host, limits)? #(#links)*;
                #io_links
                let mut instance = imports.instantiate()?;
                #start
            }

            /// What carries out the module's effects.
            pub fn host(&mut self) -> &mut H {
                self.instance.host()
            }
        }
    } else {
        quote! {
            /// Starts an instance.
            ///
            /// # Errors
            /// When the module cannot be loaded.
            pub fn new() -> ::vera_runtime::Result<Self> {
                Self::with_limits(::vera_runtime::Limits::default())
            }

            /// The same with limits of your own.
            ///
            /// # Errors
            /// When the module cannot be loaded or the limits are too small for it.
            pub fn with_limits(limits: ::vera_runtime::Limits) -> ::vera_runtime::Result<Self> {
                let mut instance = COMPILED.instantiate((), limits)?;
                #start
            }
        }
    };
    quote! {
        static COMPILED: ::vera_runtime::Compiled = ::vera_runtime::Compiled::from_static(#compiled);

        /// An instance of the module, with a method per public function.
        #[derive(Debug)]
        pub struct Module #declared {
            #(#fields: #field_types,)*
            instance: ::vera_runtime::Instance<#host_type>,
        }

        impl #bound Module #generics {
            #constructors

            /// The instance itself: scopes, limits, collections.
            pub fn instance(&mut self) -> &mut ::vera_runtime::Instance<#host_type> {
                &mut self.instance
            }

            #(#methods)*
        }
    }
}

fn local(function: &FnDecl, id: vera_compiler::tir::LocalId) -> &Local {
    &function.locals[id.index()]
}

fn method(types: &RustTypes<'_>, function: &FnDecl, field: &Ident) -> TokenStream {
    let name = method_name(&function.name);
    let documentation = docs::attributes(&docs::function(function));
    let names = parameter_names(types, function);
    let parameters = names.iter().zip(&function.params).map(|(name, &param)| {
        let ty = types.parameter(local(function, param).ty);
        quote!(#name: #ty)
    });
    let result = types.owned(function.result, &Default::default());
    quote! {
        #documentation
        pub fn #name(&mut self, #(#parameters),*) -> ::vera_runtime::Result<#result> {
            self.instance.call(&self.#field, (#(#names,)*))
        }
    }
}

/// The Rust name of a public function.
pub(crate) fn method_name(name: &str) -> Ident {
    let snake = names::to_snake(name);
    if OWN.contains(&snake.as_str()) { format_ident!("{snake}_") } else { names::snake(name) }
}

/// A parameter is named by its annotation comment where that is a word, otherwise by its slot: `nat_1` is `@Nat.1`.
fn parameter_names(types: &RustTypes<'_>, function: &FnDecl) -> Vec<Ident> {
    let bases: Vec<String> = function.params.iter().map(|&param| slot_name(types, local(function, param).ty)).collect();
    let mut taken = BTreeMap::new();
    let mut chosen = vec![String::new(); bases.len()];
    for index in (0..bases.len()).rev() {
        let count = bases.iter().filter(|base| **base == bases[index]).count();
        let next = taken.entry(bases[index].clone()).or_insert(0usize);
        chosen[index] = if count == 1 { bases[index].clone() } else { format!("{}_{next}", bases[index]) };
        *next += 1;
    }
    for (index, label) in function.labels.iter().enumerate() {
        let Some(word) = label.as_deref().map(str::trim).filter(|word| is_word(word)) else { continue };
        let word = names::to_snake(word);
        if !chosen.contains(&word) {
            chosen[index] = word;
        }
    }
    chosen.iter().map(|name| names::identifier(name)).collect()
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn slot_name(types: &RustTypes<'_>, ty: Ty) -> String {
    let program = types.program;
    match program.types.kind(ty) {
        TyKind::Alias(id, ..) => names::to_snake(&program.alias(*id).name),
        TyKind::Data(id, _) => names::to_snake(&program.data(*id).name),
        TyKind::Array(_) => "array".into(),
        TyKind::Tuple(_) => "tuple".into(),
        TyKind::Refined(base, ..) => slot_name(types, *base),
        TyKind::Float64 => "float".into(),
        _ => names::to_snake(&docs::vera_type(program, ty)),
    }
}

/// The traits that the module's effects ask of its host, besides user effects.
pub(crate) fn io_bounds(interface: &vera_abi::interface::Interface) -> Vec<TokenStream> {
    let uses_io = interface.effects.iter().any(|effect| !effect.user && effect.name == "IO");
    uses_io.then(|| quote!(::vera_runtime::io::Io)).into_iter().collect()
}

/// The user effects of a compiled module.
pub(crate) fn uses<'a>(types: &RustTypes<'_>, interface: &'a vera_abi::interface::Interface) -> Vec<Use<'a>> {
    effects::used(types.program, interface)
}
