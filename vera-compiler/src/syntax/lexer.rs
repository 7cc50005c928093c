//! Source text to tokens and comments.
//!
//! Byte-based and in one pass. A string with interpolation becomes `StrStart`, the tokens of the expressions with
//! `StrMid` between them, and `StrEnd`. The ends of the expressions are found first, by counting parentheses, as the
//! language defines it. Escapes are not checked here. Only malformed comments and comments of other languages are
//! reported here; every other error becomes a token for the parser to report.
//!
//! Invariant: tokens and comments cover the text, in order and without overlap; only white space is between them.

use super::ast::{Comment, CommentKind};
use super::foreign_comment;
use super::token::{Token, TokenKind};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Section};
use crate::source::{FileId, Span};
use std::ops::Range;

/// What the lexer makes of a file.
pub(crate) struct Lexed {
    /// The tokens; the last is `Eof` and the only one of its kind.
    pub(crate) tokens: Vec<Token>,
    /// The comments, in source order.
    pub(crate) comments: Vec<Comment>,
    /// Malformed comments.
    pub(crate) diagnostics: Diagnostics,
}

/// Reads the tokens of `text`, which is the file `file`.
pub(crate) fn lex(text: &str, file: FileId) -> Lexed {
    // A byte order mark says nothing in UTF-8.
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    lex_parts(text, file, std::slice::from_ref(&(start..text.len())))
}

/// Reads the tokens of parts of `text`, which is the file `file`.
pub(crate) fn lex_parts(text: &str, file: FileId, parts: &[Range<usize>]) -> Lexed {
    let lexer = Lexer::run(text, file, parts, true);
    // With a quote missing, everything behind it is inside out. When that is how the file ends, strings that
    // span lines are not believed: the first of them is where the quote is missing.
    let lexer = if lexer.unclosed_string { Lexer::run(text, file, parts, false) } else { lexer };
    debug_assert!(parts.iter().all(|part| lexer.covers(part)), "a part of the text is no token and no comment");
    Lexed { tokens: lexer.tokens, comments: lexer.comments, diagnostics: lexer.diagnostics }
}

/// Bytes of a comment of another language that are looked at.
const COMMENT: usize = 200;

struct Lexer<'s> {
    text: &'s str,
    /// What may be read: up to the end of the part, or of the expression in a string.
    bytes: &'s [u8],
    file: FileId,
    pos: usize,
    strings_span_lines: bool,
    unclosed_string: bool,
    /// Whether annotation comments that were nested have so far been closed as if they might be.
    nested_annotations_close: bool,
    /// The quotes on the line looked at last.
    line_quotes: LineQuotes,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
    diagnostics: Diagnostics,
    /// The marks `//` of comments of other languages, and those that are `#`.
    foreign_comments: [Vec<Span>; 2],
}

