//! Methods that cannot be an operation: the error, and the corrected operation.
//!
//! Invariant: a wrong method is one error. The method stays in the `impl` in the shape of an operation, so that the
//! compiler does not report it as missing, nor the host as one without the effect. Its body stays if it means the same
//! in that shape. The crate does not compile, so none of this runs.
//!
//! Deliberately, a generic method is not refused here: rustc reports, in one error, that the trait's method has no type
//! parameters. Without them its types would be unknown, and each would be another error.

use super::is_scope;
use syn::{FnArg, ImplItemFn, Receiver, Signature, parse_quote};

/// Corrects a method that cannot be an operation. The result is what is wrong with it. `awaited` is whether the trait's
/// operations are futures.
pub(super) fn correct(method: &mut ImplItemFn, awaited: bool) -> Option<syn::Error> {
    let error = refuse(&method.sig, awaited).err()?;
    if awaited && method.sig.asyncness.is_some() {
        correct_parameters(&mut method.sig);
        let without_scope = std::mem::take(&mut method.sig.inputs).into_iter().filter(|input| !takes_the_scope(input));
        method.sig.inputs = without_scope.collect();
        (method.sig.constness, method.sig.unsafety) = (None, None);
        method.attrs.push(parse_quote!(#[allow(unused_variables, unused_mut)]));
        method.block = parse_quote!({ loop {} });
        return Some(error);
    }
    let signature = &mut method.sig;
    let by_reference = signature.receiver().is_none_or(|receiver| receiver.reference.is_some());
    let body_fits = by_reference && signature.asyncness.is_none() && signature.unsafety.is_none();
    (signature.constness, signature.asyncness, signature.unsafety) = (None, None, None);
    correct_parameters(signature);
    if !body_fits {
        method.attrs.push(parse_quote!(#[allow(unused_variables, unused_mut)]));
        method.block = parse_quote!({ loop {} });
    }
    Some(error)
}

/// Refuses what cannot be an operation.
fn refuse(signature: &Signature, awaited: bool) -> syn::Result<()> {
    if let Some(keyword) = &signature.constness {
        return Err(syn::Error::new_spanned(keyword, "an operation of a Vera effect cannot be `const`"));
    }
    if let Some(keyword) = signature.asyncness.as_ref().filter(|_| !awaited) {
        return Err(syn::Error::new_spanned(
            keyword,
            "an operation of this trait cannot be `async`: implement the trait of the same name with `Async` in front of it, which \
             `vera!(async, ...)` and `Config::async_calls` generate, or block inside the method",
        ));
    }
    if let Some(keyword) = &signature.unsafety {
        return Err(syn::Error::new_spanned(keyword, "an operation of a Vera effect cannot be `unsafe`"));
    }
    match signature.receiver() {
        Some(receiver) if receiver.reference.is_some() && receiver.mutability.is_some() => {}
        Some(receiver) => return Err(syn::Error::new_spanned(receiver, "an operation takes `&mut self`")),
        None => {
            return Err(syn::Error::new(signature.paren_token.span.join(), "an operation takes `&mut self` first"));
        }
    }
    if let Some(scope) = signature.inputs.iter().find(|input| awaited && takes_the_scope(input)) {
        return Err(syn::Error::new_spanned(
            scope,
            "an operation that is awaited has no scope: it takes and returns Rust values",
        ));
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

fn takes_the_scope(input: &FnArg) -> bool {
    matches!(input, FnArg::Typed(typed) if is_scope(&typed.ty))
}
