//! Applies fixes to the source.
//!
//! The edits of one diagnostic are applied together or not at all. If those of two diagnostics overlap, only the first
//! diagnostic is applied. If the other mistake remains, it shows when the result is checked.

use std::collections::BTreeMap;

use super::{Diagnostics, Edit};
use crate::source::{FileId, SourceMap, Span};

/// The result of applying fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The files that change, with their new texts.
    pub texts: BTreeMap<FileId, String>,
    /// For each diagnostic, whether its edits were applied; `false` if it has none.
    pub applied: Vec<bool>,
}

/// Applies the edits of all diagnostics, in the order of the diagnostics. Edits that do not lie within their file are
/// not applied.
pub fn apply(diagnostics: &Diagnostics, source: &SourceMap) -> Applied {
    let mut accepted: BTreeMap<FileId, BTreeMap<u32, &Edit>> = BTreeMap::new();
    let mut applied = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        let edits = &diagnostic.edits;
        let possible = edits.iter().all(|edit| is_within(edit.span, source) && is_free(&accepted, edit.span));
        applied.push(possible && !edits.is_empty());
        for edit in edits.iter().filter(|_| possible) {
            accepted.entry(edit.span.file).or_default().insert(edit.span.start, edit);
        }
    }
    let texts =
        accepted.into_iter().map(|(file, edits)| (file, edited(source.file(file).text(), 0, edits.into_values())));
    Applied { texts: texts.collect(), applied }
}

fn is_within(span: Span, source: &SourceMap) -> bool {
    source.file(span.file).text().get(span.start as usize..span.end as usize).is_some()
}

/// Whether no accepted edit begins where `span` does or overlaps it.
fn is_free(accepted: &BTreeMap<FileId, BTreeMap<u32, &Edit>>, span: Span) -> bool {
    let Some(edits) = accepted.get(&span.file) else { return true };
    let before = edits.range(..=span.start).next_back();
    let inside = edits.range(span.start..span.end).next();
    let clear = before.is_none_or(|(start, edit)| *start < span.start && edit.span.end <= span.start);
    clear && inside.is_none()
}

/// A text, which stands at `start` in its file, with edits within it in the order of their places.
pub(crate) fn edited<'a>(text: &str, start: u32, edits: impl IntoIterator<Item = &'a Edit>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        result.push_str(&text[at..(edit.span.start - start) as usize]);
        result.push_str(&edit.text);
        at = (edit.span.end - start) as usize;
    }
    result.push_str(&text[at..]);
    result
}

#[cfg(test)]
mod tests {
    use super::apply;
    use crate::diagnostics::{Code, Diagnostic, Diagnostics};
    use crate::source::{SourceMap, Span};

    #[test]
    fn edits_of_one_diagnostic_go_together_and_the_first_wins() {
        let mut source = SourceMap::new();
        let file = source.add("main.vera", "one two é three");
        let span = |start, end| Span::new(file, start, end);
        let wrong = |at| Diagnostic::new(Code::E005, at, "Wrong.");
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(wrong(span(0, 3)).edit(span(0, 3), "(one)"));
        // Touches what is taken, so its other edit is left out too.
        diagnostics.push(wrong(span(0, 3)).edit(span(1, 2), "x").edit(span(4, 7), "2"));
        diagnostics.push(wrong(span(8, 10)).edit(span(8, 11), ""));
        // Within a character, and behind the end.
        diagnostics.push(wrong(span(9, 10)).edit(span(9, 10), "?"));
        diagnostics.push(wrong(span(90, 95)).edit(span(90, 95), "?"));
        diagnostics.push(wrong(span(11, 16)));
        let found = apply(&diagnostics, &source);
        assert_eq!(found.texts.into_iter().collect::<Vec<_>>(), [(file, "(one) two three".to_owned())]);
        assert_eq!(found.applied, [true, false, true, false, false, false]);
        assert!(apply(&Diagnostics::new(), &source).texts.is_empty());
    }
}