impl<'s> Lexer<'s> {
    fn run(text: &'s str, file: FileId, parts: &[Range<usize>], strings_span_lines: bool) -> Self {
        let length: usize = parts.iter().map(Range::len).sum();
        let mut lexer = Lexer {
            text,
            bytes: &[],
            file,
            pos: 0,
            strings_span_lines,
            unclosed_string: false,
            nested_annotations_close: true,
            line_quotes: LineQuotes::default(),
            tokens: Vec::with_capacity(length / 4 + 8),
            comments: Vec::new(),
            diagnostics: Diagnostics::new(),
            foreign_comments: [Vec::new(), Vec::new()],
        };
        for part in parts {
            lexer.bytes = &text.as_bytes()[..part.end];
            lexer.pos = part.start;
            lexer.read_all();
        }
        lexer.push(TokenKind::Eof, lexer.pos);
        let [slashes, hashes] = std::mem::take(&mut lexer.foreign_comments);
        let reports = [(slashes, Code::E005, "//"), (hashes, Code::E006, "#")];
        let reports = reports.into_iter().filter_map(|(marks, code, mark)| foreign_comment::report(&marks, code, mark));
        reports.for_each(|diagnostic| lexer.diagnostics.push(diagnostic));
        lexer
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, start: start as u32, end: self.pos as u32 });
    }

    /// Whether what was read is the whole part.
    fn covers(&self, part: &Range<usize>) -> bool {
        let tokens = self.tokens.iter().map(|token| (token.start, token.end));
        let comments = self.comments.iter().map(|comment| (comment.span.start, comment.span.end));
        let mut pieces: Vec<_> = tokens.chain(comments).map(|(start, end)| start as usize..end as usize).collect();
        pieces.retain(|piece| part.start <= piece.start && piece.end <= part.end);
        pieces.sort_unstable_by_key(|piece| (piece.start, piece.end));
        pieces.push(part.end..part.end);
        let is_space = |c: char| c.is_whitespace() || matches!(c, '\x1c'..='\x1f');
        let mut end = part.start;
        pieces.into_iter().all(|piece| {
            let between = self.text.get(end..piece.start);
            end = piece.end;
            between.is_some_and(|between| between.chars().all(is_space)) && self.text.is_char_boundary(end)
        })
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    /// Reads tokens to the end of `bytes`.
    fn read_all(&mut self) {
        while let Some(&byte) = self.bytes.get(self.pos) {
            match byte {
                b' ' | b'\n' | b'\t' | b'\r' | 0x0b | 0x0c | 0x1c..=0x1f => self.pos += 1,
                b'a'..=b'z' => {
                    let start = self.word();
                    self.push(TokenKind::of_word(&self.bytes[start..self.pos]), start);
                }
                b'A'..=b'Z' => {
                    let start = self.word();
                    self.push(TokenKind::UpperIdent, start);
                }
                b'0'..=b'9' => self.number(),
                b'"' => self.string(),
                b'-' if self.peek(1) == b'-' => self.line_comment(),
                b'{' if self.peek(1) == b'-' => self.block_comment(),
                b'/' if self.peek(1) == b'*' => self.annotation_comment(),
                b'/' if self.peek(1) == b'/' && self.at_foreign_comment() => self.foreign_comment(),
                b'#' if self.at_foreign_comment() => self.foreign_comment(),
                _ => match symbol(byte, self.peek(1), self.peek(2)) {
                    Some((kind, length)) => {
                        let start = self.pos;
                        self.pos += length;
                        self.push(kind, start);
                    }
                    None => self.unknown(),
                },
            }
        }
    }

    /// Reads letters, digits and underscores; returns where they start.
    fn word(&mut self) -> usize {
        let start = self.pos;
        while is_name_byte(self.peek(0)) {
            self.pos += 1;
        }
        start
    }

    fn digits(&mut self) {
        while self.peek(0).is_ascii_digit() {
            self.pos += 1;
        }
    }

    fn number(&mut self) {
        let start = self.pos;
        self.digits();
        let mut kind = TokenKind::Int;
        if self.pos - start > 1 && self.bytes[start] == b'0' {
            kind = TokenKind::BadNumber;
        }
        if self.peek(0) == b'.' && self.peek(1).is_ascii_digit() {
            self.pos += 1;
            self.digits();
            kind = TokenKind::Float;
        }
        // `1_000`, `0x1f`, `1e5` are one malformed number each; `1then` is a number and a keyword.
        let end = self.pos;
        let word = self.word();
        let is_keyword = TokenKind::of_word(&self.bytes[word..self.pos]).is_keyword();
        if is_keyword {
            self.pos = end;
        } else if self.pos > end {
            kind = TokenKind::BadNumber;
        }
        self.push(kind, start);
    }

    fn unknown(&mut self) {
        let start = self.pos;
        // The position is at a character boundary: everything else that is read is ASCII or ends at one.
        let rest = &self.text[start..self.bytes.len()];
        let mut chars = rest.chars();
        let first = chars.next().unwrap_or_default();
        self.pos += first.len_utf8();
        if first.is_whitespace() {
            return;
        }
        let behind_name = start.checked_sub(1).is_some_and(|before| is_name_byte(self.bytes[before]));
        if first == '\'' && behind_name {
            // The prime of other languages' names.
        } else if first == '\'' {
            // A character literal of other languages; taken whole so that its contents are not read as code.
            let literal = rest[1..].char_indices().take(12).take_while(|(_, c)| *c != '\n').find(|(_, c)| *c == '\'');
            if let Some((at, _)) = literal {
                self.pos = start + 1 + at + 1;
            }
        } else {
            for c in chars {
                if c.is_ascii() || c.is_whitespace() {
                    break;
                }
                self.pos += c.len_utf8();
            }
        }
        self.push(TokenKind::Unknown, start);
    }

    fn line_comment(&mut self) {
        let start = self.pos;
        let rest = &self.bytes[start..];
        self.pos = rest.iter().position(|byte| *byte == b'\n').map_or(self.bytes.len(), |at| start + at);
        let end = if self.bytes[self.pos - 1] == b'\r' { self.pos - 1 } else { self.pos };
        let end = end.max(start);
        self.comments.push(Comment { kind: CommentKind::Line, span: self.span(start, end) });
    }

    /// Whether a comment of another language starts here.
    fn at_foreign_comment(&self) -> bool {
        let rest = &self.bytes[self.pos..];
        let line = rest.iter().take(COMMENT).position(|byte| *byte == b'\n').unwrap_or(rest.len().min(COMMENT));
        let end = self.text.floor_char_boundary(self.pos + line);
        let before = self.tokens.last().filter(|token| {
            let between = &self.bytes[token.end as usize..self.pos];
            !between.contains(&b'\n')
        });
        foreign_comment::is_comment(&self.text[self.pos..end], before.map(|token| token.kind))
    }

    fn foreign_comment(&mut self) {
        let start = self.pos;
        let is_mark = |byte: &&u8| **byte == self.bytes[start] || **byte == b'!';
        let length = self.bytes[start..].iter().take_while(is_mark).count();
        let mark = self.span(start, start + length);
        self.foreign_comments[usize::from(self.bytes[start] == b'#')].push(mark);
        self.line_comment();
    }

    fn block_comment(&mut self) {
        let start = self.pos;
        self.pos += 2;
        let mut depth = 1;
        while depth > 0 {
            match (self.peek(0), self.peek(1)) {
                (b'{', b'-') => (depth, self.pos) = (depth + 1, self.pos + 2),
                (b'-', b'}') => (depth, self.pos) = (depth - 1, self.pos + 2),
                _ if self.pos >= self.bytes.len() => return self.unterminated_block_comment(start, depth),
                _ => self.pos += 1,
            }
        }
        self.comments.push(Comment { kind: CommentKind::Block, span: self.span(start, self.pos) });
    }

    fn unterminated_block_comment(&mut self, start: usize, depth: usize) {
        self.pos = self.bytes.len();
        let mut diagnostic =
            Diagnostic::new(Code::E020, self.span(start, start + 2), "This block comment is never closed.")
                .because("A block comment ends at its own `-}`; block comments nest, so each inner `{-` needs one too.")
                .fix("Close the comment:\n  {- … -}")
                .spec(Section::S1_3);
        if depth > 1 {
            diagnostic.description = format!("This block comment is never closed: {depth} `-}}` are missing.");
        } else if self.bytes.get(start + 2).is_some_and(u8::is_ascii_digit) {
            diagnostic.fix = "`{-` always opens a comment. Put a space before the minus sign:\n  { -1 }".into();
        }
        self.diagnostics.push(diagnostic);
        self.push(TokenKind::Reported, start);
    }

    fn annotation_comment(&mut self) {
        let start = self.pos;
        self.pos += 2;
        let Some(length) = find(&self.bytes[self.pos..], b"*/") else {
            self.pos = self.bytes.len();
            self.diagnostics.push(
                Diagnostic::new(Code::E021, self.span(start, start + 2), "This annotation comment is never closed.")
                    .because("An annotation comment ends at the next `*/`.")
                    .fix("Close the comment:\n  /* … */")
                    .spec(Section::S1_3),
            );
            return self.push(TokenKind::Reported, start);
        };
        let body = self.pos;
        self.pos += length + 2;
        if let Some(inner) = find(&self.bytes[body..body + length], b"/*") {
            let inner = body + inner;
            self.diagnostics.push(
                Diagnostic::new(Code::E023, self.span(inner, inner + 2), "Annotation comments do not nest.")
                    .because("An annotation comment ends at the first `*/`, whatever it contains.")
                    .fix("Use a block comment, which nests:\n  {- outer {- inner -} -}")
                    .spec(Section::S1_3)
                    .label(self.span(start, start + 2), "inside this annotation comment"),
            );
            self.skip_nested_annotation(body);
        }
        self.comments.push(Comment { kind: CommentKind::Annotation, span: self.span(start, self.pos) });
    }

    /// Goes on behind the `*/` that was meant to close the outer of nested annotation comments, if there is one. Where
    /// one was missing, more will be: the text is not searched to its end for each.
    fn skip_nested_annotation(&mut self, body: usize) {
        if !self.nested_annotations_close {
            return;
        }
        let (mut at, mut depth) = (body, 1);
        while at + 1 < self.bytes.len() {
            match (self.bytes[at], self.bytes[at + 1]) {
                (b'/', b'*') => (depth, at) = (depth + 1, at + 2),
                (b'*', b'/') => (depth, at) = (depth - 1, at + 2),
                _ => at += 1,
            }
            if depth == 0 {
                self.pos = at;
                return;
            }
        }
        self.nested_annotations_close = false;
    }

    fn string(&mut self) {
        let start = self.pos;
        let mut holes = Vec::new();
        let (kind, end) = self.scan_string(&mut holes);
        if kind != TokenKind::Str || holes.is_empty() {
            self.pos = end;
            return self.push(kind, start);
        }
        let bytes = self.bytes;
        let mut piece = start;
        for (index, (hole_start, hole_end)) in holes.into_iter().enumerate() {
            self.pos = hole_start;
            self.push(if index == 0 { TokenKind::StrStart } else { TokenKind::StrMid }, piece);
            self.bytes = &bytes[..hole_end];
            self.read_all();
            self.bytes = bytes;
            piece = hole_end;
        }
        self.pos = end;
        self.push(TokenKind::StrEnd, piece);
    }

    /// Finds the end of the string at `pos`, and the insides of its `\(…)`.
    fn scan_string(&mut self, holes: &mut Vec<(usize, usize)>) -> (TokenKind, usize) {
        let mut at = self.pos + 1;
        loop {
            match self.bytes.get(at) {
                Some(b'"') => return (TokenKind::Str, at + 1),
                Some(b'\\') if self.bytes.get(at + 1) == Some(&b'(') => {
                    let hole = at + 2;
                    match self.scan_hole(hole) {
                        Ok(end) => {
                            holes.push((hole, end));
                            at = end + 1;
                        }
                        Err(bad) => return bad,
                    }
                }
                // Whatever is escaped does not end the string; a line end is left for the next round.
                Some(b'\\') => at += if matches!(self.bytes.get(at + 1), None | Some(b'\n')) { 1 } else { 2 },
                Some(b'\n') if !self.strings_span_lines => return (TokenKind::StrUnclosed, at),
                Some(_) => at += 1,
                None => {
                    self.unclosed_string = true;
                    return (TokenKind::StrUnclosed, self.bytes.len());
                }
            }
        }
    }

    /// Finds the `)` that ends the expression starting at `start`, or the malformed string's kind and end.
    fn scan_hole(&mut self, start: usize) -> Result<usize, (TokenKind, usize)> {
        let (mut at, mut depth) = (start, 0);
        loop {
            match self.bytes.get(at) {
                Some(b'(') => depth += 1,
                Some(b')') if depth == 0 => return Ok(at),
                Some(b')') => depth -= 1,
                Some(b'"' | b'\\') => return Err(self.scan_nested(at)),
                Some(b'\n') if !self.strings_span_lines => return Err((TokenKind::StrHoleUnclosed, at)),
                Some(_) => {}
                None => return Err((TokenKind::StrHoleUnclosed, self.bytes.len())),
            }
            at += 1;
        }
    }

    /// The kind and end of a string with a quote at `quote` inside `\(…)`: either a string was written there,
    /// and then the outer one ends at the last quote of the line, or a `)` is missing and it ends here.
    fn scan_nested(&mut self, quote: usize) -> (TokenKind, usize) {
        let LineQuotes { count, last, end, .. } = self.quotes_from(quote);
        match last {
            Some(last) if count >= 3 && count % 2 == 1 => (TokenKind::StrNested, last + 1),
            Some(_) if self.bytes[quote] == b'"' => (TokenKind::StrHoleUnclosed, quote + 1),
            _ => (TokenKind::StrNested, end),
        }
    }

    /// The quotes from `start` to the end of its line. Each line is read once, however often it is asked about.
    fn quotes_from(&mut self, start: usize) -> LineQuotes {
        let known = self.line_quotes;
        let passed = if (known.start..known.end).contains(&start) {
            known.start..start
        } else {
            let line = &self.bytes[start..];
            let end = line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len());
            let last = line[..end].iter().rposition(|byte| *byte == b'"').map(|at| start + at);
            let count = count_quotes(&line[..end]);
            self.line_quotes = LineQuotes { start, end: start + end, count, last };
            start..start
        };
        self.line_quotes.count -= count_quotes(&self.bytes[passed]);
        self.line_quotes.start = start;
        self.line_quotes.last = self.line_quotes.last.filter(|last| *last >= start);
        self.line_quotes
    }
}

