//! Whether a text ends inside a comment or string, and what is missing.
//!
//! Text that is joined from several places must not change its meaning at the joints. If nothing is unfinished, the
//! next piece can be read on its own.

use super::lexer::lex;
use super::token::TokenKind;
use crate::source::SourceMap;
use std::ops::Range;

/// What a text ends within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// A comment `--` whose line does not end.
    LineComment,
    /// A comment `{-` or `/*` that is not closed.
    Comment,
    /// A string that is not closed.
    String,
}

/// What `text` ends within, and from where on; `None` where text that follows is read on its own.
///
/// A string that is malformed counts as one that is not closed: where it ends is not certain.
pub fn unfinished(text: &str) -> Option<(Unfinished, Range<usize>)> {
    let lexed = lex(text, SourceMap::new().add("", ""));
    let token = lexed.tokens.iter().find_map(|token| {
        let kind = match token.kind {
            TokenKind::StrUnclosed | TokenKind::StrHoleUnclosed | TokenKind::StrNested => Unfinished::String,
            TokenKind::Reported => Unfinished::Comment,
            _ => return None,
        };
        Some((kind, token.start as usize..token.end as usize))
    });
    token.or_else(|| {
        let last = lexed.comments.last()?;
        let range = last.span.start as usize..last.span.end as usize;
        let open = text[range.start..].starts_with("--") && !text[range.end..].contains('\n');
        open.then_some((Unfinished::LineComment, range))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_at_the_end_is_found() {
        use Unfinished::{Comment, LineComment, String};
        let found = |text| unfinished(text).map(|(kind, range)| (kind, &text[range]));
        for finished in ["", "a - -b", "-- a\n", "-- a\r\n", "{- -- -}", "{- a {- b -} -}", "/* -- */", "\"--\"", "a -"]
        {
            assert_eq!(found(finished), None, "{finished:?}");
        }
        assert_eq!(found("a -- b"), Some((LineComment, "-- b")));
        assert_eq!(found("-- a\nb -- c\r"), Some((LineComment, "-- c")));
        assert_eq!(found("a {- b {- c -}"), Some((Comment, "{- b {- c -}")));
        assert_eq!(found("a /* b\n"), Some((Comment, "/* b\n")));
        assert_eq!(found("a \"b\\\""), Some((String, "\"b\\\"")));
        assert!(matches!(found("\"a\\(b"), Some((String, _))));
    }
}
