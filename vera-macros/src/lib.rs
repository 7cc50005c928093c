//! The `vera!` and `#[vera_host]` macros.
//!
//! This crate declares the macros, recovers the exact source text of an invocation, and turns diagnostics into Rust
//! errors on the tokens they are about. `vera-build` compiles the program and generates the wrapper.
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
/// * `vera! { ... }` takes the program as it is written, comments included. Rust's lexer reads it first. So a program
///   with string interpolation (`"\(...)"`), or with a single apostrophe or an unbalanced bracket in a comment, needs
///   another form.
/// * `vera!(r#"..."#)` takes any program as a string literal.
/// * `vera!(file = "src/pricing.vera")` takes the program from a file, relative to the package's manifest.
///
/// Arguments come first, each followed by a comma. `extern shared.money = crate::money,` takes the types of the
/// imported module `shared.money` from the wrapper at that path instead of generating them again. So values can pass
/// between both modules. The wrapper must be made from the same file; this is checked when the expansion is compiled.
///
/// Contracts are verified: a counterexample is an error. `verify = report,` makes it a warning. With
/// `verify = require_proved,` everything that is left to run time is an error as well. `verify = off,` verifies
/// nothing.
///
/// `async,` also generates async calls: an `AsyncModule` with a method `name_async` for each public function, and, for
/// each effect of the program, a trait `AsyncEffect` whose operations may be `async fn`. This needs the feature `async`
/// of `vera_runtime`.
///
/// Imports are files: relative to the package in the first two forms, next to the file in the third. A change of an
/// imported file is noticed. A new file that would be found instead of a farther one is noticed with the next change.
///
/// Another macro may pass a program on, or make one: the text is read from the positions of the tokens. If that is not
/// possible, and the program has comments, it is an error. A program is never compiled with a part missing.
///
/// The expansion refers to the runtime as `::vera_runtime`. A crate that knows it by another name says so first, in
/// each form: `vera!(crate = other_name, file = "src/pricing.vera")`. The value is the name of a dependency, or a path
/// that begins with it or with `crate`.
///
/// Every mistake in the program is a Rust error: on the exact tokens in the first form, with file, line and column in
/// the others. If the environment variable `VERA_EXPAND` names a folder, the expansion is written there too.
#[proc_macro]
pub fn vera(input: TokenStream) -> TokenStream {
    inline::expand(input.into()).into()
}

/// Makes an `impl` of a generated effect trait the host of that effect.
///
/// Put it on `impl effect_trait for Type`. Each method is an operation. It takes `&mut self`, optionally a
/// `scope: &mut Scope<'_>` to build guest values directly, then the operation's arguments as Rust types (`i64`, `&str`,
/// `&[T]`, ...). It returns the operation's result, or a `Result<_, E>` with any error or text, which fails the call.
///
/// In an `impl` of the async trait, `impl AsyncEffect for Type`, a method may be an `async fn`. It has no scope.
///
/// A crate that knows `vera_runtime` by another name writes `#[vera_host(crate = other_name)]`.
#[proc_macro_attribute]
pub fn vera_host(arguments: TokenStream, item: TokenStream) -> TokenStream {
    host::expand(arguments.into(), item.into()).into()
}
