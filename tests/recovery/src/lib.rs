//! Macros that show what `vera!` would compile, and macros that hand tokens on as other people's do.
//!
//! The module under test is that of `vera-macros`, included here: a crate of macros exports nothing else, and `vera!`
//! itself compiles what it recovers, which random tokens do not survive.

use proc_macro::TokenStream as Input;
use proc_macro2::{Group, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;
use std::str::FromStr;

#[allow(dead_code)]
#[path = "../../../vera-macros/src/recover/mod.rs"]
mod recover;

/// The recovered text, as a `Result<&str, &str>`.
#[proc_macro]
pub fn recovered(input: Input) -> Input {
    let recovered = recover::Recovered::new(TokenStream::new(), input.into(), Span::call_site());
    let (variant, text) = match recovered {
        Ok(recovered) => (quote!(Ok), recovered.text),
        Err(lost) => (quote!(Err), lost.message),
    };
    quote!(::core::result::Result::#variant::<&str, &str>(#text)).into()
}

/// Hands tokens on with their places.
#[proc_macro]
pub fn forwarded(input: Input) -> Input {
    hand_on(input.into())
}

/// Hands on what the text of the tokens is read as.
#[proc_macro]
pub fn reparsed(input: Input) -> Input {
    hand_on(TokenStream::from_str(&input.to_string()).expect("tokens can be read again"))
}

/// Hands tokens on with the place of the invocation.
#[proc_macro]
pub fn moved(input: Input) -> Input {
    hand_on(rebuilt(input.into(), false))
}

/// As `moved`, with every sign on its own.
#[proc_macro]
pub fn apart(input: Input) -> Input {
    hand_on(rebuilt(input.into(), true))
}

fn hand_on(tokens: TokenStream) -> Input {
    quote!(::vera_recovery_tests::recovered! { #tokens }).into()
}

fn rebuilt(tokens: TokenStream, apart: bool) -> TokenStream {
    let tree = |tree| match tree {
        TokenTree::Group(group) => Group::new(group.delimiter(), rebuilt(group.stream(), apart)).into(),
        // A lifetime is two tokens that cannot be apart.
        TokenTree::Punct(punct) if apart && punct.as_char() != '\'' => {
            Punct::new(punct.as_char(), Spacing::Alone).into()
        }
        tree => tree,
    };
    let trees = tokens.into_iter().map(tree).map(|mut tree: TokenTree| {
        tree.set_span(Span::call_site());
        tree
    });
    trees.collect()
}
