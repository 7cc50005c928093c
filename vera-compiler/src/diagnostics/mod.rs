//! Diagnostics as data, and the ways to show them.
//!
//! A stage pushes [`Diagnostic`]s into [`Diagnostics`] and continues; renderers turn them into terminal text, JSON or
//! Rust errors. Codes come from the language's published registry ([`Code`]).

mod codes;
mod edits;
mod model;
mod render_json;
mod render_text;
mod sections;
pub(crate) mod suggest;

pub use codes::{Code, Phase};
pub(crate) use edits::edited;
pub use edits::{Applied, apply};
pub use model::{Diagnostic, Diagnostics, Edit, Label, NameKind, Severity, UnknownName};
pub use render_json::{JsonDiagnostic, JsonEdit, JsonLabel, JsonLocation, render_json};
pub use render_text::{render_explanation, render_place, render_styled, render_text, render_text_all};
pub use sections::Section;
