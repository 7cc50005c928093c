//! Texts that appear in no recording and no trace.
//!
//! A secret is hidden wherever a text contains its bytes, also in a text that is not UTF-8. Where two secrets overlap in a
//! text, both are hidden whole. Numbers are not looked at.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// The replacement of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// A list of secrets.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// No secrets.
    pub(crate) const NONE: &Secrets = &Secrets(Vec::new());

    /// Adds a secret. The empty text is none.
    pub(crate) fn add(&mut self, secret: impl Into<String>) {
        let secret = secret.into();
        if !secret.is_empty() {
            self.0.push(secret);
        }
    }

    /// The number of secrets.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The parts of a text that hide secrets, in order and apart from each other, as far as they reach into `window`. They
    /// may begin before it and end behind it.
    ///
    /// A part is as long as the secrets in it that overlap. Secrets that touch each other are two parts.
    pub(crate) fn within(&self, text: &[u8], window: Range<usize>) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        let Some(longest) = self.0.iter().map(String::len).max() else { return parts };
        for start in window.start.saturating_sub(longest)..window.end.min(text.len()) {
            let Some(rest) = text.get(start..) else { break };
            let found = self.0.iter().filter(|secret| rest.starts_with(secret.as_bytes()));
            let Some(length) = found.map(String::len).max() else { continue };
            let end = start + length;
            match parts.last_mut() {
                Some(last) if start < last.end => last.end = last.end.max(end),
                _ => parts.push(start..end),
            }
        }
        parts.retain(|part| part.end > window.start);
        parts
    }

    /// The text with secrets redacted.
    pub(crate) fn redacted<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        let parts = self.within(text, 0..text.len());
        if parts.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut redacted = Vec::with_capacity(text.len());
        let mut shown = 0;
        for part in parts {
            redacted.extend_from_slice(text.get(shown..part.start).unwrap_or_default());
            redacted.extend_from_slice(REDACTED.as_bytes());
            shown = part.end;
        }
        redacted.extend_from_slice(text.get(shown..).unwrap_or_default());
        Cow::Owned(redacted)
    }

    /// The same for a text in UTF-8.
    pub(crate) fn redacted_str(&self, text: &str) -> String {
        // What is left of a text in UTF-8 without whole texts in UTF-8 is UTF-8.
        String::from_utf8_lossy(&self.redacted(text.as_bytes())).into_owned()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(texts: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        texts.iter().for_each(|&text| secrets.add(text));
        secrets
    }

    #[test]
    fn secrets_are_hidden_whole() {
        for (hidden, text, expected) in [
            (&["key"][..], "a key, a key", "a [redacted], a [redacted]"),
            (&["key"], "keykey", "[redacted][redacted]"),
            // One begins with the other, in both orders.
            (&["sk-1", "sk-1234"], "sk-1234", "[redacted]"),
            (&["sk-1234", "sk-1"], "sk-1234 sk-12", "[redacted] [redacted]2"),
            // They overlap, each with itself or another.
            (&["abc", "cde"], "xabcdey", "x[redacted]y"),
            (&["aa"], "aaa", "[redacted]"),
            (&["é"], "né", "n[redacted]"),
            (&["", "key"], "", ""),
            (&[], "key", "key"),
        ] {
            assert_eq!(secrets(hidden).redacted_str(text), expected, "{hidden:?} in {text:?}");
        }
        assert_eq!(&*secrets(&["key"]).redacted(b"\xffkey\xfe"), b"\xff[redacted]\xfe");
    }

    #[test]
    fn a_window_knows_what_begins_before_it_and_ends_behind_it() {
        let secrets = secrets(&["secret", "et-et"]);
        let text = b"0 secret-et 1 secret 2";
        assert_eq!(secrets.within(text, 0..text.len()), [2..11, 14..20]);
        assert_eq!(secrets.within(text, 0..3).first(), Some(&(2..8)));
        assert_eq!(secrets.within(text, 19..22).first(), Some(&(14..20)));
        assert!(secrets.within(text, 20..22).is_empty());
        assert!(secrets.within(text, 11..14).is_empty());
    }
}
