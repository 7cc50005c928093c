//! The texts that tokens were read from, and the place of a token in them.
//!
//! A token knows its file, line and column. The text is that of the invocation, which the compiler provides, or that of
//! the file. A token is at a place only if Rust reads the same token there. A token has no place if its file was
//! changed in the meantime, or if a macro made a name and gave it the place of another.

use super::pieces::Piece;
use proc_macro2::{LineColumn, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// The unit of columns. rustc counts characters, rust-analyzer bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Character,
    Byte,
}

/// A text, or a part of one.
pub(super) struct Origin {
    /// Its name in messages.
    pub(super) name: String,
    pub(super) text: String,
    /// Its position in its file.
    start: LineColumn,
    lines: Vec<Line>,
}

struct Line {
    start: usize,
    /// The byte offset of each character, counted from `start`, if there are non-ASCII characters.
    characters: Option<Vec<usize>>,
}

impl Origin {
    pub(super) fn new(name: String, text: String, start: LineColumn) -> Self {
        let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).peekable();
        let mut lines = Vec::new();
        while let Some(start) = starts.next() {
            let line = &text[start..starts.peek().copied().unwrap_or(text.len())];
            let characters = || line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
            lines.push(Line { start, characters: (!line.is_ascii()).then(characters) });
        }
        Self { name, text, start, lines }
    }

    /// The place in the file of a byte of the text, its column in characters.
    pub(super) fn position(&self, offset: usize) -> LineColumn {
        let line = self.lines.partition_point(|line| line.start <= offset).saturating_sub(1);
        let column = self.text[self.lines[line].start..offset].chars().count();
        let before = if line == 0 { self.start.column } else { 0 };
        LineColumn { line: self.start.line + line, column: before + column }
    }

    fn offset(&self, position: LineColumn, unit: Unit) -> Option<usize> {
        let index = position.line.checked_sub(self.start.line)?;
        let column = if index == 0 { position.column.checked_sub(self.start.column)? } else { position.column };
        let line = self.lines.get(index)?;
        match (&line.characters, unit) {
            (Some(characters), Unit::Character) => characters.get(column).map(|at| line.start + at),
            _ => Some(line.start + column),
        }
    }

    /// The bytes of a piece, if Rust reads it there.
    fn range(&self, piece: &Piece, unit: Unit) -> Option<Range<usize>> {
        let range = self.offset(piece.first.start(), unit)?..self.offset(piece.last.end(), unit)?;
        self.text.get(range.clone()).filter(|written| piece.is_read_from(written))?;
        Some(range)
    }
}

/// Where a piece is.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// In one of the texts.
    In(usize, Range<usize>),
    /// In this file, which was changed after the compiler read it.
    Changed(String),
    /// Nowhere: the piece was made by a macro, or is in a file that is not available.
    None,
}

/// The texts that are known.
pub(super) struct Origins {
    origins: Vec<Origin>,
    /// The file of the invocation, if its text is known. It is the first of the origins.
    invocation: Option<String>,
    /// The other files, and the index of each among the origins, if it can be read.
    files: BTreeMap<String, Option<usize>>,
}

impl Origins {
    /// The origins of an invocation.
    pub(super) fn new(call_site: Span) -> Self {
        let mut origins = Self { origins: Vec::new(), invocation: None, files: BTreeMap::new() };
        if let Some(text) = call_site.source_text() {
            origins.invocation = Some(call_site.file());
            origins.origins.push(Origin::new(name(call_site), text, call_site.start()));
        }
        origins
    }

    /// The index of the text of the invocation, if it is known.
    pub(super) fn invocation(&self) -> Option<usize> {
        self.invocation.as_ref().map(|_| 0)
    }

    pub(super) fn get(&self, index: usize) -> &Origin {
        &self.origins[index]
    }

    /// The place of a piece. Files are read when a piece is in them.
    pub(super) fn place(&mut self, piece: &Piece, unit: Unit) -> Place {
        let file = piece.first.file();
        if self.invocation.as_ref() == Some(&file)
            && let Some(range) = self.origins[0].range(piece, unit)
        {
            return Place::In(0, range);
        }
        let known = self.files.get(&file).copied();
        let index = known.unwrap_or_else(|| {
            let read = read(piece.first).map(|origin| {
                self.origins.push(origin);
                self.origins.len() - 1
            });
            self.files.insert(file.clone(), read);
            read
        });
        let Some(index) = index else { return Place::None };
        self.origins[index].range(piece, unit).map_or(Place::Changed(file), |range| Place::In(index, range))
    }
}

/// The file of a span, as Rust's lexer gets it: without a byte order mark, and each line ended by `\n` alone.
fn read(span: Span) -> Option<Origin> {
    let text = std::fs::read_to_string(span.local_file()?).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
    Some(Origin::new(name(span), text, LineColumn { line: 1, column: 0 }))
}

/// The name of a span's file in messages.
pub(crate) fn name(span: Span) -> String {
    span.local_file().map_or_else(|| "vera!".to_owned(), |path| path.display().to_string())
}
