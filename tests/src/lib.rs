//! End-to-end and compile-fail tests live in `tests/`; `README.md` says which test belongs where.
//!
//! Types that a program takes from elsewhere are those that it would have made itself:
//!
//! ```
//! vera_runtime::vera!(file = "vera/scripted/shared/money.vera");
//!
//! vera_runtime::vera! {
//!     extern vera.scripted.shared.money = crate::money,
//!     module prices;
//!     import vera.scripted.shared.money(Currency);
//!     public fn again(@Currency -> @Currency) requires(true) ensures(true) effects(pure) { @Currency.0 }
//! }
//!
//! fn main() {}
//! ```
//!
//! Those of another file are refused, though they have the same name and constructors:
//!
//! ```compile_fail,E0080
//! vera_runtime::vera! {
//!     module money;
//!     public data Currency { Euro, Other(Int) }
//! }
//!
//! vera_runtime::vera! {
//!     extern vera.scripted.shared.money = crate::money,
//!     module prices;
//!     import vera.scripted.shared.money(Currency);
//!     public fn again(@Currency -> @Currency) requires(true) ensures(true) effects(pure) { @Currency.0 }
//! }
//!
//! fn main() {}
//! ```

/// The programs of the README build and run as they stand there.
#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
struct Readme;

/// So are those of the page on the language. Its Vera programs are run with the command.
#[doc = include_str!("../../docs/language.md")]
#[cfg(doctest)]
struct Language;
