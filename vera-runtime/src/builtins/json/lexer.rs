//! The tokens of JSON text (RFC 8259).

use super::number;
use crate::error::Error;
use crate::meter::Meter;
use std::borrow::Cow;

/// Why no token could be read.
#[derive(Debug)]
pub(super) enum Failure {
    /// The text is not JSON.
    Syntax(SyntaxError),
    /// The walk cannot continue.
    Fatal(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Fatal(error)
    }
}

impl From<SyntaxError> for Failure {
    fn from(error: SyntaxError) -> Self {
        Failure::Syntax(error)
    }
}

/// Where and why the text is not JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    message: &'static str,
    offset: usize,
}

impl SyntaxError {
    /// The message for the program, with line and column.
    pub(super) fn describe(&self, text: &str) -> String {
        let before = &text[..text.floor_char_boundary(self.offset)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        format!("{} at line {line} column {column}", self.message)
    }
}

/// A cursor over JSON text.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    offset: usize,
}

/// The start of a value; scalars are read whole.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    Null,
    Bool(bool),
    Number(f64),
    String(Cow<'a, str>),
    ArrayStart,
    ObjectStart,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Lexer { text, offset: 0 }
    }

    pub(super) fn error(&self, message: &'static str) -> SyntaxError {
        SyntaxError { message, offset: self.offset }
    }

    /// The next byte that is not white space; it is not consumed.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.offset) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.offset += 1;
        }
        None
    }

    /// Consumes a punctuation mark if it is next.
    #[inline]
    pub(super) fn eat(&mut self, mark: u8) -> bool {
        let found = self.peek() == Some(mark);
        self.offset += usize::from(found);
        found
    }

    /// The next value or its start.
    #[inline]
    pub(super) fn value(&mut self, meter: &Meter) -> Result<Token<'a>, Failure> {
        let token = match self.peek() {
            Some(b'"') => return self.string(meter).map(Token::String),
            Some(b'-' | b'0'..=b'9') => match number::read(&self.text.as_bytes()[self.offset..]) {
                Ok((value, len)) => {
                    self.offset += len;
                    Ok(Token::Number(value))
                }
                Err((message, at)) => {
                    self.offset += at;
                    Err(self.error(message))
                }
            },
            Some(b'[') => {
                self.offset += 1;
                Ok(Token::ArrayStart)
            }
            Some(b'{') => {
                self.offset += 1;
                Ok(Token::ObjectStart)
            }
            Some(b'n') => self.word("null", Token::Null),
            Some(b't') => self.word("true", Token::Bool(true)),
            Some(b'f') => self.word("false", Token::Bool(false)),
            Some(_) => Err(self.error("expected a value")),
            None => Err(self.error("unexpected end of text")),
        };
        Ok(token?)
    }

    fn word(&mut self, word: &str, token: Token<'a>) -> Result<Token<'a>, SyntaxError> {
        if !self.text[self.offset..].starts_with(word) {
            return Err(self.error("expected a value"));
        }
        self.offset += word.len();
        Ok(token)
    }

    /// A string, whose opening quote is next.
    #[inline]
    pub(super) fn string(&mut self, meter: &Meter) -> Result<Cow<'a, str>, Failure> {
        let bytes = self.text.as_bytes();
        let start = self.offset + 1;
        let end = start + plain(&bytes[start..]);
        if bytes.get(end) == Some(&b'"') {
            self.offset = end + 1;
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped(meter, start, end).map(Cow::Owned)
    }

    /// The rest of a string after its first part, which has no escapes.
    #[cold]
    fn escaped(&mut self, meter: &Meter, start: usize, end: usize) -> Result<String, Failure> {
        let bytes = self.text.as_bytes();
        const CHAR: usize = 4;
        let mut value = String::new();
        meter.push_str(&mut value, &self.text[start..end])?;
        let opening = start - 1;
        self.offset = end;
        loop {
            match bytes.get(self.offset) {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(value);
                }
                Some(b'\\') => {
                    meter.reserve(&mut value, CHAR)?;
                    value.push(self.escape()?);
                }
                Some(_) => return Err(self.error("control character in a string").into()),
                None => {
                    self.offset = opening;
                    return Err(self.error("unterminated string").into());
                }
            }
            let len = plain(&bytes[self.offset..]);
            meter.push_str(&mut value, &self.text[self.offset..self.offset + len])?;
            self.offset += len;
        }
    }

    /// An escape sequence.
    fn escape(&mut self) -> Result<char, SyntaxError> {
        let simple = match self.text.as_bytes().get(self.offset + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.error("invalid escape")),
        };
        self.offset += 2;
        Ok(simple)
    }

    /// `\uXXXX`, or two of them that form a surrogate pair.
    fn unicode(&mut self) -> Result<char, SyntaxError> {
        let first = self.hex(self.offset)?;
        if let Some(char) = char::from_u32(first) {
            self.offset += 6;
            return Ok(char);
        }
        let second = if self.text[self.offset + 6..].starts_with("\\u") { self.hex(self.offset + 6)? } else { 0 };
        match char::decode_utf16([first as u16, second as u16]).next() {
            Some(Ok(char)) => {
                self.offset += 12;
                Ok(char)
            }
            _ => Err(self.error("lone surrogate in a string")),
        }
    }

    /// The four digits of the `\u` at an offset.
    fn hex(&self, at: usize) -> Result<u32, SyntaxError> {
        let digits = self.text.as_bytes().get(at + 2..at + 6);
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let value = digits.map(|digits| {
            digits.iter().fold(0, |value, &digit| value << 4 | char::from(digit).to_digit(16).unwrap_or_default())
        });
        value.ok_or_else(|| self.error("invalid escape"))
    }
}

/// The number of bytes from the start that have no special meaning in a string.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of every byte that is zero; of higher bytes too, which the exact search below sorts out.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut len = 0;
    for chunk in bytes.as_chunks::<8>().0 {
        let word = u64::from_le_bytes(*chunk);
        let quotes = zeros(word ^ (ONES * u64::from(b'"')));
        let slashes = zeros(word ^ (ONES * u64::from(b'\\')));
        let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        if quotes | slashes | controls != 0 {
            break;
        }
        len += 8;
    }
    len + bytes[len..].iter().take_while(|&&byte| byte != b'"' && byte != b'\\' && byte >= 0x20).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_stops_at_the_first_special_byte_wherever_it_is() {
        for special in [b'"', b'\\', 0x1f, 0, b'\n'] {
            for at in 0..40 {
                let mut bytes = "aé\u{7f}~!#[]".repeat(8).into_bytes();
                bytes[at] = special;
                assert_eq!(plain(&bytes), at, "{special} at {at}");
            }
        }
        assert_eq!(plain("ÿþ\u{80}\u{a2}".as_bytes()), 8);
    }
}
