//! Plugins in Vera: a folder of programs that are compiled and loaded while the application runs.
//!
//! A plugin is a file `NAME.vera` with a public function `apply(String -> String)`. It may do only what `grants.json`
//! of the folder grants it, within the limits of that file. A plugin that performs an effect without a grant is not
//! loaded. One that loops, or breaks a contract, ends only its own call.
//!
//! A changed file replaces the plugin only if its interface is unchanged: its public functions with types and effects,
//! and the operations that it performs. So the plugin cannot exceed what its user agreed to.

mod grants;
mod plugin;
mod registry;

pub use grants::{Capability, Grant, Grants};
pub use plugin::{Plugin, Refusal};
pub use registry::{Change, Registry};
