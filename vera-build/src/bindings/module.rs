//! The `Module` struct: an instance of the compiled module with a method per public function.

use super::hosts::{Needs, Reserved};
use super::linked::Linked;
use super::names::method_name;
use super::types::RustTypes;
use super::{awaited, contract, docs, names};
use crate::contracts::Contracts;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use vera_compiler::tir::{FnDecl, Local};
use vera_compiler::types::{Ty, TyKind};

/// The static with the `compiled` module, the struct around an instance of it, and the builder. `taken` are the names of
/// types in the wrapper.
pub(crate) fn declaration(
    types: &RustTypes<'_>,
    contracts: &Contracts,
    functions: &[&FnDecl],
    needs: &Needs,
    taken: &BTreeSet<Ident>,
    compiled: &TokenStream,
    async_calls: bool,
) -> TokenStream {
    let reserved = needs.reserve(types, taken);
    let narrow: Vec<&FnDecl> = functions.iter().copied().filter(|function| types.is_narrow(params(function))).collect();
    let fields: Vec<Ident> = (0..narrow.len()).map(|index| format_ident!("f{index}")).collect();
    let field_types = narrow.iter().map(|function| {
        let params = params(function).map(|ty| types.concrete(ty));
        let result = types.concrete(function.result);
        quote!(::vera_runtime::Function<(#(#params,)*), #result>)
    });
    let field_types: Vec<TokenStream> = field_types.collect();
    let vera_names: Vec<Literal> = narrow.iter().map(|function| Literal::string(&function.name)).collect();
    let method_names = names::distinct(functions.iter().map(|function| method_name(&function.name)));
    let methods = |calling: Calling, method_names: &[Ident]| -> Vec<TokenStream> {
        let each = functions.iter().zip(method_names).map(|(function, name)| {
            let position = narrow.iter().position(|other| std::ptr::eq(*other, *function));
            method(types, contracts, calling, name, function, position.map(|index| &fields[index]))
        });
        each.collect()
    };
    let awaited = async_calls.then(|| {
        let method_names = names::distinct(functions.iter().map(|function| awaited::async_name(function)));
        let kept = awaited::Kept { fields: &fields, types: &field_types, names: &vera_names };
        let methods = methods(Calling::Awaited, &method_names);
        awaited::declaration(types, needs, &reserved, taken, &kept, &methods)
    });
    let methods = methods(Calling::Plain, &method_names);
    let host = &reserved.host;
    let (generics, any, host_type) = if needs.any() {
        (quote!(<#host>), quote!(<#host: ::core::marker::Send + 'static>), quote!(#host))
    } else {
        (quote!(), quote!(), quote!(()))
    };
    let linked = Linked {
        template: &reserved.template,
        prepare: "prepare",
        kind: "",
        text: "The module with its host's functions linked. It makes instances in microseconds, each with its own memory: \
               one for each call, or one for each thread.",
    };
    let linked = linked.declaration(&generics, &any, &host_type);
    let instances = instances(&reserved, needs.any());
    let constructors = if needs.any() { with_host(types, needs, &reserved, taken) } else { without_host() };
    let declarations = needs.declarations(types, &reserved, taken);
    let table = functions.iter().map(|function| contract::entry(contracts, function));
    quote! {
        static COMPILED: ::vera_runtime::Compiled = #compiled;

        /// An instance of the module, with a method per public function.
        #[derive(Debug)]
        #[must_use = "a module does nothing until one of its functions is called"]
        pub struct Module #generics {
            #(#fields: #field_types,)*
            instance: ::vera_runtime::Instance<#host_type>,
        }

        fn start #any(
            mut instance: ::vera_runtime::Instance<#host_type>,
        ) -> ::vera_runtime::Result<Module #generics> {
            ::core::result::Result::Ok(Module { #(#fields: instance.function(#vera_names)?,)* instance })
        }

        #linked

        #instances

        #constructors

        impl #any Module #generics {
            /// The contracts of its functions, and which clauses were proved when it was built.
            pub const CONTRACTS: &'static [::vera_runtime::contracts::Contract] = &[#(#table),*];

            /// The instance: its limits, its size, its interface.
            pub fn instance(&self) -> &::vera_runtime::Instance<#host_type> {
                &self.instance
            }

            /// The instance, mutably: for scopes, collections, functions by name.
            pub fn instance_mut(&mut self) -> &mut ::vera_runtime::Instance<#host_type> {
                &mut self.instance
            }

            #(#methods)*
        }

        #declarations

        #awaited
    }
}

