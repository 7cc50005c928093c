//! Runs compiled Vera modules as part of a Rust program.
//!
#![cfg_attr(feature = "macros", doc = "```")]
#![cfg_attr(not(feature = "macros"), doc = "```ignore")]
//! vera_runtime::vera! {
//!     module pricing;
//!
//!     public data Item { Item(String, Nat) }
//!
//!     public fn total(@Array<Item> /* items */, @Map<String, Nat> /* discounts */ -> @Nat)
//!       requires(array_length(@Array<Item>.0) > 0)
//!       ensures(true)
//!       effects(pure)
//!     {
//!       array_fold(@Array<Item>.0, 0, fn(@Nat, @Item -> @Nat) effects(pure) {
//!         match @Item.0 {
//!           Item(@String, @Nat) -> @Nat.1 + @Nat.0 - @Nat.0 * option_unwrap_or(map_get(@Map<String, Nat>.0, @String.0), 0) / 100
//!         }
//!       })
//!     }
//! }
//!
//! use pricing::Item;
//! use std::collections::HashMap;
//!
//! let mut pricing = pricing::Module::new()?;
//! let items = [Item("pen".into(), 250), Item("ink".into(), 100)];
//! assert_eq!(pricing.total(&items, HashMap::from([("ink", 20)]))?, 330);
//!
//! // A contract that the caller breaks is the caller's error, and the instance answers the next call.
//! let error = pricing.total(Vec::<Item>::new(), HashMap::from([("ink", 20)])).unwrap_err();
//! assert!(matches!(error, vera_runtime::Error::Requires(_)));
//! # Ok::<(), vera_runtime::Error>(())
//! ```
//!
//! The code that the macro generates uses these types:
//!
//! * [`Compiled`] is a module's code, usually a `static` of a generated wrapper.
//! * [`Instance`] is an instance of a module. [`Instance::function`] finds a public function, [`Instance::call`] calls
//!   it with Rust values. [`value`] says which Rust types represent which Vera types, and [`ToVera`] which Rust values
//!   are accepted for them.
//! * [`Instance::scope`] holds values in the module's memory from Rust: as [`Rooted`] handles, which the collector
//!   knows and which cannot leave their [`Scope`].
//! * [`host`] implements effects in Rust. Beyond computing, a module can do only what its host implements.
//! * [`Limits`] bound memory, time, depth and the size of values; [`Error`] says whose fault a failure is. The threat
//!   model is in `docs/security.md` of the repository: what a module can do to its host, what each limit bounds, and
//!   what the embedder must handle.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

#[cfg(feature = "async")]
mod awaited;
mod backtrace;
mod builtins;
mod call;
pub mod contracts;
mod depth;
mod engine;
mod enter;
pub mod error;
mod exports;
mod failure;
#[cfg_attr(
    not(all(feature = "html", feature = "json", feature = "markdown", feature = "regex")),
    allow(dead_code, unused_imports, reason = "some of it is for parts of the library")
)]
mod heap;
pub mod host;
mod instance;
mod library;
mod limits;
#[cfg_attr(
    not(all(feature = "html", feature = "json", feature = "markdown", feature = "regex")),
    allow(dead_code, unused_imports, reason = "some of it is for parts of the library")
)]
mod meter;
mod module;
#[cfg(feature = "compiler")]
mod pool_memory;
mod raw;
mod scope;
#[cfg(feature = "serve")]
pub mod serve;
mod stack;
mod state;
mod stop;
mod template;
mod trace;
mod trial;
pub mod value;

#[cfg(feature = "async")]
pub use awaited::{AsyncInstance, AsyncTemplate, Call};
pub use call::Function;
#[cfg(feature = "cache")]
pub use engine::keep_machine_code;
pub use error::{Error, Result};
pub use indexmap;
pub use instance::Instance;
pub use limits::Limits;
pub use module::{Compiled, InterfaceRef};
pub use scope::{Rooted, Scope, Within};
pub use serde_json;
pub use template::Template;
#[cfg(feature = "tracing")]
pub use trace::TraceValues;
pub use value::{Argument, Boxed, Lift, Lower, ToVera, Value};
pub use vera_abi::interface;
pub use vera_engine::Bundle;
#[cfg(feature = "macros")]
pub use vera_macros::{vera, vera_host};

/// Includes the wrappers that `vera_build::compile` wrote in the build script.
#[macro_export]
macro_rules! include_modules {
    () => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/vera_modules.rs"));
    };
}

/// Makes a test for each public function of a Vera module. It tests the function's contract on generated inputs, in the
/// compiled code.
///
/// The argument is the module that [`vera!`] or [`include_modules!`] made. Invoke the macro in the crate of that
/// module, where the module is in scope. The tests are in a module with the suffix `_contracts`, so
/// `cargo test pricing_contracts` runs them.
///
/// Inputs are values of the parameters' types that the function's preconditions and the refinements and invariants of
/// its arguments allow. All types of parameters are supported. A test fails when a postcondition or any other check of
/// the program fails, and shows the smallest input that was found:
///
/// ```text
/// `share` fails on an input that its preconditions allow (run 3 of 200, seed 0):
///   @Nat.1 = 1, @Nat.0 = 0
/// Integer division by zero: `@Nat.1 / @Nat.0` in share
/// ```
///
/// An overflow, an unhandled exception or a limit says nothing about the contract, so it does not fail a test.
/// `VERA_TRIALS` is the number of runs of each function (200), `VERA_SEED` the seed of the inputs (0).
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// vera_runtime::vera! {
///     module pricing;
///
///     public fn discounted(@Nat /* price */, @Nat /* percent */ -> @Nat)
///       requires(@Nat.0 <= 100 && @Nat.1 <= 1000000)
///       ensures(@Nat.result <= @Nat.1)
///       effects(pure)
///     {
///       @Nat.1 - @Nat.1 * @Nat.0 / 100
///     }
/// }
///
/// vera_runtime::contract_tests!(pricing);
/// # fn main() {}
/// ```
///
/// A test of a function that performs effects of the host is ignored, unless the macro gets an expression that makes an
/// instance:
///
/// ```ignore
/// vera_runtime::contract_tests!(agent, agent::Module::new(Recorded::default()));
/// ```
#[macro_export]
macro_rules! contract_tests {
    ($($module:ident)::+ $(,)?) => {
        $($module)::+::__contract_tests! { [$($module)::+] }
    };
    ($($module:ident)::+, $made:expr $(,)?) => {
        $($module)::+::__contract_tests! { [$($module)::+] $made }
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "`contract_tests!` takes the module of a Vera program, as in `contract_tests!(pricing)`, and, where its functions \
             perform effects, what makes an instance of it: `contract_tests!(agent, agent::Module::new(Host::default()))`"
        );
    };
}

/// For generated code and macros only; not part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::heap::{Heap, Object, Reader};
    pub use crate::trial::{Broken, Case, Outcome, run, run_with};
    pub use crate::value::arguments::LiftParams;
    pub use crate::value::data::{Declared, is_data};
    pub use vera_abi::ABI_VERSION;
    pub use vera_abi::interface::{Interface, TypeDesc};
    pub use vera_abi::layout::fixed;

    /// A module and the machine code that was made for it in the same build. The code is trusted: pass only code that
    /// `vera-build` wrote.
    pub const fn precompiled(wasm: &'static [u8], code: &'static [u8]) -> crate::Compiled {
        crate::Compiled::from_program(wasm, code)
    }
}
