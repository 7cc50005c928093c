//! Vera types as Rust types.

use super::names;
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use vera_compiler::tir::Program;
use vera_compiler::types::{DataId, Ty, TyKind};

/// Why a type has no Rust counterpart, for the message about the function that uses it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NotExpressible {
    /// A function value.
    Function,
    /// A private data type.
    Private(String),
    /// A map or set whose keys Rust cannot hash: floats, or something that holds one.
    Key,
}

impl NotExpressible {
    /// The reason as part of a sentence, and what to do about it.
    pub(crate) fn explain(&self) -> String {
        match self {
            NotExpressible::Function => "it takes or returns a function value, which cannot leave the module; \
                wrap it in a public function over plain data"
                .into(),
            NotExpressible::Private(name) => {
                format!("it uses the private data type `{name}`; declare it `public data {name}`")
            }
            NotExpressible::Key => "it uses a map or set with keys that Rust cannot hash (floats inside); \
                use `Int` or `String` keys"
                .into(),
        }
    }
}

/// The Rust side of the types of one program.
pub(crate) struct RustTypes<'a> {
    pub(crate) program: &'a Program,
}

impl RustTypes<'_> {
    /// The data types of the program that a type reaches, itself included, through fields too.
    ///
    /// # Errors
    /// When some part of it has no Rust counterpart.
    pub(crate) fn reach(&self, ty: Ty, reached: &mut BTreeSet<DataId>) -> Result<(), NotExpressible> {
        match self.program.types.kind(self.program.types.structural(ty)) {
            TyKind::Array(element) => self.reach(*element, reached),
            TyKind::Tuple(items) => items.iter().try_for_each(|&item| self.reach(item, reached)),
            TyKind::Fn(_) => Err(NotExpressible::Function),
            TyKind::Data(id, args) => {
                if let Some("Map" | "Set") = self.prelude_name(*id)
                    && !self.hashable(args[0], &mut BTreeSet::new())
                {
                    return Err(NotExpressible::Key);
                }
                args.iter().try_for_each(|&arg| self.reach(arg, reached))?;
                if self.prelude_name(*id).is_some() || !reached.insert(*id) {
                    return Ok(());
                }
                let data = self.program.data(*id);
                if !data.public {
                    return Err(NotExpressible::Private(data.name.clone()));
                }
                let fields = data.constructors.iter().flat_map(|constructor| &constructor.fields);
                fields.copied().try_for_each(|field| self.reach(field, reached))
            }
            _ => Ok(()),
        }
    }

    /// The name of a data type of the prelude that the runtime has a Rust type for.
    pub(crate) fn prelude_name(&self, id: DataId) -> Option<&str> {
        const MIRRORED: [&str; 11] = [
            "Option", "Result", "Ordering", "Map", "Set", "Json", "HtmlNode", "MdBlock", "MdInline", "UrlParts",
            "Future",
        ];
        let data = self.program.data(id);
        let mirrored = self.program.modules[data.module.index()].prelude && MIRRORED.contains(&data.name.as_str());
        mirrored.then_some(data.name.as_str())
    }

    /// The Rust type of values of a Vera type. `boxed` are the data types that must stand in a `Boxed` here: those
    /// whose declaration is being generated.
    pub(crate) fn owned(&self, ty: Ty, boxed: &BTreeSet<DataId>) -> TokenStream {
        let inner = |ty: Ty| self.owned(ty, boxed);
        match self.program.types.kind(self.program.types.structural(ty)) {
            TyKind::Int => quote!(i64),
            TyKind::Nat => quote!(u64),
            TyKind::Bool => quote!(bool),
            TyKind::Byte => quote!(u8),
            TyKind::Float64 => quote!(f64),
            TyKind::String => quote!(::std::string::String),
            TyKind::Never => quote!(::core::convert::Infallible),
            // The elements of a vector are behind a pointer already.
            TyKind::Array(element) => {
                let element = self.owned(*element, &BTreeSet::new());
                quote!(::std::vec::Vec<#element>)
            }
            TyKind::Tuple(items) => {
                let items = items.iter().map(|&item| inner(item));
                quote!((#(#items,)*))
            }
            TyKind::Data(id, args) => self.data(*id, args, boxed),
            TyKind::Param(index) => {
                let name = type_parameter(*index);
                quote!(#name)
            }
            // Functions are refused by `reach`; the others never get past the checker.
            TyKind::Unit
            | TyKind::Fn(_)
            | TyKind::Alias(..)
            | TyKind::Refined(..)
            | TyKind::Infer(_)
            | TyKind::Invalid => {
                quote!(())
            }
        }
    }

    fn data(&self, id: DataId, args: &[Ty], boxed: &BTreeSet<DataId>) -> TokenStream {
        let arguments = || args.iter().map(|&arg| self.owned(arg, boxed));
        let unboxed = |index: usize| self.owned(args[index], &BTreeSet::new());
        match self.prelude_name(id) {
            Some("Option") => generic(quote!(::core::option::Option), arguments()),
            Some("Result") => generic(quote!(::core::result::Result), arguments()),
            Some("Ordering") => quote!(::core::cmp::Ordering),
            Some("Map") => {
                let (key, value) = (unboxed(0), unboxed(1));
                quote!(::vera_runtime::indexmap::IndexMap<#key, #value>)
            }
            Some("Set") => {
                let item = unboxed(0);
                quote!(::vera_runtime::indexmap::IndexSet<#item>)
            }
            Some("Json") => quote!(::vera_runtime::serde_json::Value),
            Some("Future") => self.owned(args[0], boxed),
            Some("HtmlNode") => quote!(::vera_runtime::value::html::HtmlNode),
            Some("UrlParts") => quote!(::vera_runtime::value::UrlParts),
            Some(markdown) => {
                let name = format_ident!("{markdown}");
                quote!(::vera_runtime::value::markdown::#name)
            }
            None => {
                let name = names::camel(&self.program.data(id).name);
                let ty = generic(quote!(#name), arguments());
                if boxed.contains(&id) { quote!(::vera_runtime::value::Boxed<#ty>) } else { ty }
            }
        }
    }

    /// The Rust type of a parameter: borrowed where the value is on the heap.
    pub(crate) fn parameter(&self, ty: Ty) -> TokenStream {
        match self.program.types.kind(self.program.types.structural(ty)) {
            TyKind::String => quote!(&str),
            TyKind::Array(element) => {
                let element = self.owned(*element, &BTreeSet::new());
                quote!(&[#element])
            }
            _ if self.is_copy(ty) => self.owned(ty, &BTreeSet::new()),
            _ => {
                let owned = self.owned(ty, &BTreeSet::new());
                quote!(&#owned)
            }
        }
    }

    /// The Rust type of a declaration's type with its type parameters replaced by Rust types.
    pub(crate) fn instantiated(&self, ty: Ty, args: &[TokenStream]) -> TokenStream {
        let declared = self.owned(ty, &BTreeSet::new());
        if args.is_empty() { declared } else { replace_parameters(declared, args) }
    }

    /// Whether the Rust type is `Copy`: numbers, and options, results and tuples of them.
    pub(crate) fn is_copy(&self, ty: Ty) -> bool {
        match self.program.types.kind(self.program.types.structural(ty)) {
            TyKind::Tuple(items) => items.iter().all(|&item| self.is_copy(item)),
            TyKind::Data(id, args) => match self.prelude_name(*id) {
                Some("Option" | "Result" | "Future") => args.iter().all(|&arg| self.is_copy(arg)),
                Some("Ordering") => true,
                _ => false,
            },
            TyKind::Array(_) | TyKind::String => false,
            _ => true,
        }
    }

    /// Whether the Rust type implements `Eq` and `Hash`. A type under consideration (`open`) counts as such.
    pub(crate) fn hashable(&self, ty: Ty, open: &mut BTreeSet<DataId>) -> bool {
        match self.program.types.kind(self.program.types.structural(ty)) {
            TyKind::Float64 => false,
            TyKind::Array(element) => self.hashable(*element, open),
            TyKind::Tuple(items) => items.iter().all(|&item| self.hashable(item, open)),
            TyKind::Data(id, args) => match self.prelude_name(*id) {
                Some("Option" | "Result" | "Future") => args.iter().all(|&arg| self.hashable(arg, open)),
                Some("Ordering" | "UrlParts") => true,
                Some(_) => false,
                None => {
                    if !args.iter().all(|&arg| self.hashable(arg, open)) {
                        return false;
                    }
                    if !open.insert(*id) {
                        return true;
                    }
                    let constructors = &self.program.data(*id).constructors;
                    constructors
                        .iter()
                        .flat_map(|constructor| &constructor.fields)
                        .all(|&field| self.hashable(field, open))
                }
            },
            _ => true,
        }
    }
}

/// The Rust name of the type parameter at a position.
pub(crate) fn type_parameter(index: u32) -> proc_macro2::Ident {
    format_ident!("T{index}")
}

fn generic(name: TokenStream, arguments: impl Iterator<Item = TokenStream>) -> TokenStream {
    let arguments: Vec<_> = arguments.collect();
    if arguments.is_empty() { name } else { quote!(#name<#(#arguments),*>) }
}

/// Replaces the identifiers of type parameters.
fn replace_parameters(tokens: TokenStream, args: &[TokenStream]) -> TokenStream {
    let replace = |tree: TokenTree| match tree {
        TokenTree::Ident(ident) => {
            let index = (0..args.len() as u32).find(|&index| ident == type_parameter(index));
            index.map_or_else(|| quote!(#ident), |index| args[index as usize].clone())
        }
        TokenTree::Group(group) => {
            let inner = replace_parameters(group.stream(), args);
            TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner)).into()
        }
        other => other.into(),
    };
    tokens.into_iter().map(replace).collect()
}