/// How the methods of a module call.
#[derive(Clone, Copy)]
enum Calling {
    Plain,
    Awaited,
}

/// The constructors of a module that performs effects of the host, and the accessors of the host.
fn with_host(types: &RustTypes<'_>, needs: &Needs, reserved: &Reserved, taken: &BTreeSet<Ident>) -> TokenStream {
    let host = &reserved.host;
    let bounds = needs.bounds(types);
    // Where an effect is declared is where rustc shows what the host is for.
    let first = needs.effects.first().and_then(|used| used.declared_at(types));
    let given = needs.host_name(types);
    let (new, parameter) = (types.at(first, quote!(new)), types.at(first, quote!(#given: #host)));
    let performed = needs.documentation(types);
    let links = needs.links(types, reserved, taken);
    quote! {
        impl<#host: #(#bounds +)* ::core::marker::Send + 'static> Module<#host> {
            /// Starts an instance whose effects the host implements.
            ///
            #performed
            ///
            /// # Errors
            /// When the module cannot be loaded.
            pub fn #new(#parameter) -> ::vera_runtime::Result<Self> {
                Self::with_limits(#given, ::core::default::Default::default())
            }

            /// Starts an instance with these limits.
            ///
            /// # Errors
            /// When the module cannot be loaded or the limits are too small for it.
            pub fn with_limits(#given: #host, limits: ::vera_runtime::Limits) -> ::vera_runtime::Result<Self> {
                let imports = COMPILED.link(#given, limits)?;
                #links
                start(imports.instantiate()?)
            }
        }

        impl<#host: ::core::marker::Send + 'static> Module<#host> {
            /// The host, which implements the module's effects.
            pub fn host(&self) -> &#host {
                self.instance.host()
            }

            /// The host, mutably.
            pub fn host_mut(&mut self) -> &mut #host {
                self.instance.host_mut()
            }

            /// Ends the instance and returns its host.
            pub fn into_host(self) -> #host {
                self.instance.into_host()
            }
        }
    }
}

/// The template of a module, which makes instances.
fn instances(reserved: &Reserved, hosted: bool) -> TokenStream {
    let (template, host) = (&reserved.template, &reserved.host);
    if !hosted {
        return quote! {
            impl #template {
                /// Makes an instance.
                ///
                /// # Errors
                /// When the limits are too small for the module.
                pub fn instance(&self) -> ::vera_runtime::Result<Module> {
                    start(self.linked.instance(self.host)?)
                }
            }
        };
    }
    quote! {
        impl<#host: ::core::marker::Send + 'static> #template<#host> {
            /// Makes an instance with a copy of the host that the module was linked with.
            ///
            /// # Errors
            /// When the limits are too small for the module.
            pub fn instance(&self) -> ::vera_runtime::Result<Module<#host>>
            where
                #host: ::core::clone::Clone,
            {
                self.instance_with(::core::clone::Clone::clone(&self.host))
            }

            /// Makes an instance with its own host.
            ///
            /// # Errors
            /// When the limits are too small for the module.
            pub fn instance_with(&self, host: #host) -> ::vera_runtime::Result<Module<#host>> {
                start(self.linked.instance(host)?)
            }
        }
    }
}

