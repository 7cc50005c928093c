//! Diagnostics as Rust errors and warnings.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use vera_build::Severity;

/// The tokens that make rustc report a message on the tokens from `first` to `last`.
pub(crate) fn tokens(severity: Severity, message: &str, (first, last): (Span, Span)) -> TokenStream {
    match severity {
        Severity::Error => error(message, first, last),
        Severity::Warning => warning(message, first),
    }
}

/// A `compile_error!` that underlines everything from `first` to `last`.
pub(crate) fn error(message: &str, first: Span, last: Span) -> TokenStream {
    let mut place = Ident::new("from", first).into_token_stream();
    place.extend(Ident::new("to", last).into_token_stream());
    syn::Error::new_spanned(place, message).to_compile_error()
}

/// A use of a deprecated constant: the only way for a macro to warn on a stable compiler.
fn warning(message: &str, span: Span) -> TokenStream {
    quote_spanned! {span=>
        const _: () = {
            #[deprecated(note = #message)]
            const VERA_WARNING: () = ();
            let _ = VERA_WARNING;
        };
    }
}
