//! The formatter on programs of ours: tables of texts with their canonical form, and properties of every program.

mod corpus;
mod limits;
mod properties;
mod table;

use super::format;
use crate::diagnostics::render_text_all;

/// The canonical form of a well-formed text. That it is its own canonical form is checked.
fn formatted(text: &str) -> String {
    let once = formatted_once(text);
    assert_eq!(formatted_once(&once), once, "formatting twice is not formatting once");
    once
}

fn formatted_once(text: &str) -> String {
    match format("test.vera", text) {
        Ok(formatted) => formatted,
        Err(unformatted) => {
            panic!("{}\n{text}", render_text_all(&unformatted.diagnostics, &unformatted.sources))
        }
    }
}
