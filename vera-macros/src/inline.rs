//! Expansion of `vera!`: its three forms, and the code for each.

use crate::recover::{Recovered, file_name, padding};
use crate::report;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use std::ops::Range;
use std::path::PathBuf;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use vera_build::{Expansion, Report, RuntimePath, Settings, Source, Verify};

/// The parts of an invocation.
struct Invocation {
    settings: Settings,
    form: Form,
}

/// Where the program is.
enum Form {
    /// In the tokens after the arguments.
    Tokens {
        arguments: TokenStream,
        program: TokenStream,
    },
    Text(syn::LitStr),
    File(syn::LitStr),
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match Invocation::of(input) {
        Ok(Invocation { settings, form: Form::Tokens { arguments, program } }) => {
            from_tokens(arguments, program, &settings)
        }
        Ok(Invocation { settings, form: Form::Text(literal) }) => from_text(&literal, &settings),
        Ok(Invocation { settings, form: Form::File(literal) }) => from_file(&literal, &settings),
        Err(error) => error.to_compile_error(),
    }
}

impl Invocation {
    /// Distinguishes the forms by their first tokens, so that a wrong Vera program is never mistaken for a wrong form.
    /// No program begins with a literal, with a name and `=`, or with `extern`.
    fn of(input: TokenStream) -> syn::Result<Self> {
        let (mut given, mut externs, mut verified, mut program) = (None, Vec::new(), None, input.clone());
        let (mut precompile, mut async_calls) = (false, false);
        loop {
            if given.is_none() && key(&program).is_some_and(|key| key == "crate") {
                let (path, rest) = runtime.parse2(program)?;
                (given, program) = (Some(path), rest);
            } else if verified.is_none() && key(&program).is_some_and(|key| key == "verify") {
                let (verify, rest) = verification.parse2(program)?;
                (verified, program) = (Some(verify), rest);
            } else if let Some(rest) = behind_word(&program, "precompile") {
                precompile = true;
                program = rest;
            } else if let Some(rest) = behind_word(&program, "async") {
                async_calls = true;
                program = rest;
            } else if matches!(first(program.clone()), Some(TokenTree::Ident(word)) if word == "extern") {
                let (types, rest) = extern_types.parse2(program)?;
                externs.push(types);
                program = rest;
            } else {
                break;
            }
        }
        let (arguments, runtime) = (without(&input, &program), given);
        let settings = |runtime: Option<RuntimePath>| Settings {
            runtime: runtime.unwrap_or_default(),
            externs: externs.clone(),
            verify: verified.unwrap_or_default(),
            file: Span::call_site().local_file(),
            precompile,
            async_calls,
        };
        let of = |form| Self { settings: settings(runtime.clone()), form };
        if let Some(key) = key(&program) {
            if key == "crate" || key == "verify" {
                return Err(syn::Error::new(key.span(), format!("`{key}` is given twice")));
            }
            if key != "file" {
                return Err(syn::Error::new(key.span(), "unknown argument; write `vera!(file = \"path.vera\")`"));
            }
            let FileArgument { path, runtime: behind } = syn::parse2(program)?;
            return match behind {
                Some((key, _)) if runtime.is_some() => Err(syn::Error::new(key, "`crate` is given twice")),
                behind => {
                    Ok(Self { settings: settings(runtime.or(behind.map(|(_, path)| path))), form: Form::File(path) })
                }
            };
        }
        if let Some(TokenTree::Literal(_)) = first(program.clone()) {
            let literal = |input: ParseStream<'_>| input.parse::<syn::LitStr>();
            return literal.parse2(program).map(Form::Text).map(of).map_err(|error| {
                syn::Error::new(error.span(), "`vera!(\"...\")` takes exactly one string literal: the program")
            });
        }
        Ok(of(Form::Tokens { arguments, program }))
    }
}

/// The first token. Macros put invisible groups around what they pass on.
fn first(tokens: TokenStream) -> Option<TokenTree> {
    tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => first(group.stream()),
        tree => Some(tree),
    })
}

