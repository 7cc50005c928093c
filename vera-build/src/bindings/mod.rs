//! The one generator of typed Rust wrappers.
//!
//! From a compiled program it makes a Rust module: its public data types, a trait per user-declared effect, and
//! `Module` with a method per public function. The generated code is small, because `vera-runtime` does the work. The
//! same program gives the same text.
//!
//! Types of imported modules may belong elsewhere ([`homes`]). So the result is a wrapper and, separate from it,
//! [`Item`]s with their homes. The caller puts them together.

mod awaited;
mod contract;
mod data;
mod docs;
mod effects;
mod homes;
mod hosts;
mod identity;
mod linked;
mod module;
mod names;
mod problem;
mod reach;
mod surface;
mod trials;
mod types;

use crate::Config;
use crate::contracts::Contracts;
pub(crate) use homes::{Home, Homes};
use hosts::Needs;
pub(crate) use names::{fresh, snake};
pub(crate) use problem::Problem;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::BTreeSet;
use surface::Surface;
pub(crate) use types::Places;
use types::RustTypes;
use vera_abi::library::Part;
use vera_compiler::driver::Compilation;
use vera_compiler::types::EffectId;

/// Where the compiled module is, and its machine code if it has any.
pub(crate) enum Embedding {
    /// In the generated code.
    Literal {
        /// The machine code.
        code: Option<Vec<u8>>,
    },
    /// In files of those names in `OUT_DIR`.
    OutDir {
        /// The module.
        wasm: String,
        /// The machine code.
        code: Option<String>,
    },
}

