//! The built-ins that are written in Rust: parsers and printers that walk trees in guest memory, and numeric functions.
//!
//! Every walk is iterative, holds as many roots as the tree is deep, and is subject to the limits on values. Only a
//! parse error becomes an `Err` of the program; any other failure ends the call.

pub(crate) mod float;
#[cfg(feature = "html")]
mod html;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "markdown")]
mod markdown;
mod math;
#[cfg(feature = "regex")]
mod regex;
#[cfg(any(feature = "html", feature = "json", feature = "markdown"))]
mod tree;
#[cfg(any(feature = "html", feature = "json", feature = "markdown", feature = "regex"))]
mod walk;

#[cfg(feature = "regex")]
pub(crate) use regex::Patterns;

use crate::error::{Error, Result};
use crate::state::State;
use vera_abi::library::Part;
use vera_abi::names::BUILTIN_IMPORTS;
use wasmtime::{IntoFunc, Linker};

/// The imports of modules: built-ins by their import names.
pub(crate) struct Library<'l>(pub(crate) &'l mut Linker<State>);

impl Library<'_> {
    /// Adds the built-in of that import name.
    ///
    /// # Errors
    /// [`Error::Load`] when there is no such built-in, or not in this build of the runtime.
    pub(crate) fn add(&mut self, name: &str) -> Result<()> {
        let added = match Part::of_builtin(name) {
            #[cfg(feature = "html")]
            Some(Part::Html) => html::add(self, name),
            #[cfg(feature = "json")]
            Some(Part::Json) => json::add(self, name),
            #[cfg(feature = "markdown")]
            Some(Part::Markdown) => markdown::add(self, name),
            #[cfg(feature = "regex")]
            Some(Part::Regex) => regex::add(self, name),
            #[allow(unreachable_patterns, reason = "which parts are left depends on the features")]
            Some(part) => {
                let feature = part.feature();
                return Err(Error::load(format!(
                    "it uses `{name}`: enable the feature `{feature}` of vera-runtime, which this program is built without"
                )));
            }
            None => match math::add(self, name) {
                Some(added) => Some(added),
                None => float::add(self, name),
            },
        };
        match added {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(Error::internal(format!("the built-in `{name}` cannot be linked: {error:#}"))),
            None => Err(Error::load(format!("this runtime has no built-in `{name}`"))),
        }
    }

    /// Adds a function.
    fn wrap<P, R>(&mut self, name: &str, func: impl IntoFunc<State, P, R>) -> Added {
        Some(self.0.func_wrap(BUILTIN_IMPORTS, name, func).map(drop))
    }
}

/// Whether a built-in was linked; `None` when there is no built-in of that name.
type Added = Option<wasmtime::Result<()>>;
