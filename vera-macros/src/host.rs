//! `#[vera_host]`: an `impl` of a generated effect trait, as a user wants to write it.
//!
//! The generated trait gives every operation a scope parameter and lets it return anything that becomes the
//! operation's result. The attribute adds the scope where a method does not ask for it and refuses what could never
//! be an operation, on the tokens that are wrong. Types are left as written: rustc compares them with the trait and
//! reports a difference at its place. Guards, conversions and panics are the runtime's business.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, Type, parse_quote};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match rewrite(&arguments, item.clone()) {
        Ok(rewritten) => rewritten,
        // The impl is dropped: half an impl would add errors that are not the user's.
        Err(error) => error.to_compile_error(),
    }
}

fn rewrite(arguments: &TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    if !arguments.is_empty() {
        return Err(syn::Error::new_spanned(arguments, "`#[vera_host]` takes no arguments"));
    }
    let mut item: ItemImpl = syn::parse2(item)
        .map_err(|error| syn::Error::new(error.span(), "`#[vera_host]` goes on `impl module::Effect for Type`"))?;
    if item.trait_.is_none() {
        return Err(syn::Error::new_spanned(
            &item.self_ty,
            "`#[vera_host]` goes on an `impl` of a generated effect trait: `impl module::Effect for Type`",
        ));
    }
    let mut errors: Option<syn::Error> = None;
    for inner in &mut item.items {
        if let ImplItem::Fn(method) = inner
            && let Err(error) = rewrite_method(method)
        {
            match &mut errors {
                Some(all) => all.combine(error),
                None => errors = Some(error),
            }
        }
    }
    if let Some(errors) = errors {
        return Err(errors);
    }
    if let Some((_, path, _)) = &item.trait_ {
        // Any other trait has no such constant, and rustc says so on its name.
        let place = path.segments.last().map_or_else(|| path.span(), |segment| segment.ident.span());
        let evidence = quote::quote_spanned!(place=> const IS_A_VERA_EFFECT: () = (););
        item.items.push(syn::parse2(evidence)?);
    }
    // An operation may return its plain result, a `Result`, or a handle: each is narrower than what the trait says.
    item.attrs.push(parse_quote!(#[allow(refining_impl_trait)]));
    Ok(item.into_token_stream())
}

fn rewrite_method(method: &mut ImplItemFn) -> syn::Result<()> {
    let signature = &mut method.sig;
    if let Some(keyword) = &signature.asyncness {
        return Err(syn::Error::new_spanned(
            keyword,
            "an operation of a Vera effect cannot be `async`: the program waits for its result; block inside the method instead",
        ));
    }
    if let Some(keyword) = &signature.unsafety {
        return Err(syn::Error::new_spanned(keyword, "an operation of a Vera effect cannot be `unsafe`"));
    }
    if let Some(parameter) =
        signature.generics.params.iter().find(|param| !matches!(param, syn::GenericParam::Lifetime(_)))
    {
        return Err(syn::Error::new_spanned(
            parameter,
            "an operation of a Vera effect cannot be generic: its types are those of the effect declaration",
        ));
    }
    match signature.receiver() {
        Some(receiver) if receiver.reference.is_some() && receiver.mutability.is_some() => {}
        Some(receiver) => return Err(syn::Error::new_spanned(receiver, "an operation takes `&mut self`")),
        None => {
            return Err(syn::Error::new(signature.paren_token.span.join(), "an operation takes `&mut self` first"));
        }
    }
    let takes_scope = matches!(signature.inputs.get(1), Some(FnArg::Typed(typed)) if is_scope(&typed.ty));
    if !takes_scope {
        let span = signature.inputs[0].span();
        let scope: FnArg = syn::parse2(quote::quote_spanned! {span=> _: &mut ::vera_runtime::Scope<'_> })?;
        signature.inputs.insert(1, scope);
    }
    Ok(())
}

/// Whether a parameter type is `&mut Scope<...>`, however the path is written.
fn is_scope(ty: &Type) -> bool {
    let Type::Reference(reference) = ty else { return false };
    let Type::Path(path) = &*reference.elem else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == "Scope")
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn messages(item: TokenStream) -> Vec<String> {
        match rewrite(&TokenStream::new(), item) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.to_string()).collect(),
        }
    }

    #[test]
    fn adds_the_scope_only_where_it_is_missing() {
        let item = quote! {
            impl digest::Log for Console {
                fn info(&mut self, message: &str) {}
                fn build(&mut self, scope: &mut vera_runtime::Scope<'_>, n: i64) -> i64 { n }
            }
        };
        let rewritten: ItemImpl = syn::parse2(rewrite(&TokenStream::new(), item).expect("valid")).expect("an impl");
        let counts: Vec<usize> = rewritten
            .items
            .iter()
            .filter_map(|item| if let ImplItem::Fn(method) = item { Some(method.sig.inputs.len()) } else { None })
            .collect();
        assert_eq!(counts, [3, 3]);
    }

    #[test]
    fn refuses_what_is_no_operation_and_reports_every_method() {
        let found = messages(quote! {
            impl digest::Log for Console {
                async fn a(&mut self) {}
                fn b<T>(&mut self, value: T) {}
                fn c(&self) {}
                fn d(message: &str) {}
            }
        });
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].contains("async") && found[1].contains("generic") && found[2].contains("&mut self"));
        assert_eq!(messages(quote! { impl Console { fn a(&mut self) {} } }).len(), 1);
    }
}
