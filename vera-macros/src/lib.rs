//! The `vera!` and `#[vera_host]` macros.
//!
//! This crate declares the macros, recovers the exact source text of an invocation and turns diagnostics into Rust
//! errors on the tokens they are about. Compiling and generating is `vera-build`'s.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

use proc_macro::TokenStream;

mod host;
mod inline;
mod recover;
mod report;

/// Compiles a Vera module and expands to a Rust module with typed wrappers for its public functions.
///
/// The Rust module is named by the last segment of the Vera `module` declaration (`vera` without one).
///
/// * `vera! { ... }` takes the program as it stands there, comments included. Rust's lexer reads it first, so a program
///   with string interpolation (`"\(...)"`), or with a single apostrophe or an unbalanced bracket in a comment, cannot
///   pass this way.
/// * `vera!(r#"..."#)` takes any program as a string literal.
/// * `vera!(file = "src/pricing.vera")` takes it from a file, relative to the package's manifest.
///
/// Arguments come first, each with a comma behind it: `extern shared.money = crate::money,` takes the types of the
/// imported module `shared.money` from the wrapper at that path instead of generating them again, so that values pass
/// between both modules. The wrapper is that of the same file; whether it is, is checked when the expansion is compiled.
///
/// Contracts are verified: an input that breaks one is an error. `verify = report,` makes it a warning,
/// `verify = require_proved,` makes what is left to run time an error as well, and `verify = off,` verifies nothing.
///
/// Imports are looked for as files: relative to the package in the first two forms, next to the file in the third. A
/// change of one is noticed; a new file that would be found instead of a farther one is noticed with the next change.
///
/// A macro may hand a program on, or make it: its text is taken from where the tokens stand. Where that is not possible,
/// and the program has comments, that is an error: nothing is compiled of which a part may be missing.
///
/// The expansion names this library `::vera_runtime`. A crate that has it by another name says so first, in each form:
/// `vera!(crate = other_name, file = "src/pricing.vera")`, with the name of a dependency, or a path that begins with it or
/// with `crate`.
///
/// Every mistake in the program is a Rust error: on the exact tokens in the first form, with file, line and column in
/// the others. With the environment variable `VERA_EXPAND` set to a folder, the expansion is written there too.
#[proc_macro]
pub fn vera(input: TokenStream) -> TokenStream {
    inline::expand(input.into()).into()
}

/// Makes an `impl` of a generated effect trait the host of that effect.
///
/// Put it on `impl effect_trait for Type`. Each method is an operation: it takes `&mut self`, optionally a
/// `scope: &mut Scope<'_>` to build guest values by hand, then the operation's arguments as Rust types (`i64`, `&str`,
/// `&[T]`, ...), and returns the operation's result, or `Result<_, E>` with any error or text to fail the call.
///
/// A crate that has `vera_runtime` by another name writes `#[vera_host(crate = other_name)]`.
#[proc_macro_attribute]
pub fn vera_host(arguments: TokenStream, item: TokenStream) -> TokenStream {
    host::expand(arguments.into(), item.into()).into()
}
