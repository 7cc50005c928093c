//! Diagnostics as Rust errors and warnings.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use vera_build::Severity;

/// The tokens that make rustc report a message on the tokens from `first` to `last`.
pub(crate) fn tokens(severity: Severity, message: &str, (first, last): (Span, Span)) -> TokenStream {
    match severity {
        Severity::Error => error(message, first, last),
        Severity::Warning => warning(message, first, last),
    }
}

/// A `compile_error!` that underlines everything from `first` to `last`.
pub(crate) fn error(message: &str, first: Span, last: Span) -> TokenStream {
    let mut place = Ident::new("from", first).into_token_stream();
    place.extend(Ident::new("to", last).into_token_stream());
    syn::Error::new_spanned(place, message).to_compile_error()
}

/// The explanation at the start of a warning.
const NOT_DEPRECATED: &str = "(Nothing is deprecated: stable Rust lets a macro warn in no other way.)";

/// A use of a deprecated item: on a stable compiler, this is the only way for a macro to give a warning with its own
/// text. rustc underlines the whole path of a macro call, and names the macro in its message.
fn warning(message: &str, first: Span, last: Span) -> TokenStream {
    let message = format!("{message}\n{NOT_DEPRECATED}");
    let (vera, warning) = (Ident::new("vera", first), Ident::new("warning", last));
    quote! {
        const _: () = {
            mod vera {
                #[deprecated(note = #message)]
                macro_rules! warning {
                    () => {};
                }
                #[allow(deprecated)]
                pub(super) use warning;
            }
            #vera::#warning!();
        };
    }
}
