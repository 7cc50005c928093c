//! The macro of a wrapper that `contract_tests!` calls: a test for each public function.
//!
//! It adds no code until somebody invokes it. Beside it is a table of what only the build knows about each function:
//! the places of its preconditions, the literals of the program, and inputs that random generation does not find.

use super::names;
use super::names::method_name;
use super::types::RustTypes;
use crate::contracts::Contracts;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use vera_compiler::effects::{self, Provider};
use vera_compiler::source::Span;
use vera_compiler::tir::{FnDecl, Program};
use vera_compiler::trial::Mentioned;
use vera_compiler::types::EffectUse;

/// The macro, and the functions that its tests call. `generic` is whether `Module` has a host.
pub(super) fn declaration(
    types: &RustTypes<'_>,
    contracts: &Contracts,
    name: &Ident,
    functions: &[&FnDecl],
    generic: bool,
) -> TokenStream {
    let program = types.program;
    let mentioned = Mentioned::of(program);
    let numbers = mentioned.numbers.iter().map(|number| Literal::i64_unsuffixed(*number));
    let texts = mentioned.texts.iter().map(|text| Literal::string(text));
    let plain = name.to_string();
    let plain = plain.trim_start_matches("r#");
    let (module, tests, made) =
        (format_ident!("__{plain}"), format_ident!("{plain}_contracts"), format_ident!("__{plain}_made"));
    let method_names: Vec<Ident> = names::distinct(functions.iter().map(|function| method_name(&function.name)));
    let cases = functions.iter().map(|function| case(program, contracts, function));
    let count = Literal::usize_unsuffixed(functions.len());
    let alone = functions.iter().zip(&method_names).enumerate().map(|(index, (function, name))| {
        let ignored = performed(program, function).map(|effect| {
            let why = format!("it performs {effect}: tell `contract_tests!` how to make an instance");
            quote!(#[ignore = #why])
        });
        let index = Literal::usize_unsuffixed(index);
        quote! {
            #[::core::prelude::v1::test]
            #ignored
            fn #name() -> ::vera_runtime::__private::Outcome {
                ::vera_runtime::__private::run(super::#module::__compiled(), &super::#module::__CASES[#index])
            }
        }
    });
    let made_by = method_names.iter().enumerate().map(|(index, name)| {
        let index = Literal::usize_unsuffixed(index);
        quote! {
            #[::core::prelude::v1::test]
            fn #name() -> ::vera_runtime::__private::Outcome {
                let made = || super::#made().map(super::#module::__instance);
                ::vera_runtime::__private::run_with(made, &super::#module::__CASES[#index])
            }
        }
    });
    let (generics, of, host, made_type) = if generic {
        let any = quote!(<__H: ::core::marker::Send + 'static>);
        (any, quote!(<__H>), quote!(__H), quote!(#module::Module<impl ::core::marker::Send + 'static>))
    } else {
        (quote!(), quote!(), quote!(()), quote!(#module::Module))
    };
    quote! {
        #[doc(hidden)]
        pub static __CASES: [::vera_runtime::__private::Case; #count] = {
            const NUMBERS: &[::core::primitive::i64] = &[#(#numbers),*];
            const TEXTS: &[&::core::primitive::str] = &[#(#texts),*];
            [#(#cases),*]
        };

        #[doc(hidden)]
        pub fn __compiled() -> &'static ::vera_runtime::Compiled {
            &COMPILED
        }

        #[doc(hidden)]
        pub fn __instance #generics(module: Module #of) -> ::vera_runtime::Instance<#host> {
            module.instance
        }

        #[doc(hidden)]
        macro_rules! __contract_tests {
            ([$($module:tt)+]) => {
                #[cfg(test)]
                use $($module)+ as #module;
                #[cfg(test)]
                mod #tests {
                    #(#alone)*
                }
            };
            ([$($module:tt)+] $made:expr) => {
                #[cfg(test)]
                use $($module)+ as #module;
                #[cfg(test)]
                fn #made() -> ::vera_runtime::Result<#made_type> {
                    $made
                }
                #[cfg(test)]
                mod #tests {
                    #(#made_by)*
                }
            };
        }
        #[doc(hidden)]
        pub(crate) use __contract_tests;
    }
}

/// The description of a function for its test.
fn case(program: &Program, contracts: &Contracts, function: &FnDecl) -> TokenStream {
    let name = Literal::string(&function.name);
    let slots = program.parameter_slots(function);
    let slots = slots.iter().map(|slot| Literal::string(slot));
    let params = function.params.iter().map(|param| function.locals[param.index()].span);
    let entry = params.chain(function.requires.iter().map(|clause| clause.span)).map(|span| place(program, span));
    let inputs = contracts.inputs(function).iter().map(|input| Literal::string(input));
    quote! {
        ::vera_runtime::__private::Case {
            function: #name,
            slots: &[#(#slots),*],
            entry: &[#(#entry),*],
            numbers: NUMBERS,
            texts: TEXTS,
            inputs: &[#(#inputs),*],
        }
    }
}

/// Line and column, in the form of failed checks.
fn place(program: &Program, span: Span) -> TokenStream {
    let start = program.sources.start(span);
    let (line, column) = (Literal::u32_unsuffixed(start.line), Literal::u32_unsuffixed(start.column));
    quote!((#line, #column))
}

/// An effect that a function performs, if a host carries it out.
fn performed(program: &Program, function: &FnDecl) -> Option<String> {
    let of_host = |used: &&EffectUse| match effects::builtin(used.effect) {
        Some(effect) => effect.provider == Provider::Runtime,
        None => true,
    };
    let used = function.row.effects().iter().find(of_host)?;
    Some(format!("`{}`", program.effect(used.effect).name))
}
