//! Comments that describe a declaration: the text above it, and labels after types.

use super::Parser;
use crate::source::Span;
use crate::syntax::ast::CommentKind;

impl Parser<'_> {
    /// The text of the comments directly above the next token: no blank line in between, and the first of
    /// them not on the line of the code before.
    pub(super) fn docs(&self) -> Option<String> {
        let next = self.tokens[self.pos].start;
        let after = self.prev.end;
        let end = self.comments.partition_point(|comment| comment.span.start < next);
        let mut start = end;
        let mut below = next;
        while start > 0 {
            let comment = &self.comments[start - 1];
            if comment.span.start < after || matches!(comment.kind, CommentKind::Annotation | CommentKind::Label) {
                break;
            }
            if self.newlines(comment.span.end, below) > 1 {
                break;
            }
            start -= 1;
            below = comment.span.start;
        }
        if start < end && after > 0 && self.newlines(after, self.comments[start].span.start) == 0 {
            start += 1;
        }
        let mut lines = Vec::new();
        for comment in &self.comments[start..end] {
            push_lines(comment.kind, self.slice(comment.span), &mut lines);
        }
        let first = lines.iter().position(|line| !line.is_empty())?;
        let last = lines.iter().rposition(|line| !line.is_empty())?;
        Some(lines[first..=last].join("\n"))
    }

    /// The text of the annotation comment between the last token and the next. Within a string's `\(…)`, whose end is
    /// where parentheses are even, those of a label are too: other comments may leave the string, and a label cannot.
    pub(super) fn label(&mut self) -> Option<String> {
        let (after, next) = (self.prev.end, self.tokens[self.pos].start);
        let start = self.comments.partition_point(|comment| comment.span.start < after);
        let mut between = self.comments[start..].iter().take_while(|comment| comment.span.start < next);
        let index = start + between.position(|comment| comment.kind == CommentKind::Annotation)?;
        let text = self.slice(self.comments[index].span);
        let text = text.strip_prefix("/*").and_then(|text| text.strip_suffix("*/")).unwrap_or(text);
        let label = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if label.is_empty() || (self.interpolations > 0 && !is_balanced(&label)) {
            return None;
        }
        self.comments[index].kind = CommentKind::Label;
        Some(label)
    }

    fn newlines(&self, start: u32, end: u32) -> usize {
        self.slice(Span::new(self.file, start, end)).bytes().filter(|byte| *byte == b'\n').count()
    }
}

/// Whether each `)` of a text closes a `(` before it, and each `(` is closed.
fn is_balanced(text: &str) -> bool {
    let mut open = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' => open += 1,
            b')' if open == 0 => return false,
            b')' => open -= 1,
            _ => {}
        }
    }
    open == 0
}

/// Appends the lines of a comment without its delimiters and common indentation. Rules made of dashes are
/// not text.
fn push_lines<'s>(kind: CommentKind, text: &'s str, lines: &mut Vec<&'s str>) {
    if kind == CommentKind::Line {
        let text = text.strip_prefix("--").unwrap_or(text);
        let text = if text.trim_matches(['-', '=', ' ', '\t']).is_empty() { "" } else { text };
        lines.push(text.strip_prefix(' ').unwrap_or(text).trim_end());
        return;
    }
    let text = text.strip_prefix("{-").and_then(|text| text.strip_suffix("-}")).unwrap_or(text);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let common = text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    for (index, line) in text.lines().enumerate() {
        let line = if index == 0 { line.trim_start() } else { line.get(common..).unwrap_or("") };
        lines.push(line.trim_end());
    }
}
