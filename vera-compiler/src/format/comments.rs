//! Places comments and blank lines in the output.
//!
//! A comment on its own line is placed above the construct that follows it. A comment after code is placed at the end
//! of that code's line of output. A comment in the middle of such a line goes above the line if it is alone on its
//! source line or must end a line, because nothing may follow `--`. The order of comments never changes. Labels are
//! handled with their types.

use std::borrow::Cow;

use super::lines::{Extent, Gap, Writer};
use crate::syntax::ast::{Comment, CommentKind};

impl Writer<'_> {
    /// Starts the lines of a construct: comments above it, a blank line, indentation.
    pub(super) fn begin(&mut self, extent: Extent, gap: Gap) {
        self.leading(extent.start, gap);
        self.hoist(extent);
        self.indent();
    }

    /// Writes the comments before `start`, and the blank line above what is there.
    pub(super) fn leading(&mut self, start: u32, gap: Gap) {
        let gap = self.comments_above(start, gap);
        self.separate(start, gap);
    }

    /// Writes the comments before `start`, each on its line, `gap` above the first. Gives back the gap below the last.
    pub(super) fn comments_above(&mut self, start: u32, mut gap: Gap) -> Gap {
        while let Some(index) = self.pending(start) {
            self.separate(self.comments[index].span.start, gap);
            gap = Gap::Kept;
            self.comment_line(start);
        }
        gap
    }

    /// Writes the comments inside the first line of a construct that cannot be at its end.
    fn hoist(&mut self, extent: Extent) {
        let mut upto = None;
        let mut last = None;
        for index in self.next..self.comments.len() {
            let comment = self.comments[index];
            if comment.span.start >= extent.end {
                if self.ends_line(index, extent) {
                    upto = last.or(upto);
                }
                break;
            }
            if comment.kind == CommentKind::Label {
                continue;
            }
            upto = last.or(upto);
            if self.own_line[index] {
                upto = Some(index);
            }
            last = (comment.kind == CommentKind::Line).then_some(index);
        }
        let Some(upto) = upto else { return };
        let end = self.comments[upto].span.end;
        while self.pending(end).is_some() {
            self.comment_line(end);
        }
    }

    /// Whether the comment `index`, behind the first line of a construct, will be written at its end.
    fn ends_line(&self, index: usize, extent: Extent) -> bool {
        let start = self.comments[index].span.start;
        if start < extent.full_end { !self.own_line[index] } else { self.same_line(extent.full_end, start) }
    }

    /// Ends the line of a construct that ends at `end` of the source, with the comments that belong to it.
    pub(super) fn end(&mut self, end: u32) {
        let mut behind = end;
        let mut space = "  ";
        while let Some(index) = self.pending(u32::MAX) {
            let comment = self.comments[index];
            let start = comment.span.start;
            let belongs = if start < end { !self.own_line[index] } else { self.same_line(behind, start) };
            if !belongs {
                break;
            }
            self.push(space);
            space = " ";
            self.comment(index);
            behind = behind.max(comment.span.end);
            if comment.kind == CommentKind::Line {
                break;
            }
        }
        self.out.push('\n');
        self.fresh = false;
    }

    /// The next comment that starts before `end`.
    fn pending(&mut self, end: u32) -> Option<usize> {
        while self.comments.get(self.next).is_some_and(|comment| comment.kind == CommentKind::Label) {
            self.next += 1;
        }
        self.comments.get(self.next).filter(|comment| comment.span.start < end).map(|_| self.next)
    }

    /// Writes the next comment on a line, with those before `end` that follow it on its line.
    fn comment_line(&mut self, end: u32) {
        self.indent();
        let mut behind = None;
        while let Some(index) = self.pending(end) {
            let comment = self.comments[index];
            match behind {
                Some(behind) if !self.same_line(behind, comment.span.start) => break,
                Some(_) => self.out.push(' '),
                None => {}
            }
            self.comment(index);
            behind = Some(comment.span.end);
        }
        self.out.push('\n');
    }

    fn comment(&mut self, index: usize) {
        let comment = self.comments[index];
        let text = canonical(self.text, comment);
        self.push(&text);
        self.next = index + 1;
    }

    /// Writes a blank line above what is at `start` of the source.
    fn separate(&mut self, start: u32, gap: Gap) {
        let blank = match gap {
            Gap::Kept => self.blank_above(start),
            Gap::Always => true,
            Gap::Never => false,
        };
        if blank && !self.fresh {
            self.out.push('\n');
        }
        self.fresh = false;
    }

    /// Whether the line above `start` is blank.
    fn blank_above(&self, start: u32) -> bool {
        let before = &self.text[..start as usize];
        let gap = &before[before.trim_end_matches(is_space).len()..];
        gap.bytes().filter(|byte| *byte == b'\n').count() > 1
    }

    /// Whether there is only space between two places, and no line end.
    fn same_line(&self, start: u32, end: u32) -> bool {
        self.text[start as usize..end as usize].chars().all(|c| is_space(c) && c != '\n')
    }

    /// The first token at or behind `start`.
    pub(super) fn next_token(&self, start: u32) -> u32 {
        let mut at = start as usize;
        loop {
            let rest = &self.text[at..];
            at += rest.len() - rest.trim_start_matches(is_space).len();
            let index = self.comments.partition_point(|comment| (comment.span.start as usize) < at);
            match self.comments.get(index) {
                Some(comment) if comment.span.start as usize == at => at = comment.span.end as usize,
                _ => return at as u32,
            }
        }
    }

    /// Behind the first token at or behind `start`, which is one byte.
    pub(super) fn behind_next(&self, start: u32) -> u32 {
        self.next_token(start) + 1
    }
}

/// Which comments are alone on their lines: the first thing there, or behind such a comment.
pub(super) fn own_lines(text: &str, comments: &[Comment]) -> Vec<bool> {
    let mut own = Vec::with_capacity(comments.len());
    let mut previous = (0, true);
    for comment in comments {
        let before = &text[..comment.span.start as usize];
        let line = before.trim_end_matches(|c| is_space(c) && c != '\n');
        let is_own = if line.len() == previous.0 { previous.1 } else { line.ends_with(['\n', '\u{feff}']) };
        previous = (comment.span.end as usize, is_own);
        own.push(is_own);
    }
    own
}

/// A comment as it is written: without carriage returns and blanks at line ends.
pub(super) fn canonical(text: &str, comment: Comment) -> Cow<'_, str> {
    let text = &text[comment.span.start as usize..comment.span.end as usize];
    let is_clean = |line: &str| !line.ends_with(char::is_whitespace);
    if !text.contains('\r') && text.split('\n').all(is_clean) {
        return Cow::Borrowed(text);
    }
    let text = if comment.kind == CommentKind::Line {
        text.replace('\r', " ")
    } else {
        text.replace("\r\n", "\n").replace('\r', "\n")
    };
    let lines: Vec<_> = text.split('\n').map(str::trim_end).collect();
    Cow::Owned(lines.join("\n"))
}

/// What separates tokens.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}
