//! Expansion of `vera!`: which form it is, and what comes of it.

use crate::recover::{Recovered, padding};
use crate::report;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use std::ops::Range;
use std::path::PathBuf;
use syn::parse::{Parse, ParseStream, Parser};
use vera_build::{Expansion, Report, Source};

/// The forms of an invocation.
enum Invocation {
    Tokens,
    Text(syn::LitStr),
    File(syn::LitStr),
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match invocation(&input) {
        Ok(Invocation::Tokens) => from_tokens(input),
        Ok(Invocation::Text(literal)) => from_text(&literal),
        Ok(Invocation::File(literal)) => from_file(&literal),
        Err(error) => error.to_compile_error(),
    }
}

/// Tells the forms apart by their first tokens, so that a wrong Vera program is never mistaken for a wrong form.
fn invocation(input: &TokenStream) -> syn::Result<Invocation> {
    let mut trees = input.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Literal(_)), _) => {
            let literal = |input: ParseStream<'_>| input.parse::<syn::LitStr>();
            literal.parse2(input.clone()).map(Invocation::Text).map_err(|error| {
                syn::Error::new(error.span(), "`vera!(\"...\")` takes exactly one string literal: the program")
            })
        }
        (Some(TokenTree::Ident(key)), Some(TokenTree::Punct(punct))) if punct.as_char() == '=' => {
            if key != "file" {
                return Err(syn::Error::new(key.span(), "unknown argument; write `vera!(file = \"path.vera\")`"));
            }
            syn::parse2::<FileArgument>(input.clone()).map(|argument| Invocation::File(argument.path))
        }
        _ => Ok(Invocation::Tokens),
    }
}

struct FileArgument {
    path: syn::LitStr,
}

impl Parse for FileArgument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<syn::Ident>()?;
        input.parse::<syn::Token![=]>()?;
        let path = input.parse()?;
        input.parse::<Option<syn::Token![,]>>()?;
        if input.is_empty() { Ok(Self { path }) } else { Err(input.error("nothing may follow the path")) }
    }
}

fn from_tokens(input: TokenStream) -> TokenStream {
    let call_site = Span::call_site();
    let recovered = Recovered::new(input, call_site);
    let name = call_site.local_file().map_or_else(|| "vera!".to_owned(), |path| path.display().to_string());
    let source = Source { name, text: recovered.text.clone() };
    let place = |range: &Range<usize>| recovered.tokens_of(range);
    let expansion = vera_build::expand(source, manifest_dir(), |range| place(range).map(|(first, _)| first));
    assemble(&expansion, Report::message_in_place, |range| place(range).unwrap_or((call_site, call_site)))
}

fn from_text(literal: &syn::LitStr) -> TokenStream {
    let source = text_of(literal);
    let expansion = vera_build::expand(source, manifest_dir(), |_| Some(literal.span()));
    assemble(&expansion, Report::message, |_| (literal.span(), literal.span()))
}

/// The program in a literal. What stands in the Rust file as it is has the places of that file. Where an escape makes
/// lines or columns of its own, they count from the start of the string, and the name says so.
fn text_of(literal: &syn::LitStr) -> Source {
    let (written, value) = (literal.token().to_string(), literal.value());
    let mut position = literal.span().start();
    let file = literal.span().local_file().map_or_else(|| "vera!".to_owned(), |path| path.display().to_string());
    let opening = written.find('"').map_or(0, |quote| quote + 1);
    if written[opening..].starts_with(&value) {
        position.column += opening;
        return Source { name: file, text: padding(position) + &value };
    }
    Source { name: format!("{file} (string in line {})", position.line), text: value }
}

fn from_file(literal: &syn::LitStr) -> TokenStream {
    let path = manifest_dir().map_or_else(|| PathBuf::from(literal.value()), |dir| dir.join(literal.value()));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("cannot read `{}` (relative to the package): {error}", literal.value());
            return report::error(&message, literal.span(), literal.span());
        }
    };
    let source = Source { name: literal.value(), text };
    let mut expansion = vera_build::expand(source, path.parent().map(PathBuf::from), |_| Some(literal.span()));
    expansion.dependencies.push(path);
    assemble(&expansion, Report::message, |_| (literal.span(), literal.span()))
}

fn manifest_dir() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// Wrapper, errors, and a mention of everything that was read, so that rustc expands again when it changes.
fn assemble(
    expansion: &Expansion,
    message: impl Fn(&Report) -> String,
    place: impl Fn(&Range<usize>) -> (Span, Span),
) -> TokenStream {
    let reports =
        expansion.reports.iter().map(|report| report::tokens(report.severity, &message(report), place(&report.range)));
    let wrapper = &expansion.tokens;
    let files = expansion.dependencies.iter().map(|path| {
        let path = path.display().to_string();
        quote! { const _: &[u8] = ::core::include_bytes!(#path); }
    });
    let variables = vera_build::VARIABLES.iter().map(|variable| {
        quote! { const _: ::core::option::Option<&str> = ::core::option_env!(#variable); }
    });
    quote! { #wrapper #(#reports)* #(#files)* #(#variables)* }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages of the `compile_error!`s in an expansion.
    fn messages(expansion: TokenStream) -> Vec<String> {
        let file: syn::File = syn::parse2(expansion).expect("an expansion is items");
        let macros =
            file.items.iter().filter_map(|item| if let syn::Item::Macro(item) = item { Some(item) } else { None });
        let errors =
            macros.filter(|item| item.mac.path.segments.last().is_some_and(|last| last.ident == "compile_error"));
        errors.map(|item| item.mac.parse_body::<syn::LitStr>().expect("a message").value()).collect()
    }

    #[test]
    fn mistakes_in_files_have_file_line_and_column() {
        let found = messages(expand(quote!(file = "tests/wrong.vera")));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("[E140] "), "{found:?}");
        assert!(found[0].contains("--> tests/wrong.vera:8:12\n"), "{found:?}");
        let found = messages(expand(quote!(file = "tests/importer.vera")));
        assert!(found.iter().any(|message| message.contains("--> tests/wrong.vera:8:12\n")), "{found:?}");
    }

    #[test]
    fn places_in_strings_are_those_of_the_file_where_they_can_be() {
        let source = |text: &str| text_of(&syn::parse_str(text).expect("a literal"));
        for (literal, column) in [("r#\"a\n b\"#", 3), ("\"a\n b\"", 1), ("r\"\\n\"", 2)] {
            let Source { name, text } = source(literal);
            assert_eq!(name, "vera!");
            assert_eq!(text, " ".repeat(column) + literal[column..].trim_end_matches(['#', '"']), "{literal}");
        }
        let Source { name, text } = source("\"a\\n  b\"");
        assert_eq!((name.as_str(), text.as_str()), ("vera! (string in line 1)", "a\n  b"));
    }

    #[test]
    fn every_file_that_was_read_is_mentioned() {
        let expansion = expand(quote!(file = "tests/importer.vera")).to_string();
        for file in ["tests/importer.vera", "tests/wrong.vera"] {
            let path = manifest_dir().expect("tests have one").join(file);
            assert!(expansion.contains(&format!("include_bytes ! ({:?})", path.display().to_string())), "{expansion}");
        }
        assert!(expansion.contains("option_env ! (\"VERA_EXPAND\")"), "{expansion}");
    }
}