impl Embedding {
    /// The tokens of the module.
    fn tokens(&self, wasm: &[u8]) -> TokenStream {
        let file = |name: &String| {
            let name = format!("/{name}");
            quote!(::core::include_bytes!(::core::concat!(::core::env!("OUT_DIR"), #name)))
        };
        let literal = |bytes: &[u8]| Literal::byte_string(bytes).into_token_stream();
        let (wasm, code) = match self {
            Embedding::Literal { code } => (literal(wasm), code.as_deref().map(literal)),
            Embedding::OutDir { wasm, code } => (file(wasm), code.as_ref().map(file)),
        };
        match code {
            Some(code) => quote!(::vera_runtime::__private::precompiled(#wasm, #code)),
            None => quote!(::vera_runtime::Compiled::from_static(#wasm)),
        }
    }
}

/// A Rust type or trait in the generated code.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The path of its Rust module.
    pub(crate) home: Vec<Ident>,
    /// Its name there.
    pub(crate) name: Ident,
    /// Where in its file it is declared.
    pub(crate) position: u32,
    /// The name of the file in messages.
    pub(crate) file: String,
    /// The type or trait, with its description for the runtime.
    pub(crate) declaration: TokenStream,
    /// The code that makes values of the type keys of maps.
    pub(crate) key: Option<TokenStream>,
}

/// The Rust module of a program, without the types and traits that belong in it.
pub(crate) struct Wrapper {
    pub(crate) name: Ident,
    documentation: TokenStream,
    body: TokenStream,
}

/// The generated code for a program, and its problems.
pub(crate) struct Generated {
    /// The wrapper; `None` if the program has no root module.
    pub(crate) wrapper: Option<Wrapper>,
    /// Types and traits, for the wrapper and for other modules.
    pub(crate) items: Vec<Item>,
    pub(crate) problems: Vec<Problem>,
}

/// The name of the wrapper of a module whose path ends with a segment, without the `r#` of a keyword.
pub(crate) fn wrapper_name(segment: &str) -> String {
    names::snake(segment).to_string().trim_start_matches("r#").to_owned()
}

/// The Rust name of a program's module: the last segment of its `module` declaration, or `fallback`.
pub(crate) fn module_name(compilation: &Compilation, fallback: &str) -> Ident {
    let declared = compilation.program.root.map(|root| compilation.program.modules[root.index()].path.as_str());
    let segment = declared.and_then(|path| path.rsplit('.').next()).filter(|segment| !segment.is_empty());
    names::snake(segment.unwrap_or(fallback))
}

/// Generates the wrapper of a compiled program, as the Rust module that is the wrapper of `homes`. `places` gives the
/// places of declarations.
pub(crate) fn generate(
    compilation: &Compilation,
    contracts: &Contracts,
    name: &Ident,
    homes: &Homes,
    config: &Config,
    embedding: &Embedding,
    places: &Places<'_>,
) -> Generated {
    let program = &compilation.program;
    let Some(root) = program.root else {
        return Generated { wrapper: None, items: Vec::new(), problems: Vec::new() };
    };
    let types = reach::rust_types(program, homes, places);
    let mut surface = Surface::default();
    let root = &program.modules[root.index()];
    for function in root.functions.iter().map(|&id| program.function(id)).filter(|function| function.public) {
        surface.function(&types, function);
    }
    let mut needs = needs(compilation, &types, &surface);
    let declared = root.effects.iter().copied();
    let mut effects: Vec<EffectId> = declared.chain(needs.effects.iter().map(|used| used.effect)).collect();
    effects.sort();
    effects.dedup();
    needs.effects.retain(|used| surface.used(&types, used));
    effects.retain(|&id| surface.effect(&types, program.effect(id)));
    needs.effects.retain(|used| effects.contains(&used.effect));
    surface.own_data(&types, &root.data);
    surface.collisions(&types, &effects);
    if config.async_calls {
        surface.collisions_of_awaited(&types, &effects);
    }

    let elsewhere = elsewhere(&types, &surface, &effects, config.async_calls);
    let compiled = embedding.tokens(compilation.wasm.as_deref().unwrap_or_default());
    let module = module::declaration(
        &types,
        contracts,
        &surface.functions,
        &needs,
        &elsewhere.names,
        &compiled,
        config.async_calls,
    );
    let trials = trials::declaration(&types, contracts, name, &surface.functions, needs.any());
    let version = Literal::u32_unsuffixed(vera_abi::ABI_VERSION);
    let path = if root.path.is_empty() { name.to_string() } else { root.path.clone() };
    let documentation = docs::attributes(&format!(
        "{}The Vera module `{path}`.{}",
        docs::comment(root.docs.as_deref()),
        docs::left_out(&surface.left_out)
    ));
    let (imports, checks) = (&elsewhere.imports, &elsewhere.checks);
    let parts = library_parts(compilation);
    let body = quote! {
        const _: () = ::core::assert!(
            ::vera_runtime::__private::ABI_VERSION == #version,
            "this wrapper was generated for another version of vera-runtime: use one release of vera-build and vera-runtime",
        );

        #(#parts)*
        #(#imports)*
        #(#checks)*
        #module
        #trials
    };
    let items = items(&types, &surface, &effects, config);
    Generated { wrapper: Some(Wrapper { name: name.clone(), documentation, body }), items, problems: surface.problems }
}

/// Code that fails to compile if the runtime lacks a part of the library that the module uses.
fn library_parts(compilation: &Compilation) -> impl Iterator<Item = TokenStream> {
    let parts: BTreeSet<Part> = compilation.builtins.iter().filter_map(|name| Part::of_builtin(name)).collect();
    parts.into_iter().map(|part| {
        let asked = format_ident!("__uses_{}", part.feature());
        quote!(::vera_runtime::#asked! {})
    })
}

/// The types and traits of a program that are in generated code.
fn items(types: &RustTypes<'_>, surface: &Surface<'_>, effects: &[EffectId], config: &Config) -> Vec<Item> {
    let program = types.program;
    let mut items: Vec<Item> = Vec::new();
    // A file that is a module by two paths has its types once.
    let mut known = BTreeSet::new();
    let keys: BTreeSet<_> = surface.keys.iter().map(|&id| (types.home(id), types.homes.data(id))).collect();
    for &id in surface.data.iter().filter(|&&id| known.insert((types.home(id), types.homes.data(id)))) {
        let Home::Generated(home) = types.home(id) else { continue };
        let span = program.data(id).span;
        let data::Declaration { tokens, key } = data::declaration(&types.within(types.home(id)), id, config);
        items.push(Item {
            home: home.clone(),
            name: types.homes.data(id).clone(),
            position: span.start,
            file: homes::file(program, span).to_owned(),
            declaration: types.at(Some(span), tokens),
            key: keys.contains(&(types.home(id), types.homes.data(id))).then(|| types.at(Some(span), key)),
        });
    }
    for &id in effects {
        let (Home::Generated(home), Some(span)) = (types.effect_home(id), program.effect(id).span) else { continue };
        items.push(Item {
            home: home.clone(),
            name: types.homes.effect(id).clone(),
            position: span.start,
            file: homes::file(program, span).to_owned(),
            declaration: {
                let types = types.within(types.effect_home(id));
                let awaited = config.async_calls.then(|| awaited::trait_declaration(&types, id));
                let declaration = effects::declaration(&types, id);
                quote!(#declaration #awaited)
            },
            key: None,
        });
    }
    items
}

/// The types of a wrapper that are declared elsewhere.
struct Elsewhere {
    /// All names of types in the wrapper, its own included.
    names: BTreeSet<Ident>,
    /// Their `use` declarations; of two types with the same name neither is imported.
    imports: Vec<TokenStream>,
    /// Checks that the types at paths of the user are the right ones.
    checks: Vec<TokenStream>,
}

fn elsewhere(types: &RustTypes<'_>, surface: &Surface<'_>, effects: &[EffectId], async_calls: bool) -> Elsewhere {
    let here = types.homes.wrapper();
    let data = surface.data.iter().map(|&id| (types.home(id), types.homes.data(id).clone()));
    let traits = effects.iter().map(|&id| (types.effect_home(id), types.homes.effect(id).clone()));
    let awaited = effects.iter().filter(|_| async_calls);
    let awaited = awaited.map(|&id| (types.effect_home(id), names::async_trait(types.homes.effect(id))));
    let all = data.chain(traits).chain(awaited);
    let (own, other): (BTreeSet<_>, BTreeSet<_>) = all.partition(|(home, _)| *home == here);
    let mut names: BTreeSet<Ident> = own.into_iter().map(|(_, name)| name).collect();
    names.insert(names::camel(homes::MODULE));
    let once = |name: &Ident| other.iter().filter(|(_, other)| other == name).count() == 1;
    let imported: Vec<_> = other.iter().filter(|(_, name)| !names.contains(name) && once(name)).collect();
    let imports = imported.iter().map(|(home, name)| {
        let path = homes::path(here, home, name);
        quote!(pub use #path;)
    });
    let imports = imports.collect();
    let checks = surface.data.iter().filter(|&&id| matches!(types.home(id), Home::Extern(_)));
    let checks = checks.map(|&id| identity::check(types, id, &homes::path(here, types.home(id), types.homes.data(id))));
    let checks = checks.collect();
    names.extend(imported.into_iter().map(|(_, name)| (*name).clone()));
    Elsewhere { names, imports, checks }
}

/// Shapes, names and comments come from the Vera program, and paths are absolute, so Rust's lints do not apply.
pub(crate) fn lints() -> TokenStream {
    quote! {
        #[allow(
            dead_code,
            unreachable_pub,
            unused_imports,
            unused_macros,
            unused_qualifications,
            clippy::all,
            clippy::pedantic,
            rustdoc::all,
        )]
    }
}

/// A wrapper with the types and traits that are in it.
pub(crate) fn assemble(wrapper: &Wrapper, items: &[Item]) -> TokenStream {
    let Wrapper { name, documentation, body } = wrapper;
    let lints = lints();
    let items = items.iter().map(|Item { declaration, key, .. }| quote!(#declaration #key));
    quote! {
        #documentation
        #lints
        pub mod #name {
            #(#items)*
            #body
        }
    }
}

/// The needs of the module's host: the imports of the compiled module. If mistakes prevent compilation, the rows of its
/// public functions, so that code that makes an instance still compiles.
fn needs(compilation: &Compilation, types: &RustTypes<'_>, surface: &Surface<'_>) -> Needs {
    if compilation.wasm.is_some() {
        return Needs::imported(effects::imported(compilation), &compilation.interface);
    }
    let rows = surface.functions.iter().flat_map(|function| function.row.effects());
    let declared = effects::declared(types, surface.functions.iter().copied());
    Needs::declared(declared, rows.map(|used| used.effect))
}

/// Generated code in a readable layout.
pub(crate) fn format(tokens: &TokenStream) -> String {
    match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(_) => tokens.to_string(),
    }
}

#[cfg(test)]
mod tests;
