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
mod reach;
mod types;

use crate::Config;
use effects::Use;
use module::Needs;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};
use reach::NotExpressible;
use std::collections::{BTreeMap, BTreeSet};
pub(crate) use types::Places;
use types::RustTypes;
use vera_compiler::diagnostics::Severity;
use vera_compiler::driver::Compilation;
use vera_compiler::source::Span;
use vera_compiler::tir::{EffectDecl, FnDecl};
use vera_compiler::types::{DataId, EffectId, Ty};

/// Where the compiled module is.
pub(crate) enum Embedding {
    /// In the generated code.
    Literal,
    /// In a file of that name in `OUT_DIR`.
    OutDir(String),
}

impl Embedding {
    fn tokens(&self, wasm: &[u8]) -> TokenStream {
        match self {
            Embedding::Literal => Literal::byte_string(wasm).into_token_stream(),
            Embedding::OutDir(name) => {
                let name = format!("/{name}");
                quote!(::core::include_bytes!(::core::concat!(::core::env!("OUT_DIR"), #name)))
            }
        }
    }
}

/// Something to say about the wrapper of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) severity: Severity,
    pub(crate) description: String,
    /// The declaration it is about.
    pub(crate) span: Option<Span>,
}

/// Wrapper code and what there is to say about it.
pub(crate) struct Generated {
    pub(crate) tokens: TokenStream,
    pub(crate) problems: Vec<Problem>,
}

/// The Rust name of a program's module: the last segment of its `module` declaration, or `fallback`.
pub(crate) fn module_name(compilation: &Compilation, fallback: &str) -> Ident {
    let declared = compilation.program.root.map(|root| compilation.program.modules[root.index()].path.as_str());
    let segment = declared.and_then(|path| path.rsplit('.').next()).filter(|segment| !segment.is_empty());
    names::snake(segment.unwrap_or(fallback))
}

/// Generates the wrapper of a compiled program, as the Rust module `name`. `places` says where declarations are.
pub(crate) fn generate(
    compilation: &Compilation,
    name: &Ident,
    config: &Config,
    embedding: &Embedding,
    places: &Places<'_>,
) -> Generated {
    let program = &compilation.program;
    let Some(root) = program.root else {
        return Generated { tokens: TokenStream::new(), problems: Vec::new() };
    };
    let types = RustTypes::new(program, places);
    let mut surface = Surface::default();
    let root = &program.modules[root.index()];
    for function in root.functions.iter().map(|&id| program.function(id)).filter(|function| function.public) {
        surface.function(&types, function);
    }
    let mut needs = needs(compilation, &surface);
    let declared = root.effects.iter().copied();
    let mut effects: Vec<EffectId> = declared.chain(needs.effects.iter().map(|used| used.effect)).collect();
    effects.sort();
    effects.dedup();
    needs.effects.retain(|used| surface.used(&types, used));
    effects.retain(|&id| surface.effect(&types, program.effect(id)));
    needs.effects.retain(|used| effects.contains(&used.effect));
    surface.collisions(&types, &effects);

    let taken = |name: &str| surface.type_names.iter().any(|taken| taken == name);
    let host = names::fresh("H", taken);
    let data = surface.data.iter().map(|&id| {
        let declaration = data::declaration(&types, id, config, &surface.keys);
        types.at(Some(program.data(id).span), declaration)
    });
    let traits = effects.iter().map(|&id| effects::declaration(&types, program.effect(id)));
    let compiled = embedding.tokens(compilation.wasm.as_deref().unwrap_or_default());
    let module = module::declaration(&types, &surface.functions, &needs, &host, &compiled);
    let version = Literal::u32_unsuffixed(vera_abi::ABI_VERSION);
    let path = if root.path.is_empty() { name.to_string() } else { root.path.clone() };
    let documentation = docs::attributes(&format!(
        "{}The Vera module `{path}`.{}",
        docs::comment(root.docs.as_deref()),
        docs::left_out(&surface.left_out)
    ));
    let tokens = quote! {
        #documentation
        // Shapes, names and comments come from the Vera program; a Rust linter has nothing to say about them.
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic, rustdoc::all)]
        pub mod #name {
            const _: () = ::core::assert!(
                ::vera_runtime::__private::ABI_VERSION == #version,
                "this wrapper was generated for another version of vera-runtime: use one release of vera-build and vera-runtime",
            );

            #(#data)*
            #(#traits)*
            #module
        }
    };
    Generated { tokens, problems: surface.problems }
}

/// What the host of the module has to implement: what the compiled module imports, or, when mistakes kept it from being
/// compiled, what its public functions declare, so that the code that makes an instance stays right.
fn needs(compilation: &Compilation, surface: &Surface<'_>) -> Needs {
    let program = &compilation.program;
    if compilation.wasm.is_some() {
        return Needs {
            effects: effects::imported(program, &compilation.interface),
            capabilities: module::capabilities(&compilation.interface),
            unknown: false,
        };
    }
    let mut rows = surface.functions.iter().flat_map(|function| function.row.effects());
    Needs {
        effects: effects::declared(program, surface.functions.iter().copied()),
        capabilities: Vec::new(),
        unknown: rows.any(|used| module::asks_the_host(used.effect)),
    }
}

/// What of a program Rust sees.
#[derive(Default)]
struct Surface<'a> {
    functions: Vec<&'a FnDecl>,
    /// Data types of signatures.
    data: BTreeSet<DataId>,
    /// Those of them that are keys of maps.
    keys: BTreeSet<DataId>,
    /// Rust names of the generated types and traits.
    type_names: Vec<Ident>,
    /// Public functions that cannot be called from Rust, and why.
    left_out: Vec<(&'a str, NotExpressible)>,
    problems: Vec<Problem>,
}

