//! Diagnostics as text for terminals and logs.
//!
//! ```text
//! error[E004]: A `}` is missing before the end of the file.
//!  --> main.vera:9:4
//!   |
//! 5 | {
//!   | - this `{` is not closed
//! ...
//! 9 |   1
//!   |    ^
//!   |
//!   = why: Every `{` is closed by its own `}`.
//!   = fix: Add the `}` that closes the block.
//!   = see: Chapter 4, Section 4.10 "Block Expressions"
//!   = more: vera explain E004
//! ```
//!
//! The layout is that of the `annotate-snippets` crate, which also keeps control characters of the source from the
//! terminal. Nothing here checks for a terminal: [`render_styled`] always writes escape sequences, and the output
//! stream removes them where they are not wanted.

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;

use super::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::{SourceFile, SourceMap, Span};

/// Most lines between two places that are shown as one excerpt. The text of an excerpt is looked at as a whole, so in a
/// very long file it must not reach from one end to the other.
const EXCERPT_LINES: u32 = 500;

/// The same in bytes, for files with very long lines. On one line it is less: all of that would be shown.
const EXCERPT_GAP: u32 = 20_000;

/// Most bytes of a line on each side of what is marked in it. A line of thousands of bytes may have thousands of mistakes.
const EXCERPT_BYTES: usize = 400;

/// A longer place is marked in its first line only.
const MARKED_BYTES: u32 = 4_000;

/// The diagnostics in sequence, separated by an empty line. Each ends with a line feed.
pub fn render_text_all(diagnostics: &Diagnostics, source: &SourceMap) -> String {
    let texts: Vec<String> = diagnostics.iter().map(|diagnostic| render_text(diagnostic, source)).collect();
    texts.join("\n")
}

/// One diagnostic as plain text. Ends with a line feed.
pub fn render_text(diagnostic: &Diagnostic, source: &SourceMap) -> String {
    render(diagnostic, source, &Renderer::plain())
}

/// One diagnostic with colours, as ANSI escape sequences. Ends with a line feed.
pub fn render_styled(diagnostic: &Diagnostic, source: &SourceMap) -> String {
    render(diagnostic, source, &Renderer::styled().hyperlink(false))
}

/// A place: file, line and column, the lines with the underlined text, and the places of `labels`. Ends with a line
/// feed.
pub fn render_place(span: Span, labels: &[Label], source: &SourceMap) -> String {
    let mut place = Group::with_level(Level::ERROR);
    for excerpt in excerpts(span, labels, source) {
        place = place.elements(excerpt.elements(source));
    }
    rendered(place, &Renderer::plain())
}

/// The reason, the fix, the rule and a reference to further explanation: one paragraph each. Every line ends with a
/// line feed.
pub fn render_explanation(diagnostic: &Diagnostic) -> String {
    let mut out = String::new();
    for (_, name, text) in explanation(diagnostic) {
        for (index, line) in text.lines().enumerate() {
            let head = if index == 0 { format!("{name}: ") } else { " ".repeat(name.len() + 2) };
            out.extend([&head, line, "\n"]);
        }
    }
    out
}

fn render(diagnostic: &Diagnostic, source: &SourceMap, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut report = Group::with_title(level.primary_title(&diagnostic.description).id(diagnostic.code.as_str()));
    for excerpt in excerpts(diagnostic.span, &diagnostic.labels, source) {
        report = report.elements(excerpt.elements(source));
    }
    for (level, name, text) in explanation(diagnostic) {
        report = report.element(level.with_name(name).message(text));
    }
    rendered(report, renderer)
}

fn rendered(group: Group<'_>, renderer: &Renderer) -> String {
    let mut text = renderer.render(&[group]);
    text.push('\n');
    text
}

