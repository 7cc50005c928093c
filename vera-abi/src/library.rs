//! The parts of the library that a host may leave out: built-ins with parsers and matchers of their own.
//!
//! Each is a feature of `vera-runtime`. The generator of wrappers asks for the features of the built-ins that a module
//! imports; a runtime without one refuses the module by its name.

/// A part of the library that the host implements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `html_parse` and its like.
    Html,
    /// `json_parse` and its like.
    Json,
    /// `md_parse` and its like.
    Markdown,
    /// `regex_match` and its like.
    Regex,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 4] = [Part::Html, Part::Json, Part::Markdown, Part::Regex];

    /// The feature of `vera-runtime`.
    pub const fn feature(self) -> &'static str {
        match self {
            Part::Html => "html",
            Part::Json => "json",
            Part::Markdown => "markdown",
            Part::Regex => "regex",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Part::Html => "html_",
            Part::Json => "json_",
            Part::Markdown => "md_",
            Part::Regex => "regex_",
        }
    }

    /// The part that a built-in is in, by its import name; `None` when every host has it.
    pub fn of_builtin(name: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| name.starts_with(part.prefix()))
    }
}
