//! Selectors as the `selectors` crate parses them.

use crate::builtins::html::too_complex;
use crate::error::Result;
use crate::meter::Meter;
use cssparser::ToCss;
use precomputed_hash::PrecomputedHash;
use selectors::parser::{self, ParseRelative, SelectorParseErrorKind};
use std::fmt;

/// Maximum length of a selector, in bytes.
const MAX_LENGTH: usize = 1 << 16;
/// Maximum nesting of a selector, because the parser is recursive.
const MAX_NESTING: usize = 64;
/// Host memory that the parser may need per byte.
const MEMORY_OF_BYTE: u64 = 256;

pub(super) type Selector = parser::Selector<Html>;
pub(super) type SelectorList = parser::SelectorList<Html>;
pub(super) type Component = parser::Component<Html>;
pub(super) type RelativeSelector = parser::RelativeSelector<Html>;

/// Parses a list of selectors; `None` when it is invalid.
pub(super) fn parse(meter: &Meter, text: &str) -> Result<Option<SelectorList>> {
    if text.len() > MAX_LENGTH {
        return Err(too_complex(MAX_LENGTH, "bytes of a selector"));
    }
    if nesting(text) > MAX_NESTING {
        return Err(too_complex(MAX_NESTING, "levels of a selector"));
    }
    meter.work(text.len() as u64 * 8)?;
    meter.hold(text.len() as u64 * MEMORY_OF_BYTE)?;
    let mut input = cssparser::Parser::new(text);
    Ok(SelectorList::parse(&Grammar, &mut input, ParseRelative::No).ok())
}

/// The nesting of brackets outside of strings and comments.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    let mut quote = None;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'\\', _) => drop(bytes.next()),
            // A string ends with its line at the latest.
            (b'\n' | b'\r' | 0x0c, Some(_)) => quote = None,
            (_, Some(open)) if byte == open => quote = None,
            (_, Some(_)) => {}
            (b'"' | b'\'', None) => quote = Some(byte),
            (b'/', None) if bytes.peek() == Some(&b'*') => {
                bytes.next();
                let mut last = 0;
                for byte in bytes.by_ref() {
                    if (last, byte) == (b'*', b'/') {
                        break;
                    }
                    last = byte;
                }
            }
            (b'(' | b'[' | b'{', None) => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (b')' | b']' | b'}', None) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The supported selectors: those of CSS for trees without a user.
struct Grammar;

impl<'i> parser::Parser<'i> for Grammar {
    type Impl = Html;
    type Error = SelectorParseErrorKind;

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }
}

/// The types of selectors.
#[derive(Clone, Debug)]
pub(super) struct Html;

impl parser::SelectorImpl for Html {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Name;
    type Identifier = Name;
    type LocalName = Name;
    type NamespaceUrl = Name;
    type NamespacePrefix = Name;
    type BorrowedNamespaceUrl = Name;
    type BorrowedLocalName = Name;
    type NonTSPseudoClass = Pseudo;
    type PseudoElement = Pseudo;
}

/// A name or text in a selector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Name(pub(super) Box<str>);

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Name(name.into())
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl ToCss for Name {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        cssparser::serialize_identifier(&self.0, out)
    }
}

/// Used only by the crate's own matcher.
impl PrecomputedHash for Name {
    fn precomputed_hash(&self) -> u32 {
        0
    }
}

/// Pseudo-classes that depend on a user, and pseudo-elements. None is supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pseudo {}

impl ToCss for Pseudo {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}

impl parser::NonTSPseudoClass for Pseudo {
    fn is_active_or_hover(&self) -> bool {
        match *self {}
    }

    fn is_user_action_state(&self) -> bool {
        match *self {}
    }
}

impl parser::PseudoElement for Pseudo {}

#[cfg(test)]
mod tests {
    use super::nesting;

    #[test]
    fn nesting_is_that_of_brackets() {
        let cases = [
            ("a > b", 0),
            (":is(a, :not(b))", 2),
            ("[a='((((']", 1),
            ("/* (((( */ :is(a)", 1),
            ("\\(\\(a", 0),
            (")))((", 2),
            ("'a\n((", 2),
        ];
        for (text, depth) in cases {
            assert_eq!(nesting(text), depth, "{text}");
        }
    }
}