/// The paragraphs below the places, each with its name.
fn explanation(diagnostic: &Diagnostic) -> impl Iterator<Item = (Level<'static>, &'static str, String)> {
    let code = diagnostic.code;
    let more = code.never().is_none().then(|| format!("vera explain {}", code.as_str()));
    let paragraphs = [
        (Level::NOTE, "why", diagnostic.rationale.clone()),
        (Level::HELP, "fix", diagnostic.fix.clone()),
        (Level::INFO, "see", diagnostic.spec_ref.map(|section| section.to_string()).unwrap_or_default()),
        (Level::INFO, "more", more.unwrap_or_default()),
    ];
    paragraphs.into_iter().filter(|(_, _, text)| !text.is_empty())
}

/// A place to mark, and what to write to it.
struct Mark<'a> {
    span: Span,
    kind: AnnotationKind,
    label: Option<&'a str>,
}

/// Marks of one file that are near each other.
struct Excerpt<'a> {
    marks: Vec<Mark<'a>>,
    /// The place to name above it: the diagnostic's own if it is here, otherwise that of the first mark.
    head: Span,
    last_line: u32,
    end: u32,
}

/// The places of a diagnostic in the order in which they are shown: first the excerpt with the diagnostic's own place.
fn excerpts<'a>(span: Span, labels: &'a [Label], source: &SourceMap) -> Vec<Excerpt<'a>> {
    let mut marks = vec![Mark { span: marked(span, source), kind: AnnotationKind::Primary, label: None }];
    marks.extend(labels.iter().map(|label| Mark {
        span: marked(label.span, source),
        kind: AnnotationKind::Context,
        label: Some(&label.text),
    }));
    marks.sort_by_key(|mark| mark.span);
    let mut excerpts: Vec<Excerpt<'_>> = Vec::new();
    for mark in marks {
        let (first, last) = (source.start(mark.span).line, source.end(mark.span).line);
        let is_own = mark.kind == AnnotationKind::Primary;
        let near = excerpts.last_mut().filter(|excerpt| {
            let gap = if first <= excerpt.last_line { 2 * EXCERPT_BYTES as u32 } else { EXCERPT_GAP };
            excerpt.head.file == mark.span.file
                && first <= excerpt.last_line.saturating_add(EXCERPT_LINES)
                && mark.span.start <= excerpt.end.saturating_add(gap)
        });
        match near {
            Some(excerpt) => {
                excerpt.last_line = excerpt.last_line.max(last);
                excerpt.end = excerpt.end.max(mark.span.end);
                excerpt.head = if is_own { mark.span } else { excerpt.head };
                excerpt.marks.push(mark);
            }
            None => excerpts.push(Excerpt { head: mark.span, last_line: last, end: mark.span.end, marks: vec![mark] }),
        }
    }
    excerpts.sort_by_key(|excerpt| excerpt.marks.iter().all(|mark| mark.kind != AnnotationKind::Primary));
    excerpts
}

/// What is marked of a place.
pub(super) fn marked(span: Span, source: &SourceMap) -> Span {
    if span.end - span.start <= MARKED_BYTES {
        return span;
    }
    let file = source.file(span.file);
    let line = file.line_range(source.start(span).line);
    let end = file.text().floor_char_boundary((span.start + MARKED_BYTES) as usize).min(line.end);
    Span { end: (end as u32).max(span.start), ..span }
}

/// The line of a place without its line ending; of a very long line, what is around the place.
pub(super) fn line_around(span: Span, source: &SourceMap) -> &str {
    let file = source.file(span.file);
    let line = file.line_range(source.start(span).line);
    &file.text()[around(file, &line, span.start as usize..span.end as usize)]
}

/// The part of `whole` that is `place` and not much more.
fn around(file: &SourceFile, whole: &Range<usize>, place: Range<usize>) -> Range<usize> {
    // A place may be far behind the end of its line, among carriage returns.
    let (start, end) = (place.start.min(whole.end), place.end.min(whole.end));
    let start = file.text().floor_char_boundary(start.saturating_sub(EXCERPT_BYTES));
    let end = file.text().ceil_char_boundary(end.saturating_add(EXCERPT_BYTES));
    whole.start.max(start)..whole.end.min(end)
}