/// The constructors of a module that performs no effect of the host.
fn without_host() -> TokenStream {
    quote! {
        impl Module {
            /// Starts an instance.
            ///
            /// # Errors
            /// When the module cannot be loaded.
            pub fn new() -> ::vera_runtime::Result<Self> {
                Self::with_limits(::core::default::Default::default())
            }

            /// Starts an instance with these limits.
            ///
            /// # Errors
            /// When the module cannot be loaded or the limits are too small for it.
            pub fn with_limits(limits: ::vera_runtime::Limits) -> ::vera_runtime::Result<Self> {
                start(COMPILED.instantiate((), limits)?)
            }
        }
    }
}

/// The types of a function's parameters.
fn params(function: &FnDecl) -> impl Iterator<Item = Ty> {
    function.params.iter().map(|&param| local(function, param).ty)
}

fn local(function: &FnDecl, id: vera_compiler::tir::LocalId) -> &Local {
    &function.locals[id.index()]
}

fn method(
    types: &RustTypes<'_>,
    contracts: &Contracts,
    calling: Calling,
    name: &Ident,
    function: &FnDecl,
    field: Option<&Ident>,
) -> TokenStream {
    let documentation = docs::attributes(&docs::function(function, contracts));
    let names = parameter_names(types, function);
    let is_unit = |ty: Ty| types.program.types.structural(ty) == Ty::UNIT;
    let named: Vec<_> = names.iter().zip(params(function)).collect();
    let parameters = named.iter().filter(|(_, ty)| !is_unit(*ty)).map(|(name, ty)| {
        let ty = types.argument(*ty);
        quote!(#name: #ty)
    });
    let passed = named.iter().map(|(name, ty)| if is_unit(*ty) { quote!(()) } else { quote!(#name) });
    let result = types.concrete(function.result);
    let (returned, narrow, wide) = match calling {
        Calling::Plain => (quote!(::vera_runtime::Result<#result>), quote!(call), quote!(call_wide)),
        Calling::Awaited => (quote!(::vera_runtime::Call<'_, #result>), quote!(call_async), quote!(call_wide_async)),
    };
    let call = match field {
        Some(field) => quote!(self.instance.#narrow(&self.#field, (#(#passed,)*))),
        None => {
            let vera_name = Literal::string(&function.name);
            let arguments = names::fresh("arguments", |name| names.iter().any(|taken| taken == name));
            let added = named.iter().zip(passed).map(|((_, ty), value)| {
                let ty = types.concrete(*ty);
                quote!(#arguments.add::<#ty>(#value)?;)
            });
            quote! {
                self.instance.#wide(#vera_name, |#arguments| { #(#added)* ::core::result::Result::Ok(()) })
            }
        }
    };
    let method = quote! {
        #documentation
        pub fn #name(&mut self, #(#parameters),*) -> #returned {
            #call
        }
    };
    types.at(Some(function.name_span), method)
}

/// A parameter is named by its annotation comment if that is a word, otherwise by its slot: `nat_1` is `@Nat.1`.
fn parameter_names(types: &RustTypes<'_>, function: &FnDecl) -> Vec<Ident> {
    let bases: Vec<String> = params(function).map(|ty| slot_name(types, ty)).collect();
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
        TyKind::Alias(id, ..) | TyKind::Recursive(id, ..) => names::to_snake(&program.alias(*id).name),
        TyKind::Data(id, _) => names::to_snake(&program.data(*id).name),
        TyKind::Array(_) => "array".into(),
        TyKind::Tuple(_) => "tuple".into(),
        TyKind::Refined(base, ..) => slot_name(types, *base),
        TyKind::Float64 => "float".into(),
        // A type the program has wrong; the name is never seen by code that compiles.
        TyKind::Infer(_) | TyKind::Invalid | TyKind::Param(_) | TyKind::Fn(_) => "value".into(),
        TyKind::Int | TyKind::Nat | TyKind::Bool | TyKind::Byte | TyKind::String | TyKind::Unit | TyKind::Never => {
            names::to_snake(&docs::vera_type(program, ty, &[]))
        }
    }
}
