//! The path of `vera-runtime` in generated code.
//!
//! The generator writes `::vera_runtime` everywhere, and nothing else names the library. Once everything is generated,
//! this module replaces the path for a crate that uses another one.

use proc_macro2::{Group, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::fmt;
use syn::Path;
use syn::parse::{Parse, ParseStream};

/// A path to the library `vera-runtime` that is valid in every module of a crate; by default `::vera_runtime`.
#[derive(Clone, Debug)]
pub struct RuntimePath(TokenStream);

impl Default for RuntimePath {
    fn default() -> Self {
        Self(quote!(::vera_runtime))
    }
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// Reads a path in the form of `crate = ...`: a path from the root of the crate (`crate::vera`), or one that begins
/// with the name of a dependency (`vr`, `framework::vera`).
impl Parse for RuntimePath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut path = input.call(Path::parse_mod_style)?;
        let Some(first) = path.segments.first() else { return Err(input.error("expected a path")) };
        let root = &first.ident;
        if path.leading_colon.is_none() {
            if root == "self" || root == "super" || root == "Self" {
                let message =
                    format!("a path that starts with `{root}` means something else in each module; write `crate::...`");
                return Err(syn::Error::new(root.span(), message));
            }
            // In a module of its own, which generated code is in, only the name of a crate needs no `crate::`.
            if root != "crate" && root != "$crate" {
                path.leading_colon = Some(syn::Token![::](root.span()));
            }
        }
        Ok(Self(path.into_token_stream()))
    }
}

impl fmt::Display for RuntimePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl RuntimePath {
    /// Replaces each `::vera_runtime` in generated code by the path.
    pub(crate) fn apply(&self, tokens: TokenStream) -> TokenStream {
        if self.0.to_string() == Self::default().0.to_string() { tokens } else { replace(tokens, &self.0) }
    }
}

fn replace(tokens: TokenStream, path: &TokenStream) -> TokenStream {
    let mut replaced = Vec::<TokenTree>::new();
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                let mut own = Group::new(group.delimiter(), replace(group.stream(), path));
                own.set_span(group.span());
                replaced.push(own.into());
            }
            TokenTree::Ident(name) if name == "vera_runtime" && ends_in_colons(&replaced) => {
                replaced.truncate(replaced.len() - 2);
                replaced.extend(path.clone());
            }
            tree => replaced.push(tree),
        }
    }
    replaced.into_iter().collect()
}

/// Whether tokens end with a `::` that begins a path.
fn ends_in_colons(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [.., TokenTree::Punct(first), TokenTree::Punct(second)]
        if first.as_char() == ':' && first.spacing() == Spacing::Joint && second.as_char() == ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(path: &str, tokens: TokenStream) -> String {
        syn::parse_str::<RuntimePath>(path).expect("a path").apply(tokens).to_string()
    }

    #[test]
    fn every_mention_of_the_library_is_replaced() {
        let tokens = quote!(
            mod a {
                impl ::vera_runtime::Lift for A<::vera_runtime::Boxed<B>> {
                    vera_runtime!();
                }
            }
        );
        let expected = |path: TokenStream| {
            quote!(mod a { impl #path::Lift for A<#path::Boxed<B>> { vera_runtime!(); } }).to_string()
        };
        assert_eq!(applied("vr", tokens.clone()), expected(quote!(::vr)));
        assert_eq!(applied("::framework::vera", tokens.clone()), expected(quote!(::framework::vera)));
        assert_eq!(applied("crate::deps::vera", tokens.clone()), expected(quote!(crate::deps::vera)));
        assert_eq!(applied("vera_runtime", tokens.clone()), tokens.to_string());
    }

    #[test]
    fn a_path_that_each_module_reads_otherwise_is_refused() {
        for path in ["self::vera", "super::vera", "Self::vera", "", "1"] {
            assert!(syn::parse_str::<RuntimePath>(path).is_err(), "{path}");
        }
    }
}
