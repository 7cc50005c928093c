//! `#[vera_host]`: an `impl` of a generated effect trait, written in a convenient form.
//!
//! A method of the generated trait takes the arguments of the operation and returns a value that becomes its result.
//! The attribute refuses methods that can never be an operation, on the wrong tokens. It rewrites methods that ask for
//! a scope: the trait's method returns a closure, which runs in the operation's scope. Types stay as written: rustc
//! compares them with the trait and reports a difference at its place. Guards, conversions and panics belong to the
//! runtime.

mod refuse;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{
    FnArg, GenericArgument, GenericParam, ImplItem, ImplItemFn, ItemImpl, Lifetime, PatType, PathArguments, ReturnType,
    Signature, Type, TypeGenerics, parse_quote, parse_quote_spanned,
};
use vera_build::RuntimePath;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let (rewritten, errors) = rewrite(&arguments, item);
    let errors = errors.iter().map(syn::Error::to_compile_error);
    quote!(#rewritten #(#errors)*)
}

/// The item with the code that makes it a host, and its errors.
///
/// The item stays even if it is wrong, so that its errors are not reported again where the crate uses the host.
fn rewrite(arguments: &TokenStream, item: TokenStream) -> (TokenStream, Vec<syn::Error>) {
    let Ok(mut host) = syn::parse2::<ItemImpl>(item.clone()) else {
        let first = item.clone().into_iter().next();
        let error = syn::Error::new_spanned(first, "`#[vera_host]` goes on `impl module::Effect for Type`");
        return (item, vec![error]);
    };
    let Some((_, path, _)) = host.trait_.clone() else {
        let error = syn::Error::new_spanned(
            &host.self_ty,
            "`#[vera_host]` goes on an `impl` of a generated effect trait: `impl module::Effect for Type`",
        );
        return (item, vec![error]);
    };
    let mut errors = Vec::new();
    // Not the trait itself, which nobody sees here, says so, but its name, which `vera-build` gives.
    let awaited = path.segments.last().is_some_and(|last| last.ident.to_string().starts_with("Async"));
    for inner in &mut host.items {
        if let ImplItem::Fn(method) = inner {
            errors.extend(refuse::correct(method, awaited));
        }
    }
    let (runtime, check) = match runtime(arguments) {
        Ok(runtime) => {
            let check = check(&host, &path, &runtime);
            (runtime, Some(check))
        }
        Err(error) => {
            errors.push(error);
            (RuntimePath::default(), None)
        }
    };
    let rewritten = with_scopes(host, &runtime);
    (quote!(#rewritten #check), errors)
}

/// The path of the library: `crate = path`, or none.
fn runtime(arguments: &TokenStream) -> syn::Result<RuntimePath> {
    if arguments.is_empty() {
        return Ok(RuntimePath::default());
    }
    let argument = |input: ParseStream<'_>| {
        input.parse::<syn::Token![crate]>()?;
        input.parse::<syn::Token![=]>()?;
        let path = input.parse::<RuntimePath>()?;
        input.parse::<Option<syn::Token![,]>>()?;
        Ok(path)
    };
    match arguments.clone().into_iter().next() {
        Some(TokenTree::Ident(key)) if key == "crate" => argument.parse2(arguments.clone()),
        _ => Err(syn::Error::new_spanned(arguments, "`#[vera_host]` takes no argument other than `crate = path`")),
    }
}

/// Code that compiles only if the trait is that of an effect; its error is on the trait's name.
///
/// Every effect trait has the method. A type parameter finds the methods of its bounds before those of other traits, so
/// that only a parameter with another bound gets to the method of `NotAnEffect`, which nothing may call.
fn check(item: &ItemImpl, path: &syn::Path, runtime: &RuntimePath) -> TokenStream {
    let name = path.segments.last().map_or_else(|| path.span(), |segment| segment.ident.span());
    let place = Span::call_site().located_at(name);
    let host = Ident::new("VeraHost", place);
    let mut generics = item.generics.clone();
    generics.params.push(parse_quote!(#host: #path));
    let (parameters, _, clause) = generics.split_for_impl();
    let call = quote_spanned!(place=> host.__vera_effect());
    quote! {
        const _: () = {
            #[allow(dead_code, unused_imports, clippy::all, clippy::pedantic)]
            fn is_the_trait_of_an_effect #parameters (host: &#host) #clause {
                use #runtime::host::NotAnEffect as _;
                #call
            }
        };
    }
}

/// The `impl`, with each method that asks for a scope moved unchanged to a separate trait, and called where there is a
/// scope.
fn with_scopes(mut item: ItemImpl, runtime: &RuntimePath) -> TokenStream {
    let (mut declared, mut moved) = (Vec::new(), Vec::new());
    let generics = item.generics.clone();
    let (parameters, arguments, clause) = generics.split_for_impl();
    for inner in &mut item.items {
        if let ImplItem::Fn(method) = inner
            && let Some(FnArg::Typed(scope)) = method.sig.inputs.get(1)
            && is_scope(&scope.ty)
        {
            let scope = scope.clone();
            let conditions = method.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg"));
            let signature = with_plain_names(&method.sig);
            declared.push(quote!(#(#conditions)* #signature;));
            moved.push(method.clone());
            declared.push(run_in_scope(method, &scope, &arguments, runtime));
        }
    }
    let attributes = item.attrs.clone();
    // An operation may return its plain result, a `Result`, or a handle: each is narrower than what the trait says.
    item.attrs.push(parse_quote!(#[allow(refining_impl_trait)]));
    if moved.is_empty() {
        return item.into_token_stream();
    }
    let host = &item.self_ty;
    quote! {
        const _: () = {
            trait InScope #parameters #clause { #(#declared)* }
            #(#attributes)*
            impl #parameters InScope #arguments for #host #clause { #(#moved)* }
            #item
        };
    }
}

/// Makes the method return what runs its moved self with a scope. The result is a function that gives the closure in it
/// its type: rustc takes a closure's lifetimes from what it is passed to.
fn run_in_scope(method: &mut ImplItemFn, scope: &PatType, of: &TypeGenerics<'_>, runtime: &RuntimePath) -> TokenStream {
    method.attrs.retain(|attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("doc"));
    let mut signature = with_plain_names(&method.sig);
    signature.inputs =
        signature.inputs.into_iter().enumerate().filter(|(index, _)| *index != 1).map(|(_, input)| input).collect();
    let lifetime = lifetime(&scope.ty).unwrap_or_else(|| Lifetime::new("'vera", Span::mixed_site()));
    let is_the_scopes =
        |parameter: &GenericParam| matches!(parameter, GenericParam::Lifetime(own) if own.lifetime == lifetime);
    signature.generics.params = signature.generics.params.into_iter().filter(|one| !is_the_scopes(one)).collect();
    let result = match &signature.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => ty.to_token_stream(),
    };
    // A result of another type is reported where the method says it.
    let written = match &signature.output {
        ReturnType::Default => signature.ident.span(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let place = Span::call_site().located_at(written);
    // What is interpolated keeps its own place, and rustc underlines all from the first to the last one.
    let (there, result) = (located(runtime.to_token_stream(), place), located(result, place));
    let bound = quote_spanned!(place=> for<#lifetime> ::core::ops::FnOnce(&mut #there::Scope<#lifetime>) -> #result);
    signature.output = parse_quote_spanned!(place=> -> #there::host::WithScope<impl #bound>);
    let name = &signature.ident;
    let typed = format_ident!("{name}_in_scope");
    let arguments = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(&typed.pat),
        FnArg::Receiver(_) => None,
    });
    method.block = parse_quote!({
        #runtime::host::WithScope(<Self as InScope #of>::#typed(move |scope| {
            <Self as InScope #of>::#name(self, scope #(, #arguments)*)
        }))
    });
    let (conditions, lifetimes) = (&method.attrs, &signature.generics.params);
    let conditions = conditions.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let lifetimes = lifetimes.iter();
    let typed = quote! {
        #(#conditions)*
        fn #typed<#(#lifetimes,)* VeraRun: #bound>(run: VeraRun) -> VeraRun {
            run
        }
    };
    method.sig = signature;
    typed
}

/// The tokens at another place; their meaning does not change.
fn located(tokens: TokenStream, place: Span) -> TokenStream {
    let locate = |mut tree: TokenTree| {
        if let TokenTree::Group(group) = &tree {
            tree = Group::new(group.delimiter(), located(group.stream(), place)).into();
        }
        tree.set_span(tree.span().located_at(place));
        tree
    };
    tokens.into_iter().map(locate).collect()
}

/// The signature with a plain name for each parameter, whatever its pattern.
fn with_plain_names(signature: &Signature) -> Signature {
    let mut plain = signature.clone();
    for (index, input) in plain.inputs.iter_mut().enumerate() {
        if let FnArg::Typed(typed) = input {
            let name = format_ident!("a{index}", span = typed.pat.span());
            typed.attrs.clear();
            *typed.pat = parse_quote!(#name);
        }
    }
    plain
}

/// Whether a parameter type is `&mut Scope<...>`, however the path is written.
fn is_scope(ty: &Type) -> bool {
    scope_arguments(ty).is_some()
}

/// The lifetime of a scope type, if it has a name.
fn lifetime(ty: &Type) -> Option<Lifetime> {
    let PathArguments::AngleBracketed(arguments) = scope_arguments(ty)? else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Lifetime(lifetime) if lifetime.ident != "_" => Some(lifetime.clone()),
        _ => None,
    })
}

/// What follows `Scope` in `&mut Scope<...>`.
fn scope_arguments(ty: &Type) -> Option<&PathArguments> {
    let Type::Reference(reference) = ty else { return None };
    let Type::Path(path) = &*reference.elem else { return None };
    path.path.segments.last().filter(|segment| segment.ident == "Scope").map(|segment| &segment.arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn messages(item: TokenStream) -> Vec<String> {
        let (_, errors) = rewrite(&TokenStream::new(), item);
        errors.iter().map(syn::Error::to_string).collect()
    }

    /// The expansion of a host that is right.
    fn accepted(item: TokenStream) -> TokenStream {
        let (rewritten, errors) = rewrite(&TokenStream::new(), item);
        assert!(errors.is_empty(), "{errors:?}");
        rewritten
    }

    /// The expansion of a host that is wrong, without the errors.
    fn corrected(item: TokenStream) -> String {
        let (rewritten, errors) = rewrite(&TokenStream::new(), item);
        assert!(!errors.is_empty(), "nothing is wrong");
        rewritten.to_string()
    }

    #[test]
    fn only_what_asks_for_a_scope_is_moved() {
        let plain = quote! {
            impl digest::Log for Console {
                fn info(&mut self, (left, _): (i64, i64)) {}
            }
        };
        let rewritten = accepted(plain).to_string();
        assert!(
            rewritten.contains(
                &quote!(
                    fn info(&mut self, (left, _): (i64, i64)) {}
                )
                .to_string()
            ),
            "{rewritten}"
        );
        let scoped = quote! {
            impl<T> digest::Log<T> for Console<T> where T: Copy {
                #[cfg(unix)]
                fn build<'s>(&mut self, scope: &mut Scope<'s>, (n, _): (i64, T)) -> Rooted<'s, T> { made(n) }
            }
        };
        let rewritten = accepted(scoped);
        let file: syn::File = syn::parse2(rewritten).expect("items");
        insta::assert_snapshot!(prettyplease::unparse(&file));
    }

    #[test]
    fn refuses_what_is_no_operation_and_reports_every_method() {
        let found = messages(quote! {
            impl digest::Log for Console {
                async fn a(&mut self) {}
                unsafe fn b(&mut self, value: T) {}
                fn c(&self) {}
                fn d(message: &str) {}
                fn e(&mut self, message: &str, scope: &mut Scope<'_>) {}
                const fn f(&mut self) {}
            }
        });
        assert_eq!(found.len(), 6, "{found:?}");
        assert!(found[0].contains("async") && found[1].contains("unsafe") && found[2].contains("&mut self"));
        assert!(found[3].contains("&mut self") && found[4].contains("right after") && found[5].contains("const"));
        assert_eq!(messages(quote! { impl Console { fn a(&mut self) {} } }).len(), 1);
        assert_eq!(messages(quote! { struct Console; }).len(), 1);
        let (_, errors) = rewrite(&quote!(store), quote! { impl digest::Log for Console { fn a(&self) {} } });
        assert_eq!(errors.len(), 2);
    }

    #[test]
    fn operations_of_an_async_trait_may_be_async_and_have_no_scope() {
        let awaited = quote! {
            impl<T: Copy> digest::AsyncLog<T> for Console {
                async fn info(&mut self, (left, _): (i64, T)) -> i64 { left }
                fn plain(&mut self) -> impl Future<Output = i64> + Send { std::future::ready(1) }
            }
        };
        let rewritten = accepted(awaited).to_string();
        assert!(rewritten.contains("async fn info (& mut self , (left , _) : (i64 , T)) -> i64"), "{rewritten}");
        let scoped = quote! {
            impl AsyncLog for Console { async fn info(&self, scope: &mut Scope<'_>, text: &str) -> i64 { 1 } }
        };
        assert_eq!(messages(scoped.clone()), ["an operation takes `&mut self`"]);
        assert!(corrected(scoped).contains("async fn info (& mut self , text : & str) -> i64 { loop { } }"));
        let found = messages(quote! {
            impl AsyncLog for Console { async fn info(&mut self, scope: &mut Scope<'_>) -> i64 { 1 } }
        });
        assert!(matches!(found.as_slice(), [one] if one.contains("no scope")), "{found:?}");
        let found = messages(quote!(impl Log for Console { async fn info(&mut self) {} }));
        assert!(matches!(found.as_slice(), [one] if one.contains("`Async` in front")), "{found:?}");
    }

    #[test]
    fn what_is_wrong_stays_as_what_was_meant() {
        for item in [
            quote!(
                pub struct Console;
            ),
            quote!(impl Console { fn other() {} }),
        ] {
            assert_eq!(corrected(item.clone()), item.to_string());
        }
        for (method, meant) in [
            (
                quote!(
                    fn a<'a>(&'a self, b: &str) -> i64 {
                        1
                    }
                ),
                quote!(
                    fn a<'a>(&'a mut self, b: &str) -> i64 {
                        1
                    }
                ),
            ),
            (
                quote!(
                    const fn a(b: &str) -> i64 {
                        1
                    }
                ),
                quote!(
                    fn a(&mut self, b: &str) -> i64 {
                        1
                    }
                ),
            ),
            (
                quote!(
                    async fn a(&mut self, b: &str) -> i64 {
                        1
                    }
                ),
                quote!(
                    fn a(&mut self, b: &str) -> i64 {
                        loop {}
                    }
                ),
            ),
            (
                quote!(
                    unsafe fn a(&mut self) {
                        b()
                    }
                ),
                quote!(
                    fn a(&mut self) {
                        loop {}
                    }
                ),
            ),
            (
                quote!(
                    fn a(mut self: Box<Self>) {
                        b()
                    }
                ),
                quote!(
                    fn a(&mut self) {
                        loop {}
                    }
                ),
            ),
        ] {
            let method = corrected(quote!(impl digest::Log for Console { #method }));
            assert!(method.contains(&meant.to_string()), "{meant}\n{method}");
        }
        let scoped = corrected(quote! {
            impl digest::Log for Console {
                fn a(&self, b: &str, scope: &mut Scope<'_>) -> i64 { 1 }
            }
        });
        assert!(scoped.contains("fn a (& mut self , scope : & mut Scope < '_ > , b : & str) -> i64 { 1 }"), "{scoped}");
    }
}
