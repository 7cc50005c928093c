//! Sets of characters and escapes of one character.

use super::parse::{Flags, Parsed, Parser};
use super::syntax::Set;
use std::fmt::Write as _;

/// The classes of `\w`, `\d` and `\s`, in the syntax of the crate `regex`.
const WORD: &str = r"\p{L}\p{N}_";
const ASCII_WORD: &str = "0-9A-Za-z_";
const DIGIT: &str = r"\p{Nd}";
const ASCII_DIGIT: &str = "0-9";
const SPACE: &str = r"\s\x1c-\x1f";
const ASCII_SPACE: &str = r"\t-\r ";

/// Makes sets.
pub(super) struct Classes;

impl Classes {
    /// A set with one class in it.
    pub(super) fn one(class: &str) -> Set {
        Set(format!("[{class}]"))
    }

    /// A character, in both cases on request.
    pub(super) fn character(c: char, ignore_case: bool) -> Set {
        let mut text = String::new();
        push(&mut text, c);
        Set(if ignore_case && c.is_alphabetic() { format!("(?i:[{text}])") } else { format!("[{text}]") })
    }

    /// A word character.
    pub(super) fn word(ascii: bool) -> Set {
        Self::one(if ascii { ASCII_WORD } else { WORD })
    }
}

/// A character inside a class, as its number, which has no special meaning.
fn push(text: &mut String, c: char) {
    // Writing to a string does not fail.
    let _ = write!(text, "\\x{{{:x}}}", u32::from(c));
}

/// The class of `\d`, `\w`, `\s` and their opposites.
pub(super) fn of_letter(c: char, ascii: bool) -> Option<String> {
    let class = match (c.to_ascii_lowercase(), ascii) {
        ('d', false) => DIGIT,
        ('d', true) => ASCII_DIGIT,
        ('w', false) => WORD,
        ('w', true) => ASCII_WORD,
        ('s', false) => SPACE,
        ('s', true) => ASCII_SPACE,
        _ => return None,
    };
    Some(if c.is_ascii_uppercase() { format!("[^{class}]") } else { class.to_owned() })
}

/// An item of a set.
enum Item {
    Character(char),
    Class(String),
}

impl Parser {
    /// A set, after its bracket.
    pub(super) fn class(&mut self, open: usize, flags: Flags) -> Parsed<Set> {
        let negated = self.eat('^');
        let mut text = String::new();
        let first = self.at;
        loop {
            let at = self.at;
            match self.peek() {
                None => return Err(self.mistake("unterminated character set", open)),
                Some(']') if at > first => {
                    self.at += 1;
                    break;
                }
                Some(_) => {}
            }
            let low = self.item(open, flags)?;
            let is_range = self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|&c| c != ']');
            if self.peek() == Some('-') && self.at + 1 >= self.text.len() {
                return Err(self.mistake("unterminated character set", open));
            }
            if !is_range {
                match low {
                    Item::Character(c) => push(&mut text, c),
                    Item::Class(class) => text.push_str(&class),
                }
                continue;
            }
            self.at += 1;
            let high = self.item(open, flags)?;
            match (low, high) {
                (Item::Character(low), Item::Character(high)) if low <= high => {
                    push(&mut text, low);
                    text.push('-');
                    push(&mut text, high);
                }
                _ => {
                    let range: String = self.text[at..self.at].iter().collect();
                    return Err(self.mistake(&format!("bad character range {range}"), at));
                }
            }
        }
        let text = format!("[{}{text}]", if negated { "^" } else { "" });
        Ok(Set(if flags.ignore_case { format!("(?i:{text})") } else { text }))
    }

    fn item(&mut self, open: usize, flags: Flags) -> Parsed<Item> {
        let at = self.at;
        let Some(c) = self.next() else { return Err(self.mistake("unterminated character set", open)) };
        if c != '\\' {
            return Ok(Item::Character(c));
        }
        let Some(c) = self.next() else { return Err(self.mistake("bad escape (end of pattern)", at)) };
        if let Some(class) = of_letter(c, flags.ascii) {
            return Ok(Item::Class(class));
        }
        match c {
            'b' => Ok(Item::Character('\u{8}')),
            '0'..='7' => self.octal(at, c).map(Item::Character),
            c => self.character(at, c).map(Item::Character),
        }
    }

    /// Up to three octal digits; the first is already read.
    fn octal(&mut self, at: usize, first: char) -> Parsed<char> {
        let mut value = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else { break };
            self.at += 1;
            value = value * 8 + digit;
        }
        match char::from_u32(value).filter(|_| value <= 0o377) {
            Some(c) => Ok(c),
            None => {
                let text: String = self.text[at..self.at].iter().collect();
                Err(self.mistake(&format!("octal escape value {text} outside of range 0-0o377"), at))
            }
        }
    }

    /// The character of an escape whose backslash and first character are read.
    pub(super) fn character(&mut self, at: usize, c: char) -> Parsed<char> {
        Ok(match c {
            'a' => '\u{7}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '0' => {
                // Up to two octal digits more.
                return self.octal(at, '0');
            }
            'x' => return self.hexadecimal(at, 2),
            'u' => return self.hexadecimal(at, 4),
            'U' => return self.hexadecimal(at, 8),
            c if c.is_ascii_alphanumeric() => return Err(self.mistake(&format!("bad escape \\{c}"), at)),
            c => c,
        })
    }

    fn hexadecimal(&mut self, at: usize, digits: usize) -> Parsed<char> {
        let start = self.at;
        while self.at < start + digits && self.peek().is_some_and(|c| c.is_ascii_hexdigit()) {
            self.at += 1;
        }
        let text: String = self.text[start..self.at].iter().collect();
        let whole: String = self.text[at..self.at].iter().collect();
        if text.len() < digits {
            return Err(self.mistake(&format!("incomplete escape {whole}"), at));
        }
        // Halves of surrogate pairs are no characters: no text has them.
        let value = u32::from_str_radix(&text, 16).ok().and_then(char::from_u32);
        value.ok_or_else(|| self.mistake(&format!("bad escape {whole}"), at))
    }
}
