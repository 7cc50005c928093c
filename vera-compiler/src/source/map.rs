//! The arena of source files and byte spans into them.

use std::ops::Range;
use std::sync::OnceLock;

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// The position of the file in its map.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open range of bytes in one source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The smallest span that covers both; `other` must be in the same file.
    pub fn to(self, other: Span) -> Span {
        debug_assert_eq!(self.file, other.file);
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether another span lies within this one.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The empty span at its start.
    pub fn start_point(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty span at the end of this one.
    pub fn end_point(self) -> Span {
        Span { start: self.end, ..self }
    }
}

/// A position for people: both numbers count from 1; the column counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One source text.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    /// The starts of the lines, computed when a position is shown.
    line_starts: OnceLock<Vec<u32>>,
    /// The number of characters before each multiple of [`STRIDE`] bytes, computed for columns in long lines.
    characters: OnceLock<Vec<u32>>,
}

/// Bytes between two places up to which characters are counted beforehand: columns in a text on one line are found
/// without reading it from its start each time.
const STRIDE: usize = 1024;

impl SourceFile {
    /// The name in diagnostics: a path, or the name that the loader returned.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and column of a byte offset. An offset past the end, or inside a character, is moved back to
    /// the nearest character boundary.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line_starts = self.line_starts();
        let line = line_starts.partition_point(|&start| start as usize <= offset) - 1;
        let start = line_starts[line] as usize;
        let column = match offset - start {
            0..=STRIDE => self.text[start..offset].chars().count(),
            _ => self.characters_before(offset) - self.characters_before(start),
        };
        LineColumn { line: line as u32 + 1, column: column as u32 + 1 }
    }

    /// The line of a byte offset, from 1.
    pub fn line_at(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|&start| start <= offset) as u32
    }

    fn characters_before(&self, offset: usize) -> usize {
        let starts = |bytes: &[u8]| bytes.iter().filter(|byte| byte.is_ascii() || **byte >= 0xc0).count();
        let bytes = self.text.as_bytes();
        let known = self.characters.get_or_init(|| {
            let strides = bytes.chunks(STRIDE).scan(0, |count, chunk| {
                let before = *count;
                *count += starts(chunk) as u32;
                Some(before)
            });
            strides.collect()
        });
        let stride = offset / STRIDE;
        match known.get(stride) {
            Some(&before) => before as usize + starts(&bytes[stride * STRIDE..offset]),
            // The end of a text that is as long as a number of strides.
            None => starts(bytes),
        }
    }

    /// The text of a line (from 1) without its line ending; empty past the end of the file.
    pub fn line(&self, line: u32) -> &str {
        &self.text[self.line_range(line)]
    }

    /// The bytes of a line (from 1) without its line ending; empty past the end of the file.
    pub fn line_range(&self, line: u32) -> Range<usize> {
        let index = line as usize - 1;
        let line_starts = self.line_starts();
        let Some(&start) = line_starts.get(index) else { return self.text.len()..self.text.len() };
        let start = start as usize;
        let end = line_starts.get(index + 1).map_or(self.text.len(), |&end| end as usize);
        start..start + self.text[start..end].trim_end_matches(['\n', '\r']).len()
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = self.text.match_indices('\n').map(|(at, _)| at as u32 + 1);
            std::iter::once(0).chain(ends).collect()
        })
    }
}

/// All source texts of one compilation.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text. Texts of 4 GiB or more cannot be addressed by a [`Span`].
    ///
    /// # Panics
    /// When the text has 2³² bytes or more; loaders refuse such texts before.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let (name, text) = (name.into(), text.into());
        assert!(u32::try_from(text.len()).is_ok(), "source text of 4 GiB or more");
        let id = FileId(self.files.len() as u32);
        self.files.push(SourceFile { name, text, line_starts: OnceLock::new(), characters: OnceLock::new() });
        id
    }

    /// The file with an id of this map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }

    /// The text a span covers.
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.start as usize..span.end as usize]
    }

    /// The position of the start of a span.
    pub fn start(&self, span: Span) -> LineColumn {
        self.file(span.file).line_column(span.start)
    }

    /// The position of the end of a span.
    pub fn end(&self, span: Span) -> LineColumn {
        self.file(span.file).line_column(span.end)
    }

    /// Every file with its id, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }
}

#[cfg(test)]
mod tests {
    use super::{STRIDE, SourceMap};

    #[test]
    fn columns_count_characters_in_long_lines_too() {
        for line in ["é".repeat(2 * STRIDE), "ab日c".repeat(STRIDE), "x".repeat(4 * STRIDE)] {
            let mut sources = SourceMap::new();
            let file = sources.add("main.vera", format!("first é\n{line}"));
            let file = sources.file(file);
            for (column, (offset, _)) in (1..).zip(line.char_indices()) {
                let place = file.line_column(("first é\n".len() + offset) as u32);
                assert_eq!((place.line, place.column), (2, column));
            }
            let end = file.line_column(file.text().len() as u32);
            assert_eq!((end.line, end.column), (2, line.chars().count() as u32 + 1));
        }
    }
}