impl<'a> Excerpt<'a> {
    fn elements(&self, source: &'a SourceMap) -> Vec<Element<'a>> {
        let file = source.file(self.head.file);
        let place = source.start(self.head);
        let first_line = self.marks.iter().map(|mark| source.start(mark.span).line).min().unwrap_or(place.line);
        let lines = file.line_range(first_line).start..file.line_range(self.last_line).end;
        let range = self.near(file, &lines);
        let annotations = self.marks.iter().map(|mark| mark.annotation(file, &range));
        let snippet = Snippet::source(&file.text()[range.clone()])
            .line_start(first_line as usize)
            .annotations(annotations.collect::<Vec<_>>());
        if range.start == lines.start {
            return vec![snippet.path(file.name()).into()];
        }
        // Columns cannot be counted in an excerpt that starts within a line.
        let origin = Origin::path(file.name()).line(place.line as usize).char_column(place.column as usize);
        vec![origin.into(), snippet.into()]
    }

    /// The bytes to show: whole lines, or parts if the first or the last is very long.
    fn near(&self, file: &SourceFile, lines: &Range<usize>) -> Range<usize> {
        let start = self.marks.iter().map(|mark| mark.span.start as usize).min().unwrap_or_default();
        let end = self.marks.iter().map(|mark| mark.span.end as usize).max().unwrap_or_default();
        around(file, lines, start..end)
    }
}

impl<'a> Mark<'a> {
    fn annotation(&self, file: &SourceFile, range: &Range<usize>) -> Annotation<'a> {
        let relative = |offset: u32| {
            let offset = file.text().floor_char_boundary(offset as usize);
            offset.clamp(range.start, range.end) - range.start
        };
        self.kind.span(relative(self.span.start)..relative(self.span.end)).label(self.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Section};
    use crate::source::FileId;
    use proptest::prelude::*;

    const ESCAPE: char = '\u{1b}';

    /// The place of `needle`, which occurs once.
    fn place(source: &SourceMap, file: FileId, needle: &str) -> Span {
        let mut found = source.file(file).text().match_indices(needle);
        let (start, _) = found.next().expect("the text has it");
        assert!(found.next().is_none(), "{needle} occurs twice");
        Span::new(file, start as u32, (start + needle.len()) as u32)
    }

    fn without_styles(text: &str) -> String {
        let mut plain = String::new();
        for (at, part) in text.split("\u{1b}[").enumerate() {
            plain += if at == 0 { part } else { part.split_once('m').expect("a style ends with m").1 };
        }
        plain
    }

    #[test]
    fn places_labels_and_explanations_are_shown() {
        let mut source = SourceMap::new();
        let text = "type A = Int;\n\tlet \"日本\" x\u{1b}[31m y; z\n\n\n\n\n\n\n\nlast\n";
        let main = source.add("main.vera", text);
        let other = source.add("lib.vera", "type B = Int;\r\n");
        let find = |needle| place(&source, main, needle);
        let diagnostic = Diagnostic::new(Code::E130, find("x"), "There is no `x`.")
            .because("Nothing binds it.")
            .fix("let @Int = 1;\n@Int.0")
            .spec(Section::S3_4)
            .label(find("last\n"), "down here")
            .label(find("A ="), "an alias")
            .label(find("日本"), "wide")
            .label(find("z"), "on the same line")
            .label(place(&source, other, "B"), "elsewhere");
        insta::assert_snapshot!("labels", render_text(&diagnostic, &source));
        let bare = Diagnostic::new(Code::E699, Span::new(other, 15, 15), "The end.").severity(Severity::Warning);
        insta::assert_snapshot!("bare", render_text(&bare, &source));
    }

    #[test]
    fn spans_over_several_lines_are_bracketed() {
        let mut source = SourceMap::new();
        let file = source.add("main.vera", "f(\n  1,\n  2,\n  3,\n  4,\n  5,\n  6\n)\n");
        let all = Span::new(file, 0, source.file(file).text().len() as u32 - 1);
        let diagnostic = Diagnostic::new(Code::E201, all, "Too many.").label(place(&source, file, "4"), "one of them");
        insta::assert_snapshot!("several_lines", render_text(&diagnostic, &source));
    }

