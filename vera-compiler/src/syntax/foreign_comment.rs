//! Comments of other languages: `// text` and `# text`.
//!
//! They are read as comments, so that their text is not taken for code. Between two operands `//` is an operator of
//! other languages; the text after it distinguishes the two.

use super::token::TokenKind;
use crate::diagnostics::{Code, Diagnostic, Section};
use crate::source::Span;

/// Places that are pointed at.
const PLACES: usize = 8;

/// Whether the rest of a line, from a mark of other languages' comments on, is a comment. `before` is the token in front
/// of it on its line.
pub(super) fn is_comment(rest: &str, before: Option<TokenKind>) -> bool {
    use TokenKind::{Float, Int, LowerIdent, RBrace, RBracket, RParen, Str, StrEnd, UpperIdent};
    let hash = rest.starts_with('#');
    let text = rest.trim_start_matches(['/', '#', '!']);
    let behind_operand = matches!(
        before,
        Some(
            LowerIdent
                | UpperIdent
                | Int
                | Float
                | RParen
                | RBracket
                | Str
                | StrEnd
                | TokenKind::True
                | TokenKind::False
        )
    );
    match before {
        None => true,
        Some(_) if hash => text.trim_start().starts_with(char::is_alphabetic),
        Some(TokenKind::Semi | TokenKind::Comma | TokenKind::LBrace | RBrace) => true,
        Some(_) => behind_operand && !starts_operand(text.trim()),
    }
}

/// Whether text starts with an operand of an expression that may end there.
fn starts_operand(text: &str) -> bool {
    let ends = |rest: &str| {
        let rest = rest.trim_start();
        rest.is_empty()
            || rest
                .starts_with([';', ',', ')', ']', '}', '+', '-', '*', '/', '%', '<', '>', '=', '!', '&', '|', '?', ':'])
    };
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match text.chars().next() {
        Some('@') => text[1..].starts_with(|c: char| c.is_ascii_uppercase()),
        Some('(') => true,
        Some(c) if c.is_ascii_digit() => ends(text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')),
        Some(c) if c.is_ascii_lowercase() => text.trim_start_matches(word).starts_with('('),
        _ => false,
    }
}

/// What to report for the marks of comments.
pub(super) fn report(marks: &[Span], code: Code, mark: &str) -> Option<Diagnostic> {
    let (first, others) = marks.split_first()?;
    let diagnostic = Diagnostic::new(code, *first, format!("`{mark}` starts no comment."))
        .because("Comments start with `--`, and those above a declaration document it.")
        .fix("Write `--`.")
        .spec(Section::S1_3);
    let diagnostic = marks.iter().fold(diagnostic, |diagnostic, mark| diagnostic.edit(*mark, "--"));
    Some(others.iter().take(PLACES).fold(diagnostic, |diagnostic, mark| diagnostic.label(*mark, "and here")))
}

#[cfg(test)]
mod tests {
    use super::is_comment;
    use crate::syntax::token::TokenKind;

    #[test]
    fn comments_are_told_from_divisions() {
        let behind = |rest| is_comment(rest, Some(TokenKind::Int));
        for comment in ["// the next one", "// 2 more", "//x", "// x", "# the next", "//"] {
            assert!(behind(comment), "{comment}");
        }
        for division in ["// 2", "// 2;", "// @Int.0", "//2 + 1", "// (1 + 2)", "// f(2)", "# = Int;", "#"] {
            assert!(!behind(division), "{division}");
        }
        assert!(is_comment("// 2", None) && is_comment("/// f(x)", None) && is_comment("#!/usr/bin", None));
        assert!(!is_comment("// 2", Some(TokenKind::Plus)) && is_comment("// 2", Some(TokenKind::Semi)));
    }
}