/// The quotes on a line, from somewhere in it.
#[derive(Clone, Copy, Debug, Default)]
struct LineQuotes {
    /// From where.
    start: usize,
    /// Where the line ends.
    end: usize,
    /// How many there are.
    count: usize,
    /// Where the last is.
    last: Option<usize>,
}

fn count_quotes(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'"').count()
}

/// The longest symbol at the start of three bytes, and its length.
fn symbol(first: u8, second: u8, third: u8) -> Option<(TokenKind, usize)> {
    use TokenKind::*;
    Some(match (first, second, third) {
        (b'=', b'=', b'>') => (Implies, 3),
        (b':', b':', _) => (PathSep, 2),
        (b'|', b'>', _) => (Pipe, 2),
        (b'|', b'|', _) => (OrOr, 2),
        (b'&', b'&', _) => (AndAnd, 2),
        (b'!', b'=', _) => (NotEq, 2),
        (b'=', b'=', _) => (EqEq, 2),
        (b'<', b'=', _) => (Le, 2),
        (b'>', b'=', _) => (Ge, 2),
        (b'-', b'>', _) => (Arrow, 2),
        (b'(', ..) => (LParen, 1),
        (b')', ..) => (RParen, 1),
        (b'{', ..) => (LBrace, 1),
        (b'}', ..) => (RBrace, 1),
        (b'[', ..) => (LBracket, 1),
        (b']', ..) => (RBracket, 1),
        (b',', ..) => (Comma, 1),
        (b';', ..) => (Semi, 1),
        (b':', ..) => (Colon, 1),
        (b'.', ..) => (Dot, 1),
        (b'@', ..) => (At, 1),
        (b'?', ..) => (Question, 1),
        (b'_', ..) => (Underscore, 1),
        (b'|', ..) => (Bar, 1),
        (b'!', ..) => (Bang, 1),
        (b'=', ..) => (Assign, 1),
        (b'<', ..) => (Lt, 1),
        (b'>', ..) => (Gt, 1),
        (b'+', ..) => (Plus, 1),
        (b'-', ..) => (Minus, 1),
        (b'*', ..) => (Star, 1),
        (b'/', ..) => (Slash, 1),
        (b'%', ..) => (Percent, 1),
        _ => return None,
    })
}

fn find(bytes: &[u8], needle: &[u8; 2]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair == needle)
}

/// Whether a name can go on with a byte.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