    /// A line of a megabyte is shown around the place, with the column it really has.
    #[test]
    fn long_lines_and_long_ways_are_cut() {
        let mut source = SourceMap::new();
        let filler = "1 + ".repeat(250_000);
        let text = format!("first\n{filler}here + {filler}\n{}last\n", "\n".repeat(5_000));
        let file = source.add("main.vera", text);
        let diagnostic = Diagnostic::new(Code::E130, place(&source, file, "here"), "In the middle.")
            .label(place(&source, file, "last"), "far below");
        insta::assert_snapshot!("long", render_text(&diagnostic, &source));
    }

    /// What is shown of a text on one line does not grow with it, however far apart two places are.
    #[test]
    fn far_places_on_one_line_are_shown_apart() {
        let mut source = SourceMap::new();
        let filler = "1 + ".repeat(250_000);
        let file = source.add("main.vera", format!("one + {filler}other + {filler}"));
        let diagnostic = Diagnostic::new(Code::E130, place(&source, file, "other"), "Again.")
            .label(place(&source, file, "one"), "first");
        let text = render_text(&diagnostic, &source);
        assert!(text.contains("one +") && text.contains("other +") && text.len() < 5_000, "{} bytes", text.len());
        let json = crate::diagnostics::JsonDiagnostic::new(&diagnostic, &source);
        assert!(json.source_line.contains("other") && json.source_line.len() < 2_000);
    }

    #[test]
    fn a_place_behind_the_end_of_its_line_can_be_shown() {
        let mut source = SourceMap::new();
        let file = source.add("main.vera", format!("x{}\n", "\r".repeat(5_000)));
        let diagnostic = Diagnostic::new(Code::E130, Span::new(file, 4_000, 4_001), "A return.");
        assert!(render_text(&diagnostic, &source).contains("main.vera:1:"));
        assert_eq!(crate::diagnostics::JsonDiagnostic::new(&diagnostic, &source).source_line, "x");
    }

    #[test]
    fn long_places_are_marked_where_they_begin() {
        let mut source = SourceMap::new();
        let file = source.add("main.vera", format!("f({}\n{})", "1, ".repeat(250_000), "2,\n".repeat(250_000)));
        let end = source.file(file).text().len() as u32;
        let diagnostic = Diagnostic::new(Code::E201, Span::new(file, 0, end), "All of it.");
        let text = render_text(&diagnostic, &source);
        assert!(text.contains("main.vera:1:1") && text.len() < 20_000, "{} bytes", text.len());
    }

    #[test]
    fn styles_are_all_that_differs() {
        let mut source = SourceMap::new();
        let file = source.add("main.vera", "let x = 1;\n");
        let diagnostic = Diagnostic::new(Code::E005, place(&source, file, "x"), "A name.")
            .because("No names.")
            .label(place(&source, file, "let"), "this binding");
        let styled = render_styled(&diagnostic, &source);
        assert!(styled.contains(ESCAPE));
        assert_eq!(without_styles(&styled), render_text(&diagnostic, &source));
    }

    proptest! {
        /// Any text, any places: something is rendered, and it says where.
        #[test]
        fn everything_can_be_rendered(
            text in "[a日\u{301}\t\r\n\u{1b} {}]{0,80}",
            offsets in prop::collection::vec((0_u32..100, 0_u32..100), 1..5),
        ) {
            let mut source = SourceMap::new();
            let file = source.add("main.vera", text);
            let mut spans = offsets.into_iter().map(|(start, end)| Span::new(file, start.min(end), start.max(end)));
            let diagnostic = Diagnostic::new(Code::E005, spans.next().expect("at least one"), "Something.");
            let diagnostic = spans.fold(diagnostic, |diagnostic, span| diagnostic.label(span, "there"));
            let rendered = render_text(&diagnostic, &source);
            prop_assert!(rendered.contains("main.vera:"));
            prop_assert!(!rendered.contains(ESCAPE), "an escape sequence");
            prop_assert_eq!(without_styles(&render_styled(&diagnostic, &source)), rendered);
        }
    }
}
