//! E009: a string inside the `\(…)` of a string.
//!
//! The fix binds the inner strings before the outer one, in a block around it, so that only the slots inside the outer
//! string count differently. There is none where the text does not tell what is meant: a bracket or string that is not
//! closed, an escape in an inner string that is escaped itself, something in braces, which may bind slots.

use super::Parser;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;

/// More inner strings than this are bound by hand.
const BOUND: usize = 4;

/// A string with strings inside, in bytes from its first quote.
struct Nested<'s> {
    /// The inner strings with their quotes, in order: place, and what stands between the quotes.
    inner: Vec<(std::ops::Range<usize>, &'s str)>,
    /// The insides of its `\(…)`.
    holes: Vec<std::ops::Range<usize>>,
    /// Behind its last quote.
    end: usize,
}

impl Parser<'_> {
    /// What to say of the string that is next, which has a string inside.
    pub(super) fn string_in_string(&self) -> Diagnostic {
        let token = self.span();
        let text = self.slice(token);
        let at = |range: &std::ops::Range<usize>| Span {
            start: token.start + range.start as u32,
            end: token.start + range.end as u32,
            ..token
        };
        let nested = read(text);
        let place = nested.as_ref().and_then(|nested| nested.inner.first()).map_or(token, |(range, _)| at(range));
        let description = "An expression inside a string cannot contain a string or a backslash.";
        let diagnostic = Diagnostic::new(Code::E009, place, description)
            .because("The `\"` would end the string around it.")
            .spec(Section::S4_13_1);
        let inside = nested.as_ref().and_then(|nested| nested.inner.first()).map_or("...", |(_, inside)| inside);
        let literal = self.short(format!("\"{inside}\""), "...");
        let words = format!("Bind the inner string before, `let @String = {literal};`, and put its slot in its place.");
        let Some((nested, fixed)) = nested.and_then(|nested| fixed(text, &nested).map(|fixed| (nested, fixed))) else {
            return diagnostic.fix(words);
        };
        let whole = at(&(0..nested.end));
        let ends_block = self.text[whole.end as usize..].trim_start().starts_with('}');
        let fixed = if self.stmt_start == self.pos && ends_block { fixed } else { format!("{{ {fixed} }}") };
        diagnostic.fix(self.short(format!("Bind it before: `{fixed}`"), &words)).edit(whole, fixed)
    }
}

/// Reads the string that `text` starts with; `None` where it is not certain what is in it.
fn read(text: &str) -> Option<Nested<'_>> {
    let bytes = text.as_bytes();
    let (mut inner, mut holes) = (Vec::new(), Vec::new());
    let mut at = 1;
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'"', _) => return Some(Nested { inner, holes, end: at + 1 }),
            (b'\\', Some(b'(')) => {
                let end = read_hole(text, at + 2, &mut inner)?;
                holes.push(at + 2..end);
                at = end + 1;
            }
            (b'\\', _) => at += 2,
            _ => at += 1,
        }
    }
}

/// The end of the `\(…)` whose inside starts at `at`.
fn read_hole<'s>(text: &'s str, mut at: usize, inner: &mut Vec<(std::ops::Range<usize>, &'s str)>) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0;
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'(', _) => depth += 1,
            (b')', _) if depth == 0 => return Some(at),
            (b')', _) => depth -= 1,
            (b'{' | b'}', _) => return None,
            (b'"', _) => {
                let length = plain_string(&text[at + 1..])?;
                inner.push((at..at + length + 2, &text[at + 1..at + 1 + length]));
                at += length + 1;
            }
            (b'\\', Some(b'"')) => {
                let length = text[at + 2..].find(['"', '\\'])?;
                let end = at + 2 + length;
                if !text[end..].starts_with("\\\"") {
                    return None;
                }
                inner.push((at..end + 2, &text[at + 2..end]));
                at = end + 1;
            }
            (b'\\', _) => return None,
            _ => {}
        }
        at += 1;
    }
}

/// The length of the string up to its closing quote; `None` where it is interpolated itself.
fn plain_string(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'"', _) => return Some(at),
            (b'\\', Some(b'(')) => return None,
            (b'\\', _) => at += 2,
            _ => at += 1,
        }
    }
}

/// The bindings of the inner strings, and the outer string with their slots.
fn fixed(text: &str, nested: &Nested) -> Option<String> {
    let count = nested.inner.len();
    if !(1..=BOUND).contains(&count) {
        return None;
    }
    let bindings = nested.inner.iter().map(|(_, inside)| format!("let @String = \"{inside}\"; "));
    let mut fixed: String = bindings.collect();
    let mut strings = nested.inner.iter().enumerate().peekable();
    let mut from = 0;
    for hole in &nested.holes {
        fixed.push_str(&text[from..hole.start]);
        from = hole.start;
        while let Some((index, (place, _))) = strings.next_if(|(_, (place, _))| place.end <= hole.end) {
            fixed.push_str(&behind(&text[from..place.start], count)?);
            fixed.push_str(&format!("@String.{}", count - 1 - index));
            from = place.end;
        }
        fixed.push_str(&behind(&text[from..hole.end], count)?);
        from = hole.end;
    }
    fixed.push_str(&text[from..nested.end]);
    Some(fixed)
}

/// Code behind `count` more bindings of strings.
fn behind(code: &str, count: usize) -> Option<String> {
    const SLOT: &str = "@String.";
    let mut parts = code.split(SLOT);
    let mut shifted = parts.next()?.to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let index: usize = part[..digits].parse().ok()?;
        shifted.push_str(&format!("{SLOT}{}{}", index.checked_add(count)?, &part[digits..]));
    }
    Some(shifted)
}