/// The tokens after a word and a comma at the start, if it is that word. No program begins with a name and a comma.
fn behind_word(tokens: &TokenStream, word: &str) -> Option<TokenStream> {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Ident(found)), Some(TokenTree::Punct(comma))) if found == word && comma.as_char() == ',' => {
            Some(trees.collect())
        }
        _ => None,
    }
}

/// The name before a `=` at the start.
fn key(tokens: &TokenStream) -> Option<Ident> {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next(), trees.next()) {
        (Some(TokenTree::Ident(key)), Some(TokenTree::Punct(punct)), Some(_)) if punct.as_char() == '=' => Some(key),
        _ => None,
    }
}

/// `crate = path,` and the rest.
fn runtime(input: ParseStream<'_>) -> syn::Result<(RuntimePath, TokenStream)> {
    input.parse::<syn::Token![crate]>()?;
    input.parse::<syn::Token![=]>()?;
    let runtime = input.parse()?;
    if !input.is_empty() {
        input.parse::<syn::Token![,]>()?;
    }
    Ok((runtime, input.parse()?))
}

/// `verify = word,` and the rest.
fn verification(input: ParseStream<'_>) -> syn::Result<(Verify, TokenStream)> {
    input.parse::<Ident>()?;
    input.parse::<syn::Token![=]>()?;
    let word = input.call(Ident::parse_any)?;
    let known = Verify::WORDS.iter().find(|(known, _)| word == known);
    let Some((_, verify)) = known else {
        let words: Vec<&str> = Verify::WORDS.iter().map(|(word, _)| *word).collect();
        return Err(syn::Error::new(word.span(), format!("`verify` is one of {}", words.join(", "))));
    };
    if !input.is_empty() {
        input.parse::<syn::Token![,]>()?;
    }
    Ok((*verify, input.parse()?))
}

/// `extern a.b = path,` and the rest: the types of the Vera module `a.b` are at a Rust path.
fn extern_types(input: ParseStream<'_>) -> syn::Result<((String, String), TokenStream)> {
    input.parse::<syn::Token![extern]>()?;
    let module = Punctuated::<Ident, syn::Token![.]>::parse_separated_nonempty_with(input, Ident::parse_any)?;
    input.parse::<syn::Token![=]>()?;
    let span = input.span();
    let path = input.parse::<RuntimePath>()?.to_string();
    // The path is written in generated code, where it has lost where it comes from.
    if path.contains('$') {
        return Err(syn::Error::new(span, "the path of types cannot begin with `$crate`; name the crate"));
    }
    if !input.is_empty() {
        input.parse::<syn::Token![,]>()?;
    }
    let module: Vec<String> = module.iter().map(Ident::to_string).collect();
    Ok(((module.join("."), path), input.parse()?))
}

/// The tokens before the last ones.
fn without(tokens: &TokenStream, last: &TokenStream) -> TokenStream {
    let count = |tokens: &TokenStream| tokens.clone().into_iter().count();
    tokens.clone().into_iter().take(count(tokens) - count(last)).collect()
}

/// `file = "path"`, optionally followed by `, crate = path`.
struct FileArgument {
    path: syn::LitStr,
    runtime: Option<(Span, RuntimePath)>,
}

impl Parse for FileArgument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<syn::Ident>()?;
        input.parse::<syn::Token![=]>()?;
        let path = input.parse()?;
        let comma = input.parse::<Option<syn::Token![,]>>()?;
        let mut runtime = None;
        if comma.is_some() && input.peek(syn::Token![crate]) {
            let key = input.parse::<syn::Token![crate]>()?;
            input.parse::<syn::Token![=]>()?;
            runtime = Some((key.span, input.parse()?));
            input.parse::<Option<syn::Token![,]>>()?;
        }
        if input.is_empty() { Ok(Self { path, runtime }) } else { Err(input.error("nothing may follow the path")) }
    }
}

