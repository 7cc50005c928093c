//! Diagnostics as JSON for tools.
//!
//! The fields are stable: none is renamed or left out; text that does not apply is empty.

use serde::Serialize;

use super::render_text::{line_around, marked};
use super::{Diagnostic, Diagnostics, Severity};
use crate::source::{SourceMap, Span};

/// One diagnostic for tools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonDiagnostic {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub description: String,
    /// Its place.
    pub location: JsonLocation,
    /// The line at the place, without its line ending. Of a very long line, only the part around the place.
    pub source_line: String,
    /// The reason.
    pub rationale: String,
    /// The fix as text.
    pub fix: String,
    /// The fix as edits, which belong together; empty when the author must decide something first.
    pub edits: Vec<JsonEdit>,
    /// The section of the specification with the rule, with its title.
    pub spec_ref: String,
    /// The code of the registry.
    pub error_code: &'static str,
    /// Further places.
    pub labels: Vec<JsonLabel>,
}

/// A place; lines and columns count from 1, columns count characters. The end is exclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonLocation {
    /// The name of the file.
    pub file: String,
    /// The line of the first character.
    pub line: u32,
    /// The column of the first character.
    pub column: u32,
    /// The line where it ends.
    pub end_line: u32,
    /// The column where it ends.
    pub end_column: u32,
}

/// Another place, and its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonLabel {
    /// The place.
    pub location: JsonLocation,
    /// The meaning.
    pub text: String,
}

/// A change to the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JsonEdit {
    /// The place to replace; an empty range is a place to insert at.
    pub location: JsonLocation,
    /// The new text; empty to remove.
    pub replacement: String,
}

impl JsonDiagnostic {
    /// The diagnostic with its places looked up.
    pub fn new(diagnostic: &Diagnostic, source: &SourceMap) -> Self {
        let location = JsonLocation::new(diagnostic.span, source);
        let label = |label: &super::Label| JsonLabel {
            location: JsonLocation::new(label.span, source),
            text: label.text.clone(),
        };
        let edit = |edit: &super::Edit| JsonEdit {
            location: JsonLocation::new(edit.span, source),
            replacement: edit.text.clone(),
        };
        Self {
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            description: diagnostic.description.clone(),
            source_line: line_around(marked(diagnostic.span, source), source).to_owned(),
            location,
            rationale: diagnostic.rationale.clone(),
            fix: diagnostic.fix.clone(),
            edits: diagnostic.edits.iter().map(edit).collect(),
            spec_ref: diagnostic.spec_ref.map(|section| section.to_string()).unwrap_or_default(),
            error_code: diagnostic.code.as_str(),
            labels: diagnostic.labels.iter().map(label).collect(),
        }
    }
}

impl JsonLocation {
    fn new(span: Span, source: &SourceMap) -> Self {
        let (start, end) = (source.start(span), source.end(span));
        Self {
            file: source.file(span.file).name().to_owned(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

/// The diagnostics of one severity, for reports that list errors and warnings separately.
pub fn render_json(diagnostics: &Diagnostics, severity: Severity, source: &SourceMap) -> Vec<JsonDiagnostic> {
    let of_severity = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity);
    of_severity.map(|diagnostic| JsonDiagnostic::new(diagnostic, source)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Section};

    #[test]
    fn fields_are_stable() {
        let mut source = SourceMap::new();
        let file = source.add("main.vera", "one\ntwo é three\n");
        let error = Diagnostic::new(Code::E130, Span::new(file, 11, 16), "No three.")
            .because("Because.")
            .fix("Remove it.")
            .edit(Span::new(file, 11, 16), "")
            .spec(Section::S3_4)
            .label(Span::new(file, 0, 3), "one is here");
        let warning = Diagnostic::new(Code::W001, Span::new(file, 0, 3), "A hole.");
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(error);
        diagnostics.push(warning);
        let errors = render_json(&diagnostics, Severity::Error, &source);
        insta::assert_snapshot!(serde_json::to_string_pretty(&errors).unwrap());
        assert_eq!(render_json(&diagnostics, Severity::Warning, &source).len(), 1);
    }
}
