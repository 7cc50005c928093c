//! Methods that cannot be an operation: the error, and the operation that was meant.
//!
//! Invariant: a wrong method is one error. The method stays in the `impl` in the shape that an operation has, so that
//! the compiler does not report it as missing, and the host not as one without the effect. Its body stays where it
//! means the same in that shape. The crate does not compile, so that none of this runs.

use super::is_scope;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericParam, ImplItemFn, Receiver, ReturnType, Signature, Type, parse_quote};

/// Corrects a method that cannot be an operation. The result is what is wrong with it.
pub(super) fn correct(method: &mut ImplItemFn) -> Option<syn::Error> {
    let error = refuse(&method.sig).err()?;
    let signature = &mut method.sig;
    let by_reference = signature.receiver().is_none_or(|receiver| receiver.reference.is_some());
    let body_fits = by_reference
        && signature.asyncness.is_none()
        && signature.unsafety.is_none()
        && signature.generics.params.iter().all(is_lifetime);
    (signature.constness, signature.asyncness, signature.unsafety) = (None, None, None);
    correct_parameters(signature);
    remove_generics(signature, &error);
    if !body_fits {
        method.attrs.push(parse_quote!(#[allow(unused_variables, unused_mut)]));
        method.block = parse_quote!({ loop {} });
    }
    Some(error)
}

/// Refuses what cannot be an operation.
fn refuse(signature: &Signature) -> syn::Result<()> {
    if let Some(keyword) = &signature.constness {
        return Err(syn::Error::new_spanned(keyword, "an operation of a Vera effect cannot be `const`"));
    }
    if let Some(keyword) = &signature.asyncness {
        return Err(syn::Error::new_spanned(
            keyword,
            "an operation of a Vera effect cannot be `async`: the program waits for its result; block inside the method instead",
        ));
    }
    if let Some(keyword) = &signature.unsafety {
        return Err(syn::Error::new_spanned(keyword, "an operation of a Vera effect cannot be `unsafe`"));
    }
    if let Some(parameter) = signature.generics.params.iter().find(|parameter| !is_lifetime(parameter)) {
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
    match signature.inputs.iter().skip(2).find(|input| takes_the_scope(input)) {
        Some(scope) => Err(syn::Error::new_spanned(scope, "the scope comes right after `&mut self`")),
        None => Ok(()),
    }
}

/// Puts `&mut self` first, then the scope.
fn correct_parameters(signature: &mut Signature) {
    let receiver: Receiver = match signature.receiver() {
        Some(Receiver { reference, self_token, .. }) => {
            let lifetime = reference.as_ref().and_then(|(_, lifetime)| lifetime.as_ref());
            parse_quote!(& #lifetime mut #self_token)
        }
        None => parse_quote!(&mut self),
    };
    let inputs = std::mem::take(&mut signature.inputs).into_iter();
    let (scope, others): (Vec<_>, Vec<_>) =
        inputs.filter(|input| matches!(input, FnArg::Typed(_))).partition(takes_the_scope);
    signature.inputs = std::iter::once(FnArg::Receiver(receiver)).chain(scope).chain(others).collect();
}

/// Takes away the parameters for types and values. The error stands in place of each type that mentions one: the macro
/// does not know the operation's type, and rustc compares no type with one that is an error. It reports an error at one
/// place once.
fn remove_generics(signature: &mut Signature, error: &syn::Error) {
    let params = std::mem::take(&mut signature.generics.params).into_iter();
    let (lifetimes, others): (Vec<_>, Vec<_>) = params.partition(is_lifetime);
    signature.generics.params = lifetimes.into_iter().collect();
    if others.is_empty() {
        return;
    }
    signature.generics.where_clause = None;
    let names: Vec<Ident> = others
        .into_iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(parameter.ident),
            GenericParam::Const(parameter) => Some(parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    let inputs = signature.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(&mut typed.ty),
        FnArg::Receiver(_) => None,
    });
    let output = match &mut signature.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(ty),
    };
    for ty in inputs.chain(output) {
        if mentions(ty.to_token_stream(), &names) {
            **ty = Type::Verbatim(error.to_compile_error());
        }
    }
}

fn is_lifetime(parameter: &GenericParam) -> bool {
    matches!(parameter, GenericParam::Lifetime(_))
}

fn takes_the_scope(input: &FnArg) -> bool {
    matches!(input, FnArg::Typed(typed) if is_scope(&typed.ty))
}

/// Whether one of the names is among the tokens.
fn mentions(tokens: TokenStream, names: &[Ident]) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(name) => names.contains(&name),
        TokenTree::Group(group) => mentions(group.stream(), names),
        _ => false,
    })
}
