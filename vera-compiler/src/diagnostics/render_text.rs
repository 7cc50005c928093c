//! Diagnostics as plain text for terminals and logs.
//!
//! ```text
//! error[E004]: A `}` is missing before the end of the file.
//!   --> main.vera:9:4
//!    |
//!  5 | {
//!    | - this `{` is not closed
//!    :
//!  9 |   1
//!    |    ^
//!   why: Every `{` is closed by its own `}`.
//!   fix: Add the `}` that closes the block.
//!   see: Chapter 4, Section 4.10
//! ```
//!
//! No colours, no dependence on a terminal. Control characters of the source are not passed on.

use std::fmt::{self, Write};

use unicode_width::UnicodeWidthChar;

use super::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::{SourceMap, Span};

/// The diagnostics one after another, an empty line between them. Each ends with a line feed.
pub fn render_text_all(diagnostics: &Diagnostics, source: &SourceMap) -> String {
    let texts: Vec<String> = diagnostics.iter().map(|diagnostic| render_text(diagnostic, source)).collect();
    texts.join("\n")
}

/// One diagnostic. Ends with a line feed.
pub fn render_text(diagnostic: &Diagnostic, source: &SourceMap) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_diagnostic(&mut out, diagnostic, source);
    out
}

/// The place of something, as it stands in the text: file, line and column, the lines with what is underlined, and the
/// places of `labels`. Ends with a line feed.
pub fn render_place(span: Span, labels: &[Label], source: &SourceMap) -> String {
    let mut out = String::new();
    let _ = write_place(&mut out, span, labels, source);
    out
}

/// Why, how to mend it, and where the rule is, a paragraph each. Every line ends with a line feed.
pub fn render_explanation(diagnostic: &Diagnostic) -> String {
    let mut out = String::new();
    let _ = write_explanation(&mut out, diagnostic, 0);
    out
}

fn write_diagnostic(out: &mut String, diagnostic: &Diagnostic, source: &SourceMap) -> fmt::Result {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    writeln!(out, "{severity}[{}]: {}", diagnostic.code.as_str(), diagnostic.description)?;
    let gutter = write_place(out, diagnostic.span, &diagnostic.labels, source)?;
    write_explanation(out, diagnostic, gutter)
}

/// Returns the width of the column with line numbers.
fn write_place(
    out: &mut String,
    span: Span,
    labels: &[Label],
    source: &SourceMap,
) -> Result<usize, fmt::Error> {
    let start = source.start(span);
    let file = source.file(span.file).name();
    let mut marks: Vec<Mark> = labels.iter().map(|label| Mark::new(label.span, '-', &label.text)).collect();
    marks.push(Mark::new(span, '^', ""));
    marks.sort_by_key(|mark| (mark.span.file != span.file, mark.span.file, mark.span.start));
    let last_line = marks.iter().map(|mark| source.start(mark.span).line).max().unwrap_or(1);
    let gutter = last_line.to_string().len() + 1;

    writeln!(out, "{:gutter$}--> {file}:{}:{}", "", start.line, start.column)?;
    writeln!(out, "{:gutter$} |", "")?;
    let mut shown = (span.file, 0);
    for mark in &marks {
        let at = source.start(mark.span);
        if mark.span.file != shown.0 {
            writeln!(out, "{:gutter$}::: {}:{}:{}", "", source.file(mark.span.file).name(), at.line, at.column)?;
        } else if shown.1 > 0 && at.line > shown.1 + 1 {
            writeln!(out, "{:gutter$} :", "")?;
        }
        if shown != (mark.span.file, at.line) {
            writeln!(out, "{:gutter$} | {}", at.line, visible(source.file(mark.span.file).line(at.line)))?;
        }
        shown = (mark.span.file, at.line);
        writeln!(out, "{:gutter$} | {}", "", mark.underline(source))?;
    }
    Ok(gutter)
}

fn write_explanation(out: &mut String, diagnostic: &Diagnostic, gutter: usize) -> fmt::Result {
    for (title, text) in [("why", &*diagnostic.rationale), ("fix", &*diagnostic.fix), ("see", diagnostic.spec_ref)] {
        if text.is_empty() {
            continue;
        }
        let mut lines = text.lines();
        writeln!(out, "{:gutter$}{title}: {}", "", lines.next().unwrap_or_default())?;
        for line in lines {
            writeln!(out, "{:gutter$}     {line}", "")?;
        }
    }
    Ok(())
}

/// A place to underline, and what to write behind the line.
struct Mark<'a> {
    span: Span,
    sign: char,
    text: &'a str,
}

impl<'a> Mark<'a> {
    fn new(span: Span, sign: char, text: &'a str) -> Self {
        Self { span, sign, text }
    }

    /// The line below the source line. A span over several lines is underlined to the end of the first.
    fn underline(&self, source: &SourceMap) -> String {
        let (start, end) = (source.start(self.span), source.end(self.span));
        let line = source.file(self.span.file).line(start.line);
        let before = start.column as usize - 1;
        let length = if end.line == start.line { (end.column - start.column) as usize } else { usize::MAX };
        let mut out: String =
            line.chars().take(before).map(|c| if c == '\t' { "\t".into() } else { " ".repeat(width(c)) }).collect();
        let columns: usize = line.chars().skip(before).take(length).map(width).sum();
        out.extend(std::iter::repeat_n(self.sign, columns.max(1)));
        if !self.text.is_empty() {
            let _ = write!(out, " {}", self.text);
        }
        out
    }
}

/// How many columns a character takes as [`visible`] shows it. A tab counts one.
fn width(c: char) -> usize {
    if c.is_control() { 1 } else { c.width().unwrap_or(0) }
}

/// The line without characters that a terminal would act on.
fn visible(line: &str) -> String {
    line.chars().map(|c| if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;
    use crate::source::SourceMap;

    #[test]
    fn places_labels_and_explanations_are_shown() {
        let mut source = SourceMap::new();
        let text = "type A = Int;\n\tlet \"日本\" x\u{1b}[31m y;\n\n\n\n\n\n\n\nlast\n";
        let main = source.add("main.vera", text);
        let other = source.add("lib.vera", "type B = Int;\n");
        let find = |needle: &str| {
            let start = text.find(needle).unwrap() as u32;
            Span::new(main, start, start + needle.len() as u32)
        };
        let diagnostic = Diagnostic::new(Code::E130, find("x"), "There is no `x`.")
            .because("Nothing binds it.")
            .fix("let @Int = 1;\n@Int.0")
            .spec("Chapter 3, Section 3.4")
            .label(find("last\n"), "down here")
            .label(find("A ="), "an alias")
            .label(find("日本"), "wide")
            .label(Span::new(other, 5, 6), "elsewhere");
        insta::assert_snapshot!(render_text(&diagnostic, &source));
        let bare = Diagnostic::new(Code::W001, Span::new(other, 14, 14), "The end.");
        insta::assert_snapshot!(render_text(&bare, &source));
    }
}
