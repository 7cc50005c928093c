//! Replacement texts: `\1`, `\g<name>` and escapes of the dialect.

use super::parse::{Mistake, Parsed, Parser};
use super::syntax::Pattern;

/// A piece of a replacement.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// Text.
    Text(String),
    /// The text of a group, or nothing.
    Group(usize),
}

/// Reads a replacement for matches of a pattern.
pub(super) fn parse(template: &str, pattern: &Pattern) -> Parsed<Vec<Piece>> {
    let mut parser = Parser::of(template);
    let (mut pieces, mut text) = (Vec::new(), String::new());
    while let Some(c) = parser.next() {
        let at = parser.at - 1;
        if c != '\\' {
            text.push(c);
            continue;
        }
        let Some(c) = parser.next() else { return Err(parser.mistake("bad escape (end of pattern)", at)) };
        let group = match c {
            'g' => Some(named(&mut parser, pattern)?),
            '0' => {
                text.push(octal(&mut parser, 0));
                None
            }
            '1'..='9' => number(&mut parser, c, &mut text, at)?,
            'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' => {
                text.push(match c {
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'v' => '\u{b}',
                    c => c,
                });
                None
            }
            c if c.is_ascii_alphabetic() => return Err(parser.mistake(&format!("bad escape \\{c}"), at)),
            c => {
                text.extend(['\\', c]);
                None
            }
        };
        if let Some(group) = group {
            if group > pattern.groups.len() {
                return Err(parser.mistake(&format!("invalid group reference {group}"), at + 1));
            }
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Group(group));
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

/// Up to two octal digits after a value; excess upper bits are dropped.
fn octal(parser: &mut Parser, first: u32) -> char {
    let mut value = first;
    for _ in 0..2 {
        let Some(digit) = parser.peek().and_then(|c| c.to_digit(8)) else { break };
        parser.at += 1;
        value = value * 8 + digit;
    }
    char::from((value & 0xff) as u8)
}

/// `\1` to `\99`, or `\101`, which is a character and added to the text.
fn number(parser: &mut Parser, first: char, text: &mut String, at: usize) -> Parsed<Option<usize>> {
    let digit = |c: Option<char>, radix: u32| c.and_then(|c| c.to_digit(radix));
    let (second, third) = (parser.peek(), parser.text.get(parser.at + 1).copied());
    if let (Some(a), Some(b), Some(c)) = (first.to_digit(8), digit(second, 8), digit(third, 8)) {
        parser.at += 2;
        let value = a * 64 + b * 8 + c;
        if value > 0o377 {
            let escape: String = parser.text[at..parser.at].iter().collect();
            return Err(parser.mistake(&format!("octal escape value {escape} outside of range 0-0o377"), at));
        }
        text.push(char::from(value as u8));
        return Ok(None);
    }
    let mut group = first.to_digit(10).unwrap_or(0) as usize;
    if let Some(second) = digit(second, 10) {
        parser.at += 1;
        group = group * 10 + second as usize;
    }
    Ok(Some(group))
}

/// `\g<1>` or `\g<name>`, after the `g`.
fn named(parser: &mut Parser, pattern: &Pattern) -> Parsed<usize> {
    if !parser.eat('<') {
        return Err(parser.mistake("missing <", parser.at));
    }
    let at = parser.at;
    let name = parser.name('>', "group name")?;
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
        let group = name.parse().unwrap_or(usize::MAX);
        return match group <= pattern.groups.len() {
            true => Ok(group),
            false => Err(parser.mistake(&format!("invalid group reference {name}"), at)),
        };
    }
    parser.check_name(&name, at)?;
    match pattern.groups.iter().position(|group| group.as_deref() == Some(&name)) {
        Some(index) => Ok(index + 1),
        None => Err(Mistake::Message(format!("unknown group name '{name}'"))),
    }
}