fn from_tokens(arguments: TokenStream, program: TokenStream, settings: &Settings) -> TokenStream {
    let call_site = Span::call_site();
    let recovered = match Recovered::new(arguments, program, call_site) {
        Ok(recovered) => recovered,
        // Nothing is compiled of which a part may be missing.
        Err(lost) => return report::error(&lost.message, lost.first, lost.last),
    };
    let source = Source { name: recovered.name.clone(), text: recovered.text.clone() };
    let place = |range: &Range<usize>| recovered.tokens_of(range);
    let expansion = vera_build::expand(source, manifest_dir(), settings, |range| place(range).map(|(first, _)| first));
    assemble(&expansion, Report::message_in_place, |range| place(range).unwrap_or((call_site, call_site)))
}

fn from_text(literal: &syn::LitStr, settings: &Settings) -> TokenStream {
    let source = text_of(literal);
    let expansion = vera_build::expand(source, manifest_dir(), settings, |_| Some(literal.span()));
    assemble(&expansion, Report::message, |_| (literal.span(), literal.span()))
}

/// The program in a literal. If the text is in the Rust file unchanged, it has the places of that file. If an escape
/// changes lines or columns, or a macro made the literal, places count from the start of the string, and the name says
/// so.
fn text_of(literal: &syn::LitStr) -> Source {
    let (written, value) = (literal.token().to_string(), literal.value());
    let mut position = literal.span().start();
    let file = file_name(literal.span());
    let opening = written.find('"').map_or(0, |quote| quote + 1);
    if written[opening..].starts_with(&value) && literal.span().source_text() == Some(written) {
        position.column += opening;
        return Source { name: file, text: padding(position) + &value };
    }
    Source { name: format!("{file} (string in line {})", position.line), text: value }
}

fn from_file(literal: &syn::LitStr, settings: &Settings) -> TokenStream {
    let path = manifest_dir().map_or_else(|| PathBuf::from(literal.value()), |dir| dir.join(literal.value()));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("cannot read `{}` (relative to the package): {error}", literal.value());
            return report::error(&message, literal.span(), literal.span());
        }
    };
    let source = Source { name: literal.value(), text };
    let settings = Settings { file: Some(path.clone()), ..settings.clone() };
    let mut expansion =
        vera_build::expand(source, path.parent().map(PathBuf::from), &settings, |_| Some(literal.span()));
    expansion.dependencies.push(path);
    assemble(&expansion, Report::message, |_| (literal.span(), literal.span()))
}

fn manifest_dir() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// The wrapper, the errors, and a reference to every file that was read, so that rustc expands again when one changes.
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
        quote! { const _: &[::core::primitive::u8] = ::core::include_bytes!(#path); }
    });
    let variables = vera_build::VARIABLES.iter().map(|variable| {
        quote! { const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(#variable); }
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
    fn what_an_input_breaks_is_an_error_unless_the_invocation_says_otherwise() {
        let program = "public fn f(@Int, @Int -> @Int) requires(true) ensures(true) effects(pure) { @Int.1 / @Int.0 }";
        let found = messages(expand(quote!(#program)));
        assert!(matches!(found.as_slice(), [one] if one.starts_with("[E526] ")), "{found:?}");
        assert_eq!(messages(expand(quote!(verify = off, #program))), [""; 0]);
        assert_eq!(messages(expand(quote!(verify = report, #program))), [""; 0]);
        let found = messages(expand(quote!(verify = maybe, #program)));
        assert_eq!(found, ["`verify` is one of off, report, deny_refuted, require_proved"]);
        assert_eq!(messages(expand(quote!(verify = off, verify = off, #program))), ["`verify` is given twice"]);
        let found = messages(expand(quote!(verify = off, crate = other, file = "tests/wrong.vera")));
        assert!(matches!(found.as_slice(), [one] if one.starts_with("[E140] ")), "{found:?}");
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
