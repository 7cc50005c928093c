//! What Rust's lexer drops between two tokens: white space, and comments except documentation.

/// The offset, from `at` on, of the first text that is not white space or a comment. `at` is the start or end of a
/// token.
pub(super) fn skip(text: &str, at: usize) -> usize {
    let mut rest = &text[at..];
    loop {
        let trimmed = rest.trim_start_matches(is_space);
        match trimmed.get(comment(trimmed)..) {
            Some(behind) if behind.len() < trimmed.len() => rest = behind,
            _ => return text.len() - trimmed.len(),
        }
    }
}

/// The length of the comment at the start of the text; 0 if there is none.
fn comment(text: &str) -> usize {
    if let Some(line) = text.strip_prefix("//") {
        let documents = line.starts_with('!') || (line.starts_with('/') && !line.starts_with("//"));
        return if documents { 0 } else { text.find('\n').unwrap_or(text.len()) };
    }
    let Some(block) = text.strip_prefix("/*") else { return 0 };
    let documents =
        block.starts_with('!') || (block.starts_with('*') && !block.starts_with("**") && !block.starts_with("*/"));
    if documents { 0 } else { block_length(text).unwrap_or(0) }
}

/// The length of the comment `/* ... */` at the start of the text, with the comments inside it.
fn block_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" => (at, depth) = (at + 2, depth + 1),
            b"*/" => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Rust's white space: Unicode's `Pattern_White_Space`.
fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_rust_drops_is_skipped() {
        let rest = |text: &str| text[skip(text, 0)..].to_owned();
        for dropped in [
            "",
            " \r\n\t\u{2028}",
            "// a\n",
            "//// a",
            "/**/",
            "/***/",
            "/* a /* b */ c */ // d",
            "/*** a */",
            "//\n/**/",
        ] {
            assert_eq!(rest(dropped), "", "{dropped:?}");
            assert_eq!(rest(&format!("{dropped}\nx // y")), "x // y", "{dropped:?}");
        }
        for kept in ["x", "/// a", "//! a", "/** a */", "/*! a */", "/* a", "/* a /* b */", "/", "\u{a0}", "\u{feff}"] {
            assert_eq!(rest(kept), kept);
            assert_eq!(rest(&format!(" /* a */ {kept}")), kept);
        }
    }
}
