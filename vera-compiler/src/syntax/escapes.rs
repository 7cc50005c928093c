//! The escapes of string literals.
//!
//! Only this module knows them. Resolving continues after a malformed escape, which adds nothing to the text. In the
//! other direction, [`escape`] writes a text in its canonical form.

use std::fmt::Write;
use std::ops::Range;

use unicode_general_category::{GeneralCategory, get_general_category};

/// A malformed escape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadEscape {
    /// Where, in bytes of the text between the quotes.
    pub(crate) range: Range<usize>,
    pub(crate) problem: EscapeProblem,
}

/// What is wrong with an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EscapeProblem {
    /// A character that has no escape.
    Unknown(char),
    /// A backslash at the end of a line.
    LineEnd,
    /// `\u` without `{`.
    NoBrace,
    /// Not one to six hexadecimal digits between the braces.
    Digits,
    /// A number above 10FFFF, or half of a surrogate pair.
    NoCharacter,
}

/// The text that `raw`, the inside of a string literal, stands for.
pub(crate) fn unescape(raw: &str, mut report: impl FnMut(BadEscape)) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let start = raw.len() - rest.len() + at;
        let escape = &rest[at..];
        match one(escape) {
            Ok((c, length)) => {
                text.push(c);
                rest = &escape[length..];
            }
            Err((problem, length)) => {
                report(BadEscape { range: start..start + length, problem });
                rest = &escape[length..];
            }
        }
    }
    text.push_str(rest);
    text
}

/// The character and length of the escape at the start of `escape`, or its problem and length.
fn one(escape: &str) -> Result<(char, usize), (EscapeProblem, usize)> {
    match escape[1..].chars().next() {
        Some('\\') => Ok(('\\', 2)),
        Some('"') => Ok(('"', 2)),
        Some('n') => Ok(('\n', 2)),
        Some('t') => Ok(('\t', 2)),
        Some('r') => Ok(('\r', 2)),
        Some('0') => Ok(('\0', 2)),
        Some('u') => unicode(escape),
        None | Some('\n' | '\r') => Err((EscapeProblem::LineEnd, 1)),
        Some(c) => Err((EscapeProblem::Unknown(c), 1 + c.len_utf8())),
    }
}

fn unicode(escape: &str) -> Result<(char, usize), (EscapeProblem, usize)> {
    let Some(digits) = escape[2..].strip_prefix('{') else { return Err((EscapeProblem::NoBrace, 2)) };
    let hex = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    if digits.as_bytes().get(hex) != Some(&b'}') {
        return Err((EscapeProblem::Digits, 3 + hex));
    }
    let length = 3 + hex + 1;
    if !(1..=6).contains(&hex) {
        return Err((EscapeProblem::Digits, length));
    }
    let code = u32::from_str_radix(&digits[..hex], 16).map_err(|_| (EscapeProblem::Digits, length))?;
    char::from_u32(code).map(|c| (c, length)).ok_or((EscapeProblem::NoCharacter, length))
}

/// Appends `text` as it is written between the quotes of a string literal: what cannot be read reliably in source is
/// an escape, everything else stands for itself.
pub(crate) fn escape(text: &str, out: &mut String) {
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let named = match c {
            ' '..='~' if !matches!(c, '"' | '\\') => continue,
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\t' => "\\t",
            '\r' => "\\r",
            '\0' => "\\0",
            _ if is_visible(c) => continue,
            _ => "",
        };
        out.push_str(&text[plain..at]);
        plain = at + c.len_utf8();
        out.push_str(named);
        if named.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:04X}}}", u32::from(c));
        }
    }
    out.push_str(&text[plain..]);
}

/// Whether a character other than the space shows in source.
fn is_visible(c: char) -> bool {
    use GeneralCategory::*;
    !matches!(
        get_general_category(c),
        Control | Format | Surrogate | PrivateUse | Unassigned | LineSeparator | ParagraphSeparator | SpaceSeparator
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape_is_resolved() {
        let mut bad = Vec::new();
        assert_eq!(unescape(r#"a\\b\"c\n\t\r\0\u{41}\u{1F600}é"#, |b| bad.push(b)), "a\\b\"c\n\t\r\0A😀é");
        assert_eq!(bad, []);
    }

    #[test]
    fn only_what_cannot_be_seen_is_escaped() {
        let cases = [
            ("plain (text) 'here'", "plain (text) 'here'"),
            ("\\(\"\n\t\r\0", r#"\\(\"\n\t\r\0"#),
            ("café 日本 😀 ~", "café 日本 😀 ~"),
            ("\u{1}\u{7f}\u{85}", r"\u{0001}\u{007F}\u{0085}"),
            ("\u{200b}\u{202e}\u{feff}\u{ad}", r"\u{200B}\u{202E}\u{FEFF}\u{00AD}"),
            ("\u{a0}\u{3000}\u{2028}\u{2029}", r"\u{00A0}\u{3000}\u{2028}\u{2029}"),
            ("\u{e000}\u{378}\u{e0001}\u{10ffff}", r"\u{E000}\u{0378}\u{E0001}\u{10FFFF}"),
            ("e\u{301}", "e\u{301}"),
        ];
        for (text, escaped) in cases {
            let mut out = String::new();
            escape(text, &mut out);
            assert_eq!(out, escaped);
            assert_eq!(unescape(&out, |bad| panic!("{bad:?}")), text);
        }
    }

    #[test]
    fn malformed_escapes_are_located_and_skipped() {
        use EscapeProblem::*;
        let cases = [
            (r"a\qb", Unknown('q'), 1..3, "ab"),
            (r"\é!", Unknown('é'), 0..3, "!"),
            ("\\\nx", LineEnd, 0..1, "\nx"),
            (r"\u41", NoBrace, 0..2, "41"),
            (r"\u{}", Digits, 0..4, ""),
            (r"\u{1234567}", Digits, 0..11, ""),
            (r"\u{12", Digits, 0..5, ""),
            (r"\u{xyz}", Digits, 0..3, "xyz}"),
            (r"\u{110000}", NoCharacter, 0..10, ""),
            (r"\u{D800}", NoCharacter, 0..8, ""),
        ];
        for (raw, problem, range, text) in cases {
            let mut bad = Vec::new();
            assert_eq!(unescape(raw, |b| bad.push(b)), text, "{raw}");
            assert_eq!(bad, [BadEscape { range, problem }], "{raw}");
        }
    }
}
