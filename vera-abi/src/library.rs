//! The parts of the library that a host may leave out: built-ins that need a parser or a matcher.
//!
//! Each part is a feature of `vera-runtime`. The generator of wrappers requires the features of the built-ins that a
//! module imports. A runtime without such a feature refuses the module and names the feature.

/// A part of the library that the host implements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `html_parse` and the other HTML built-ins.
    Html,
    /// `json_parse` and the other JSON built-ins.
    Json,
    /// `md_parse` and the other Markdown built-ins.
    Markdown,
    /// `regex_match` and the other built-ins for regular expressions.
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

    /// The part of a built-in, by its import name; `None` when every host has the built-in.
    pub fn of_builtin(name: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| name.starts_with(part.prefix()))
    }
}
