//! Plugins in Vera: a folder of programs that are compiled and loaded while the application runs.
//!
//! A plugin is a file `NAME.vera` with a public function `apply(String -> String)`. It may do what `grants.json` of the folder
//! grants it, within the limits that stand there, and nothing else: a plugin that performs an effect without a grant is not
//! loaded, and one that loops, or breaks a contract, ends its own call only.
//!
//! A changed file replaces the plugin only when its interface is the same: its public functions with types and effects, and
//! the operations that it performs. What the user of a plugin agreed to does not change behind his back.

mod grants;
mod plugin;
mod registry;

pub use grants::{Capability, Grant, Grants};
pub use plugin::{Plugin, Refusal};
pub use registry::{Change, Registry};
