//! The one generator of typed Rust wrappers.
//!
//! From a compiled program it makes a Rust module: the data types that public signatures reach, a trait per
//! user-declared effect, and `Module` with a method per public function. The code is small; what happens is in
//! `vera-runtime`. The same program gives the same text.

mod data;
mod docs;
mod effects;
mod module;
mod names;
mod types;

use crate::Config;
use crate::expansion::Report;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use types::RustTypes;
use vera_compiler::diagnostics::Severity;
use vera_compiler::driver::Compilation;
use vera_compiler::tir::FnDecl;

/// Where the compiled module is.
pub(crate) enum Embedding {
    /// In the generated code.
    Literal(Vec<u8>),
    /// In a file of that name in `OUT_DIR`.
    OutDir(String),
}

impl Embedding {
    fn tokens(&self) -> TokenStream {
        match self {
            Embedding::Literal(bytes) => {
                let literal = Literal::byte_string(bytes);
                quote!(#literal)
            }
            Embedding::OutDir(name) => {
                let name = format!("/{name}");
                quote!(::core::include_bytes!(::core::concat!(::core::env!("OUT_DIR"), #name)))
            }
        }
    }
}

/// Wrapper code and what there is to say about it.
pub(crate) struct Generated {
    pub(crate) tokens: TokenStream,
    pub(crate) reports: Vec<Report>,
}

/// The Rust name of a program's module: the last segment of its `module` declaration, or `fallback`.
pub(crate) fn module_name(compilation: &Compilation, fallback: &str) -> String {
    let declared = compilation.program.root.map(|root| compilation.program.modules[root.index()].path.as_str());
    let segment = declared.and_then(|path| path.rsplit('.').next()).filter(|segment| !segment.is_empty());
    names::snake(segment.unwrap_or(fallback)).to_string()
}

/// Generates the wrapper of a compiled program.
pub(crate) fn generate(compilation: &Compilation, name: &str, config: &Config, embedding: &Embedding) -> Generated {
    let program = &compilation.program;
    let types = RustTypes { program };
    let mut reports = Vec::new();
    let mut reached = BTreeSet::new();
    let mut functions: Vec<&FnDecl> = Vec::new();
    let Some(root) = program.root else {
        return Generated { tokens: TokenStream::new(), reports };
    };
    let root = &program.modules[root.index()];
    for function in root.functions.iter().map(|&id| program.function(id)) {
        if !function.public || !function.type_params.is_empty() {
            continue;
        }
        let params = function.params.iter().map(|&param| function.locals[param.index()].ty);
        let mut here = BTreeSet::new();
        match params.chain([function.result]).try_for_each(|ty| types.reach(ty, &mut here)) {
            Ok(()) => {
                reached.extend(here);
                functions.push(function);
            }
            Err(reason) => reports.push(Report {
                severity: Severity::Warning,
                message: format!("`{}` has no Rust wrapper: {}", function.name, reason.explain()),
                range: function.name_span.start as usize..function.name_span.end as usize,
            }),
        }
    }
    collisions(&mut reports, functions.iter().map(|function| (method_key(function), function.name.as_str())));

    let effects: Vec<_> = root.effects.iter().map(|&id| program.effect(id)).collect();
    for operation in effects.iter().flat_map(|effect| &effect.operations) {
        // A type that cannot cross is reported where a function of the module uses the operation.
        let signature = operation.params.iter().chain([&operation.result]);
        let mut here = BTreeSet::new();
        if signature.copied().try_for_each(|ty| types.reach(ty, &mut here)).is_ok() {
            reached.extend(here);
        }
    }
    let data_names = reached.iter().map(|&id| program.data(id).name.as_str());
    let effect_names = effects.iter().map(|effect| effect.name.as_str());
    let type_names = data_names.chain(effect_names).chain(["Module"]);
    collisions(&mut reports, type_names.map(|name| (names::camel(name).to_string(), name)));

    let data = reached.iter().map(|&id| data::declaration(&types, id, config));
    let traits = effects.iter().map(|effect| effects::declaration(&types, effect));
    let interface = &compilation.interface;
    let uses = module::uses(&types, interface);
    let capabilities = module::capabilities(interface);
    let module = module::declaration(&types, &functions, &uses, &capabilities, embedding);
    let ident = names::identifier(name.trim_start_matches("r#"));
    let version = Literal::u32_unsuffixed(vera_abi::ABI_VERSION);
    let documentation = docs::attributes(&format!(
        "{}The Vera module `{}`.",
        docs::comment(root.docs.as_deref()),
        if root.path.is_empty() { name } else { &root.path }
    ));
    let tokens = quote! {
        #documentation
        // Shapes and names come from the Vera program; a Rust linter has nothing to say about them.
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        pub mod #ident {
            const _: () = ::core::assert!(
                ::vera_runtime::__private::ABI_VERSION == #version,
                "this wrapper was generated for another version of vera-runtime: use one release of vera-build and vera-runtime",
            );

            #(#data)*
            #(#traits)*
            #module
        }
    };
    Generated { tokens, reports }
}

fn method_key(function: &FnDecl) -> String {
    module::method_name(&function.name).to_string()
}

/// Reports Vera names that become the same Rust name.
fn collisions<'a>(reports: &mut Vec<Report>, names: impl Iterator<Item = (String, &'a str)>) {
    let mut seen = BTreeMap::new();
    for (rust, vera) in names {
        if let Some(earlier) = seen.insert(rust.clone(), vera) {
            reports.push(Report {
                severity: Severity::Error,
                message: format!("`{earlier}` and `{vera}` would both be `{rust}` in Rust; rename one of them"),
                range: 0..0,
            });
        }
    }
}

/// Generated code as a person would lay it out.
pub(crate) fn format(tokens: &TokenStream) -> String {
    match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(_) => tokens.to_string(),
    }
}

/// Writes generated code to the folder that `VERA_EXPAND` names, if it names one.
///
/// # Errors
/// The message, when it cannot be written.
pub(crate) fn write_expansion(name: &str, text: &str) -> Result<(), String> {
    let Some(folder) = std::env::var_os("VERA_EXPAND").filter(|folder| !folder.is_empty()) else { return Ok(()) };
    let path = PathBuf::from(folder).join(format!("{}.rs", name.trim_start_matches("r#")));
    let parent = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    parent
        .and_then(|()| std::fs::write(&path, text))
        .map_err(|error| format!("VERA_EXPAND: cannot write {}: {error}", path.display()))
}