impl<'a> Surface<'a> {
    fn function(&mut self, types: &RustTypes<'_>, function: &'a FnDecl) {
        let generic = !function.type_params.is_empty() || !function.row.variables().is_empty();
        let signature = function.params.iter().map(|&param| function.locals[param.index()].ty);
        let signature: Vec<Ty> = signature.chain([function.result]).collect();
        let mut reached = BTreeSet::new();
        let outcome = if generic {
            Err(NotExpressible::Generic)
        } else {
            signature.iter().try_for_each(|&ty| types.reach(ty, &mut reached))
        };
        match outcome {
            Ok(()) => {
                self.reach(types, signature, reached);
                self.functions.push(function);
            }
            Err(reason) => {
                self.problems.push(Problem {
                    severity: Severity::Warning,
                    description: format!("`{}` cannot be called from Rust: {}.", function.name, reason.explain()),
                    span: Some(function.name_span),
                });
                self.left_out.push((&function.name, reason));
            }
        }
    }

    /// What a host has to implement. Whether it can is the result; if not, that is reported.
    fn used(&mut self, types: &RustTypes<'_>, used: &Use) -> bool {
        let effect = types.program.effect(used.effect);
        let operations =
            effect.operations.iter().map(|operation| (operation.name.as_str(), effects::check(types, operation)));
        let (names, outcomes): (Vec<_>, Vec<_>) = operations.unzip();
        let mut reached = BTreeSet::new();
        let arguments = used.args.iter().try_for_each(|&arg| types.reach(arg, &mut reached));
        let wrong = names.into_iter().zip(outcomes).find_map(|(name, outcome)| Some((name, outcome.err()?)));
        let description = match (arguments, wrong) {
            (Ok(()), None) => {
                self.reach(types, used.args.iter().copied(), reached);
                let keys = effects::key_parameters(types, effect);
                for (_, &arg) in (0..).zip(&used.args).filter(|(index, _)| keys.contains(index)) {
                    types.held(arg, &mut self.keys);
                }
                return true;
            }
            (Err(reason), _) => {
                format!("`{}` cannot be implemented in Rust: {}.", used.name, reason.explain())
            }
            (_, Some((operation, reason))) => {
                format!("`{}.{operation}` cannot be implemented in Rust: {}.", effect.name, reason.explain())
            }
        };
        self.problems.push(Problem { severity: Severity::Error, description, span: effect.span });
        false
    }

    /// Whether an effect can be a trait; one that is handled inside of the module need not.
    fn effect(&mut self, types: &RustTypes<'_>, effect: &EffectDecl) -> bool {
        let Ok(reached) = effect.operations.iter().map(|one| effects::check(types, one)).collect::<Result<Vec<_>, _>>()
        else {
            return false;
        };
        let signatures = effect.operations.iter().flat_map(|one| one.params.iter().chain([&one.result])).copied();
        self.reach(types, signatures, reached.into_iter().flatten().collect());
        true
    }

    fn reach(&mut self, types: &RustTypes<'_>, signature: impl IntoIterator<Item = Ty>, reached: BTreeSet<DataId>) {
        self.data.extend(reached);
        for ty in signature {
            types.keys(ty, &mut BTreeSet::new(), &mut self.keys);
        }
    }

    /// Reports Vera names that become the same Rust name.
    fn collisions(&mut self, types: &RustTypes<'_>, effects: &[EffectId]) {
        let program = types.program;
        let functions: Vec<_> = self
            .functions
            .iter()
            .map(|function| (module::method_name(&function.name), function.name.as_str(), Some(function.name_span)))
            .collect();
        self.distinct(functions);
        let data: Vec<_> = self.data.iter().map(|&id| program.data(id)).collect();
        let named = data.iter().map(|data| (names::camel(&data.name), data.name.as_str(), Some(data.span)));
        let effects = effects.iter().map(|&id| program.effect(id));
        let traits = effects.clone().map(|effect| (names::camel(&effect.name), effect.name.as_str(), effect.span));
        let all: Vec<_> = [(names::camel("Module"), "Module", None)].into_iter().chain(named).chain(traits).collect();
        self.type_names = all.iter().map(|(rust, ..)| rust.clone()).collect();
        self.distinct(all);
        let mut seen = BTreeSet::new();
        self.data.retain(|&id| seen.insert(names::camel(&program.data(id).name)));
        for data in data {
            let constructors = &data.constructors;
            self.distinct(constructors.iter().map(|one| (names::camel(&one.name), one.name.as_str(), Some(one.span))));
        }
        for effect in effects {
            let operations = &effect.operations;
            self.distinct(operations.iter().map(|one| (names::snake(&one.name), one.name.as_str(), effect.span)));
        }
    }

    fn distinct<'n>(&mut self, names: impl IntoIterator<Item = (Ident, &'n str, Option<Span>)>) {
        let mut seen = BTreeMap::new();
        for (rust, vera, span) in names {
            let description = match seen.insert(rust.clone(), vera) {
                None => continue,
                Some("Module") if vera == "Module" => {
                    "`Module` is the Rust type of the module itself; rename this type.".to_owned()
                }
                Some(earlier) if earlier == vera => {
                    format!("Two types named `{vera}` reach Rust, from two modules; rename one of them.")
                }
                Some(earlier) => {
                    format!("`{earlier}` and `{vera}` would both be `{rust}` in Rust; rename one of them.")
                }
            };
            self.problems.push(Problem { severity: Severity::Error, description, span });
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

#[cfg(test)]
mod tests;
