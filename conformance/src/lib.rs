//! The conformance harness: programs, a manifest that says what must come of each, and their runs.
//!
//! A folder holds programs and a `manifest.json` with an [`Entry`] for each. [`Case::examine`] takes a program through
//! the stages of its level and says of each stage whether it went as the manifest says. Programs run in a sandbox:
//! input, files and time are in memory, and computation is bounded.
//!
//! Proofs are not part of the harness: the level `verify` counts as `check`.

mod execute;
mod host;
mod manifest;
mod stage;
mod table;

pub use manifest::{Case, Entry, Level, load};
pub use stage::{Report, Stage, Verdict, examine_all};
pub use table::{Summary, print};
